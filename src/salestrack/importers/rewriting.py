"""What a profile does to cells before they are read: markup taken off, the first of a list, a share as a percentage."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from html import unescape

_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--)>", re.DOTALL)
_BLANKS = re.compile(r"[ \t\xa0]+")


def plain_text(cell: str) -> str:
    """Return what a cell of HTML says: paragraphs as lines, without tags."""
    if "<" not in cell and "&" not in cell:
        return cell
    text = unescape(_TAG.sub("", _BREAK.sub("\n", cell)))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def first_of_list(cell: str) -> str:
    """Return the first entry of a cell with several, separated by semicolons."""
    return next(iter(list_of(cell)), "")


def list_of(cell: str) -> list[str]:
    """Return the entries of a cell with several, separated by semicolons."""
    return [entry.strip() for entry in cell.split(";") if entry.strip()]


def share_as_percent(cell: str) -> str:
    """Return a share from 0 to 1 as a percentage: 0.4 becomes 40; anything else stays as it is."""
    try:
        share = Decimal(cell.strip())
    except InvalidOperation:
        return cell
    return f"{(share * 100).normalize():f}" if share.is_finite() and 0 <= share <= 1 else cell


def rounded_percent(cell: str) -> str:
    """Return a percentage without its decimals: 42.5 becomes 42."""
    try:
        return str(int(Decimal(cell.strip().removesuffix("%"))))
    except (InvalidOperation, ValueError, OverflowError):
        return cell


def without_apostrophe(cell: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from reading it as a number."""
    return cell.strip().removeprefix("'")


def span_of_days(cell: str) -> str:
    """Return two days side by side as a period: 2026-01-01 2026-03-31 becomes 2026-01-01..2026-03-31."""
    days = cell.split()
    return "..".join(days) if len(days) == 2 else cell


ID, FIRST_ID = "id", "first id"
"""Cells that are ids of the vendor's, which only another of its exports can explain: nothing is created from one."""
RULES: dict[str, Callable[[str], str]] = {
    "html": plain_text,
    "first": first_of_list,
    "share": share_as_percent,
    "whole": rounded_percent,
    "apostrophe": without_apostrophe,
    "span": span_of_days,
    ID: str.strip,
    FIRST_ID: first_of_list,
}
"""The names that profiles use."""


def rewritten(rule: str, cells: Sequence[str]) -> list[str]:
    """Return cells as a rule makes them."""
    change = RULES[rule]
    known: dict[str, str] = {}
    for cell in cells:
        if cell not in known:
            known[cell] = change(cell)
    return [known[cell] for cell in cells]
