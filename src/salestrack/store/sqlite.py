"""The local engine: one SQLite file, opened with every safeguard set and checked."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from salestrack.errors import BookError, LockedError, SalestrackError, UsageError
from salestrack.store import closed_books, temporary
from salestrack.store.engine import Params, Row, expand_macros

APPLICATION_ID = 0x53544B42  # "STKB" in the header of the file: a salestrack book
SCHEMA_VERSION = 3
SHORT_WAIT = 100  # milliseconds
OLDEST_SQLITE = (3, 38, 0)
Mode = Literal["read", "write"]

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


def connect(path: Path, *, mode: Mode, wait: float = 5.0) -> SqliteEngine:
    """Open the book at path with foreign keys, one-file journal and full syncing set and checked.

    A book of an older version is migrated first. Raises BookError (missing, damaged, newer, not a book)
    and LockedError; the file is left as it is.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise BookError(
            f"this Python brings SQLite {sqlite3.sqlite_version}, and salestrack needs 3.38 or later",
            hint="install a newer Python, or one built against a newer SQLite",
        )
    _check_there(path, mode)
    connection, version = _opened(path, mode, wait)
    if version < SCHEMA_VERSION:
        connection.close()
        _migrate(path, wait)
        connection, _ = _opened(path, mode, wait)
    return SqliteEngine(path, connection, writable=mode == "write")


def _check_there(path: Path, mode: Mode) -> None:
    try:
        there = path.is_file()
    except OSError as error:
        raise BookError(f"cannot open {path}: {error.strerror}", hint=_PERMISSIONS) from error
    if not there:
        if path.is_dir():
            raise BookError(f"{path} is a folder, not a book", hint=f"name the file: --db {path / 'sales.db'}")
        raise BookError(f"there is no book at {path}", hint="salestrack init makes one")
    if mode == "write" and not os.access(path, os.W_OK):
        raise BookError(f"the book {path} is read-only", hint="reports still work; check the file's permissions")


def _opened(path: Path, mode: Mode, wait: float) -> tuple[sqlite3.Connection, int]:
    """Return a connection and the version of the schema; a file that is no book of ours is not touched."""
    connection: sqlite3.Connection | None = None
    try:
        connection = raw_connection(path, "rw", wait) if mode == "write" else read_connection(path, wait)
        version = check_book(connection, path)
        if mode == "write" and version == SCHEMA_VERSION:
            _configure(connection)
    except BaseException as error:
        if connection:
            connection.close()
        if isinstance(error, sqlite3.Error):
            raise explain(error, path) from error
        raise
    return connection, version


def read_connection(path: Path, wait: float) -> sqlite3.Connection:
    """Open path so that nothing can be written, except to recover it after a crash; raises sqlite3.Error."""
    connection = raw_connection(path, "ro", wait)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        # A crash left a hot journal: only a writable connection may roll it back. Nothing else is written.
        connection = raw_connection(path, "rw", wait)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA query_only = ON")
    return connection


def raw_connection(path: Path, mode: str, wait: float) -> sqlite3.Connection:
    """Open path by SQLite's own mode (ro, rw, rwc) with explicit transactions and the given wait in seconds."""
    root = "//" if path.is_absolute() else ""  # or a path beginning with two slashes would name a server
    uri = f"file:{root}{quote(os.fsencode(path))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if journal != "delete":
        journal = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    keys = connection.execute("PRAGMA foreign_keys").fetchone()[0]
    syncing = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (journal, keys, syncing) != ("delete", 1, 2):
        raise BookError(f"SQLite refused a safeguard (journal {journal}, foreign keys {keys}, syncing {syncing})")


def check_book(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a book's schema; BookError for a file that is none, or of a newer version."""
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if identity != APPLICATION_ID:
        raise _no_book(path)
    if version > SCHEMA_VERSION:
        raise BookError(
            f"{path} was written by a newer salestrack (schema {version}, this one knows {SCHEMA_VERSION})",
            hint="upgrade salestrack; the file was left as it is",
        )
    return version


def _migrate(path: Path, wait: float) -> None:
    # Loaded only here: the migrations bring sqlite-utils, which costs more than a whole command.
    from salestrack.store.migrations import migrate

    migrate(path, wait=wait)


_PERMISSIONS = "check the permissions of the file and its folder"


def _no_book(path: Path) -> BookError:
    return BookError(f"{path} is not a salestrack book", hint="name another file with --db")


def _locked(path: Path) -> LockedError:
    return LockedError(f"{path} is in use by another process", hint="try again, or wait longer: --wait 30")


_SENTENCES: dict[int, Callable[[Path], SalestrackError]] = {
    sqlite3.SQLITE_BUSY: _locked,
    sqlite3.SQLITE_LOCKED: _locked,
    sqlite3.SQLITE_NOTADB: _no_book,
    sqlite3.SQLITE_CORRUPT: lambda path: BookError(
        f"{path} is damaged", hint="restore a backup; the file was left as it is"
    ),
    sqlite3.SQLITE_READONLY: lambda path: BookError(f"the book {path} is read-only", hint=_PERMISSIONS),
    sqlite3.SQLITE_CANTOPEN: lambda path: BookError(f"cannot open {path}", hint=_PERMISSIONS),
    sqlite3.SQLITE_PERM: lambda path: BookError(f"cannot open {path}", hint=_PERMISSIONS),
    sqlite3.SQLITE_FULL: lambda path: SalestrackError(f"the disk that holds {path} is full; nothing was written"),
    sqlite3.SQLITE_IOERR: lambda path: SalestrackError(f"the disk failed while using {path}; nothing was written"),
    sqlite3.SQLITE_TOOBIG: lambda path: UsageError(f"a text is too long for {path}"),
}


def explain(error: sqlite3.Error, path: Path) -> SalestrackError:
    """Turn SQLite's error into the sentence and exit code that the user sees."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest says which
    if code in _SENTENCES:
        return _SENTENCES[code](path)
    if isinstance(error, sqlite3.IntegrityError):
        return SalestrackError(f"the book refused the change: {error}")
    return BookError(f"{path}: {error}")
