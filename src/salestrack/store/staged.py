"""Questions about the rows of a file that are staged, and the checks that need all of them at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from salestrack.domain.imports import Fault
from salestrack.store.engine import Engine, Row
from salestrack.store.staging import ADOPTED, CHANGED, SAME, SKIPPED, in_parts

_GOES_IN = f"state NOT IN ({SAME}, {SKIPPED})"
_FAULT = "INSERT INTO staging.faults (line, title, cell, reason) "
_DOUBLES = """
SELECT r.line, :title, coalesce({cell}, r.key), 'has the same ' || :what || ' as line ' || d.first FROM {rows} r
JOIN (SELECT key, min(line) AS first FROM {rows} GROUP BY key HAVING count(*) > 1) d ON d.key = r.key
WHERE r.line > d.first
"""
_SOME_DOUBLE = "SELECT (SELECT count(*) FROM {rows}) > (SELECT count(*) FROM (SELECT DISTINCT key FROM {rows}))"
KEYED = "staging.rows"
"""The rows of a file with their keys, where all of them can go in."""
ALL_KEYED = (
    "(SELECT line, key, {name} AS name FROM staging.rows UNION ALL "
    "SELECT line, key, name FROM staging.faulty WHERE key <> '')"
)
"""The rows of a file with their keys, those too that cannot go in."""
_EQUAL_QUOTAS = """
SELECT line, '', '', 'sets the same quota as line ' || first FROM (
    SELECT line, min(line) OVER (PARTITION BY owner_id, channel, metric, start_on, end_on) AS first
    FROM staging.rows WHERE state <> 1
) WHERE line > first
"""
_UNLINKED = """
SELECT line, :title, refund_ref, coalesce(
    (SELECT 'names the sale of line ' || f.line || ', which cannot go in' FROM staging.faulty f
        WHERE f.key = r.refund_ref AND f.line <> r.line),
    (SELECT 'names the sale of line ' || f.line || ', which cannot go in' FROM staging.faulty f
        WHERE f.ref = r.refund_ref AND f.line <> r.line),
    'no sale goes by that: an id of this source, an id like s12, or a reference')
FROM staging.rows r WHERE refund_ref IS NOT NULL AND refund_of IS NULL AND state <> 1
"""
# A refund that cannot go in for another reason, too, has its sale looked for; the rows that can go in are linked by then.
_UNLINKED_TOO = """
SELECT line, :title, refund_ref, 'no sale goes by that: an id of this source, an id like s12, or a reference'
FROM staging.faulty r WHERE refund_ref IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM staging.rows x WHERE x.key = r.refund_ref OR x.ref = r.refund_ref)
    AND NOT EXISTS (SELECT 1 FROM staging.faulty x WHERE x.key = r.refund_ref AND x.line <> r.line)
    AND NOT EXISTS (SELECT 1 FROM staging.faulty x WHERE x.ref = r.refund_ref AND x.line <> r.line)
    AND NOT EXISTS (SELECT 1 FROM import_keys k WHERE k.key = r.refund_ref AND k.kind = 'sales' AND k.source = :source)
    AND NOT EXISTS (SELECT 1 FROM sales s WHERE s.ref = r.refund_ref)
    AND NOT EXISTS (SELECT 1 FROM sales s WHERE s.id = CAST(substr(r.refund_ref, 2) AS INTEGER)
        AND 's' || s.id = lower(r.refund_ref) AND :own_ids)
