"""The days that a report is about: its period as far as it has come, its buckets, and what it is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from salestrack.domain.dates import Unit, Words
from salestrack.domain.facts import EVER, Ask, Currencies
from salestrack.domain.filters import Filter
from salestrack.domain.periods import Period, last_year, previous, split, to_date
from salestrack.domain.workdays import WorkCalendar
from salestrack.errors import UsageError

Versus = Literal["prev", "ly", "none"] | Period
UNITS: tuple[Unit, ...] = get_args(Unit)
ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands around the rows of every report."""

    as_of: date
    period: Period | None = None
    definition: str
    formulas: tuple[str, ...] = ()
    """The formulas with the numbers that went in, for `--explain`."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A period up to today, split by time or not, and the same stretch of another period."""

    today: date
    period: Period
    shown: Period
    """The period as far as it has come."""
    by: str | None = None
    buckets: tuple[Period, ...] = ()
    before: Period | None = None
    before_label: str = ""
    """What the period compared with is called; by its days where it is a part of what has a name."""
    before_buckets: tuple[Period, ...] = ()

    @property
    def own(self) -> tuple[Period, ...]:
        """The stretches that make up the period: its buckets, or the whole of it."""
        return self.buckets or (self.shown,)

    @property
    def others(self) -> tuple[Period, ...]:
        """The stretches that make up what it is compared with."""
        return self.before_buckets or ((self.before,) if self.before else ())

    @property
    def by_time(self) -> bool:
        """Whether the rows are buckets of time."""
        return self.by in UNITS

    def ask(self, currencies: Currencies, only: Filter, *, whole: bool = False) -> Ask:
        """Return the question about all stretches; `whole` leaves out what the rows are split by."""
        own = (self.shown,) if whole else self.own
        others = ((self.before,) if self.before else ()) if whole else self.others
        return Ask(
            spans=tuple(ends(period) for period in (*own, *others)),
            own=len(own),
            by=None if whole or self.by_time else self.by,
            undated=self.period.start is None and self.period.end is None,
            only=only,
            currencies=currencies,
        )


def frame(period: Period, *, by: str | None, versus: Versus, words: Words, calendar: WorkCalendar) -> Frame:
    """Return the days of a report; a period that is still running is compared with the same point of another.

    Raises UsageError where an open period would have to be split by time or compared.
    """
    shown = to_date(period, words.today)
    other = _other(period, versus, words)
    before = _before(period, other, versus, today=words.today, calendar=calendar) if other else None
    unit = next((unit for unit in UNITS if unit == by), None)
    return Frame(
        today=words.today,
        period=period,
        shown=shown,
        by=by,
        buckets=split(shown, unit, words) if unit else (),
        before=before,
        before_label="" if not before or not other else other.label if before == other else before.text(),
        before_buckets=split(before, unit, words) if unit and before else (),
    )


def same_point(period: Period, other: Period, *, today: date, calendar: WorkCalendar) -> Period:
    """Return another period as far as the running one has come: working day 12 against working day 12.

    Days off at the running end count with the working day before them. A finished period is compared whole.
    """
    if period.end is not None and period.end <= today:
        return other
    if period.start is None or other.start is None or other.end is None:
        raise UsageError(f"the period {period.label} is open, so it has no same point in another")
    if today < period.start:
        return to_date(other, other.start - ONE)
    worked = calendar.count(period.start, today)
    if worked == 0:
        return to_date(other, other.start + (today - period.start))
    until = _working_day(other.start, other.end, worked, calendar)
    idle = 0
    while not calendar.is_working(today - idle * ONE):
        idle += 1
    while idle and until < other.end and not calendar.is_working(until + ONE):
        until, idle = until + ONE, idle - 1
    return to_date(other, until)


def ends(period: Period) -> tuple[date, date]:
    """Return the first and last day of a period, an open end reaching as far as dates do."""
    return period.start or EVER[0], period.end or EVER[1]


def _other(period: Period, versus: Versus, words: Words) -> Period | None:
    """Return the whole period that another one is compared with."""
    match versus:
        case "none":
            return None
        case "prev":
            return previous(period, words)
        case "ly":
            return last_year(period)
        case Period():
            return versus


def _before(period: Period, other: Period, versus: Versus, *, today: date, calendar: WorkCalendar) -> Period:
    """Return what is compared of another period: a chosen one as far as it has come, else the same point of it."""
    if isinstance(versus, Period):
        return to_date(other, today)
    return same_point(period, other, today=today, calendar=calendar)


def _working_day(start: date, end: date, number: int, calendar: WorkCalendar) -> date:
    """Return the day that is a period's first, second ... working day; its end when it has fewer."""
    day = start
    while day < end:
        if calendar.is_working(day):
            number -= 1
            if number == 0:
                return day
        day += ONE
    return end
