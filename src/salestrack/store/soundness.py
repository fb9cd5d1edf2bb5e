"""The rules that tables have for their rows, asked of many rows at once.

SQLite asks them of each row as it is written: it opens the other table for every reference, and copies every text for a
function in a CHECK. For a million rows that is a fifth of an import; one look over all of them takes half of that.
"""

import re
from collections.abc import Iterator, Sequence

from salestrack.errors import SalestrackError
from salestrack.store.engine import Engine, Params
from salestrack.store.triggers import JOURNALLED

_CHECK = re.compile(r"\bCHECK (?=\()")
_IMAGES = "SELECT row_id FROM main.journal WHERE id > ? AND tbl = ? AND after IS {} NULL"


class Watch:
    """Knows up to where a transaction has been looked at, from where on it is the watch's to look."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen = self._highest()

    def look(self) -> None:
        """Raise SalestrackError when a row that was written since the last look breaks a CHECK, or a reference leads nowhere.

        New rows are those with ids after the highest one there was; the journal says which others were changed or went.
        """
        before, self._seen = self._seen, self._highest()
        counts: dict[str, int] = {}
        for table, last in self._seen.items():
            if last > before.get(table, 0):
                require_sound(self._engine, table, before.get(table, 0), counts)
        since = before.get("journal", 0)
        if self._seen.get("journal", 0) > since:
            for row in self._engine.query("SELECT DISTINCT tbl FROM main.journal WHERE id > ?", (since,)):
                _require_changed(self._engine, row["tbl"], since)

    def _highest(self) -> dict[str, int]:
        """Return the highest id in every table that ever had rows: what was undone or removed has left room below."""
        tables = [row["name"] for row in self._engine.query("SELECT name FROM main.sqlite_sequence")]
        return {table: highest_id(self._engine, table) for table in tables}


def highest_id(engine: Engine, table: str) -> int:
    """Return the highest id in a table, 0 when it is empty."""
    return int(engine.value(f"SELECT coalesce(max(id), 0) FROM main.{table}"))


def require_sound(engine: Engine, table: str, after: int, counts: dict[str, int] | None = None) -> None:
    """Raise SalestrackError when a row of a table with an id after this one breaks a CHECK, or refers to what is not there.

    `counts` keeps how many rows tables have from one table to the next.
    """
    rows, counts = highest_id(engine, table) - after, {} if counts is None else counts
    checks, parents = [f"NOT {check}" for check in _checks(engine, table)], engine.parents(table)
    lost = [_out_of_range(engine, *each, rows, counts) or _lost(*each) for each in parents]
    _require(engine, table, ("id > ?", (after,)), [*checks, *lost], [*checks, *(_lost(*each) for each in parents)])


def _require_changed(engine: Engine, table: str, since: int) -> None:
    """Ask the same of the rows that the journal has images of since an entry, and of what refers to those that went."""
    rules = [f"NOT {check}" for check in _checks(engine, table)]
    rules += [_lost(*each) for each in engine.parents(table)]
    _require(engine, table, (f"id IN ({_IMAGES.format('NOT')})", (since, table)), rules, rules)
    for child, column in _children(engine, table):
        lost = f"{column} IN ({_IMAGES.format('')}) AND {column} NOT IN (SELECT id FROM main.{table})"
        if _found(engine, child, lost, (since, table)):
            raise SalestrackError(f"the book refused the change: {child} with {column} of {table} that went")


def _require(engine: Engine, table: str, rows: tuple[str, Params], broken: Sequence[str], named: Sequence[str]) -> None:
    """Raise SalestrackError when one of some conditions holds for a row, with the words for that one."""
    which, params = rows
    if broken and _found(engine, table, f"{which} AND ({' OR '.join(broken)})", params):
        rule = next(rule for rule in named if _found(engine, table, f"{which} AND ({rule})", params))
        raise SalestrackError(f"the book refused the change: new {table} with {rule}")


def _lost(column: str, parent: str) -> str:
    """Return the condition that a column refers to no row of a table."""
    return f"{column} IS NOT NULL AND {column} NOT IN (SELECT id FROM main.{parent})"


def _out_of_range(engine: Engine, column: str, parent: str, rows: int, counts: dict[str, int]) -> str:
    """Return the same condition for a table whose ids follow on each other without a gap, an empty text for others.

    So they do after a first import; the first and the last id say it of many rows without a look into the table for each.
    """
    first, last = (engine.value(f"SELECT {which}(id) FROM main.{parent}") for which in ("min", "max"))
    if first is None or last > rows:  # counting would cost more than looking
        return ""
    if parent not in counts:
        counts[parent] = engine.value(f"SELECT count(*) FROM main.{parent}")
    return f"{column} NOT BETWEEN {first} AND {last}" if counts[parent] == last - first + 1 else ""


def _found(engine: Engine, table: str, where: str, params: Params) -> bool:
    return engine.value(f"SELECT 1 FROM main.{table} WHERE {where} LIMIT 1", params) is not None


def _children(engine: Engine, table: str) -> Sequence[tuple[str, str]]:
    """Return the (table, column) pairs that refer to a table, those too whose rows go with it."""
    return [
        (child, column)
        for child in (*JOURNALLED, "deal_state")
        for column, parent in engine.parents(child)
        if parent == table
    ]


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
