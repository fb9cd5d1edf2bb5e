"""The first half of a mail or calendar import, without any lock on the book: what is read becomes staged rows."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any

from salestrack.domain.addresses import Person, is_machine
from salestrack.domain.mails import Damaged, Event, LeftOut, base_subject, step_ending
from salestrack.services.correspondence.asked import Asked
from salestrack.services.correspondence.linking import Links
from salestrack.services.correspondence.people import People
from salestrack.services.correspondence.sharing import Found, Share, parties, shares
from salestrack.services.imports.joining import Joining, Wanted
from salestrack.store import Store
from salestrack.store.correspondence import STAGED, Correspondence, Held
from salestrack.store.engine import Row
from salestrack.store.matching import Matching
from salestrack.store.staged import Staged
from salestrack.store.staging import ADOPTED, CHANGED, NEW, REMOVED, SAME, Staging
from salestrack.store.threads import Threads

BATCH = 500
CANCELLED = 60
"""The state of a staged row that was called off since its last import; staging itself has no such state."""
_ROW = ("line", "no", "key", "print", "state", "record_id", *STAGED)
NOBODY = "with nobody in the book"
MOST_NAMED = 5

Told = Event | Damaged | LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What stays the same while one box or calendar is read."""

    store: Store
    staging: Staging
    staged: Staged
    matching: Matching
    book: Correspondence
    threads: Threads
    asked: Asked


