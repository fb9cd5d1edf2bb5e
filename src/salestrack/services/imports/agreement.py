"""Net, tax and gross of a row against each other: net and tax come to gross, or what stands between them is known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations
from typing import Any, NamedTuple

from salestrack.domain.imports import OWN_SOURCE
from salestrack.domain.lines import parse_percent
from salestrack.domain.money import Money, NumberStyle
from salestrack.errors import SalestrackError
from salestrack.importers.cells import Parsed
from salestrack.services.imports.reading import Batch, Reading

_STANDS = {"shipping": "without", "tip": "without", "discount": "before", "fee": "after"}
"""What may stand between a file's own net amount and gross, beside the tax."""
_NUMBER = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*(%?)")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,4})?)\s?%")


def parse_rate(text: str) -> Decimal:
    """Read a rate in percent: `19`, `19%`, `7,5 %`, `MwSt 19%`; SalestrackError for a share such as 0.19, and others."""
    whole = _NUMBER.fullmatch(text)
    found = whole or _PERCENT.search(text)
    rate = Decimal(found[1].replace(",", ".")) if found else None
    if rate is None or rate > 100:
        raise SalestrackError(f"is no rate in percent; write it like 19%, or say: --value 'tax_rate:{text}=19%'")
    if whole and not whole[2] and 0 < rate < 1:
        raise SalestrackError(
            f"is a share or a rate below 1 %; say which: --value 'tax_rate:{text}={(rate * 100).normalize():f}%'"
        )
    return rate


def _own_rate(text: str) -> Decimal:
    return parse_percent(text, "tax rate")


class Row(NamedTuple):
    """What a row says of its money in minor units; `between` is what stands between net and gross beside the tax."""

    amount: int | None
    gross: int | None
    tax: int | None
    rate: Decimal | None = None
    between: tuple[tuple[str, int], ...] = ()
    slack: int = 1
    """How many minor units rounding may leave: one for each row of the file that it is made of."""


class Settled(NamedTuple):
    """Net and tax of a row, what is between them and gross; `fits` says whether they come to it."""

    amount: int | None
    tax: int | None
    between: tuple[str, ...] = ()
    fits: bool = True


def settled(row: Row) -> Settled:
    """Return net and tax of a row: the net amount is gross less tax, whatever of it another column leaves out."""
    tax = row.tax if row.tax is not None or row.rate is None else _taxed(row, row.rate)
    if row.amount is None or row.gross is None:
        return Settled(row.amount, tax)
    net = row.gross - (tax or 0)
    if abs(net - row.amount) <= row.slack:
        return Settled(row.amount, tax)
    for size in range(1, len(row.between) + 1):
        for some in combinations(row.between, size):
            if abs(net - row.amount - sum(value for _, value in some)) <= row.slack:
                return Settled(net, tax, tuple(name for name, _ in some))
    return Settled(row.amount, tax, fits=False)


def _taxed(row: Row, rate: Decimal) -> int | None:
    """Return the tax that a rate comes to; where net and gross are known and fit it, what is between them."""
    if row.gross is None:
        return tax_at(row.amount, rate)
    if row.amount is not None and abs(row.amount + (tax_at(row.amount, rate) or 0) - row.gross) <= row.slack:
        return row.gross - row.amount
    return row.gross - _rounded(Decimal(row.gross) * 100 / (100 + rate))


def tax_at(net: int | None, rate: Decimal | None) -> int | None:
    """Return the tax that a rate comes to on a net amount, to the cent."""
    return None if net is None or rate is None else _rounded(net * rate / 100)


def _rounded(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_EVEN))


