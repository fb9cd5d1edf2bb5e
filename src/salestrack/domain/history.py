"""Versions of a deal over time: what was true on which day, and how a late correction fits in."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from salestrack.errors import RuleError

# What changes together: a stage brings the day it was entered, an amount its currency.
FIELDS: dict[str, tuple[str, ...]] = {
    "stage": ("stage_id", "stage_since"),
    "amount": ("amount", "currency"),
    "probability": ("probability",),
    "expected": ("expected_on",),
    "owner": ("owner_id",),
}
COLUMNS = tuple(column for columns in FIELDS.values() for column in columns)


class Version(NamedTuple):
    """What a deal was from the start of from_on until the start of to_on; from_on None means since nobody knows when."""

    from_on: date | None
    stage_id: int
    stage_since: date | None
    amount: int | None
    currency: str
    id: int = 0
    seq: int = 1
    to_on: date | None = None
    probability: int | None = None
    expected_on: date | None = None
    owner_id: int | None = None

    def holds(self, day: date) -> bool:
        """Say whether this version was true at the end of a day."""
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or day < self.to_on)


def field_changes(before: Version, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return, by field, the columns of values that would change a version; the day a stage was entered counts only with it."""
    found = {}
    for field, columns in FIELDS.items():
        given = {column: values[column] for column in columns if column in values}
        if given and any(getattr(before, c) != v for c, v in given.items() if c != "stage_since"):
            found[field] = given
    return found


def change(versions: Sequence[Version], values: Mapping[str, Any], *, on: date) -> tuple[Version, ...]:
    """Return the versions of a deal after some columns change on a day, later versions carrying the change forward.

    Raises RuleError when the day lies before the deal began, or when a later version changed the same field.
    """
    start = versions[0].from_on
    if start and on < start:
        raise RuleError(f"{on} is before the deal was created ({start})")
    at = _holder(versions, on)
    changes = field_changes(versions[at], values)
    if not changes:
        return tuple(versions)
    for field in changes:
        _refuse_later_change(versions[at:], field)
    return _spliced(versions, at, _flat(changes), on)


def override(versions: Sequence[Version], values: Mapping[str, Any], *, on: date) -> tuple[Version, ...]:
    """Like change, but what later versions said about the same fields gives way: the source knows better."""
    on = max(on, versions[0].from_on or on)
    at = _holder(versions, on)
    changes = field_changes(versions[at], values)
    later = any(field_changes(version, values) for version in versions[at + 1 :])
    if not changes and not later:
        return tuple(versions)
    wanted = {column: value for column, value in values.items() if column in COLUMNS}
    if "stage" not in changes and "stage_id" in wanted:
        wanted["stage_since"] = versions[at].stage_since  # it was there already, so that visit goes on
    spliced = _spliced(versions, at, _flat(changes), on) if changes else tuple(versions)
    return tuple(version._replace(**wanted) if i > at else version for i, version in enumerate(spliced))


def correct(versions: Sequence[Version], values: Mapping[str, Any]) -> tuple[Version, ...]:
    """Return the versions with some columns rewritten from the start: a typing error is not a movement."""
    kept = {column: value for column, value in values.items() if column in COLUMNS}
    return tuple(version._replace(**kept) for version in versions)


class Visit(NamedTuple):
    """One stay of a deal in a stage: since which day (None: nobody knows), and which version begins it."""

    stage_id: int
    since: date | None
    at: int


def visits(versions: Sequence[Version]) -> list[Visit]:
    """Return the stays of a deal in its stages, the first one first."""
    starts = [0, *(i for i, (a, b) in enumerate(pairwise(versions), 1) if a.stage_id != b.stage_id)]
    return [Visit(versions[i].stage_id, versions[i].from_on, i) for i in starts]


