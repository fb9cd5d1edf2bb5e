"""A document on a terminal: fitted to its width, with four colour roles. The only printer that uses rich."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from salestrack.domain.money import NumberStyle
from salestrack.render.cells import NOTHING, Cell, Grid, Wording, grid, subtitle, wording_for
from salestrack.render.document import Column, Document
from salestrack.render.safety import safe
from salestrack.render.stacked import stacked

NARROWEST, WIDEST = 40, 200
WIDE_FROM = 100
"""Columns of terminal from which on the wide columns of a table are drawn."""
STYLES = {"good": "green", "bad": "red", "due": "yellow", "dim": "dim", "bold": "bold"}
SEPARATOR = " · "


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A table that fits: how wide its columns are, the gap between them, how its headings are broken."""

    table: Grid
    widths: tuple[int, ...]
    gap: int
    headings: tuple[tuple[str, ...], ...]


def draw(document: Document, *, width: int, color: bool, unicode: bool, style: NumberStyle) -> str:
    """Return the whole document for a terminal; no line is longer than the terminal is wide."""
    width = min(max(width, NARROWEST), WIDEST)
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        color_system="standard" if color else None,
        force_terminal=color,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    for line in _document(document, wording_for(document, style, unicode=unicode), width):
        for piece in line.wrap(console, width) if line.cell_len > width else [line]:
            piece.rstrip()
            console.print(piece)
    return out.getvalue()


def _document(document: Document, wording: Wording, width: int, *, inside: Document | None = None) -> Iterator[Text]:
    if document.title:
        yield Text(safe(wording.own(document.title)), STYLES["bold"])
    if said := subtitle(document, wording, inside=inside):
        yield Text(said, STYLES["dim"])
    if document.columns:
        if said or (document.title and not inside):
            yield Text()
        yield from _table(document, wording, width)
    words = [*([document.definition] if document.definition and not inside else []), *document.notes]
    if words:
        yield Text()
        yield from (Text(safe(wording.own(line)), STYLES["dim"]) for line in words)
    for section in document.sections:
        yield Text()
        yield from _document(section, wording.inside(), width, inside=document)


def _table(document: Document, wording: Wording, width: int) -> Iterator[Text]:
    """Yield the best drawing that fits: a table, else one paragraph a row."""
    table = grid(document, wording)
    if table.is_empty:
        yield Text(NOTHING, STYLES["dim"])
    elif document.upright:
        yield from _upright(table, width)
    elif document.flowing:
        yield from _flowed(table, wording, width)
    elif document.stacked:
        yield from stacked(table, document.stacked, wording, width)
    elif fit := next(_fits(document, wording, width), None):
        yield from _lines(fit, wording)
    else:
        narrow = grid(document, wording.inside(), wide=False).without_bars()
        yield from _paragraphs(narrow, wording, width)
    yield from (Text.assemble((f"{name}  ", STYLES["dim"]), said) for name, said in table.further)


def _fits(document: Document, wording: Wording, width: int) -> Iterator[Fit]:
    """Yield the ways to draw a table that fit, the one that says most first."""
    for wide in (True, False) if width >= WIDE_FROM else (False,):
        full = grid(document, wording, wide=wide)
        for table, broken in ((full, False), (full, True), (full.without_bars(), True)):
            if fit := _fit(table, width, gap=2, broken=broken, floor=24):
                yield fit
    brief = grid(document, wording.inside(), wide=False).without_bars()
    for gap, floor in ((2, 16), (1, 10)):
        if fit := _fit(brief, width, gap=gap, broken=True, floor=floor):
            yield fit


def _fit(table: Grid, width: int, *, gap: int, broken: bool, floor: int) -> Fit | None:
    """Cut the columns that may shrink as far as needed, not below `floor`; None if that is not enough."""
    headings = [column.title.split() or [""] if broken else [column.title] for column in table.columns]
    rows = [*table.rows, table.totals] if table.totals else table.rows
    widths, floors = [], []
    for at, column in enumerate(table.columns):
        heading = max(cell_len(word) for word in headings[at])
        natural = max([heading, *(cell_len(row[at].text) for row in rows)])
        widths.append(natural)
        floors.append(min(natural, max(heading, floor)) if column.shrink else natural)
    room = width - gap * (len(widths) - 1)
    if sum(floors) > room:
        return None
    for _ in range(sum(widths) - room):
        at = max((at for at in range(len(widths)) if widths[at] > floors[at]), key=widths.__getitem__)
        widths[at] -= 1
    lines = [_filled(words, widths[at]) for at, words in enumerate(headings)]
    height = max(len(one) for one in lines)
    level = tuple(("",) * (height - len(one)) + tuple(one) for one in lines)
    return Fit(table=table, widths=tuple(widths), gap=gap, headings=level)


