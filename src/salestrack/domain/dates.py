"""Dates as people type them: a closed grammar whose words look back or ahead, as their field does.

Recording looks back (`mon` is the last Monday), planning looks ahead (`mon` is the next one). What has
two readings is refused with both of them printed; free text is never searched for dates.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Literal, NamedTuple, NoReturn

from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

Unit = Literal["day", "week", "month", "quarter", "year"]

PAST, EITHER, FUTURE = -1, 0, 1  # where a field looks; EITHER reads bare words as PAST does

FIRST_YEAR, LAST_YEAR = 1900, 2199
LONGEST_TEXT = 40
YEARS_AHEAD = 10
FAR = 300  # days from today, of a date without a year

_EXAMPLES = "write it like today, yesterday, mon, 15, '15 mar', 2026-03-15, -3d, +2w or eom"
_UNITS: dict[str, Unit] = {"d": "day", "w": "week", "mo": "month", "m": "month", "q": "quarter", "y": "year"}


class Words(NamedTuple):
    """What words hang on: today, the first weekday (0 = Monday), day or month first, first fiscal month.

    remark is told what a person should know of a day that was understood, where somebody listens.
    """

    today: date
    week_start: int = 0
    order: Literal["dmy", "mdy"] | None = None
    fiscal_start: int = 1
    remark: Callable[[str], None] | None = None


def parse_past(text: str, words: Words, what: str = "date") -> date:
    """Return the day on which something happened, never after today; ParseError otherwise."""
    day, full = _read(text, words, PAST, what)
    if day > words.today:
        hint = "what is still to come is planned: salestrack plan, or --next"
        raise ParseError(f"{what} {quoted(text)} is {format_day(day)}, which is in the future", hint=hint)
    return _noticed(day, text, words, full=full)


def parse_future(text: str, words: Words, what: str = "date") -> date:
    """Return the day for which something is planned, at most ten years ahead; ParseError otherwise.

    A full date may have passed (a close date may be overdue); words and dates without a year look ahead.
    """
    day, full = _read(text, words, FUTURE, what)
    if day < words.today and not full:
        hint = f"planning looks ahead; write {day} if that day is meant"
        raise ParseError(f"{what} {quoted(text)} is {format_day(day)}, which has passed", hint=hint)
    if (day.year - YEARS_AHEAD, day.month, day.day) > (words.today.year, words.today.month, words.today.day):
        hint = f"plans reach {YEARS_AHEAD} years ahead"
        raise ParseError(f"{what} {quoted(text)} is {format_day(day)}, which is too far ahead", hint=hint)
    if day < words.today and words.remark:
        words.remark(f"{what} {format_day(day)} has passed")
    return _noticed(day, text, words, full=full)


def parse_coming(text: str, words: Words, what: str = "date") -> date:
    """Return a day on which something changes, before or after today; words and dates without a year look ahead."""
    day, full = _read(text, words, FUTURE, what)
    return _noticed(day, text, words, full=full)


def parse_any(text: str, words: Words, what: str = "date") -> date:
    """Return a day before or after today (`--as-of`, the ends of a period); bare words look back."""
    return _read(text, words, EITHER, what)[0]


def parse_moment(text: str, words: Words, now: time | None) -> tuple[date, time | None]:
    """Return the day and, where known, the time at which something happened (`tue 14:30`, `9:05`, `yest`).

    A time alone is today's; today without a time is `now`, any other day has no time. ParseError for one after `now`.
    """
    word = _tidy(text)
    found = re.fullmatch(r"(?:(.+?)(?: |(?<=\d)t))?(\d{1,2}):(\d\d)", word)
    if found is None and ":" in word:
        raise ParseError(f"time {quoted(text)} cannot be read", hint="write it like 14:30 or 'tue 9:05'")
    if found is None:
        day = parse_past(text, words)
        return day, now if day == words.today else None
    hour, minute = int(found[2]), int(found[3])
    if hour > 23 or minute > 59:
        hint = "hours go from 0 to 23, minutes from 00 to 59"
        raise ParseError(f"there is no time {found[2]}:{found[3]}", hint=hint)
    day, at = (parse_past(found[1], words) if found[1] else words.today), time(hour, minute)
    if now and day == words.today and at > now:
        hint = "what is still to come is planned: salestrack plan, or --next"
        raise ParseError(f"time {quoted(text)} is still to come", hint=hint)
    return day, at


def find_day(text: str, words: Words, look: int = EITHER) -> date | None:
    """Return the day that text means, None when it is no date at all; ParseError for an impossible one."""
    found = _find(_tidy(text), words, look)
    return found[0] if found else None


def format_day(day: date) -> str:
    """Return a day with its weekday, in English everywhere: `Wed 2026-03-18`."""
    return f"{DAYS[day.weekday()][:3].title()} {day}"


def bounds(unit: Unit, day: date, words: Words) -> tuple[date, date]:
    """Return the first and last day of the week, month, fiscal quarter or fiscal year that holds a day."""
    if unit == "day":
        return day, day
    if unit == "week":
        first = day - timedelta(days=(day.weekday() - words.week_start) % 7)
        return first, first + timedelta(days=6)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = add(day.replace(day=1), "month", -((day.month - words.fiscal_start) % length))
    return first, add(first, "month", length) - timedelta(days=1)


def add(day: date, unit: Unit, count: int) -> date:
    """Return the day some units later, a missing 31st becoming the last; OverflowError beyond all dates."""
    if unit in {"day", "week"}:
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    # Fetched here: a millisecond of start-up, and most calls name a plain day.
    from dateutil.relativedelta import relativedelta

    try:
        return day + relativedelta(months=count * {"month": 1, "quarter": 3, "year": 12}[unit])
    except ValueError as error:
        raise OverflowError(str(error)) from error


def month_number(word: str) -> int | None:
    """Return 1 to 12 for a month's name or its first three letters in lower case, or None."""
    for number, name in enumerate(MONTHS, start=1):
        if word in {name, name[:3]}:
            return number
    return None


