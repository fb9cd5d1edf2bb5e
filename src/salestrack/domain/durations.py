"""How long something took, in whole minutes."""

import re

from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError

LONGEST = 7 * 24 * 60

_EXAMPLES = "write it like 15m, 90, 1h, 1h30, 1.5h or 1:30"


def parse_duration(text: str) -> int:
    """Return the minutes of `15m`, `90`, `1h`, `1h30`, `1.5h` or `1:30`, from a minute to seven days.

    Raises ParseError for everything else, also for hours that are no whole minutes.
    """
    minutes = _minutes(text) if text.isascii() and len(text) <= 20 else None
    if minutes is None:
        raise ParseError(f"duration {quoted(text)} cannot be read", hint=_EXAMPLES)
    if minutes == 0:
        raise ParseError(f"duration {quoted(text)} is no time at all", hint="leave it out when it is not known")
    if minutes > LONGEST:
        raise ParseError(f"duration {quoted(text)} is longer than seven days", hint=_EXAMPLES)
    return minutes


def format_minutes(minutes: int) -> str:
    """Return minutes for people: `15 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _minutes(text: str) -> int | None:
    word = re.sub(r" ?([a-z]+) ?", r"\1", text.strip().lower())
    if found := re.fullmatch(r"(\d+)(?:m|min)?", word):
        return int(found[1])
    if found := re.fullmatch(r"(\d+)h(?:(\d\d?)(?:m|min)?)?|(\d+):(\d\d)", word):
        hours, rest = (found[1], found[2] or "0") if found[1] else (found[3], found[4])
        return int(hours) * 60 + int(rest) if int(rest) < 60 else None
    if found := re.fullmatch(r"(\d+)[.,](\d{1,4})h", word):
        minutes, odd = divmod(int(found[1] + found[2]) * 60, 10 ** len(found[2]))
        return None if odd else minutes
    return None