def _filled(words: Sequence[str], width: int) -> list[str]:
    """Put the words of a heading on as few lines as its column is wide enough for."""
    lines = [words[0]]
    for word in words[1:]:
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _lines(fit: Fit, wording: Wording) -> Iterator[Text]:
    line = "─" if wording.unicode else "-"
    rule = Text((" " * fit.gap).join(line * width for width in fit.widths), STYLES["dim"])
    for heading in zip(*fit.headings, strict=True):
        yield _line(fit, [Cell(word) for word in heading], wording, style=STYLES["bold"])
    yield rule
    for row in fit.table.rows:
        yield _line(fit, row, wording)
    if fit.table.totals:
        if fit.table.rows:
            yield rule
        yield _line(fit, fit.table.totals, wording, style=STYLES["bold"])


def _line(fit: Fit, row: Sequence[Cell], wording: Wording, *, style: str = "") -> Text:
    line = Text()
    for at, (column, width, cell) in enumerate(zip(fit.table.columns, fit.widths, row, strict=True)):
        said = _cut(cell.text, width, wording)
        space = " " * (width - cell_len(said))
        line.append(" " * fit.gap if at else "")
        line.append(space if column.on_the_right else "")
        line.append(said, STYLES[cell.tone] if cell.tone else style)
        line.append("" if column.on_the_right else space)
    line.rstrip()
    return line


def _cut(text: str, width: int, wording: Wording) -> str:
    if cell_len(text) <= width:
        return text
    end = "…" if wording.unicode else "..."
    return set_cell_size(text, width - len(end)).rstrip() + end


def _paragraphs(table: Grid, wording: Wording, width: int) -> Iterator[Text]:
    """Draw the first field of a row on its line, the others below it, as many on a line as fit."""
    with_name = len(table.columns) > 1 and table.columns[0].kind == "ref"
    for row in [*table.rows, table.totals] if table.totals else table.rows:
        head = row[: 2 if with_name else 1]
        yield Text("  ".join(cell.text for cell in head), STYLES["bold"])
        yield from _flowing(table.fields(row, after=len(head)), wording, width)


def _flowing(fields: Sequence[tuple[Column, Cell]], wording: Wording, width: int) -> Iterator[Text]:
    indent, separator = "  ", wording.own(SEPARATOR)
    line = Text(indent)
    for column, cell in fields:
        field = Text.assemble(
            (f"{column.title} ", STYLES["dim"]), (cell.text.strip(), STYLES[cell.tone] if cell.tone else "")
        )
        if line.cell_len > len(indent) and line.cell_len + len(separator) + field.cell_len > width:
            yield line
            line = Text(indent)
        elif line.cell_len > len(indent):
            line.append(separator, STYLES["dim"])
        line.append_text(field)
    if line.cell_len > len(indent):
        yield line


def _flowed(table: Grid, wording: Wording, width: int) -> Iterator[Text]:
    """Draw a row as one line, its first field in the margin, continued under the second."""
    margin = max(cell_len(row[0].text) for row in table.rows) + 2
    console = Console(file=io.StringIO(), width=width, _environ={})
    for row in table.rows:
        said = wording.own(SEPARATOR).join(one.text.strip() for _, one in table.fields(row, after=1))
        for at, piece in enumerate(Text(said).wrap(console, width - margin)):
            head = set_cell_size(row[0].text if at == 0 else "", margin)
            yield Text.assemble((head, STYLES["bold"]), piece.plain.rstrip())


def _upright(table: Grid, width: int) -> Iterator[Text]:
    """Draw one field a line, long ones continued under where they began."""
    names = [column.title for column in table.columns]
    margin = min(max((cell_len(name) for name in names), default=0) + 2, width // 2)
    for at, row in enumerate(table.rows):
        if at:
            yield Text()
        for column, cell in table.fields(row):
            yield from _field(column, cell, margin, width)


def _field(column: Column, cell: Cell, margin: int, width: int) -> Iterator[Text]:
    """Yield a field beside its name; where the name is too long for its margin the value stands on the line below it."""
    console = Console(file=io.StringIO(), width=width - margin, _environ={})
    name = column.title
    if cell_len(name) > margin - 2:
        yield Text(name, STYLES["dim"])
        name = ""
    for at, piece in enumerate(Text(cell.text.strip()).wrap(console, width - margin)):
        label = set_cell_size(name if at == 0 else "", margin)
        yield Text.assemble((label, STYLES["dim"]), (piece.plain.rstrip(), STYLES[cell.tone] if cell.tone else ""))
