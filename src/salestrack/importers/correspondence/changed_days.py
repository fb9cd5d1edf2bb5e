"""Days of something that repeats which differ from the others: one alone, or one and all that follow."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from salestrack.importers.correspondence.recurrences import Slot, day_of, in_series, moment_of


class Change(NamedTuple):
    """A change: what it says (`entry`), the time that the rule gives the day, when it begins instead, and how far it goes."""

    entry: Any
    given: Slot
    start: Slot
    following: bool

    def moved(self, slot: Slot) -> Slot:
        """Return when a following day begins: as far from the rule's time as this one, on the clock of its zone."""
        zone = self.start.tzinfo if isinstance(self.start, datetime) else None
        new = _wall(self.start, zone) - _wall(self.given, zone) + _wall(slot, zone)
        return new.replace(tzinfo=zone) if isinstance(self.start, datetime) else new.date()

    @property
    def days(self) -> int:
        """How many days lie between what the rule says and what holds, at most."""
        return abs((_wall(self.start, None) - _wall(self.given, None)).days) + 1


class Changes:
    """The changes of one series, found by the times that its rule gives."""

    def __init__(self, changes: Sequence[Change], start: Slot | None, slots: Sequence[Slot]) -> None:
        placed = [(in_series(change.given, start), change) for change in changes]
        self._ranges = sorted(
            ((_wall(given, None), change) for given, change in placed if change.following), key=lambda pair: pair[0]
        )
        times = {moment_of(slot) for slot in slots}
        self._exact = {moment_of(given): change for given, change in placed if not change.following}
        # Where the series went to another hour, its changes may still name the old one.
        self._loose = {
            day_of(given): change for given, change in placed if not change.following and moment_of(given) not in times
        }
        self._start = start
        self._done: set[int] = set()

    def alone(self, slot: Slot, key: str) -> Change | None:
        """Return the change of just this day; each is returned once."""
        found = self._exact.get(moment_of(slot)) or self._loose.get(key)
        if found is None or id(found) in self._done:
            return None
        self._done.add(id(found))
        return found

    def since(self, slot: Slot) -> Change | None:
        """Return the latest change for a day and all that follow that holds for a time."""
        at = _wall(in_series(slot, self._start), None)
        return next((change for given, change in reversed(self._ranges) if given <= at), None)

    def left(self) -> list[tuple[str, Change]]:
        """Return the changes of single days that no time was asked for, each with the key of its day."""
        return [
            (day_of(in_series(change.given, self._start)), change)
            for change in self._exact.values()
            if id(change) not in self._done
        ]


def _wall(slot: Slot, zone: Any) -> datetime:
    """Return a time as a clock shows it: that of a zone, else of its own; a day begins at midnight."""
    if not isinstance(slot, datetime):
        return datetime.combine(slot, time())
    return (slot.astimezone(zone) if zone is not None and slot.tzinfo else slot).replace(tzinfo=None)


def most_days(changes: Sequence[Change]) -> timedelta:
    """Return how far beyond the days that are read a rule has to be followed."""
    return timedelta(days=max((change.days for change in changes if change.following), default=0))
