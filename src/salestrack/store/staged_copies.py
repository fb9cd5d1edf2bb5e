"""What the newest file of several says of each id: the older files of the same command do not count for these."""

from collections.abc import Collection, Iterable

from salestrack.store.engine import Engine, Row
from salestrack.store.staging import in_parts

Copy = tuple[str, int, str, str, str]
"""The key of a row, the fingerprint of its cells, and up to three cells that say what it is about."""


class StagedCopies:
    """A temporary table that outlives the files of one command, by group of files that say the same kind of thing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self) -> None:
        """Make the table."""
        self._engine.execute(
            "CREATE TABLE staging.copies (family INTEGER, key TEXT, file INTEGER, print INTEGER, one TEXT, two TEXT, three TEXT, "
            "PRIMARY KEY (family, key)) WITHOUT ROWID"
        )

    def note(self, family: int, file: int, copies: Iterable[Copy]) -> None:
        """Note the rows of a file, those aside that a newer file has; files come in with the newest first."""
        insert = "INSERT OR IGNORE INTO staging.copies (family, file, key, print, one, two, three) VALUES (?, ?, ?, ?, ?, ?, ?)"
        with self._engine.transaction(lock=False):
            self._engine.executemany(insert, ((family, file, *copy) for copy in copies))

    def of(self, family: int, keys: Collection[str]) -> dict[str, Row]:
        """Return what the newest file says, by key."""
        found: dict[str, Row] = {}
        for part in in_parts(list(keys)):
            marks = ", ".join("?" * len(part))
            sql = f"SELECT key, file, print, one, two, three FROM staging.copies WHERE family = ? AND key IN ({marks})"
            found |= {row["key"]: row for row in self._engine.query(sql, [family, *part])}
        return found
