"""The whole book on its way out: every journalled table in the order of its ids, but for who wrote it when."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from salestrack.store.engine import Engine
from salestrack.store.hand_edits import hand_edited
from salestrack.store.hand_said import said_of
from salestrack.store.part_edits import parts_by_hand
from salestrack.store.sqlite import SqliteEngine
from salestrack.store.staged_again import SHAPES
from salestrack.store.staging import in_parts
from salestrack.store.triggers import JOURNALLED

HAND_SET = "hand_set"
"""The file that says which columns of imported records a person had set: it stands in for the journal, which stays."""
TABLES = (*JOURNALLED, HAND_SET)


class Table(NamedTuple):
    """A table on its way out: its columns, how many rows it has, and the last id that it ever gave out."""

    name: str
    columns: tuple[str, ...]
    rows: int
    last_id: int


class BookRows:
    """Reads the tables of a book."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Keep the book as it is while the block reads: what is written meanwhile waits, and is not in it."""
        with self._engine.transaction(lock=False):
            yield

    def table(self, name: str) -> Table:
        """Return what there is to know of a table before it is read."""
        rows = int(self._engine.value(f"SELECT count(*) FROM {name}"))
        last = self._engine.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (name,))
        last_id = 0 if name == HAND_SET else int(last or 0)
        return Table(name, columns_of(self._engine, name), rows, last_id)

    def rows(self, table: Table) -> Iterator[Sequence[Any]]:
        """Yield the rows of a table in the order of their ids."""
        if table.name == HAND_SET:
            return self._hand_set()
        return self._engine.stream(f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY id")

    def _hand_set(self) -> Iterator[Sequence[Any]]:
        """Yield (number, table, id, columns as JSON, what files had said) of the imported records that a person touched."""
        number = 0
        kinds = [kind for (kind,) in self._engine.stream("SELECT DISTINCT kind FROM import_keys ORDER BY kind")]
        # Histories are no table of that name: what a person said there stands in the versions, which go out anyway.
        for table in (kind for kind in kinds if kind in JOURNALLED):
            for name, key, columns, said in self._touched(table):
                number += 1
                yield number, name, key, _json(sorted(columns)), _json(said)

    def _touched(self, kind: str) -> Iterator[tuple[str, int, set[str], dict[str, Any]]]:
        """Yield (table, id, columns, what files had said) of the imported records of a kind, and of their product lines."""
        parts = parts_by_hand(self._engine, kind)
        whose = [(kind, _MINE.format(kind=kind, record="t.id"), parts, said_of(self._engine, kind))]
        if lines := (SHAPES[kind].lines if kind in SHAPES else ""):
            whose.append((lines, _MINE.format(kind=kind, record=f"t.{SHAPES[kind].owner}"), {}, {}))
        for table, mine, apart, said in whose:
            set_here = {
                key for (key,) in self._engine.stream(_SET_BY_HAND.format(table=table, mine=mine))
            } | apart.keys()
            for part in in_parts(sorted(set_here | said.keys()), 500):
                edited = hand_edited(self._engine, table, [key for key in part if key in set_here])
                for key in part:
                    columns = edited.get(key, set()) | apart.get(key, set())
                    if columns or said.get(key):
                        yield table, key, columns, said.get(key, {})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


# Those of the imported records that a person made, changed, or had changed where this book came from.
_MINE = "EXISTS (SELECT 1 FROM import_keys k WHERE k.kind = '{kind}' AND k.record_id = {record})"
_SET_BY_HAND = """
SELECT t.id FROM {table} t JOIN operations o ON o.id = t.created_op WHERE {mine} AND (
    o.kind = 'do'
    OR EXISTS (SELECT 1 FROM hand_set h WHERE h.tbl = '{table}' AND h.row_id = t.id)
    OR EXISTS (
        SELECT 1 FROM journal j JOIN operations w ON w.id = j.op
        WHERE j.row_id = t.id AND j.tbl = '{table}' AND w.kind = 'do' AND w.undone_by IS NULL
    )
)
ORDER BY t.id
"""


def copy_pages(engine: Engine, target: Path) -> bool:
    """Copy the book page by page to a new file, and say whether there was room for it."""
    if not isinstance(engine, SqliteEngine):
        return False
    try:
        with closing(sqlite3.connect(target)) as copy:
            engine.connection.backup(copy)
    except sqlite3.Error:
        return False
    return True


def columns_of(engine: Engine, table: str) -> tuple[str, ...]:
    """Return the columns of a table that go out: all but the operation that made the row."""
    return tuple(name for name in engine.columns(table) if name != "created_op")
