"""Staged rows that give money back, beside the refunds of the same ids that their source brought before."""

from collections.abc import Mapping

from salestrack.store.engine import Engine, Row
from salestrack.store.staged_orders import BACK
from salestrack.store.staging import CHANGED, REMOVED

# No row of the file has the key of such a refund. Behind the mark stands a colon, and then the day as it was written.
_PAIRS = """
SELECT n.line, n.on_date, n.amount, n.currency, k.key, k.record_id, s.id IS NOT NULL AS here,
    s.on_date AS book_on_date, s.amount AS book_amount, s.currency AS book_currency
FROM (
    SELECT line, on_date, amount, coalesce(currency, :currency) AS currency,
        substr(key, 1, instr(key, :mark) - 1) || :mark AS start
    FROM staging.rows WHERE state = 0 AND instr(key, :mark) > 0
) n
CROSS JOIN import_keys k ON k.key >= n.start || ':' AND k.key < n.start || ';' AND k.kind = 'sales' AND k.source = :source
LEFT JOIN sales s ON s.id = k.record_id
WHERE NOT EXISTS (SELECT 1 FROM staging.rows x WHERE x.key = k.key)
ORDER BY n.line, here DESC, k.record_id
"""


class StagedBacks:
    """Finds the refunds that a staged row with an unknown key may stand for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def pairs(self, source: str, currency: str) -> list[Row]:
        """Return unknown rows, each with every refund of its id: what both say, the book's columns as `book_NAME`."""
        return self._engine.query(_PAIRS, {"source": source, "currency": currency, "mark": BACK})

    def take(self, rows: Mapping[int, tuple[str, int, bool]]) -> None:
        """Let rows stand for refunds, given as (key, record, whether it is here) by line."""
        self._engine.executemany(
            "UPDATE staging.rows SET state = ?, record_id = ?, key = ? WHERE line = ?",
            [(CHANGED if here else REMOVED, record, key, line) for line, (key, record, here) in rows.items()],
        )


__all__ = ["StagedBacks"]
