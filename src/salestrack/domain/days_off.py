"""Stretches of days off: read as they are typed, joined where they touch, cut where a part is taken out."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from salestrack.domain.dates import Words, parse_future
from salestrack.domain.periods import parse_period
from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError, RuleError

ONE = timedelta(days=1)
LONGEST = 366


class Stretch(NamedTuple):
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def touches(self, other: "Stretch") -> bool:
        """Say whether two stretches share a day or lie side by side."""
        return self.first <= other.last + ONE and other.first <= self.last + ONE

    def without(self, other: "Stretch") -> "list[Stretch]":
        """Return what is left when the days of another one are taken out: nothing, one part or two."""
        before = Stretch(self.first, min(self.last, other.first - ONE))
        after = Stretch(max(self.first, other.last + ONE), self.last)
        if before == after:  # they share no day
            return [self]
        return [part for part in (before, after) if part.first <= part.last]


def parse_stretch(text: str, words: Words) -> Stretch:
    """Read `2026-08-03..2026-08-14`, a day, or a whole week or month; what is not dated in full looks ahead.

    ParseError for what is none, or has no end; RuleError for more than a year.
    """
    words = words._replace(remark=None)  # a day off that has passed is nothing to remark on
    left, dots, right = (part.strip() for part in text.partition(".."))
    stretch = _range(text, left, right, words) if dots else _single(text, words)
    if stretch.days > LONGEST:
        raise RuleError(f"{quoted(text)} has {stretch.days:,} days; days off are a year at most")
    return stretch


def _range(text: str, left: str, right: str, words: Words) -> Stretch:
    if not left or not right:
        raise ParseError(f"{quoted(text)} has no {'end' if left else 'start'}", hint="write 2026-08-03..2026-08-14")
    first = parse_future(left, words, "day off")
    last = parse_future(right, words._replace(today=max(first, words.today)), "day off")
    if last < first:
        raise ParseError(f"{quoted(text)} ends on {last}, before it starts on {first}")
    return Stretch(first, last)


def _single(text: str, words: Words) -> Stretch:
    try:
        day = parse_future(text, words, "day off")
    except ParseError:
        period = parse_period(text, words)
        if period.unit == "day":
            raise
    else:
        return Stretch(day, day)
    if period.start is None or period.end is None:
        raise ParseError(f"{quoted(text)} has no end", hint="write 2026-08-03..2026-08-14")
    if period.end < words.today and not re.search(r"\d{4}", text):
        raise ParseError(f"{quoted(text)} is {period.text()}, which has passed", hint="write it with its year: 2026-08")
    return Stretch(period.start, period.end)


def joined(stretches: Sequence[Stretch]) -> Stretch:
    """Return the stretch from the first to the last day of several."""
    return Stretch(min(each.first for each in stretches), max(each.last for each in stretches))
