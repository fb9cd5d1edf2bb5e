"""Lists of records as documents: which columns, in which order, and what a narrow terminal may leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from salestrack.domain.fields import Field
from salestrack.domain.money import Money
from salestrack.render.document import Column, Document
from salestrack.render.fields import field_column, field_values
from salestrack.render.taxes import currency_document, sale_totals, tax_document, told_rate

Row = Mapping[str, Any]

_COLUMNS: dict[str, tuple[Column, ...]] = {
    "deals": (
        Column(name="id", title="Id", kind="ref"),
        Column(name="customer", title="Customer", shrink=True),
        Column(name="title", title="Deal", shrink=True),
        Column(name="stage", title="Stage"),
        Column(name="amount", title="Amount", kind="money"),
        Column(name="probability", title="Prob.", kind="percent"),
        Column(name="score", title="Score", kind="int"),
        Column(name="close", title="Close", kind="date", due=True, only_drawn=True),
        Column(name="next", title="Next", kind="date", due=True),
        Column(name="expected", title="Expected", kind="date", only_json=True),
        Column(name="closed", title="Closed", kind="date", only_json=True),
        Column(name="owner", title="Owner", wide=True, shrink=True),
        Column(name="currency", title="Currency", only_json=True),
        Column(name="status", title="Status", only_json=True),
        Column(name="pipeline", title="Pipeline", only_json=True),
        Column(name="created", title="Created", kind="date", only_json=True),
        Column(name="stage_since", title="Since", kind="date", only_json=True),
        Column(name="last", title="Last", kind="date", only_json=True),
        Column(name="lost_reason", title="Reason", only_json=True),
        Column(name="source", title="Source", only_json=True),
        Column(name="note", title="Note", only_json=True),
        Column(name="tags", title="Tags", only_json=True),
    ),
    "sales": (
        Column(name="id", title="Id", kind="ref"),
        Column(name="date", title="Date", kind="date"),
        Column(name="kind", title="Kind", wide=True, tones={"refund": "bad"}),
        Column(name="customer", title="Customer", shrink=True),
        Column(name="title", title="What", shrink=True),
        Column(name="amount", title="Net", kind="money"),
        Column(name="tax_rate", title="Tax %", align="right", wide=True),
        Column(name="tax", title="Tax", kind="money", wide=True),
        Column(name="gross", title="Gross", kind="money", wide=True),
        Column(name="deal", title="Deal"),
        Column(name="ref", title="Ref", wide=True),
        Column(name="channel", title="Channel", wide=True),
        Column(name="refund_of", title="Refund of", only_json=True),
        Column(name="currency", title="Currency", only_json=True),
        Column(name="country", title="Country", only_json=True),
        Column(name="owner", title="Owner", only_json=True),
        Column(name="note", title="Note", only_json=True),
        Column(name="tags", title="Tags", only_json=True),
    ),
    "activities": (
        Column(name="id", title="Id", kind="ref"),
        Column(name="date", title="Date", kind="date"),
        Column(name="time", title="Time"),
        Column(name="kind", title="Kind"),
        Column(name="state", title="State", tones={"planned": "due"}),
        Column(name="customer", title="Customer", shrink=True),
        Column(name="deal", title="Deal"),
        Column(name="minutes", title="Min", kind="int", wide=True),
        Column(name="outcome", title="Outcome", wide=True),
        Column(name="about", title="Note", shrink=True, only_drawn=True),
        Column(name="note", title="Note", only_json=True),
        Column(name="subject", title="Subject", only_json=True),
        Column(name="contact", title="Contact", only_json=True),
        Column(name="direction", title="Direction", only_json=True),
        Column(name="owner", title="Owner", only_json=True),
        Column(name="tags", title="Tags", only_json=True),
    ),
    "customers": (
        Column(name="id", title="Id", kind="ref"),
        Column(name="name", title="Name", shrink=True),
        Column(name="segment", title="Segment"),
        Column(name="open_deals", title="Open deals", kind="int"),
        Column(name="score", title="Score", kind="int"),
        Column(name="last", title="Last contact", kind="date"),
        Column(name="country", title="Country", wide=True),
        Column(name="email", title="E-mail", wide=True),
        Column(name="phone", title="Phone", wide=True),
        Column(name="source", title="Source", only_json=True),
        Column(name="owner", title="Owner", only_json=True),
        Column(name="created", title="Since", kind="date", only_json=True),
        Column(name="kind", title="Kind", only_json=True),
        Column(name="note", title="Note", only_json=True),
        Column(name="tags", title="Tags", only_json=True),
    ),
    "contacts": (
        Column(name="id", title="Id", kind="ref"),
        Column(name="name", title="Name", shrink=True),
        Column(name="customer", title="Customer", shrink=True),
        Column(name="role", title="Role", wide=True),
        Column(name="phone", title="Phone", wide=True),
        Column(name="email", title="E-mail", wide=True),
        Column(name="last", title="Last contact", kind="date"),
        Column(name="note", title="Note", only_json=True),
    ),
    "products": (
        Column(name="id", title="Id", kind="ref"),
        Column(name="name", title="Name", shrink=True),
        Column(name="sku", title="Article no."),
        Column(name="price", title="List price", kind="money"),
        Column(name="tax_rate", title="Tax %", align="right", wide=True),
        Column(name="currency", title="Currency", only_json=True),
    ),
    "quotas": (
        Column(name="id", title="Id", kind="ref"),
        Column(name="metric", title="Metric"),
        Column(name="start", title="From", kind="date"),
        Column(name="end", title="To", kind="date"),
        Column(name="target", title="Target", kind="money"),
        Column(name="count", title="Count", kind="int"),
        Column(name="owner", title="Owner", shrink=True),
        Column(name="channel", title="Channel"),
        Column(name="currency", title="Currency", only_json=True),
    ),
    "stages": (
        Column(name="name", title="Stage"),
        Column(name="pipeline", title="Pipeline"),
        Column(name="position", title="Place", kind="int"),
        Column(name="probability", title="Prob.", kind="percent"),
        Column(name="kind", title="Kind"),
        Column(name="deals", title="Open deals", kind="int"),
        Column(name="stale_days", title="Stale after", kind="int"),
        Column(name="removed", title="Removed", kind="date", wide=True),
    ),
    "fields": (
        Column(name="record", title="Record"),
        Column(name="name", title="Field"),
        Column(name="type", title="Type"),
        Column(name="choices", title="Choices", shrink=True),
        Column(name="values", title="Values", kind="int"),
    ),
}
_LETTERS = {
    "deals": "d",
    "sales": "s",
    "activities": "a",
    "customers": "c",
    "contacts": "n",
    "products": "p",
    "quotas": "q",
}
_MONEY = {"amount", "tax", "gross", "price"}
_DATES = {
    "date",
    "expected_on",
    "closed_on",
    "created_on",
    "next_on",
    "last_on",
    "stage_since",
    "removed_on",
    "start",
    "end",
}


def list_document(kind: str, rows: Sequence[Row], *, as_of: date, fields: Sequence[Field] = ()) -> Document:
    """Return a list of records, one row each, as deals, sales, activities, customers, products, quotas or stages.

    `fields` are the custom ones of these records: people see those that a row has a value of, where there is room.
    """
    columns = (*_COLUMNS[kind], *map(field_column, fields))
    values = [_values(kind, row, _COLUMNS[kind]) | field_values(row, fields) for row in rows]
    return Document(
        schema=f"salestrack/{kind}@1",
        columns=tuple(_in_sight(column, values) for column in columns),
        rows=values,
        title=f"{len(rows):,} {kind if len(rows) != 1 else kind.removesuffix('s').replace('activitie', 'activity')}",
        as_of=as_of,
        fielded=kind in _LETTERS and kind != "quotas",
        totals=sale_totals(rows) if kind == "sales" else None,
        extra={"currency_totals": currency_document(rows), "tax_totals": tax_document(rows)} if kind == "sales" else {},
    )


def _in_sight(column: Column, rows: Sequence[Row]) -> Column:
    """Return a column as people see it: a side matter that no row has, or one owner for all, stays out of sight."""
    side = column.wide or column.name == "score"
    values = {row[column.name] for row in rows} if side else set()
    silent = side and (not values - {None} or (column.name in {"owner", "kind"} and len(values) == 1))
    untaxed = column.name == "gross" and all(row["tax"] is None for row in rows)
    return replace(column, only_json=True) if silent or untaxed else column


def sql_document(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Document:
    """Return the answer to a free question as a document, its columns in order."""
    heads = [name if names.index(name) == place else f"{name}_{place + 1}" for place, name in enumerate(names)]
    columns = tuple(Column(name=head, title=head, shrink=True) for head in heads)
    return Document(schema="salestrack/sql@1", columns=columns, rows=[tuple(map(_cell, row)) for row in rows])


def _cell(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _values(kind: str, row: Row, columns: Sequence[Column]) -> dict[str, Any]:
    found = {name.removesuffix("_on"): _typed(name, value, row.get("currency")) for name, value in row.items()}
    found.setdefault("score", None)  # there is none where the book gives no points
    if letter := _LETTERS.get(kind):
        found["id"] = f"{letter}{row['id']}"
    if kind == "deals":  # what is closed is no longer late: its day is a text, and never marked
        found["close"] = found["expected"] if row["status"] == "open" else row["closed_on"]
    if kind == "activities":
        found |= {"state": "done" if row["done"] else "planned"}
    if row.get("deal_id"):
        found["deal"] = f"d{row['deal_id']}"
    elif kind in {"activities", "sales"}:
        found["deal"] = None
    if kind == "sales":
        found["tax_rate"] = told_rate(row)
    if row.get("refund_of"):
        found["refund_of"] = f"s{row['refund_of']}"
    if kind == "quotas":
        money = row["metric"] == "revenue"
        found |= {"target": Money(row["target"], row["currency"]) if money else None}
        found |= {"count": None if money else row["target"]}
    return {column.name: found[column.name] for column in columns}


def _typed(name: str, value: Any, currency: str | None) -> Any:
    if value is None:
        return None
    if name in _MONEY and currency:
        return Money(value, currency)
    return date.fromisoformat(value) if name in _DATES else value