def _tidy(text: str) -> str:
    """Lower case, single spaces; nothing for what cannot be a date."""
    text = text.strip()
    return " ".join(text.lower().split()) if text.isascii() and len(text) <= LONGEST_TEXT else ""


def _noticed(day: date, text: str, words: Words, *, full: bool) -> date:
    """Tell of a day without a year that lands in another one than was likely meant, and return it."""
    away = (day - words.today).days
    if words.remark and not full and abs(away) > FAR and not re.fullmatch(r"[+-]?\d+ ?(d|w|mo|q|y)|\D*", _tidy(text)):
        where = "ago" if away < 0 else "ahead"
        words.remark(f"{quoted(text.strip())} is {format_day(day)}, {abs(away)} days {where}")
    return day


def _read(text: str, words: Words, look: int, what: str) -> tuple[date, bool]:
    word = _tidy(text)
    if found := _find(word, words, look):
        return found
    if not text.strip():
        raise ParseError(f"the {what} is empty", hint=_EXAMPLES)
    hint = "write a day, such as 2026-03-15 or '15 mar'"
    if re.fullmatch(r"\d{4}|\d{4}-\d\d|\d{4}-?w\d\d?|(\d{4}-?)?q\d|(.+[ -])?(week|month|quarter|year)", word):
        raise ParseError(f"{what} {quoted(text)} is a period, not a day", hint=hint)
    if (month := re.fullmatch(r"([a-z]+)( \d{4})?", word)) and month_number(month[1]):
        raise ParseError(f"{what} {quoted(text)} is a month, not a day", hint=hint)
    if ":" in word:
        raise ParseError(f"{what} {quoted(text)} has a time, and only a day is meant here", hint=hint)
    raise ParseError(f"{what} {quoted(text)} is not a date", hint=_EXAMPLES)


