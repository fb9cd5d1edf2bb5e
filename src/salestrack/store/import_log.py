"""The imports that a book remembers, for a list of them and for taking one back."""

import json
from typing import NamedTuple

from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine, Row


class Recorded(NamedTuple):
    """One import: what came of its rows, and why some are no records; in which operation it came in.

    `undone_by` is the operation that took it back. `brought_along`: it was made in the book that this one was brought in
    from as a whole, so that its operation is that of the whole book.
    """

    id: int
    at: str
    source: str
    profile: str | None
    kind: str
    file: str
    read: int
    new: int
    changed: int
    same: int
    rejected: int
    left_out: int
    why: dict[str, int]
    op: int
    undone_by: int | None = None
    brought_along: bool = False

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like i3."""
        return f"i{self.id}"


_COLUMNS = {
    "id": "id", "at": "imported_at", "source": "source", "profile": "profile", "kind": "kind", "file": "file",
    "read": "read_rows", "new": "new_rows", "changed": "changed_rows", "same": "same_rows", "rejected": "rejected_rows",
    "left_out": "left_out_rows", "why": "left_out", "op": "created_op",
}  # fmt: skip
_BROUGHT = "' ' || o.refs || ' ' NOT LIKE '% i' || {id} || ' %'"


def _selected(column: str) -> str:
    return ", ".join(f"{column.format(stored)} AS {name}" for name, stored in _COLUMNS.items())


# What was taken back is no longer in the table, unless later work kept it there; its undo left an image.
_SELECT = f"""
SELECT {_selected("i.{}")}, o.undone_by, {_BROUGHT.format(id="i.id")} AS brought_along
FROM imports i JOIN operations o ON o.id = i.created_op
UNION ALL
SELECT {_selected("json_extract(j.before, '$.{}')")}, o.undone_by, 0
FROM operations o JOIN journal j ON j.op = o.undone_by AND j.tbl = 'imports' AND j.after IS NULL
WHERE json_extract(j.before, '$.created_op') = o.id AND NOT {_BROUGHT.format(id="j.row_id")}
"""


class ImportLog:
    """Reads the imports of a book, those that were taken back too."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Recorded]:
        """Return every import, the latest first."""
        return [_past(row) for row in self._engine.query(f"SELECT * FROM ({_SELECT}) ORDER BY id DESC")]

    def get(self, key: int) -> Recorded:
        """Return one import; NotFoundError when there is none."""
        for row in self._engine.query(f"SELECT * FROM ({_SELECT}) WHERE id = ?", (key,)):
            return _past(row)
        raise NotFoundError(f"there is no import i{key}", hint="salestrack import list names them")

    def of_operation(self, op: int) -> list[Recorded]:
        """Return the imports of one operation."""
        return [_past(row) for row in self._engine.query(f"SELECT * FROM ({_SELECT}) WHERE op = ? ORDER BY id", (op,))]


def _past(row: Row) -> Recorded:
    return Recorded(**{**row, "why": json.loads(row["why"]), "brought_along": bool(row["brought_along"])})
