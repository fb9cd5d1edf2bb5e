"""Rows of lists: one statement for each kind of record, narrowed by the same filters as every report."""

from datetime import date
from typing import Any

from salestrack.domain.fields import Field
from salestrack.domain.filters import Filter
from salestrack.errors import UsageError
from salestrack.store.engine import Engine, Row
from salestrack.store.field_tests import sort_key
from salestrack.store.filters import conditions
from salestrack.store.process_lists import PROCESS
from salestrack.store.tags import Tags

_DEALS = """
SELECT d.id, d.title, d.customer_id, c.name AS customer, d.status, s.name AS stage, p.name AS pipeline, d.amount, d.currency,
    coalesce(d.probability, s.probability) AS probability, d.stage_since, d.created_on, d.expected_on, d.closed_on,
    r.name AS lost_reason, o.name AS owner, d.source, ds.next_on, ds.last_on, d.note, d.fields
FROM deals d
JOIN stages s ON s.id = d.stage_id
JOIN pipelines p ON p.id = d.pipeline_id
LEFT JOIN customers c ON c.id = d.customer_id
LEFT JOIN owners o ON o.id = d.owner_id
LEFT JOIN lost_reasons r ON r.id = d.reason_id
LEFT JOIN deal_state ds ON ds.deal_id = d.id
"""
_SALES = """
SELECT s.id, s.on_date AS date, s.kind, s.customer_id, c.name AS customer, c.country,
    coalesce(s.title, (SELECT p.name FROM sale_lines l JOIN products p ON p.id = l.product_id WHERE l.sale_id = s.id
        ORDER BY l.position LIMIT 1)) AS title, s.deal_id, s.refund_of, s.amount,
    s.currency, s.tax, s.tax_rate, s.amount + coalesce(s.tax, 0) AS gross, s.ref, s.channel, o.name AS owner, s.note, s.fields,
    CASE WHEN s.tax_rate IS NULL AND s.tax IS NOT NULL THEN (
        SELECT json_group_array(json_array(l.tax_rate, l.amount, l.tax)) FROM sale_lines l WHERE l.sale_id = s.id
    ) END AS rates
FROM sales s
LEFT JOIN customers c ON c.id = s.customer_id
LEFT JOIN owners o ON o.id = s.owner_id
"""
# In place of the table where sales repeat: each time that one fell due is a row with the id of its sale.
_SALES_DUE = """(
    SELECT id, kind, customer_id, deal_id, refund_of, title, on_date, amount, currency, tax, tax_rate, ref, channel,
        owner_id, note, fields
    FROM sales
    UNION ALL
    SELECT x.id, x.kind, x.customer_id, x.deal_id, x.refund_of, x.title, o.on_date, o.amount, x.currency, o.tax,
        x.tax_rate, x.ref, x.channel, x.owner_id, x.note, x.fields
    FROM occurrences o
    JOIN sales x ON x.id = o.sale_id
    WHERE o.nth > 0 AND o.on_date <= :today
) s"""
_ACTIVITIES = """
SELECT a.id, coalesce(a.happened_on, a.due_on) AS date, coalesce(a.happened_time, a.due_time) AS time, a.kind, a.done,
    a.customer_id, c.name AS customer, n.name AS contact, a.deal_id, d.title AS deal, a.seconds / 60 AS minutes, a.direction,
    a.outcome, o.name AS owner, a.subject, a.note,
    coalesce(a.note, a.subject) AS about, a.fields
FROM activities a
LEFT JOIN customers c ON c.id = a.customer_id
LEFT JOIN contacts n ON n.id = a.contact_id
LEFT JOIN deals d ON d.id = a.deal_id
LEFT JOIN owners o ON o.id = a.owner_id
"""
_CUSTOMERS = """
SELECT c.id, c.name, c.kind, c.segment, c.country, c.email, c.phone, c.source, o.name AS owner, c.created_on,
    (SELECT count(*) FROM deals d WHERE d.customer_id = c.id AND d.status = 'open') AS open_deals,
    (SELECT max(a.happened_on) FROM activities a WHERE a.customer_id = c.id AND a.done = 1) AS last_on, c.note, c.fields
FROM customers c
LEFT JOIN owners o ON o.id = c.owner_id
"""
_CONTACTS = """
SELECT n.id, n.name, n.role, n.customer_id, c.name AS customer, n.email, n.phone,
    (SELECT max(a.happened_on) FROM activities a WHERE a.done = 1 AND a.id IN (SELECT id FROM activities WHERE
        contact_id = n.id UNION SELECT activity_id FROM activity_contacts WHERE contact_id = n.id)) AS last_on, n.note, n.fields
FROM contacts n
LEFT JOIN customers c ON c.id = n.customer_id
"""
_PRODUCTS = "SELECT p.id, p.name, p.sku, p.price, p.currency, p.tax_rate, p.fields FROM products p"
_QUOTAS = """
SELECT q.id, q.metric, q.start_on AS start, q.end_on AS end, q.target, q.currency, o.name AS owner, q.channel
FROM quotas q LEFT JOIN owners o ON o.id = q.owner_id
"""
_STAGES = """
SELECT s.name, p.name AS pipeline, s.position, s.probability, s.kind, s.stale_days,
    (SELECT count(*) FROM deals d WHERE d.stage_id = s.id AND d.status = 'open') AS deals, s.removed_on
FROM stages s JOIN pipelines p ON p.id = s.pipeline_id
"""