def _find(word: str, words: Words, look: int) -> tuple[date, bool] | None:
    """Return the day and whether it was given in full, with its year."""
    if word[:4].isdigit() and (full := _iso(word)):
        return full, True
    try:
        loose = _named(word, words, look) or _edge(word, words, look) or _distance(word, words, look)
        loose = loose or _number(word, words.today, look)
        if loose:
            return _checked(loose, word), False
        return _with_month_name(word, words.today, look) or _slashed(word, words, look)
    except OverflowError as error:
        raise ParseError(f"date {quoted(word)} is too far away", hint=_EXAMPLES) from error


def _checked(day: date, word: str) -> date:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    raise ParseError(
        f"date {quoted(word)} is in the year {day.year}", hint=f"dates run from {FIRST_YEAR} to {LAST_YEAR}"
    )


def _day(year: int, month: int, day: int, word: str) -> date:
    try:
        return _checked(date(year, month, day), word)
    except ValueError as error:
        raise ParseError(f"there is no day {quoted(word)} in the calendar", hint=_EXAMPLES) from error


def _named(word: str, words: Words, look: int) -> date | None:
    """Read `today`, `yest`, `tom`, a weekday, `last fri`; `next fri` has two readings."""
    today = words.today
    if word in {"today", "tod", "now"}:
        return today
    if word in {"yesterday", "yest", "y"}:
        return today - timedelta(days=1)
    if word in {"tomorrow", "tom"}:
        return today + timedelta(days=1)
    which, _, name = word.rpartition(" ")
    if which not in {"", "last", "next"} or len(name) < 3:
        return None
    for number, full in enumerate(DAYS):
        if name in {full, full[:3]}:
            ahead = (number - today.weekday() - 1) % 7 + 1
            behind = (today.weekday() - number) % 7
            if which == "next":
                _next_weekday(word, name, today + timedelta(days=ahead))
            if which == "last":
                return today - timedelta(days=behind or 7)
            return today + timedelta(days=ahead if look == FUTURE else -behind)
    return None


def _next_weekday(word: str, name: str, first: date) -> NoReturn:
    second = first + timedelta(days=7)
    raise ParseError(
        f"date {quoted(word)} could be {format_day(first)} or {format_day(second)}",
        hint=f"when planning, {name} is {first}; for the week after write {second}",
    )


def _edge(word: str, words: Words, look: int) -> date | None:
    """Read the starts and ends of the running week, month, fiscal quarter and fiscal year (`som`, `eoq`)."""
    if len(word) != 3 or word[:2] not in {"so", "eo"} or word[2] not in "wmqy":
        return None
    unit = _UNITS[word[2]]
    start, end = bounds(unit, words.today, words)
    if word[0] == "s":
        return end + timedelta(days=1) if look == FUTURE and start < words.today else start
    if look == PAST and end > words.today:
        hint = f"the last {unit} ended on {start - timedelta(days=1)}; what is still to come is planned"
        raise ParseError(f"date {quoted(word)} is {format_day(end)}, which is in the future", hint=hint)
    return end


def _distance(word: str, words: Words, look: int) -> date | None:
    """Read `3d`, `-2w`, `+1mo`, `2q`, `1y`; without a sign they go where the field looks."""
    found = re.fullmatch(r"([+-]?)(\d+) ?(d|w|mo|q|y|m|min)", word)
    if found is None:
        return None
    sign = {"+": 1, "-": -1}.get(found[1], 1 if look == FUTURE else -1)
    count = sign * int(found[2])
    if found[3] in {"m", "min"}:
        months = add(words.today, "month", count)
        raise ParseError(
            f"date {quoted(word)} could be {found[2]} months ({format_day(months)}) or {found[2]} minutes",
            hint=f"write {found[1]}{found[2]}mo for months; a date counts no minutes",
        )
    return add(words.today, _UNITS[found[3]], count)


