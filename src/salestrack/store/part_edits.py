"""What people did to that which belongs to a record: its lines, tags, names, history, and what repeats."""

import json
from collections import defaultdict
from typing import Any, NamedTuple

from salestrack.store.engine import Engine, Row

# What belongs to a record alone, and the column that says to which.
PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "products": (),
    "customers": (("customer_aliases", "customer_id"), ("customer_tags", "customer_id")),
    "contacts": (),
    "quotas": (),
    "deals": (
        ("deal_history", "deal_id"),
        ("deal_lines", "deal_id"),
        ("deal_contacts", "deal_id"),
        ("deal_tags", "deal_id"),
        ("schedules", "deal_id"),
    ),
    "sales": (("sale_lines", "sale_id"), ("sale_tags", "sale_id"), ("schedules", "sale_id")),
    "activities": (
        ("activity_contacts", "activity_id"),
        ("activity_tags", "activity_id"),
        ("schedules", "activity_id"),
    ),
}
_FOLLOWING = "deal_history"
"""It follows from the columns of the deal."""
MARK = "part:"
"""Under this and its name a part stands among the columns that a person set in the book a copy was made from."""
# The imported records to which people did something, by the part; of removed rows only the image tells.
_DONE_TO = """
SELECT DISTINCT t.{column} AS record FROM {part} t JOIN operations o ON o.id = t.created_op AND o.kind = 'do'
WHERE o.undone_by IS NULL AND t.{column} IN (SELECT record_id FROM import_keys WHERE kind = '{table}')
UNION SELECT CAST(json_extract(j.before, '$.{column}') AS INTEGER) FROM journal j JOIN operations o ON o.id = j.op
WHERE j.tbl = '{part}' AND o.kind = 'do' AND o.undone_by IS NULL
AND json_extract(j.before, '$.{column}') IN (SELECT record_id FROM import_keys WHERE kind = '{table}')
"""
_OF_SCHEDULES = """
SELECT DISTINCT s.{column} AS record FROM schedules s
WHERE s.{column} IN (SELECT record_id FROM import_keys WHERE kind = '{table}')
AND (EXISTS (SELECT 1 FROM schedule_changes t JOIN operations o ON o.id = t.created_op AND o.kind = 'do'
    WHERE t.schedule_id = s.id AND o.undone_by IS NULL)
OR EXISTS (SELECT 1 FROM journal j JOIN operations o ON o.id = j.op
    WHERE j.tbl = 'schedule_changes' AND o.kind = 'do' AND o.undone_by IS NULL
    AND json_extract(j.before, '$.schedule_id') = s.id))
"""
_IMAGES = (
    "SELECT j.op, j.row_id, j.before, j.after, o.kind FROM journal j JOIN operations o ON o.id = j.op "
    "WHERE j.tbl = ? AND o.kind IN ('do', 'import') AND o.undone_by IS NULL ORDER BY j.id"
)


def parts_by_hand(engine: Engine, table: str) -> dict[int, set[str]]:
    """Return which parts of imported records people changed, each as `part:TABLE`."""
    edits, found = PartEdits(engine, ""), dict[int, set[str]]()
    for part, column in PARTS.get(table, ()):
        if part == _FOLLOWING:
            continue
        names = {"part": part, "column": column, "table": table}
        rows = engine.query(_DONE_TO.format(**names))
        rows += engine.query(_OF_SCHEDULES.format(**names)) if part == "schedules" else []
        for key in {int(row["record"]) for row in rows}:
            made = engine.value(f"SELECT created_op FROM {table} WHERE id = ?", (key,))
            if made is not None and edits.touched(part, column, key, made=made):
                found.setdefault(key, set()).add(f"{MARK}{part}")
    return found


class _Image(NamedTuple):
    op: int
    kind: str
    row_id: int
    before: Row
    removed: bool


class PartEdits:
    """Says of parts of records who had the last hand in them."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine = engine
        self._source = source
        self._images: dict[tuple[str, str], dict[int, list[_Image]]] = {}
        self._ops: set[int] | None = None

    def touched(self, part: str, column: str, key: int, *, made: int | None = None) -> bool:
        """Say whether a person was the last who added, changed or removed something of a part of a record of ours.

        What operation `made` did, does not count: it made the record.
        """
        acts = self._acts(part, column, key)
        if part == "schedules":
            own = self._engine.query(f"SELECT id FROM main.schedules WHERE {column} = ?", (key,))
            ids = {row["id"] for row in own} | {image.row_id for image in self._past(part, column).get(key, ())}
            for schedule in ids:
                acts += self._acts("schedule_changes", "schedule_id", schedule)
        acts = [act for act in acts if act[0] != made]
        return bool(acts) and max(acts)[1] == "do"

    def removed(self, part: str, column: str, key: int) -> list[Row]:
        """Return the rows of a part that people removed."""
        return [one.before for one in self._past(part, column).get(key, ()) if one.removed and one.kind == "do"]

    def brought_by_them(self, part: str, key: int) -> bool:
        """Say whether a row of a part came in from the book that is read."""
        if self._ops is None:
            # What a whole book brought along into an empty one came in by one operation, whoever had brought it there.
            rows = self._engine.query(
                "SELECT i.created_op FROM imports i JOIN operations o ON o.id = i.created_op "
                "WHERE i.source = ? AND ' ' || o.refs || ' ' LIKE '% i' || i.id || ' %'",
                (self._source,),
            )
            self._ops = {row["created_op"] for row in rows}
        return self._engine.value(f"SELECT created_op FROM main.{part} WHERE id = ?", (key,)) in self._ops

    def _acts(self, part: str, column: str, key: int) -> list[tuple[int, str]]:
        rows = self._engine.query(
            f"SELECT t.created_op, o.kind FROM main.{part} t JOIN operations o ON o.id = t.created_op "
            f"WHERE t.{column} = ? AND o.undone_by IS NULL",
            (key,),
        )
        found = [(row["created_op"], str(row["kind"])) for row in rows]
        return found + [(one.op, one.kind) for one in self._past(part, column).get(key, ())]

    def _past(self, part: str, column: str) -> dict[int, list[_Image]]:
        if (part, column) not in self._images:
            found: dict[int, list[_Image]] = defaultdict(list)
            for row in self._engine.query(_IMAGES, (part,)):
                before: dict[str, Any] = json.loads(row["before"])
                image = _Image(row["op"], row["kind"], row["row_id"], before, row["after"] is None)
                found[int(before.get(column) or 0)].append(image)
            self._images[part, column] = found
        return self._images[part, column]
