"""A copy of the book that nobody else has: what takes long is done in it, without the book's lock, and then brought over.

The copy is a nameless temporary file, which only SQLite has; it vanishes with the program, however that ends.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from salestrack.store.engine import Engine
from salestrack.store.sqlite import SqliteEngine

_PAGES = 2000
"""So many pages are copied before Ctrl-C is listened to."""


class _Copy(SqliteEngine):
    """A book of one's own: its transactions lock nothing, and what finds no room in it is temporary."""

    @contextmanager
    def transaction(self, *, lock: bool = True) -> Iterator[None]:
        """Commit at the end, roll back on any error."""
        with super().transaction(lock=False):
            yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """A copy, the book that it was made of, and what that was then."""

    book: SqliteEngine
    engine: SqliteEngine
    version: tuple[int, ...]
    """Tells whether the book is still the same."""
    last_ids: Mapping[str, int]
    """The highest id that each table had ever given out."""

    def last_id(self, table: str) -> int:
        """Return the highest id that a table of the book had ever given out."""
        return self.last_ids.get(table, 0)

    def is_overtaken(self) -> bool:
        """Say whether somebody has written to the book since the copy was made."""
        return version_of(self.book) != self.version

    def is_replaced(self) -> bool:
        """Say whether another file has taken the book's place since."""
        return version_of(self.book)[1:] != self.version[1:]


@contextmanager
def shadowed(engine: Engine) -> Iterator[Shadow | None]:
    """Give a copy of the book as it is now; None where the folder for temporary files has no room for it.

    Raises LockedError when somebody is just writing, and does so for longer than the engine waits.
    """
    if not isinstance(engine, SqliteEngine):
        yield None
        return
    with closing(sqlite3.connect("", uri=True, isolation_level=None)) as connection:
        yield _filled(engine, connection)


def version_of(engine: SqliteEngine) -> tuple[int, ...]:
    """Return a number that changes when another connection writes to the book, and what tells its file from others."""
    try:
        found = engine.path.stat()
    except OSError:
        return (0,)
    return int(engine.value("PRAGMA main.data_version")), found.st_dev, found.st_ino


def _filled(engine: SqliteEngine, connection: sqlite3.Connection) -> Shadow | None:
    wait = int(engine.value("PRAGMA busy_timeout"))
    with engine.transaction(lock=False):
        engine.value(
            "SELECT count(*) FROM main.sqlite_master"
        )  # a busy book is waited for here, the copying would for ever
        version = version_of(engine)
        try:
            engine.connection.backup(connection, pages=_PAGES, progress=lambda *_: None)
        except sqlite3.Error:
            return None
    for setting in ("foreign_keys = ON", "synchronous = OFF", f"busy_timeout = {wait}"):
        connection.execute(f"PRAGMA {setting}")
    copy = _Copy(engine.path, connection, writable=True)
    ids = {row["name"]: row["seq"] for row in copy.query("SELECT name, seq FROM sqlite_sequence")}
    return Shadow(book=engine, engine=copy, version=version, last_ids=ids)


__all__ = ["Shadow", "shadowed"]
