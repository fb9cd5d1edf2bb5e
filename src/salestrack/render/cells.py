"""How values are said to people: one grid of texts that every human format draws in its own way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, NamedTuple

from salestrack.domain.measures import Rate, Spread, Tally
from salestrack.domain.money import Money, NumberStyle
from salestrack.domain.sentences import Sentence, said
from salestrack.render.bars import bar
from salestrack.render.document import Column, Document, Span, Tone
from salestrack.render.safety import safe

MISSING = "-"
NOTHING = "none"
BAR_WIDTH = 12
ASCII_SIGNS = str.maketrans({"–": "-", "—": "-", "·": "|", "…": "...", "×": "x", "−": "-", "≥": ">=", "≤": "<="})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The choices that hold for a whole printout."""

    style: NumberStyle
    currency: str | None = None
    """The only currency in it, which the cells then need not repeat."""
    unicode: bool = True
    brief: bool = False
    """Rates without their interval, spreads by their median alone."""
    as_of: date | None = None

    def inside(self) -> "Wording":
        """Return the wording of a part, which leaves the intervals to the report of its own."""
        return replace(self, brief=True)

    def own(self, text: str) -> str:
        """Return a text of the program itself, its signs in ASCII where the screen knows no others."""
        text = said(text, self.style)
        return text if self.unicode else text.translate(ASCII_SIGNS)


