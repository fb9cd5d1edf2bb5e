"""Two entries of one record: what the one that stays takes over from the other."""

import json
from collections.abc import Collection, Mapping
from typing import Any

Row = Mapping[str, Any]


def combined(mine: Row, theirs: Row, columns: Collection[str]) -> tuple[dict[str, Any], dict[str, tuple[Any, Any]]]:
    """Return what changes in the record that stays, and where both say something different, as (mine, theirs).

    Only what is empty is filled. Notes are joined, of two days of creation the earlier stays, and of the custom
    fields (the column `fields`, JSON) each is a column of its own.
    """
    changes: dict[str, Any] = {}
    differing: dict[str, tuple[Any, Any]] = {}
    for column in columns:
        here, there = mine[column], theirs[column]
        if column == "fields":
            added, others = _fields(json.loads(here), json.loads(there))
            changes |= {"fields": json.dumps(added, ensure_ascii=False, sort_keys=True)} if added else {}
            differing |= others
        elif there is None or here == there:
            continue
        elif column == "note":
            changes[column] = "\n".join(part for part in (here, there) if part)
        elif here is None or (column == "created_on" and there < here):
            changes[column] = there
        elif column != "created_on":
            differing[column] = (here, there)
    return changes, differing


def _fields(mine: dict[str, Any], theirs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[Any, Any]]]:
    """Return all fields where the other record has some that are missing, else nothing, and the differing ones."""
    missing = {name: value for name, value in theirs.items() if mine.get(name) in (None, "")}
    differing = {
        name: (mine[name], value) for name, value in theirs.items() if name not in missing and mine[name] != value
    }
    return ({**mine, **missing} if missing else {}), differing
