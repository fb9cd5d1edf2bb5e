"""What one operation did in a copy of the book, brought into the book: the one part of it that holds the book's lock.

New rows go over by statements over whole sets, with ids after those that the book has given out by then; rows that were
changed or went get there what they are in the copy; and the journal gets the images that the copy has of them. Whoever
wrote to the book meanwhile is not overwritten: what this operation depends on must be as it was.
"""

import sqlite3
from collections.abc import Callable

from salestrack.errors import OvertakenError, SalestrackError
from salestrack.store.engine import Row
from salestrack.store.indexing_later import later
from salestrack.store.meanwhile import Meanwhile
from salestrack.store.moving import TABLES, Moved, moved_columns, moved_image
from salestrack.store.shadow import Shadow
from salestrack.store.sqlite import SqliteEngine
from salestrack.store.sqlite_file import uri_of
from salestrack.store.staging import ROOMY_CACHE
from salestrack.store.triggers import JOURNALLED

BOOK = "book"
"""The name of the real book beside its copy."""


def land(shadow: Shadow, op: int, agreed: Callable[[Moved], None]) -> Moved:
    """Bring an operation of a copy into the book, and return how ids went up; `agreed` is asked before it is certain.

    Raises OvertakenError when somebody wrote to the book meanwhile what this would double or overwrite, LockedError when
    the book is in use for too long. Then, as after any error, nothing of it is in the book.
    """
    return _Landing(shadow, op).run(agreed)


