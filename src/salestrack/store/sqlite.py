"""The local engine: one connection to one SQLite file."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from salestrack.errors import BookError, LockedError, UsageError
from salestrack.store import closed_books, temporary
from salestrack.store.engine import Params, Row, expand_macros
from salestrack.store.explaining import explain

SHORT_WAIT = 100  # milliseconds

_MACROS = {
    # The arguments keep their order, or `?` would be filled the wrong way round.
    "days_between": lambda a, b: f"(-CAST(julianday({a}) - julianday({b}) AS INTEGER))",
}


class SqliteEngine:
    """One connection to one file."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, writable: bool) -> None:
        self.path = path
        self.url = str(path)
        self.writable = writable
        self.connection = connection
        self._locked = False
        self._columns: dict[str, tuple[str, ...]] = {}

    def query(self, sql: str, params: Params = ()) -> list[Row]:
        """Return all rows of a statement by column name."""
        cursor = self._run(sql, params)
        names = [column[0] for column in cursor.description or ()]
        with self._translated():
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def stream(self, sql: str, params: Params = ()) -> Iterator[tuple[Any, ...]]:
        """Return the rows of a statement one by one."""
        cursor = self._run(sql, params)
        with self._translated():
            for row in cursor:  # noqa: UP028 - a stream left half read must not reach for a book that is closed by then
                yield row

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return the first column of the first row, or None."""
        with self._translated():
            row = self._run(sql, params).fetchone()
        return row[0] if row else None

    def execute(self, sql: str, params: Params = ()) -> int:
        """Run a statement and return how many rows it changed."""
        return self._run(sql, params).rowcount

    def executemany(self, sql: str, rows: Iterable[Params]) -> None:
        """Run a statement once for each row."""
        with self._translated():
            self.connection.executemany(filled(sql), rows)

    def insert(self, table: str, row: Row) -> int:
        """Add a row and return its id."""
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        cursor = self._run(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
        return cursor.lastrowid or 0

    def update(self, table: str, key: int, changes: Row) -> None:
        """Change columns of one row."""
        if changes:
            names = ", ".join(f"{name} = ?" for name in changes)
            self._run(f"UPDATE {table} SET {names} WHERE id = ?", (*changes.values(), key))

    def delete(self, table: str, key: int) -> None:
        """Remove one row."""
        self._run(f"DELETE FROM {table} WHERE id = ?", (key,))

    @contextmanager
    def transaction(self, *, lock: bool = True) -> Iterator[None]:
        """Hold the write lock, commit at the end, roll back on any error; without the lock, temporary tables are written."""
        if lock:
            self._begin()
        else:
            self._run("BEGIN")
        self._locked = lock
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            # A full disk may have rolled back already, or fails again here; then the next opening rolls back.
            if self.connection.in_transaction:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
            raise
        finally:
            self._locked = False

    def _begin(self) -> None:
        """Take the write lock. SQLite waits deaf to Ctrl-C, so the wait is cut into short ones."""
        wait: int = self.connection.execute("PRAGMA busy_timeout").fetchone()[0]
        deadline = time.monotonic() + wait / 1000
        try:
            self.connection.execute(f"PRAGMA busy_timeout = {min(wait, SHORT_WAIT)}")
            while True:
                try:
                    return self._run("BEGIN IMMEDIATE").close()
                except LockedError:
                    if time.monotonic() >= deadline:
                        raise
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {wait}")

    @property
    def in_transaction(self) -> bool:
        """Say whether a transaction is running on this connection."""
        return self.connection.in_transaction

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Within a running transaction, take back what the block did on any error; all else stays."""
        self._run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK TO part")
                    self.connection.execute("RELEASE part")
            raise
        self._run("RELEASE part")

    def names_of(self, sql: str, params: Params = ()) -> list[str]:
        """Return the names of the columns that a statement gives."""
        return [column[0] for column in self._run(sql, params).description]

    def defer_references(self) -> None:
        """Check references between records only when the running transaction ends."""
        self._run("PRAGMA defer_foreign_keys = ON")

    def references(self, table: str) -> list[tuple[str, str]]:
        """Return the (table, column) pairs that refer to a table's id."""
        rows = self.query(
            'SELECT m.name AS tbl, f."from" AS col FROM sqlite_master m, pragma_foreign_key_list(m.name) f '
            "WHERE m.type = 'table' AND f.\"table\" = ? AND f.on_delete <> 'CASCADE'",
            (table,),
        )
        return [(row["tbl"], row["col"]) for row in rows]

    def parents(self, table: str) -> list[tuple[str, str]]:
        """Return the (column, table) pairs by which a table refers to others."""
        rows = self.query('SELECT "from" AS col, "table" AS tbl FROM pragma_foreign_key_list(?)', (table,))
        return [(row["col"], row["tbl"]) for row in rows]

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns in order."""
        if table not in self._columns:
            rows = self.query("SELECT name FROM pragma_table_info(?)", (table,))
            self._columns[table] = tuple(row["name"] for row in rows)
        return self._columns[table]

    def close(self) -> None:
        """Let go of the book."""
        self.connection.close()

    def _run(self, sql: str, params: Params = ()) -> sqlite3.Cursor:
        with self._translated():
            return self.connection.execute(filled(sql), params)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise BookError(f"{self.path} is damaged", hint="restore a backup; the file was left as it is") from error
        except sqlite3.Error as error:
            raise (
                closed_books.refusal(error, self.connection)
                or temporary.refusal(error, self.path, locked=self._locked)
                or explain(error, self.path)
            ) from error
        except OverflowError as error:
            raise UsageError("a number is too large for the book") from error
        except UnicodeEncodeError as error:
            raise UsageError("a text is not valid UTF-8", hint="check the encoding of your terminal") from error


@cache
def filled(sql: str) -> str:
    """Return a statement with the macros of every engine written out for this one."""
    return expand_macros(sql, _MACROS) if any(name in sql for name in _MACROS) else sql
