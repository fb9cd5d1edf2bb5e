"""What repeats among staged rows: with their records it becomes schedules of the book."""

from salestrack.store.engine import Engine, Row

NOUNS = {"deals": "deal", "sales": "sale", "activities": "activity"}
_SCHEDULES = """
INSERT INTO schedules ({noun}_id, every, from_on, until_on, amount, created_op)
SELECT :{kind} + r.no, h.every, h.from_on, h.until_on, h.amount, :op
FROM staging.schedules h CROSS JOIN staging.rows r ON r.line = h.line WHERE r.state = 0 ORDER BY h.rowid
"""
_PRICES = """
INSERT INTO schedule_changes (schedule_id, from_on, amount, created_op)
SELECT s.id, p.from_on, p.amount, :op FROM staging.schedule_prices p CROSS JOIN staging.rows r ON r.line = p.line
CROSS JOIN schedules s ON s.{noun}_id = :{kind} + r.no WHERE r.state = 0 ORDER BY p.rowid
"""
# Records that came in before, and of which the file says now that they repeat otherwise.
_OTHERWISE = """
SELECT r.record_id FROM staging.schedules h CROSS JOIN staging.rows r ON r.line = h.line
LEFT JOIN schedules s ON s.{noun}_id = r.record_id
WHERE r.state IN (1, 2) AND r.own IS NULL AND (s.id IS NULL
    OR (s.every, s.from_on, s.until_on, s.amount) IS NOT (h.every, h.from_on, h.until_on, h.amount)
    OR (SELECT group_concat(from_on || '/' || coalesce(amount, '')) FROM (
        SELECT from_on, amount FROM schedule_changes WHERE schedule_id = s.id ORDER BY from_on)) IS NOT
       (SELECT group_concat(from_on || '/' || coalesce(amount, '')) FROM (
        SELECT from_on, amount FROM staging.schedule_prices WHERE line = h.line ORDER BY from_on)))
ORDER BY r.record_id
"""


def add_schedules(engine: Engine, kind: str, params: Row) -> None:
    """Let the new records of a kind repeat as their rows say."""
    if kind in NOUNS:
        for sql in (_SCHEDULES, _PRICES):
            engine.execute(sql.format(noun=NOUNS[kind], kind=kind), params)


def repeat_otherwise(engine: Engine, kind: str) -> list[int]:
    """Return the known records that repeat otherwise than their rows say, or do not repeat at all."""
    if kind not in NOUNS:
        return []
    return [row["record_id"] for row in engine.query(_OTHERWISE.format(noun=NOUNS[kind]))]
