"""Dates in files: ISO, with dots, with the name of a month, or as --date-format says. What has two readings is refused."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from salestrack.domain.dates import FIRST_YEAR, LAST_YEAR
from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError, UsageError
from salestrack.importers.month_names import Day, century, named_day

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(.+))?", re.ASCII)
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?: (.+))?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(.+))?", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d\d)(?:,?[T ]+(.+))?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d\d)(?:,?[T ]+(.+))?", re.ASCII)
_ZONE = r"Z|UTC|GMT|[+-]\d\d(?::?\d\d)?|(?:UTC|GMT)[+-]\d\d?(?::?\d\d)?|CES?T|MES?Z|[WE]E?S?T|BST|[ECMP][SD]T"
_CLOCK = re.compile(
    rf"(\d{{1,2}}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? ?([ap]\.?m\.?|Uhr)?(?: ?\(?(?:{_ZONE})\)?)?", re.IGNORECASE | re.ASCII
)
_BLANKS = str.maketrans("\u00a0\u202f\u2009", "   ")
_CLOCKS = ("%H", "%H:%M", "%H:%M:%S")
_ORDERS = {"dmy": (3, 2, 1), "mdy": (3, 1, 2)}
_ACCEPTED = "write it like 2026-03-01, or say how: --date-format dmy, mdy or a pattern like %d.%m.%Y"
_SERIAL = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?", re.ASCII)
_SECONDS = re.compile(r"(1\d{9})(?:\d{3})?(?:\.\d+)?", re.ASCII)
_FIRST_SERIAL = date(1899, 12, 30)  # day 0 of spreadsheets


class DateReader:
    """Reads the dates of a file: always ISO ones, and those of one format.

    Without a format, what has dots is day first, and months may have names. The day is the one that is written, whatever
    time and zone stand behind it.
    """

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
        found = self._found(text)
        if found is None:
            raise self._refused(text)
        _check_clock(text, found.clock)
        try:
            day = date(*found[:3])
        except ValueError:
            raise self._no_day(text) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ParseError(f"date {quoted(text)} lies outside of {FIRST_YEAR} to {LAST_YEAR}")
        text = day.isoformat()
        if text > self.latest:
            self.latest = text
        return text

    def time(self, text: str) -> str | None:
        """Return the time of day that stands behind a date, HH:MM, or None where there is none."""
        found = self._found(text)
        if found is None and (short := _SHORT.fullmatch(text.translate(_BLANKS))):
            return read_time(short[4]) if short[4] else None
        return read_time(found.clock) if found and found.clock else None

    def _found(self, text: str) -> Day | None:
        if not text.isascii():
            text = text.translate(_BLANKS)
        if self._pattern:
            return self._by_pattern(text, self._pattern) or _written(text, _ISO)
        if self._order and not _DOTTED.fullmatch(text) and (found := _SHORT.fullmatch(text)):
            year, month, day = (found[place] for place in self._order)
            return Day(century(year), int(month), int(day), found[4])
        if day := _written(text, _ISO, _SLASHED, _COMPACT):
            return day
        if found := _DOTTED.fullmatch(text):
            return Day(century(found[3]), int(found[2]), int(found[1]), found[4])
        return named_day(text)

    def _by_pattern(self, text: str, pattern: str) -> Day | None:
        with suppress(ValueError):
            found = datetime.strptime(text, pattern)
            timed = "%H" in pattern or "%I" in pattern
            return Day(found.year, found.month, found.day, f"{found:%H:%M}" if timed else None)
        return None

    def _no_day(self, text: str) -> ParseError:
        hint = self._accepted
        tidy = text.translate(_BLANKS)
        if found := _DOTTED.fullmatch(tidy):
            if month_first := _readings(found)[1]:
                hint = f"with dots the day comes first; with --date-format {_dotted_pattern(found)} it is {_words(month_first)}"
        elif found := _SHORT.fullmatch(tidy):
            first, second = _readings(found)
            other = "mdy" if self._order != _ORDERS["mdy"] else "dmy"
            if swapped := first if other == "dmy" else second:
                hint = f"with --date-format {other} it is {_words(swapped)}"
            if third := _year_first(found):
                start = f"{hint}, with" if swapped else "with --date-format"
                hint = f"{start} {_year_first_pattern(found)} it is {_words(third)}"
        return ParseError(f"date {quoted(text)} is no day of the calendar", hint=hint)

    def _refused(self, text: str) -> ParseError:
        found = _SHORT.fullmatch(text.translate(_BLANKS))
        first, second = _readings(found) if found and not self._pattern else (None, None)
        third = _year_first(found) if found and not self._pattern else None
        if found and third:
            return _of_several(text, {"dmy": first, "mdy": second, _year_first_pattern(found): third})
        if first and second and first != second:
            return ParseError(
                f"date {quoted(text)} could be {_words(first)} or {_words(second)}",
                hint=f"say which: --date-format dmy for {first.day} {first:%B}, mdy for {second.day} {second:%B}",
            )
        if only := first or second:
            word, what = ("dmy", "day") if first else ("mdy", "month")
            hint = f"say so: with --date-format {word} it is {_words(only)}"
            return ParseError(f"date {quoted(text)} has the {what} first", hint=hint)
        refused = f"date {quoted(text)} is not a date that can be read"
        return ParseError(refused, hint=_looks_like(text) or self._accepted)


def _written(text: str, *patterns: re.Pattern[str]) -> Day | None:
    for pattern in patterns:
        if found := pattern.fullmatch(text):
            return Day(int(found[1]), int(found[2]), int(found[3]), found[4])
    return None


def _readings(found: re.Match[str]) -> tuple[date | None, date | None]:
    """Return a short date read with the day first, and with the month first; None where that is no day."""
    days: list[date | None] = []
    for order in (_ORDERS["dmy"], _ORDERS["mdy"]):
        year, month, day = (found[place] for place in order)
        try:
            days.append(date(century(year), int(month), int(day)))
        except ValueError:
            days.append(None)
    return days[0], days[1]


def _year_first(found: re.Match[str]) -> date | None:
    """Return a short date read with the year first, None where that is no day: of slashes nobody writes it."""
    if len(found[1]) != 2 or len(found[3]) != 2 or found[0][2] != "-":
        return None
    try:
        return date(century(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _year_first_pattern(found: re.Match[str]) -> str:
    return "%y-%m-%d" if not found[4] else f"'%y-%m-%d {_CLOCKS[found[4].count(':')]}'"


def _dotted_pattern(found: re.Match[str]) -> str:
    return f"%m.%d.{'%Y' if len(found[3]) == 4 else '%y'}"


def _of_several(text: str, readings: dict[str, date | None]) -> ParseError:
    """Return the error for a date of several readings: each with the format that says it."""
    days = {word: day for word, day in readings.items() if day}
    said = " or ".join(dict.fromkeys(map(_words, days.values())))
    which = ", ".join(f"{word} for {_words(day)}" for word, day in days.items())
    return ParseError(f"date {quoted(text)} could be {said}", hint=f"say which: --date-format {which}")


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _looks_like(text: str) -> str | None:
    """Return a hint for a number that programs write instead of a day."""
    if found := _SERIAL.fullmatch(text):
        day = _FIRST_SERIAL + timedelta(days=int(found[1]))
        return f"it looks like a spreadsheet's number for {day}: give the column a date format there, and save it again"
    if found := _SECONDS.fullmatch(text):
        day = date(1970, 1, 1) + timedelta(seconds=int(found[1]))
        return f"it looks like seconds since 1970, which would be {day}: write it as a date"
    return None


def read_time(text: str) -> str:
    """Return a time of day as HH:MM; ParseError for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if found and found[4] and found[4][0] in "aApP":
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
