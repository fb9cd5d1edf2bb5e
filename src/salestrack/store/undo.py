"""Taking an operation back, and putting it in force again: column by column, from the images in the journal."""

import json
from typing import NamedTuple

from salestrack.store.engine import Engine, Row
from salestrack.store.later_work import LaterWork, conflict, find_row


class Change(NamedTuple):
    """What one operation did to one row that was there before; after None means it was removed."""

    table: str
    row_id: int
    before: Row
    after: Row | None


class Undone(NamedTuple):
    """What taking an operation back came to: rows restored or removed, and rows kept because of later work."""

    rows: int
    kept: int


class Undo:
    """Inverts operations. Both directions run inside an operation of their own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take_back(self, op: int, *, keep_later_work: bool) -> Undone:
        """Restore what an operation changed and remove what it created.

        With keep_later_work (an import) rows that later work changed or uses stay and are counted; otherwise
        RuleError names the later operation that stands in the way.
        """
        self._engine.defer_references()
        restored = sum(self._restore(change, op, lenient=keep_later_work) for change in reversed(self._changes(op)))
        later = LaterWork(self._engine, op)
        kept = later.kept() if keep_later_work else later.refuse()
        removed = sum(self._remove_created(later, table, op, kept.get(table, set())) for table in reversed(later.spans))
        return Undone(restored + removed, sum(len(rows) for rows in kept.values()))

    def put_back(self, op: int, undo_op: int) -> Undone:
        """Do again what an undone operation had done, from the images that its undo left."""
        self._engine.defer_references()
        gone = [change for change in self._changes(op) if change.after is None]
        rows = sum(self._restore(change, undo_op, lenient=False) for change in reversed(self._changes(undo_op)))
        for change in gone:
            if find_row(self._engine, change.table, change.row_id) != change.before:
                raise conflict(self._engine, change.table, change.row_id, undo_op)
            self._engine.delete(change.table, change.row_id)
        return Undone(rows + len(gone), 0)

    def _changes(self, op: int) -> list[Change]:
        """Return what an operation did to rows, each row once: its first image before and its last one after."""
        merged: dict[tuple[str, int], Change] = {}
        for row in self._engine.query("SELECT tbl, row_id, before, after FROM journal WHERE op = ? ORDER BY id", (op,)):
            key = (row["tbl"], row["row_id"])
            after = json.loads(row["after"]) if row["after"] else None
            before = merged[key].before if key in merged else json.loads(row["before"])
            merged[key] = Change(*key, before, after)
        # What the operation itself created is removed whole; its own later images of it do not matter.
        return [change for change in merged.values() if change.before["created_op"] != op]

    def _restore(self, change: Change, op: int, *, lenient: bool) -> int:
        now = find_row(self._engine, change.table, change.row_id)
        if (change.after is None) != (now is None):
            if lenient:
                return 0
            raise conflict(self._engine, change.table, change.row_id, op)
        if change.after is None or now is None:
            self._engine.insert(change.table, change.before)
            return 1
        columns = [column for column, value in change.before.items() if change.after[column] != value]
        touched = [column for column in columns if now[column] != change.after[column]]
        if touched and not lenient:
            raise conflict(self._engine, change.table, change.row_id, op, touched)
        wanted = {column: change.before[column] for column in columns if column not in touched}
        self._engine.update(change.table, change.row_id, wanted)
        return int(bool(wanted))

    def _remove_created(self, later: LaterWork, table: str, op: int, kept: set[int]) -> int:
        span = later.spans[table]
        if not kept:
            sql = f"DELETE FROM {table} WHERE id BETWEEN ? AND ? AND created_op = ?"
            return self._engine.execute(sql, (*span, op))
        rows = self._engine.query(f"SELECT id FROM {table} WHERE id BETWEEN ? AND ? AND created_op = ?", (*span, op))
        going = [(row["id"],) for row in rows if row["id"] not in kept]
        self._engine.executemany(f"DELETE FROM {table} WHERE id = ?", going)
        return len(going)
