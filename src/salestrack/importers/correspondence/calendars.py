"""Calendars (.ics): meetings and to-dos, one by one, so that a damaged one spoils no other."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import IO, NamedTuple
from zoneinfo import ZoneInfo

from salestrack.domain.addresses import Mine, Person, is_address
from salestrack.domain.mails import LONGEST_BODY, Damaged, Event, LeftOut, hashed, id_of, one_line
from salestrack.domain.names import email_key
from salestrack.importers.correspondence.changed_days import Change, Changes, most_days
from salestrack.importers.correspondence.components import blocks
from salestrack.importers.correspondence.entries import (
    Entry,
    age_of,
    change_in,
    is_cancelled,
    learn_zone,
    parsed,
    reason_of,
    rough_subject,
    rule_text,
    seconds_by_time,
    seconds_of,
    slot_at,
    slot_if,
    slots_at,
    subject_of,
    sure,
    text_of,
    values_of,
    zone_of,
)
from salestrack.importers.correspondence.messages import local_time
from salestrack.importers.correspondence.recurrences import (
    Series,
    Slot,
    day_of,
    in_series,
    local_day,
    moment_of,
    occurrences,
)

_ROOMS = {"ROOM", "RESOURCE"}

Progress = Callable[[int, int], None]
Told = Event | Damaged | LeftOut


class Calendar(NamedTuple):
    """What is read of a calendar, and between which days what repeats is read."""

    raw: IO[bytes]
    size: int
    since: date
    until: date
    now: datetime
    mine: Mine
    bodies: bool = False
    strict: bool = False
    """Whether single events outside these days are left out too."""


class Reader:
    """Reads a calendar; afterwards `series` holds the ids of what repeats."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.series: set[str] = set()
        self.notes: list[str] = []

    def events(self, progress: Progress | None = None) -> Iterator[Told]:
        """Yield everything in the order of the file, what is damaged as such."""
        entries: list[Entry] = []
        for found in self._parsed(progress):
            if isinstance(found, Entry):
                entries.append(found)
            else:
                yield found
        changed, masters = _sorted(entries)
        for rivals in masters.values():
            yield from (LeftOut(rival.number, "older versions of the same event") for rival in rivals[:-1])
        for uid, rivals in masters.items():
            yield from self._guarded(rivals[-1], partial(self._all_of, rivals[-1], changed.pop(uid, [])))
        for entry in (entry for alone in changed.values() for entry in reversed(alone)):  # of what repeats elsewhere
            yield from self._guarded(entry, partial(self._alone, entry))

    def _guarded(self, entry: Entry, read: Callable[[], Iterator[Told]]) -> Iterator[Told]:
        try:
            yield from list(read())
        except Exception as error:  # the library fails in many ways on odd properties
            yield Damaged(entry.number, subject_of(entry), reason_of(error))

    def _parsed(self, progress: Progress | None) -> Iterator[Entry | Damaged | LeftOut]:
        import icalendar
        from icalendar.timezone import tzp

        tzp.use_zoneinfo()  # forgets the zones that an earlier file defined
        zones: dict[str, ZoneInfo | None] = {}
        for block in blocks(self._calendar.raw, self._calendar.size, progress):
            if block.name == "VTIMEZONE":
                learn_zone(block)
            elif block.name not in {"VEVENT", "VTODO"}:
                yield LeftOut(block.number, "journal entries")
            elif not block.whole:
                yield Damaged(block.number, rough_subject(block), "is cut off")
            else:
                kind = icalendar.Event if block.name == "VEVENT" else icalendar.Todo
                item = parsed(kind, block)
                if isinstance(item, str):
                    yield Damaged(block.number, rough_subject(block), item)
                    continue
                if block.zone and block.zone not in zones:
                    zones[block.zone] = zone_of(block.zone)
                    if zones[block.zone] is None:
                        self.notes.append(f"the calendar's time zone {one_line(block.zone, 60)} is unknown")
                uid = id_of(text_of(item, "UID")) or f"h:{hashed(block.text)}"
                yield Entry(block.number, block.name, item, zones.get(block.zone or ""), uid)

    def _all_of(self, entry: Entry, changed: list[Entry]) -> Iterator[Told]:
        """Yield one event or to-do, or the days of one that repeats."""
        if entry.name == "VTODO":
            if "RRULE" in entry.item:
                self.notes.append(
                    f"{subject_of(entry) or 'a to-do'}: of a to-do that repeats only the day it names is read"
                )
            yield self._todo(entry, entry.uid)
            yield from (told for other in changed for told in self._alone(other))
            return
        start = slot_if(entry, "DTSTART")
        if start is None and "RDATE" not in entry.item:
            yield Damaged(entry.number, subject_of(entry), "has no start")
            return
        if not {"RRULE", "RDATE"} & set(entry.item):
            yield self._meeting(entry, sure(start), entry.uid)
            yield from (self._changed_day(other) for other in changed)
            return
        self.series.add(entry.uid)
        yield from self._series(entry, start, changed)

    def _series(self, entry: Entry, start: Slot | None, others: list[Entry]) -> Iterator[Told]:
        """Yield the days of something that repeats, as far as they lie between those that are read."""
        changes: list[Change] = []
        for other in others:
            try:
                changes.append(change_in(other))
            except Exception as error:  # as for whole events: one that is damaged spoils no other
                yield Damaged(other.number, subject_of(other), reason_of(error))
        series = Series(
            start=start,
            rules=tuple(rule_text(rule) for rule in values_of(entry, "RRULE")),
            more=tuple(slots_at(entry, "RDATE")),
            without=frozenset(slots_at(entry, "EXDATE")),
        )
        beyond = most_days(changes)
        slots = occurrences(series, self._calendar.since - beyond, self._calendar.until + beyond)
        changed, found = Changes(changes, start, [slot for slot, _, _ in slots]), False
        for told in self._days(entry, slots, changed):
            found |= not told.quiet if isinstance(told, Event) else True
            yield told
        if not found:
            yield LeftOut(entry.number, "outside the days that are read")

    def _days(self, entry: Entry, slots: Sequence[tuple[Slot, str, bool]], changed: Changes) -> Iterator[Told]:
        """Yield the days that a rule gives, changed or called off where they are, then those that it does not give."""
        lengths = seconds_by_time(entry)
        for slot, key, excluded in slots:
            alone = changed.alone(slot, key)
            change = alone or changed.since(slot)
            of, at = (change.entry, change.start if alone else change.moved(slot)) if change else (entry, slot)
            if not self._within(local_day(at).isoformat()):
                continue
            off = alone is None and (excluded or is_cancelled(of))
            seconds = None if change else lengths.get(moment_of(slot))
            yield self._meeting(of, at, f"{entry.uid}/{key}", called_off=off, seconds=seconds)
        for key, change in changed.left():
            if self._within(local_day(change.start).isoformat()):
                yield self._meeting(change.entry, change.start, f"{entry.uid}/{key}")

    def _changed_day(self, entry: Entry) -> Told:
        """Return a day of something that repeats, or does not, which is not among the days of the file."""
        change = change_in(entry)
        if change.following:
            what = subject_of(entry) or "an event"
            self.notes.append(
                f"{what}: a change for all following days is read for its own day, since the others are not here"
            )
        return self._meeting(entry, change.start, f"{entry.uid}/{day_of(in_series(change.given, change.start))}")

    def _alone(self, entry: Entry) -> Iterator[Told]:
        if entry.name == "VTODO":
            yield self._todo(entry, f"{entry.uid}/{day_of(slot_at(entry, 'RECURRENCE-ID'))}")
        else:
            yield self._changed_day(entry)

    def _meeting(
        self, entry: Entry, start: Slot, key: str, *, called_off: bool = False, seconds: int | None = None
    ) -> Event | LeftOut:
        """Return a meeting at a time; what is over is done, what came of it nobody knows."""
        local = start if not isinstance(start, datetime) else local_time(start) if start.tzinfo else start
        day = local.date() if isinstance(local, datetime) else local
        if self._calendar.strict and not self._within(day.isoformat()):
            return LeftOut(entry.number, "outside the days that are read")
        people, declined = self._people(entry)
        if declined:
            return LeftOut(entry.number, "declined by you")
        seconds = seconds or seconds_of(entry)
        over = local + timedelta(seconds=seconds or 0) if isinstance(local, datetime) else None
        done = over <= self._calendar.now if over else day < self._calendar.now.date()
        cancelled = called_off or is_cancelled(entry)
        return Event(
            number=entry.number,
            key=key,
            kind="meeting",
            subject=subject_of(entry) or None,
            on=day.isoformat(),
            done=done,
            time=local.strftime("%H:%M") if isinstance(local, datetime) else None,
            seconds=seconds if isinstance(local, datetime) else None,
            people=people,
            close=len(people),
            note=self._note(entry),
            cancelled=cancelled,
            quiet=called_off,
        )

    def _todo(self, entry: Entry, key: str) -> Told:
        """Return a to-do as a task; one without any day cannot be planned."""
        status = text_of(entry.item, "STATUS").upper()
        completed = slot_if(entry, "COMPLETED")
        done = status == "COMPLETED" or completed is not None
        found = (completed if done else None) or slot_if(entry, "DUE") or slot_if(entry, "DTSTART")
        if found is None:
            return LeftOut(entry.number, "to-dos without a day")
        local = local_time(found) if isinstance(found, datetime) and found.tzinfo else found
        day = local.date() if isinstance(local, datetime) else local
        people, _ = self._people(entry)
        return Event(
            number=entry.number,
            key=key,
            kind="task",
            subject=subject_of(entry) or None,
            on=day.isoformat(),
            done=done,
            time=local.strftime("%H:%M") if isinstance(local, datetime) else None,
            people=people,
            close=len(people),
            note=self._note(entry),
            cancelled=status == "CANCELLED",
        )

    def _people(self, entry: Entry) -> tuple[tuple[Person, ...], bool]:
        """Return the people of a meeting who are not the seller's own, and whether the seller declined."""
        found: dict[str, Person] = {}
        declined, mine = False, self._calendar.mine
        for value in (*values_of(entry, "ATTENDEE"), *values_of(entry, "ORGANIZER")):
            address = email_key(re.sub(r"(?i)^\s*mailto:", "", str(value)))
            params = getattr(value, "params", {})
            if mine.is_me(address) and str(params.get("PARTSTAT", "")).upper() == "DECLINED":
                declined = True
            if not is_address(address) or mine.is_us(address) or str(params.get("CUTYPE", "")).upper() in _ROOMS:
                continue
            name = one_line(str(params.get("CN", "")), 100)
            found.setdefault(address, Person(address, "" if email_key(name) == address else name))
        return tuple(found.values()), declined

    def _note(self, entry: Entry) -> str | None:
        text = text_of(entry.item, "DESCRIPTION") if self._calendar.bodies else ""
        return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip()[:LONGEST_BODY] or None

    def _within(self, day: str) -> bool:
        return self._calendar.since.isoformat() <= day <= self._calendar.until.isoformat()


def _sorted(entries: Sequence[Entry]) -> tuple[dict[str, list[Entry]], dict[str, list[Entry]]]:
    """Return the single days of what repeats, and everything else with its versions, the latest last, by id."""
    changed: dict[str, list[Entry]] = {}
    masters: dict[str, list[Entry]] = {}
    for entry in entries:
        kind = changed if "RECURRENCE-ID" in entry.item else masters
        kind.setdefault(entry.uid, []).append(entry)
    for rivals in (*changed.values(), *masters.values()):
        rivals.sort(key=age_of)
    return changed, masters
