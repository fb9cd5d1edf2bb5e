"""Text without a terminal: plain tables, Markdown, and bare ids. The only place that uses tabulate."""

import re
from collections.abc import Iterator, Sequence

from tabulate import tabulate

from salestrack.domain.money import NumberStyle
from salestrack.errors import UsageError
from salestrack.render.cells import NOTHING, Cell, Grid, Wording, grid, subtitle, wording_for
from salestrack.render.document import Document
from salestrack.render.safety import safe

MARKS = re.compile(r"([\\`*_{}\[\]<>|~&])")


def text(document: Document, *, style: NumberStyle, unicode: bool = True) -> str:
    """Return the whole document as plain text, every cell at full length, numbers right, no lines drawn."""
    return "\n".join(_text_blocks(document, wording_for(document, style, unicode=unicode), inside=None))


def markdown(document: Document, *, style: NumberStyle) -> str:
    """Return the whole document as GitHub's Markdown."""
    return "\n".join(_markdown_blocks(document, wording_for(document, style), inside=None))


def ids(document: Document) -> str:
    """Return the ids of the rows, each once, one a line; UsageError for a document whose rows have none."""
    sources = [one for one in (document, *document.sections) if _ref_column(one)]
    if not sources:
        raise UsageError(f"{document.name.removeprefix('report.')} has no ids to print", hint="use -f csv or -f json")
    found = (record[str(_ref_column(one))] for one in sources for record in one.records())
    return "".join(f"{ref}\n" for ref in dict.fromkeys(found) if ref is not None)


def _ref_column(document: Document) -> str | None:
    return document.ref_column or next((column.name for column in document.columns if column.kind == "ref"), None)


def _text_blocks(document: Document, wording: Wording, *, inside: Document | None) -> Iterator[str]:
    """Yield blocks that end in a line end each; a blank line goes between them."""
    head = [safe(wording.own(document.title)), subtitle(document, wording, inside=inside)]
    table = [_text_table(document, wording)] if document.columns else []
    if inside and not head[1]:
        yield _lines([*head, *table])
    else:
        yield from (_lines(block) for block in (head, table) if any(block))
    definition = None if inside else document.definition
    if definition or document.notes:
        yield _lines([safe(wording.own(line)) for line in (definition, *document.notes) if line])
    for section in document.sections:
        yield from _text_blocks(section, wording.inside(), inside=document)


def _text_table(document: Document, wording: Wording) -> str:
    table = grid(document, wording)
    if document.upright:
        records = [[(column.title, cell.text.strip()) for column, cell in table.fields(row)] for row in table.rows]
        return "\n\n".join(_pairs(record) for record in records) or NOTHING
    if document.flowing and table.rows:
        return "\n".join(_sentence(table, row, wording) for row in table.rows)
    further = _pairs(table.further)
    return "\n".join(part for part in (_tabulated(table, "plain"), further) if part)


def _sentence(table: Grid, row: tuple[Cell, ...], wording: Wording) -> str:
    return wording.own(" · ").join(cell.text.strip() for _, cell in table.fields(row))


def _markdown_blocks(document: Document, wording: Wording, *, inside: Document | None, depth: int = 2) -> Iterator[str]:
    if document.title:
        yield _lines([f"{'#' * depth} {_marked(wording.own(document.title))}"])
    if said := subtitle(document, wording, inside=inside):
        yield _lines([_marked(said)])
    if document.columns:
        yield _lines([_markdown_table(document, wording)])
    if document.definition and not inside:
        yield _lines([_marked(document.definition)])
    if document.notes:
        yield _lines([f"- {_marked(note)}" for note in document.notes])
    for section in document.sections:
        yield from _markdown_blocks(section, wording.inside(), inside=document, depth=depth + 1)


def _markdown_table(document: Document, wording: Wording) -> str:
    table = grid(document, wording)
    if document.upright:
        records = [
            "\n".join(f"- **{column.title}**: {_marked_cell(cell)}" for column, cell in table.fields(row))
            for row in table.rows
        ]
        return "\n\n".join(records) or NOTHING
    further = "\n".join(f"- {_marked(name)}: {_marked(value)}" for name, value in table.further)
    return "\n\n".join(part for part in (_tabulated(table, "pipe"), further) if part)


def _tabulated(table: Grid, tablefmt: str) -> str:
    """Return the grid in one of tabulate's formats; without rows and totals just the word for nothing."""
    if table.is_empty:
        return NOTHING
    rows = [*table.rows, table.totals] if table.totals else table.rows
    marked = tablefmt == "pipe"
    drawn = tabulate(
        [[_marked_cell(cell) if marked else cell.text for cell in row] for row in rows],
        headers=[column.title for column in table.columns],
        tablefmt=tablefmt,
        disable_numparse=True,
        colalign=["right" if column.on_the_right else "left" for column in table.columns],
    )
    # Blanks up to the longest note would make every other line as long.
    return drawn if marked else "\n".join(line.rstrip(" ") for line in drawn.split("\n"))


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return tabulate(pairs, tablefmt="plain", disable_numparse=True)


def _marked_cell(cell: Cell) -> str:
    return MARKS.sub(r"\\\1", cell.text) if cell.quoted else cell.text.strip()


def _marked(line: str) -> str:
    """Return a text in which nothing is Markdown."""
    return MARKS.sub(r"\\\1", safe(line))


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines if line)
