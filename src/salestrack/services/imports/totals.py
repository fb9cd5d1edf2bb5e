"""Totals below the rows of a table: rows that say so, and have a number and nothing else of a record."""

import re
from collections.abc import Sequence

from salestrack.domain.imports import OWN_SOURCE
from salestrack.domain.names import fold
from salestrack.importers.kinds import Kind
from salestrack.importers.mapping import FileMapping
from salestrack.importers.profiles import Profile

WHY = "a total"
_TEXTS = (
    "total|totals|grand total|sub total|subtotal|sum|summe|summen|gesamt|gesamtsumme|endsumme|zwischensumme|insgesamt|"
    "total général|somme|sous total|total general|suma|subtotale|totale|totaal|eindtotaal|soma"
)
_WORDS = frozenset(map(fold, _TEXTS.split("|")))
_NUMBERS = {"amount", "quantity", "discount", "currency", "percent"}
_DATES = {"date", "entered"}
_LETTER = re.compile(r"[^\W\d_]")


class Totals:
    """Tells the totals of a table of sales or deals that has days: a row with a day is never one."""

    def __init__(self, kind: Kind, mapping: FileMapping, profile: Profile | None) -> None:
        fields = mapping.fields if kind.name in {"sales", "deals"} else ()
        days = [mapped.place for mapped in fields if mapped.field.type in _DATES]
        own = profile is not None and profile.source == OWN_SOURCE
        self._day = days[0] if days and not own else None
        self._numbers = {place for mapped in fields if mapped.field.type in _NUMBERS for place in mapped.places}
        self._others = {place for mapped in fields for place in mapped.places} - self._numbers

    def among(self, rows: Sequence[Sequence[str]]) -> set[int]:
        """Return which rows are totals: a word for it, numbers, and blank cells."""
        day = self._day
        if day is None:
            return set()
        doubtful = [at for at, row in enumerate(rows) if not row[day][:1].isdigit()]
        return {at for at in doubtful if self._is_total(rows[at])}

    def _is_total(self, row: Sequence[str]) -> bool:
        words = 0
        for place, cell in enumerate(row):
            if not cell.strip():
                continue
            if fold(cell) in _WORDS and place not in self._numbers:
                words += 1
            elif place in self._others or (_LETTER.search(cell) and not (place in self._numbers and _is_money(cell))):
                return False
        return words > 0


def _is_money(cell: str) -> bool:
    """Say whether a cell with letters may be an amount or a currency: `140 EUR`, `EUR`."""
    return len(cell.strip()) == 3 or any(map(str.isdigit, cell))


__all__ = ["WHY", "Totals"]
