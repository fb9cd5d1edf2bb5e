"""The lines of deals and sales as JSON Lines of our own have them: what one cell for a product cannot hold."""

import json
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from itertools import compress
from typing import Any, NamedTuple

from salestrack.domain.money import Money, parse_amount
from salestrack.errors import SalestrackError
from salestrack.importers.cells import Column
from salestrack.services.imports.columns import spread
from salestrack.services.imports.naming.names import Products
from salestrack.services.imports.reading import Batch, Reading

FIELD = "lines"
_KINDS = frozenset({"product", "discount", "shipping", "adjustment"})
_STAGED = (
    "line", "position", "kind", "product_id", "name", "quantity", "price", "amount", "book_amount", "tax_rate", "tax",
)  # fmt: skip
_NO_LINES = "is no list of lines as an export has it; leave the column out: --map lines="


class OwnLine(NamedTuple):
    """One line as an export says it; amounts in minor units, `called` is the product or what else it is for."""

    kind: str
    called: str | None
    quantity: str
    price: int | None
    amount: int | None
    tax_rate: str | None
    tax: int | None


class OwnLines(Column[tuple[str, str]]):
    """The lines of a record, from (cell, currency); they count before its columns of one product."""

    def __init__(self, reading: Reading, products: Products) -> None:
        super().__init__()
        self._reading = reading
        self._products = products

    def learn(self, cells: Collection[tuple[str, str]]) -> None:
        """Read new cells."""
        for cell in cells:
            try:
                self.known[cell] = _read(cell[0], cell[1]) if cell[0].strip() else ()
            except (SalestrackError, ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidOperation):
                self.refuse(cell, _NO_LINES)

    def of(self, batch: Batch, columns: dict[str, Sequence[Any]]) -> None:
        """Read the lines of a batch, whose other columns are known, and take the place of its single products."""
        if not batch.has(FIELD):
            return
        codes = [code or self._reading.currency for code in columns["currency"]]
        keys = list(zip(batch.column(FIELD), codes, strict=True))
        found: list[tuple[OwnLine, ...]] = [lines or () for lines in batch.read_as(FIELD, self, keys)]
        staged: list[tuple[Any, ...]] = []
        worths = columns.get("book_amount", batch.none)
        for place, lines in enumerate(found):
            if lines and self._adds_up(batch, place, lines, columns["amount"][place], codes[place]):
                staged += self._staged(batch, place, lines, worths[place])
        batch.extra["own lines"] = staged
        if "product_id" in columns:
            columns["product_id"] = [
                None if lines else one for lines, one in zip(found, columns["product_id"], strict=True)
            ]
        told = {batch.lines[place] for place, lines in enumerate(found) if lines}
        batch.extra["lines"] = [row for row in batch.extra.get("lines", ()) if row[0] not in told]

    def stage(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage the lines of the rows that are kept."""
        good = set(compress(batch.lines, kept))
        if rows := [row for row in batch.extra.get("own lines", ()) if row[0] in good]:
            self._reading.staging.add("lines", _STAGED, rows)

    def _adds_up(self, batch: Batch, place: int, lines: Sequence[OwnLine], amount: int | None, currency: str) -> bool:
        amounts = [line.amount for line in lines if line.amount is not None]
        if place in batch.bad or len(amounts) < len(lines) or sum(amounts) == amount:
            return place not in batch.bad
        said = "no amount" if amount is None else str(Money(amount, currency))
        batch.fault(place, FIELD, f"come to {Money(sum(amounts), currency)}, and the record has {said}")
        return False

    def _staged(self, batch: Batch, place: int, lines: Sequence[OwnLine], worth: int | None) -> list[tuple[Any, ...]]:
        names = [line.called or "" for line in lines if line.kind == "product"]
        ids = iter(self._products.read(names))
        for name in names:
            if name in self._products.bad:
                batch.fault(place, FIELD, f"{name}: {self._products.bad[name]}")
        known = [line.amount for line in lines if line.amount is not None]
        shares = spread(known, worth) if len(known) == len(lines) else [None] * len(lines)
        rows = []
        for position, (line, share) in enumerate(zip(lines, shares, strict=True)):
            is_product = line.kind == "product"
            product, called = (next(ids), None) if is_product else (None, line.called)
            rows.append((batch.lines[place], position, line.kind, product, called, *line[2:5], share, *line[5:]))
        return rows


def _read(cell: str, currency: str) -> tuple[OwnLine, ...]:
    found = []
    for each in json.loads(cell):
        kind, quantity, told = each["kind"], str(each["quantity"]), each["tax_rate"]
        if kind not in _KINDS or not Decimal(quantity).is_finite():
            raise ValueError
        rate = None if told is None else format(Decimal(told).normalize(), "f")
        price, amount, tax = (_minor(each[name], currency) for name in ("price", "amount", "tax"))
        found.append(OwnLine(kind, each["product"], quantity, price, amount, rate, tax))
    return tuple(found)


def _minor(money: Any, currency: str) -> int | None:
    if money is None:
        return None
    if money["currency"] != currency:
        raise ValueError
    return parse_amount(money["amount"], currency=currency, signed=True).minor