class _Landing:
    def __init__(self, shadow: Shadow, op: int) -> None:
        self._shadow = shadow
        self._op = op
        # The same connection, but for the lock: from here on its transactions are about the book.
        self._engine = SqliteEngine(shadow.engine.path, shadow.engine.connection, writable=True)
        self._new = {table: count for table in JOURNALLED if (count := self._count(table))}
        images = self._engine.query(
            "SELECT tbl, min(row_id) AS first FROM main.journal WHERE id > ? GROUP BY tbl", (shadow.last_id("journal"),)
        )
        firsts = {row["tbl"]: row["first"] for row in images}
        self._imaged = [table for table in JOURNALLED if table in firsts]
        self._touched = [table for table in self._imaged if firsts[table] <= shadow.last_id(table)]

    def run(self, agreed: Callable[[Moved], None]) -> Moved:
        """Bring it over, or nothing of it."""
        engine = self._engine
        engine.execute(f"ATTACH DATABASE ? AS {BOOK}", (uri_of(engine.path, "rw"),))
        for setting in ("synchronous = FULL", f"cache_size = -{ROOMY_CACHE}"):
            engine.execute(f"PRAGMA {BOOK}.{setting}")
        engine.execute("PRAGMA shrink_memory")  # the pages of the copy have been of use
        if not self._touched:  # what is only new was looked at in the copy, and what it refers to is looked at here
            engine.execute("PRAGMA foreign_keys = OFF")
        try:
            with engine.transaction():
                engine.defer_references()
                if self._shadow.is_replaced():
                    raise OvertakenError("another book has taken its place; nothing was written", hint="run it again")
                if self._shadow.is_overtaken():
                    Meanwhile(self._shadow, self._new, self._touched, BOOK).check()
                moved = self._moved()
                agreed(moved)
                self._write(moved)
        except SalestrackError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError) and self._shadow.is_overtaken():
                raise OvertakenError(
                    "the book got what this would double; nothing was written", hint="run it again"
                ) from error
            raise
        return moved

    def _count(self, table: str) -> int:
        sql = f"SELECT count(*) FROM main.{table} WHERE id > ?"
        return int(self._engine.value(sql, (self._shadow.last_id(table),)))

    def _moved(self) -> Moved:
        rows = self._engine.query(f"SELECT name, seq FROM {BOOK}.sqlite_sequence")
        given = {row["name"]: row["seq"] for row in rows}
        after = {table: self._shadow.last_id(table) for table in (*TABLES, "journal")}
        return Moved(after=after, by={table: given.get(table, 0) - last for table, last in after.items()})

    def _write(self, moved: Moved) -> None:
        engine = self._engine
        engine.execute(f"UPDATE {BOOK}.journal_session SET paused = paused + 1")  # the images are there already
        self._operation(moved)
        for table in reversed(self._touched):
            engine.execute(
                f"DELETE FROM {BOOK}.{table} WHERE id IN ({self._images(table)} AND row_id NOT IN "
                f"(SELECT id FROM main.{table}))"
            )
        for table in self._touched:
            self._change(table, moved)
        given = {table: moved.after[table] + moved.by[table] for table in self._new}
        with later(engine, BOOK, self._new, given):
            for table in self._new:
                self._insert(table, moved)
        for table in self._imaged:
            self._keep_images(table, moved)
        self._give_out(moved)
        engine.execute(f"UPDATE {BOOK}.journal_session SET paused = paused - 1")

    def _give_out(self, moved: Moved) -> None:
        """Leave out the ids of rows that came and went in the copy: the journal tells of them."""
        for row in self._engine.query("SELECT name, seq FROM main.sqlite_sequence"):
            if row["name"] in moved.after and row["seq"] > moved.after[row["name"]]:
                params = (row["seq"] + moved.by[row["name"]], row["name"])
                self._engine.execute(f"UPDATE {BOOK}.sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", params)

    def _operation(self, moved: Moved) -> None:
        row: Row = self._engine.query("SELECT * FROM main.operations WHERE id = ?", (self._op,))[0]
        row["id"] = moved.id("operations", self._op)
        row["refs"] = " ".join(f"i{moved.id('imports', int(ref[1:]))}" for ref in row["refs"].split())
        self._engine.insert(f"{BOOK}.operations", row)

    def _insert(self, table: str, moved: Moved) -> None:
        columns = moved_columns(self._engine, table, moved)
        # Refunds after their sales: a sale that others name before it is there makes SQLite look through all of them.
        halves = (" AND t.refund_of IS NULL", " AND t.refund_of IS NOT NULL") if table == "sales" else ("",)
        for half in halves:
            self._engine.execute(
                f"INSERT INTO {BOOK}.{table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
                f"FROM main.{table} t WHERE t.id > ?{half} ORDER BY t.id",
                (self._shadow.last_id(table),),
            )

    def _change(self, table: str, moved: Moved) -> None:
        columns = moved_columns(self._engine, table, moved)
        del columns["id"]
        self._engine.execute(
            f"UPDATE {BOOK}.{table} AS b SET ({', '.join(columns)}) = "
            f"(SELECT {', '.join(columns.values())} FROM main.{table} t WHERE t.id = b.id) "
            f"WHERE b.id IN ({self._images(table)} AND row_id IN (SELECT id FROM main.{table}))"
        )

    def _images(self, table: str) -> str:
        """Return the select of the rows that the book had, and that were changed or went in the copy."""
        since, last = self._shadow.last_id("journal"), self._shadow.last_id(table)
        return f"SELECT row_id FROM main.journal WHERE id > {since} AND tbl = '{table}' AND row_id <= {last}"

    def _keep_images(self, table: str, moved: Moved) -> None:
        before, after = (moved_image(self._engine, table, side, moved) for side in ("before", "after"))
        self._engine.execute(
            f"INSERT INTO {BOOK}.journal (id, op, tbl, row_id, before, after) "
            f"SELECT {moved.sql('j.id', 'journal')}, {moved.sql('j.op', 'operations')}, j.tbl, "
            f"{moved.sql('j.row_id', table)}, {before}, {after} FROM main.journal j WHERE j.id > ? AND j.tbl = ? ORDER BY j.id",
            (self._shadow.last_id("journal"), table),
        )


__all__ = ["land"]
