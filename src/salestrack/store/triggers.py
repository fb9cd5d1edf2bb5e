"""The triggers of the local engine: row images into the journal, names into the search index."""

import sqlite3

# Parents before children: a removal walks this backwards.
JOURNALLED = (
    "settings", "owners", "pipelines", "stages", "stage_history", "lost_reasons", "activity_kinds", "custom_fields",
    "outcomes", "follow_ups", "score_rules", "tags", "days_off", "rates", "products", "customers", "customer_aliases", "contacts", "quotas", "deals",
    "deal_history", "deal_lines", "sales", "sale_lines", "activities", "activity_contacts", "deal_contacts",
    "customer_tags", "deal_tags", "sale_tags", "activity_tags", "schedules", "schedule_changes", "imports", "import_keys",
)  # fmt: skip

# rowid of the search index = record id * 4 + this number.
NAMED = {"customers": 0, "customer_aliases": 1, "contacts": 2, "products": 3}


def rebuild(connection: sqlite3.Connection) -> None:
    """Drop and create every generated trigger, since a schema change silently loses those of its table."""
    for table in JOURNALLED:
        for name, statement in journal_triggers(connection, table).items():
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute(statement)
    for table, number in NAMED.items():
        for name, statement in name_triggers(table, number).items():
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute(statement)


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
