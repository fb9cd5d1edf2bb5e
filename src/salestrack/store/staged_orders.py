"""Orders among the staged rows: their refunds, the sales that refunds give back, and rows that belong together."""

from collections.abc import Iterator, Sequence

from salestrack.store.engine import Engine, Row

REFUND = 1 << 40
"""A refund told beside an order is staged on the order's line and this: behind all lines of the file."""
BESIDE = "#refund"
"""What the import key of a refund has behind that of its order."""
BACK = "#back"
"""What the import key of a row that gives money back has behind the id, which may be that of its sale."""
GREW = 6
"""The state of an order that is unchanged in itself, and of which more was given back."""

_REFUNDED = """
SELECT r.*, f.refunded, f.on_date AS refunded_on FROM staging.refunds f JOIN staging.rows r ON r.line = f.line
WHERE f.line > ? AND f.line < ? ORDER BY f.line LIMIT ?
"""
# Of rows that give back: the sale of the same id, in this file or from before.
_BY_ID = """
UPDATE staging.rows SET refund_of = coalesce(
    (SELECT -x.no FROM staging.rows x WHERE x.key = substr(rows.key, 1, instr(rows.key, :mark) - 1) AND x.kind = 'sale'),
    (SELECT s.id FROM import_keys k JOIN sales s ON s.id = k.record_id
        WHERE k.key = substr(rows.key, 1, instr(rows.key, :mark) - 1) AND k.kind = 'sales' AND k.source = :source)
) WHERE state IN (0, 2) AND kind = 'refund' AND refund_of IS NULL AND instr(key, :mark) > 0
"""
# Else the only sale of the same customer that brought just this before, and of which nothing was given back yet. Each
# customer's sales are looked through once: a till knows a few customers, some of them with very many sales.
_WANTED = """
INSERT INTO staging.wanted (customer_id, amount) SELECT DISTINCT customer_id, -amount FROM staging.rows
WHERE state = 0 AND kind = 'refund' AND refund_of IS NULL AND customer_id IS NOT NULL
"""
_CANDIDATES = "INSERT INTO staging.candidates (id, customer_id, amount, tax, currency, on_date) "
_STAGED = """
SELECT -r.no, r.customer_id, r.amount, coalesce(r.tax, 0), coalesce(r.currency, :currency), r.on_date
FROM staging.rows r CROSS JOIN staging.wanted w ON w.customer_id = r.customer_id AND w.amount = r.amount
WHERE r.state = 0 AND r.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM staging.rows b WHERE b.refund_of = -r.no)
"""
_KEPT = """
SELECT s.id, s.customer_id, s.amount, coalesce(s.tax, 0), s.currency, s.on_date
FROM (SELECT DISTINCT customer_id FROM staging.wanted WHERE customer_id > 0) c
CROSS JOIN sales s ON s.customer_id = c.customer_id
CROSS JOIN staging.wanted w ON w.customer_id = s.customer_id AND w.amount = s.amount
WHERE s.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM sales b WHERE b.refund_of = s.id)
    AND NOT EXISTS (SELECT 1 FROM staging.rows b WHERE b.refund_of = s.id)
"""
_ONLY = """
SELECT r.line, min(c.id) AS id FROM staging.rows r
JOIN staging.candidates c ON c.customer_id = r.customer_id AND c.amount = -r.amount
    AND c.tax = -coalesce(r.tax, 0) AND c.currency = coalesce(r.currency, :currency) AND c.on_date <= r.on_date
WHERE r.state = 0 AND r.kind = 'refund' AND r.refund_of IS NULL
GROUP BY r.line HAVING count(*) = 1 ORDER BY r.line
"""
# Refunds beside orders of the file that people removed; where the order changed, more is told than the book has.
_REMOVED = """
SELECT DISTINCT k.record_id, r.key FROM journal j INDEXED BY journal_row CROSS JOIN operations o ON o.id = j.op
CROSS JOIN import_keys k ON k.record_id = j.row_id
CROSS JOIN staging.rows r ON r.key = substr(k.key, 1, instr(k.key, :beside) - 1)
LEFT JOIN staging.refunds f ON f.line = r.line
WHERE j.tbl = 'sales' AND j.after IS NULL AND o.kind = 'do' AND o.undone_by IS NULL
    AND k.kind = 'sales' AND k.source = :source AND instr(k.key, :beside) > 0 AND r.state IN (1, 2, 6)
    AND NOT EXISTS (SELECT 1 FROM sales s WHERE s.id = k.record_id)
    AND (f.refunded IS NULL OR f.refunded > (
        SELECT -coalesce(sum(b.amount + coalesce(b.tax, 0)), 0) FROM sales b WHERE b.refund_of = r.record_id))
ORDER BY k.id
"""


