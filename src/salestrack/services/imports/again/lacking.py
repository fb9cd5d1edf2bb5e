"""Columns that a file lacks and its source had before: a reference, a product, the time of day, the ids themselves.

Where most of the rows that are not known find their records without such columns, they are these records.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from salestrack.domain.imports import MOST_SHOWN
from salestrack.importers.mapping import FileMapping

LINES, QUANTITY, TIME, ID = "lines", "quantity", "time", "id"
# What a record is compared by -> the fields that tell it. Never without these: day, amount, kind and title; an activity
# has no amount, so its customer counts always.
_TOLD_BY: dict[str, dict[str, tuple[str, ...]]] = {
    "sales": {
        "customer_id": ("customer", "email"), "ref": ("ref",), "tax": ("tax",), "deal_id": ("deal",),
        LINES: ("product", "sku", "items"), QUANTITY: ("quantity", "items"),
    },
    "activities": {
        "contact_id": ("contact", "email", "phone"), "deal_id": ("deal",), "direction": ("direction",),
        "note": ("note",),
    },
    "deals": {
        "customer_id": ("customer",), "contact_id": ("contact",), LINES: ("product",), QUANTITY: ("quantity",),
    },
}  # fmt: skip
TIMES = ("at_time", "happened_time", "due_time")
_CALLED = {LINES: "product", TIME: "time of day"}
# What rows need not agree in to look like records: all but day, amount, customer, kind and title.
SIGHT = {
    "sales": ("tax", "deal_id", "ref", TIME, LINES),
    "activities": ("contact_id", "deal_id", "direction", "note", TIME),
    "deals": ("contact_id", LINES),
}


class Lacking:
    """What the records of a source say and a file has no column for."""

    def __init__(self, kind: str, mapping: FileMapping) -> None:
        self._told_by = {
            name: fields for name, fields in _TOLD_BY[kind].items() if not any(mapping.has(field) for field in fields)
        }
        self._found: set[str] = set()
        self.timed = False
        """Whether some row of the file has a time of day."""
        self.names: set[str] = set()
        """What the rows taken so lack, as people call it."""
        self.count = 0

    def note(self, records: Iterable[tuple[Mapping[str, Any], str | None]]) -> None:
        """Note what records of the source say: columns, and product lines."""
        for said, lines in records:
            self._found.update(name for name, value in said.items() if value)
            if lines:
                self._found.add(LINES)
                if any(not part.endswith("x1") for part in lines.split(",")):
                    self._found.add(QUANTITY)

    def columns(self) -> set[str]:
        """Return what records say that were noted, and no column of the file."""
        lacking = {name for name in self._told_by if name in self._found}
        if not self.timed and any(name in self._found for name in TIMES):
            lacking.add(TIME)
        return lacking

    def took(self, count: int, columns: Iterable[str]) -> None:
        """Count rows that were taken for records without some columns."""
        if count:
            self.count += count
            self.names |= {_CALLED.get(name, name.removesuffix("_id")) for name in columns}

    def remarks(self) -> Iterator[str]:
        """Return what is worth a line."""
        if self.count:
            *most, last = sorted(self.names, key=_place)
            names = f"{', '.join(most)} and {last}" if most else last
            one = self.count == 1
            rows = "1 row lacks" if one else f"{self.count} rows lack"
            verb = "it had before, and was" if one else "they had before, and were"
            yield f"{rows} {names}, which {verb} taken as the same"


def _place(name: str) -> int:
    order = (ID, _CALLED[TIME], "customer", "contact", "product", QUANTITY)
    return order.index(name) if name in order else len(order)


def alike(letter: str, records: Sequence[int]) -> str:
    """Return a remark on new rows that are like records of the source, each like one."""
    refs = ", ".join(f"{letter}{record}" for record in records[:MOST_SHOWN])
    more = f" and {len(records) - MOST_SHOWN:,} more" if records[MOST_SHOWN:] else ""
    if len(records) == 1:
        return f"1 new row looks like one that came before: {refs}"
    return f"{len(records):,} new rows look like ones that came before: {refs}{more}"