# A removed stage is no longer offered, but nobody should look in vain for the open deals in it.
_STANDING = (
    "(s.removed_on IS NULL AND p.removed_on IS NULL "
    "OR EXISTS (SELECT 1 FROM deals d WHERE d.stage_id = s.id AND d.status = 'open'))"
)

# kind -> statement, alias of its table, what is always so, order when nothing else is asked for
_LISTS: dict[str, tuple[str, str, str, str]] = {
    "deals": (_DEALS, "d", "1 = 1", "d.status = 'open' DESC, d.expected_on NULLS LAST, d.id"),
    "sales": (_SALES, "s", "1 = 1", "s.on_date NULLS LAST, s.id"),
    "activities": (_ACTIVITIES, "a", "1 = 1", "a.done, coalesce(a.happened_on, a.due_on), time, a.id"),
    "customers": (_CUSTOMERS, "c", "c.merged_into IS NULL", "c.key, c.id"),
    "contacts": (_CONTACTS, "n", "1 = 1", "n.key, n.id"),
    "products": (_PRODUCTS, "p", "p.removed_on IS NULL", "p.key, p.id"),
    "quotas": (_QUOTAS, "q", "1 = 1", "q.start_on, q.end_on, q.id"),
    "stages": (_STAGES, "s", _STANDING, "p.position, s.position, s.id"),
}

_TAGGED = {"deals": "deal", "sales": "sale", "activities": "activity", "customers": "customer"}


def _tags(kind: str) -> str:
    """Return the tags of a row as one text, by which a list is put in order."""
    record, alias = _TAGGED[kind], _LISTS[kind][1]
    named = f"SELECT t.name FROM {record}_tags x JOIN tags t ON t.id = x.tag_id WHERE x.{record}_id = {alias}.id"
    return f"(SELECT group_concat(name) FROM ({named} ORDER BY t.name))"


# Columns that a list shows and its statement does not have, or has as something else.
_SHOWN = {
    "deals": {"close": "CASE d.status WHEN 'open' THEN d.expected_on ELSE d.closed_on END", "tags": _tags("deals")},
    "sales": {"deal": "s.deal_id", "tags": _tags("sales")},
    "activities": {"state": "a.done", "tags": _tags("activities")},
    "customers": {"tags": _tags("customers")},
    "quotas": {"count": "q.target"},
}
_INNER = {"fields", "rates"}  # columns in which a list carries what belongs to others


class Lists:
    """Lists of records."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rows(
        self,
        kind: str,
        chosen: Filter,
        *,
        sort: str | None = None,
        by: Field | None = None,
        limit: int | None = None,
        today: date | None = None,
    ) -> list[Row]:
        """Return the records of a kind that a filter lets through; sort is a column, `-column` for descending.

        `by` is the custom field that sort names, where it names one; sales that repeat are listed up to today.

        Raises UsageError for a column or a condition that this kind does not have.
        """
        statement, alias, always, order = _LISTS[kind]
        where, params = conditions(chosen, kind, alias)
        if kind == "sales" and self._engine.value("SELECT 1 FROM schedules WHERE sale_id IS NOT NULL LIMIT 1"):
            statement = statement.replace("FROM sales s", f"FROM {_SALES_DUE}")
            params["today"] = (today or date.max).isoformat()
        sql = f"{statement} WHERE {always} AND {where}"
        if sort and by:
            key, more = sort_key(by, kind, alias)
            params |= more
            order = f"{key} {'DESC' if sort.startswith('-') else 'ASC'} NULLS LAST, {alias}.id"
        elif sort:
            order = f"{self._column(kind, sql, params, sort)}, {alias}.id"
        bound = {**params, "limit": limit if limit is not None else -1}
        return self._tagged(kind, self._engine.query(f"{sql} ORDER BY {order} LIMIT :limit", bound))

    def _tagged(self, kind: str, rows: list[Row]) -> list[Row]:
        """Give rows their tags, asked for once they are known: a limit keeps a large book from being asked as a whole."""
        record = _TAGGED.get(kind)
        if record:
            found = Tags(self._engine).on(record, {row["id"] for row in rows})
            for row in rows:
                row["tags"] = found.get(row["id"], [])
        return rows

    def kept(self, kind: str) -> list[Row]:
        """Return all that the book keeps of a kind that nobody narrows: kinds, reasons, owners, rates and so on."""
        return self._engine.query(PROCESS[kind])

    def _column(self, kind: str, sql: str, params: dict[str, Any], sort: str) -> str:
        """Return the order by a column, under the name that the list shows or under that of the statement."""
        way = "DESC NULLS LAST" if sort.startswith("-") else "ASC NULLS LAST"
        wanted = sort.lstrip("-+").strip().lower().replace("-", "_").replace(" ", "_")
        shown = _SHOWN.get(kind, {})
        if wanted in shown:
            return f"{shown[wanted]} {way}"
        names = self._engine.names_of(sql, params)
        for name in (wanted, f"{wanted}_on"):
            if name in names and name not in _INNER:
                return f"{names.index(name) + 1} {way}"
        known = [*(name.removesuffix("_on") for name in names if name not in _INNER), *shown]
        raise UsageError(f"there is no column '{sort.lstrip('-+')}' to sort by", hint=f"one of: {', '.join(known)}")
