"""How deals ended that were pushed as often as one at hand."""

from typing import NamedTuple

from salestrack.store.engine import Engine

LEARNT_FROM = 2000
"""So many of the deals closed last are looked at, so that the answer takes as long in a book of any size."""

# Expected close moved to a later month: METRICS calls that a push.
_OUTCOMES = """
WITH closed AS (
    SELECT id, status FROM deals WHERE closed_on IS NOT NULL AND id <> :but ORDER BY closed_on DESC LIMIT :most
),
dated AS (
    SELECT c.id, c.status, h.expected_on,
        lag(h.expected_on) OVER (PARTITION BY c.id ORDER BY h.from_on NULLS FIRST, h.seq, h.id) AS was
    FROM closed c CROSS JOIN deal_history h ON h.deal_id = c.id
    WHERE h.expected_on IS NOT NULL
),
pushed AS (
    SELECT id, status FROM dated WHERE substr(expected_on, 1, 7) > substr(was, 1, 7)
    GROUP BY id, status HAVING count(*) >= :least
)
SELECT count(*) FILTER (WHERE status = 'won') AS won, count(*) FILTER (WHERE status = 'lost') AS lost,
    (SELECT count(*) FROM closed) AS closed
FROM pushed
"""


class Ended(NamedTuple):
    """How many of the deals closed last were pushed that often and then won or lost, and how many were looked at."""

    won: int
    lost: int
    closed: int


def ended(engine: Engine, *, least: int, but: int) -> Ended:
    """Return how the deals ended that were pushed at least so many times; one deal is left out."""
    rows = engine.query(_OUTCOMES, {"least": least, "but": but, "most": LEARNT_FROM})
    return Ended(**rows[0])
