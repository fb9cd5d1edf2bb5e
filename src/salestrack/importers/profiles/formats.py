"""The [format] of a profile: each key checked as the option of the command line would be."""

from collections.abc import Callable, Mapping
from typing import Any

from salestrack.domain.money import check_currency
from salestrack.errors import SalestrackError
from salestrack.importers.dates import DateReader
from salestrack.importers.source import check_encoding
from salestrack.importers.table import check_delimiter

FORMATS: Mapping[str, type] = {
    "date": str,
    "decimal": str,
    "currency": str,
    "encoding": str,
    "delimiter": str,
    "cents": bool,
    "header": bool,
}
_CHECKS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "date": (DateReader, "is dmy, mdy, or a pattern that holds day, month and year, like %d.%m.%Y"),
    "currency": (check_currency, "is a code such as EUR"),
    "encoding": (check_encoding, "is one that Python knows, like cp1252 or utf-16"),
    "delimiter": (check_delimiter, "is one character, or tab or space"),
}


def format_mistake(key: str, value: Any) -> str:
    """Return what is wrong with a key of [format], an empty text where nothing is."""
    if type(value) is not FORMATS[key]:
        return f"is {'a text' if FORMATS[key] is str else 'true or false'}"
    if key == "decimal" and value not in {".", ","}:
        return f"is . or , and not '{value}'"
    check, accepted = _CHECKS.get(key, (None, ""))
    try:
        if check:
            check(value)
    except SalestrackError:
        return f"{accepted}, and not '{value}'"
    return ""


__all__ = ["FORMATS", "format_mistake"]
