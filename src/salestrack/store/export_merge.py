"""A foreign book beside this one: which of its rows is which record here, and what of a record was set by hand."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from salestrack.domain.imports import OWN_SOURCE
from salestrack.store.engine import Engine, Row
from salestrack.store.export_book import columns_of
from salestrack.store.hand_edits import hand_edited, held_before
from salestrack.store.part_edits import PARTS

TOGETHER = 400

MOST_KNOWN = 50_000  # ids kept in memory; the rest is looked up
BOOK = "book:"
"""What the source of a book's records begins with; its uid follows."""
_KEY = (
    "INSERT INTO import_keys (source, kind, key, record_id, print, created_op) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (key, kind, source) DO UPDATE SET print = excluded.print"
)
_ID = "INSERT OR REPLACE INTO staging.ids VALUES (?, ?, ?)"
CHANGES = "changes"
"""Under this name a schedule has its price changes."""

Parts = dict[str, list[Row]]


class Known(NamedTuple):
    """What a foreign record became here: the record, the fingerprint it had, and whether it is still there."""

    record_id: int
    print: int
    exists: bool


class Theirs(NamedTuple):
    """What the other book knows of where a record came from: its id and fingerprint here when it was told there.

    `hand`: which columns people set there. `apart`: it was made of several records there that are here one by one.
    """

    home: int | None = None
    print: int | None = None
    hand: frozenset[str] = frozenset()
    apart: bool = False

    @property
    def typed(self) -> bool:
        """Say whether somebody made it there by hand."""
        return "id" in self.hand