class Agreement:
    """Settles net and tax of the rows of a file, refuses those that contradict themselves, and says what it took."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._own = reading.profile is not None and reading.profile.source == OWN_SOURCE
        self._rates = Parsed(_own_rate if self._own else parse_rate, reading.values_of("tax_rate"))
        self._beside = {name: reading.amounts(name, signed=True) for name in ("shipping", "tip")}
        self._between: dict[tuple[str, ...], int] = {}

    def of(
        self, batch: Batch, money: Mapping[str, Sequence[int | None]], codes: Sequence[str], discounts: Sequence[Any]
    ) -> tuple[dict[str, Sequence[int | None]], list[Any]]:
        """Return the amounts of a batch with net, tax and fee settled, and the rates that rows name."""
        both = batch.has("amount") and batch.has("gross") and not self._own
        rates = batch.read("tax_rate", self._rates) if batch.has("tax_rate") and self._counts(batch) else batch.none
        if not (both or rates is not batch.none):
            return dict(money), rates
        beside = {name: self._beside_of(batch, name, codes) for name in self._beside}
        amounts, taxes, fees = list(money["amount"]), list(money["tax"]), list(money["fee"])
        for place, size in enumerate(batch.sizes):
            if place in batch.bad:
                continue
            gross = money["gross"][place]
            row = Row(amounts[place], gross, taxes[place], rates[place], slack=size)
            found = settled(row)
            if not found.fits:
                each = {name: values[place] for name, values in beside.items()}
                each |= {"discount": discounts[place], "fee": fees[place]}
                found = settled(row._replace(between=tuple(_between(each, gross or 0))))
            self._note(batch, place, found, codes[place], same=found.amount == gross)
            if "fee" in found.between:
                fees[place] = abs(fees[place] or 0) * (1 if (gross or 0) >= 0 else -1)
            amounts[place], taxes[place] = found.amount, found.tax
            batch.extra.setdefault("between", []).append((place, found.between))
        return {**money, "amount": amounts, "tax": taxes, "fee": fees}, rates

    def shipped(self, batch: Batch, codes: Sequence[str]) -> list[int]:
        """Return the shipping that is in the net amount of each row, though the file's own net leaves it out."""
        found = [0] * len(batch)
        for place, names in batch.extra.get("between", ()):
            if "shipping" in names:
                found[place] = self._beside_of(batch, "shipping", codes)[place] or 0
        return found

    def _counts(self, batch: Batch) -> bool:
        """Say whether a rate makes the tax: an order's own words for its taxes may name one of several."""
        return not (self._reading.profile and self._reading.profile.group)

    def _beside_of(self, batch: Batch, name: str, codes: Sequence[str]) -> Sequence[int | None]:
        """Return amounts that only explain others: what is none, such as a way of shipping, explains nothing."""
        if not batch.has(name):
            return batch.none
        values, faults = self._beside[name].by_currency.read(batch.column(name), codes)
        batch.values.setdefault(name, values)
        for place, _ in faults:
            values[place] = None
        return values

    def _note(self, batch: Batch, place: int, found: Settled, code: str, *, same: bool) -> None:
        if found.between:
            self._between[found.between] = self._between.get(found.between, 0) + 1
        if not found.fits and same:
            title = self._reading.mapping.title
            net, gross, tax = title("amount"), title("gross"), title("tax") or title("tax_rate")
            batch.fault(
                place, "gross", f"is {net} too, and {tax} says a tax; --map amount= takes {gross} less {tax} as net"
            )
        elif not found.fits:
            batch.fault(place, "gross", self._why(batch, found, code))

    def _why(self, batch: Batch, found: Settled, code: str) -> str:
        title, style = self._reading.mapping.title, NumberStyle(self._reading.request.usual_decimal)
        net, gross = title("amount"), title("gross")
        more = "" if batch.has("shipping") else ", --map shipping=COLUMN says what else is in it"
        if found.tax is None:
            said = f"is not the net of {net}, {Money(found.amount or 0, code).text(style)}, and nothing says the tax"
            return f"{said}; --map tax=COLUMN says it{more}, --map gross= leaves {gross} out"
        tax = title("tax") or title("tax_rate")
        total = Money((found.amount or 0) + found.tax, code).text(style)
        ways = f"--map amount= takes {gross} less {tax} as net, --map gross= takes {net}{more}"
        return f"is not what {net} and {tax} come to, {total}; {ways}"

    def remarks(self) -> Iterator[str]:
        """Return what the net amount was taken from where the file's own net leaves something out, or in."""
        title = self._reading.mapping.title
        for names, count in self._between.items():
            rows = "1 row" if count == 1 else f"{count} rows"
            which = " and ".join(f"{_STANDS[name]} {title(name)}" for name in names)
            tax = title("tax") or title("tax_rate")
            less = f"{title('gross')} less {tax}" if tax else title("gross")
            yield f"net is {less} in {rows}: {title('amount')} is {which}"


def _between(each: Mapping[str, Any], gross: int) -> Iterator[tuple[str, int]]:
    """Return what may stand between net and gross, with the sign that it has there."""
    sign = 1 if gross >= 0 else -1
    for name, value in each.items():
        if isinstance(value, int) and value:
            yield name, abs(value) * sign * (-1 if name == "discount" else 1)


def rate_text(rate: Decimal | None, net: int | None, tax: int | None) -> str | None:
    """Return a rate as a sale keeps it, where its tax is what the rate comes to."""
    if rate is None or net is None or tax is None or abs(rate * net / 100 - tax) > 1:
        return None
    return format(rate.normalize(), "f")


__all__ = ["Agreement", "Row", "Settled", "parse_rate", "rate_text", "settled", "tax_at"]
