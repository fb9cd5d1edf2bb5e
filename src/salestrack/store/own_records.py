"""Look-ups for rows of the program's own exports: which of the book's records their ids mean, and what these hold."""

from collections.abc import Iterable, Sequence
from typing import Any

from salestrack.store.engine import Engine, Row
from salestrack.store.staging import in_parts

# What `KIND list --format csv` says otherwise than `export KIND`, under the names of the export.
_LISTED = {
    "deals": "SELECT d.id, coalesce(d.probability, s.probability) AS probability FROM deals d "
    "JOIN stages s ON s.id = d.stage_id WHERE d.id IN ",
    "sales": "SELECT id, amount + coalesce(tax, 0) AS gross, currency FROM sales WHERE id IN ",
    "activities": "SELECT id, coalesce(happened_on, due_on) AS date, seconds / 60 AS duration, note, subject "
    "FROM activities WHERE id IN ",
}


class OwnRecords:
    """Asks one book about its own records."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def last_id(self, kind: str) -> int:
        """Return the highest id that a kind of record ever had."""
        return int(self._engine.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (kind,)) or 0)

    def existing(self, kind: str, ids: Iterable[int]) -> set[int]:
        """Return those of some ids that have a record, merged and retired ones included."""
        return {row["id"] for row in self._rows(f"SELECT id FROM {kind} WHERE id IN ", ids)}

    def merged(self, kind: str, ids: Iterable[int]) -> set[int]:
        """Return those of some records that became part of another one."""
        if kind != "customers":
            return set()
        return {
            row["id"] for row in self._rows("SELECT id FROM customers WHERE merged_into IS NOT NULL AND id IN ", ids)
        }

    def stored(self, kind: str, ids: Iterable[int]) -> dict[int, Row]:
        """Return records as they are stored."""
        return {row["id"]: row for row in self._rows(f"SELECT * FROM {kind} WHERE id IN ", ids)}

    def listed(self, kind: str, ids: Iterable[int]) -> dict[int, Row]:
        """Return what lists say of records otherwise than exports do."""
        sql = _LISTED.get(kind)
        return {row["id"]: row for row in self._rows(sql, ids)} if sql else {}

    def repeating(self, ids: Iterable[int]) -> set[int]:
        """Return those of some sales that repeat: a list has a row for each time that one fell due."""
        return {row["id"] for row in self._rows("SELECT sale_id AS id FROM schedules WHERE sale_id IN ", ids)}

    def missing(self, kind: str, source: str, letter: str, most: int) -> tuple[int, list[int]]:
        """Return how many records of a kind no noted id stands for, and the first of their ids."""
        away = (
            f"FROM {kind} t WHERE NOT EXISTS (SELECT 1 FROM staging.present p WHERE p.source = :source "
            "AND p.kind = :kind AND p.key = :letter || t.id)"
        )
        away += {"customers": " AND t.merged_into IS NULL", "products": " AND t.removed_on IS NULL"}.get(kind, "")
        params = {"source": source, "kind": kind, "letter": letter, "most": most}
        number = int(self._engine.value(f"SELECT count(*) {away}", params))
        rows = self._engine.query(f"SELECT t.id {away} ORDER BY t.id LIMIT :most", params)
        return number, [row["id"] for row in rows]

    def reject_joined(self, letter: str, title: str) -> None:
        """Set aside the rows that would join a record by its name, for which another row of the file stands by its id."""
        joined = self._engine.query(
            "SELECT r.line, iif(r.key GLOB 'v1:*', '', r.key) AS key, r.record_id FROM staging.rows r WHERE r.state = 4 "
            "AND EXISTS (SELECT 1 FROM staging.rows o WHERE o.key = :letter || r.record_id AND o.line <> r.line "
            "AND o.record_id = r.record_id)",
            {"letter": letter},
        )
        for row in joined:
            why = f"has the name of {letter}{row['record_id']}, which is a row of its own; merging joins two records"
            self._engine.execute(
                "INSERT INTO staging.faults (line, title, cell, reason) VALUES (?, ?, ?, ?)",
                (row["line"], title, row["key"], why),
            )
            self._engine.execute("DELETE FROM staging.rows WHERE line = ?", (row["line"],))

    def staged_tags(self, line: int) -> list[int]:
        """Return the tags that a line of the file says, provisional ids among them."""
        return [row["tag"] for row in self._engine.query("SELECT tag FROM staging.tags WHERE line = ?", (line,))]

    def set_tags(self, noun: str, record: int, tags: Sequence[int], *, op: int) -> bool:
        """Give a record just these tags; say whether it had others."""
        table = f"{noun}_tags"
        has = {
            row["tag_id"]: row["id"]
            for row in self._engine.query(f"SELECT id, tag_id FROM {table} WHERE {noun}_id = ?", (record,))
        }
        for tag, key in has.items():
            if tag not in tags:
                self._engine.delete(table, key)
        for tag in dict.fromkeys(tags):
            if tag not in has:
                self._engine.insert(table, {f"{noun}_id": record, "tag_id": tag, "created_op": op})
        return set(has) != set(tags)

    def _rows(self, sql: str, ids: Iterable[Any]) -> list[Row]:
        rows: list[Row] = []
        for part in in_parts(sorted(set(ids))):
            rows += self._engine.query(f"{sql}({', '.join('?' * len(part))})", part)
        return rows
