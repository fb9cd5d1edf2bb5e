"""How something repeats as one cell of a table: how often, what each time is worth, from when until when, what changes.

`month until 2026-12-31` or `month at 100.00; 120.00 from 2026-05-01; paused from 2026-08-01`. Words are those of
--every; amounts have a dot and are in the record's currency, days are written as 2026-12-31.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from salestrack.domain.money import Money, parse_amount
from salestrack.domain.quoting import quoted
from salestrack.domain.recurring import Every, from_code, parse_every
from salestrack.domain.schedules import Price
from salestrack.errors import ParseError

PAUSED = "paused"
_EXAMPLE = "write it like: month until 2026-12-31, or: month at 100.00; 120.00 from 2026-05-01; paused from 2026-08-01"
_FIRST = re.compile(r"(.+?)(?: at (\S+))?(?: from (\S+))?(?: until (\S+))?")
_LATER = re.compile(r"(\S+) from (\S+)")
_CODE = re.compile(r"[1-9]\d{0,3}[md]")


class Repeated(NamedTuple):
    """How a record repeats; `amount` is what each time is worth at first, None where the record's own amount says it."""

    every: Every
    amount: int | None = None
    from_on: date | None = None
    until: date | None = None
    prices: tuple[Price, ...] = ()


def written(repeated: Repeated, currency: str) -> str:
    """Return the cell of what repeats; amounts are of a currency."""
    text = repeated.every.text().removeprefix("every ")
    if repeated.amount is not None:
        text += f" at {Money(repeated.amount, currency).plain()}"
    if repeated.from_on:
        text += f" from {repeated.from_on}"
    if repeated.until:
        text += f" until {repeated.until}"
    for price in repeated.prices:
        worth = PAUSED if price.amount is None else Money(price.amount, currency).plain()
        text += f"; {worth} from {price.from_on}"
    return text


def read(text: str, currency: str) -> Repeated:
    """Read the cell of what repeats; ParseError for anything else."""
    first, *later = (" ".join(part.split()) for part in text.split(";"))
    found = _FIRST.fullmatch(first)
    if not found:
        raise ParseError(f"{quoted(text)} does not say how often", hint=_EXAMPLE)
    often, amount, from_on, until = found.groups()
    every = from_code(often) if _CODE.fullmatch(often) else _told(lambda: parse_every(often, ""))
    prices = []
    for part in later:
        change = _LATER.fullmatch(part)
        if not change:
            raise ParseError(f"{quoted(part)} is no price from a day on", hint=_EXAMPLE)
        prices.append(Price(_day(change[2]), None if change[1] == PAUSED else _worth(change[1], currency)))
    days = [price.from_on for price in prices]
    if len(set(days)) < len(days):
        raise ParseError(f"{quoted(text)} has two prices from one day on", hint=_EXAMPLE)
    return Repeated(
        every,
        None if amount is None else _worth(amount, currency),
        _day(from_on) if from_on else None,
        _day(until) if until else None,
        tuple(sorted(prices)),
    )


def _told(parse: Callable[[], Every]) -> Every:
    try:
        return parse()
    except ParseError as error:
        raise ParseError(error.message.strip(), hint=_EXAMPLE) from error


def _worth(text: str, currency: str) -> int:
    return parse_amount(text, currency=currency).minor


def _day(text: str) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ParseError(f"{quoted(text)} is no day", hint=_EXAMPLE)


__all__ = ["Repeated", "read", "written"]