class Cell(NamedTuple):
    """The text of one cell, its colour role, and whether the user wrote it or the program."""

    text: str
    tone: Tone | None = None
    quoted: bool = False

    @property
    def is_there(self) -> bool:
        """Whether it says anything."""
        return self.quoted or self.text.strip() not in {"", MISSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of texts: the columns that are drawn, the rows under them, and the totals under those."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None
    further: tuple[tuple[str, str], ...]
    """Totals that belong to no column: what they are called and what they come to."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw a table of."""
        return not self.rows and not self.totals

    def fields(self, row: tuple[Cell, ...], *, after: int = 0) -> list[tuple[Column, Cell]]:
        """Return the fields of one row that say something, from the given one on."""
        named = zip(self.columns[after:], row[after:], strict=True)
        return [(column, one) for column, one in named if one.is_there]

    def without_bars(self) -> "Grid":
        """Return the same grid without its pictures."""
        keep = [at for at, column in enumerate(self.columns) if column.kind != "bar"]
        return replace(
            self,
            columns=tuple(self.columns[at] for at in keep),
            rows=tuple(tuple(row[at] for at in keep) for row in self.rows),
            totals=self.totals and tuple(self.totals[at] for at in keep),
        )


def wording_for(document: Document, style: NumberStyle, *, unicode: bool = True) -> Wording:
    """Return the wording of a whole document; one currency throughout is said once, not in every cell."""
    currencies = set(_currencies(document))
    currency = currencies.pop() if len(currencies) == 1 and not document.upright else None
    return Wording(style=style, currency=currency, unicode=unicode, as_of=document.as_of)


def grid(document: Document, wording: Wording, *, wide: bool = True) -> Grid:
    """Return the table of a document, with its wide columns or without."""
    wording = replace(wording, as_of=document.as_of)
    drawn_here = (column for column in document.columns if not column.only_json and (wide or not column.wide))
    columns = tuple(replace(column, title=safe(wording.own(column.title))) for column in drawn_here)
    records = list(document.records())
    totals = _totals(document, columns, wording)
    drawn: list[list[Cell]] = []
    for at, column in enumerate(columns):
        cells = [cell(record[column.name], column, wording) for record in records]
        drawn.append(_aligned(column, [*cells, totals[at]] if totals else cells))
    rows = tuple(zip(*drawn, strict=True))
    return Grid(
        columns=columns,
        rows=rows[: len(records)],
        totals=rows[-1] if totals else None,
        further=_further(document, wording),
    )


def subtitle(document: Document, wording: Wording, *, inside: Document | None = None) -> str:
    """Period, day and currency in one line; a part says only what differs from the document around it."""
    said = [" ".join(say(piece, "", wording) for piece in document.headline)] if document.headline else []
    if document.period and not (inside and inside.period == document.period):
        said.append(_span(document.period))
    if document.is_report and document.as_of and not (inside and inside.as_of == document.as_of):
        said.append(f"as of {document.as_of.isoformat()}")
    if wording.currency and not inside:
        said.append(f"{'' if document.headline else 'amounts '}in {wording.currency}")
    return wording.own(" · ".join(said))


def cell(value: Any, column: Column, wording: Wording) -> Cell:
    """One value as people read it; a missing one is `-`."""
    if value is None:
        return Cell("" if column.kind == "bar" else MISSING, "dim")
    if column.kind == "bar":
        return Cell(bar(value, BAR_WIDTH, unicode=wording.unicode))
    if column.due and wording.as_of and isinstance(value, date) and _day(value) < wording.as_of:
        return Cell(f"{say(value, column.kind, wording)} !", "due")
    tone = (column.tones or {}).get(str(value))
    return Cell(say(value, column.kind, wording), tone, quoted=isinstance(value, str | list | tuple))


def say(value: Any, kind: str, wording: Wording) -> str:
    """Say a value that is there, as text without control characters."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float() if kind in {"percent", "share"}:
            return f"{_percent(value, wording) if kind == 'share' else _decimal(value, wording)} %"
        case int():
            return str(value)
        case float():
            return _decimal(value, wording, digits=2 if kind == "days" else 4)
        case Money():
            return _money(value, wording)
        case Rate():
            return wording.own(_rate(value, wording))
        case Spread():
            return wording.own(_spread(value, wording))
        case Tally():
            deals = "1 deal" if value.deals == 1 else f"{value.deals} deals"
            return f"{deals}, {_money(value.amount, wording)}"
        case _:
            return _words(value, wording)


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _words(value: Any, wording: Wording) -> str:
    match value:
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case time():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case Sentence():
            return safe(said(value, wording.style))
        case list() | tuple():
            return safe(", ".join(str(item) for item in value))
        case _:
            return safe(str(value))


def _percent(fraction: float, wording: Wording) -> str:
    """Round as a fraction of four decimals first, so that the same digits stand in JSON."""
    return _decimal(round(fraction, 4) * 100, wording, trim=False)


def _decimal(value: float, wording: Wording, *, digits: int = 2, trim: bool = True) -> str:
    text = f"{value:.{digits}f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", wording.style.decimal)


def _money(value: Money, wording: Wording) -> str:
    return value.text(wording.style, code=value.currency != wording.currency)


def _rate(rate: Rate, wording: Wording) -> str:
    said = [f"n {rate.n}"]
    if rate.low is not None and rate.high is not None and not wording.brief:
        said.append("–".join(_percent(end, wording) for end in (rate.low, rate.high)))
    if rate.value is None:
        return f"{MISSING} ({said[0]})"
    few = " too few" if rate.too_few else ""
    return f"{_percent(rate.value, wording)} % ({', '.join(said)}){few}"


def _spread(spread: Spread, wording: Wording) -> str:
    if spread.median is None:
        return f"{MISSING} (n {spread.n})"
    named = {"median": spread.median, "mean": spread.mean, "p90": spread.p90}
    shown = {"median": spread.median} if wording.brief else named
    said = [f"{name} {_decimal(days, wording)}" for name, days in shown.items() if days is not None]
    return f"{' · '.join(said)} (n {spread.n})"


def _aligned(column: Column, cells: list[Cell]) -> list[Cell]:
    """Percentages and days under each other: what stands before `(n ...)` is pushed right."""
    if column.kind not in {"rate", "spread"} or not cells:
        return cells
    heads = [len(one.text.partition(" (n ")[0]) for one in cells]
    pads = [" " * (max(heads) - head) if head else "" for head in heads]
    return [one._replace(text=pad + one.text) for pad, one in zip(pads, cells, strict=True)]


def _totals(document: Document, columns: Sequence[Column], wording: Wording) -> tuple[Cell, ...] | None:
    totals = document.totals or {}
    if not any(totals.get(column.name) is not None for column in columns):
        return None
    cells = [cell(totals[c.name], c, wording) if totals.get(c.name) is not None else Cell("") for c in columns]
    if not cells[0].text:
        cells[0] = Cell("total")
    return tuple(cells)


def _further(document: Document, wording: Wording) -> tuple[tuple[str, str], ...]:
    columns = {column.name for column in document.columns}
    return tuple(
        (safe(name.replace("_", " ")), MISSING if value is None else say(value, "", wording))
        for name, value in (document.totals or {}).items()
        if name not in columns
    )


def _span(span: Span) -> str:
    if span.start is None and span.end is None:
        return safe(span.label)
    days = str(span.end) if span.start == span.end else f"{span.start or ''}..{span.end or ''}"
    return days if span.label in {"", days} else f"{safe(span.label)} ({days})"


def _currencies(document: Document) -> Iterator[str]:
    shown = {column.name for column in document.columns if not column.only_json}
    yield from (piece.currency for piece in document.headline if isinstance(piece, Money))
    for record in [*document.records(), document.totals or {}]:
        for name, value in record.items():
            money = value.amount if isinstance(value, Tally) else value
            if isinstance(money, Money) and (name in shown or record is document.totals):
                yield money.currency
    for section in document.sections:
        yield from _currencies(section)
