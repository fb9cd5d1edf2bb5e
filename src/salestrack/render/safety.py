"""Texts of the user that could steer a terminal: spelled out where people read, escaped where programs do."""

import re
from functools import cache
from json import dumps

CONTROLS = "\x00-\x1f\x7f-\x9f"
INVISIBLE = "\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f"
"""Lone surrogates, line separators, direction overrides, the byte order mark and invisible tag characters."""


def safe(text: str) -> str:
    r"""Spell out control characters, line ends and text-direction overrides (`\x1b`)."""
    if text.isascii() and text.isprintable():
        return text
    return _unsafe(CONTROLS).sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def safe_json(text: str) -> str:
    r"""Return JSON that says the same, with what JSON itself would let through escaped as `\u202e`."""
    return _unsafe("\x7f-\x9f").sub(lambda found: dumps(found[0])[1:-1], text)


@cache
def _unsafe(controls: str) -> re.Pattern[str]:
    return re.compile(f"[{controls}{INVISIBLE}]")
