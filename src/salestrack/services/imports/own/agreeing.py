"""The program's own exports coming back: which rows stand for records of this book. This is the one place of the rule.

An id like d12 says nothing by itself: every book has a d12. So a row is compared in what identifies a record of its
kind. It agrees with a record when it says the same in more than half of what both of them have there. A file is an
export of this book when at least half of its rows with an id of this book agree (rows are looked at until some have
such an id, some two thousand at a time). A record that came in by just that id is no proof: it is the other book's as
well. Where a file has such rows, the others must agree in all that both have, and with what removed records were, or the
file is that other book's, which went on. In an export of this book a row that says the same in just half of it agrees
too: somebody renamed a customer who has an address.

A row that agrees stands for the record of its id. An id that this book gave out, and whose record is no more, was
removed by hand. All other rows are what every vendor's are: ids of the source salestrack.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from salestrack.domain.formulas import unguarded
from salestrack.domain.imports import OWN_SOURCE
from salestrack.domain.money import Money
from salestrack.domain.names import fold
from salestrack.errors import SalestrackError
from salestrack.importers.dates import DateReader
from salestrack.importers.kinds import CUSTOM, ENTERED
from salestrack.render.export_rows import plain_cells
from salestrack.services.exporting.kinds import records
from salestrack.store import Store
from salestrack.store.matching import Matching
from salestrack.store.own_records import OwnRecords

LETTERS = {
    "deals": "d", "sales": "s", "activities": "a", "customers": "c", "contacts": "n", "products": "p", "quotas": "q",
}  # fmt: skip
_CENTS = re.compile(r"-?\d+[.,]\d{1,2}")
IDENTIFYING = {
    "deals": ("title", "customer", "created", "contact"),
    "sales": ("date", "customer", "amount", "ref", "product"),
    "activities": ("date", "time", "due", "kind", "customer", "note"),
    "customers": ("name", "email", "phone"),
    "contacts": ("name", "customer", "email", "phone"),
    "products": ("name", "sku", "price"),
    "quotas": ("owner", "channel", "metric", "period"),
}
"""What tells a record of each kind from others. A quota is nothing else, so it has to agree in all of it."""
LOOKED_UP = {"sales": ("email",), "activities": ("email", "phone")}
"""Columns that belong to somebody else's record, and only help to find it."""


class Record(NamedTuple):
    """A record of the book as its exports say it: the cells by field, and what a list says otherwise."""

    cells: Mapping[str, str]
    listed: Mapping[str, str]

    def says(self, field: str, cell: str) -> bool:
        """Say whether a cell is what the book would write there; a blank one says nothing."""
        text = _tidy(cell)
        if not text:
            return True
        return text in {_tidy(unguarded(told.get(field, ""))) for told in (self.cells, self.listed)} or text in {
            _tidy(told.get(field, "")) for told in (self.cells, self.listed)
        }

    def lacks(self, field: str, cell: str) -> bool:
        """Say whether a cell is blank though the book would write something there."""
        if cell.strip():
            return False
        return all(told.get(field) for told in (self.cells, self.listed) if field in told) and field in self.cells


class OwnIds:
    """What ids mean in this book."""

    def __init__(self, store: Store, kind: str, *, decimal: str, dates: DateReader) -> None:
        self._store = store
        self._kind = kind
        self._letter = LETTERS[kind]
        self._decimal = decimal
        self._dates = dates
        self._matching = Matching(store.engine)
        self.records = OwnRecords(store.engine)

    def ids(self, cells: Iterable[str]) -> list[int | None]:
        """Return the ids that cells like d12 name, None for other cells."""
        return [number_of(cell, self._letter) for cell in cells]

    def read(self, ids: Iterable[int]) -> dict[int, Record]:
        """Return records as the book has them now."""
        wanted = set(ids)
        listed = self.records.listed(self._kind, wanted)
        return {
            key: Record(cells, _listed(listed.get(key, {})))
            for key, cells in said_of(self._store, self._kind, wanted, self._decimal)
        }

    def agrees(self, row: Mapping[str, str], record: Record, *, ours: bool) -> bool:
        """Say whether a row and a record are the same thing; `ours`: the file is an export of this book."""
        shared = [
            (field, row[field], other)
            for field in IDENTIFYING[self._kind]
            if row.get(field, "").strip() and (other := record.cells.get(field) or record.listed.get(field))
        ]
        same = sum(record.says(field, cell) or self._same(field, cell, other) for field, cell, other in shared)
        if self._kind == "quotas":
            blank = (field for field in IDENTIFYING["quotas"] if field in row)
            filled = sum(bool(row[field].strip()) or bool(record.cells.get(field)) for field in blank)
            return same == filled
        return bool(same) and (2 * same >= len(shared) if ours else 2 * same > len(shared))

    def counted(self, cells: Mapping[str, Sequence[str]]) -> tuple[int, int]:
        """Return how many rows have an id of a record that did not come in by it, and how many of these prove the file ours."""
        ids = self.ids(cells["id"])
        found = self.read(key for key in ids if key)
        brought = self._matching.keys(OWN_SOURCE, self._kind, [cell.strip() for cell in cells["id"]]) if found else {}
        rows, others = list[tuple[dict[str, str], Record]](), False
        for place, key in enumerate(ids):
            if key in found:
                known = brought.get(cells["id"][place].strip())
                if known and known.record_id == key:
                    others = True
                else:
                    rows.append(({field: column[place] for field, column in cells.items()}, found[key]))
        if not others:
            return len(rows), sum(self.agrees(row, record, ours=False) for row, record in rows)
        away = {place: key for place, key in enumerate(ids) if key and key not in found}
        away = {place: key for place, key in away.items() if cells["id"][place].strip() not in brought}
        gone = self._gone(cells, away)
        return len(rows) + len(gone), sum(self._agrees_wholly(row, record) for row, record in rows) + sum(gone)

    def _gone(self, cells: Mapping[str, Sequence[str]], away: Mapping[int, int]) -> list[bool]:
        """Say of rows whose records were removed whether they have the day, customer and amount that these had."""
        day = {"sales": ("date", "on_date"), "activities": ("date", "happened_on"), "deals": ("created", "created_on")}
        if self._kind not in day or not away:
            return []
        field, column = day[self._kind]
        was = self._matching.removed(self._kind, set(away.values()))
        names = self._matching.customer_names({row["customer_id"] for row in was.values() if row["customer_id"]})
        said = []
        for place, row in ((place, was[key]) for place, key in away.items() if key in was):
            told = {name: cells[name][place].strip() if name in cells else "" for name in (field, "customer", "amount")}
            same = not row[column] or self._plain(field, told[field]) == row[column]
            same &= not row["customer_id"] or fold(unguarded(told["customer"])) in names.get(row["customer_id"], ())
            if told["amount"] and row.get("amount") is not None:
                worth = Money(row["amount"], row["currency"]).plain()
                same &= self._plain("amount", told["amount"]) == plain_number(worth, ".")
            said.append(bool(same))
        return said

    def _agrees_wholly(self, row: Mapping[str, str], record: Record) -> bool:
        shared = [
            (field, row[field], other)
            for field in IDENTIFYING[self._kind]
            if row.get(field, "").strip() and (other := record.cells.get(field) or record.listed.get(field))
        ]
        return bool(shared) and all(record.says(f, cell) or self._same(f, cell, other) for f, cell, other in shared)

    def _same(self, field: str, cell: str, other: str) -> bool:
        """Say whether two cells mean the same; a customer is the same by whatever name."""
        if self._plain(field, cell) == self._plain(field, other):
            return True
        if field == "customer" or (self._kind == "customers" and field == "name"):
            keys = [fold(unguarded(cell)), fold(other)]
            found = self._matching.customers(keys)
            mine, theirs = ({match.id for match in found.get(key, ())} for key in keys)
            return bool(mine & theirs)
        return False

    def _plain(self, field: str, cell: str) -> str:
        """Return what a cell says, however it is written."""
        text = cell.strip()
        if field in {"created", "date", "due"}:
            try:
                return self._dates.read(text)
            except SalestrackError:
                return text
        if field in {"amount", "price"}:
            return plain_number(text, self._decimal)
        return fold(unguarded(text))


