"""Stretches of days: `last-month`, `2026Q1`, `30d`, `2026-01-01..2026-03-31`, and their neighbours.

A fiscal year is named by the calendar year in which it ends: with a fiscal year from April, FY2026 runs
from 2025-04-01 to 2026-03-31. In such a book `2026`, `2026Q1`, `quarter` and `year` are fiscal too, and are
labelled FY. A week is named by the ISO week of its Thursday, on whichever day weeks start.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NoReturn, get_args

from salestrack.domain.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    Unit,
    Words,
    add,
    bounds,
    find_day,
    month_number,
)
from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError, UsageError

UNITS: tuple[Unit, ...] = get_args(Unit)

_ONE = timedelta(days=1)
_FORMS = "try week, last-month, 2026Q1, 2026-03, 2026-W12, mar, 30d, 2026-01-01..2026-03-31 or all"
_TRAILING: dict[str, Unit] = {"d": "day", "w": "week", "mo": "month", "q": "quarter", "y": "year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from start to end, both included; None is an open end. `unit` is set for a day, a week and so on.

    A period may hold no day at all: what a future one has so far. Then it ends the day before it starts.
    """

    start: date | None
    end: date | None
    label: str
    unit: Unit | None = None

    def contains(self, day: date) -> bool:
        """Return whether a day lies in the period."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    @property
    def days(self) -> int | None:
        """How many days it has; None when it is open."""
        return None if self.start is None or self.end is None else (self.end - self.start).days + 1

    def text(self) -> str:
        """Return its ends, `2026-03-01..2026-03-31`, in a form that can be typed."""
        if self.start is None and self.end is None:
            return "all"
        return f"{self.start or ''}..{self.end or ''}"


def parse_period(text: str, words: Words) -> Period:
    """Return the period that text means, its whole calendar extent; ParseError when it means none."""
    word = " ".join(text.split()).lower() if text.isascii() and len(text) <= 80 else ""
    if not word:
        _unknown(text)
    if word == "all":
        return Period(start=None, end=None, label="all")
    try:
        period = _range(word, words) or _single(word, words)
    except OverflowError as error:
        raise ParseError(f"period {quoted(text)} is too far away", hint=_FORMS) from error
    return period or _unknown(text)


def period_of(unit: Unit, day: date, words: Words) -> Period:
    """Return the whole day, week, month, fiscal quarter or fiscal year that holds a day."""
    start, end = bounds(unit, day, words)
    return Period(start=start, end=end, label=_label(unit, start, end, words.fiscal_start), unit=unit)


def previous(period: Period, words: Words) -> Period:
    """Return what came just before: February for March, 1 to 18 February for 1 to 18 March.

    A period that is no calendar unit has as many days before it. UsageError for an open one.
    """
    start, end = _ends(period)
    if period.unit is None:
        return _span(start - (end - start) - _ONE, start - _ONE)
    whole = period_of(period.unit, start, words)
    before = period_of(period.unit, _ends(whole)[0] - _ONE, words)
    if (start, end) == (whole.start, whole.end):
        return before
    begin = add(start, period.unit, -1)
    until = _ends(before)[1] if end == whole.end else max(add(end, period.unit, -1), begin - _ONE)
    return Period(start=begin, end=until, label=before.label, unit=period.unit)


def last_year(period: Period) -> Period:
    """Return the same period a year earlier; a week is the ISO week of the same number (53 becomes 52).

    UsageError for an open one.
    """
    start, end = _ends(period)
    if period.unit == "week":
        return _last_years_week(period, start, end)
    ends_a_month = period.unit != "day" and (end + _ONE).day == 1  # and stays one, though February changes
    until = add(end + _ONE, "year", -1) - _ONE if ends_a_month else add(end, "year", -1)
    start = add(start, "year", -1)
    if period.unit is None:
        return _span(start, until)
    label = str(start) if period.unit == "day" else _year_before(period.label)
    return Period(start=start, end=until, label=label, unit=period.unit)


def split(period: Period, unit: Unit, words: Words) -> tuple[Period, ...]:
    """Return the days, weeks, months, fiscal quarters or years that cover a period, cut at its ends.

    Each keeps the label of the whole unit. UsageError for an open period.
    """
    start, end = _ends(period)
    found = []
    while start <= end:
        whole = period_of(unit, start, words)
        until = min(_ends(whole)[1], end)
        found.append(Period(start=start, end=until, label=whole.label, unit=unit))
        start = until + _ONE
    return tuple(found)


def to_date(period: Period, today: date) -> Period:
    """Return what a period has of days up to today: all, a part, or none of them."""
    end = today if period.end is None else min(period.end, today)
    if period.start is not None and end < period.start:
        end = period.start - _ONE
    return Period(start=period.start, end=end, label=period.label, unit=period.unit)


def _unknown(text: str) -> NoReturn:
    raise ParseError(f"{quoted(text)} is not a period", hint=_FORMS)


def _ends(period: Period) -> tuple[date, date]:
    if period.start is None or period.end is None:
        hint = "give a period with a start and an end, such as 2026-01-01..2026-03-31"
        raise UsageError(f"the period {period.label} is open, so it has no length", hint=hint)
    return period.start, period.end


def _span(start: date | None, end: date | None) -> Period:
    period = Period(start=start, end=end, label="")
    return Period(start=start, end=end, label=period.text())


def _range(word: str, words: Words) -> Period | None:
    """Read `DATE..DATE` with either end left out; an end may be a period itself (`jan..mar`)."""
    left, dots, right = (part.strip() for part in word.partition(".."))
    if not dots:
        return None
    if not left and not right:
        _unknown(word)
    start, end = _bound(left, words, last=False), _bound(right, words, last=True)
    if start and end and end < start:
        raise ParseError(f"period {quoted(word)} ends on {end}, before it starts on {start}")
    return _span(start, end)


def _bound(word: str, words: Words, *, last: bool) -> date | None:
    if not word:
        return None
    if day := find_day(word, words):
        return day
    period = _single(word, words) or _unknown(word)
    return period.end if last else period.start


def _single(word: str, words: Words) -> Period | None:
    return (
        _running(word, words)
        or _calendar(word, words)
        or _named_month(word, words)
        or _trailing(word, words)
        or _one_day(word, words)
    )


def _running(word: str, words: Words) -> Period | None:
    """Read `week`, `this-month`, `last quarter`, `next-year`."""
    found = re.fullmatch(r"(?:(this|last|next)[ -])?(week|month|quarter|year)", word)
    if found is None:
        return None
    unit: Unit = next(unit for unit in UNITS if unit == found[2])
    running = period_of(unit, words.today, words)
    start, end = _ends(running)
    near = {"last": start - _ONE, "next": end + _ONE}.get(found[1])
    return period_of(unit, near, words) if near else running


def _calendar(word: str, words: Words) -> Period | None:
    """Read `2026`, `FY2026`, `2026-03`, `2026-W12`, `2026Q1` and `q1` of the running fiscal year."""
    if found := re.fullmatch(r"(?:fy)?(\d{4})", word):
        return period_of("year", _fiscal_start(_year(found[1]), words), words)
    if found := re.fullmatch(r"(\d{4})-(\d\d)", word):
        return _month(_year(found[1]), int(found[2]), word, words)
    if found := re.fullmatch(r"(\d{4})-?w(\d\d?)", word):
        day = _thursday(_year(found[1]), int(found[2]))
        if day is None:
            raise ParseError(f"the year {found[1]} has no week {found[2]}", hint=_FORMS)
        return period_of("week", day, words)
    if found := re.fullmatch(r"(?:(?:fy)?(\d{4})[ -]?)?q([1-4])(?:[ -](?:fy)?(\d{4}))?", word):
        if found[1] and found[3]:
            return None
        named = found[1] or found[3]
        first = _fiscal_start(_year(named), words) if named else bounds("year", words.today, words)[0]
        return period_of("quarter", add(first, "quarter", int(found[2]) - 1), words)
    return None


def _named_month(word: str, words: Words) -> Period | None:
    """Read `mar`, the latest March that has begun, and `mar 2026`."""
    name, _, year = word.partition(" ")
    number = month_number(name)
    if number is None or (year and not re.fullmatch(r"\d{4}", year)):
        return None
    begun = words.today.year - (number > words.today.month)
    return _month(_year(year) if year else begun, number, word, words)


def _trailing(word: str, words: Words) -> Period | None:
    """Read `30d`, `12w`, `6mo`, `1y`: that long, up to and with today."""
    found = re.fullmatch(r"(\d{1,6})(d|w|mo|q|y|m)", word)
    if found is None:
        return None
    count = int(found[1])
    if found[2] == "m":
        message = f"period {quoted(word)} could be {count} months or {count} minutes"
        raise ParseError(message, hint=f"write {count}mo for months")
    start = add(words.today, _TRAILING[found[2]], -count) + _ONE
    if not count or start.year < FIRST_YEAR:
        raise ParseError(f"period {quoted(word)} {'is too long' if count else 'has no days'}", hint=_FORMS)
    return Period(start=start, end=words.today, label=word)


def _one_day(word: str, words: Words) -> Period | None:
    day = find_day(word, words)
    return period_of("day", day, words) if day else None


def _year(digits: str) -> int:
    if FIRST_YEAR <= int(digits) <= LAST_YEAR:
        return int(digits)
    raise ParseError(f"no period reaches to {digits}", hint=f"years run from {FIRST_YEAR} to {LAST_YEAR}")


def _month(year: int, number: int, word: str, words: Words) -> Period:
    if not 1 <= number <= 12:
        raise ParseError(f"there is no month {quoted(word)}", hint=_FORMS)
    return period_of("month", date(year, number, 1), words)


def _fiscal_start(year: int, words: Words) -> date:
    return date(year - (words.fiscal_start > 1), words.fiscal_start, 1)


def _thursday(year: int, week: int) -> date | None:
    """Return the Thursday of an ISO week, None when the year has no such week."""
    try:
        return date.fromisocalendar(year, week, 4)
    except ValueError:
        return None


def _label(unit: Unit, start: date, end: date, fiscal_start: int) -> str:
    if unit == "day":
        return str(start)
    if unit == "week":
        thursday = start + timedelta(days=(3 - start.weekday()) % 7)
        year, number, _ = thursday.isocalendar()
        return f"{year}-W{number:02d}"
    if unit == "month":
        return f"{start:%Y-%m}"
    name = f"FY{end.year + (end.month >= fiscal_start)}" if fiscal_start > 1 else str(start.year)
    return name if unit == "year" else f"{name}-Q{(start.month - fiscal_start) % 12 // 3 + 1}"


def _year_before(label: str) -> str:
    return re.sub(r"\d{4}", lambda found: str(int(found[0]) - 1), label, count=1)


def _last_years_week(period: Period, start: date, end: date) -> Period:
    year, number = int(period.label[:4]), int(period.label[-2:])
    before = 52 if _thursday(year - 1, number) is None else number
    shift = date.fromisocalendar(year, number, 4) - date.fromisocalendar(year - 1, before, 4)
    return Period(start=start - shift, end=end - shift, label=f"{year - 1}-W{before:02d}", unit="week")
