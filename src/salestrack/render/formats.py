"""The formats by name, and the one place that picks a printer, which is loaded only then."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import NamedTuple

from salestrack.domain.money import PLAIN_STYLE, NumberStyle
from salestrack.domain.quoting import quoted
from salestrack.errors import SalestrackError, UsageError
from salestrack.render.document import Document

Printer = Callable[[Document], str]


class Format(StrEnum):
    """What a list or a report can be printed as."""

    TABLE = "table"
    PLAIN = "plain"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    MD = "md"
    HTML = "html"
    IDS = "ids"


class Screen(NamedTuple):
    """The terminal that is drawn on: its columns, and whether it shows colour and more than ASCII."""

    width: int
    color: bool
    unicode: bool


EXTENSIONS = {
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".md": Format.MD,
    ".html": Format.HTML,
    ".txt": Format.PLAIN,
}


def format_for_path(path: str | Path) -> Format:
    """Return the format that a file's extension asks for; UsageError for one that says nothing."""
    extension = Path(path).suffix.lower()
    if extension not in EXTENSIONS:
        raise UsageError(
            f"the name {quoted(str(path))} does not say which format is meant",
            hint=f"use one of {' '.join(EXTENSIONS)} or name the format with -f",
        )
    return EXTENSIONS[extension]


def printer(chosen: Format, terminal: Screen | None = None, *, style: NumberStyle = PLAIN_STYLE) -> Printer:
    """Return the function that turns a document into this format; without a terminal, a table is plain."""
    if chosen is Format.TABLE and terminal:
        from salestrack.render.terminal import draw

        return partial(draw, **terminal._asdict(), style=style)
    if chosen in {Format.TABLE, Format.PLAIN, Format.MD, Format.IDS}:
        return _plain_printer(chosen, style, unicode=terminal is None or terminal.unicode)
    if chosen is Format.HTML:
        from salestrack.render.html import html

        return partial(html, style=style)
    from salestrack.render import data

    return {Format.JSON: data.json, Format.JSONL: data.jsonl, Format.CSV: data.csv, Format.TSV: data.tsv}[chosen]


def error_json(error: SalestrackError) -> str:
    """Return an error as one line of JSON for stderr, when JSON was asked for."""
    from salestrack.render import data

    return data.error(error)


def _plain_printer(chosen: Format, style: NumberStyle, *, unicode: bool) -> Printer:
    from salestrack.render import plain

    if chosen is Format.IDS:
        return plain.ids
    if chosen is Format.MD:
        return partial(plain.markdown, style=style)
    return partial(plain.text, style=style, unicode=unicode)
