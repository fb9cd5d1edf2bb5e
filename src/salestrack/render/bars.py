"""Bars and sparklines made of characters, with a fallback for terminals that know ASCII only."""

from collections.abc import Sequence

EIGHTHS = " ▏▎▍▌▋▊▉█"
LEVELS = "▁▂▃▄▅▆▇█"
ASCII_LEVELS = "_.-=+*%#"


def bar(fraction: float | None, width: int, *, unicode: bool = True) -> str:
    """Return at most `width` characters for a fraction of 1; above 1 is full, and a little can be seen."""
    if fraction is None or not fraction > 0:
        return ""
    if not unicode:
        return "#" * max(1, round(min(fraction, 1) * width))
    full, rest = divmod(max(1, round(min(fraction, 1) * width * 8)), 8)
    return "█" * full + (EIGHTHS[rest] if rest else "")


def sparkline(values: Sequence[float | None], *, unicode: bool = True) -> str:
    """Return one character a value, from the smallest to the largest; a gap where one is missing."""
    levels = LEVELS if unicode else ASCII_LEVELS
    known = [value for value in values if value is not None]
    if not known:
        return " " * len(values)
    low, reach = min(known), max(known) - min(known)
    steps = [0 if value is None or not reach else round((value - low) / reach * 7) for value in values]
    return "".join(" " if value is None else levels[step] for value, step in zip(values, steps, strict=True))
