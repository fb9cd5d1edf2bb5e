"""Histories kept as versions: what an operation did to one must be judged day by day, not row by row.

A later change splits versions and carries values forward, so a row that was never touched since may follow an older
one that an undo restores. Where later work wrote to the same history, values are taken back field by field and the
versions stay as they are cut.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from salestrack.domain.history import FIELDS
from salestrack.store.engine import Engine, Row
from salestrack.store.refusals import PARTS, Refusals

Rows = dict[int, Row]

TIMELINES: dict[str, tuple[tuple[str, ...], ...]] = {
    "deal_history": tuple(FIELDS.values()),
    "stage_history": (("name",), ("position",), ("probability",)),
}


class Drift(NamedTuple):
    """The history of one record before an operation, after it, and now that later work has changed it."""

    before: Rows
    after: Rows
    now: Rows


def drifts(engine: Engine, table: str, op: int, first_later: int, refusals: Refusals) -> dict[int, Drift]:
    """Return, by record, the histories an operation wrote to that are not as it left them, or not untouched since.

    first_later is the lowest id of the table's rows that later operations created.
    """
    owner = f"json_extract(before, '$.{PARTS[table][1]}')"
    rows = engine.query(
        f"SELECT DISTINCT {owner} AS owner FROM journal WHERE op = :op AND tbl = :table "
        # What the operation created itself is removed or stays as a whole.
        f"AND json_extract(before, '$.created_op') <> :op AND {owner} IN ("
        f"SELECT {owner} FROM journal WHERE op > :op AND tbl = :table "
        f"UNION SELECT {PARTS[table][1]} FROM {table} WHERE id >= :later)",
        {"op": op, "table": table, "later": first_later},
    )
    found = _drifts(engine, table, op, [row["owner"] for row in rows]) if rows else {}
    # What was changed and changed back is as it was, but no longer this operation's alone.
    return {
        owner: drift
        for owner, drift in found.items()
        if drift.now != drift.after or any(refusals.touched(table, key) for key in drift.now)
    }


def _drifts(engine: Engine, table: str, op: int, owners: Sequence[int]) -> dict[int, Drift]:
    column = PARTS[table][1]
    wanted = f"({', '.join(str(owner) for owner in owners)})"
    now = {row["id"]: row for row in engine.query(f"SELECT * FROM {table} WHERE {column} IN {wanted}")}
    then, gone = _rewound(engine, table, wanted, op + 1, now), _removed(engine, table, op)
    after = {key: row for key, row in then.items() if row["created_op"] <= op and key not in gone}
    before = {key: row for key, row in _rewound(engine, table, wanted, op, after).items() if row["created_op"] < op}
    split = {owner: Drift({}, {}, {}) for owner in owners}
    for at, rows in enumerate((before, after, now)):
        for key, row in rows.items():
            split[row[column]][at][key] = row
    return split


def _rewound(engine: Engine, table: str, owners: str, op: int, rows: Rows) -> Rows:
    """Return rows as they were before an operation and all after it."""
    column = PARTS[table][1]
    images = engine.query(
        f"SELECT row_id, before FROM journal WHERE op >= ? AND tbl = ? AND json_extract(before, '$.{column}') IN {owners} "
        "ORDER BY id DESC",
        (op, table),
    )
    return rows | {image["row_id"]: json.loads(image["before"]) for image in images}


def _removed(engine: Engine, table: str, op: int) -> set[int]:
    """Return the rows that an operation removed; what brought them back since, an undo, left no image of it."""
    rows = engine.query(
        "SELECT row_id FROM journal WHERE id IN (SELECT max(id) FROM journal WHERE op = ? AND tbl = ? GROUP BY row_id) "
        "AND after IS NULL",
        (op, table),
    )
    return {row["row_id"] for row in rows}


def take_back(engine: Engine, table: str, drift: Drift, refusals: Refusals) -> int:
    """Give fields that an operation changed their former values on every day; RuleError where later work changed them.

    Returns the number of versions that changed.
    """
    changed = 0
    for key, row in sorted(drift.now.items()):
        was, became = _true_at(drift.before, row), _true_at(drift.after, row)
        wanted: Row = {}
        later = refusals.touched(table, key)
        for columns in TIMELINES[table]:
            if all(was[column] == became[column] for column in columns):
                continue
            if any(row[column] != became[column] or column in later for column in columns):
                raise refusals.changed(table, key, columns)
            wanted |= {column: was[column] for column in columns}
        if wanted:
            engine.update(table, key, wanted)
            changed += 1
    return changed


def _true_at(versions: Rows, row: Row) -> Row:
    """Return the version of a history that is the row, or that was true when the row begins."""
    if row["id"] in versions:
        return versions[row["id"]]
    ordered = sorted(versions.values(), key=_place)
    earlier = [version for version in ordered if _place(version)[0] <= _place(row)[0]]
    return earlier[-1] if earlier else ordered[0]


def _place(row: Row) -> tuple[str, int, int]:
    return row["from_on"] or "", row.get("seq", 0), row["id"]
