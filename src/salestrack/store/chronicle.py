"""What the book remembers of its past: which operations were about a record, and what each one changed."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from salestrack.store.engine import Engine, Row
from salestrack.store.import_log import ImportLog
from salestrack.store.journal import Done, Journal
from salestrack.store.refusals import LETTERS, PARTS

TABLES = {letter: table for table, letter in LETTERS.items()}
MOST_IMAGES = 400  # of one operation that are told one by one
# What a column of some table refers to: the table, and the column that people know it by.
NAMES = {
    "owner_id": ("owners", "name"), "stage_id": ("stages", "name"), "pipeline_id": ("pipelines", "name"),
    "reason_id": ("lost_reasons", "name"), "customer_id": ("customers", "name"), "contact_id": ("contacts", "name"),
    "deal_id": ("deals", "title"), "merged_into": ("customers", "name"), "product_id": ("products", "name"),
    "tag_id": ("tags", "name"),
}  # fmt: skip


class Image(NamedTuple):
    """A row before an operation and after it; after None: it was removed, before None: it was made."""

    table: str
    row_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def row(self) -> dict[str, Any]:
        """The row in whichever state there is, the later one first."""
        return self.after or self.before or {}


class Chronicle:
    """Reads operations and the journal for people."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        self._engine = engine
        self._journal = journal
        self.name = lru_cache(maxsize=500)(self._name)

    def operations(self, *, ref: str | None, start: date | None, end: date | None, limit: int) -> list[Done]:
        """Return operations, the latest first, of a span of days and about one record where one is given."""
        params: dict[str, Any] = {"start": start.isoformat() if start else "", "limit": limit}
        params["end"] = (end + timedelta(days=1)).isoformat() if end else "9"
        where = "at >= :start AND at < :end"
        if ref:
            where += f" AND id IN ({self._about(ref)})"
            params |= {"key": int(ref[1:]), "like": f"% {ref} %", "table": TABLES[ref[0]]}
        sql = f"SELECT id FROM operations WHERE {where} ORDER BY id DESC LIMIT :limit"
        return [self._journal.get(row["id"]) for row in self._engine.query(sql, params)]

    def images(self, op: int) -> list[Image]:
        """Return what an operation did to rows that were there before, of at most so many rows as can be told."""
        rows = self._engine.query(
            "SELECT tbl, row_id, before, after FROM journal WHERE op = ? ORDER BY id LIMIT ?", (op, MOST_IMAGES)
        )
        found: dict[tuple[str, int], Image] = {}
        for row in rows:
            place = (row["tbl"], row["row_id"])
            after = json.loads(row["after"]) if row["after"] else None
            known = found.get(place)
            found[place] = known._replace(after=after) if known else Image(*place, json.loads(row["before"]), after)
        return [image for image in found.values() if image.before and image.before.get("created_op") != op]

    def parts_made(self, op: int, ref: str) -> list[Image]:
        """Return the rows that an operation added to a record that was there before: tags, lines, other names."""
        whole, key = TABLES[ref[0]], int(ref[1:])
        if self.made_by(ref) == op:
            return []
        found: list[Image] = []
        for table, (owner, column, _) in PARTS.items():
            if owner == whole:
                sql = f"SELECT * FROM {table} WHERE {column} = ? AND created_op = ? LIMIT 50"
                found += [Image(table, row["id"], None, row) for row in self._engine.query(sql, (key, op))]
        return found

    def prices_made(self, op: int, ref: str) -> list[Image]:
        """Return since when an operation let what repeats cost something else, or rest."""
        column = "deal_id" if ref[0] == "d" else "sale_id"
        sql = (
            "SELECT c.* FROM schedules h JOIN schedule_changes c ON c.schedule_id = h.id "
            f"WHERE h.{column} = ? AND c.created_op = ? ORDER BY c.from_on LIMIT 50"
        )
        found = self._engine.query(sql, (int(ref[1:]), op))
        return [Image("schedule_changes", row["id"], None, row) for row in found]

    def paused_before(self, row: Row) -> bool:
        """Say whether what repeats rested until a change of its price."""
        sql = "SELECT amount FROM schedule_changes WHERE schedule_id = ? AND from_on < ? ORDER BY from_on DESC LIMIT 1"
        before = self._engine.query(sql, (row["schedule_id"], row["from_on"]))
        return bool(before) and before[0]["amount"] is None

    def repeating(self, image: Image) -> str | None:
        """Return the id of the record that repeats by a schedule, or by one that a price is part of."""
        row: Row | None = image.row
        if image.table == "schedule_changes":
            row = self._schedule(image.row["schedule_id"])
        letters = (("s", "sale_id"), ("d", "deal_id"), ("a", "activity_id"))
        return next((f"{letter}{row[column]}" for letter, column in letters if row and row[column]), None)

    def _schedule(self, key: int) -> Row | None:
        """Return a schedule as it is, or was when it was removed."""
        rows = self._engine.query("SELECT sale_id, deal_id, activity_id FROM schedules WHERE id = ?", (key,))
        if rows:
            return rows[0]
        sql = "SELECT before FROM journal WHERE row_id = ? AND tbl = 'schedules' ORDER BY id DESC LIMIT 1"
        found = self._engine.value(sql, (key,))
        return json.loads(found) if found else None

    def named_made(self, op: int, tables: Sequence[str]) -> list[Image]:
        """Return the rows that an operation added to some of the short lists by which the book is kept."""
        found = []
        for table in tables:
            for row in self._engine.query(f"SELECT * FROM {table} WHERE created_op = ?", (op,)):
                found.append(Image(table, row["id"], None, row))
        return found

    def made_by(self, ref: str) -> int | None:
        """Return the operation that made a record, None when nothing is known of it any more."""
        table, key = TABLES[ref[0]], int(ref[1:])
        found = self._engine.value(f"SELECT created_op FROM {table} WHERE id = ?", (key,))
        if found is None:
            found = (self.last_image(ref) or {}).get("created_op")
        return None if found is None else int(found)

    def last_image(self, ref: str) -> Row | None:
        """Return what a record was when it was last changed or removed."""
        sql = "SELECT before FROM journal WHERE row_id = ? AND tbl = ? ORDER BY id DESC LIMIT 1"
        found = self._engine.value(sql, (int(ref[1:]), TABLES[ref[0]]))
        return json.loads(found) if found else None

    def gone(self, ref: str) -> Row | None:
        """Return what a removed record was; None for one that is there."""
        there = self._engine.value(f"SELECT 1 FROM {TABLES[ref[0]]} WHERE id = ?", (int(ref[1:]),))
        return None if there else self.last_image(ref)

    def removed(self, op: int) -> dict[str, int]:
        """Return how many records an operation removed, by the letter of their kind."""
        sql = "SELECT tbl, count(DISTINCT row_id) AS gone FROM journal WHERE op = ? AND after IS NULL GROUP BY tbl"
        return {LETTERS[row["tbl"]]: row["gone"] for row in self._engine.query(sql, (op,)) if row["tbl"] in LETTERS}

    def came_back(self, ref: str, op: int) -> bool:
        """Say whether a record that an operation removed is there again."""
        sql = "SELECT 1 FROM journal WHERE row_id = ? AND tbl = ? AND op = ? AND after IS NULL"
        removed = self._engine.value(sql, (int(ref[1:]), TABLES[ref[0]], op))
        return bool(removed) and self.gone(ref) is None

    def imported(self, op: int) -> Row | None:
        """Return the import that an operation was: files, read_rows, new_rows, changed_rows, of several files their sums."""
        past = [each for each in ImportLog(self._engine).of_operation(op) if not each.brought_along]
        if not past:
            return None
        sums = {f"{name}_rows": sum(getattr(each, name) for each in past) for name in ("read", "new", "changed")}
        return {"files": len(past), **sums}

    def currency_of(self, table: str, row: Row) -> str | None:
        """Return in which currency the amounts of a row are: its own, or that of the record it is part of."""
        if row.get("currency"):
            return str(row["currency"])
        if table == "schedule_changes":
            row = self._schedule(row["schedule_id"]) or {"deal_id": None, "sale_id": None}
        if table in {"schedules", "schedule_changes"}:
            whole, column = ("deals", "deal_id") if row["deal_id"] else ("sales", "sale_id")
        elif table in PARTS:
            whole, column, _ = PARTS[table]
        else:
            return None
        if whole not in {"deals", "sales"}:
            return None
        found: str | None = self._engine.value(f"SELECT currency FROM {whole} WHERE id = ?", (row[column],))
        return found

    def _name(self, column: str, key: int) -> str | None:
        table, name = NAMES[column]
        found: str | None = self._engine.value(f"SELECT {name} FROM {table} WHERE id = ?", (key,))
        if found is None and table not in LETTERS:  # of a short list by which the book is kept: as it was called last
            sql = "SELECT before ->> ? FROM journal WHERE row_id = ? AND tbl = ? ORDER BY id DESC LIMIT 1"
            found = self._engine.value(sql, (name, key, table))
        return found

    def _about(self, ref: str) -> str:
        """Return the select of every operation about a record, also of those that touched it among many."""
        whole = TABLES[ref[0]]
        made = [f"SELECT created_op FROM {whole} WHERE id = :key"]
        made += [
            f"SELECT created_op FROM {table} WHERE {column} = :key"
            for table, (owner, column, _) in PARTS.items()
            if owner == whole
        ]
        return (
            "SELECT id FROM operations WHERE ' ' || refs || ' ' LIKE :like UNION SELECT op FROM journal "
            "WHERE row_id = :key AND tbl = :table UNION SELECT json_extract(before, '$.created_op') FROM journal "
            f"WHERE row_id = :key AND tbl = :table UNION {' UNION '.join(made)}"
        )
