"""Dates in files: ISO, or as --date-format says. What has two readings is refused."""

import re
from datetime import date, datetime
from typing import Any

from salestrack.domain.dates import FIRST_YEAR, LAST_YEAR
from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError, UsageError

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](.+))?", re.ASCII)
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?: (.+))?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(.+))?", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d\d)(?:,?[T ]+(.+))?", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? ?([ap]\.?m\.?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?",
    re.IGNORECASE | re.ASCII,
)
_ORDERS = {"dmy": (3, 2, 1), "mdy": (3, 1, 2)}
_ACCEPTED = "write it like 2026-03-01, or say how: --date-format dmy, mdy or a pattern like %d.%m.%Y"


class DateReader:
    """Reads the dates of a file: always ISO ones, and those of one format."""

    def __init__(self, pattern: str | None = None) -> None:
        self.latest = ""
        """The last day that was read so far."""
        self._order = _ORDERS.get((pattern or "").lower())
        self._pattern = pattern if pattern and not self._order and (pattern or "").lower() != "ymd" else None
        self._accepted = _accepted(pattern, self._order) if pattern else _ACCEPTED
        if self._pattern:
            _check(self._pattern)

    def read(self, text: str) -> str:
        """Return the calendar day as written, as ISO text; ParseError for anything else."""
        found = self._parts(text)
        if found is None:
            raise self._refused(text)
        try:
            day = date(*found)
        except ValueError:
            raise ParseError(f"date {quoted(text)} is no day of the calendar", hint=self._accepted) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ParseError(f"date {quoted(text)} lies outside of {FIRST_YEAR} to {LAST_YEAR}")
        text = day.isoformat()
        if text > self.latest:
            self.latest = text
        return text

    def time(self, text: str) -> str | None:
        """Return the time of day that stands behind a date, HH:MM, or None where there is none."""
        for pattern in (_ISO, _SLASHED, _COMPACT, _SHORT):
            if found := pattern.fullmatch(text):
                return read_time(found[4]) if found[4] else None
        if self._pattern:
            return datetime.strptime(text, self._pattern).strftime("%H:%M") if "%H" in self._pattern else None
        return None

    def _parts(self, text: str) -> tuple[int, int, int] | None:
        if self._pattern:
            try:
                day = datetime.strptime(text, self._pattern)
            except ValueError:
                return self._iso(text, _ISO)
            return day.year, day.month, day.day
        if self._order and (found := _SHORT.fullmatch(text)):
            year, month, day_of_month = (int(found[place]) for place in self._order)
            _check_clock(text, found[4])
            return (year if year > 99 else 2000 + year), month, day_of_month
        return self._iso(text, _ISO, _SLASHED, _COMPACT)

    def _iso(self, text: str, *patterns: re.Pattern[str]) -> tuple[int, int, int] | None:
        for pattern in patterns:
            if found := pattern.fullmatch(text):
                _check_clock(text, found[4])
                return int(found[1]), int(found[2]), int(found[3])
        return None

    def _refused(self, text: str) -> ParseError:
        if found := _SHORT.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            if max(first, second) <= 12 and first != second:
                readings = f"could be the {first}. of month {second} or the {second}. of month {first}"
                return ParseError(f"date {quoted(text)} {readings}", hint=self._accepted)
        return ParseError(f"date {quoted(text)} is not a date that can be read", hint=self._accepted)


def read_time(text: str) -> str:
    """Return a time of day as HH:MM; ParseError for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if found and found[4]:
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0) if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59 or (found and int(found[3] or 0) > 60):
        raise ParseError(f"{quoted(text)} is not a time of day", hint="write it like 14:30")
    return f"{hour:02d}:{minute:02d}"


def _check_clock(text: str, clock: Any) -> None:
    if clock:
        try:
            read_time(clock)
        except ParseError:
            raise ParseError(f"date {quoted(text)} is not a date that can be read", hint=_ACCEPTED) from None


def _accepted(pattern: str, order: tuple[int, ...] | None) -> str:
    """Return what a date may look like where --date-format says it."""
    day = date(2024, 12, 31)
    like = f"{day:%m/%d/%Y}" if order == _ORDERS["mdy"] else f"{day:%d.%m.%Y}" if order else ""
    if not like:
        like = day.strftime(pattern) if pattern.lower() != "ymd" else f"{day}"
    return f"--date-format says {pattern}: write it like {like}" + (f" or {day}" if like != f"{day}" else "")


def _check(pattern: str) -> None:
    """Refuse a pattern that does not hold a whole day, before any cell is read with it."""
    day = datetime(2024, 12, 31, 13, 45)
    try:
        again = datetime.strptime(day.strftime(pattern), pattern)
    except ValueError:
        again = None
    if again is None or again.date() != day.date():
        raise UsageError(
            f"--date-format {quoted(pattern)} does not hold day, month and year",
            hint="use dmy, mdy, or a pattern like %d.%m.%Y",
        )
