"""What the readers of columns share: the book to look names up in, the staging tables, and how the file is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from salestrack.domain.imports import Fault
from salestrack.domain.money import NumberStyle
from salestrack.importers.amounts import Amounts, AmountsByCurrency, hangs_on_currency, other_currency
from salestrack.importers.cells import Column, bad_lines, lines, notes
from salestrack.importers.dates import DateReader
from salestrack.importers.grouping import Group
from salestrack.importers.kinds import Kind
from salestrack.importers.mapping import FileMapping
from salestrack.importers.profiles import Profile
from salestrack.importers.quantities import Quantities
from salestrack.services.imports.request import Request
from salestrack.store import Operation, Store
from salestrack.store.matching import Matching
from salestrack.store.staged import Staged
from salestrack.store.staging import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that stays the same while one file is read."""

    store: Store
    staging: Staging
    staged: Staged
    matching: Matching
    request: Request
    kind: Kind
    mapping: FileMapping
    values: Mapping[str, Mapping[str, str]]
    currency: str
    dates: DateReader
    custom: Mapping[str, Column[str]] = field(default_factory=dict)
    """The readers of custom fields by the names of their columns."""
    profile: Profile | None = None
    within: Operation | None = None
    """The operation in which several files come in together."""
    written_here: bool | None = None
    """Of the program's own exports, whether this book wrote the file: then ids like d12 are its own."""

    @property
    def is_own(self) -> bool:
        """Whether the file is an export of the program: its texts are as a book holds them."""
        return self.written_here is not None

    @property
    def book_currency(self) -> str:
        """The currency in which reports add up."""
        return self.store.settings.book.currency

    def values_of(self, field: str) -> Mapping[str, str]:
        """Return what --value says about a field."""
        return self.values.get(field, {})

    def quantities(self) -> Quantities:
        """Return a reader of how many pieces."""
        values = self.values_of("quantity")
        return Quantities(self.request.decimal, chosen=self.request.decimal_chosen, values=values)

    def amounts(self, field: str, *, signed: bool) -> "AmountColumns":
        """Return a reader of amounts."""

        def make(currency: str) -> Amounts:
            decimal, cents = self.request.decimal, self.request.cents
            style = NumberStyle(self.request.usual_decimal)
            values = self.values_of(field)
            return Amounts(currency, decimal=decimal, signed=signed, cents=cents, values=values, style=style)

        return AmountColumns(make(self.currency), AmountsByCurrency(make))


@dataclass(frozen=True, slots=True)
class AmountColumns:
    """A reader of amounts, for rows without a currency of their own and for rows with one."""

    plain: Amounts
    by_currency: AmountsByCurrency

    @property
    def used(self) -> set[str]:
        """What --value cells occurred."""
        return self.plain.used | self.by_currency.used

    def plain_faults(self, cells: Sequence[str]) -> list[tuple[int, str]]:
        """Return the places of bad cells among rows in the file's currency: those that name another one too."""
        others = self.plain.currencies(cells)
        faults = self.plain.faults(cells)
        if others is None:
            return faults
        mixed = ((at, other_currency(code, self.plain.currency)) for at, code in enumerate(others) if code)
        return [*faults, *mixed]


