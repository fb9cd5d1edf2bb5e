"""The history of deals as the program itself exports it: rows that are in the book already.

A row is in it when a version of its deal says the same wherever the row says anything. What the past of a deal was is
corrected in the book and not by a file, so other rows of a deal that is in the book stay outside, and are named.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import Any

from salestrack.domain.imports import MOST_SHOWN, OWN_SOURCE
from salestrack.importers.cells import Parsed
from salestrack.importers.dates import DateReader
from salestrack.services.imports.own.agreeing import number_of, plain_number, said_of
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store import Store
from salestrack.store.matching import Known, Matching
from salestrack.store.own_records import OwnRecords
from salestrack.store.staging import SAME, STAYS

_DATES = ("on", "expected", "since")
_NAMES = ("deal", "stage", "owner", "currency", "probability")
_GONE = "of a deal that was removed by hand"
Cells = Mapping[str, Sequence[str]]
Said = tuple[str, ...]


class OwnVersions:
    """What the book's own export says of the past of deals, in one way of writing."""

    def __init__(self, store: Store, *, decimal: str, dates: DateReader) -> None:
        self._store = store
        self._decimal = decimal
        self._dates = Parsed(dates.read)
        self._matching = Matching(store.engine)
        self.records = OwnRecords(store.engine)

    def deals(self, cells: Iterable[str]) -> list[int | None]:
        """Return the deals that cells like d12 name, None for other cells."""
        return [number_of(cell, "d") for cell in cells]

    def brought(self, cells: Iterable[str]) -> Mapping[str, Known]:
        """Return the deals that came in from outside by the ids in some cells."""
        return self._matching.keys(OWN_SOURCE, "deals", {cell.strip() for cell in cells})

    def read(self, deals: Iterable[int], fields: Sequence[str]) -> dict[int, list[Said]]:
        """Return what the versions of some deals say in some fields; nothing of a deal that is no more."""
        found: dict[int, list[Said]] = {}
        for key, cells in said_of(self._store, "history", deals, self._decimal):
            found.setdefault(key, []).append(self._plain(cells, fields, decimal=self._decimal))
        return found

    def rows(self, cells: Cells, fields: Sequence[str]) -> list[Said]:
        """Return what the rows of a file say in some fields."""
        size = len(cells["deal"])
        rows = [{field: cells[field][place] for field in fields} for place in range(size)]
        return [self._plain(row, fields, decimal=self._decimal) for row in rows]

    def _plain(self, row: Mapping[str, str], fields: Sequence[str], *, decimal: str) -> Said:
        return tuple(self._one(field, row.get(field, ""), decimal) for field in fields)

    def _one(self, field: str, cell: str, decimal: str) -> str:
        text = " ".join(cell.split())
        if not text:
            return ""
        if field in _DATES:
            return self._dates.read([text])[0] or text
        return plain_number(text, decimal) if field == "amount" else text.casefold()


def is_said(row: Said, versions: Iterable[Said]) -> bool:
    """Say whether one of some versions says the same wherever a row says anything."""
    return any(all(not cell or cell == told for cell, told in zip(row, version, strict=True)) for version in versions)


class OwnHistory:
    """Takes the rows out of a history that are in the book already, and those that only its owner may change."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        request = reading.request
        self._own = OwnVersions(reading.store, decimal=request.decimal, dates=DateReader(request.date_format))
        self._last = self._own.records.last_id("deals")
        self.left_out: Counter[str] = Counter()
        self._differ: list[str] = []
        self._differ_count = 0

    def taken_out(self, batch: Batch, keys: Sequence[str], prints: Sequence[int]) -> tuple[Batch, list[str], list[int]]:
        """Stage the rows that the book knows; return the others."""
        if not self._reading.written_here:
            return batch, list(keys), list(prints)
        fields = [field for field in batch.cells if field != "id"]
        deals = self._own.deals(batch.column("deal"))
        found = self._own.read((key for key in deals if key), fields)
        rows = self._own.rows(batch.cells, fields)
        rest, staged = [True] * len(batch), []
        brought = self._own.brought(batch.column("deal"))
        cells = [cell.strip() for cell in batch.column("deal")]
        said = [
            key is not None and (row in found.get(key, ()) if cell in brought else is_said(row, found.get(key, ())))
            for key, row, cell in zip(deals, rows, cells, strict=True)
        ]
        told = self._told(cells, said, brought, found)
        for place, (key, same) in enumerate(zip(deals, said, strict=True)):
            if key is None or cells[place] in told or not (same or self._is_ours(key, found, cells[place], brought)):
                continue
            rest[place] = False
            if key not in found:
                self.left_out[_GONE] += 1
                continue
            staged.append((batch.lines[place], keys[place], SAME if same else STAYS, key))
            if not same:
                self._note(key, batch.column("on")[place])
        if staged:
            self._reading.staging.add("rows", ("line", "key", "state", "record_id"), staged)
        return batch.only(rest), list(compress(keys, rest)), list(compress(prints, rest))

    def check_whole(self) -> None:
        """Do nothing: no two rows of a history become one."""

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        if not self._differ_count:
            return []
        more = ", ..." if self._differ_count > len(self._differ) else ""
        rows = "1 row differs" if self._differ_count == 1 else f"{self._differ_count} rows differ"
        named = ", ".join(self._differ)
        return [f"{rows} from the book, and the past of its deals stays as it is there: {named}{more}"]

    def gone(self, most: int) -> tuple[int, list[int]]:
        """Return that nothing is lacking: a history has no records of its own."""
        return 0, []

    def _told(
        self, cells: Sequence[str], said: Sequence[bool], brought: Mapping[str, Known], found: Mapping[int, Any]
    ) -> set[str]:
        """Return the deals from outside of which a file says anything else than the book.

        All their rows are told together: what an import had inferred of the past gives way to them.
        """
        counts = Counter(cells)
        told = {cell for cell, same in zip(cells, said, strict=True) if not same and cell in brought}
        for cell, known in brought.items():
            if number_of(cell, "d") == known.record_id and counts[cell] < len(found.get(known.record_id, ())):
                told.add(cell)
        return told

    def _is_ours(self, key: int, found: Mapping[int, Any], cell: str, brought: Mapping[str, Any]) -> bool:
        """Say whether a deal is one of this book, and not one that came in by such an id."""
        return cell.strip() not in brought and (key in found or key <= self._last)

    def _note(self, key: int, day: str) -> None:
        self._differ_count += 1
        if len(self._differ) < MOST_SHOWN:
            self._differ.append(f"d{key} {day.strip()}".strip())