def _number(word: str, today: date, look: int) -> date | None:
    """Read a day of the month (`15`, `15th`), or month and day (`03-15`)."""
    if found := re.fullmatch(r"(\d\d?)(st|nd|rd|th)?", word):
        months = _months_from(today.year, today.month, look)
        return _nearest([(year, month, int(found[1])) for year, month in months], today, look, word)
    if found := re.fullmatch(r"(\d\d)-(\d\d)", word):
        return _nearest_yearly(int(found[1]), int(found[2]), today, look, word)
    return None


def _months_from(year: int, month: int, look: int) -> Iterator[tuple[int, int]]:
    step = 1 if look == FUTURE else -1
    for index in range(13):
        years, months = divmod(month - 1 + index * step, 12)
        yield year + years, months + 1


def _nearest_yearly(month: int, day: int, today: date, look: int, word: str) -> date:
    """Return the nearest such day of a year; 29 February may be eight years away."""
    step = 1 if look == FUTURE else -1
    return _nearest([(today.year + step * years, month, day) for years in range(9)], today, look, word)


def _nearest(days: list[tuple[int, int, int]], today: date, look: int, word: str) -> date:
    """Return the first that exists on the right side of today, today included."""
    for year, month, number in days:
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= today if look == FUTURE else day <= today:
            return day
    raise ParseError(f"there is no day {quoted(word)} in the calendar", hint=_EXAMPLES)


def _iso(word: str) -> date | None:
    """Read `2026-03-15`, `2026/3/15` and `20260315`."""
    found = re.fullmatch(r"(\d{4})([-/.])(\d\d?)\2(\d\d?)|(\d{4})(\d\d)(\d\d)", word)
    if found is None:
        return None
    year, month, day = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
    return _day(int(year), int(month), int(day), word)


def _with_month_name(word: str, today: date, look: int) -> tuple[date, bool] | None:
    """Read `15 mar`, `mar 15`, `15-mar-2026`, `march 15th, 2026`."""
    found = re.fullmatch(r"(?P<day>\d\d?)(?:st|nd|rd|th)?[ -]?(?P<month>[a-z]{3,9})(?:[ -](?P<year>\d{4}))?", word)
    if found is None:
        found = re.fullmatch(r"(?P<month>[a-z]{3,9})[ -]?(?P<day>\d\d?)(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?", word)
    month = month_number(found["month"]) if found else None
    if found is None or month is None:
        return None
    if found["year"]:
        return _day(int(found["year"]), month, int(found["day"]), word), True
    return _nearest_yearly(month, int(found["day"]), today, look, word), False


def _slashed(word: str, words: Words, look: int) -> tuple[date, bool] | None:
    """Read `5/6/2026`, `5.6.` and `5/6` by the configured order; without one only what has a single reading."""
    found = re.fullmatch(r"(\d\d?)([/.])(\d\d?)(?:\2(\d{4}|\d\d)?)?", word)
    if found is None:
        return None
    first, second = int(found[1]), int(found[3])
    year = found[4] and (found[4] if len(found[4]) == 4 else f"20{found[4]}")

    def in_order(order: str) -> date:
        day, month = (first, second) if order == "dmy" else (second, first)
        if year:
            return _day(int(year), month, day, word)
        return _nearest_yearly(month, day, words.today, look, word)

    if words.order:
        return in_order(words.order), bool(year)
    readings = []
    for order in ("dmy", "mdy"):
        try:
            readings.append(in_order(order))
        except ParseError:
            continue
    if len(set(readings)) == 1:
        return readings[0], bool(year)
    return _no_order(word, readings)


def _no_order(word: str, readings: list[date]) -> NoReturn:
    if not readings:
        raise ParseError(f"there is no day {quoted(word)} in the calendar", hint=_EXAMPLES)
    hint = f"write {readings[0]}, or set date_order to dmy or mdy"
    first, second = readings
    raise ParseError(f"date {quoted(word)} could be {format_day(first)} or {format_day(second)}", hint=hint)
