"""A whole book on its way back: its tables staged beside this one, checked, and taken over when this one is empty."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from salestrack.errors import SalestrackError
from salestrack.store.engine import Engine
from salestrack.store.export_book import HAND_SET, TABLES, columns_of
from salestrack.store.staging import Staging
from salestrack.store.triggers import JOURNALLED

# By which columns two rows of a table may not be alike, where rows of a new book may be in the way.
_NAMES = {
    "owners": "name", "pipelines": "name", "lost_reasons": "name", "activity_kinds": "name", "outcomes": "name",
    "tags": "name", "settings": "key",
}  # fmt: skip
# What belongs to a record, by the column that says to which: merging looks parts up by it.
PARTS: dict[str, tuple[str, ...]] = {
    "customer_aliases": ("customer_id",), "deal_history": ("deal_id",), "deal_lines": ("deal_id",),
    "sale_lines": ("sale_id",), "activity_contacts": ("activity_id",), "deal_contacts": ("deal_id",),
    "customer_tags": ("customer_id",), "deal_tags": ("deal_id",), "sale_tags": ("sale_id",),
    "activity_tags": ("activity_id",), "schedules": ("deal_id", "sale_id", "activity_id"),
    "schedule_changes": ("schedule_id",), "stage_history": ("stage_id",), "import_keys": ("record_id",),
}  # fmt: skip


class Returning:
    """The staged tables of a book: they have the columns and the checks of this book's own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns that the file of a table has."""
        return columns_of(self._engine, table)

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Stage rows of a table; what the book could not hold raises the store's error."""
        marks = ", ".join("?" * len(columns))
        made = "" if table == HAND_SET else ", created_op"
        zero = "" if table == HAND_SET else ", 0"
        with self._engine.transaction(lock=False):  # the book is not locked
            self._engine.executemany(
                f"INSERT INTO staging.{table} ({', '.join(columns)}{made}) VALUES ({marks}{zero})", rows
            )

    def orphans(self) -> tuple[str, int, str] | None:
        """Return a (table, id, table) where a row refers to a record that no file holds; None when all are there."""
        rows = self._engine.query("PRAGMA staging.foreign_key_check")
        return (rows[0]["table"], rows[0]["rowid"], rows[0]["parent"]) if rows else None

    def no_json(self) -> tuple[str, int] | None:
        """Return a (table, id) whose custom fields, or choices of one, cannot be read; None when all can."""
        for table in JOURNALLED:
            for column, kind in (("fields", "object"), ("choices", "array")):
                if column in self.columns(table):
                    read = f"CASE json_valid({column}) WHEN 1 THEN json_type({column}) END"
                    sql = f"SELECT id FROM staging.{table} WHERE {read} IS NOT ? LIMIT 1"
                    if (found := self._engine.value(sql, (kind,))) is not None:
                        return table, int(found)
        return None

    def settle(self) -> None:
        """Let this book watch its own references again, now that all rows are staged."""
        self._engine.execute("PRAGMA foreign_keys = ON")

    def settings(self) -> dict[str, str]:
        """Return the staged settings."""
        return {row["key"]: row["value"] for row in self._engine.query("SELECT key, value FROM staging.settings")}

    def count(self, table: str) -> int:
        """Return how many rows of a table are staged."""
        return int(self._engine.value(f"SELECT count(*) FROM staging.{table}"))

    def book_is_empty(self) -> bool:
        """Say whether this book holds nothing but what it was made with."""
        return all(
            self._engine.value(
                f"SELECT 1 FROM main.{table} t JOIN operations o ON o.id = t.created_op WHERE o.kind <> 'make' LIMIT 1"
            )
            is None
            for table in JOURNALLED
        )

    def differing(self) -> int:
        """Return in how many rows the staged book and this one differ."""
        total = 0
        for table in JOURNALLED:
            names = ", ".join(self.columns(table))
            ours, theirs = (f"SELECT {names} FROM {book}.{table}" for book in ("main", "staging"))
            for one, other in ((ours, theirs), (theirs, ours)):
                total += int(self._engine.value(f"SELECT count(*) FROM ({one} EXCEPT {other})"))
        return total

    def take_over(self, last_ids: dict[str, int], *, op: int) -> None:
        """Make this book, which is empty, equal to the staged one; ids stay, and none is ever given out again."""
        engine = self._engine
        engine.defer_references()
        for table in reversed(JOURNALLED):
            engine.execute(f"DELETE FROM main.{table} WHERE id NOT IN (SELECT id FROM staging.{table})")
        with ExitStack() as later:
            for table in JOURNALLED:
                later.enter_context(Staging(engine, ()).indexed_later([table], self.count(table)))
                self._take_table(table, op)
        names = ", ".join(self.columns(HAND_SET))
        engine.execute(f"DELETE FROM main.{HAND_SET}")
        engine.execute(f"INSERT INTO main.{HAND_SET} ({names}) SELECT {names} FROM staging.{HAND_SET}")
        for table in JOURNALLED:
            engine.execute("DELETE FROM main.sqlite_sequence WHERE name = ?", (table,))
            engine.execute(
                f"INSERT INTO main.sqlite_sequence (name, seq) SELECT ?, max(?, coalesce((SELECT max(id) FROM main.{table}), 0))",
                (table, last_ids.get(table, 0)),
            )

    def _take_table(self, table: str, op: int) -> None:
        engine, columns = self._engine, self.columns(table)
        if name := _NAMES.get(table):  # out of the way of each other first
            engine.execute(
                f"UPDATE main.{table} SET {name} = {name} || char(31) || id WHERE id IN (SELECT m.id FROM main.{table} m "
                f"JOIN staging.{table} s ON s.{name} = m.{name} AND s.id <> m.id)"
            )
        if table == "activity_kinds":
            engine.execute(
                "UPDATE main.activity_kinds SET letter = NULL WHERE letter IS NOT (SELECT s.letter FROM "
                "staging.activity_kinds s WHERE s.id = main.activity_kinds.id)"
            )
        differs = " OR ".join(f"m.{column} IS NOT s.{column}" for column in columns)
        changed = engine.query(
            f"SELECT s.* FROM staging.{table} s JOIN main.{table} m ON m.id = s.id WHERE {differs} ORDER BY s.id"
        )
        for row in changed:
            engine.update(table, row["id"], {column: row[column] for column in columns if column != "id"})
        names = ", ".join(columns)
        engine.execute(
            f"INSERT INTO main.{table} ({names}, created_op) SELECT {names}, ? FROM staging.{table} "
            f"WHERE id NOT IN (SELECT id FROM main.{table}) ORDER BY id",
            (op,),
        )


@contextmanager
def open_returning(engine: Engine) -> Iterator[Returning]:
    """Attach a nameless temporary database with the tables of a book; it is gone when the block ends."""
    engine.execute("ATTACH DATABASE '' AS staging")
    try:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8192"):
            engine.value(f"PRAGMA staging.{setting}")
        engine.execute("PRAGMA foreign_keys = OFF")  # parents may come after their children; checked as a whole
        for table in TABLES:
            sql = str(engine.value("SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?", (table,)))
            engine.execute(f"CREATE TABLE staging.{table} {sql[sql.index('(') :]}")
            for column in PARTS.get(table, ()):
                engine.execute(f"CREATE INDEX staging.parts_{table}_{column} ON {table} ({column})")
        yield Returning(engine)
    except BaseException:
        with suppress(SalestrackError):  # what failed before is what counts
            _let_go(engine)
        raise
    _let_go(engine)


def _let_go(engine: Engine) -> None:
    engine.execute("PRAGMA foreign_keys = ON")
    engine.execute("DETACH DATABASE staging")
