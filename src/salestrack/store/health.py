"""The health of the file itself: its pages, its references, its triggers, its side table, and who may read it."""

import stat
from functools import cache
from importlib.resources import files
from pathlib import Path

from salestrack.store.engine import Engine, Params, Row
from salestrack.store.migrations import pristine

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

    def missing_parts(self) -> list[str]:
        """Return the names of the triggers, views and indexes that are not there, or not as a new book has them."""
        rows = self._engine.query("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        there = {(row["type"], row["name"]): row["sql"] for row in rows}
        return sorted(name for (kind, name), sql in pristine().items() if there.get((kind, name)) != sql)

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

    def restore_parts(self) -> None:
        """Make the triggers, views and indexes anew that are not as a new book has them."""
        wrong = set(self.missing_parts())
        with self._engine.transaction():
            for (kind, name), sql in pristine().items():
                if name in wrong:
                    self._engine.execute(f"DROP {kind} IF EXISTS {name}")
                    self._engine.execute(sql)

    def recount(self) -> None:
        """Fill the side table of last activities and next steps anew from the activities; it is in no journal."""
        with self._engine.transaction():
            self._engine.execute("DELETE FROM deal_state")
            self._engine.execute(
                "INSERT INTO deal_state (deal_id, last_on, next_on) SELECT deal_id, "
                "max(CASE WHEN done = 1 THEN happened_on END), min(CASE WHEN done = 0 THEN due_on END) "
                "FROM activities WHERE deal_id IS NOT NULL GROUP BY deal_id"
            )


@cache
def _question(check: str) -> str:
    return (files("salestrack.store") / "checks" / f"{check}.sql").read_text(encoding="utf-8")
