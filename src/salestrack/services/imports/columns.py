"""Readers and small rules that several kinds of records share."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from salestrack.domain.lines import parse_percent
from salestrack.domain.money import Money, check_currency, near_currencies
from salestrack.domain.rates import convert
from salestrack.errors import SalestrackError
from salestrack.importers.cells import Column
from salestrack.importers.kinds import CUSTOM
from salestrack.importers.typed import value_option
from salestrack.services.imports.reading import AmountColumns, Batch, Reading


class Currencies:
    """The currency of each row: of its column, else of the first amount that is filled, else the file's."""

    def __init__(self, reading: Reading) -> None:
        self._default = reading.currency
        self.reader = Codes("currency", reading)

    def of(self, batch: Batch, amounts: Sequence[tuple[str, AmountColumns]]) -> list[str] | None:
        """Return the currency of each row, None where all rows have the file's."""
        named = self._named(batch, amounts)
        if named is None or set(named) <= {None, self._default}:
            return None
        return [code or self._default for code in named]

    def _named(self, batch: Batch, amounts: Sequence[tuple[str, AmountColumns]]) -> Sequence[str | None] | None:
        if batch.has("currency"):
            return batch.read("currency", self.reader)
        found: list[str | None] | None = None
        before: list[Sequence[str]] = []
        for field, readers in amounts:
            if batch.has(field):
                cells = batch.column(field)
                batch.plain_amounts(field, readers)
                for place, code in enumerate(readers.plain.currencies(cells) or ()):
                    found = found or [None] * len(batch)
                    if not any(column[place].strip() for column in before):
                        found[place] = code
                before.append(cells)
        return found


class Codes(Column[str]):
    """A column of currencies."""

    def __init__(self, field: str, reading: Reading) -> None:
        super().__init__(reading.values_of(field))
        self._field = field

    def learn(self, cells: Collection[str]) -> None:
        """Look codes up."""
        for cell in cells:
            text = self.meant(cell)
            try:
                self.known[cell] = check_currency(text) if text else None
            except SalestrackError as error:
                near = near_currencies(text)
                option = value_option(self._field, cell, near[0]) if near else ""
                self.refuse(cell, f"is unknown; {error.hint}{f' {option}' if option else ''}")


class Rates:
    """What foreign money is worth in the book's currency on a day; each rate is looked up once."""

    def __init__(self, reading: Reading) -> None:
        self._settings = reading.store.settings
        self._own = reading.book_currency
        self._known: dict[tuple[str, str], int | None] = {}

    def book(self, minor: int | None, currency: str, on: str | None) -> tuple[int | None, int | None]:
        """Return the rate of the day and the amount in the book's currency; both None without a rate."""
        if minor is None or currency == self._own:
            return None, minor
        if on is None:
            return None, None
        key = (currency, on)
        if key not in self._known:
            self._known[key] = self._settings.rate(currency, date.fromisoformat(on))
        rate = self._known[key]
        return rate, convert(Money(minor, currency), rate, self._own).minor if rate else None


def spread(amounts: Sequence[int], worth: int | None) -> list[int | None]:
    """Spread a book amount over lines in proportion to their amounts; the last line takes what rounding leaves."""
    whole = sum(amounts)
    if worth is None or worth == whole:
        return [None] * len(amounts) if worth is None else list(amounts)
    parts = [amount * worth // whole if whole else 0 for amount in amounts]
    return [*parts[:-1], parts[-1] + worth - sum(parts)]


def tax_rate(text: str) -> str:
    """Read a rate in percent as products and sales keep it."""
    return format(parse_percent(text, "tax rate").normalize(), "f")


def custom_fields(batch: Batch) -> list[str | None] | None:
    """Return the custom fields of each row as JSON text, None where the file has none."""
    names = [field for field in batch.cells if field.startswith(CUSTOM)]
    if not names:
        return None
    columns = [batch.read(name, batch.custom(name)) for name in names]
    keys = [name.removeprefix(CUSTOM) for name in names]
    return [_packed(keys, row) for row in zip(*columns, strict=True)]


def _packed(keys: Sequence[str], row: Sequence[str | None]) -> str | None:
    filled: dict[str, Any] = {key: cell for key, cell in zip(keys, row, strict=True) if cell}
    return json.dumps(filled, ensure_ascii=False, sort_keys=True) if filled else None
