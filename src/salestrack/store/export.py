"""Rows of one kind of record on their way out, under the names that an import knows its fields by."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from salestrack.domain.filters import Filter
from salestrack.domain.money import Money
from salestrack.errors import UsageError
from salestrack.store.engine import Engine
from salestrack.store.export_lines import IN_ORDER, LINES
from salestrack.store.filters import conditions
from salestrack.store.staging import in_parts

SEPARATOR = "\x1f"
"""Between the entries of one cell; no name can hold it."""


def _tags(noun: str) -> str:
    return (
        f"(SELECT group_concat(name, char(31)) FROM (SELECT t.name FROM {noun}_tags x JOIN tags t ON t.id = x.tag_id "
        f"WHERE x.{noun}_id = {{a}}.id ORDER BY t.name)) AS tags"
    )


def _repeats(noun: str) -> str:
    """Return how a record repeats as JSON: days, amounts in minor units, and the prices from a day on."""
    return (
        "(SELECT json_object('every', h.every, 'amount', h.amount, 'from', h.from_on, 'until', h.until_on, 'prices', ("
        "SELECT json_group_array(json_array(from_on, amount)) FROM (SELECT x.from_on, x.amount FROM schedule_changes x "
        f"WHERE x.schedule_id = h.id ORDER BY x.from_on))) FROM schedules h WHERE h.{noun}_id = {{a}}.id) AS every"
    )


def _only_line(noun: str, value: str, name: str) -> str:
    """Return a value of the one product of a record; nothing where it has several, which one row cannot hold."""
    return (
        f"(SELECT iif(count(*) = 1, max({value}), NULL) FROM {noun}_lines l LEFT JOIN products p ON p.id = l.product_id "
        f"WHERE l.{noun}_id = {{a}}.id AND l.kind = 'product') AS {name}"
    )


_PRODUCT = "coalesce(p.name, l.name)"
_ENTERED = (
    "(SELECT json_group_object(stage, since) FROM (SELECT g.name AS stage, min(h.stage_since) AS since "
    "FROM deal_history h JOIN stages g ON g.id = h.stage_id "
    "WHERE h.deal_id = d.id AND h.stage_since IS NOT NULL GROUP BY g.name)) AS entered"
)
_DEALS = f"""
SELECT d.id, d.title, c.name AS customer, n.name AS contact, o.name AS owner, {_only_line("deal", _PRODUCT, "product")},
    {_only_line("deal", "l.quantity", "quantity")}, s.name AS stage, w.name AS pipeline, d.amount, d.currency, d.probability,
    d.created_on AS created, d.expected_on AS expected, d.closed_on AS closed, r.name AS lost_reason, d.source, d.campaign,
    d.customer_id, d.snoozed_until AS snoozed,
    {_repeats("deal")}, {_tags("deal")}, d.note, d.fields, {_ENTERED}
FROM deals d
JOIN stages s ON s.id = d.stage_id
JOIN pipelines w ON w.id = d.pipeline_id
LEFT JOIN customers c ON c.id = d.customer_id
LEFT JOIN contacts n ON n.id = d.contact_id
LEFT JOIN owners o ON o.id = d.owner_id
LEFT JOIN lost_reasons r ON r.id = d.reason_id
"""
_HISTORY = """
SELECT h.deal_id AS deal, h.from_on AS "on", s.name AS stage, h.amount, h.currency, h.probability,
    h.expected_on AS expected, o.name AS owner, h.stage_since AS since
FROM deal_history h
JOIN deals d ON d.id = h.deal_id
JOIN stages s ON s.id = h.stage_id
LEFT JOIN owners o ON o.id = h.owner_id
"""
_SALES = f"""
SELECT s.id, s.on_date AS date, s.at_time AS time, c.name AS customer, c.email, {_only_line("sale", _PRODUCT, "product")},
    {_only_line("sale", "l.quantity", "quantity")}, {_only_line("sale", "l.price", "price")},
    (SELECT -sum(l.amount) FROM sale_lines l WHERE l.sale_id = s.id AND l.kind = 'discount' AND 1 = (
        SELECT count(*) FROM sale_lines k WHERE k.sale_id = s.id AND k.kind = 'product')) AS discount,
    s.amount, s.tax, s.tax_rate, s.amount + s.tax AS gross, s.fee, s.cost, s.currency, s.channel, s.ref, o.name AS owner,
    s.deal_id AS deal, s.refund_of, s.title, s.customer_id, {_repeats("sale")}, {_tags("sale")}, s.note, s.fields
