"""Formats for programs: JSON, JSON lines, CSV and TSV. They hold the values, never what people read.

CSV flattens: a rate `win_rate` becomes `win_rate`, `win_rate_n`, `win_rate_low`, `win_rate_high`; a spread
`won` becomes `won_n`, `won_median`, `won_mean`, `won_p90`; a tally `open` becomes `open_deals`,
`open_amount`; money is its decimal text, with one column `currency` at the end where the columns hold money
and none of them has that name. Totals are not written to CSV, where they would be read as one more row.
"""

import csv as stdlib_csv
import io
import json as stdlib_json
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from salestrack.domain.entries import joined
from salestrack.domain.measures import Rate, Spread, Tally
from salestrack.domain.money import Money
from salestrack.errors import SalestrackError, UsageError
from salestrack.render.document import CUSTOM, Column, Document
from salestrack.render.safety import safe_json

RATE_DIGITS = 4
DAY_DIGITS = 2
MONEY_KINDS = frozenset({"money", "tally"})
FLAT_NAMES = {
    "rate": ("", "_n", "_low", "_high"),
    "spread": ("_n", "_median", "_mean", "_p90"),
    "tally": ("_deals", "_amount"),
}


def json(document: Document) -> str:
    """Return the document as one JSON object."""
    return _written(as_data(document), indent=2)


def jsonl(document: Document) -> str:
    """Return one JSON object a line for every row, without anything around them."""
    _refuse_parts(document, "jsonl")
    return "".join(_written(row) for row in _rows(document))


def csv(document: Document) -> str:
    """Return a header and the rows, comma separated."""
    return _separated(document, name="csv", delimiter=",")


def tsv(document: Document) -> str:
    """Return a header and the rows, tab separated, quoted as CSV is."""
    return _separated(document, name="tsv", delimiter="\t")


def as_data(document: Document) -> dict[str, Any]:
    """Return the document as plain dicts, lists, strings and numbers: what its JSON says."""
    data: dict[str, Any] = {"schema": document.schema}
    if document.is_report:
        data["as_of"] = as_value(document.as_of)
        data["period"] = _period(document)
        data["definition"] = document.definition
    data["rows"] = list(_rows(document))
    if document.is_report:
        data["totals"] = None if document.totals is None else _totals(document)
    data.update((name, as_value(value)) for name, value in document.extra.items())
    if document.parts is not None:
        data["parts"] = [as_data(part) for part in document.parts]
    return data


def as_value(value: Any, kind: str = "") -> Any:
    """Return one raw value as JSON has it; money, rates and spreads become objects, dates ISO text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return _days(value) if kind == "days" else round(value, RATE_DIGITS)
        case Money():
            return {"amount": value.plain(), "minor": value.minor, "currency": value.currency}
        case Rate(value=share, n=n, low=low, high=high):
            return {"value": _fraction(share), "n": n, "low": _fraction(low), "high": _fraction(high)}
        case Spread(n=n, median=median, mean=mean, p90=p90):
            return {"n": n, "median": _days(median), "mean": _days(mean), "p90": _days(p90)}
        case Tally(deals=deals, amount=amount):
            return {"deals": deals, "amount": as_value(amount)}
        case _:
            return _other(value)


def error(problem: SalestrackError) -> str:
    """Return an error as one line of JSON."""
    data = {
        "schema": "salestrack/error@1",
        "message": problem.message,
        "hint": problem.hint,
        "exit_code": problem.exit_code,
        "details": as_value(problem.details),
    }
    return _written(data)


def _written(data: dict[str, Any], *, indent: int | None = None) -> str:
    return safe_json(stdlib_json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)) + "\n"


def _other(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes")
        case Decimal():
            return format(value, "f")
        case Document():
            return list(_rows(value))
        case dict():
            return {str(key): as_value(item) for key, item in value.items()}
        case list() | tuple():
            return [as_value(item) for item in value]
        case _:
            raise TypeError(f"no data format for {type(value).__name__}")


def _rows(document: Document) -> Iterable[dict[str, Any]]:
    columns = [column for column in document.data_columns if not column.name.startswith(CUSTOM)]
    custom = [column.name for column in document.data_columns if column.name.startswith(CUSTOM)]
    for record in document.records():
        row = {column.name: as_value(record[column.name], column.kind) for column in columns}
        if document.fielded:
            row["fields"] = {name.removeprefix(CUSTOM): _exact(record[name]) for name in custom}
        yield row


def _exact(value: Any) -> Any:
    """Return the value of a custom field as JSON has it; a number of so few digits is exact as a JSON number too."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return as_value(value)


