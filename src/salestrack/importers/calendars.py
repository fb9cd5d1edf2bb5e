"""Calendars (.ics): meetings and to-dos, one by one, so that a damaged one spoils no other."""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo

from salestrack.domain.addresses import Mine, Person, is_address
from salestrack.domain.mails import LONGEST_BODY, Damaged, Event, LeftOut, hashed, id_of, one_line
from salestrack.domain.names import email_key
from salestrack.importers.components import Block, blocks
from salestrack.importers.messages import local_time
from salestrack.importers.recurrences import Series, Slot, day_of, occurrences

LONGEST_MEETING = 24 * 3600  # seconds; what lasts longer is no talk, and its length says nothing
_MATTERING = {"DTSTART", "DTEND", "DURATION", "DUE", "COMPLETED", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
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


class Entry(NamedTuple):
    """A parsed event or to-do, and the zone of times that name none."""

    number: int
    name: str
    item: Any
    zone: ZoneInfo | None
    uid: str


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
        for entry in (entry for alone in changed.values() for entry in alone):  # single days of what repeats elsewhere
            yield from self._guarded(entry, partial(self._alone, entry))

    def _guarded(self, entry: Entry, read: Callable[[], Iterator[Told]]) -> Iterator[Told]:
        try:
            yield from list(read())
        except Exception as error:  # the library fails in many ways on odd properties
            yield Damaged(entry.number, _subject(entry), _why(error))

    def _parsed(self, progress: Progress | None) -> Iterator[Entry | Damaged | LeftOut]:
        import icalendar
        from icalendar.timezone import tzp

        tzp.use_zoneinfo()  # forgets the zones that an earlier file defined
        zones: dict[str, ZoneInfo | None] = {}
        for block in blocks(self._calendar.raw, self._calendar.size, progress):
            if block.name == "VTIMEZONE":
                _learn_zone(block)
            elif block.name not in {"VEVENT", "VTODO"}:
                yield LeftOut(block.number, "journal entries")
            elif not block.whole:
                yield Damaged(block.number, _rough(block), "is cut off")
            else:
                kind = icalendar.Event if block.name == "VEVENT" else icalendar.Todo
                item = _parse(kind, block)
                if isinstance(item, str):
                    yield Damaged(block.number, _rough(block), item)
                    continue
                if block.zone and block.zone not in zones:
                    zones[block.zone] = _zone(block.zone)
                    if zones[block.zone] is None:
                        self.notes.append(f"the calendar's time zone {one_line(block.zone, 60)} is unknown")
                uid = id_of(_text(item, "UID")) or f"h:{hashed(block.text)}"
                yield Entry(block.number, block.name, item, zones.get(block.zone or ""), uid)

    def _all_of(self, entry: Entry, changed: list[Entry]) -> Iterator[Told]:
        """Yield one event or to-do, or the days of one that repeats."""
        if entry.name == "VTODO":
            yield self._todo(entry)
            return
        start = _moment(entry, "DTSTART")
        if start is None and "RDATE" not in entry.item:
            yield Damaged(entry.number, _subject(entry), "has no start")
            return
        if not {"RRULE", "RDATE"} & set(entry.item):
            yield self._meeting(entry, _slot(start), entry.uid)
            yield from (self._changed_day(other) for other in changed)
            return
        self.series.add(entry.uid)
        yield from self._series(entry, start, changed)

    def _series(self, entry: Entry, start: Slot | None, changed: list[Entry]) -> Iterator[Told]:
        by_day = {day_of(_given(other, "RECURRENCE-ID")): other for other in changed}
        for other in changed:
            if "RANGE" in getattr(other.item["RECURRENCE-ID"], "params", {}):
                what = _subject(other) or "an event"
                self.notes.append(f"{what}: a change for this and all following days is read for its own day only")
        series = Series(
            start=start,
            rules=tuple(_rule_text(rule) for rule in _several(entry, "RRULE")),
            more=tuple(_given_all(entry, "RDATE")),
            without=frozenset(_given_all(entry, "EXDATE")),
        )
        count = 0
        for slot, key, excluded in occurrences(series, self._calendar.since, self._calendar.until):
            if by_day.pop(key.partition(":")[0], None):
                continue
            count += not excluded
            event = self._meeting(entry, slot, f"{entry.uid}/{key}", called_off=excluded)
            yield event
        for other in changed:
            told = self._changed_day(other)
            if isinstance(told, Event) and not self._within(told.on):
                continue
            count += 1
            yield told
        if not count:
            yield LeftOut(entry.number, "outside the days that are read")

    def _alone(self, entry: Entry) -> Iterator[Told]:
        yield self._changed_day(entry)

    def _changed_day(self, entry: Entry) -> Told:
        """Return a day of something that repeats which differs from the others."""
        given, start = _given(entry, "RECURRENCE-ID"), _moment(entry, "DTSTART")
        return self._meeting(entry, _slot(start or given), f"{entry.uid}/{day_of(given)}", series=True)

    def _meeting(
        self, entry: Entry, start: Slot, key: str, *, called_off: bool = False, series: bool = False
    ) -> Event | LeftOut:
        """Return a meeting at a time; what is over is done, what came of it nobody knows."""
        local = start if not isinstance(start, datetime) else local_time(start) if start.tzinfo else start
        day = local.date() if isinstance(local, datetime) else local
        if self._calendar.strict and not self._within(day.isoformat()):
            return LeftOut(entry.number, "outside the days that are read")
        people, declined = self._people(entry)
        if declined:
            return LeftOut(entry.number, "declined by you")
        seconds = _length(entry)
        over = local + timedelta(seconds=seconds or 0) if isinstance(local, datetime) else None
        done = over <= self._calendar.now if over else day < self._calendar.now.date()
        cancelled = called_off or _text(entry.item, "STATUS").upper() == "CANCELLED"
        return Event(
            number=entry.number,
            key=key,
            kind="meeting",
            subject=_subject(entry) or None,
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

    def _todo(self, entry: Entry) -> Told:
        """Return a to-do as a task; one without any day cannot be planned."""
        status = _text(entry.item, "STATUS").upper()
        completed = _moment(entry, "COMPLETED")
        done = status == "COMPLETED" or completed is not None
        found = (completed if done else None) or _moment(entry, "DUE") or _moment(entry, "DTSTART")
        if found is None:
            return LeftOut(entry.number, "to-dos without a day")
        local = local_time(found) if isinstance(found, datetime) and found.tzinfo else found
        day = local.date() if isinstance(local, datetime) else local
        people, _ = self._people(entry)
        return Event(
            number=entry.number,
            key=entry.uid,
            kind="task",
            subject=_subject(entry) or None,
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
        for value in (*_several(entry, "ATTENDEE"), *_several(entry, "ORGANIZER")):
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
        text = _text(entry.item, "DESCRIPTION") if self._calendar.bodies else ""
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
    return changed, {uid: sorted(rivals, key=_age) for uid, rivals in masters.items()}


def _parse(kind: Any, block: Block) -> Any:
    """Return a component; a text says why it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            item = kind.from_ical(block.text)
    except Exception as error:  # the library fails in many ways on odd lines
        return _why(error)
    for name, why in getattr(item, "errors", ()):
        known = str(name or why.partition(": '")[2]).upper()
        if any(known.startswith(each) for each in _MATTERING):
            given = re.search(rf"(?im)^{re.escape(known.split(':')[0].split(';')[0])}.*$", block.text)
            return f"has a line that cannot be read: {one_line(given.group() if given else str(why), 80)}"
    return item


def _learn_zone(block: Block) -> None:
    import icalendar

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            icalendar.Timezone.from_ical(block.text)  # the library keeps it for the events that name it
    except Exception:  # an event that needs it says so
        return


def _zone(name: str) -> ZoneInfo | None:
    tidy = name.strip("/ ").replace(" ", "_")
    if tidy.rpartition("/")[2].casefold() in {"utc", "z"}:  # as Outlook and others write it
        tidy = "UTC"
    try:
        return ZoneInfo(tidy)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return None


def _moment(entry: Entry, name: str) -> Slot | None:
    return _given(entry, name) if name in entry.item else None


def _given(entry: Entry, name: str) -> Slot:
    """Return a day or a time of an event; ValueError for what is none, or is in a time zone that nobody knows."""
    return next(iter(_given_all(entry, name)))


def _given_all(entry: Entry, name: str) -> Iterator[Slot]:
    for value in _several(entry, name):
        for each in getattr(value, "dts", None) or [value]:
            params = {**getattr(value, "params", {}), **getattr(each, "params", {})}
            yield _placed(each.dt, params, entry)


def _placed(found: Any, params: Any, entry: Entry) -> Slot:
    if isinstance(found, tuple):  # a period begins with its start
        found = found[0]
    if not isinstance(found, date):
        raise ValueError("names a time of day without its day")  # noqa: TRY004 - of the file, not of the program
    if isinstance(found, datetime) and found.tzinfo is None:
        if named := str(params.get("TZID", "")).strip():
            zone = _zone(named)
            if zone is None:
                raise ValueError(f"is in the time zone {one_line(named, 60)}, which nobody knows")
            return found.replace(tzinfo=zone)
        return found.replace(tzinfo=entry.zone) if entry.zone else found
    return found


def _slot(found: Slot | None) -> Slot:
    if found is None:
        raise ValueError("has no start")
    return found


def _several(entry: Entry, name: str) -> list[Any]:
    found = entry.item.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _rule_text(rule: Any) -> str:
    return rule.to_ical().decode() if hasattr(rule, "to_ical") else str(rule)


def _length(entry: Entry) -> int | None:
    """Return how many seconds a meeting takes; None where nobody says, or where it is longer than a day."""
    start, end = _moment(entry, "DTSTART"), _moment(entry, "DTEND")
    if end is not None and isinstance(start, datetime) and isinstance(end, datetime):
        if (start.tzinfo is None) != (end.tzinfo is None):
            return None
        seconds = int((end - start).total_seconds())
    elif "DURATION" in entry.item and isinstance(getattr(entry.item["DURATION"], "dt", None), timedelta):
        seconds = int(entry.item["DURATION"].dt.total_seconds())
    else:
        return None
    return seconds if 0 < seconds <= LONGEST_MEETING else None


def _age(entry: Entry) -> tuple[int, str]:
    sequence = _text(entry.item, "SEQUENCE")
    stamp = entry.item.get("LAST-MODIFIED")
    return int(sequence) if sequence.isdigit() else 0, _rule_text(stamp) if stamp is not None else ""


def _text(item: Any, name: str) -> str:
    found = item.get(name)
    first = found[0] if isinstance(found, list) and found else found
    return "" if first is None or isinstance(first, list) else str(first)


def _subject(entry: Entry) -> str:
    return one_line(_text(entry.item, "SUMMARY"))


def _rough(block: Block) -> str:
    found = re.search(r"(?im)^SUMMARY[^:\r\n]*:(.*)$", block.text)
    return one_line(found.group(1)) if found else ""


def _why(error: Exception) -> str:
    """Return what is wrong as one line; what the library says of it where it says something."""
    text = one_line(str(error), 160)
    plain = isinstance(error, ValueError) and text and type(error) is ValueError
    if plain and text.startswith(("is ", "has ", "names ", "repeats ")):
        return text
    return f"cannot be read: {text}" if text else f"cannot be read ({type(error).__name__})"
