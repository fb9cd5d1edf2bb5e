"""The settings that decide what a book's numbers mean: what each is called, how it is written, what it says."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from salestrack.domain.dates import Words, parse_any
from salestrack.domain.money import check_currency
from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError, RuleError, UsageError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
STALE_DAYS = 14


class BookSetting(NamedTuple):
    """One setting of a book: its name, what it decides, and how a value is read, shown and left out.

    `parse` turns what was typed into the text that the book keeps, `show` turns that into what people read;
    `default` is the kept text where nothing is set, None where it cannot be removed.
    """

    name: str
    meaning: str
    parse: Callable[[str, Words], str]
    show: Callable[[str], str] = str
    default: str | None = ""
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return the key under which the book keeps it."""
        return KEPT.get(self.name, self.name.replace("-", "_"))


KEPT = {"default-owner": "owner"}  # the book's own word for it, from before there was a second owner


def parse_day(text: str) -> int:
    """Return a day of the week as a number, 0 for Monday; UsageError for anything else."""
    short = text.strip().lower()[:3]
    if short not in DAYS:
        raise UsageError(f"{quoted(text)} is not a day of the week", hint=f"one of: {', '.join(DAYS)}")
    return DAYS.index(short)


def parse_days(text: str) -> frozenset[int]:
    """Return the weekdays of `mon-fri` or `mon,tue,thu`; UsageError for anything else."""
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = parse_day(first), parse_day(last) if dash else parse_day(first)
        days.update(day % 7 for day in range(start, (end if end >= start else end + 7) + 1))
    return frozenset(days)


def format_days(days: frozenset[int]) -> str:
    """Return weekdays as they are typed: `mon-fri`, `mon,tue,thu`."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{DAYS[run[0]]}-{DAYS[run[-1]]}" if len(run) > 2 else ",".join(DAYS[day] for day in run) for run in runs
    )


def parse_month(text: str) -> int:
    """Return a month as a number from 1 to 12, from its number or name; UsageError for anything else."""
    word = text.strip().lower()
    if word.isdecimal() and len(word) <= 2 and 1 <= int(word) <= 12:
        return int(word)
    if len(word) >= 3 and word[:3] in MONTHS:
        return MONTHS.index(word[:3]) + 1
    raise UsageError(f"{quoted(text)} is not a month", hint="1 to 12, or jan to dec")


def parse_tax_rate(text: str) -> str:
    """Return a tax rate in percent as decimal text (`19`, `8.875`); ParseError outside 0 to 100."""
    word = text.strip().removesuffix("%").strip().replace(",", ".")
    try:
        rate = Decimal(word)
    except InvalidOperation:
        rate = Decimal(-1)
    exponent = rate.as_tuple().exponent
    if (
        not rate.is_finite()
        or not 0 <= rate < 100
        or not isinstance(exponent, int)
        or exponent < -4
        or "e" in word.lower()
    ):
        raise ParseError(f"tax rate {quoted(text)} cannot be read", hint="write a percentage like 19 or 8.875")
    return f"{rate.normalize():f}"


def _currency(text: str, _: Words) -> str:
    return check_currency(text)


def _closed_until(text: str, words: Words) -> str:
    day = parse_any(text, words, "closed-until")
    if day > words.today:
        raise RuleError(
            f"closed-until {day} is still to come, and nothing could be recorded until then",
            hint=f"last month ended on {words.today.replace(day=1) - timedelta(days=1)}",
        )
    return day.isoformat()


def _yes_no(text: str, _: Words) -> str:
    word = text.strip().lower()
    if word in {"yes", "y", "true", "on", "1"}:
        return "1"
    if word in {"no", "n", "false", "off", "0"}:
        return "0"
    raise UsageError(f"{quoted(text)} is neither yes nor no", hint="write yes or no")


def _count(text: str, _: Words) -> str:
    word = text.strip().removesuffix("d")
    if not (word.isascii() and word.isdecimal() and len(word) <= 4 and 1 <= int(word) <= 3650):
        raise UsageError(f"{quoted(text)} is not a number of days", hint="from 1 to 3650")
    return str(int(word))


def _name(text: str, _: Words) -> str:
    return text  # whom it names is looked up where the owners are


BOOK_SETTINGS: tuple[BookSetting, ...] = (
    BookSetting("currency", "what reports add up in", _currency, default=None),
    BookSetting(
        "week-start",
        "the first day of a week",
        lambda text, _: str(parse_day(text)),
        lambda kept: DAYS[int(kept)],
        default="0",
        choices=("mon", "sun", "sat"),
    ),
    BookSetting(
        "fiscal-start",
        "the month your year begins in",
        lambda text, _: str(parse_month(text)),
        lambda kept: MONTHS[int(kept) - 1],
        default="1",
        choices=MONTHS,
    ),
    BookSetting(
        "working-days",
        "when you work, like mon-fri or mon,tue",
        lambda text, _: ",".join(str(day) for day in sorted(parse_days(text))),
        lambda kept: format_days(frozenset(int(day) for day in kept.split(",") if day)),
        default="0,1,2,3,4",
        choices=("mon-fri", "mon-sat", "sun-thu"),
    ),
    BookSetting(
        "closed-until",
        "money dated until then stays as it is",
        _closed_until,
    ),
    BookSetting("tax-rate", "sales tax in percent, unless said", lambda text, _: parse_tax_rate(text)),
    BookSetting(
        "reason-required",
        "does a lost deal need a reason?",
        _yes_no,
        lambda kept: "yes" if kept == "1" else "no",
        default="1",
        choices=("yes", "no"),
    ),
    BookSetting("default-owner", "whose a record is, unless said", _name),
    BookSetting("stale-days", "days until a quiet deal is stale", _count),
)
BY_NAME = {setting.name: setting for setting in BOOK_SETTINGS}


def day_of(kept: str | None) -> date | None:
    """Return a kept day, None where there is none."""
    return date.fromisoformat(kept) if kept else None
