"""The imports that a book remembers, for a list of them and for taking one back."""

import json
from typing import NamedTuple

from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine, Row


class Recorded(NamedTuple):
    """One import: what came of its rows, and why some are no records; `undone` where its operation was taken back."""

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

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like i3."""
        return f"i{self.id}"


_SELECT = (
    "SELECT id, imported_at AS at, source, profile, kind, file, read_rows AS read, new_rows AS new, changed_rows AS changed, "
    "same_rows AS same, rejected_rows AS rejected, left_out_rows AS left_out, left_out AS why, created_op AS op FROM imports"
)


class ImportLog:
    """Reads the table of imports; one that was undone is no longer in it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Recorded]:
        """Return every import, the latest first."""
        return [_past(row) for row in self._engine.query(f"{_SELECT} ORDER BY id DESC")]

    def get(self, key: int) -> Recorded:
        """Return one import; NotFoundError when there is none, or it was undone."""
        for row in self._engine.query(f"{_SELECT} WHERE id = ?", (key,)):
            return _past(row)
        raise NotFoundError(f"there is no import i{key}", hint="salestrack import list names them")

    def of_operation(self, op: int) -> list[Recorded]:
        """Return the imports of one operation."""
        return [_past(row) for row in self._engine.query(f"{_SELECT} WHERE created_op = ? ORDER BY id", (op,))]


def _past(row: Row) -> Recorded:
    return Recorded(**{**row, "why": json.loads(row["why"])})
