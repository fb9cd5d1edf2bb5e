"""What files had said of records before people changed or removed them, where the journal that knows it stays behind.

A book that is exported takes this along beside the columns that people set: rows without ids are known again by it.
"""

import json
from collections.abc import Iterator
from typing import Any

from salestrack.store.engine import Engine
from salestrack.store.hand_edits import said_before
from salestrack.store.staged_again import LINES_TOUCHED, SHAPES
from salestrack.store.staging import in_parts

_IMPORTED = "EXISTS (SELECT 1 FROM import_keys k WHERE k.kind = '{kind}' AND k.record_id = {record})"
_REMOVED = """
SELECT j.row_id, j.before, j.after FROM journal j JOIN operations o ON o.id = j.op
WHERE j.tbl = '{kind}' AND o.kind = 'do' AND o.undone_by IS NULL
    AND NOT EXISTS (SELECT 1 FROM {kind} t WHERE t.id = j.row_id) AND {imported}
ORDER BY j.id
"""
_LINES = """
SELECT j.before, j.after FROM journal j JOIN operations o ON o.id = j.op
WHERE j.tbl = '{lines}' AND o.kind = 'do' AND o.undone_by IS NULL ORDER BY j.id
"""
_ADDED = """
SELECT DISTINCT l.{owner} AS id FROM {lines} l JOIN operations o ON o.id = l.created_op JOIN {kind} t ON t.id = l.{owner}
WHERE o.kind = 'do' AND t.created_op <> l.created_op AND {imported}
"""
_LIVE = """
SELECT DISTINCT j.row_id FROM journal j JOIN {kind} t ON t.id = j.row_id WHERE j.tbl = '{kind}' AND {imported}
UNION SELECT row_id FROM hand_set WHERE tbl = '{kind}'
"""


def said_of(engine: Engine, kind: str) -> dict[int, dict[str, Any]]:
    """Return by record what the source had said in columns that people changed, and what removed ones were."""
    found: dict[int, dict[str, Any]] = {}
    live = [row["row_id"] for row in engine.query(_LIVE.format(kind=kind, imported=_imported(kind, "j.row_id")))]
    for part in in_parts(live, 500):
        found |= said_before(engine, kind, part)
    shape = SHAPES.get(kind)
    for image in engine.query(_REMOVED.format(kind=kind, imported=_imported(kind, "j.row_id"))):
        before, after = (json.loads(image[side] or "{}") for side in ("before", "after"))
        said = found.setdefault(image["row_id"], {})
        for name in shape.columns if shape else ():  # no more of it than knows it again: it was removed
            if not after or after.get(name) != before.get(name):
                said.setdefault(name, before.get(name))
    if shape and shape.lines:
        for record, products in _lines(engine, kind):
            found.setdefault(record, {}).setdefault(LINES_TOUCHED, []).extend(products)
    return found


def _lines(engine: Engine, kind: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records whose product lines people changed, each with a line that they removed."""
    lines, owner = SHAPES[kind].lines, SHAPES[kind].owner
    imported = {row["record_id"] for row in engine.query("SELECT record_id FROM import_keys WHERE kind = ?", (kind,))}
    for image in engine.query(_LINES.format(lines=lines)):
        line = json.loads(image["before"])
        gone = not image["after"] and line["kind"] == "product"
        if line[owner] in imported:
            yield line[owner], [f"{line['product_id']}x{line['quantity']}"] if gone else []
    for row in engine.query(_ADDED.format(kind=kind, lines=lines, owner=owner, imported=_imported(kind, "t.id"))):
        yield row["id"], []


def _imported(kind: str, record: str) -> str:
    return _IMPORTED.format(kind=kind, record=record)
