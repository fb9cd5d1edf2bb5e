"""Texts without what cannot be seen and no file can hold: control characters, but for line ends and tabs."""

import re
from typing import Any

_LINE_ENDS = re.compile("\r(?!\n)|[\v\f\x85]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    r"""Return a text as it is kept and as every file can hold it: lines end in \n or \r\n, control characters are gone."""
    return text if text.isprintable() else _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row to be stored, its texts as they are kept; one of nothing but control characters is none."""
    return {name: (plain(value) or None) if type(value) is str and value else value for name, value in row.items()}
