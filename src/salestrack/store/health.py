"""The health of the file itself: its pages, its references, its triggers, its side table, and who may read it."""

import sqlite3
import stat
from contextlib import closing, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

from salestrack.store import triggers
from salestrack.store.engine import Engine, Params, Row
from salestrack.store.sqlite import SqliteEngine, raw_connection

PRIVATE = 0o600
MOST_NAMED = 20


class Health:
    """Asks what is wrong with a book; changes nothing but in the methods that say so."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path

    def ask(self, check: str, params: Params) -> list[Row]:
        """Return what one of checks/*.sql finds: a row for each finding."""
        return self._engine.query(_question(check), params)

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with the pages and indexes of the file."""
        rows = self._engine.query(f"PRAGMA integrity_check({MOST_NAMED})")
        return [row["integrity_check"] for row in rows if row["integrity_check"] != "ok"]

    def dangling(self) -> list[Row]:
        """Return the rows that refer to a record that is not there: tbl, row_id, parent."""
        rows = self._engine.query("PRAGMA foreign_key_check")
        return [{"tbl": row["table"], "row_id": row["rowid"], "parent": row["parent"]} for row in rows[:MOST_NAMED]]

    def missing_triggers(self) -> list[str]:
        """Return the names of the generated triggers that are not there, or not as they should be."""
        if not isinstance(self._engine, SqliteEngine):
            return []
        rows = self._engine.query("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there = {row["name"]: row["sql"] for row in rows}
        wanted = triggers.wanted(self._engine.connection)
        return sorted(name for name, sql in wanted.items() if there.get(name) != sql)

    def open_to(self) -> str | None:
        """Return whose eyes the file is open to besides its owner's, None when it is private."""
        mode = stat.S_IMODE(self._path.stat().st_mode)
        others = [name for name, bits in (("its group", 0o070), ("everybody", 0o007)) if mode & bits]
        return " and ".join(others) or None

    def last_backup(self) -> Row | None:
        """Return the latest backup that was made from this file: at, place."""
        rows = self._engine.query("SELECT at, place FROM backups ORDER BY id DESC LIMIT 1")
        return rows[0] if rows else None

    def began_at(self) -> str:
        """Return when the book was made."""
        return str(self._engine.value("SELECT at FROM operations ORDER BY id LIMIT 1"))

    def restrict(self) -> None:
        """Let only the owner read and write the file."""
        self._path.chmod(PRIVATE)

    def restore_triggers(self) -> None:
        """Make every generated trigger anew."""
        if isinstance(self._engine, SqliteEngine):
            with self._engine.transaction():
                triggers.rebuild(self._engine.connection)

    def recount(self) -> None:
        """Fill the side table of last activities and next steps anew from the activities; it is in no journal."""
        with self._engine.transaction():
            self._engine.execute("DELETE FROM deal_state")
            self._engine.execute(
                "INSERT INTO deal_state (deal_id, last_on, next_on) SELECT deal_id, "
                "max(CASE WHEN done = 1 THEN happened_on END), min(CASE WHEN done = 0 THEN due_on END) "
                "FROM activities WHERE deal_id IS NOT NULL GROUP BY deal_id"
            )


def remember_backup(path: Path, *, at: str, place: str) -> None:
    """Note in the book that a copy of it was made; a book that cannot be written to now goes without the note."""
    with suppress(sqlite3.Error), closing(raw_connection(path, "rw", 1.0)) as connection:
        connection.execute("INSERT INTO backups (at, place) VALUES (?, ?)", (at, place))


@cache
def _question(check: str) -> str:
    return (files("salestrack.store") / "checks" / f"{check}.sql").read_text(encoding="utf-8")
