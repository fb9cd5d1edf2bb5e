"""What repeats: every month, every two weeks; on which days it falls, and what it is worth a month."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError

MOST_MONTHS, MOST_DAYS = 120, 3660
LAST = date(2199, 12, 31)
"""Dates end here, and with them everything that repeats without an end."""

_EXAMPLES = "write month, quarter, year, week, '2 weeks' or '10 days'"
_MONTHS = {"month": 1, "mo": 1, "quarter": 3, "q": 3, "year": 12, "y": 12, "yr": 12}
_DAYS = {"day": 1, "d": 1, "week": 7, "w": 7, "wk": 7}
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
            "annually": "year", "annual": "year"}  # fmt: skip
_TWO_READINGS = {
    "biweekly": ("'2 weeks'", "twice a week"),
    "bimonthly": ("'2 months'", "twice a month"),
    "biannually": ("'2 years'", "twice a year"),
    "biannual": ("'2 years'", "twice a year"),
    "biyearly": ("'2 years'", "twice a year"),
    "semimonthly": ("'15 days'", "twice a month"),
}


class Every(NamedTuple):
    """How often something repeats: every so many months or every so many days, one of them 0."""

    months: int = 0
    days: int = 0

    @property
    def code(self) -> str:
        """Return it as the book keeps it: `1m`, `14d`."""
        return f"{self.months}m" if self.months else f"{self.days}d"

    def text(self) -> str:
        """Return it for people: `every month`, `every 2 weeks`."""
        for count, size, unit in (
            (self.months, 12, "year"),
            (self.months, 3, "quarter"),
            (self.months, 1, "month"),
            (self.days, 7, "week"),
            (self.days, 1, "day"),
        ):
            # Six months are said as such: half-years in quarters would be no plainer.
            if count and count % size == 0 and (unit != "quarter" or count == size):
                return f"every {unit}" if count == size else f"every {count // size} {unit}s"
        return "never"


def parse_every(text: str, what: str = "--every") -> Every:
    """Read `month`, `2 weeks`, `quarter`, `10 days`, `yearly`; ParseError for anything else or with two readings."""
    word = " ".join(text.lower().split()) if text.isascii() and len(text) <= 40 else ""
    word = _ADVERBS.get(word, word.removeprefix("every ").removeprefix("each "))
    if word in _TWO_READINGS:
        first, second = _TWO_READINGS[word]
        raise ParseError(f"{what} {quoted(text)} could be {first} or {second}", hint=_EXAMPLES)
    found = re.fullmatch(r"(\d{1,4})? ?([a-z]+)", word)
    if found is None:
        raise ParseError(f"{what} {quoted(text)} cannot be read", hint=_EXAMPLES)
    count, unit = int(found[1] or 1), found[2]
    if found[1] and unit in {"m", "min"}:
        raise ParseError(
            f"{what} {quoted(text)} could be {count} months or {count} minutes", hint=f"write '{count} months'"
        )
    unit = unit if unit in _MONTHS or unit in _DAYS else unit.removesuffix("s")
    if unit not in _MONTHS and unit not in _DAYS:
        raise ParseError(f"{what} {quoted(text)} cannot be read", hint=_EXAMPLES)
    every = Every(months=count * _MONTHS.get(unit, 0), days=count * _DAYS.get(unit, 0))
    if not count or every.months > MOST_MONTHS or every.days > MOST_DAYS:
        raise ParseError(f"{what} {quoted(text)} is out of range", hint="from every day to every 10 years")
    return every


def from_code(code: str) -> Every:
    """Return what the book keeps as `1m` or `14d`."""
    count = int(code[:-1])
    return Every(months=count) if code.endswith("m") else Every(days=count)


def nth(every: Every, start: date, index: int) -> date | None:
    """Return the day of an occurrence, the first being 0; a missing 31st becomes the last of its month.

    Always counted from the start, so 31 January goes on 28 February and 31 March. None beyond all dates.
    """
    if every.days:
        day = start.toordinal() + index * every.days
        return date.fromordinal(day) if day <= LAST.toordinal() else None
    years, month = divmod(start.year * 12 + start.month - 1 + index * every.months, 12)
    if years > LAST.year:
        return None
    return date(years, month + 1, min(start.day, monthrange(years, month + 1)[1]))


def occurrences(every: Every, start: date, until: date | None, *, after: date | None = None) -> Iterator[date]:
    """Give the days from start to until (both included), in order; only those later than `after` where it is given.

    Without an end it goes on to the last day that dates reach: take as many as are wanted.
    """
    index = 0 if after is None or after < start else _passed(every, start, after)
    while (day := nth(every, start, index)) and (until is None or day <= until):
        if after is None or day > after:
            yield day
        index += 1


def following(every: Every, start: date, after: date, until: date | None = None) -> date | None:
    """Return the first occurrence later than a day; None when there is none any more."""
    return next(occurrences(every, start, until, after=after), None)


def monthly(amount: int, every: Every) -> int:
    """Return what an amount in minor units is worth a month, rounded half-even; a year has 365 days and 12 months."""
    return round(
        Fraction(amount, every.months) if every.months else Fraction(amount * 365, 12 * every.days)
    )  # fmt: skip


def year_of(every: Every, start: date, until: date | None) -> tuple[date, ...]:
    """Return the occurrences of the first year, fewer when it ends before."""
    end = (nth(Every(months=12), start, 1) or LAST) - timedelta(days=1)
    return tuple(occurrences(every, start, min(end, until) if until else end))


def _passed(every: Every, start: date, after: date) -> int:
    """Return the index of an occurrence that is surely not later than a day, close to it."""
    if every.days:
        return (after - start).days // every.days
    return max((after.year - start.year) * 12 + after.month - start.month - 1, 0) // every.months
