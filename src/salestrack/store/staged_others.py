"""Changed rows that say another day or customer than the record of their id: it may be another record altogether."""

from collections.abc import Iterator, Sequence

from salestrack.domain.imports import Fault
from salestrack.store.engine import Engine, Row

# What a row and the record of its id say beside the customer, which tells whether they are the same.
_COLUMNS = {
    "sales": ("on_date", "amount"),
    "activities": ("happened_on", "due_on", "note"),
    "deals": ("title", "created_on"),
}
# Who is another buyer; orders of nobody may be others too.
_ANOTHER = "r.customer_id <> t.customer_id"
_MAY_BE = {
    "sales": f"({_ANOTHER} OR (r.customer_id IS NULL AND t.customer_id IS NULL)) "
    "AND (r.on_date <> t.on_date OR r.amount <> t.amount)",
    "activities": f"{_ANOTHER} AND coalesce(r.happened_on, r.due_on) <> coalesce(t.happened_on, t.due_on)",
    "deals": f"{_ANOTHER} AND r.title <> t.title",
}
_FURTHER = {
    "sales": ", (SELECT count(*) FROM staging.lines l WHERE l.line = r.line AND l.product_id IS NOT NULL) > 0 "
    "AND EXISTS (SELECT 1 FROM sale_lines b WHERE b.sale_id = t.id AND b.product_id IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM staging.lines l JOIN sale_lines b ON b.product_id = l.product_id "
    "WHERE l.line = r.line AND b.sale_id = t.id) AS other_products",
    "deals": ", r.untitled",
    "activities": "",
}


class StagedOthers:
    """Finds staged rows of known ids that may be about others, and sets some of them aside."""

    def __init__(self, engine: Engine, kind: str) -> None:
        self._engine = engine
        self._kind = kind

    def found(self, size: int = 500) -> Iterator[list[Row]]:
        """Yield changed rows, some hundred at a time: line, key, record_id and columns; those of the record as `book_NAME`."""
        names = ("customer_id", *_COLUMNS[self._kind])
        columns = ", ".join(f"r.{name}, t.{name} AS book_{name}" for name in names)
        sql = (
            f"SELECT r.line, r.key, r.record_id, {columns}, c.name AS customer{_FURTHER[self._kind]} "
            f"FROM staging.rows r CROSS JOIN {self._kind} t ON t.id = r.record_id "
            "LEFT JOIN customers c ON c.id = t.customer_id "
            f"WHERE r.state = 2 AND r.own IS NULL AND {_MAY_BE[self._kind]} AND r.line > ? ORDER BY r.line LIMIT ?"
        )
        last = 0
        while rows := self._engine.query(sql, (last, size)):
            yield rows
            last = rows[-1]["line"]

    def set_aside(self, faults: Sequence[Fault]) -> None:
        """Reject rows, each for a reason."""
        self._engine.executemany(
            "INSERT INTO staging.faults (line, title, cell, reason) VALUES (?, ?, ?, ?)",
            [fault[:4] for fault in faults],
        )
        self._engine.execute("DELETE FROM staging.rows WHERE line IN (SELECT line FROM staging.faults)")


__all__ = ["StagedOthers"]
