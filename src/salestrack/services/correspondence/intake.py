"""The first half of a mail or calendar import, without any lock on the book: what is read becomes staged rows."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any

from salestrack.domain.addresses import Person, is_machine
from salestrack.domain.mails import Damaged, Event, LeftOut, base_subject
from salestrack.services.correspondence.asked import Asked
from salestrack.services.correspondence.joining import Joining, Wanted
from salestrack.services.correspondence.people import People, Who
from salestrack.store import Store
from salestrack.store.correspondence import STAGED, Correspondence
from salestrack.store.engine import Row
from salestrack.store.matching import Known, Matching
from salestrack.store.staged import Staged
from salestrack.store.staging import ADOPTED, CHANGED, NEW, REMOVED, SAME, Staging

BATCH = 500
CANCELLED = 60
"""The state of a staged row that was called off since its last import; staging itself has no such state."""
_ROW = ("line", "no", "key", "print", "state", "record_id", *STAGED)
NOBODY = "with nobody in the book"

Told = Event | Damaged | LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What stays the same while one box or calendar is read."""

    store: Store
    staging: Staging
    staged: Staged
    matching: Matching
    book: Correspondence
    asked: Asked


class Intake:
    """Stages what is read; `left_out` counts the rest by reason."""

    def __init__(self, desk: Desk, text: Callable[[Event], str | None] | None = None) -> None:
        self._desk = desk
        self._text = text
        self._people = People(desk.matching, desk.staging, desk.book, desk.asked)
        self._joining = Joining(desk.store)
        self._knows = desk.matching.has_keys(desk.asked.source, "activities")
        self._lines = self._numbers = 0
        self.read = 0
        self.left_out: Counter[str] = Counter()

    def run(self, told: Iterable[Told], series: Collection[str] = ()) -> None:
        """Read everything, some hundred at a time; `series` names what repeats, and is known whole at the end."""
        each = iter(told)
        while batch := list(islice(each, BATCH)):
            self._take(batch)
        self._drop(series)
        self._desk.staged.index_keys()
        self._desk.book.settle_threads(self._desk.asked.source)

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
        rows = [(each.number, "", each.subject, each.reason) for each in damaged]
        if rows:
            self._desk.staging.add("faults", ("line", "title", "cell", "reason"), rows)
        self.left_out.update(each.reason for each in batch if isinstance(each, LeftOut))
        events = self._first_ones([each for each in batch if isinstance(each, Event)])
        known = (
            self._desk.matching.keys(self._desk.asked.source, "activities", [e.key for e in events])
            if self._knows
            else {}
        )
        events = [event for event in events if not (event.quiet and event.key not in known)]
        self.read += len(batch) - sum(isinstance(each, Event) for each in batch) + len(events) + self._doubles
        self._stage(events, known)

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

    def _stage(self, events: Sequence[Event], known: dict[str, Known]) -> None:
        bodies = self._desk.asked.bodies
        prints = {event.key: _print(event, bodies=bodies) for event in events}
        rows: list[Row] = []
        rest: list[Event] = []
        for event in events:
            found = known.get(event.key)
            if event.cancelled:
                rows += self._cancelled(event, found)
            elif found and not found.exists:
                rows.append(self._bare(event, REMOVED, found))
            elif found and found.print == prints[event.key]:
                rows.append(self._bare(event, SAME, found))
            else:
                rest.append(event)
        rows += self._matched(rest, known, prints)
        if rows:
            self._desk.staging.add("rows", _ROW, [tuple(row.get(name) for name in _ROW) for row in rows])

    def _matched(self, events: Sequence[Event], known: dict[str, Known], prints: dict[str, int]) -> Iterator[Row]:
        """Yield the rows of events with people in the book, and count the others."""
        self._people.learn({person for event in events for person in event.people})
        strangers: list[tuple[str, str, int | None]] = []
        guests: list[tuple[int, int]] = []
        found: list[tuple[Event, Row]] = []
        for event in events:
            whos = self._whos(event, strangers)
            if not whos and event.kind != "task":
                self.left_out["newsletters and lists" if event.bulk else NOBODY] += 1
                continue
            row = self._row(event, known.get(event.key), whos) | {"print": prints[event.key]}
            others = {who.contact_id for who in whos if who.contact_id} - {row["contact_id"]}
            guests += [(row["line"], contact) for contact in sorted(others)]
            found.append((event, row))
        self._join([row for _, row in found])
        for event, row in found:
            row["no"] = self._number() if row["state"] == NEW else None
            row["note"] = event.note or (self._text(event) if self._text and row["state"] != SAME else None)
            yield row
        if guests:
            self._desk.staging.add("guests", ("line", "contact_id"), guests)
        if strangers:
            self._desk.book.meet(strangers)

    def _whos(self, event: Event, strangers: list[tuple[str, str, int | None]]) -> list[Who]:
        """Return whom the book knows of an event's people, those known by their address first; note the others."""
        sure: list[Who] = []
        likely: list[Who] = []
        for place, person in enumerate(event.people):
            if who := self._people.by_address(person):
                sure.append(who)
                continue
            at = None if event.bulk or is_machine(person.address) else self._people.by_domain(person)
            close = place < event.close and not event.bulk and not is_machine(person.address)
            if added := self._people.add(person) if close else None:
                sure.append(added)
                continue
            likely += [at] if at else []
            if close and not (at and at.contact_id):
                strangers.append((person.address, person.name, at.customer_id if at and at.customer_id > 0 else None))
        return [*sure, *likely]

    def _row(self, event: Event, known: Known | None, whos: Sequence[Who]) -> Row:
        first = whos[0] if whos else None
        contact = next(
            (w.contact_id for w in whos if first and w.customer_id == first.customer_id and w.contact_id), None
        )
        day, clock = ("happened_on", "happened_time") if event.done else ("due_on", "due_time")
        return {
            "line": self._line(),
            "key": event.key,
            "state": CHANGED if known else NEW,
            "record_id": known.record_id if known else None,
            "number": event.number,
            "kind": event.kind,
            "customer_id": first.customer_id if first else None,
            "contact_id": contact,
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

    def _cancelled(self, event: Event, found: Known | None) -> list[Row]:
        """Stage what the book has of an event that was called off."""
        if found and found.exists:
            return [self._bare(event, CANCELLED, found)]
        if not event.quiet:
            self.left_out["cancelled"] += 1
        else:
            self.read -= 1
        return []

    def _bare(self, event: Event, state: int, found: Known) -> Row:
        return {"line": self._line(), "key": event.key, "state": state, "record_id": found.record_id}

    def _line(self) -> int:
        self._lines += 1
        return self._lines

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers


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
