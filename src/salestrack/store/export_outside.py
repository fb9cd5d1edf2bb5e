"""What other programs are handed: planned steps for a calendar, and dated sales with their lines for a ledger."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from salestrack.domain.filters import Filter
from salestrack.store.engine import Engine
from salestrack.store.filters import conditions

_STEPS = """
SELECT a.id, a.kind, c.name AS customer, n.name AS contact, n.phone, n.email, c.phone AS customer_phone, d.id AS deal_id,
    d.title AS deal, a.due_on, a.due_time, a.seconds, a.subject, a.note, a.logged_at,
    (SELECT count(*) FROM journal j WHERE j.row_id = a.id AND j.tbl = 'activities') AS changes,
    (SELECT max(p.at) FROM journal j JOIN operations p ON p.id = j.op WHERE j.row_id = a.id AND j.tbl = 'activities')
        AS changed_at
FROM activities a
LEFT JOIN customers c ON c.id = a.customer_id
LEFT JOIN contacts n ON n.id = a.contact_id
LEFT JOIN deals d ON d.id = a.deal_id
WHERE a.done = 0 AND a.due_on IS NOT NULL AND {where}
ORDER BY a.due_on, a.due_time NULLS FIRST, a.id
"""
_ENTRIES = """
WITH shared AS MATERIALIZED (
    SELECT record, record_id, json_group_array(json_array(product, amount, share)) AS lines
    FROM (
        SELECT h.record, h.record_id, coalesce(p.name, d.name, s.name) AS product, coalesce(d.amount, s.amount) AS amount, h.share
        FROM line_shares h
        LEFT JOIN deal_lines d ON h.record = 'deal' AND d.id = h.id
        LEFT JOIN sale_lines s ON h.record = 'sale' AND s.id = h.id
        LEFT JOIN products p ON p.id = coalesce(d.product_id, s.product_id)
        WHERE coalesce(d.kind, s.kind) = 'product'
        ORDER BY h.record, h.record_id, h.id
    )
    GROUP BY record, record_id
)
SELECT r.kind, r.record_id, r.on_date, r.amount, r.currency, c.name AS customer, s.refund_of, s.ref, s.fee AS fee,
    coalesce(s.title, d.title) AS title, r.nth,
    CASE WHEN r.kind = 'deal' THEN NULL WHEN r.nth IS NULL THEN s.tax ELSE (
        SELECT o.tax FROM occurrences o WHERE o.sale_id = s.id AND o.nth = r.nth
    ) END AS tax,
    coalesce(x.lines, '[]') AS lines
FROM revenue r
LEFT JOIN customers c ON c.id = r.customer_id
LEFT JOIN sales s ON s.id = r.record_id AND r.kind <> 'deal'
LEFT JOIN deals d ON d.id = r.record_id AND r.kind = 'deal'
LEFT JOIN shared x ON x.record_id = r.record_id AND x.record = iif(r.kind = 'deal', 'deal', 'sale')
WHERE {where}
ORDER BY r.on_date, r.kind = 'deal' DESC, r.record_id, r.nth
"""
# What could be thought to be in a journal and is not, by the reason: the view of revenue has none of it.
_LEFT_OUT = """
SELECT CASE WHEN s.on_date IS NULL THEN 'undated' WHEN s.on_date > :today THEN 'ahead' WHEN d.status = 'open' THEN 'of_open'
    ELSE 'of_won' END AS reason, count(*) AS number
FROM sales s
LEFT JOIN deals d ON d.id = s.deal_id
WHERE {dated} AND NOT (
    s.on_date IS NOT NULL AND s.on_date <= :today
    AND (s.deal_id IS NULL OR d.status = 'lost' OR s.kind = 'refund' AND d.status = 'won')
) AND {where}
GROUP BY 1
"""
_DEALS_LEFT_OUT = """
SELECT CASE WHEN d.amount IS NULL THEN 'worthless' ELSE 'never_closed' END AS reason, count(*) AS number
FROM deals d
WHERE d.status = 'won' AND (d.amount IS NULL OR d.closed_on IS NULL) AND {dated} AND {where}
GROUP BY 1
"""


class Entry(NamedTuple):
    """A dated amount of revenue in minor units: a won deal, a sale, a refund.

    `lines` are its product lines as JSON: name, amount, and share of the whole.
    """

    kind: str
    record_id: int
    on_date: str
    amount: int
    currency: str
    customer: str | None
    refund_of: int | None
    ref: str | None
    fee: int | None
    title: str | None
    nth: int | None
    tax: int | None
    lines: str


class Outside:
    """Reads what goes to other programs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def steps(self, chosen: Filter) -> Iterator[tuple[Any, ...]]:
        """Yield the planned steps of a choice, the next one first; the columns are as the statement names them."""
        where, params = conditions(chosen, "activities", "a")
        return self._engine.stream(_STEPS.format(where=where), params)

    def entries(self, chosen: Filter, *, today: str) -> Iterator[Entry]:
        """Yield what counts as revenue until today, by day; what repeats once for each time."""
        where, params = _dated(chosen, today)
        rows: Iterator[tuple[Any, ...]] = self._engine.stream(_ENTRIES.format(where=where), params)
        return (Entry(*row) for row in rows)

    def currencies(self, chosen: Filter, *, today: str) -> list[str]:
        """Return the currencies that these amounts are in."""
        where, params = _dated(chosen, today)
        sql = f"SELECT DISTINCT r.currency FROM revenue r WHERE {where} ORDER BY r.currency"
        return [code for (code,) in self._engine.stream(sql, params)]

    def left_out(self, chosen: Filter, *, today: str) -> dict[str, int]:
        """Return how many sales and won deals of a choice are in no journal, by the reason.

        `ahead`: after today; `undated`; `of_open` and `of_won`: part of a deal, which counts itself when it is won;
        of won deals `worthless`: without an amount, and `never_closed`: without a day.
        """
        found: dict[str, int] = {}
        for sql, kind, alias, day in (
            (_LEFT_OUT, "sales", "s", "on_date"),
            (_DEALS_LEFT_OUT, "deals", "d", "closed_on"),
        ):
            if kind == "deals" and chosen.channels:
                continue  # only sales have one
            where, params = conditions(replace(chosen, start=None, end=None), kind, alias)
            bounds = ((">=", chosen.start), ("<=", chosen.end))
            dated = [f"{alias}.{day} {sign} '{bound.isoformat()}'" for sign, bound in bounds if bound]
            filled = sql.format(where=where, dated=" AND ".join(dated) or "1 = 1")
            rows = self._engine.query(filled, params | {"today": today} if kind == "sales" else params)
            found |= {row["reason"]: row["number"] for row in rows}
        return found

    def undated_steps(self, chosen: Filter) -> int:
        """Return how many open steps of a choice have no day, without which no calendar has a place for them."""
        where, params = conditions(chosen, "activities", "a")
        sql = f"SELECT count(*) FROM activities a WHERE a.done = 0 AND a.due_on IS NULL AND {where}"
        return int(self._engine.value(sql, params))


def _dated(chosen: Filter, today: str) -> tuple[str, dict[str, Any]]:
    """Return the condition on the view of revenue for a choice, its period included, and nothing after today."""
    where, params = conditions(replace(chosen, start=None, end=None), "revenue", "r")
    first = chosen.start.isoformat() if chosen.start else ""
    last = min(chosen.end.isoformat(), today) if chosen.end else today
    return f"r.on_date BETWEEN :first AND :last AND {where}", params | {"first": first, "last": last}
