"""Texts that a spreadsheet program would take for formulas, and the apostrophe in front that keeps it from doing so.

A text that itself begins with apostrophes and such a sign gets one more wherever it is exported, so that the one that
is taken off on the way in is never its own.
"""

import re

_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")  # the wide ones count as well
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_LIKE_GUARDED = re.compile("'+[" + re.escape("".join(_SIGNS)) + "]")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula; a number is none."""
    return f"'{text}" if text.startswith(_SIGNS) and not _NUMBER.fullmatch(text) else told_apart(text)


def told_apart(text: str) -> str:
    """Return a text whose own apostrophes are not taken for a guard."""
    return f"'{text}" if text[:1] == "'" and _LIKE_GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """Return a text as it was before it was exported."""
    return text[1:] if text[:1] == "'" and _LIKE_GUARDED.match(text) else text
