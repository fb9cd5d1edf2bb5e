"""The triggers of the local engine: row images into the journal, names into the search index."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

# Parents before children: a removal walks this backwards. The settings come last: closed books lock what is dated in
# them, so an undo opens them first.
JOURNALLED = (
    "owners", "pipelines", "stages", "stage_history", "lost_reasons", "activity_kinds", "custom_fields",
    "outcomes", "follow_ups", "score_rules", "tags", "days_off", "rates", "products", "customers",
    "customer_aliases", "contacts", "quotas", "deals",
    "deal_history", "deal_lines", "sales", "sale_lines", "activities", "activity_contacts", "deal_contacts",
    "customer_tags", "deal_tags", "sale_tags", "activity_tags", "schedules", "schedule_changes", "imports", "import_keys",
    "settings",
)  # fmt: skip

# rowid of the search index = record id * 4 + this number.
NAMED = {"customers": 0, "customer_aliases": 1, "contacts": 2, "products": 3}


class Searched(NamedTuple):
    """How rows of a table stand in a full-text index: which index and rowid, and the columns with their text."""

    fts: str
    rowid: str
    columns: tuple[str, ...]
    phones: tuple[str, ...] = ()


SEARCHED = {
    "customers": Searched("search_customers", "{}.id * 2", ("name", "email", "phone", "note"), ("phone_key",)),
    "customer_aliases": Searched("search_customers", "{}.id * 2 + 1", ("name",)),
    "contacts": Searched("search_contacts", "{}.id", ("name", "role", "email", "phone", "note"), ("phone_key",)),
    "deals": Searched("search_deals", "{}.id", ("title", "note")),
    "sales": Searched("search_sales", "{}.id", ("title", "ref", "note")),
    "activities": Searched("search_activities", "{}.id", ("subject", "note")),
    "products": Searched("search_products", "{}.id", ("name", "sku")),
}
# A number is found from any of its digits on, the last four at the least: so many of its ends are indexed.
_PHONE_ENDS = range(1, 7)


def rebuild(connection: sqlite3.Connection) -> None:
    """Drop and create every generated trigger, since a schema change silently loses those of its table."""
    for name, statement in wanted(connection).items():
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        connection.execute(statement)


def wanted(connection: sqlite3.Connection) -> dict[str, str]:
    """Return every generated trigger by its name."""
    found: dict[str, str] = {}
    for table in JOURNALLED:
        found |= journal_triggers(connection, table)
    for table, number in NAMED.items():
        found |= name_triggers(table, number)
    for table, searched in SEARCHED.items():
        found |= search_triggers(table, searched)
    return found


def journal_triggers(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return the triggers that keep what a row of a table was before it changed or went."""
    columns = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    old, new = (
        "json_object(" + ", ".join(f"'{column}', {side}.{column}" for column in columns) + ")"
        for side in ("OLD", "NEW")
    )
    session = "(SELECT op FROM journal_session)"
    when = "WHEN (SELECT paused FROM journal_session) = 0"
    return {
        f"journal_{table}_update": f"CREATE TRIGGER journal_{table}_update AFTER UPDATE ON {table} {when} BEGIN "
        f"INSERT INTO journal (op, tbl, row_id, before, after) VALUES ({session}, '{table}', OLD.id, {old}, {new}); END",
        f"journal_{table}_delete": f"CREATE TRIGGER journal_{table}_delete AFTER DELETE ON {table} {when} BEGIN "
        f"INSERT INTO journal (op, tbl, row_id, before) VALUES ({session}, '{table}', OLD.id, {old}); END",
    }


def name_triggers(table: str, number: int) -> dict[str, str]:
    """Return the triggers that keep a table's names in the search index."""
    add = f"INSERT INTO name_search (rowid, key) VALUES (NEW.id * 4 + {number}, ' ' || NEW.key);"
    drop = (
        f"INSERT INTO name_search (name_search, rowid, key) VALUES ('delete', OLD.id * 4 + {number}, ' ' || OLD.key);"
    )
    return {
        f"names_{table}_insert": f"CREATE TRIGGER names_{table}_insert AFTER INSERT ON {table} BEGIN {add} END",
        f"names_{table}_delete": f"CREATE TRIGGER names_{table}_delete AFTER DELETE ON {table} BEGIN {drop} END",
        f"names_{table}_update": f"CREATE TRIGGER names_{table}_update AFTER UPDATE OF key ON {table} BEGIN {drop} {add} END",
    }


def search_triggers(table: str, searched: Searched) -> dict[str, str]:
    """Return the triggers that keep a table's texts in its full-text index; a row without text stands in none."""
    index, columns = searched.fts, (*searched.columns, *searched.phones)
    old, new = (_text(searched, side) for side in ("OLD", "NEW"))
    rowid = searched.rowid.format
    add = f"INSERT INTO {index} (rowid, text) SELECT {rowid('NEW')}, {new} WHERE {new} <> '';"
    # An index without texts must be told which words it loses.
    drop = f"INSERT INTO {index} ({index}, rowid, text) SELECT 'delete', {rowid('OLD')}, {old} WHERE {old} <> '';"
    told = " OR ".join(f"{{}}.{column} IS NOT NULL" for column in searched.columns).format
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    sides = {side: told(*[side] * len(searched.columns)) for side in ("OLD", "NEW")}
    name = f"search_{table}"
    return {
        f"{name}_insert": f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} WHEN {sides['NEW']} BEGIN {add} END",
        f"{name}_delete": f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} WHEN {sides['OLD']} BEGIN {drop} END",
        f"{name}_update": f"CREATE TRIGGER {name}_update AFTER UPDATE OF {', '.join(columns)} ON {table} "
        f"WHEN {differs} BEGIN {drop} {add} END",
    }


def index_texts(connection: sqlite3.Connection, tables: Iterable[str] = SEARCHED) -> None:
    """Put the rows of tables, none of which is there yet, into their full-text indexes."""
    for table in tables:
        connection.execute(indexing(table))


def indexing(table: str, *, after: int = 0) -> str:
    """Return the statement that puts the rows of a table with ids after this one into its full-text index."""
    searched = SEARCHED[table]
    rowid, (first, *rest) = searched.rowid.format(table), (*searched.columns, *searched.phones)
    has_text = " OR ".join(
        [f"{first} <> ''", *(f"{column} IS NOT NULL" for column in rest)]
    )  # text <> '', without making it
    alone = " AND ".join(f"{column} IS NULL" for column in rest)
    text = f"iif({alone}, {first}, {_text(searched, table)})" if rest else _text(searched, table)
    return f"INSERT INTO {searched.fts} (rowid, text) SELECT {rowid}, {text} FROM {table} WHERE id > {after} AND ({has_text})"


def _text(searched: Searched, side: str) -> str:
    """Return the words of a row as one SQL text."""
    first, *rest = searched.columns
    pieces = [f"coalesce({side}.{first}, '')", *(f"coalesce(' ' || {side}.{column}, '')" for column in rest)]
    for column in searched.phones:
        ends = " || ' ' || ".join(f"substr({side}.{column}, {place})" for place in _PHONE_ENDS)
        pieces.append(f"coalesce(' ' || {ends}, '')")
    return " || ".join(pieces)
