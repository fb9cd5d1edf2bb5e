"""What later operations did with the rows that one operation created: the reasons for which an undo stops short."""

import json
from collections.abc import Collection, Iterator
from typing import NamedTuple

from salestrack.errors import RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.refusals import PARTS, Refusals, find_row
from salestrack.store.triggers import JOURNALLED

# Words that many records share stay when somebody else uses them by now, unless adding them was all that was done.
SHARED = ("tags", "owners", "lost_reasons")
# Rows that are named by their word and not by their id, and where: table, column, condition.
_IN_WORDS = {
    "activity_kinds": (
        ("activities", "kind", "1"),
        ("follow_ups", "after_kind", "1"),
        ("follow_ups", "kind", "1"),
        ("score_rules", "name", "c.what = 'activity'"),
    ),
    "outcomes": (("activities", "outcome", "1"),),
}
Kept = dict[str, set[int]]


class Span(NamedTuple):
    """The ids between which a table's rows of one operation lie: ids and operations grow together."""

    first: int
    last: int


class Use(NamedTuple):
    """A row of another operation that refers to a created one by a column."""

    table: str
    row_id: int
    column: str
    op: int
    parent_id: int


class LaterWork:
    """Looks at one operation's created rows from today."""

    def __init__(self, engine: Engine, op: int, refusals: Refusals) -> None:
        self._engine = engine
        self._op = op
        self._refusals = refusals
        self.spans = {table: span for table in JOURNALLED if (span := self._span(table))}

    def first_after(self, table: str) -> int:
        """Return the lowest id that rows of later operations can have."""
        return self._first_from(table, self._op + 1)

    def refuse(self, spared: Kept) -> Kept:
        """Raise RuleError naming the later operation, or return what stays: spared rows, and shared words in use."""
        kept = {table: set(rows) for table, rows in spared.items()}
        shared = () if self._only_words() else SHARED
        for table, row_id in self._removed():
            raise self._refusals.changed(table, row_id)
        for table in self.spans:
            for row_id in sorted(self._edited(table) - kept.get(table, set())):
                raise self._refusals.changed(table, row_id)
            for use in self._uses(table):
                if table not in shared:
                    raise self._used(table, use)
                kept.setdefault(table, set()).add(use.parent_id)
        return kept

    def kept(self, spared: Kept) -> Kept:
        """Return the created rows that stay: edited since, used by later work, or part or parent of a row that stays."""
        kept: Kept = {}
        for table in self.spans:
            kept[table] = self._edited(table) | {use.parent_id for use in self._uses(table)} | spared.get(table, set())
        grown = {table: rows for table, rows in kept.items() if rows}
        while grown:
            found = self._belonging(grown)
            grown = {table: rows - kept[table] for table, rows in found.items() if rows - kept[table]}
            for table, rows in grown.items():
                kept[table] |= rows
        if "import_keys" in kept:
            kept["import_keys"] |= self._keys_of(kept)
        if "imports" in kept and any(kept.values()):
            kept["imports"] |= set(range(self.spans["imports"].first, self.spans["imports"].last + 1))
        return {table: rows for table, rows in kept.items() if rows}

    def _used(self, table: str, use: Use) -> RuleError:
        changed = self._refusals.last_change(use.table, use.row_id, [use.column])
        return self._refusals.used(table, use.parent_id, by=(use.table, use.row_id), op=max(use.op, changed))

    def _belonging(self, rows: Kept) -> Kept:
        """Return the created rows that some rows refer to, and those that are part of them."""
        found: Kept = {}
        for table, keys in rows.items():
            for column, parent in self._engine.parents(table):
                if parent in self.spans:
                    sql = f"SELECT t.id FROM {table} c JOIN {parent} t ON t.id = c.{column} WHERE t.created_op = ? AND c.id"
                    found.setdefault(parent, set()).update(self._chosen(sql, keys))
            for part, (whole, column, _) in PARTS.items():
                if whole == table and part in self.spans:
                    sql = f"SELECT id FROM {part} WHERE created_op = ? AND {column}"
                    found.setdefault(part, set()).update(self._chosen(sql, keys))
        return found

    def _keys_of(self, kept: Kept) -> set[int]:
        found: set[int] = set()
        for table, keys in kept.items():
            sql = f"SELECT id FROM import_keys WHERE created_op = ? AND kind = '{table}' AND record_id"
            found |= self._chosen(sql, keys)
        return found

    def _chosen(self, sql: str, keys: Collection[int]) -> set[int]:
        """Return the ids of this operation's rows that a statement ending in a column finds for some keys."""
        found: set[int] = set()
        for part in _parts(sorted(keys)):
            rows = self._engine.query(f"{sql} IN ({', '.join(map(str, part))})", (self._op,))
            found.update(row["id"] for row in rows)
        return found

    def _edited(self, table: str) -> set[int]:
        """Return the created rows that later operations changed."""
        firsts = self._engine.query(
            "SELECT row_id, before FROM journal WHERE id IN (SELECT min(id) FROM journal "
            "WHERE tbl = ? AND op > ? AND row_id BETWEEN ? AND ? GROUP BY row_id)",
            (table, self._op, *self.spans[table]),
        )
        return {row["row_id"] for row in firsts if self._differs(table, row["row_id"], json.loads(row["before"]))}

    def _differs(self, table: str, row_id: int, made: Row) -> bool:
        now = find_row(self._engine, table, row_id)
        return now is not None and (now != made or bool(self._refusals.touched(table, row_id)))

    def _removed(self) -> list[tuple[str, int]]:
        """Return the created rows that later operations removed, with their tables."""
        rows = self._engine.query(
            "SELECT DISTINCT tbl, row_id FROM journal WHERE op > :op AND after IS NULL "
            "AND json_extract(before, '$.created_op') = :op",
            {"op": self._op},
        )
        gone = [(row["tbl"], row["row_id"]) for row in rows]
        return [(table, key) for table, key in gone if find_row(self._engine, table, key) is None]

    def _uses(self, table: str) -> list[Use]:
        """Return the rows of other operations that refer to a table's created rows."""
        found = []
        for child, column in self._engine.references(table):
            rows = self._engine.query(
                f"SELECT c.id, c.created_op, c.{column} AS parent FROM {table} t CROSS JOIN {child} c ON c.{column} = t.id "
                "WHERE t.id BETWEEN ? AND ? AND t.created_op = ? AND c.created_op <> ? ORDER BY c.id",
                (*self.spans[table], self._op, self._op),
            )
            found += [Use(child, row["id"], column, row["created_op"], row["parent"]) for row in rows]
        return found + self._spoken(table) + (self._set() if table == "owners" else [])

    def _set(self) -> list[Use]:
        """Return the settings that a created owner stands in, whom they know by number and not by reference."""
        rows = self._engine.query(
            "SELECT s.id, s.created_op, t.id AS parent FROM owners t JOIN settings s ON s.key = 'owner' "
            "AND s.value = CAST(t.id AS TEXT) WHERE t.created_op = ? AND s.created_op <> ?",
            (self._op, self._op),
        )
        return [Use("settings", row["id"], "value", row["created_op"], row["parent"]) for row in rows]

    def _only_words(self) -> bool:
        """Say whether an operation did nothing but add shared words, so that keeping them would take back nothing."""
        sql = "SELECT 1 FROM journal WHERE op = ? LIMIT 1"
        return set(self.spans) <= set(SHARED) and self._engine.value(sql, (self._op,)) is None

    def _spoken(self, table: str) -> list[Use]:
        """Return the rows that name a table's created rows in words since: kinds and outcomes of activities."""
        found = []
        for child, column, condition in _IN_WORDS.get(table, ()):
            sql = (
                f"SELECT c.id, c.created_op, t.id AS parent FROM {table} t JOIN {child} c ON c.{column} = t.name "
                f"WHERE t.created_op = :op AND {condition} AND (c.id >= :later OR EXISTS (SELECT 1 FROM journal j "
                f"WHERE j.row_id = c.id AND j.tbl = '{child}' AND j.op > :op "
                f"AND json_extract(j.before, '$.{column}') IS NOT t.name)) AND c.created_op <> :op ORDER BY c.id LIMIT 1"
            )
            for row in self._engine.query(sql, {"op": self._op, "later": self.first_after(child)}):
                found.append(Use(child, row["id"], column, row["created_op"], row["parent"]))
        return found

    def _span(self, table: str) -> Span | None:
        first = self._first_from(table, self._op)
        last = self._first_from(table, self._op + 1) - 1
        return Span(first, last) if first <= last else None

    def _first_from(self, table: str, op: int) -> int:
        """Return the lowest id at or above which every row belongs to op or a later operation, by halving."""
        low, high = 1, int(self._engine.value(f"SELECT coalesce(max(id), 0) FROM {table}")) + 1
        while low < high:
            middle = (low + high) // 2
            row = self._engine.query(f"SELECT id, created_op FROM {table} WHERE id >= ? ORDER BY id LIMIT 1", (middle,))
            if not row or row[0]["created_op"] >= op:
                high = middle
            else:
                low = int(row[0]["id"]) + 1
        return low


def _parts(keys: list[int], size: int = 500) -> Iterator[list[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