class Foreign:
    """Reads the staged tables of a foreign book, and keeps which of its ids are which of ours."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine = engine
        self._source = source
        self._parents: dict[str, list[tuple[str, str]]] = {}
        self._ids: dict[tuple[str, int], int | None] = {}
        self._waiting: dict[str, list[Sequence[Any]]] = {}
        engine.execute(
            "CREATE TABLE IF NOT EXISTS staging.ids (tbl TEXT, theirs INTEGER, ours INTEGER, PRIMARY KEY (tbl, theirs))"
        )

    def all(self, table: str, order: str = "id") -> list[Row]:
        """Return every row of a small table of theirs."""
        return [_plain(row) for row in self._engine.query(f"SELECT * FROM staging.{table} ORDER BY {order}")]

    def ours_all(self, table: str) -> list[Row]:
        """Return every row of a small table of ours."""
        return self._engine.query(f"SELECT * FROM main.{table} ORDER BY id")

    def parents(self, table: str) -> list[tuple[str, str]]:
        """Return the (column, table) pairs by which the rows of a table refer to others."""
        if table not in self._parents:
            self._parents[table] = self._engine.parents(table)
        return self._parents[table]

    def pages(self, table: str) -> Iterator[list[tuple[Row, Parts]]]:
        """Yield the records of a table with what belongs to them, some hundred at a time."""
        after = 0
        while True:
            sql = f"SELECT * FROM staging.{table} WHERE id > ? ORDER BY id LIMIT {TOGETHER}"
            rows = [_plain(row) for row in self._engine.query(sql, (after,))]
            if not rows:
                return
            parts = self.parts("staging", table, [row["id"] for row in rows])
            yield [(row, parts[row["id"]]) for row in rows]
            after = rows[-1]["id"]

    def parts(self, book: str, table: str, ids: Sequence[int]) -> dict[int, Parts]:
        """Return what belongs to records of one of the two books, by the record's id and the part's table."""
        found: dict[int, Parts] = {key: {part: [] for part, _ in PARTS[table]} for key in ids}
        for part, column in PARTS[table]:
            for row in self._of(book, part, column, ids):
                found[row[column]][part].append(row)
        return found

    def _of(self, book: str, part: str, column: str, ids: Sequence[int]) -> list[Row]:
        rows = self._engine.query(f"SELECT * FROM {book}.{part} WHERE {column} IN ({_listed(ids)}) ORDER BY id")
        rows = [_plain(row) for row in rows]
        if part == "schedules" and rows:
            changes = self._of(book, "schedule_changes", "schedule_id", [row["id"] for row in rows])
            for row in rows:
                row[CHANGES] = [change for change in changes if change["schedule_id"] == row["id"]]
        return rows

    def known(self, table: str, ids: Sequence[int]) -> dict[int, Known]:
        """Return what some records of theirs became when they came before."""
        marks = ", ".join("?" * len(ids))
        rows = self._engine.query(
            f"SELECT k.key, k.record_id, k.print, t.id IS NOT NULL AS found FROM import_keys k LEFT JOIN main.{table} t "
            f"ON t.id = k.record_id WHERE k.source = ? AND k.kind = ? AND k.key IN ({marks})",
            (self._source, table, *map(str, ids)),
        )
        return {int(row["key"]): Known(row["record_id"], row["print"], bool(row["found"])) for row in rows}

    def theirs(self, table: str, ids: Sequence[int], uid: str) -> dict[int, Theirs]:
        """Return what the other book knows of where its records came from; `uid` is that of this book."""
        rows = self._engine.query(
            "SELECT k.record_id, min(iif(k.source = ? AND k.key NOT GLOB '*[^0-9]*', CAST(k.key AS INTEGER), NULL)) AS home, "
            f"sum(k.source = ? AND EXISTS (SELECT 1 FROM main.{table} t WHERE t.id = CAST(k.key AS INTEGER))) AS here, "
            "k.print, h.columns FROM staging.import_keys k "
            "LEFT JOIN staging.hand_set h ON h.row_id = k.record_id AND h.tbl = k.kind "
            f"WHERE k.record_id IN ({_listed(ids)}) AND k.kind = ? GROUP BY k.record_id",
            (f"{BOOK}{uid}", f"{BOOK}{uid}", table),
        )
        return {
            row["record_id"]: Theirs(
                row["home"], row["print"], frozenset(json.loads(row["columns"] or "[]")), row["here"] > 1
            )
            for row in rows
        }

    def same_elsewhere(self, table: str, ids: Sequence[int]) -> dict[int, int]:
        """Return which of our records came from the same third place as theirs: by the same source and id there."""
        rows = self._engine.query(
            "SELECT s.record_id AS theirs, min(k.record_id) AS ours FROM staging.import_keys s JOIN main.import_keys k "
            f"ON k.key = s.key AND k.kind = s.kind AND k.source = s.source JOIN main.{table} t ON t.id = k.record_id "
            f"WHERE s.record_id IN ({_listed(ids)}) AND s.kind = ? AND s.source NOT IN (?, ?) GROUP BY s.record_id",
            (table, self._source, OWN_SOURCE),
        )
        return {row["theirs"]: row["ours"] for row in rows}

    def keep_origins(self, uid: str, *, op: int) -> None:
        """Note which ids of third books our records have: what comes from there directly is the same then."""
        self._engine.execute(
            "INSERT INTO main.import_keys (source, kind, key, record_id, print, created_op) "
            "SELECT s.source, s.kind, s.key, i.ours, s.print, ? FROM staging.import_keys s "
            "JOIN staging.ids i ON i.tbl = s.kind AND i.theirs = s.record_id AND i.ours IS NOT NULL "
            f"WHERE s.source GLOB '{BOOK}*' AND s.source NOT IN (?, ?) AND NOT EXISTS (SELECT 1 FROM main.import_keys k "
            "WHERE k.key = s.key AND k.kind = s.kind AND k.source = s.source) ORDER BY s.id",
            (op, self._source, f"{BOOK}{uid}"),
        )

    def gone(self, table: str) -> list[int]:
        """Return our records that one of theirs was which is no longer there."""
        rows = self._engine.query(
            f"SELECT k.record_id FROM import_keys k JOIN main.{table} t ON t.id = k.record_id "
            "WHERE k.source = ? AND k.kind = ? GROUP BY k.record_id HAVING NOT max(EXISTS "
            f"(SELECT 1 FROM staging.{table} s WHERE s.id = CAST(k.key AS INTEGER))) ORDER BY k.record_id",
            (self._source, table),
        )
        return [row["record_id"] for row in rows]

    def shared(self, table: str, ids: Sequence[int]) -> set[int]:
        """Return those of our records that several of theirs became, by a merge made here."""
        rows = self._engine.query(
            f"SELECT record_id FROM import_keys WHERE source = ? AND kind = ? AND record_id IN ({_listed(ids)}) "
            "GROUP BY record_id HAVING count(*) > 1",
            (self._source, table),
        )
        return {row["record_id"] for row in rows}

    def claimed(self, table: str, uid: str) -> set[int]:
        """Return our records that one of theirs is already; those that go by a name are few. `uid` is that of this book."""
        rows = self._engine.query(
            "SELECT record_id FROM import_keys WHERE source = ? AND kind = ? UNION "
            "SELECT CAST(key AS INTEGER) FROM staging.import_keys WHERE source = ? AND kind = ?",
            (self._source, table, f"{BOOK}{uid}", table),
        )
        return {row["record_id"] for row in rows}

    def merged_there(self, table: str, uid: str) -> list[tuple[int, int]]:
        """Return the records of ours that are apart here and one there: the one that is another, and which."""
        apart = f"JOIN main.{table} o ON o.id = i.ours" + (
            " AND o.merged_into IS NULL AND c.merged_into IS NULL" if table == "customers" else ""
        )
        rows = self._engine.query(
            "SELECT c.id AS one, i.ours AS other FROM staging.import_keys k "
            f"JOIN main.{table} c ON c.id = CAST(k.key AS INTEGER) "
            f"JOIN staging.ids i ON i.tbl = k.kind AND i.theirs = k.record_id AND i.ours <> c.id {apart} "
            "WHERE k.source = ? AND k.kind = ? "
            f"AND NOT EXISTS (SELECT 1 FROM staging.ids x WHERE x.tbl = k.kind AND x.ours = c.id) ORDER BY c.id",
            (f"{BOOK}{uid}", table),
        )
        found = [(row["one"], row["other"]) for row in rows]
        if table != "customers":
            return found
        rows = self._engine.query(
            "SELECT i.ours AS one, o.ours AS other FROM staging.customers s JOIN staging.ids i ON i.tbl = 'customers' "
            "AND i.theirs = s.id JOIN staging.ids o ON o.tbl = 'customers' AND o.theirs = s.merged_into "
            "JOIN main.customers c ON c.id = i.ours WHERE c.merged_into IS NULL AND i.ours <> o.ours ORDER BY s.id"
        )
        return sorted({*found, *((row["one"], row["other"]) for row in rows)})

    def last_id(self, table: str) -> int:
        """Return the last id that a table of this book ever gave out."""
        return int(self._engine.value("SELECT seq FROM main.sqlite_sequence WHERE name = ?", (table,)) or 0)

    def steps(self, row: Row, schedule: Row) -> list[Row]:
        """Return our open steps that are the next time of what repeats, of which a row of theirs is one too."""
        customer, deal = self.ours("customers", row["customer_id"]), self.ours("deals", row["deal_id"])
        return self._engine.query(
            "SELECT a.id FROM main.activities a JOIN main.schedules s ON s.activity_id = a.id WHERE a.done = 0 "
            "AND a.kind = ? AND a.customer_id IS ? AND a.deal_id IS ? AND a.subject IS ? "
            "AND s.every = ? AND s.from_on IS ?",
            (row["kind"], customer, deal, row["subject"], schedule["every"], schedule["from_on"]),
        )

    def remember(self, table: str, theirs: int, ours: int, mark: int, *, op: int) -> None:
        """Note for good what a record of theirs became."""
        self._later(_KEY, (self._source, table, str(theirs), ours, mark, op))

    def put(self, part: str, row: Row, *, op: int) -> None:
        """Add what belongs to a record, at the end of the page."""
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        self._later(f"INSERT INTO main.{part} ({names}, created_op) VALUES ({marks}, ?)", (*row.values(), op))

    def map(self, table: str, theirs: int, ours: int | None) -> None:
        """Note for this run what an id of theirs is here; None where the record stays out."""
        self._ids[table, theirs] = ours
        self._later(_ID, (table, theirs, ours))

    def ours(self, table: str, theirs: int | None) -> int | None:
        """Return our id for one of theirs, None where there is none."""
        if theirs is None:
            return None
        if (table, theirs) not in self._ids:
            found = self._engine.value("SELECT ours FROM staging.ids WHERE tbl = ? AND theirs = ?", (table, theirs))
            self._ids[table, theirs] = None if found is None else int(found)
        return self._ids[table, theirs]

    def flush(self) -> None:
        """Write what waited for the end of a page: one statement for many rows."""
        for sql, rows in self._waiting.items():
            self._engine.executemany(sql, rows)
        self._waiting.clear()
        if len(self._ids) > MOST_KNOWN:
            self._ids.clear()

    def _later(self, sql: str, row: Sequence[Any]) -> None:
        self._waiting.setdefault(sql, []).append(row)

    def rows(self, table: str, ids: Sequence[int]) -> dict[int, Row]:
        """Return records of ours by their ids."""
        rows = self._engine.query(f"SELECT * FROM main.{table} WHERE id IN ({_listed(ids)})")
        return {row["id"]: _plain(row) for row in rows}

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table but for the id."""
        return tuple(name for name in columns_of(self._engine, table) if name != "id")

    def like(self, table: str, **values: Any) -> list[Row]:
        """Return our rows that have just these values."""
        where = " AND ".join(f"{name} IS ?" for name in values)
        return self._engine.query(f"SELECT * FROM main.{table} WHERE {where} ORDER BY id", tuple(values.values()))

    def hand_set(self, table: str, key: int, *, typed: bool = True) -> set[str]:
        """Return which columns of one of our records people set; without `typed`, only what they edited since."""
        return hand_edited(self._engine, table, [key], typed=typed).get(key, set())

    def held_before(self, table: str, key: int) -> dict[str, list[Any]]:
        """Return what columns of one of our records held before people or other sources changed them."""
        return held_before(self._engine, table, key, but=self._source)

    def made_by(self, table: str, key: int) -> int:
        """Return the operation that made one of our records."""
        return int(self._engine.value(f"SELECT created_op FROM main.{table} WHERE id = ?", (key,)))


def _plain(row: Row) -> Row:
    row.pop("created_op", None)
    return row


def _listed(ids: Collection[int]) -> str:
    return ", ".join(str(int(key)) for key in ids)


__all__ = ["CHANGES", "PARTS", "Foreign", "Known", "Parts", "Theirs"]
