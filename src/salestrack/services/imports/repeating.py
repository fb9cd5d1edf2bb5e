"""What repeats, of the deals, sales and activities of a file: a cell says how, and new records repeat so."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import compress
from typing import Any

from salestrack.domain.imports import LETTERS, MOST_SHOWN
from salestrack.domain.schedule_cells import Repeated, read
from salestrack.errors import SalestrackError
from salestrack.importers.cells import Column, reason_of
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.staged_schedules import repeat_otherwise

FIELD = "every"
_SCHEDULES = ("line", "every", "from_on", "until_on", "amount")
_PRICES = ("line", "from_on", "amount")


class Repeats(Column[tuple[str, str]]):
    """How a record repeats, from (cell, currency)."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.values_of(FIELD))
        self._reading = reading

    def learn(self, cells: Collection[tuple[str, str]]) -> None:
        """Read new cells."""
        for cell in cells:
            text = self.meant(cell[0])
            try:
                self.known[cell] = read(text, cell[1]) if text else None
            except SalestrackError as error:
                self.refuse(cell, reason_of(error, text))

    def of(self, batch: Batch, columns: dict[str, Sequence[Any]]) -> None:
        """Read the cells of a batch, whose other columns are known; what cannot repeat so is refused."""
        if not batch.has(FIELD):
            return
        codes = columns.get("currency", batch.none)
        keys = [(cell, code or self._reading.currency) for cell, code in zip(batch.column(FIELD), codes, strict=True)]
        for place, repeated in enumerate(batch.read_as(FIELD, self, keys)):
            if repeated and (why := _impossible(repeated, columns, place)):
                batch.fault(place, FIELD, why)

    def stage(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage how the rows that are kept repeat."""
        if not batch.has(FIELD):
            return
        pairs = list(compress(zip(batch.lines, batch.values[FIELD], strict=True), kept))
        found: list[tuple[int, Repeated]] = [(line, repeated) for line, repeated in pairs if repeated]
        if not found:
            return
        rows = [(line, r.every.code, _iso(r.from_on), _iso(r.until), r.amount) for line, r in found]
        self._reading.staging.add("schedules", _SCHEDULES, rows)
        prices = [(line, _iso(price.from_on), price.amount) for line, r in found for price in r.prices]
        self._reading.staging.add("schedule_prices", _PRICES, prices)


def otherwise(reading: Reading) -> list[str]:
    """Return a remark on records that came in before, and repeat otherwise in the file: the book's word holds."""
    kind = reading.kind.name
    found = [f"{LETTERS[kind]}{key}" for key in repeat_otherwise(reading.store.engine, kind)]
    if not found:
        return []
    more = ", ..." if len(found) > MOST_SHOWN else ""
    verbs = (
        "repeats otherwise in the file and stays as it is"
        if len(found) == 1
        else ("repeat otherwise in the file and stay as they are")
    )
    return [f"{len(found)} {verbs}: {', '.join(found[:MOST_SHOWN])}{more}"]


def _impossible(repeated: Repeated, columns: dict[str, Sequence[Any]], place: int) -> str:
    """Return why a record cannot repeat so; an empty text where it can."""
    if "stage_id" in columns and repeated.amount is None:
        return "lacks what each time of the deal is worth; write it like: month at 100.00"
    if "kind" in columns and columns["kind"][place] == "refund":
        return "stands on a refund, which cannot repeat"
    return ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
