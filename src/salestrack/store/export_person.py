"""Every row about one customer, from every table that has any, with words in place of the ids of words."""

from typing import Any

from salestrack.store.engine import Engine, Row
from salestrack.store.export_book import HAND_SET, columns_of

_MINE = """
WITH RECURSIVE
me (id) AS (SELECT :key UNION SELECT c.id FROM customers c JOIN me ON c.merged_into = me.id),
my_contacts (id) AS (SELECT id FROM contacts WHERE customer_id IN me),
my_deals (id) AS (
    SELECT id FROM deals WHERE customer_id IN me OR customer_id IS NULL AND contact_id IN my_contacts
),
my_sales (id) AS (SELECT id FROM sales WHERE customer_id IN me OR customer_id IS NULL AND deal_id IN my_deals),
my_activities (id) AS (
    SELECT id FROM activities WHERE customer_id IN me OR customer_id IS NULL AND (
        contact_id IN my_contacts OR deal_id IN my_deals
        OR id IN (SELECT activity_id FROM activity_contacts WHERE contact_id IN my_contacts)
    )
)
"""
# Whoever was merged into the customer is the customer too. A row between two records is of both of them.
_ROWS = {
    "customers": "id IN me",
    "customer_aliases": "customer_id IN me",
    "customer_tags": "customer_id IN me",
    "contacts": "id IN my_contacts",
    "deals": "id IN my_deals",
    "deal_history": "deal_id IN my_deals",
    "deal_lines": "deal_id IN my_deals",
    "deal_contacts": "deal_id IN my_deals OR contact_id IN my_contacts",
    "deal_tags": "deal_id IN my_deals",
    "sales": "id IN my_sales",
    "sale_lines": "sale_id IN my_sales",
    "sale_tags": "sale_id IN my_sales",
    "activities": "id IN my_activities",
    "activity_contacts": "activity_id IN my_activities OR contact_id IN my_contacts",
    "activity_tags": "activity_id IN my_activities",
    "schedules": "deal_id IN my_deals OR sale_id IN my_sales OR activity_id IN my_activities",
    "schedule_changes": "schedule_id IN (SELECT id FROM schedules WHERE deal_id IN my_deals OR sale_id IN my_sales "
    "OR activity_id IN my_activities)",
    "import_keys": "kind = 'customers' AND record_id IN me OR kind = 'contacts' AND record_id IN my_contacts "
    "OR kind IN ('deals', 'history') AND record_id IN my_deals OR kind = 'sales' AND record_id IN my_sales "
    "OR kind = 'activities' AND record_id IN my_activities",
    HAND_SET: "tbl = 'customers' AND row_id IN me OR tbl = 'contacts' AND row_id IN my_contacts "
    "OR tbl = 'deals' AND row_id IN my_deals OR tbl = 'sales' AND row_id IN my_sales "
    "OR tbl = 'activities' AND row_id IN my_activities",
}
_REFS = {"customers": "c", "contacts": "n", "deals": "d", "sales": "s", "activities": "a"}
_WORDS = ("owners", "pipelines", "stages", "lost_reasons", "tags", "products")


def rows_about(engine: Engine, key: int) -> dict[str, list[Row]]:
    """Return every row about a customer by its table; ids of records as they are typed (d7), of words the words."""
    return {table: found for table in _ROWS if (found := _rows(engine, table, key))}


def _rows(engine: Engine, table: str, key: int) -> list[Row]:
    columns = columns_of(engine, table)
    rows = engine.query(
        f"{_MINE} SELECT {', '.join(columns)} FROM {table} WHERE {_ROWS[table]} ORDER BY id", {"key": key}
    )
    parents = dict(engine.parents(table))
    words = {parent: _named(engine, parent) for parent in parents.values() if parent in _WORDS}
    return [_readable(row, parents, words, table) for row in rows]


def _named(engine: Engine, table: str) -> dict[int, str]:
    return {row["id"]: row["name"] for row in engine.query(f"SELECT id, name FROM {table}")}


def _readable(row: Row, parents: dict[str, str], words: dict[str, dict[int, str]], table: str) -> Row:
    found: dict[str, Any] = {}
    for column, value in row.items():
        parent = parents.get(column, "")
        name = column.removesuffix("_id") if parent in words or parent in _REFS else column
        letter = _REFS.get(table if column == "id" else parent)
        if value is None:
            found[name] = None
        elif letter:
            found[name] = f"{letter}{value}"
        else:
            found[name] = words[parent].get(value, value) if parent in words else value
    return found
