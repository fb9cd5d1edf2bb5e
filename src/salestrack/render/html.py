"""One self-contained page: style and bars inline, no script, nothing fetched, every text escaped."""

from collections.abc import Iterator, Sequence
from html import escape

from salestrack.domain.money import Money, NumberStyle
from salestrack.render.cells import NOTHING, Cell, Grid, Wording, grid, subtitle, wording_for
from salestrack.render.document import Column, Document
from salestrack.render.safety import safe

BAR_WIDTH, BAR_HEIGHT = 96, 10

STYLE = """
:root { color-scheme: light dark; --text: #1d2329; --soft: #5b6670; --line: #d5dbe1; --page: #fff;
  --bar: #3b7dc4; --good: #1a7f37; --bad: #b3261e; --due: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --soft: #9aa5b0; --line: #3a434c;
  --page: #14181c; --bar: #6aa5e8; --good: #5cc97a; --bad: #ff8a80; --due: #e0b050; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 0; }
.said, .definition, .notes, .none, tbody th { color: var(--soft); }
.said, .definition { margin: .25rem 0; } .notes { padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .75rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; } tbody th { font-weight: normal; }
tfoot td { font-weight: 600; border-bottom: 0; border-top: 2px solid var(--line); }
.right { text-align: right; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); }
.due { color: var(--due); } .dim { color: var(--soft); }
svg { margin-left: .6rem; vertical-align: middle; } rect { fill: var(--bar); }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } .scroll { overflow: visible; }
  thead { display: table-header-group; } tr, section { break-inside: avoid; }
  rect { print-color-adjust: exact; } }
"""


def html(document: Document, *, style: NumberStyle) -> str:
    """Return the whole document as one page."""
    wording = wording_for(document, style)
    title = escape(safe(document.title or document.name))
    body = "\n".join(_section(document, wording, inside=None))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _section(document: Document, wording: Wording, *, inside: Document | None) -> Iterator[str]:
    if document.title:
        yield f"<h2>{_text(document.title)}</h2>" if inside else f"<h1>{_text(document.title)}</h1>"
    if said := subtitle(document, wording, inside=inside):
        yield f'<p class="said">{_text(said)}</p>'
    if document.definition:
        yield f'<p class="definition">{_text(document.definition)}</p>'
    if document.columns:
        yield from _tables(document, wording)
    if document.notes:
        yield f'<ul class="notes">{"".join(f"<li>{_text(note)}</li>" for note in document.notes)}</ul>'
    for section in document.sections:
        yield "<section>"
        yield from _section(section, wording.inside(), inside=document)
        yield "</section>"


def _tables(document: Document, wording: Wording) -> Iterator[str]:
    table = grid(document, wording)
    if table.is_empty:
        yield f'<p class="none">{NOTHING}</p>'
    elif document.upright:
        for row in table.rows:
            yield from _pairs([(column.title, _value(cell)) for column, cell in table.fields(row)])
    else:
        yield from _table(table, _bars(document))
    if table.further:
        yield from _pairs([(name, _value(Cell(said))) for name, said in table.further])


def _table(table: Grid, bars: dict[str, list[str]]) -> Iterator[str]:
    yield '<div class="scroll"><table>'
    yield f"<thead><tr>{''.join(_heading(column) for column in table.columns)}</tr></thead>"
    yield "<tbody>"
    for at, row in enumerate(table.rows):
        yield f"<tr>{_row(table.columns, row, {name: drawn[at] for name, drawn in bars.items()})}</tr>"
    yield "</tbody>"
    if table.totals:
        yield f"<tfoot><tr>{_row(table.columns, table.totals, {})}</tr></tfoot>"
    yield "</table></div>"


def _pairs(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "<table><tbody>"
    yield from (f'<tr><th scope="row">{escape(name)}</th>{cell}</tr>' for name, cell in pairs)
    yield "</tbody></table>"


def _heading(column: Column) -> str:
    return f'<th scope="col"{_class(_side(column))}>{escape(column.title)}</th>'


def _row(columns: Sequence[Column], row: Sequence[Cell], bars: dict[str, str]) -> str:
    cells = zip(columns, row, strict=True)
    return "".join(_cell(cell, column, bar=bars.get(column.name, "")) for column, cell in cells)


def _cell(cell: Cell, column: Column, *, bar: str = "") -> str:
    text = "" if column.kind == "bar" else escape(cell.text.strip())
    return f"<td{_class(_side(column), cell.tone or '')}>{text}{bar}</td>"


def _value(cell: Cell) -> str:
    return f"<td{_class(cell.tone or '')}>{escape(cell.text.strip())}</td>"


def _class(*names: str) -> str:
    said = " ".join(name for name in names if name)
    return f' class="{said}"' if said else ""


def _side(column: Column) -> str:
    return "right" if column.on_the_right else ""


def _bars(document: Document) -> dict[str, list[str]]:
    """Return the bars by column name; a report without a bar column has them beside its first money."""
    columns = [column.name for column in document.columns if column.kind == "bar"]
    if columns:
        return {name: [_bar(record[name], said=True) for record in document.records()] for name in columns}
    main = next((column.name for column in document.columns if column.kind == "money" and not column.only_json), None)
    if main is None or not document.is_report or len(document.rows) < 2:
        return {}
    amounts: list[Money | None] = [record[main] for record in document.records()]
    most = max((amount.minor for amount in amounts if amount), default=0)
    if most <= 0 or len({amount.currency for amount in amounts if amount}) > 1:
        return {}
    return {main: [_bar(amount.minor / most if amount else None) for amount in amounts]}


def _bar(fraction: float | None, *, said: bool = False) -> str:
    """Draw a fraction of 1, nothing for a missing or negative one, with a tooltip where `said`."""
    width = min(max(fraction or 0, 0), 1) * BAR_WIDTH
    title = f"<title>{fraction:.0%}</title>" if said and fraction is not None else ""
    hidden = "" if title else ' aria-hidden="true"'
    return (
        f'<svg width="{BAR_WIDTH}" height="{BAR_HEIGHT}"{hidden}>{title}'
        f'<rect width="{width:.1f}" height="{BAR_HEIGHT}" rx="2"/></svg>'
    )


def _text(text: str) -> str:
    return escape(safe(text))
