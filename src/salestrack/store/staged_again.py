"""Rows whose keys nobody knows, beside the records that their source brought from rows without ids before.

Both are given as values of the same columns; what they mean is compared by digests, so that memory stays the same.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from salestrack.store.engine import Engine
from salestrack.store.staged_orders import BESIDE
from salestrack.store.staging import ADOPTED, CHANGED, NEW, REMOVED, Staging


class Shape(NamedTuple):
    """The columns that say what a record of a kind is, how its day is found, and the table of its product lines."""

    columns: tuple[str, ...]
    days: tuple[str, ...]
    lines: str = ""
    owner: str = ""


SHAPES = {
    "sales": Shape(
        ("kind", "on_date", "at_time", "amount", "currency", "tax", "customer_id", "deal_id", "ref"),
        ("t.on_date = d.day",),
        "sale_lines",
        "sale_id",
    ),
    "activities": Shape(
        (
            "kind", "due_on", "happened_on", "due_time", "happened_time", "customer_id", "contact_id", "deal_id",
            "direction", "note",
        ),
        ("t.done = 1 AND t.happened_on = d.day", "t.done = 0 AND t.due_on = d.day"),
    ),
    "deals": Shape(
        ("title", "customer_id", "contact_id", "created_on"), ("t.created_on = d.day",), "deal_lines", "deal_id"
    ),
}  # fmt: skip
DAYS = {"sales": "{0}.on_date", "activities": "coalesce({0}.happened_on, {0}.due_on)", "deals": "{0}.created_on"}
_LINES = (
    "(SELECT group_concat(product_id || 'x' || quantity) FROM (SELECT product_id, quantity FROM {0} "
    "WHERE {1} AND kind = 'product' ORDER BY position))"
)
LINES_TOUCHED = "lines"
"""What `hand_set` calls the product lines that people removed from a record, each as in product 5 twice: 5x2."""
_DIGITS = "'0123456789'"
# A key that no row of the file has: neither itself nor as the nth of its equals.
UNUSED = f"""
k.source = :source AND k.kind = :kind AND instr(k.key, :beside) = 0
AND NOT EXISTS (SELECT 1 FROM staging.rows x WHERE x.key = k.key)
AND NOT EXISTS (SELECT 1 FROM staging.seen s WHERE s.key = k.key)
AND NOT EXISTS (SELECT 1 FROM staging.seen s WHERE s.key = substr(rtrim(k.key, {_DIGITS}), 1,
    length(rtrim(k.key, {_DIGITS})) - 1)
    AND s.times >= CAST(substr(k.key, length(rtrim(k.key, {_DIGITS})) + 1) AS INTEGER))
"""
# And without an id.
_FREE = f"{UNUSED} AND (k.key GLOB 'v1:*' OR k.kind = 'products')"
# And with one.
_BY_ID = f"{UNUSED} AND k.key NOT GLOB 'v1:*' AND k.key NOT GLOB '=v1:*'"
# Of a record that has no id yet.
_WITHOUT_ID = (
    "NOT EXISTS (SELECT 1 FROM import_keys o WHERE o.record_id = k.record_id AND o.kind = k.kind "
    "AND o.source = k.source AND o.key NOT GLOB 'v1:*' AND o.key NOT GLOB '=v1:*')"
)
_OF_SOURCE = "SELECT 1 FROM import_keys WHERE record_id = :id AND kind = :kind AND source = :source"
_TOUCHED = "SELECT id FROM journal INDEXED BY journal_row WHERE tbl = :tbl"
_IMAGES = f"""
SELECT j.row_id, j.before, j.after FROM ({_TOUCHED}) i CROSS JOIN journal j ON j.id = i.id
JOIN operations o ON o.id = j.op WHERE o.kind = 'do' AND o.undone_by IS NULL ORDER BY j.id
"""
_PAIRED = """
INSERT INTO staging.paired (line, key, record_id, here)
SELECT a.line, b.key, b.record_id, b.here FROM (
    SELECT line, meaning, row_number() OVER (PARTITION BY meaning ORDER BY line) AS n FROM staging.meant
) a JOIN (
    SELECT key, record_id, here, meaning,
        row_number() OVER (PARTITION BY meaning ORDER BY here DESC, record_id, key) AS n FROM staging.brought
) b ON b.meaning = a.meaning AND b.n = a.n
"""
# What a row takes over may have been found before by the row's nature.
_TAKEN = """
INSERT OR REPLACE INTO staging.taken (line, key, own)
SELECT m.line, m.key, r.key FROM staging.paired m JOIN staging.rows r ON r.line = m.line
"""

# The version of a deal that was in force on the day of a row, and says what the row says.
_TOLD_BEFORE = """
v.deal_id = r.deal_id AND v.from_on <= r.on_date AND (v.to_on IS NULL OR v.to_on >= r.on_date)
AND (r.stage_id IS NULL OR v.stage_id = r.stage_id)
AND (r.amount IS NULL OR (v.amount = r.amount AND v.currency = coalesce(r.currency, :currency)))
AND (r.owner_id IS NULL OR v.owner_id = r.owner_id) AND (r.probability IS NULL OR v.probability = r.probability)
AND (r.expected_on IS NULL OR v.expected_on = r.expected_on)
"""


class Image(NamedTuple):
    """What a person's change did to a row: how it was before, and after, None where it was removed."""

    row_id: int
    before: dict[str, Any]
    after: dict[str, Any] | None


