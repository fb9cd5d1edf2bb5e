"""Several entries in one cell, such as tags: how they are written beside each other, and read again.

Entries stand with commas between them; semicolons and bars are read as commas. An entry that holds one of the three, or
begins with a quotation mark, is written in quotation marks, its own doubled, as CSV does with cells: `vip, "a;b"`.
"""

import re
from collections.abc import Iterable

SIGNS = (",", ";", "|", '"')
"""What an entry may hold that says something in such a cell."""
_BETWEEN = re.compile(r"[,;|]")
_ENTRY = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,;|]*))(?:[,;|]|$)')


def joined(entries: Iterable[str]) -> str:
    """Return entries as one text, from which `entries_of` makes the same ones."""
    return ", ".join(_quoted(entry) for entry in entries)


def entries_of(text: str) -> tuple[str, ...]:
    """Return the entries of a text with their spacing tidied, each once; those without quotation marks as in any file."""
    if '"' not in text:
        parts = _BETWEEN.sub(",", text).split(",")
    else:
        found = _ENTRY.finditer(text)
        parts = [each[2] if each[1] is None else each[1].replace('""', '"') for each in found]
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def _quoted(entry: str) -> str:
    if not (entry.startswith('"') or _BETWEEN.search(entry)):
        return entry
    doubled = entry.replace('"', '""')
    return f'"{doubled}"'