class StagedOrders:
    """What the temporary tables of one import hold of orders."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def last_number(self) -> int:
        """Return the last number that a row got which will be a new record."""
        return int(self._engine.value("SELECT coalesce(max(no), 0) FROM staging.rows"))

    def refunded(self, size: int = 500) -> Iterator[list[Row]]:
        """Yield the staged orders of which something was given back, some hundred at a time."""
        last = 0
        while rows := self._engine.query(_REFUNDED, (last, REFUND, size)):
            yield rows
            last = rows[-1]["line"]

    def by_hand(self, sales: Sequence[int]) -> dict[int, list[Row]]:
        """Return the refunds of sales that no import brought, the first one first."""
        marks, found = ", ".join("?" * len(sales)), dict[int, list[Row]]()
        rows = self._engine.query(
            "SELECT id, refund_of, kind, amount, currency, tax, rate, book_amount FROM sales s "
            f"WHERE refund_of IN ({marks}) AND NOT EXISTS ("
            "SELECT 1 FROM import_keys k WHERE k.kind = 'sales' AND k.record_id = s.id) ORDER BY id",
            list(sales),
        )
        for row in rows:
            found.setdefault(row["refund_of"], []).append(row)
        return found

    def refunds_of(self, sales: Sequence[int]) -> dict[int, list[Row]]:
        """Return all refunds of sales that are in the book, the first one first: id, amount, tax."""
        marks, found = ", ".join("?" * len(sales)), dict[int, list[Row]]()
        sql = (
            f"SELECT id, refund_of, amount, coalesce(tax, 0) AS tax FROM sales WHERE refund_of IN ({marks}) ORDER BY id"
        )
        for row in self._engine.query(sql, list(sales)):
            found.setdefault(row["refund_of"], []).append(row)
        return found

    def removed_refunds(self, source: str) -> list[str]:
        """Return the keys of orders of the file of which people removed refunds that it still tells, one for each."""
        rows = self._engine.query(_REMOVED, {"source": source, "beside": BESIDE})
        return [row["key"] for row in rows]

    def renew(self, source: str) -> None:
        """Remember the fingerprints of orders of which more was given back, so that less of it shows next time."""
        self._engine.execute(
            "UPDATE import_keys SET print = r.print FROM staging.rows r WHERE r.key = import_keys.key "
            "AND import_keys.kind = 'sales' AND import_keys.source = :source AND r.state IN (1, 2, 6) "
            "AND r.line IN (SELECT line & :mask FROM staging.rows WHERE line >= :behind AND state IN (0, 4))",
            {"source": source, "mask": REFUND - 1, "behind": REFUND},
        )

    def mark_grown(self, lines: Sequence[int]) -> None:
        """Note that more was given back of orders, which may be all that changed in them."""
        if lines:
            marks = ", ".join("?" * len(lines))
            self._engine.execute(f"UPDATE staging.rows SET grew = 1 WHERE line IN ({marks})", list(lines))
            self.mark(lines, GREW)

    def mark(self, lines: Sequence[int], state: int) -> None:
        """Give orders that are unchanged in themselves another state."""
        if lines:
            marks = ", ".join("?" * len(lines))
            self._engine.execute(
                f"UPDATE staging.rows SET state = {state} WHERE state = 1 AND line IN ({marks})", list(lines)
            )

    def set_aside(self, faults: Sequence[tuple[int, str]]) -> None:
        """Reject orders, each for a reason, with all their rows."""
        if faults:
            self._engine.executemany(
                "INSERT INTO staging.faults (line, title, cell, reason) VALUES (?, '', '', ?)", list(faults)
            )
            self._engine.execute("DELETE FROM staging.rows WHERE line IN (SELECT line FROM staging.faults)")
            self.reject_members()

    def link_rows(self, source: str, currency: str) -> int:
        """Let rows that give money back name the sale they mean; return how many new ones name none."""
        if not self._engine.value("SELECT 1 FROM staging.rows WHERE kind = 'refund' LIMIT 1"):
            return 0
        self._engine.execute("CREATE INDEX staging.rows_refund_of ON rows (refund_of) WHERE refund_of IS NOT NULL")
        self._engine.execute(_BY_ID, {"mark": BACK, "source": source})
        self._engine.execute(_WANTED)
        for found in (_STAGED, _KEPT):
            self._engine.execute(_CANDIDATES + found, {"currency": currency})
        taken: set[int] = set()
        for row in self._engine.query(_ONLY, {"currency": currency}):
            if row["id"] not in taken:
                self._engine.execute("UPDATE staging.rows SET refund_of = ? WHERE line = ?", (row["id"], row["line"]))
                taken.add(row["id"])
        alone = "SELECT count(*) FROM staging.rows WHERE state = 0 AND kind = 'refund' AND refund_of IS NULL"
        return int(self._engine.value(alone))

    def made(self) -> dict[str, int]:
        """Return how many new records of each kind, sale or refund, the rows make."""
        rows = self._engine.query(
            "SELECT kind, count(*) AS n FROM staging.rows WHERE state = 0 GROUP BY kind ORDER BY kind DESC"
        )
        return {row["kind"]: row["n"] for row in rows}

    def reject_torn(self, title: str, rows: str) -> int:
        """Set aside all parts of the orders that stand in several places of the file; `rows` selects lines and keys."""
        found = self._engine.execute(
            f"INSERT INTO staging.faults (line, title, cell, reason) SELECT line, :title, key, :why FROM {rows} "
            f"WHERE key IN (SELECT key FROM {rows} GROUP BY key HAVING count(*) > 1)",
            {
                "title": title,
                "why": "stands in several places of the file, so no part of it is whole; sort the file by it",
            },
        )
        if found:
            self._engine.execute("DELETE FROM staging.rows WHERE line IN (SELECT line FROM staging.faults)")
        return found

    def reject_members(self) -> None:
        """Name all rows of the orders of which one cannot go in; such an order goes out whole."""
        if not self._engine.value("SELECT 1 FROM staging.members LIMIT 1"):
            return
        self._engine.execute("CREATE INDEX IF NOT EXISTS staging.members_member ON members (member)")
        first = (
            "SELECT line FROM staging.faults "
            "UNION SELECT m.line FROM staging.members m JOIN staging.faults f ON f.line = m.member"
        )
        self._engine.execute(
            "INSERT INTO staging.faults (line, title, cell, reason) SELECT x.line, '', '', :why FROM ("
            f"SELECT line FROM staging.members WHERE line IN ({first}) "
            f"UNION SELECT member FROM staging.members WHERE line IN ({first})"
            ") x WHERE x.line NOT IN (SELECT line FROM staging.faults)",
            {"why": "is of the same order as a row that cannot go in"},
        )
        self._engine.execute("DELETE FROM staging.rows WHERE line IN (SELECT line FROM staging.faults)")
