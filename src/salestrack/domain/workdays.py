"""Working days: which weekdays are worked, and which days are off."""

from dataclasses import dataclass
from datetime import date, timedelta

from salestrack.errors import RuleError

MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """The weekdays that are worked (0 = Monday) and the days off; RuleError without any working weekday."""

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Check the weekdays."""
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise RuleError("a week needs at least one working day, from 0 (Monday) to 6 (Sunday)")

    def is_working(self, day: date) -> bool:
        """Return whether the day is worked."""
        return day.weekday() in self.weekdays and day not in self.off

    def count(self, start: date, end: date) -> int:
        """Return how many working days lie from start to end, both included; 0 when start is after end."""
        length = (end - start).days + 1
        if length <= 0:
            return 0
        weeks, rest = divmod(length, 7)
        first = start.weekday()
        worked = weeks * len(self.weekdays) + sum((first + step) % 7 in self.weekdays for step in range(rest))
        return worked - sum(start <= day <= end and day.weekday() in self.weekdays for day in self.off)

    def next_working(self, day: date) -> date:
        """Return the day itself when it is worked, else the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day
