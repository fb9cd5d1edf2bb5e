"""Rows on their way into the book: a nameless temporary database beside it, which only SQLite has.

Parsing fills it without any lock on the book; one short transaction then copies it over with statements over whole
sets of rows. The database has no name in any folder and vanishes with the program, however that ends.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar

from salestrack.errors import SalestrackError
from salestrack.store.engine import Engine, Params
from salestrack.store.soundness import Watch, highest_id
from salestrack.store.triggers import SEARCHED, indexing

NEW, SAME, CHANGED, REMOVED, ADOPTED, MERGED = range(6)
"""What a staged row is to the book: unknown, unchanged, changed, removed by hand, the same as a hand-made record, or
changed but of a record that became part of another one.
"""
STAYS = 7
"""The state of a row of an own export that says something else than the book, whose word holds."""
SKIPPED = 8
"""The state of a row that changed at the source and is left as it is in the book, since somebody asked for that."""

ROOMY_CACHE = 64 * 1024  # KiB of the book's pages kept in memory while a big import is written
AT_ONCE = 40  # rows that one statement stages: with all columns of a kind far fewer values than SQLite takes
SORTING_CACHE = 8 * 1024  # and while its indexes are built
INDEX_LATER_FROM = 5_000
"""So many new rows, and more than a table has, are faster to index afterwards."""


Given = TypeVar("Given")


class Fresh(NamedTuple):
    """A name that the book does not know yet; parent is the customer of a contact or the pipeline of a stage."""

    name: str
    email: str | None = None
    email_key: str | None = None
    phone: str | None = None
    phone_key: str | None = None
    parent: int | None = None
    currency: str | None = None
    sku: str | None = None


class Staging:
    """The temporary tables of one import, attached to the book's connection under the name `staging`."""

    def __init__(self, engine: Engine, columns: Sequence[str]) -> None:
        self._engine = engine
        self.columns = frozenset(columns)
        self._inserts: dict[tuple[str, tuple[str, ...], int], str] = {}
        self._filled: set[str] = set()
        self._watch: Watch | None = None

    def add(self, table: str, columns: tuple[str, ...], rows: Iterable[Params]) -> None:
        """Put rows into one of the temporary tables."""
        with self._alone():
            self._engine.executemany(self._insert(table, columns), rows)

    def add_columns(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Put many rows, column by column, into one of the temporary tables: some at a time, since each step costs."""
        names, width, size = tuple(columns), len(columns), len(next(iter(columns.values())))
        values: list[Any] = [None] * (width * size)
        for place, column in enumerate(columns.values()):
            values[place::width] = column
        step, whole = width * AT_ONCE, width * (size - size % AT_ONCE)
        with self._alone():
            parts = (values[at : at + step] for at in range(0, whole, step))
            self._engine.executemany(self._insert(table, names, AT_ONCE), parts)
            rest = (values[at : at + width] for at in range(whole, len(values), width))
            self._engine.executemany(self._insert(table, names), rest)

    def without_blanks(self, sql: str) -> str:
        """Return a statement on staged rows `r` with NULL for the columns of the kind that no row was staged with.

        What is made of them alone is then worked out once, and not for each row.
        """
        blank = self.columns - self._filled
        return re.sub(r"\br\.(\w+)", lambda found: "NULL" if found[1] in blank else found[0], sql)

    def _insert(self, table: str, columns: tuple[str, ...], rows: int = 1) -> str:
        key = (table, columns, rows)
        if key not in self._inserts:
            self._filled |= set(columns) if table == "rows" else set()
            marks = ", ".join([f"({_marks(columns)})"] * rows)
            self._inserts[key] = f"INSERT INTO staging.{table} ({', '.join(columns)}) VALUES {marks}"
        return self._inserts[key]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Write the temporary tables alone, without a lock on the book; within a transaction there is one already."""
        with nullcontext() if self._engine.in_transaction else self._engine.transaction(lock=False):
            yield

    def fresh(self, kind: str, entries: Mapping[str, "Fresh"]) -> dict[str, int]:
        """Note names that the book does not know, each once, and return the provisional id of each key.

        Provisional ids run from -1 downwards; in the book they become the ids after the last one given out, in the same
        order.
        """
        found = self._fresh_ids(kind, list(entries))
        missing = [key for key in entries if key not in found]
        if missing:
            last = self._engine.value("SELECT coalesce(max(no), 0) FROM staging.fresh WHERE kind = ?", (kind,))
            numbers = range(last + 1, last + 1 + len(missing))
            fields = zip(Fresh._fields, zip(*(entries[key] for key in missing), strict=True), strict=True)
            filled = {name: values for name, values in fields if any(value is not None for value in values)}
            self.add_columns("fresh", {"kind": [kind] * len(missing), "no": numbers, "key": missing, **filled})
            found |= {key: -number for key, number in zip(missing, numbers, strict=True)}
        return found

    def fresh_by(self, column: str, values: Iterable[str]) -> dict[str, int]:
        """Return the provisional ids of new customers by `email_key`, or of new products by `sku`."""
        kind = {"email_key": "customers", "sku": "products"}[column]
        self._engine.execute(f"CREATE INDEX IF NOT EXISTS staging.fresh_{column} ON fresh ({column})")
        found: dict[str, int] = {}
        for part in in_parts(list(values)):
            sql = f"SELECT {column} AS value, no FROM staging.fresh WHERE kind = ? AND {column} IN ({_marks(part)})"
            rows = self._engine.query(f"{sql} ORDER BY no DESC", [kind, *part])
            found |= {row["value"]: -row["no"] for row in rows}
        return found

    def claim(self, claims: Mapping[int, str]) -> dict[int, str]:
        """Note which address of the file goes with which customer that has none; the first one stays."""
        for part in in_parts(list(claims.items()), 400):
            marks = ", ".join("(?, ?)" for _ in part)
            values = [value for pair in part for value in pair]
            self._engine.execute(
                f"INSERT OR IGNORE INTO staging.claims (customer_id, email_key) VALUES {marks}", values
            )
        rows = self._engine.query(
            f"SELECT customer_id, email_key FROM staging.claims WHERE customer_id IN ({_marks(list(claims))})",
            list(claims),
        )
        return {row["customer_id"]: row["email_key"] for row in rows}

    def fresh_addresses(self, names: Collection[str]) -> dict[str, str | None]:
        """Return the addresses of those new customers that go by some folded names, None where one has none."""
        sql = f"SELECT key, email_key FROM staging.fresh WHERE kind = 'customers' AND key IN ({_marks(list(names))})"
        return {row["key"]: row["email_key"] for row in self._engine.query(sql, list(names))}

    def give_address(self, name: str, entry: "Fresh") -> None:
        """Give the address of an entry to the new customer of a name, which has none."""
        self._engine.execute(
            "UPDATE staging.fresh SET email = ?, email_key = ? WHERE kind = 'customers' AND key = ?",
            (entry.email, entry.email_key, name),
        )

    def drop_unused(self, kind: str, used: str) -> None:
        """Forget new names of a kind that no staged row needs; `used` selects the numbers that some row does."""
        self._engine.execute(f"DELETE FROM staging.fresh WHERE kind = ? AND no NOT IN ({used})", (kind,))

    def seen(self, keys: list[str]) -> dict[str, int]:
        """Return how often keys came in earlier rows of the file."""
        rows = self._engine.query(f"SELECT key, times FROM staging.seen WHERE key IN ({_marks(keys)})", keys)
        return {row["key"]: row["times"] for row in rows}

    def saw(self, keys: Iterable[str]) -> None:
        """Count keys of the file."""
        rows = ((key,) for key in keys)
        with self._alone():
            self._engine.executemany(
                "INSERT INTO staging.seen (key, times) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1",
                rows,
            )

    def note_present(self, source: str, kind: str, keys: Iterable[str]) -> None:
        """Remember what a file holds, the rows that cannot be read too."""
        with self._alone():
            self._engine.executemany(
                "INSERT OR IGNORE INTO staging.present (source, kind, key) VALUES (?, ?, ?)",
                ((source, kind, key) for key in keys),
            )

    def last_id(self, table: str) -> int:
        """Return the highest id that a table of the book has ever given out."""
        given = self._engine.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        return int(given or 0)

    @contextmanager
    def indexed_later(self, tables: Sequence[str], rows: int) -> Iterator[None]:
        """Take the indexes off tables that a transaction more than doubles, and build them again at its end.

        So it is with triggers on the rows of a big insertion: one statement at the end does what they would do for each.
        """
        if rows < INDEX_LATER_FROM:
            yield
            return
        later: list[str] = []
        for table in tables:
            later += self._drop_triggers(table)
            if rows > int(self._engine.value(f"SELECT count(*) FROM (SELECT 1 FROM main.{table} LIMIT ?)", (rows,))):
                later += self._drop_indexes(table)
        watch = self._watch or Watch(self._engine)
        self._engine.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            self._engine.execute("PRAGMA ignore_check_constraints = OFF")
        watch.look()
        # What is sorted takes as much memory as the cache may, and is quicker where it fits the processor's.
        self._engine.execute(f"PRAGMA main.cache_size = -{SORTING_CACHE}")
        for statement in later:
            self._engine.execute(statement)
        self._engine.execute(f"PRAGMA main.cache_size = -{ROOMY_CACHE}")

    @contextmanager
    def references_later(self, rows: int, transaction: AbstractContextManager[Given]) -> Iterator[Given]:
        """Enter a transaction that adds many rows, and look up all at once what they refer to before it ends.

        SQLite would look up each reference of each row by itself, which takes an eighth of a big import.
        """
        if rows < INDEX_LATER_FROM:
            with transaction as given:
                yield given
            return
        self._engine.execute("PRAGMA foreign_keys = OFF")  # SQLite does so only outside of transactions
        try:
            with transaction as given:
                self._watch = Watch(self._engine)
                yield given
                self._watch.look()
        finally:
            self._watch = None
            self._engine.execute("PRAGMA foreign_keys = ON")

    def _drop_triggers(self, table: str) -> list[str]:
        """Drop the triggers on new rows; return what stands in for them, and what makes them again."""
        names = [f"search_{table}_insert"] if table in SEARCHED else []
        if self._engine.value("SELECT 1 FROM main.closed_books") is None:  # else every row has to pass it
            names.append(f"closed_{table}_insert")
        rows = self._engine.query(
            f"SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger' AND name IN ({_marks(names)})", names
        )
        for row in rows:
            self._engine.execute(f"DROP TRIGGER main.{row['name']}")
        stands_in = [indexing(table, after=highest_id(self._engine, table))] if table in SEARCHED else []
        return [*stands_in, *(row["sql"] for row in rows)]

    def _drop_indexes(self, table: str) -> list[str]:
        """Drop the indexes of a table and return what makes them again; one of a column without a value stays."""
        rows = self._engine.query(
            "SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            (table,),
        )
        blank = tuple(f"({name}) WHERE {name} IS NOT NULL" for name in self.columns - self._filled)
        rows = [row for row in rows if not row["sql"].endswith(blank)]
        for row in rows:
            self._engine.execute(f"DROP INDEX main.{row['name']}")
        return [row["sql"] for row in rows]

    def _fresh_ids(self, kind: str, keys: list[str]) -> dict[str, int]:
        rows = self._engine.query(
            f"SELECT key, no FROM staging.fresh WHERE kind = ? AND key IN ({_marks(keys)})", [kind, *keys]
        )
        return {row["key"]: -row["no"] for row in rows}


@contextmanager
def staging_area(engine: Engine) -> Iterator[None]:
    """Attach the temporary database for several files, before a transaction; it is gone when the block ends."""
    with _attached(engine, "MEMORY"):  # a part of the transaction may be taken back, which needs a journal
        yield


@contextmanager
def open_staging(engine: Engine, columns: Sequence[str]) -> Iterator[Staging]:
    """Make the temporary tables, `rows` with these columns, in a staging area or in one of their own."""
    if engine.value("SELECT 1 FROM pragma_database_list WHERE name = 'staging'") is not None:
        for row in engine.query(
            "SELECT name FROM staging.sqlite_master WHERE type = 'table' AND name NOT IN ('present', 'copies')"
        ):
            engine.execute(f"DROP TABLE staging.{row['name']}")
        yield _made(engine, columns)
        return
    with _attached(engine, "OFF"):
        yield _made(engine, columns)


@contextmanager
def _attached(engine: Engine, journal: str) -> Iterator[None]:
    engine.execute("ATTACH DATABASE '' AS staging")
    cache = engine.value("PRAGMA main.cache_size")
    try:
        # Rows are only put behind each other and read through: large pages take a sixteenth of the system's calls.
        for setting in ("page_size = 65536", f"journal_mode = {journal}", "synchronous = OFF", "cache_size = -8192"):
            engine.value(f"PRAGMA staging.{setting}")
        engine.execute(f"PRAGMA main.cache_size = -{ROOMY_CACHE}")
        yield
    except BaseException:
        with suppress(SalestrackError):  # what failed before is what counts
            _detach(engine, cache)
        raise
    _detach(engine, cache)


def _detach(engine: Engine, cache: int) -> None:
    engine.execute("DETACH DATABASE staging")
    engine.execute(f"PRAGMA main.cache_size = {cache}")


def _made(engine: Engine, columns: Sequence[str]) -> Staging:
    script = (files("salestrack.store") / "staging.sql").read_text(encoding="utf-8")
    for statement in script.replace("/*columns*/", "".join(f", {name}" for name in columns)).split(";"):
        if statement.strip():
            engine.execute(statement)
    return Staging(engine, columns)


def in_parts(keys: Sequence[Any], size: int = 2000) -> Iterator[list[Any]]:
    """Cut keys into lists that fit one statement."""
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
