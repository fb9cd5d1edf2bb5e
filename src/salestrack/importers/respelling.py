"""Ids as spreadsheets write them: without leading zeros, with decimals or thousands, or shortened until they are lost."""

import re

_DIGITS = "0123456789"
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}")
_BLANKS = "\u0020\u00a0\u2009\u202f"
# A whole number: with thousands or without, and with one or two zeros behind a mark.
_NUMBER = re.compile(rf"([0-9]+|[0-9]{{1,3}}(?:([.,'’{_BLANKS}])[0-9]{{3}})(?:\2[0-9]{{3}})*)(?:[.,]0{{1,2}})?")

SHORTENED = (
    "is a number that a spreadsheet shortened, so the id is lost: export it again and import that file as it is, "
    "or make the column text before the spreadsheet opens it"
)
"""Why an id like 9.001E+09 is refused."""


def is_shortened(cell: str) -> bool:
    """Say whether an id was rewritten as a power of ten, which other ids were too."""
    return "+" in cell and _SHORTENED.fullmatch(cell.strip().lstrip("'")) is not None


def plain_id(key: str) -> str | None:
    """Return the form that all spellings of a numeric id have in common; None for an id that no spreadsheet takes for one.

    `0042`, `42.0`, `'42` and `42` are `42`, `1,001.00` is `1001`.
    """
    found = _NUMBER.fullmatch(key.strip(_BLANKS).removeprefix("'").strip(_BLANKS))
    if found is None:
        return None
    return "".join(letter for letter in found[1] if letter in _DIGITS).lstrip("0") or "0"
