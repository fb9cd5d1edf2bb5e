"""Bringing back many removed rows at once: a redone import in one statement a table instead of four for every row."""

from salestrack.store.engine import Engine
from salestrack.store.refusals import ALIKE
from salestrack.store.triggers import JOURNALLED

FEWEST = 500  # removed rows of a table from which on it is worth while

_REMOVED = (
    "SELECT row_id, before FROM journal WHERE op = :op AND tbl = :tbl AND after IS NULL "
    "AND json_extract(before, '$.created_op') <> :op"
)


def bring_back(engine: Engine, op: int) -> dict[str, int]:
    """Insert again what an operation removed, and return how many rows of which tables.

    A table is left out, for a closer look row by row, where it lost few rows, where one is back already, or where
    another row has taken the place of one.
    """
    found = {}
    counts = engine.query(
        "SELECT tbl, count(*) AS rows FROM journal WHERE op = ? AND after IS NULL GROUP BY tbl HAVING count(*) >= ?",
        (op, FEWEST),
    )
    many = {row["tbl"] for row in counts}
    for table in (table for table in JOURNALLED if table in many):
        if _is_plain(engine, table, op):
            columns = engine.columns(table)
            values = ", ".join(f"json_extract(before, '$.{column}')" for column in columns)
            sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM ({_REMOVED}) ORDER BY row_id"
            found[table] = engine.execute(sql, {"op": op, "tbl": table})
    return found


def _is_plain(engine: Engine, table: str, op: int) -> bool:
    """Say whether nothing stands in the way of any row: each was removed once, none is there, no place is taken."""
    params = {"op": op, "tbl": table}
    twice = "SELECT 1 FROM journal WHERE op = :op AND tbl = :tbl GROUP BY row_id HAVING count(*) > 1 LIMIT 1"
    there = f"SELECT 1 FROM ({_REMOVED}) r JOIN {table} t ON t.id = r.row_id LIMIT 1"
    checks = [twice, there]
    if alike := ALIKE.get(table):
        same = " AND ".join(f"t.{column} IS json_extract(r.before, '$.{column}')" for column in alike)
        checks.append(f"SELECT 1 FROM ({_REMOVED}) r JOIN {table} t ON {same} LIMIT 1")
    return all(engine.value(sql, params) is None for sql in checks)
