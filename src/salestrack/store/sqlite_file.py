"""A book as a file: opened raw, and told from other files by what stands in its header."""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from salestrack.errors import BookError
from salestrack.store.explaining import no_book

APPLICATION_ID = 0x53544B42  # "STKB" in the header of the file: a salestrack book
SCHEMA_VERSION = 3


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
    return sqlite3.connect(uri_of(path, mode), uri=True, timeout=wait, isolation_level=None)


def uri_of(path: Path, mode: str) -> str:
    """Return the address by which SQLite opens path in one of its own modes."""
    root = "//" if path.is_absolute() else ""  # or a path beginning with two slashes would name a server
    return f"file:{root}{quote(os.fsencode(path))}?mode={mode}"


def check_book(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a book's schema; BookError for a file that is none, or of a newer version."""
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if identity != APPLICATION_ID:
        raise no_book(path)
    if version > SCHEMA_VERSION:
        raise BookError(
            f"{path} was written by a newer salestrack (schema {version}, this one knows {SCHEMA_VERSION})",
            hint="upgrade salestrack; the file was left as it is",
        )
    return version
