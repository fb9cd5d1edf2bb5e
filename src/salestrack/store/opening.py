"""Opening a book: with every safeguard set and checked, and brought up to date when it is older."""

import os
import sqlite3
from pathlib import Path
from typing import Literal

from salestrack.errors import BookError
from salestrack.store.explaining import PERMISSIONS, explain
from salestrack.store.sqlite import SqliteEngine
from salestrack.store.sqlite_file import SCHEMA_VERSION, check_book, raw_connection, read_connection

OLDEST_SQLITE = (3, 38, 0)
Mode = Literal["read", "write"]


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
        raise BookError(f"cannot open {path}: {error.strerror}", hint=PERMISSIONS) from error
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


def _migrate(path: Path, wait: float) -> None:
    # Loaded only here: the migrations bring sqlite-utils, which costs more than a whole command.
    from salestrack.store.migrations import migrate

    migrate(path, wait=wait)