def said_of(store: Store, kind: str, ids: Iterable[int], decimal: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield records, by id, as the book would export them now; of a history its rows, by deal."""
    columns, rows = records(store, kind, sorted(set(ids)))
    for key, row in rows:
        yield key, dict(zip(columns, plain_cells(columns, row, decimal), strict=True))


def plain_number(text: str, decimal: str) -> str:
    """Return an amount in one way of writing; what is none stays as it is."""
    number = text.replace(" ", "")
    if not _CENTS.fullmatch(number):  # else there is no doubt, whatever the mark is said to be
        number = number.replace("," if decimal == "." else ".", "")
    number = number.replace(",", ".")
    try:
        return format(Decimal(number).normalize(), "f")
    except InvalidOperation:
        return text


def is_compared(kind: str, field: str, fields: Collection[str]) -> bool:
    """Say whether a field of a row tells something about its own record, beside the other fields of the file."""
    follows = kind == "sales" and field == "gross" and "amount" in fields
    return field not in {"id", "customer_id", "lines"} and field not in LOOKED_UP.get(kind, ()) and not follows


def fixed(kind: str, fields: Set[str], record: Record, *, has_amount: bool) -> set[str]:
    """Return those of some fields that differ from a record which an import does not change.

    What a deal was in the past, how something repeats or is snoozed, the time of day of a sale and the first day of a
    customer are corrected in the book, and a deal closes by its stage. A quantity is one of a product. A price says
    nothing of a sale whose amount stays: the amount is what it came to, and an earlier change of it may have left the
    price behind.
    """
    found = {field for field in fields if field.startswith(ENTERED)} | {"every", "snoozed"} & fields
    found |= {"sales": {"time"}, "customers": {"created"}}.get(kind, set()) & fields
    if kind == "deals" and not fields & {"stage", "pipeline"} and not record.cells.get("closed"):
        found |= {"closed"} & fields
    if "product" not in fields and not record.cells.get("product"):
        found |= {"quantity"} & fields
    if kind == "sales" and has_amount and "amount" not in fields:
        found |= {"price", "discount"} & fields
    return found


def shown(field: str) -> str:
    """Return a field as people call it."""
    return field.removeprefix(CUSTOM).replace("_", " ")


def number_of(cell: str, letter: str) -> int | None:
    """Return the id in a cell like d12, None for another cell."""
    text = cell.strip().lower()
    if text[:1] == letter and text[1:].isascii() and text[1:].isdecimal() and len(text) < 18 and text[1] != "0":
        return int(text[1:])
    return None


def some_numbers(cells: Sequence[str], letter: str) -> bool:
    """Say whether there may be ids like d12 among cells; where not, none of a million has to be looked at by itself."""
    return re.search(rf"(?im)^\s*{letter}[1-9][0-9]*\s*$", "\n".join(cells)) is not None


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _listed(row: Mapping[str, Any]) -> dict[str, str]:
    """Return what a list says of a record, as its CSV does."""
    found = {name: "" if value is None else str(value) for name, value in row.items()}
    if "gross" in row:
        found["gross"] = Money(row["gross"], row["currency"]).plain()
    return found
