"""What a rehearsal shows of a file: how its first cells are understood, the days it spans, the money in it."""

from datetime import date
from typing import Any

from salestrack.domain.imports import MappedColumn
from salestrack.domain.money import Money
from salestrack.domain.sentences import Sentence
from salestrack.services.imports.reading import Reading

# The columns that date a kind's rows, and the one that holds its money.
_DATES = {"deals": ("created_on", "closed_on"), "sales": ("on_date",), "activities": ("happened_on", "due_on")}
# The columns of which one must be filled for a row to have its day, and those that tell what is over.
_DAYS = {"sales": ("on_date",), "activities": ("happened_on", "due_on")}
_OVER = {"deals": ("created_on", "closed_on"), "sales": ("on_date",), "activities": ("happened_on",)}
_MONEY = {"deals": "amount", "sales": "amount", "products": "price"}
_MONEY_FIELDS = {
    "amount", "price", "tax", "gross", "fee", "cost", "discount", "shipping", "tip", "refunded", "worth", "line_amount",
    "line_discount",
}  # fmt: skip
# Ids stand as they are, and of an address or number only whom it reaches would be known.
_AS_WRITTEN = ("id", "email", "phone", "sku", "items", "tax_rate", "every", "lines", "customer_id")
_NAMED = {
    "customer": "customers",
    "owner": "owners",
    "product": "products",
    "lost_reason": "lost_reasons",
    "tags": "tags",
}


def mapped_columns(reading: Reading, samples: dict[str, list[tuple[str, Any]]]) -> tuple[MappedColumn, ...]:
    """Return every column that is read with its first cells, before and after."""
    codes = [code if isinstance(code, str) else reading.currency for _, code in samples.get("currency", ())]
    return tuple(
        MappedColumn(
            mapped.title,
            mapped.field.name,
            tuple(
                (cell, _shown(reading, mapped.field.name, cell, value, codes[row] if codes else reading.currency))
                for row, (cell, value) in enumerate(samples.get(mapped.field.name, ()))
            ),
        )
        for mapped in reading.mapping.fields
    )


def span_of(reading: Reading) -> tuple[date | None, date | None]:
    """Return the first and the last day among the rows that go in."""
    names = [name for name in _DATES.get(reading.kind.name, ()) if name in reading.staging.columns]
    days = [day for name in names for day in reading.staged.span(name) if day]
    return (date.fromisoformat(min(days)), date.fromisoformat(max(days))) if days else (None, None)


def undated(reading: Reading) -> int:
    """Return how many new rows have no day, and so are in no period."""
    columns = _DAYS.get(reading.kind.name)
    return reading.staged.undated(columns) if columns else 0


def ahead(reading: Reading) -> int:
    """Return how many new rows say that something happened after today."""
    today, columns = reading.request.today.isoformat(), _OVER.get(reading.kind.name)
    if columns is None or reading.dates.latest <= today:
        return 0
    return reading.staged.after(columns, today)


def money_totals(reading: Reading) -> tuple[tuple[Money, int], ...]:
    """Return, by currency, the money of the rows that go in and how many have some."""
    column = _MONEY.get(reading.kind.name)
    if column is None:
        return ()
    rows = reading.staged.totals(column, reading.currency)
    return tuple((Money(row["total"], row["code"]), row["n"]) for row in rows)


def _shown(reading: Reading, field: str, cell: str, value: Any, currency: str) -> str:
    """Return a value as it will stand in the book, in words; one that is the cell itself was only compared."""
    if field in _AS_WRITTEN or value is cell:
        return cell.strip()
    if field == "contact" and value is not None:  # with the customer, whose own column says who that is
        value = value[0]
    if value is None or value == ():
        return "?" if cell.strip() else ""
    if field == "done":
        return "yes" if value else "no"
    if field == "deal":
        return f"d{value}"
    if field in _MONEY_FIELDS and isinstance(value, int):
        return Sentence(Money(value, currency))
    if field == "duration":
        return f"{value // 60} min"
    if field == "probability":
        return f"{value} %"
    if isinstance(value, tuple):
        return ", ".join(_name(reading, field, cell, part) for part in value if part is not None)
    return _name(reading, field, cell, value)


def _name(reading: Reading, field: str, cell: str, value: Any) -> str:
    """Return the name of a record by its id; one that will be created is marked as new."""
    tables = {**_NAMED, "stage": "stages", "contact": "contacts"}
    if field not in tables or not isinstance(value, int):
        return " ".join(str(value).split())
    if value < 0:
        return f"{reading.staged.created_name(tables[field], value) or cell.strip()} (new)"
    return reading.matching.ids(tables[field], [value]).get(value, cell.strip())
