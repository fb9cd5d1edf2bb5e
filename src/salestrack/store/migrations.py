"""The history of the schema: append-only steps, run by sqlite-utils inside our own write lock."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path

from sqlite_utils import Database, Migrations

from salestrack.errors import BookError, RuleError
from salestrack.store import triggers
from salestrack.store.backup import copy_book, draft_beside, flush, private_folder
from salestrack.store.explaining import explain
from salestrack.store.sqlite import SqliteEngine
from salestrack.store.sqlite_file import APPLICATION_ID, SCHEMA_VERSION, raw_connection

history = Migrations("salestrack")


@history()
def m001_foundation(db: Database) -> None:
    """Create every table of the first schema."""
    _run(db, "001_book.sql", "002_ledger.sql", "003_journal.sql")


@history()
def m002_daily_use(db: Database) -> None:
    """Add the seller's own process, full-text search, what repeats, and closed periods."""
    _run(db, "004_daily_use.sql", "005_search.sql", "006_recurring.sql", "007_closed_books.sql")
    triggers.index_texts(db.conn)


@history()
def m003_going_out(db: Database) -> None:
    """Add the views that other programs read, and what a person had set in a book that comes in from an export."""
    _run(db, "008_views.sql", "009_hand_set.sql", "010_imports.sql")


def _run(db: Database, *names: str) -> None:
    for name in names:
        for statement in statements((files("salestrack.store") / "schema" / name).read_text(encoding="utf-8")):
            db.execute(statement)


def statements(script: str) -> Iterator[str]:
    """Split a script into its statements; executescript is not used because it would commit our transaction."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def migrate(path: Path, *, wait: float) -> None:
    """Bring an older book up to date under the write lock, after a checked backup beside it."""
    try:
        connection = raw_connection(path, "rw", wait)
        try:
            _apply(connection, backup_of=path)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _apply(connection: sqlite3.Connection, *, backup_of: Path | None = None) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have finished the same work while this one waited for the lock.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version < SCHEMA_VERSION:
            if backup_of:
                copy_book(backup_of, backup_of.with_name(f"{backup_of.name}.schema-{version}.backup"))
            # Plug-ins of sqlite-utils, and its own idea of triggers, have no business in a book.
            history.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
            triggers.rebuild(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
                raise BookError(f"the schema change left {len(broken)} rows without their records")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):  # what failed is what counts
                connection.execute("ROLLBACK")
        raise


def pristine() -> dict[tuple[str, str], str]:
    """Return the triggers, views and indexes of a new book: (what it is, its name) to the statement that makes it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _apply(connection)
        rows = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view', 'index') AND sql IS NOT NULL"
        )
        return {(kind, name): sql for kind, name, sql in rows}


def make_book(path: Path, fill: Callable[[SqliteEngine], None]) -> None:
    """Create a book that only its owner can read and fill it, whole or not at all; an existing file is refused."""
    private_folder(path.parent)
    try:
        if path.exists():
            raise FileExistsError
        with draft_beside(path) as draft:
            connection = raw_connection(draft, "rw", 5.0)
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                _apply(connection)
                fill(SqliteEngine(draft, connection, writable=True))
            finally:
                connection.close()
            _put(draft, path)
            flush(path.parent)
    except FileExistsError as error:
        raise RuleError(f"there is already a file at {path}", hint="salestrack path shows the book in use") from error
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise BookError(f"cannot make a book at {path}: {error.strerror}") from error


def _put(draft: Path, path: Path) -> None:
    """Give a finished book its name; unlike a rename this refuses to replace a book made meanwhile."""
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}:
            raise
        # A file system without links (a memory stick): take the name first, then fill it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        draft.replace(path)