class Intake:
    """Stages what is read; `left_out` counts the rest by reason."""

    def __init__(self, desk: Desk, text: Callable[[Event], str | None] | None = None) -> None:
        self._desk = desk
        self._text = text
        self._people = People(desk.matching, desk.staging, desk.book, desk.asked)
        self._joining = Joining(desk.store)
        self._own = step_ending(desk.store.settings.book.uid)
        self._knows = desk.matching.has_keys(desk.asked.source, "activities")
        self._lines = self._numbers = 0
        self.read = 0
        self.several = 0
        """How many messages became activities of several customers."""
        self.left_out: Counter[str] = Counter()
        self.nobodys: dict[str, str] = {}
        """The days of the first events that name nobody at all, by subject; there are `nobody_count` of them."""
        self.nobody_count = 0

    def call(self, told: Iterable[Told]) -> None:
        """Read what people are called, before anybody is added by a name: the best one may come late."""
        events = (each for each in told if isinstance(each, Event))
        people = (each for event in events for each in event.people[: event.close] if takes_part(event, each))
        while batch := list(islice(people, BATCH)):
            self._desk.book.call(batch)

    def run(self, told: Iterable[Told], series: Collection[str] = ()) -> None:
        """Read everything, some hundred at a time; `series` names what repeats, and is known whole at the end."""
        each = iter(told)
        while batch := list(islice(each, BATCH)):
            self._take(batch)
        self._drop(series)
        self._desk.staged.index_keys()
        self._desk.threads.settle(self._desk.asked.source)

    def _drop(self, series: Collection[str]) -> None:
        """Stage the days that something no longer repeats on as called off."""
        first, last = (day.isoformat() for day in self._desk.asked.window)
        for uid in series if self._knows else ():
            for row in self._desk.book.dropped(self._desk.asked.source, uid, first, last):
                self.read += 1
                staged = (self._line(), row["key"], CANCELLED, row["record_id"])
                self._desk.staging.add("rows", ("line", "key", "state", "record_id"), [staged])

    def _take(self, batch: Sequence[Told]) -> None:
        damaged = [each for each in batch if isinstance(each, Damaged)]
        rows = [(each.number, each.file, each.subject, each.reason) for each in damaged]
        if rows:
            self._desk.staging.add("faults", ("line", "title", "cell", "reason"), rows)
        batch = [self._but_own(each) for each in batch]
        self.left_out.update(each.reason for each in batch if isinstance(each, LeftOut))
        events = self._first_ones([each for each in batch if isinstance(each, Event)])
        held = self._desk.book.held(self._desk.asked.source, [e.key for e in events]) if self._knows else {}
        events = [event for event in events if not (event.quiet and event.key not in held)]
        self.read += len(batch) - sum(isinstance(each, Event) for each in batch) + len(events) + self._doubles
        if links := [link for event in events for link in event.links]:
            self._desk.threads.link(links)
        self._stage(events, held)

    def _but_own(self, told: Told) -> Told:
        """Leave out what this very book wrote for a calendar: its steps are in it."""
        if isinstance(told, Event) and told.key.partition("/")[0].endswith(self._own):
            return LeftOut(told.number, "planned steps of this book")
        return told

    def _first_ones(self, events: Sequence[Event]) -> list[Event]:
        """Return the events that did not come before in this run: a message may lie in two folders."""
        before = set(self._desk.staging.seen([event.key for event in events]))
        first: dict[str, Event] = {}
        for event in events:
            if event.key not in before:
                first.setdefault(event.key, event)
        self._desk.staging.saw(first)
        self._doubles = len(events) - len(first)
        self.left_out["there twice"] += self._doubles
        return list(first.values())

    def _stage(self, events: Sequence[Event], held: dict[str, list[Held]]) -> None:
        rows: list[Row] = []
        rest: list[Event] = []
        for event in events:
            found = held.get(event.key, [])
            if event.cancelled:
                rows += self._cancelled(event, found)
            elif found and not any(each.exists for each in found):
                rows.append(self._bare(REMOVED, found[0]))
            else:
                rest.append(event)
        rows += self._matched(rest, held)
        if rows:
            self._desk.staging.add("rows", _ROW, [tuple(row.get(name) for name in _ROW) for row in rows])

    def _matched(self, events: Sequence[Event], held: dict[str, list[Held]]) -> list[Row]:
        """Return the rows of events with people in the book, and count the others."""
        self._people.learn({person for event in events for person in event.people})
        strangers: list[tuple[str, int | None]] = []
        found: list[tuple[Event, Share]] = []
        for event in events:
            known = held.get(event.key, [])
            each = shares(event, parties(event, self._whos(event, strangers)), known)
            if not each and event.kind != "task":
                self.left_out["newsletters and lists" if event.bulk else NOBODY] += 1
                self._note_nobodys(event)
                continue
            found += [(event, share) for share in each or [Share(event.key)]]
        if strangers:
            self._desk.book.meet(strangers)
        if strangers and not self._desk.asked.reads_names:
            listed = {address for address, _ in strangers}
            close = (each for event in events for each in event.people[: event.close] if takes_part(event, each))
            self._desk.book.call([each for each in close if each.address in listed])
        return self._rows(found)

    def _note_nobodys(self, event: Event) -> None:
        """Remember what is left out and would not be found among the people who are not in the book."""
        if event.bulk or event.people:
            return
        self.nobody_count += 1
        if len(self.nobodys) < MOST_NAMED:  # what repeats is named once
            self.nobodys.setdefault(event.subject or "", event.on)

    def _rows(self, found: Sequence[tuple[Event, Share]]) -> list[Row]:
        """Return the rows of activities; those of one event follow each other, and know the line of the first."""
        links = Links(self._desk.store.engine, self._desk.book, [share for _, share in found])
        bodies = self._desk.asked.bodies
        rows: list[Row] = []
        firsts: dict[str, Row] = {}
        for event, share in found:
            row = self._row(event, share, _print(event, bodies=bodies), links)
            rows.append(row)
            first = firsts.setdefault(event.key, row)
            if first is not row:
                first["first"] = row["first"] = first["line"]
        self._join(rows)
        for row, (event, _) in zip(rows, found, strict=True):
            if row["state"] == NEW:
                row["no"] = self._number()
            if row["state"] in {NEW, CHANGED, ADOPTED}:
                row["note"] = event.note or (self._text(event) if self._text else None)
        if links.further:
            self._desk.staging.add("guests", ("line", "contact_id"), links.further)
        self.several += len({row["first"] for row in rows if row.get("first") and row["state"] in {NEW, ADOPTED}})
        return rows

    def _whos(self, event: Event, strangers: list[tuple[str, int | None]]) -> list[Found]:
        """Return whom the book knows of an event's people, those known by their address first; note the others."""
        sure: list[Found] = []
        likely: list[Found] = []
        for place, person in enumerate(event.people):
            if who := self._people.by_address(person):
                sure.append((who, person))
                continue
            at = None if event.bulk or is_machine(person.address) else self._people.by_domain(person)
            close = place < event.close and takes_part(event, person)
            if added := self._people.add(person) if close else None:
                sure.append((added, person))
                continue
            likely += [(at, person)] if at else []
            if close and not (at and at.contact_id):
                strangers.append((person.address, at.customer_id if at and at.customer_id > 0 else None))
        return [*sure, *likely]

    def _row(self, event: Event, share: Share, fingerprint: int, links: Links) -> Row:
        """Return the row of an activity; what the book has just so, and with all its people, has little to say."""
        line, held, party = self._line(), share.held, share.party
        if held and not held.exists:
            return self._bare(REMOVED, held, line)
        contact, further = links.of(line, share)
        fills = contact or further or (held and party and held.customer_id is None)
        if held and held.print == fingerprint and not fills:
            return self._bare(SAME, held, line)
        whose = {"customer_id": party.customer_id if party else None, "contact_id": contact, "links": further}
        if held and held.print == fingerprint:
            return self._bare(CHANGED, held, line) | whose | {"print": fingerprint}
        known = {"state": CHANGED, "record_id": held.record_id} if held else {"state": NEW}
        return {"line": line, "key": share.key, "print": fingerprint, **known, **whose, **self._said(event)}

    def _said(self, event: Event) -> Row:
        """Return what an event says of itself, whoever it is with."""
        day, clock = ("happened_on", "happened_time") if event.done else ("due_on", "due_time")
        return {
            "number": event.number,
            "kind": event.kind,
            "owner_id": self._desk.asked.owner_id,
            "done": int(event.done),
            day: event.on,
            clock: event.time,
            "seconds": event.seconds,
            "direction": event.direction,
            "thread": event.thread,
            "parent": event.parent,
            "subject": event.subject,
            "base": base_subject(event.subject).lower() if event.subject else "",
        }

    def _join(self, rows: Sequence[Row]) -> None:
        """Let new rows stand for what was logged by hand where that is the same."""
        wanted = [_wanted(row) if row["state"] == NEW else None for row in rows]
        for row, record in zip(rows, self._joining.find(wanted), strict=True):
            if record:
                row["state"], row["record_id"] = ADOPTED, record

    def _cancelled(self, event: Event, found: Sequence[Held]) -> list[Row]:
        """Stage what the book has of an event that was called off."""
        rows = [self._bare(CANCELLED, each) for each in found if each.exists]
        if not rows and not event.quiet:
            self.left_out["cancelled"] += 1
        elif not rows:
            self.read -= 1
        for row in rows if len(rows) > 1 else ():
            row["first"] = rows[0]["line"]
        return rows

    def _bare(self, state: int, held: Held, line: int | None = None) -> Row:
        return {"line": line or self._line(), "key": held.key, "state": state, "record_id": held.record_id}

    def _line(self) -> int:
        self._lines += 1
        return self._lines

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers


def takes_part(event: Event, person: Person) -> bool:
    """Say whether somebody is a person to whom an event was written, and not one of a list or a machine."""
    return not event.bulk and not is_machine(person.address)


def _wanted(row: Row) -> Wanted:
    done = bool(row["done"])
    day, clock = ("happened_on", "happened_time") if done else ("due_on", "due_time")
    return Wanted(
        row["kind"], row["customer_id"], row["contact_id"], done, row.get(day), row.get(clock), row["direction"]
    )


def _print(event: Event, *, bodies: bool) -> int:
    """Return a signed 64-bit number for what a file says of an event."""
    said: tuple[Any, ...] = (event.subject, event.on, event.time, event.seconds, event.done, event.direction, bodies)
    text = repr((*said, event.note if bodies else None))
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little", signed=True)


__all__ = ["BATCH", "CANCELLED", "Desk", "Intake", "Person", "Told"]