"""
# By the id it was imported by, the id in the same file, its own id, its reference in the book, or in the same file.
_LINK = """
UPDATE staging.rows SET refund_of = coalesce(
    (SELECT s.id FROM import_keys k JOIN sales s ON s.id = k.record_id
        WHERE k.key = rows.refund_ref AND k.kind = 'sales' AND k.source = :source),
    (SELECT -x.no FROM staging.rows x WHERE x.key = rows.refund_ref AND x.kind = 'sale' AND x.line <> rows.line),
    (SELECT s.id FROM sales s WHERE s.id = CAST(substr(rows.refund_ref, 2) AS INTEGER)
        AND 's' || s.id = lower(rows.refund_ref) AND :own_ids),
    (SELECT min(s.id) FROM sales s WHERE s.ref = rows.refund_ref AND s.kind = 'sale'),
    (SELECT -min(x.no) FROM staging.rows x WHERE x.ref = rows.refund_ref AND x.kind = 'sale' AND x.line <> rows.line)
) WHERE refund_ref IS NOT NULL AND state <> 1
"""
_REASONS = """
SELECT line, group_concat(reason, '; ')
FROM (SELECT line, iif(title = '', reason, title || ': ' || reason) AS reason FROM staging.faults ORDER BY line, rowid)
GROUP BY line ORDER BY line
"""

_CAUSES = """
WITH causes AS (
    SELECT min(line) AS line, title, cell, reason, count(DISTINCT line) - 1 AS more FROM staging.faults
    GROUP BY title, cell, reason ORDER BY min(line), min(rowid) LIMIT :most
)
"""

_COMPARED: dict[str, tuple[str, ...]] = {
    "deals": (
        "customer_id", "contact_id", "reason_id", "source", "campaign", "note", "created_on", "closed_on", "stage_id",
        "amount", "probability", "expected_on", "owner_id",
    ),
    "sales": (
        "on_date", "customer_id", "deal_id", "refund_of", "tax", "tax_rate", "fee", "cost", "ref", "channel", "owner_id", "note",
        "amount", "book_amount",
    ),
    "activities": (
        "kind", "customer_id", "contact_id", "deal_id", "owner_id", "done", "due_on", "due_time", "happened_on",
        "happened_time", "seconds", "direction", "outcome", "note",
    ),
    "customers": ("name", "kind", "email", "phone", "segment", "country", "source", "owner_id", "note"),
    "contacts": ("name", "customer_id", "email", "phone", "role", "note"),
    "products": ("name", "sku", "price"),
    "quotas": ("target",),
}  # fmt: skip
_NO_TAGS = "NOT EXISTS (SELECT 1 FROM staging.tags x WHERE x.line = r.line)"
_LINES = (
    "(SELECT group_concat(coalesce(product_id, kind) || '/' || quantity || '/' || coalesce(price, '') || '/' || "
    "coalesce(amount, '')) FROM (SELECT product_id, kind, quantity, price, amount FROM {0} ORDER BY position))"
)
_HAS_NOTHING = {
    "deals": f"{_NO_TAGS} AND NOT EXISTS (SELECT 1 FROM staging.people x WHERE x.line = r.line) "
    "AND (r.product_id IS NULL OR (r.product_id, coalesce(r.quantity, '1')) = (SELECT l.product_id, "
    "CASE WHEN r.quantity IS NULL THEN '1' ELSE l.quantity END FROM deal_lines l WHERE l.deal_id = r.record_id)) "
    "AND (r.untitled = 1 OR r.title IS (SELECT title FROM deals WHERE id = r.record_id))",
    "sales": f"{_NO_TAGS} AND (NOT EXISTS (SELECT 1 FROM staging.lines x WHERE x.line = r.line) "
    f"OR {_LINES.format('staging.lines WHERE line = r.line')} = {_LINES.format('sale_lines WHERE sale_id = r.record_id')})",
    "activities": _NO_TAGS,
    "customers": f"{_NO_TAGS} AND NOT EXISTS (SELECT 1 FROM staging.aliases x WHERE x.line = r.line)",
    "contacts": "true",
    "products": "true",
    "quotas": "true",
}


class Staged:
    """What the temporary tables of one import hold."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def index_keys(self) -> None:
        """Make keys quick to find and states quick to count, once all rows are staged."""
        # With all that import keys are made of: keys in their order may stand anywhere in the file.
        self._engine.execute("CREATE INDEX staging.rows_key ON rows (key, state, record_id, no, print)")

    def reject_doubles(self, title: str, what: str, *, named: bool = False) -> None:
        """Set aside every row whose key an earlier row has, be it one that cannot go in; `named`: rows go by names."""
        rows = self.keyed(named=named)
        if self._engine.value(_SOME_DOUBLE.format(rows=rows)):
            cell = "r.name" if named else "NULL"  # the key of a name is folded, and was not in the file like that
            self._reject(_DOUBLES.format(rows=rows, cell=cell), {"title": title, "what": what})

    def keyed(self, *, named: bool = False) -> str:
        """Return what to ask for lines and keys of all rows that are records, in SQL; for their names, where `named`."""
        some = self._engine.value("SELECT 1 FROM staging.faulty LIMIT 1")
        return ALL_KEYED.format(name="name" if named else "NULL") if some else KEYED

    def reject_new(self, faults: Sequence[Fault]) -> None:
        """Set aside rows, each for a fault, as far as they are new to the book."""
        if not faults:
            return
        new = "SELECT :line, :title, :cell, :reason FROM staging.rows WHERE line = :line AND state = 0"
        self._engine.executemany(_FAULT + new, [fault._asdict() for fault in faults])
        self._engine.execute("DELETE FROM staging.rows WHERE line IN (SELECT line FROM staging.faults)")

    def reject_equal_quotas(self) -> None:
        """Set aside every quota that an earlier row sets for the same owner, channel, metric and period."""
        self._reject(_EQUAL_QUOTAS, {})

    def link_refunds(self, source: str, title: str, *, own_ids: bool = True) -> None:
        """Find the sales that refunds give back, wherever they stand; set aside the refunds of unknown ones.

        `own_ids` says whether an id like s12 may be one of this book.
        """
        self._engine.execute("CREATE INDEX staging.rows_ref ON rows (ref) WHERE ref IS NOT NULL")
        for column in ("key", "ref"):
            self._engine.execute(f"CREATE INDEX IF NOT EXISTS staging.faulty_{column} ON faulty ({column})")
        self._engine.execute(_LINK, {"source": source, "own_ids": own_ids})
        self._reject(_UNLINKED, {"title": title})
        self._reject(_UNLINKED_TOO, {"title": title, "source": source, "own_ids": own_ids})

    def states(self) -> dict[int, int]:
        """Return how many rows are in each state."""
        return {state: count for state, (count, _) in self.counts().items()}

    def counts(self) -> dict[int, tuple[int, int]]:
        """Return how many staged rows are in each state, and of how many rows of the file those were made."""
        state = self._engine.value("SELECT state FROM staging.rows LIMIT 1")
        other = "SELECT 1 FROM staging.rows WHERE state <> ? LIMIT 1"
        one = state is not None and self._engine.value(other, (state,)) is None  # of a million, mostly: nothing to sort
        counted = "count(*) AS n, sum(rows) AS weight FROM staging.rows"
        sql = f"SELECT {state} AS state, {counted}" if one else f"SELECT state, {counted} GROUP BY state"
        rows = self._engine.query(sql)
        return {row["state"]: (row["n"], row["weight"]) for row in rows}

    def pages(self, states: Sequence[int], size: int = 500) -> Iterator[list[Row]]:
        """Yield the staged rows in some states, in the order of the file, some hundred at a time."""
        marks, last = ", ".join("?" * len(states)), 0
        sql = f"SELECT * FROM staging.rows WHERE line > ? AND state IN ({marks}) ORDER BY line LIMIT ?"
        while rows := self._engine.query(sql, (last, *states, size)):
            yield rows
            last = rows[-1]["line"]

    def told_of_deals(self, states: Sequence[int], size: int = 200) -> Iterator[list[Row]]:
        """Yield the staged changes of some hundred deals at a time: those of one deal together, in the order of time."""
        marks, last = ", ".join("?" * len(states)), 0
        chosen = f"SELECT DISTINCT deal_id FROM staging.rows WHERE state IN ({marks}) AND deal_id > ? ORDER BY deal_id LIMIT ?"
        sql = (
            f"SELECT * FROM staging.rows WHERE state IN ({marks}) AND deal_id IN ({chosen}) "
            "ORDER BY deal_id, on_date, clock NULLS FIRST, line"
        )
        self._engine.execute("CREATE INDEX IF NOT EXISTS staging.rows_deal ON rows (deal_id, state)")
        while rows := self._engine.query(sql, (*states, *states, last, size)):
            yield rows
            last = rows[-1]["deal_id"]

    def pass_over_equal(self, kind: str, currency: str) -> None:
        """Count rows as unchanged that differ from their last import, but say nothing that the book does not say.

        That is what a further column or another way of reading makes of most rows; the others are looked at one by one.
        """
        if kind == "history":
            return
        tests = " AND ".join(f"(r.{name} IS NULL OR r.{name} = t.{name})" for name in _COMPARED[kind])
        for name in ("fields", *(["currency"] if kind in {"deals", "sales"} else [])):
            default = f"coalesce(r.currency, '{currency}')" if name == "currency" else "coalesce(r.fields, t.fields)"
            tests += "" if name == "fields" and kind == "quotas" else f" AND {default} = t.{name}"
        self._engine.execute(
            f"UPDATE staging.rows AS r SET state = 1 WHERE r.state = 2 AND {_HAS_NOTHING[kind]} "
            f"AND EXISTS (SELECT 1 FROM {kind} t WHERE t.id = r.record_id AND {tests})"
        )

    def pass_over_merged(self, source: str, kind: str, states: tuple[int, int]) -> None:
        """Give changed rows (the first state) of records that were merged into others the second state.

        What such a row says is about a record that is no more; applied to the other it would undo the merge.
        """
        before, after = states
        self._engine.execute(
            "UPDATE staging.rows SET state = :after WHERE state = :before AND own IS NULL AND EXISTS ("
            "SELECT 1 FROM import_keys k JOIN journal j ON j.id = "
            "(SELECT min(id) FROM journal WHERE row_id = k.id AND tbl = 'import_keys') "
            "WHERE k.key = rows.key AND k.kind = :kind AND k.source = :source "
            "AND json_extract(j.before, '$.record_id') <> k.record_id)",
            {"source": source, "kind": kind, "before": before, "after": after},
        )

    def naming(self, columns: Sequence[str]) -> list[Row]:
        """Return the rows of known records that have a provisional id in some columns, and whether new people come along."""
        new = " OR ".join(f"{name} < 0" for name in columns)
        people = "EXISTS (SELECT 1 FROM staging.people p WHERE p.line = r.line)"
        people += " OR contact_id < 0" if "contact_id" in columns else ""
        return self._engine.query(
            f"SELECT line, record_id, own, {', '.join(columns)}, {people} AS people FROM staging.rows r "
            f"WHERE state IN ({CHANGED}, {ADOPTED}) AND ({new}) ORDER BY line"
        )

    def skip_changed(self) -> int:
        """Leave rows that changed at the source as they are in the book; return of how many rows of the file they are."""
        self._engine.execute(f"UPDATE staging.rows SET state = {SKIPPED} WHERE state = {CHANGED}")
        sql = f"SELECT coalesce(sum(rows), 0) FROM staging.rows WHERE state = {SKIPPED}"
        return int(self._engine.value(sql))

    def fills(self, name: str) -> bool:
        """Say whether a row that is written fills a custom field."""
        sql = (
            "SELECT 1 FROM staging.rows WHERE state IN (0, 2, 4) AND fields IS NOT NULL "
            "AND EXISTS (SELECT 1 FROM json_each(fields) WHERE key = ?) LIMIT 1"
        )
        return self._engine.value(sql, (name,)) is not None

    def records(self, state: int) -> set[int]:
        """Return the records that rows in a state stand for."""
        rows = self._engine.query("SELECT record_id FROM staging.rows WHERE state = ?", (state,))
        return {row["record_id"] for row in rows}

    def created(self, table: str, most: int = -1) -> list[Row]:
        """Return the names that a table will get, in order, all or the first of them: no, key and the fields of Fresh."""
        return self._engine.query("SELECT * FROM staging.fresh WHERE kind = ? ORDER BY no LIMIT ?", (table, most))

    def chances_of_stages(self) -> dict[int, int]:
        """Return how likely most deals in each new stage are to be won, in percent, by its provisional id."""
        sql = (
            "SELECT stage_id, probability FROM staging.rows WHERE stage_id < 0 AND probability IS NOT NULL "
            "GROUP BY stage_id, probability ORDER BY stage_id, count(*), probability DESC"
        )
        return {row["stage_id"]: row["probability"] for row in self._engine.query(sql)}

    def owned(self) -> bool:
        """Say whether any staged row names its owner."""
        return self._engine.value("SELECT 1 FROM staging.rows WHERE owner_id IS NOT NULL LIMIT 1") is not None

    def created_name(self, table: str, provisional: int) -> str | None:
        """Return the name behind a provisional id."""
        sql = "SELECT name FROM staging.fresh WHERE kind = ? AND no = ?"
        found = self._engine.value(sql, (table, -provisional))
        return None if found is None else str(found)

    def lines(self, line: int) -> list[Row]:
        """Return the lines of the sale on a line of the file."""
        return self._engine.query("SELECT * FROM staging.lines WHERE line = ? ORDER BY position", (line,))

    def visits(self, line: int) -> list[Row]:
        """Return the stages that the deal on a line of the file was in before: stage_id, stage_since."""
        return self._engine.query(
            "SELECT stage_id, stage_since FROM staging.versions WHERE line = ? AND stage_since IS NOT NULL ORDER BY rowid",
            (line,),
        )

    def rejected(self) -> int:
        """Return how many rows have faults."""
        return int(self._engine.value("SELECT count(DISTINCT line) FROM staging.faults"))

    def among_faults(self, lines: Sequence[int]) -> set[int]:
        """Return those of some lines that cannot go in."""
        found: set[int] = set()
        for part in in_parts(lines):
            sql = f"SELECT DISTINCT line FROM staging.faults WHERE line IN ({', '.join('?' * len(part))})"
            found.update(row["line"] for row in self._engine.query(sql, part))
        return found

    def faults(self, most: int) -> list[Row]:
        """Return the first different faults: line, title, cell, reason, and how many more rows have just this."""
        return self._engine.query(f"{_CAUSES} SELECT line, title, cell, reason, more FROM causes", {"most": most})

    def unnamed(self, most: int) -> int:
        """Return how many rows have none of the first different faults."""
        return int(
            self._engine.value(
                f"{_CAUSES} SELECT count(*) FROM (SELECT line FROM staging.faults EXCEPT SELECT f.line "
                "FROM causes c JOIN staging.faults f USING (title, cell, reason))",
                {"most": most},
            )
        )

    def reasons(self) -> Iterator[tuple[Any, ...]]:
        """Yield (line, all that is wrong with it) in the order of the file."""
        return self._engine.stream(_REASONS)

    def span(self, column: str) -> tuple[str | None, str | None]:
        """Return the first and the last day in a column of the rows that go in."""
        sql = f"SELECT min({column}) AS low, max({column}) AS high FROM staging.rows WHERE {_GOES_IN}"
        row = self._engine.query(sql)[0]
        return row["low"], row["high"]

    def undated(self, columns: Sequence[str]) -> int:
        """Return how many new rows have no day in any of some columns."""
        blank = " AND ".join(f"{name} IS NULL" for name in columns)
        return int(self._engine.value(f"SELECT count(*) FROM staging.rows WHERE state = 0 AND {blank}"))

    def after(self, columns: Sequence[str], day: str) -> int:
        """Return how many new rows have a later day than this in one of some columns."""
        later = " OR ".join(f"{name} > :day" for name in columns)
        return int(self._engine.value(f"SELECT count(*) FROM staging.rows WHERE state = 0 AND ({later})", {"day": day}))

    def totals(self, column: str, currency: str) -> list[Row]:
        """Return code, total and number of the amounts of the rows that go in, by currency."""
        return self._engine.query(
            f"SELECT coalesce(currency, ?) AS code, sum({column}) AS total, count(*) AS n FROM staging.rows "
            f"WHERE {_GOES_IN} AND {column} IS NOT NULL GROUP BY 1 ORDER BY 1",
            (currency,),
        )

    def _reject(self, select: str, params: Row) -> None:
        if self._engine.execute(_FAULT + select, params):
            self._engine.execute("DELETE FROM staging.rows WHERE line IN (SELECT line FROM staging.faults)")