FROM sales s
LEFT JOIN customers c ON c.id = s.customer_id
LEFT JOIN owners o ON o.id = s.owner_id
"""
_ACTIVITIES = f"""
SELECT a.id, a.happened_on AS date, coalesce(a.happened_time, a.due_time) AS time, a.kind, c.name AS customer,
    n.name AS contact, n.email, n.phone, a.deal_id AS deal, o.name AS owner, a.seconds AS duration, a.direction, a.outcome,
    a.due_on AS due, a.done,
    CASE WHEN a.subject <> a.note THEN a.subject || char(10) || a.note ELSE coalesce(a.note, a.subject) END AS note,
    a.customer_id, a.snoozed_until AS snoozed, {_repeats("activity")}, {_tags("activity")}, a.fields
FROM activities a
LEFT JOIN customers c ON c.id = a.customer_id
LEFT JOIN contacts n ON n.id = a.contact_id
LEFT JOIN owners o ON o.id = a.owner_id
"""
_CUSTOMERS = f"""
SELECT c.id, c.name, (SELECT group_concat(name, char(31)) FROM (
        SELECT name FROM customer_aliases x WHERE x.customer_id = c.id ORDER BY x.id)) AS alias,
    c.kind, c.email, c.phone, c.segment, c.country, c.source, o.name AS owner, c.created_on AS created,
    c.snoozed_until AS snoozed, {_tags("customer")}, c.note, c.fields
