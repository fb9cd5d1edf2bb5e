"""Which columns of a record a person set: what no import overwrites, and what an export takes along."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.store.engine import Engine, Row
from salestrack.store.staging import in_parts

_FOLLOWS_MERGING = {"customer_id", "contact_id"}
"""Columns of other records that go along when customers or contacts become one: nobody said whose these records are."""


def hand_edited(engine: Engine, table: str, ids: Sequence[int], *, typed: bool = True) -> dict[int, set[str]]:
    """Return the columns of records that people set, by what the journal says of operations still in force.

    Without `typed` only what they edited counts, not what they filled in when they made a record.
    """
    found: dict[int, set[str]] = {}
    for part in in_parts(ids, 500):
        marks = ", ".join("?" * len(part))
        made = engine.query(
            f"SELECT t.*, o.kind = 'do' AS by_hand FROM {table} t JOIN operations o ON o.id = t.created_op "
            f"WHERE t.id IN ({marks})",
            part,
        )
        for row in made:
            by_hand = row.pop("by_hand")
            found[row["id"]] = _set_by_hand(row) if by_hand and typed else set()
        brought = engine.query(
            f"SELECT row_id, columns FROM hand_set WHERE row_id IN ({marks}) AND tbl = ?", [*part, table]
        )
        for row in brought:  # set by hand in the book that this one was brought in from
            found.setdefault(row["row_id"], set()).update(json.loads(row["columns"]))
        images = engine.query(
            "SELECT j.row_id, j.before, j.after, o.kind, o.verb FROM journal j JOIN operations o ON o.id = j.op "
            f"WHERE j.row_id IN ({marks}) AND j.tbl = ? AND o.kind IN ('do', 'import') AND o.undone_by IS NULL "
            "ORDER BY j.id",
            [*part, table],
        )
        for image in images:
            _follow(found.setdefault(image["row_id"], set()), image)
    return found


def said_before(engine: Engine, table: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what columns of records held before people changed them: what the source had said, where one brought them.

    Custom fields stand there as `field:NAME`. What an import wrote since is no matter of a person's any more.
    """
    found: dict[int, dict[str, Any]] = {}
    for part in in_parts(ids, 500):
        marks = ", ".join("?" * len(part))
        found |= _said_elsewhere(engine, table, part)
        images = engine.query(
            "SELECT j.row_id, j.before, j.after, o.kind FROM journal j JOIN operations o ON o.id = j.op "
            f"WHERE j.row_id IN ({marks}) AND j.tbl = ? AND o.kind IN ('do', 'import') AND o.undone_by IS NULL "
            f"AND j.after IS NOT NULL AND EXISTS (SELECT 1 FROM {table} t JOIN operations m ON m.id = t.created_op "
            "WHERE t.id = j.row_id AND m.kind = 'import') ORDER BY j.id",
            [*part, table],
        )
        for image in images:
            said = found.setdefault(image["row_id"], {})
            before, after = (_flat(image[side]) for side in ("before", "after"))
            for name in before.keys() | after.keys():
                if before.get(name) == after.get(name):
                    continue
                if image["kind"] == "do":
                    said.setdefault(name, before.get(name))
                else:
                    said.pop(name, None)
    return found


def _said_elsewhere(engine: Engine, table: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what the book that this one was brought in from knew of what files had said."""
    marks = ", ".join("?" * len(ids))
    rows = engine.query(
        f"SELECT row_id, said FROM hand_set WHERE row_id IN ({marks}) AND tbl = ? AND said <> '{{}}'", [*ids, table]
    )
    return {row["row_id"]: json.loads(row["said"]) for row in rows}


def held_before(engine: Engine, table: str, key: int, *, but: str) -> dict[str, list[Any]]:
    """Return what the columns of a record held before each change that is in force, but for those one source made."""
    images = engine.query(
        "SELECT j.before, j.after FROM journal j JOIN operations o ON o.id = j.op WHERE j.row_id = ? AND j.tbl = ? "
        "AND j.after IS NOT NULL AND o.kind IN ('do', 'import') AND o.undone_by IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.created_op = o.id AND i.source = ?) ORDER BY j.id",
        (key, table, but),
    )
    found: dict[str, list[Any]] = {}
    for image in images:
        before, after = _flat(image["before"]), _flat(image["after"])
        for name in before.keys() | after.keys():
            if before.get(name) != after.get(name):
                found.setdefault(name, []).append(before.get(name))
    return found


def _flat(image: str) -> dict[str, Any]:
    """Return the columns of a row, its custom fields among them."""
    row: dict[str, Any] = json.loads(image)
    return row | {f"field:{name}": text for name, text in json.loads(row.get("fields") or "{}").items()}


def products_by_hand(engine: Engine, table: str, ids: Sequence[int]) -> bool:
    """Say whether a person set the product or quantity of any of some lines."""
    return any({"product_id", "quantity"} & columns for columns in hand_edited(engine, table, ids).values())


def _follow(columns: set[str], image: Mapping[str, Any]) -> None:
    """Bring a record's hand-set columns forward by one image of the journal."""
    if not image["after"]:
        return
    before, after = json.loads(image["before"]), json.loads(image["after"])
    touched = {name for name, value in after.items() if before.get(name) != value}
    if image["verb"] == "merged":
        touched -= _FOLLOWS_MERGING
    if "fields" in touched:
        old, new = json.loads(before["fields"]), json.loads(after["fields"])
        touched |= {f"field:{name}" for name in old | new if old.get(name) != new.get(name)}
    if image["kind"] == "do":
        columns |= touched
    else:
        columns -= touched


def _set_by_hand(row: Row) -> set[str]:
    """Return the columns that a person filled who made a record, and its custom fields as `field:NAME`."""
    fields = {f"field:{name}" for name in json.loads(row.get("fields") or "{}")}
    return {name for name, value in row.items() if value is not None} | fields
