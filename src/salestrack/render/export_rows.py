"""Rows on their way out as CSV, JSON Lines or JSON, a piece at a time."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from salestrack.domain.entries import joined
from salestrack.domain.formulas import guarded, told_apart
from salestrack.domain.money import Money
from salestrack.domain.texts import plain
from salestrack.render.document import CUSTOM
from salestrack.render.safety import safe_json

TOGETHER = 500
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


class Spreadsheet(NamedTuple):
    """How a spreadsheet program reads a file: the sign between cells and the decimal mark of its country."""

    delimiter: str = ","
    decimal: str = "."


def csv_pieces(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], sheet: Spreadsheet | None = None, *, delimiter: str = ","
) -> Iterator[str]:
    """Yield a header and the rows; for a spreadsheet program with a byte order mark, and without formulas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sheet.delimiter if sheet else delimiter, lineterminator="\n")
    cells, sign = _cells(columns, sheet.decimal if sheet else "."), guarded if sheet else told_apart
    yield "\ufeff" if sheet else ""
    writer.writerow(map(guarded, columns) if sheet else columns)
    for batch in batched(rows):
        for row in batch:
            writer.writerow(
                [
                    sign(plain(cell)) if isinstance(value, (str, tuple)) else cell
                    for value, cell in zip(row, cells(row), strict=True)
                ]
            )
        yield _taken(out)
    yield _taken(out)


def plain_cells(columns: Sequence[str], row: Sequence[Any], decimal: str = ".") -> list[str]:
    """Return the cells of a row as its CSV says them, without the apostrophes that guard some."""
    return _cells(columns, decimal)(row)


def jsonl_pieces(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield one JSON object a line."""
    for batch in batched(rows):
        yield "".join(_object(columns, row) + "\n" for row in batch)


def json_pieces(kind: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield one JSON object with all rows in it."""
    yield f'{{"schema": "salestrack/export.{kind}@1", "rows": ['
    before = "\n"
    for batch in batched(rows):
        yield before + ",\n".join(_object(columns, row) for row in batch)
        before = ",\n"
    yield "\n]}\n"


def batched(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """Yield rows some hundred at a time."""
    source = iter(rows)
    while batch := list(islice(source, TOGETHER)):
        yield batch


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return value
    match value:
        case bool():
            return "yes" if value else "no"
        case Money():
            return value.plain()
        case tuple():
            return joined(value)
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _cells(columns: Sequence[str], decimal: str) -> Callable[[Sequence[Any]], list[str]]:
    """Return what makes the cells of a row, amounts with a decimal mark."""
    # A custom field of money has a currency of its own, which no column of the row tells.
    own = [place for place, name in enumerate(columns) if name.startswith(CUSTOM)]

    def cells(row: Sequence[Any]) -> list[str]:
        found = [_cell(value) for value in row]
        for place in own:
            found[place] = str(row[place]) if isinstance(row[place], Money) else found[place]
        if decimal != ".":
            for place, value in enumerate(row):
                if isinstance(value, (Money, Decimal)):
                    found[place] = found[place].replace(".", decimal)
        return found

    return cells


def _object(columns: Sequence[str], row: Sequence[Any]) -> str:
    line = _ENCODE(as_object(columns, row))
    return line if line.isprintable() else safe_json(line)


def as_object(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Return a row as JSON has it: money as an object, custom fields together under `fields`."""
    found: dict[str, Any] = {}
    for name, value in zip(columns, row, strict=True):
        if name.startswith(CUSTOM):
            found.setdefault("fields", {})[name.removeprefix(CUSTOM)] = _value(value)
        else:
            found[name] = _value(value)
    return found


def _value(value: Any) -> Any:
    if value is None:
        return value
    if type(value) is str:
        return plain(value)
    match value:
        case Money():
            return {"amount": value.plain(), "minor": value.minor, "currency": value.currency}
        case tuple():
            return list(value)
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case _:
            return value