class Batch:
    """Some rows of the file, column by column: raw cells in, values out, faults collected on the way.

    `none` is the column of a field that the file does not have; `extra` holds rows for the other staging tables.
    """

    def __init__(
        self,
        reading: Reading,
        rows: Sequence[int],
        cells: Mapping[str, Sequence[str]],
        raw: Mapping[str, Sequence[str]] | None = None,
        groups: Sequence[Group] | None = None,
    ) -> None:
        self.lines = rows
        self.cells = cells
        self.raw = raw or {}
        """The cells as they stand in the file, of the fields whose cells a profile rewrites."""
        self.groups = groups
        """What each row is made of, where that may be several rows of the file."""
        self._reading = reading
        self.faults: list[Fault] = []
        self.bad: set[int] = set()
        self.wrong: set[tuple[int, str]] = set()
        """The cells that are faulty, as place and field: what hangs on them cannot be told yet."""
        self.dropped: dict[int, str] = {}
        self.values: dict[str, Sequence[Any]] = {}
        self.extra: dict[str, list[tuple[Any, ...]]] = {}
        self.none: list[Any] = [None] * len(rows)
        self.records: Sequence[int | None] = ()
        """The records that rows stand for by their keys, where any of them is known."""
        self._plain: dict[str, list[int | None]] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)

    @property
    def sizes(self) -> Sequence[int]:
        """Of how many rows of the file each row is made."""
        return [1] * len(self.lines) if self.groups is None else [len(group.lines) for group in self.groups]

    def only(self, kept: Sequence[bool]) -> "Batch":
        """Return some rows of it as a batch."""
        groups = None if self.groups is None else list(compress(self.groups, kept))
        cells = {field: list(compress(column, kept)) for field, column in self.cells.items()}
        raw = {field: list(compress(column, kept)) for field, column in self.raw.items()}
        return Batch(self._reading, list(compress(self.lines, kept)), cells, raw, groups)

    def has(self, field: str) -> bool:
        """Say whether the file has a column for a field."""
        return field in self.cells

    def column(self, field: str) -> Sequence[str]:
        """Return the raw cells of a field, blank ones where the file has none."""
        return self.cells.get(field) or [""] * len(self.lines)

    def texts(self, field: str) -> Sequence[str]:
        """Return the cells of a field of text, as --value says they read."""
        cells, values = self.cells[field], self._reading.values_of(field)
        return [values.get(cell.strip(), cell) for cell in cells] if values else cells

    def read(self, field: str, reader: Column[str]) -> list[Any]:
        """Return the values of a field by a reader, None where there is no column."""
        cells = self.cells.get(field)
        if cells is None:
            return self.none
        return self.read_as(field, reader, cells)

    def read_as(
        self, field: str, reader: Column[Any], keys: Sequence[Any], *, after: str = "", beside: Sequence[str] = ()
    ) -> list[Any]:
        """Return the values of a field whose cells are read together with those of others `beside` it.

        Where the cell of the field `after` is wrong, which they hang on, nothing can be said of them yet.
        """
        values = reader.read(keys)
        for place, reason in reader.faults(keys):
            if (place, after) not in self.wrong:
                filled = (name for name in (field, *beside) if self.column(name)[place].strip())
                self.fault(place, next(filled, field), reason)
                self.wrong.add((place, field))
        self.values.setdefault(field, values)
        return values

    def custom(self, field: str) -> Column[str]:
        """Return the reader of a custom field."""
        return self._reading.custom[field]

    def line(self, field: str, *, tidy: bool = False) -> list[str | None]:
        """Return the texts of a field that has one line; those of our own exports as they are, unless `tidy`."""
        if field not in self.cells:
            return self.none
        if self._reading.is_own and not tidy:
            return self._kept(field)
        texts = lines(self.texts(field))
        for place, reason in bad_lines(self.cells[field]):
            self.fault(place, field, reason)
        self.values.setdefault(field, texts)
        return texts

    def note(self, field: str = "note") -> list[str | None]:
        """Return the texts of a field that may have several lines."""
        if field not in self.cells:
            return self.none
        if self._reading.is_own:
            return self._kept(field)
        texts = notes(self.texts(field))
        self.values.setdefault(field, texts)
        return texts

    def _kept(self, field: str) -> list[str | None]:
        texts = [cell if cell.strip() else None for cell in self.texts(field)]
        self.values.setdefault(field, texts)
        return texts

    def plain_amounts(self, field: str, readers: AmountColumns) -> list[int | None]:
        """Return the amounts of a field as if none named a currency; read once."""
        if field not in self._plain:
            self._plain[field] = readers.plain.read(self.cells[field])
        return self._plain[field]

    def amount(self, field: str, readers: AmountColumns, currencies: Sequence[str] | None) -> list[int | None]:
        """Return the amounts of a field in minor units; each row's currency where rows have one of their own."""
        cells = self.cells.get(field)
        if cells is None:
            return self.none
        if currencies is None:
            values, faults = self.plain_amounts(field, readers), readers.plain_faults(cells)
        else:
            values, faults = readers.by_currency.read(cells, currencies)
        for place, reason in faults:
            if (place, "currency") not in self.wrong or not hangs_on_currency(reason):
                self.fault(place, field, reason)
        self.values.setdefault(field, values)
        return values

    def drop(self, place: int, why: str) -> None:
        """Leave a row out that is no record, or of none that is in the book; it is counted by the reason."""
        self.dropped.setdefault(place, why)

    def fault(self, place: int, field: str, reason: str) -> None:
        """Reject a row for a cell."""
        self.bad.add(place)
        self.wrong.add((place, field))
        self.faults.append(self.faulty(place, field, reason))

    def faulty(self, place: int, field: str, reason: str) -> Fault:
        """Return what is wrong with a cell of a row."""
        cells = self.raw.get(field) or self.cells.get(field)
        return Fault(self.lines[place], self._reading.mapping.title(field), cells[place] if cells else "", reason)