class Brought(NamedTuple):
    """A record that a row without an id brought: its import key, and its columns; here is 0 when it was removed."""

    key_id: int
    key: str
    record_id: int
    here: int
    day: str | None
    lines: str | None
    values: dict[str, Any]


class StagedAgain:
    """Finds staged rows that say what an earlier row said, written in another way."""

    def __init__(self, engine: Engine, staging: Staging, source: str, kind: str) -> None:
        self._engine = engine
        self._staging = staging
        self._kind = kind
        self._shape = SHAPES.get(kind, Shape((), ()))
        self._params = {"source": source, "kind": kind, "beside": BESIDE}

    def possible(self) -> bool:
        """Say whether the source brought anything of this kind by rows without ids."""
        if self._kind == "products":  # by article number or name
            return True
        sql = (
            "SELECT 1 FROM import_keys WHERE key >= 'v1:' AND key < 'v1;' AND kind = :kind AND source = :source LIMIT 1"
        )
        return self._engine.value(sql, self._params) is not None

    def unknown(self) -> bool:
        """Say whether any staged row has a key that the book does not know."""
        return self._engine.value("SELECT 1 FROM staging.rows WHERE state IN (0, 4) LIMIT 1") is not None

    def some_known(self) -> bool:
        """Say whether any row of the file has a key that the book knows."""
        return self._engine.value("SELECT 1 FROM staging.rows WHERE state IN (1, 2, 3) LIMIT 1") is not None

    def images(self, table: str) -> Iterator[Image]:
        """Yield what people did to the rows of a table, in order and as far as it is in force."""
        for row_id, before, after in self._engine.stream(_IMAGES, {"tbl": table}):
            yield Image(row_id, json.loads(before), json.loads(after) if after else None)

    def said_elsewhere(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield what files had said of records that people touched in the book that this one was brought in from."""
        sql = "SELECT row_id, said FROM hand_set WHERE tbl = ? AND said <> '{}'"
        for row in self._engine.query(sql, (self._kind,)):
            yield row["row_id"], json.loads(row["said"])

    def by_hand(self) -> set[int]:
        """Return the operations by which people wrote."""
        return {row["id"] for row in self._engine.query("SELECT id FROM operations WHERE kind = 'do'")}

    def keepers(self) -> dict[int, int]:
        """Return what customers that were merged have become."""
        rows = self._engine.query("SELECT id, merged_into FROM customers WHERE merged_into IS NOT NULL")
        return {row["id"]: row["merged_into"] for row in rows}

    def made_by_hand(self) -> set[int]:
        """Return the records that people made, and rows of the source joined."""
        rows = self._engine.query(
            f"SELECT t.id FROM {self._kind} t WHERE t.created_op IN (SELECT id FROM operations WHERE kind = 'do') "
            "AND EXISTS (SELECT 1 FROM import_keys k WHERE k.record_id = t.id AND k.kind = :kind AND k.source = :source)",
            self._params,
        )
        return {row["id"] for row in rows}

    def brought(self, *, by_id: bool, ids: bool = False, always: bool = False) -> Iterator[Brought]:
        """Yield the records of the source that no row of the file stands for, of the days that its unknown rows name.

        Those that a person touched are among them whatever day they have now; with `by_id` none that has an id, with
        `ids` those that came by one. With `always` days do not matter.
        """
        shape, kind = self._shape, self._kind
        day = DAYS[kind].format("t")
        near = [f"SELECT t.id FROM days d CROSS JOIN {kind} t ON {where}" for where in shape.days]
        near.append(f"SELECT t.id FROM {kind} t WHERE EXISTS (SELECT 1 FROM days WHERE day IS NULL) AND {day} IS NULL")
        near.append("SELECT row_id FROM journal INDEXED BY journal_row WHERE tbl = :kind")
        near.append("SELECT row_id FROM hand_set WHERE tbl = :kind")
        near += [f"SELECT id FROM {kind}"] if always else []
        if kind == "deals":  # those that others were merged into
            keys = "SELECT row_id FROM journal INDEXED BY journal_row WHERE tbl = 'import_keys'"
            near.append(f"SELECT record_id FROM import_keys WHERE id IN ({keys})")
        lines = _LINES.format(shape.lines, f"{shape.owner} = t.id") if shape.lines else "NULL"
        sql = (
            f"WITH days AS (SELECT DISTINCT {DAYS[kind].format('r')} AS day FROM staging.rows r WHERE state IN (0, 4)), "
            f"near AS ({' UNION '.join(near)}) "
            f"SELECT k.id, k.key, k.record_id, t.id IS NOT NULL, {day}, {lines}, "
            f"{', '.join(f't.{name}' for name in shape.columns)} "
            f"FROM near n CROSS JOIN import_keys k ON k.record_id = n.id LEFT JOIN {kind} t ON t.id = n.id "
            f"WHERE {_BY_ID if ids else _FREE}"
            f"{f' AND {_WITHOUT_ID} AND k.key NOT IN (SELECT key FROM staging.taken)' if by_id else ''}"
        )
        for row in self._engine.stream(sql, self._params):
            key_id, key, record, here, on, products = row[:6]
            yield Brought(key_id, key, record, here, on, products, dict(zip(shape.columns, row[6:], strict=True)))

    def rows(self, currency: str, *, timed: bool) -> Iterator[tuple[int, str | None, dict[str, Any]]]:
        """Yield (line, product lines, columns) of the unknown rows on days that some record has; others are nobody.

        Without `timed` none with a time of day that the book does not keep.
        """
        shape, kind = self._shape, self._kind
        lines = _LINES.format("staging.lines", "line = r.line") if shape.lines == "sale_lines" else "NULL"
        if shape.lines == "deal_lines":
            lines = "iif(r.product_id IS NULL, NULL, r.product_id || 'x' || coalesce(r.quantity, '1'))"
        given = {"currency": "coalesce(r.currency, :currency)"}
        sql = (
            f"SELECT r.line, {lines}, {', '.join(given.get(name, f'r.{name}') for name in shape.columns)} "
            f"FROM staging.rows r WHERE r.state IN (0, 4) AND r.line NOT IN (SELECT line FROM staging.taken) "
            f"AND coalesce({DAYS[kind].format('r')}, '') IN (SELECT DISTINCT coalesce(day, '') FROM staging.brought)"
        )
        if not timed and "timed" in self._staging.columns:
            sql += " AND r.timed IS NULL"
        for row in self._engine.stream(sql, {"currency": currency}):
            yield row[0], row[1], dict(zip(shape.columns, row[2:], strict=True))

    def compare(
        self,
        brought: Iterable[tuple[str, int, int, str | None, str]],
        meant: Iterable[tuple[int, str]],
    ) -> tuple[int, int]:
        """Take in what records and rows mean; return how many rows there are, and how many mean what a record does.

        A record is (key, id, whether it is here, day, meaning), a row (line, meaning); rows are asked for last.
        """
        self._engine.execute("DELETE FROM staging.meant")
        self._engine.execute("DELETE FROM staging.brought")
        self._staging.add("brought", ("key", "record_id", "here", "day", "meaning"), brought)
        self._staging.add("meant", ("line", "meaning"), meant)
        self._engine.execute("DELETE FROM staging.paired")
        self._engine.execute(_PAIRED)
        rows = int(self._engine.value("SELECT count(*) FROM staging.meant"))
        return rows, int(self._engine.value("SELECT count(*) FROM staging.paired")) if rows else 0

    def take(self, texts: Collection[str], *, full: bool, by_id: bool = False) -> int:
        """Let rows stand for the records that they mean, each for one; return how many rows of the file these are.

        Their texts, which differ in spelling alone, become those of the records. With `by_id` they keep their own keys
        and are taken over by these.
        """
        if full:
            self._engine.execute(
                "INSERT OR IGNORE INTO staging.present (source, kind, key) "
                "SELECT :source, :kind, m.key FROM staging.paired m",
                self._params,
            )
        rows = "SELECT coalesce(sum(r.rows), 0) FROM staging.paired m JOIN staging.rows r ON r.line = m.line"
        count = int(self._engine.value(rows))
        self._engine.execute(_TAKEN)
        state, key = (ADOPTED, "rows.key") if by_id else (CHANGED, "m.key")
        self._engine.execute(
            f"UPDATE staging.rows SET state = iif(m.here, {state}, {REMOVED}), record_id = m.record_id, key = {key} "
            f"FROM staging.paired m WHERE rows.line = m.line"
        )
        for name in texts:
            self._engine.execute(
                f"UPDATE staging.rows SET {name} = t.{name} FROM {self._kind} t WHERE t.id = rows.record_id "
                f"AND rows.state = {state} AND rows.line IN (SELECT line FROM staging.meant)"
            )
        return count

    def forget_lines(self) -> None:
        """Forget the products of rows that stand for records and do not say how many: the records know."""
        self._engine.execute("DELETE FROM staging.lines WHERE line IN (SELECT line FROM staging.paired)")

    def paired(self) -> list[int]:
        """Return the records that rows mean, in the order of the rows."""
        return [row["record_id"] for row in self._engine.query("SELECT record_id FROM staging.paired ORDER BY line")]

    def here(self) -> int:
        """Return how many rows mean a record that is still in the book."""
        return int(self._engine.value("SELECT count(*) FROM staging.paired WHERE here"))

    def records_of(self, found: Iterable[tuple[int, int]]) -> list[tuple[str, int, int, str | None, str]]:
        """Return, as `compare` takes them, the records of (line, id) pairs that no row stands for, each once."""
        more = ""
        if self._kind == "products":  # of one name there may be several articles
            other = "SELECT 1 FROM staging.rows r WHERE r.line = :line AND r.sku <> t.sku"
            more = f" AND NOT EXISTS ({other})"
        sql = (
            f"SELECT k.key FROM import_keys k WHERE {_FREE} AND k.record_id = :id "
            f"AND EXISTS (SELECT 1 FROM {self._kind} t WHERE t.id = k.record_id{more}) LIMIT 1"
        )
        kept: dict[int, tuple[str, int, int, str | None, str]] = {}
        for line, record in found:
            if record not in kept and (key := self._engine.value(sql, {**self._params, "id": record, "line": line})):
                kept[record] = (key, record, 1, None, str(line))
        return list(kept.values())

    def still_unknown(self, lines: Collection[int]) -> list[int]:
        """Return those of some lines that no record was found for."""
        marks = ", ".join("?" * len(lines))
        rows = self._engine.query(
            f"SELECT line FROM staging.rows WHERE state = {NEW} AND line IN ({marks})", list(lines)
        )
        return [row["line"] for row in rows]

    def link_refunds(self) -> None:
        """Let refunds of sales that are in the book after all name these."""
        self._engine.execute(
            "UPDATE staging.rows SET refund_of = m.record_id "
            "FROM (SELECT no, record_id FROM staging.rows WHERE state IN (2, 4) AND no IS NOT NULL) m "
            "WHERE rows.refund_of = -m.no"
        )

    def take_history(self, currency: str, *, full: bool) -> int:
        """Let rows that say what the history of their deal says stand for earlier rows of it; return how many do.

        Which row became which version is not kept, so any key of the deal will do, each for one row.
        """
        params = {**self._params, "currency": currency}
        found = (
            "SELECT a.line, b.key FROM (SELECT r.line, r.deal_id, "
            "row_number() OVER (PARTITION BY r.deal_id ORDER BY r.line) AS n FROM staging.rows r "
            f"WHERE r.state = 0 AND EXISTS (SELECT 1 FROM deal_history v WHERE {_TOLD_BEFORE})) a JOIN ("
            "SELECT k.record_id, k.key, row_number() OVER (PARTITION BY k.record_id ORDER BY k.key) AS n "
            f"FROM import_keys k WHERE k.record_id IN (SELECT deal_id FROM staging.rows WHERE state = 0) AND {_FREE}"
            ") b ON b.record_id = a.deal_id AND b.n = a.n"
        )
        taken = self._engine.query(found, params)
        self._staging.add("meant", ("line", "meaning"), ((row["line"], row["key"]) for row in taken))
        self._engine.execute(
            "UPDATE staging.rows SET state = 1, key = m.meaning FROM staging.meant m WHERE rows.line = m.line"
        )
        if full:
            self._staging.note_present(params["source"], self._kind, [row["key"] for row in taken])
        return len(taken)

    def spell_contacts(self) -> None:
        """Let names, addresses and numbers that are the book's but for their spelling be those of the book."""
        for name, key in (("name", "key"), ("email", "email_key"), ("phone", "phone_key")):
            self._engine.execute(
                f"UPDATE staging.rows SET {name} = t.{name} FROM contacts t WHERE t.id = rows.record_id "
                f"AND rows.state = 2 AND rows.{name}_key = t.{key} AND rows.line IN (SELECT line FROM staging.meant)"
            )

    def number_anew(self) -> None:
        """Give numbers without gaps to the rows that stay new, so that their ids follow on each other."""
        numbers = (
            "(SELECT no AS old, row_number() OVER (ORDER BY no) AS new FROM staging.rows "
            "WHERE state = 0 AND no IS NOT NULL) n"
        )
        self._engine.execute("UPDATE staging.rows SET no = NULL WHERE state <> 0")
        if "refund_of" in self._staging.columns:
            self._engine.execute(
                f"UPDATE staging.rows SET refund_of = -n.new FROM {numbers} WHERE rows.refund_of = -n.old"
            )
        self._engine.execute(f"UPDATE staging.rows SET no = n.new FROM {numbers} WHERE rows.no = n.old")

    def empty_in_all(
        self, names: Iterable[str], said: Mapping[int, Mapping[str, Any]], made: Collection[int]
    ) -> list[str]:
        """Return the columns that some unknown row has a value in, and the source never gave one in any record.

        `said` is what the source had in columns that people changed since, `made` the records that people made.
        """
        by_hand = self.made_by_hand() | set(made)
        return [
            name for name in self.filled(names) if not any(record not in by_hand for record in self._given(name, said))
        ]

    def filled(self, names: Iterable[str]) -> Iterator[str]:
        """Yield those of some columns that an unknown row has a value in."""
        for name in names:
            if self._engine.value(f"SELECT 1 FROM staging.rows WHERE state IN (0, 4) AND {name} IS NOT NULL LIMIT 1"):
                yield name

    def _given(self, name: str, said: Mapping[int, Mapping[str, Any]]) -> Iterator[int]:
        """Yield the records of the source that had a value in a column before people changed it."""
        filled = (
            f"SELECT k.record_id FROM import_keys k CROSS JOIN {self._kind} t ON t.id = k.record_id "
            f"WHERE k.source = :source AND k.kind = :kind AND t.{name} IS NOT NULL AND NOT EXISTS ("
            "SELECT 1 FROM hand_set h, json_each(h.columns) c WHERE h.row_id = t.id AND h.tbl = :kind AND c.value = :name)"
        )
        for row in self._engine.stream(filled, {**self._params, "name": name}):
            if name not in said.get(row[0], {}):
                yield row[0]
        for record, columns in said.items():
            if columns.get(name) is not None and self._engine.value(_OF_SOURCE, {**self._params, "id": record}):
                yield record


__all__ = ["DAYS", "LINES_TOUCHED", "SHAPES", "UNUSED", "Brought", "Image", "StagedAgain"]