FROM customers c
LEFT JOIN owners o ON o.id = c.owner_id
"""
_CONTACTS = """
SELECT n.id, c.name AS customer, n.name, n.email, n.phone, n.role, n.customer_id, n.note, n.fields
FROM contacts n
LEFT JOIN customers c ON c.id = n.customer_id
"""
_PRODUCTS = "SELECT p.id, p.name, p.sku, p.price, p.currency, p.tax_rate, p.fields FROM products p"
_QUOTAS = """
SELECT q.id, o.name AS owner, q.channel, q.metric, q.start_on || '..' || q.end_on AS period, q.target, q.currency
FROM quotas q
LEFT JOIN owners o ON o.id = q.owner_id
"""


class _Statement(NamedTuple):
    sql: str
    alias: str
    always: str = "1 = 1"
    order: str = "{a}.id"


_STATEMENTS = {
    "deals": _Statement(_DEALS, "d"),
    "history": _Statement(_HISTORY, "h", order="h.deal_id, h.from_on NULLS FIRST, h.seq, h.id"),
    "sales": _Statement(_SALES, "s"),
    "activities": _Statement(_ACTIVITIES, "a"),
    "customers": _Statement(_CUSTOMERS, "c", "c.merged_into IS NULL"),
    "contacts": _Statement(_CONTACTS, "n"),
    "products": _Statement(_PRODUCTS, "p", "p.removed_on IS NULL"),
    "quotas": _Statement(_QUOTAS, "q"),
    "lines": _Statement(LINES, "r", order=IN_ORDER),
}
# A version belongs to the day on which it begins, a line to the day of its record.
_DATED = {"history": "h.from_on", "lines": "r.on_date"}
_FILTERED = {"history": "versions", "lines": "revenue"}


class Lines(NamedTuple):
    """Lines of records: the names of their columns, and the rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Exports:
    """Streams of rows, one statement for each kind of record, narrowed by the filters of every list."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def names(self, kind: str) -> list[str]:
        """Return the names of the columns that the rows of a kind have."""
        statement = _STATEMENTS[kind]
        return self._engine.names_of(f"{statement.sql.format(a=statement.alias)} LIMIT 0")

    def rows(
        self, kind: str, chosen: Filter, *, sort: str | None = None, limit: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a kind in the order of their ids, or by a column (`-column` for descending).

        Raises UsageError for a column or a condition that this kind does not have.
        """
        sql, params = self._asked(kind, chosen)
        order = _STATEMENTS[kind].order.format(a=_STATEMENTS[kind].alias)
        if sort:
            order = f"{self._column(kind, sort)}, {order}"
        params["limit"] = limit if limit is not None else -1
        return self._engine.stream(f"{sql} ORDER BY {order} LIMIT :limit", params)

    def of(self, kind: str, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of some records, merged and retired ones too; of a history the rows of some deals."""
        statement = _STATEMENTS[kind]
        key = f"{statement.alias}.{'deal_id' if kind == 'history' else 'id'}"
        sql, order = statement.sql.format(a=statement.alias), statement.order.format(a=statement.alias)
        for part in in_parts(ids):
            marks = ", ".join("?" * len(part))
            yield from self._engine.stream(f"{sql} WHERE {key} IN ({marks}) ORDER BY {order}", part)

    def count(self, kind: str, chosen: Filter) -> int:
        """Return how many rows that would be."""
        sql, params = self._asked(kind, chosen)
        return int(self._engine.value(f"SELECT count(*) FROM ({sql})", params))

    def has_repeating(self, noun: str) -> bool:
        """Say whether any record of a kind repeats."""
        return self._engine.value(f"SELECT 1 FROM schedules WHERE {noun}_id IS NOT NULL LIMIT 1") is not None

    def has_namesakes(self) -> bool:
        """Say whether a name may mean several customers."""
        names = "SELECT id, key FROM customers WHERE merged_into IS NULL UNION SELECT customer_id, key FROM customer_aliases"
        return self._engine.value(f"SELECT 1 FROM ({names}) GROUP BY key HAVING count(*) > 1 LIMIT 1") is not None

    def has_snoozed(self, kind: str) -> bool:
        """Say whether any record of a kind is kept out of sight until a day, or was."""
        return self._engine.value(f"SELECT 1 FROM {kind} WHERE snoozed_until IS NOT NULL LIMIT 1") is not None

    def lines_of(self, customer: int) -> Lines:
        """Return the lines of a customer's deals and sales; `record` is the id of the deal or sale."""
        sql = (
            "SELECT iif(record = 'deal', 'd', 's') || record_id AS record, position, kind, product, quantity, "
            "price_minor AS price, amount_minor AS amount, tax_minor AS tax, tax_rate, currency FROM v_lines WHERE "
            "record = 'deal' AND record_id IN (SELECT id FROM deals WHERE customer_id = :key) OR "
            "record = 'sale' AND record_id IN (SELECT id FROM sales WHERE customer_id = :key) "
            "ORDER BY record = 'sale', record_id, position"
        )
        return self._lines(sql, customer)

    def repeating_of(self, customer: int) -> Lines:
        """Return what repeats of a customer's deals and sales, the price of each day on a row of its own."""
        sql = (
            "WITH mine AS (SELECT h.*, iif(h.deal_id IS NULL, 's', 'd') || coalesce(h.deal_id, h.sale_id) AS record, "
            "coalesce(d.currency, s.currency) AS currency, coalesce(d.customer_id, s.customer_id) AS customer_id "
            "FROM schedules h LEFT JOIN deals d ON d.id = h.deal_id LEFT JOIN sales s ON s.id = h.sale_id) "
            'SELECT record, every, from_on AS "from", until_on AS until, amount, currency FROM mine WHERE customer_id = :key '
            "UNION ALL SELECT m.record, m.every, c.from_on, m.until_on, c.amount, m.currency FROM mine m "
            "JOIN schedule_changes c ON c.schedule_id = m.id WHERE m.customer_id = :key ORDER BY 1, 3 NULLS FIRST"
        )
        return self._lines(sql, customer)

    def _lines(self, sql: str, customer: int) -> Lines:
        rows = self._engine.query(sql, {"key": customer})
        found = [{name: _typed(name, value, row["currency"]) for name, value in row.items()} for row in rows]
        return Lines(tuple(self._engine.names_of(sql, {"key": customer})), [tuple(row.values()) for row in found])

    def several_products(self, noun: str, chosen: Filter) -> int:
        """Return how many deals or sales of a choice have several products, which one row cannot hold."""
        kind = f"{noun}s"
        where, params = conditions(chosen, kind, "r")
        sql = (
            f"SELECT count(*) FROM {kind} r WHERE {where} AND 1 < "
            f"(SELECT count(*) FROM {noun}_lines l WHERE l.{noun}_id = r.id AND l.kind = 'product')"
        )
        return int(self._engine.value(sql, params))

    def _asked(self, kind: str, chosen: Filter) -> tuple[str, dict[str, Any]]:
        statement = _STATEMENTS[kind]
        dated, more = "1 = 1", dict[str, Any]()
        if kind in _DATED:
            bounds = (("start", ">=", chosen.start), ("end", "<=", chosen.end))
            parts = [f"{_DATED[kind]} {sign} :h_{name}" for name, sign, day in bounds if day]
            more = {f"h_{name}": day.isoformat() for name, _, day in bounds if day}
            dated = " AND ".join(parts) or dated
            chosen = replace(chosen, start=None, end=None)
        where, params = conditions(chosen, _FILTERED.get(kind, kind), statement.alias, called=kind)
        sql = statement.sql.format(a=statement.alias)
        return f"{sql} WHERE {statement.always} AND {dated} AND {where}", params | more

    def _column(self, kind: str, sort: str) -> str:
        names = [name for name in self.names(kind) if name not in {"fields", "entered"}]
        wanted = sort.lstrip("-+")
        if wanted not in names:
            raise UsageError(f"there is no column '{wanted}' to sort by", hint=f"one of: {', '.join(names)}")
        place = self.names(kind).index(wanted) + 1
        return f"{place} DESC NULLS LAST" if sort.startswith("-") else f"{place} ASC NULLS LAST"


def _typed(name: str, value: Any, currency: str) -> Any:
    return Money(value, currency) if name in {"price", "amount", "tax"} and value is not None else value
