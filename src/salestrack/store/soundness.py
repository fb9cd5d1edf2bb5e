"""The rules that tables have for their rows, asked of many new rows at once.

SQLite asks them of each row as it is written: it opens the other table for every reference, and copies every text for a
function in a CHECK. For a million rows that is a fifth of an import; one look over all of them takes half of that.
"""

import re
from collections.abc import Iterator

from salestrack.errors import SalestrackError
from salestrack.store.engine import Engine

_CHECK = re.compile(r"\bCHECK (?=\()")


def require_sound(engine: Engine, table: str, after: int) -> None:
    """Raise SalestrackError when a row of a table with an id after this one breaks a CHECK, or refers to what is not there."""
    broken = [f"NOT {check}" for check in _checks(engine, table)]
    broken += [
        f"{column} IS NOT NULL AND {column} NOT IN (SELECT id FROM main.{parent})"
        for column, parent in engine.parents(table)
    ]
    if broken and _found(engine, table, after, " OR ".join(broken)):
        rule = next(rule for rule in broken if _found(engine, table, after, rule))
        raise SalestrackError(f"the book refused the change: new {table} with {rule}")


def _found(engine: Engine, table: str, after: int, rule: str) -> bool:
    return engine.value(f"SELECT 1 FROM main.{table} WHERE id > ? AND ({rule}) LIMIT 1", (after,)) is not None


def _checks(engine: Engine, table: str) -> Iterator[str]:
    """Yield the conditions of a table's CHECKs in their brackets."""
    sql = str(engine.value("SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?", (table,)))
    for found in _CHECK.finditer(sql):
        depth = 0
        for end in range(found.end(), len(sql)):
            depth += (sql[end] == "(") - (sql[end] == ")")
            if not depth:
                yield sql[found.end() : end + 1]
                break
