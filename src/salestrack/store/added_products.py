"""Records that people added products to, looked for where rows of a file may mean them."""

from salestrack.store.engine import Engine
from salestrack.store.staged_again import DAYS, SHAPES

_ADDED = """
WITH days AS (SELECT DISTINCT {day} AS day FROM staging.rows r WHERE state IN (0, 4)), near AS (
    {near} UNION SELECT t.id FROM {kind} t WHERE EXISTS (SELECT 1 FROM days WHERE day IS NULL) AND {its_day} IS NULL
    UNION SELECT row_id FROM journal INDEXED BY journal_row WHERE tbl = '{kind}'
)
SELECT DISTINCT t.id FROM near n CROSS JOIN {kind} t ON t.id = n.id CROSS JOIN {lines} l ON l.{owner} = t.id
WHERE l.created_op <> t.created_op AND EXISTS (SELECT 1 FROM operations o WHERE o.id = l.created_op AND o.kind = 'do')
"""


def added_products(engine: Engine, kind: str) -> set[int]:
    """Return the records of the days of unknown rows, or edited ones, to which people added product lines."""
    shape = SHAPES[kind]
    if not shape.lines:
        return set()
    near = " UNION ".join(f"SELECT t.id FROM days d CROSS JOIN {kind} t ON {where}" for where in shape.days)
    day, its_day = (DAYS[kind].format(name) for name in "rt")
    sql = _ADDED.format(day=day, its_day=its_day, near=near, kind=kind, lines=shape.lines, owner=shape.owner)
    return {row["id"] for row in engine.query(sql)}
