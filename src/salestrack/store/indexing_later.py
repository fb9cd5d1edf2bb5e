"""A big insertion into an attached book: its indexes and the triggers on its new rows wait until the end."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from salestrack.store.engine import Engine
from salestrack.store.staging import INDEX_LATER_FROM
from salestrack.store.triggers import SEARCHED, indexing

_MAKES = re.compile(r"^(CREATE (?:UNIQUE )?(?:INDEX|TRIGGER) )")


@contextmanager
def later(engine: Engine, schema: str, rows: Mapping[str, int], after: Mapping[str, int]) -> Iterator[None]:
    """Do without what would be asked of each new row, as `Staging.indexed_later` does; the rows are sound already.

    `rows` says how many each table gets, `after` the last id that it has given out before.
    """
    statements: list[str] = []
    for table, count in rows.items():
        if count >= INDEX_LATER_FROM:
            statements += _without_triggers(engine, schema, table, after.get(table, 0))
            if count > int(engine.value(f"SELECT count(*) FROM (SELECT 1 FROM {schema}.{table} LIMIT ?)", (count,))):
                statements += _dropped(engine, schema, "index", _indexes(engine, schema, table))
    engine.execute("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        engine.execute("PRAGMA ignore_check_constraints = OFF")
    for statement in statements:
        engine.execute(statement)


def _without_triggers(engine: Engine, schema: str, table: str, after: int) -> list[str]:
    names = [f"search_{table}_insert"] if table in SEARCHED else []
    if engine.value(f"SELECT 1 FROM {schema}.closed_books") is None:  # else every row has to pass it
        names.append(f"closed_{table}_insert")
    instead = []
    if table in SEARCHED:
        index = SEARCHED[table].fts
        text = indexing(table, after=after).replace(f"INSERT INTO {index} ", f"INSERT INTO {schema}.{index} ")
        instead.append(text.replace(f" FROM {table} WHERE ", f" FROM {schema}.{table} WHERE "))
    return [*instead, *_dropped(engine, schema, "trigger", names)]


def _indexes(engine: Engine, schema: str, table: str) -> list[str]:
    rows = engine.query(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)
    )
    return [row["name"] for row in rows]


def _dropped(engine: Engine, schema: str, what: str, names: list[str]) -> list[str]:
    """Drop indexes or triggers, and return what makes them again."""
    found = []
    for name in names:
        sql = engine.value(f"SELECT sql FROM {schema}.sqlite_master WHERE type = ? AND name = ?", (what, name))
        if sql:
            engine.execute(f"DROP {what.upper()} {schema}.{name}")
            found.append(_MAKES.sub(rf"\g<1>{schema}.", str(sql)))
    return found
