"""JSON as the cells of a table: numbers exactly as written, nested objects as further columns."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from salestrack.domain.entries import SIGNS, joined
from salestrack.importers.kinds import CUSTOM, ENTERED, KINDS

DEEPEST = 50
NUMBER = "\0"
"""What stands before a number in the keys of readers: no cell holds it."""
_FAR = 30
_MONEY = {"amount", "minor", "currency"}
_FIELDS = "fields"
_KNOWN = tuple({field.name for field in (*kind.fields, *kind.further)} for kind in KINDS.values())


class Number(str):
    """A number with decimals, as it is written: its mark is a dot, whatever the texts of the file have."""

    __slots__ = ()


class BadRecordError(ValueError):
    """A record that is no row of a table; the text says why."""


def _refuse_constant(text: str) -> None:
    raise BadRecordError(f"{text} is no number of JSON")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRecordError(f"it has '{twice}' twice")
    return found


DECODER = json.JSONDecoder(
    parse_float=Number, parse_int=str, parse_constant=_refuse_constant, object_pairs_hook=_members
)


def cells_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of an object by the headers of their columns, as CSV would have them.

    Yes and no stand for true and false, nothing for null; a list of texts is one cell with commas, a list of objects
    its JSON. Objects in it become columns like `address.city`. Money and custom fields of our own exports have the
    headers that the CSV export gives them. BadRecordError for what no cell can hold.
    """
    cells: dict[str, str] = {}
    own = _FIELDS in record and isinstance(record[_FIELDS], dict) and _is_own(record)
    for name, value in record.items():
        if type(value) is str and name not in cells:
            cells[name] = value
        elif own and name == _FIELDS:
            for field, content in value.items():
                _put(cells, CUSTOM + field, _with_currency(content), 1)
        else:
            _put(cells, name, _joined(value, record) if type(value) is list else value, 1)
    for name, cell in cells.items():
        if not (cell.isascii() and name.isascii()) or "\0" in cell:
            _check(name, cell)
    return cells


def _is_own(record: Mapping[str, Any]) -> bool:
    """Say whether nearly all names are those of our own exports, so that `fields` holds custom fields."""
    names = [name for name in record if name != _FIELDS and not name.startswith((ENTERED, "_"))]
    most = max(sum(name in known for name in names) for known in _KNOWN)
    return most >= max(4, len(names) - 2)


def _joined(value: list[Any], record: Mapping[str, Any]) -> Any:
    """Return a list of our own exports as their CSV has it, where each entry stays one; any other as it is."""
    plain = not all(type(each) is str for each in value) or not any(sign in each for each in value for sign in SIGNS)
    return value if plain or not _is_own(record) else joined(value)


def _with_currency(value: Any) -> Any:
    """Return a custom field of money as one text: its currency is its own, and not that of the row."""
    return f"{value['amount']} {value['currency']}" if isinstance(value, dict) and value.keys() == _MONEY else value


def _put(cells: dict[str, str], name: str, value: Any, depth: int) -> None:
    if isinstance(value, dict) and value.keys() != _MONEY:
        if depth > DEEPEST:
            raise BadRecordError(f"it holds objects in objects, more than {DEEPEST} deep")
        if not value:
            cells.setdefault(name, "")
        for inner, content in value.items():
            _put(cells, f"{name}.{inner}", content, depth + 1)
        return
    if name in cells:
        raise BadRecordError(f"it has '{name}' twice")
    cells[name] = _cell(value["amount"] if isinstance(value, dict) else value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if any(isinstance(each, (list, dict)) for each in value):
            return _written(value)
        return ", ".join(cell for cell in map(_cell, value) if cell)
    return value if isinstance(value, str) else _written(value)


def _written(value: Any) -> str:
    """Return lists and objects as JSON; a whole number is a text by now, which nobody minds in a cell."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _check(name: str, cell: str) -> None:
    """Refuse what is no text: half a character, and the NUL character."""
    if "\0" in cell:
        raise BadRecordError(f"'{name}' holds a NUL character")
    try:
        cell.encode()
        name.encode()
    except UnicodeEncodeError:
        raise BadRecordError("it holds half a character (an escape like \\ud83d that stands alone)") from None


def plain_number(text: str) -> str:
    """Return a number of JSON without its exponent, and without zeros behind its decimals: 1e3 is 1000.

    What is larger or smaller than anything a book holds stays as it is.
    """
    number = Decimal(text)
    if not number:
        return "0"
    if abs(number.adjusted()) > _FAR:
        return text
    whole, _, part = f"{number:f}".partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole
