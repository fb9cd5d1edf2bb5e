"""Columns of the lists of how the book is kept, and what their rows need before they are shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from salestrack.domain.fields import Field
from salestrack.domain.rates import format_inverse, format_rate
from salestrack.render.document import Column, Document
from salestrack.render.fields import field_column, field_values

Row = Mapping[str, Any]

_RETIRED = Column(name="removed", title="Retired", kind="date")

COLUMNS: dict[str, tuple[Column, ...]] = {
    "pipelines": (
        Column(name="name", title="Pipeline"),
        Column(name="position", title="Place", kind="int"),
        Column(name="stages", title="Open stages", shrink=True),
        Column(name="deals", title="Open deals", kind="int"),
        _RETIRED,
    ),
    "kinds": (
        Column(name="name", title="Kind"),
        Column(name="letter", title="Letter"),
        Column(name="done", title="Logged", kind="int"),
        Column(name="planned", title="Planned", kind="int"),
        _RETIRED,
    ),
    "outcomes": (
        Column(name="name", title="Outcome"),
        Column(name="counts_as", title="Counts as"),
        _RETIRED,
    ),
    "reasons": (
        Column(name="name", title="Reason"),
        Column(name="deals", title="Lost deals", kind="int"),
        _RETIRED,
    ),
    "owners": (
        Column(name="name", title="Owner"),
        Column(name="default", title="Default", kind="bool"),
        Column(name="deals", title="Open deals", kind="int"),
        Column(name="steps", title="Next steps", kind="int"),
        Column(name="customers", title="Customers", kind="int"),
        Column(name="email", title="E-mail", wide=True),
        _RETIRED,
    ),
    "tags": (
        Column(name="name", title="Tag"),
        Column(name="customers", title="Customers", kind="int"),
        Column(name="deals", title="Deals", kind="int"),
        Column(name="sales", title="Sales", kind="int"),
        Column(name="activities", title="Activities", kind="int"),
    ),
    "rates": (
        Column(name="currency", title="Currency"),
        Column(name="date", title="From", kind="date"),
        Column(name="rate", title="Rate", align="right"),
        Column(name="book", title="In"),
        Column(name="inverse", title="The other way", align="right"),
    ),
    "days_off": (
        Column(name="start", title="From", kind="date"),
        Column(name="end", title="To", kind="date"),
        Column(name="days", title="Days", kind="int"),
        Column(name="name", title="What for", shrink=True),
    ),
}
_NOUNS: dict[str, tuple[str, str]] = {"days_off": ("stretch of days off", "stretches of days off")}


def process_document(kind: str, rows: Sequence[Row], *, as_of: date, fields: Sequence[Field] = ()) -> Document:
    """Return a list of pipelines, kinds, outcomes, reasons, owners, tags, rates or days_off, one row each.

    `fields` are the custom ones of these records.
    """
    columns = (*COLUMNS[kind], *map(field_column, fields))
    values = [_values(kind, row) | field_values(row, fields) for row in rows]
    one, many = _NOUNS.get(kind, (kind.removesuffix("s"), kind))
    return Document(
        schema=f"salestrack/{kind}@1",
        columns=tuple(_in_sight(column, values) for column in columns),
        rows=values,
        title=f"{len(rows):,} {one if len(rows) == 1 else many}",
        as_of=as_of,
        fielded=kind == "owners",
    )


def _in_sight(column: Column, rows: Sequence[Row]) -> Column:
    """Return a column as people see it: a side matter that no row has stays out of sight."""
    silent = (column.wide or column is _RETIRED) and all(row[column.name] is None for row in rows)
    return replace(column, only_json=True) if silent else column


def _values(kind: str, row: Row) -> dict[str, Any]:
    found = {name.removesuffix("_on"): _typed(name, value) for name, value in row.items()} | _MORE.get(kind, _nothing)(
        row
    )
    return {column.name: found[column.name] for column in COLUMNS[kind]}


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value and name in {"date", "start", "end", "removed_on"} else value


def _nothing(_: Row) -> dict[str, Any]:
    return {}


def _rate(row: Row) -> dict[str, Any]:
    return {"currency": row["unit"], "rate": format_rate(row["rate"]), "inverse": format_inverse(row["rate"])}


def _days_off(row: Row) -> dict[str, Any]:
    first, last = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
    return {"days": (last - first).days + 1}


def _owner(row: Row) -> dict[str, Any]:
    return {"default": row["book_default"] == "yes"}


_MORE: dict[str, Callable[[Row], dict[str, Any]]] = {"rates": _rate, "days_off": _days_off, "owners": _owner}
