"""Custom fields in the images of the journal: each is undone by itself, as if it were a column."""

import json

from salestrack.store.engine import Row
from salestrack.store.fields import packed

PREFIX = "field:"


def spread(row: Row | None) -> Row:
    """Return a row with each of its custom fields as a column `field:NAME`, in place of the one that holds them all."""
    if not row or "fields" not in row:
        return row or {}
    rest = {column: value for column, value in row.items() if column != "fields"}
    return rest | {PREFIX + name: value for name, value in json.loads(row["fields"]).items()}


def differing(before: Row, after: Row) -> list[str]:
    """Return the columns in which two rows differ, custom fields by name."""
    old, new = spread(before), spread(after)
    return [column for column in old | new if old.get(column) != new.get(column)]


def restored(now: Row, before: Row, columns: list[str]) -> Row:
    """Return the changes that give some columns of a row back what they held before; other fields stay as they are."""
    wanted = {column: before[column] for column in columns if not column.startswith(PREFIX)}
    names = [column.removeprefix(PREFIX) for column in columns if column.startswith(PREFIX)]
    if names:
        fields, old = json.loads(now["fields"]), json.loads(before["fields"])
        fields = {name: value for name, value in fields.items() if name not in names}
        fields |= {name: old[name] for name in names if name in old}
        wanted["fields"] = before["fields"] if fields == old else packed(fields)
    return wanted
