"""The decimal mark of an own export: exports have no thousands marks, so the first decimals that they show tell it."""

import re
from contextlib import closing

from salestrack.importers.table import Table

_MONEY = frozenset({"amount", "price", "discount", "tax", "gross", "fee", "cost", "target"})
_DECIMALS = re.compile(r"-?\d+([.,])\d+")


def mark_of(table: Table) -> str:
    """Return the mark, . or , which stays what it was when another program changes what stands between the cells.

    Where no amount has decimals, or they have both marks, it is the one that goes with the delimiter: a comma beside
    semicolons.
    """
    places = [place for place, title in enumerate(table.header) if title.strip().lower() in _MONEY]
    with closing(table.chunks()) as chunks:  # type: ignore[type-var]  # a generator
        for chunk in chunks:
            cells = (row[place].strip() for row in chunk.rows for place in places)
            marks = {found[1] for found in map(_DECIMALS.fullmatch, cells) if found}
            if len(marks) == 1:
                return marks.pop()
            if marks:
                break
    return "," if table.delimiter == ";" else "."
