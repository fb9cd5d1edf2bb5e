"""The cells of orders that stand in several rows each."""

from collections.abc import Sequence
from typing import Any

from salestrack.domain.imports import Fault
from salestrack.importers.amounts import hangs_on_currency
from salestrack.importers.grouping import Group
from salestrack.importers.rewriting import rewritten
from salestrack.services.imports.reading import AmountColumns, Batch, Reading


class Parts:
    """The rows that a batch's orders are made of, one after the other: which order each belongs to, and its cells."""

    def __init__(self, batch: Batch, reading: Reading) -> None:
        self._batch = batch
        self._reading = reading
        groups: Sequence[Group] | None = batch.groups
        self.lines: Sequence[int] = batch.lines
        self.orders: Sequence[int] = range(len(batch))
        self._columns: list[Sequence[str]] | None = None
        if groups is not None and any(len(group.rows) > 1 for group in groups):
            self.lines = [line for group in groups for line in group.lines]
            self.orders = [at for at, group in enumerate(groups) for _ in group.rows]
            self._columns = list(zip(*(row for group in groups for row in group.rows), strict=True))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)

    def cells(self, field: str) -> Sequence[str]:
        """Return the cells of a field, blank ones where the file has no such column."""
        if self._columns is None:
            return self._batch.column(field)
        mapping, profile = self._reading.mapping, self._reading.profile
        mapped = next((mapped for mapped in mapping.fields if mapped.field.name == field), None)
        if mapped is None:
            return [mapping.constants.get(field, "")] * len(self)
        cells = mapped.cells(self._columns)
        return rewritten(profile.cells[field], cells) if profile and field in profile.cells else cells

    def read(self, field: str, reader: Any, keys: Sequence[Any] | None = None) -> list[Any]:
        """Return the values of a field by a reader; what is wrong rejects the order."""
        if not self._batch.has(field) and keys is None:
            return [None] * len(self)
        cells = self.cells(field)
        keys = cells if keys is None else keys
        values: list[Any] = reader.read(keys)
        for place, reason in reader.faults(keys):
            self.fault(place, field, cells[place], reason)
        return values

    def amounts(self, field: str, readers: AmountColumns, currencies: Sequence[str] | None) -> list[int | None]:
        """Return the amounts of a field in minor units of its order's currency."""
        if not self._batch.has(field):
            return [None] * len(self)
        cells = self.cells(field)
        if currencies is None:
            values, faults = readers.plain.read(cells), readers.plain_faults(cells)
        else:
            values, faults = readers.by_currency.read(cells, [currencies[order] for order in self.orders])
        for place, reason in faults:
            if (self.orders[place], "currency") not in self._batch.wrong or not hangs_on_currency(reason):
                self.fault(place, field, cells[place], reason)
        return values

    def fault(self, place: int, field: str, cell: str, reason: str) -> None:
        """Reject an order for a cell of one of its rows."""
        self._batch.bad.add(self.orders[place])
        self._batch.wrong.add((self.orders[place], field))
        self._batch.faults.append(Fault(self.lines[place], self._reading.mapping.title(field), cell, reason))