def _totals(document: Document) -> dict[str, Any]:
    kinds = {column.name: column.kind for column in document.columns}
    return {name: as_value(value, kinds.get(name, "")) for name, value in (document.totals or {}).items()}


def _period(document: Document) -> dict[str, Any] | None:
    span = document.period
    return None if span is None else {"start": as_value(span.start), "end": as_value(span.end), "label": span.label}


def _fraction(value: float | None) -> float | None:
    return None if value is None else round(value, RATE_DIGITS)


def _days(value: float | None) -> float | None:
    """Return days with two decimals, and whole ones as whole numbers: 57, 51.78."""
    if value is None:
        return None
    rounded = round(value, DAY_DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded


def _separated(document: Document, *, name: str, delimiter: str) -> str:
    _refuse_parts(document, name)
    columns = document.data_columns
    header = [column.name + end for column in columns for end in FLAT_NAMES.get(column.kind, ("",))]
    own = [column.name for column in columns if not column.name.startswith(CUSTOM)]
    with_currency = "currency" not in header and any(c.kind in MONEY_KINDS for c in columns if c.name in own)
    out = io.StringIO()
    writer = stdlib_csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*header, "currency"] if with_currency else header)
    for record in document.records():
        cells = [cell for column in columns for cell in _flat(record[column.name], column)]
        writer.writerow([*cells, _currency(record[name] for name in own)] if with_currency else cells)
    return out.getvalue()


def _flat(value: Any, column: Column) -> list[str]:
    """Return the cells of one value: as many as its column has names in the header."""
    width = len(FLAT_NAMES.get(column.kind, ("",)))
    match value:
        case None:
            return [""] * width
        case Rate():
            return [_ratio(value.value), str(value.n), _ratio(value.low), _ratio(value.high)]
        case Spread():
            return [
                str(value.n),
                *("" if d is None else str(_days(d)) for d in (value.median, value.mean, value.p90)),
            ]
        case Tally():
            return [str(value.deals), value.amount.plain()]
        case _:
            return [_raw(value, column)]


def _raw(value: Any, column: Column) -> str:
    match value:
        case Money() if column.name.startswith(CUSTOM):  # the currency of the row is that of its amount
            return str(value)
        case Money():
            return value.plain()
        case bool():
            return "true" if value else "false"
        case float() if column.kind == "days":
            return str(_days(value))
        case float():
            return _ratio(value)
        case list() | tuple():
            texts = map(str, value)
            return joined(texts) if column.name == "tags" else ", ".join(texts)
        case _:
            return str(as_value(value, column.kind))


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.{RATE_DIGITS}f}"


def _currency(values: Iterable[Any]) -> str:
    """Return the one currency of a row; empty where it holds no money."""
    money = [value.amount if isinstance(value, Tally) else value for value in values]
    found = {value.currency for value in money if isinstance(value, Money)}
    if len(found) > 1:
        raise ValueError(f"one row holds several currencies: {', '.join(sorted(found))}")
    return found.pop() if found else ""


def _refuse_parts(document: Document, name: str) -> None:
    if document.parts is None:
        return
    part = next((part.name for part in document.parts if part.is_report), None)
    one = f": salestrack report {part.removeprefix('report.')} -f {name}" if part else " record"
    raise UsageError(
        f"{document.name.removeprefix('report.')} has several tables, which {name} cannot hold",
        hint=f"ask for one{one}, or use -f json",
    )
