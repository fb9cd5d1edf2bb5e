"""Custom fields in lists: a column each, their values read from what the record keeps."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.domain.fields import Field, loaded
from salestrack.render.document import CUSTOM, Column, Kind

_KINDS: dict[str, Kind] = {"money": "money", "date": "date", "yesno": "bool"}


def field_column(field: Field) -> Column:
    """Return the column of a field; a number stands on the right."""
    return Column(
        name=f"{CUSTOM}{field.name}",
        title=field.name,
        kind=_KINDS.get(field.type, "text"),
        align="right" if field.type == "number" else None,
        shrink=field.type == "text",
        wide=True,
    )


def field_values(row: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """Return the values of fields by their columns, None where a row has none."""
    if not fields:
        return {}
    kept = json.loads(row["fields"])
    return {f"{CUSTOM}{one.name}": loaded(one, kept[one.name]) if one.name in kept else None for one in fields}
