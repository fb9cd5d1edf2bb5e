"""What later operations did with the rows that one operation created: the reasons for which an undo stops short."""

import json
from typing import Any, NamedTuple

from salestrack.errors import RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.triggers import JOURNALLED

LETTERS = {
    "customers": "c", "contacts": "n", "deals": "d", "sales": "s", "activities": "a", "products": "p", "quotas": "q",
    "imports": "i",
}  # fmt: skip
# Words that many records share stay when somebody else uses them by now.
SHARED = ("tags", "owners", "lost_reasons")
# Parts live and die with their record.
PARTS = {"deal_history": "deals", "deal_lines": "deals", "sale_lines": "sales"}


class Span(NamedTuple):
    """The ids between which a table's rows of one operation lie: ids and operations grow together."""

    first: int
    last: int


class Use(NamedTuple):
    """A row of another operation that refers to a created one."""

    table: str
    row_id: int
    op: int
    parent_table: str
    parent_id: int


class LaterWork:
    """Looks at one operation's created rows from today."""

    def __init__(self, engine: Engine, op: int) -> None:
        self._engine = engine
        self._op = op
        self.spans = {table: span for table in JOURNALLED if (span := self._span(table))}

    def edited(self, table: str) -> set[int]:
        """Return the created rows that later operations left in another state."""
        span = self.spans[table]
        firsts = self._engine.query(
            "SELECT row_id, before FROM journal WHERE id IN (SELECT min(id) FROM journal "
            "WHERE tbl = ? AND op > ? AND row_id BETWEEN ? AND ? GROUP BY row_id)",
            (table, self._op, *span),
        )
        return {
            row["row_id"]
            for row in firsts
            if (now := find_row(self._engine, table, row["row_id"])) is not None and now != json.loads(row["before"])
        }

    def uses(self, table: str) -> list[Use]:
        """Return the rows of other operations that refer to a table's created rows."""
        found = []
        for child, column in self._engine.references(table):
            rows = self._engine.query(
                f"SELECT c.id, c.created_op, c.{column} AS parent FROM {table} t CROSS JOIN {child} c ON c.{column} = t.id "
                "WHERE t.id BETWEEN ? AND ? AND t.created_op = ? AND c.created_op <> ? ORDER BY c.id",
                (*self.spans[table], self._op, self._op),
            )
            found += [Use(child, row["id"], row["created_op"], table, row["parent"]) for row in rows]
        return found

    def refuse(self) -> dict[str, set[int]]:
        """Raise RuleError naming the later operation, or return the shared words that stay because others use them."""
        kept: dict[str, set[int]] = {}
        for table in self.spans:
            for row_id in sorted(self.edited(table)):
                raise conflict(self._engine, table, row_id, self._op)
            for use in self.uses(table):
                if table not in SHARED:
                    raise self._used(use)
                kept.setdefault(table, set()).add(use.parent_id)
        return kept

    def kept(self) -> dict[str, set[int]]:
        """Return the created rows that stay: edited since, used by later work, or needed by a row that stays."""
        kept: dict[str, set[int]] = {table: self.edited(table) for table in self.spans}
        for table in reversed(self.spans):
            kept[table] |= {use.parent_id for use in self.uses(table)}
        for part, whole in PARTS.items():
            if part in kept and whole in kept:
                kept[whole] |= self._pointed_at(part, whole, kept[part])
                kept[part] |= self._pointing(part, whole, kept[whole])
        for table in reversed(self.spans):
            for child in self.spans:
                kept[table] |= self._pointed_at(child, table, kept[child])
        if "import_keys" in kept:
            kept["import_keys"] |= self._keys_of(kept)
        if "imports" in kept and any(kept.values()):
            kept["imports"] |= set(range(self.spans["imports"].first, self.spans["imports"].last + 1))
        return {table: rows for table, rows in kept.items() if rows}

    def _span(self, table: str) -> Span | None:
        first = self._first_from(table, self._op)
        last = self._first_from(table, self._op + 1) - 1
        return Span(first, last) if first <= last else None

    def _first_from(self, table: str, op: int) -> int:
        """Return the lowest id at or above which every row belongs to op or a later operation, by halving."""
        low, high = 1, int(self._engine.value(f"SELECT coalesce(max(id), 0) FROM {table}")) + 1
        while low < high:
            middle = (low + high) // 2
            row = self._engine.query(
                f"SELECT id, created_op FROM {table} WHERE id >= ? ORDER BY id LIMIT 1", (middle,)
            )
            if not row or row[0]["created_op"] >= op:
                high = middle
            else:
                low = int(row[0]["id"]) + 1
        return low

    def _pointed_at(self, child: str, table: str, children: set[int]) -> set[int]:
        found: set[int] = set()
        for column in [column for name, column in self._engine.references(table) if name == child]:
            for key in children:
                rows = self._engine.query(
                    f"SELECT t.id FROM {child} c JOIN {table} t ON t.id = c.{column} WHERE c.id = ? AND t.created_op = ?",
                    (key, self._op),
                )
                found |= {row["id"] for row in rows}
        return found

    def _pointing(self, part: str, whole: str, wholes: set[int]) -> set[int]:
        column = f"{whole[:-1]}_id"
        found: set[int] = set()
        for key in wholes:
            rows = self._engine.query(f"SELECT id FROM {part} WHERE {column} = ? AND created_op = ?", (key, self._op))
            found |= {row["id"] for row in rows}
        return found

    def _keys_of(self, kept: dict[str, set[int]]) -> set[int]:
        found: set[int] = set()
        for table in set(LETTERS) & set(kept):
            for key in kept[table]:
                rows = self._engine.query(
                    "SELECT id FROM import_keys WHERE record_id = ? AND kind = ? AND created_op = ?", (key, table, self._op)
                )
                found |= {row["id"] for row in rows}
        return found

    def _used(self, use: Use) -> RuleError:
        op = use.op if use.op > self._op else last_change(self._engine, use.table, use.row_id, self._op)
        what = f"{_named(use.parent_table, use.parent_id)} is used by {_named(use.table, use.row_id)}"
        return RuleError(f"cannot undo o{self._op}: {what} since o{op}", hint=f"salestrack undo o{op} first")


def find_row(engine: Engine, table: str, row_id: int) -> Row | None:
    """Return a whole row, or None."""
    rows = engine.query(f"SELECT * FROM {table} WHERE id = ?", (row_id,))
    return rows[0] if rows else None


def last_change(engine: Engine, table: str, row_id: int, op: int, columns: list[str] | None = None) -> Any:
    """Return the latest operation after op that changed a row, or those columns of it."""
    rows = engine.query(
        "SELECT op, before, after FROM journal WHERE row_id = ? AND tbl = ? AND op > ? ORDER BY id DESC", (row_id, table, op)
    )
    for row in rows:
        if not columns or not row["after"]:
            return row["op"]
        before, after = json.loads(row["before"]), json.loads(row["after"])
        if any(before[column] != after[column] for column in columns):
            return row["op"]
    return op


def conflict(engine: Engine, table: str, row_id: int, op: int, columns: list[str] | None = None) -> RuleError:
    """Return the refusal that names the later change standing in the way of an undo."""
    later = last_change(engine, table, row_id, op, columns)
    which = f" ({', '.join(columns)})" if columns else ""
    return RuleError(
        f"cannot undo o{op}: {_named(table, row_id)} was changed later by o{later}{which}",
        hint=f"salestrack undo o{later} first",
    )


def _named(table: str, row_id: int) -> str:
    return f"{LETTERS[table]}{row_id}" if table in LETTERS else f"{table.replace('_', ' ')} {row_id}"
