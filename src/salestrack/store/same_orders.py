"""Sales that may be one order which came from two sources."""

from importlib.resources import files

from salestrack.store.engine import Engine, Row

_OTHERS = """
SELECT 1 FROM imports WHERE kind = 'sales' AND source <> :source
UNION ALL SELECT 1 FROM operations WHERE kind = 'do' AND verb = 'sold' AND undone_by IS NULL LIMIT 1
"""
# The new sales, and whatever has their customers, their references or the ids that they refer to.
_NEAR = """
AND s.id IN (
    SELECT id FROM sales WHERE created_op = :op
    UNION SELECT id FROM sales WHERE customer_id IN (SELECT customer_id FROM sales WHERE created_op = :op)
    UNION SELECT id FROM sales WHERE ref IN (SELECT ref FROM sales WHERE created_op = :op)
    UNION SELECT id FROM sales WHERE ref IN (SELECT key FROM import_keys WHERE created_op = :op AND kind = 'sales')
    UNION SELECT record_id FROM import_keys
        WHERE kind = 'sales' AND key IN (SELECT ref FROM sales WHERE created_op = :op)
)
"""


def same_orders(engine: Engine, source: str, op: int) -> list[Row]:
    """Return pairs of which one came with an operation from a source, as store/checks/same_order.sql finds them."""
    if engine.value(_OTHERS, {"source": source}) is None:
        return []
    sql = (files("salestrack.store") / "checks" / "same_order.sql").read_text(encoding="utf-8")
    rows = engine.query(sql.replace("/*of*/", _NEAR), {"op": op})
    new = "SELECT id FROM sales WHERE created_op = ?"
    mine = {f"s{row['id']}" for row in engine.query(new, (op,))} if rows else set()
    return [row for row in rows if mine & {row["ref"], row["other"]}]