def restaged(versions: Sequence[Version], at: int, on: date, *, whole: bool = False) -> tuple[Version, ...]:
    """Return the versions with the visit of a stage that version `at` begins starting on another day.

    Amounts, owners and all else keep their days; with whole (a close), what changed with the move goes along: it takes
    the place of what was said about the same since the new day, and stays where something later was said about it.
    RuleError when the day lies before the visit before it began, or after the next one.
    """
    stays = visits(versions)
    number = next(i for i, visit in enumerate(stays) if visit.at == at)
    before, after = stays[number - 1], stays[number + 1] if number + 1 < len(stays) else None
    if before.since and on < before.since:
        raise RuleError(f"{on} is before the stage before it was entered ({before.since})")
    if after and after.since and on > after.since:
        raise RuleError(f"{on} is after the next stage was entered ({after.since})")
    if versions[at].from_on == on:
        return tuple(versions)
    events = _events(versions)
    row, changes = versions[at], events[at - 1].changes
    later = {c for event in events[at:] if event.on and event.on <= on for c in event.changes}
    along = _along(row, changes, later) if whole else {}
    rest = {column: value for column, value in changes.items() if column not in {*FIELDS["stage"], *along}}
    moved = _Event(row._replace(id=0) if rest else row, on, {"stage_id": row.stage_id, "stage_since": on, **along})
    events[at - 1 : at] = [events[at - 1]._replace(changes=rest)] if rest else []
    last = len(events) if after is None else after.at - 1 - (not rest)
    place = next((i for i in range(before.at, last) if (events[i].on or on) > on), last)
    passed = [_without(event, along) for event in events[place : at - 1] if not event.changes.keys() <= along.keys()]
    return _replayed(versions[0], [*events[:place], moved, *passed, *events[max(place, at - 1) :]])


def begun(versions: Sequence[Version], on: date | None) -> tuple[Version, ...]:
    """Return the versions of a deal that was created on another day; what changed on its first day comes along.

    on None means that nobody knows the day. RuleError when something else changed before the new day.
    """
    first = versions[0]
    events = [
        event._replace(on=on) if on and first.from_on and event.on == first.from_on else event
        for event in _events(versions)
    ]
    if on and (earlier := [event.on for event in events if event.on and event.on < on]):
        raise RuleError(f"it changed on {earlier[0]} already, so it was created by then")
    since = on if first.stage_since in (None, first.from_on) else first.stage_since
    return _replayed(first._replace(from_on=on, stage_since=since), events)


class _Event(NamedTuple):
    """What changed on a day, and the version that told it."""

    version: Version
    on: date | None
    changes: Mapping[str, Any]


def _events(versions: Sequence[Version]) -> list[_Event]:
    events = []
    for earlier, later in pairwise(versions):
        changes = {c: getattr(later, c) for c in COLUMNS if getattr(later, c) != getattr(earlier, c)}
        if "stage_id" in changes:
            changes["stage_since"] = later.stage_since  # also where both visits began on one day
        events.append(_Event(later, later.from_on, changes))
    return events


def _along(row: Version, changes: Mapping[str, Any], later: Container[str]) -> dict[str, Any]:
    """Return what changed together with a stage, field by field, but for fields about which later was said more."""
    fields = [columns for field, columns in FIELDS.items() if field != "stage" and any(c in changes for c in columns)]
    return {c: getattr(row, c) for columns in fields if not any(c in later for c in columns) for c in columns}


def _without(event: _Event, columns: Container[str]) -> _Event:
    return event._replace(changes={c: value for c, value in event.changes.items() if c not in columns})


def _replayed(first: Version, events: Sequence[_Event]) -> tuple[Version, ...]:
    """Return the versions that changes make one after another, half-open and in their order within a day."""
    versions = [first]
    for event in events:
        last = versions[-1]
        values = {column: getattr(last, column) for column in COLUMNS} | dict(event.changes)
        lowest = last.seq + 1 if last.from_on == event.on else 1
        seq = max(lowest, event.version.seq) if event.version.from_on == event.on else lowest
        versions[-1] = last._replace(to_on=event.on)
        versions.append(event.version._replace(from_on=event.on, to_on=None, seq=seq, **values))
    return tuple(versions)


def _holder(versions: Sequence[Version], on: date) -> int:
    starts = [i for i, version in enumerate(versions) if version.from_on is None or version.from_on <= on]
    return starts[-1] if starts else 0


def _refuse_later_change(versions: Sequence[Version], field: str) -> None:
    columns = [column for column in FIELDS[field] if column != "stage_since"]
    for earlier, later in pairwise(versions):
        if any(getattr(earlier, column) != getattr(later, column) for column in columns):
            raise RuleError(
                f"the {field} changed later, on {later.from_on}",
                hint=f"give a date on or after {later.from_on}, or undo that change first",
            )


def _flat(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {column: value for columns in changes.values() for column, value in columns.items()}


def _spliced(versions: Sequence[Version], at: int, values: dict[str, Any], on: date) -> tuple[Version, ...]:
    held = versions[at]
    same_day = held.from_on == on
    added = held._replace(id=0, seq=held.seq + 1 if same_day else 1, from_on=on, **values)
    carried = tuple(version._replace(**values) for version in versions[at + 1 :])
    return (*versions[:at], held._replace(to_on=on), added, *carried)
