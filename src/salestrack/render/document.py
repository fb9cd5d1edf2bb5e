"""What everything is printed from: a report or a list of records as columns and raw values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

Kind = Literal[
    "text",
    "ref",
    "int",
    "money",
    "tally",
    "rate",
    "share",
    "spread",
    "date",
    "days",
    "percent",
    "bar",
    "bool",
]
Tone = Literal["good", "bad", "due", "dim"]
Row = Sequence[Any] | Mapping[str, Any]

CUSTOM = "field:"
"""What the names of columns of custom fields begin with; JSON has them together, under `fields`."""
RIGHT_KINDS = frozenset({"int", "money", "share", "days", "percent"})


class Span(Protocol):
    """A period as a printer sees it; a side without an end is None."""

    @property
    def start(self) -> date | None:
        """The first day."""

    @property
    def end(self) -> date | None:
        """The last day, included."""

    @property
    def label(self) -> str:
        """The period in the user's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of the rows: its name in data formats, its heading for people, and how a value of it is said.

    A `percent` is an integer percent (40), a `share` a bare fraction (0.4), a `rate` a Rate. A `bar` is a
    fraction drawn as the picture of a number that stands in another column; data formats leave it out.
    """

    name: str
    title: str
    kind: Kind = "text"
    align: Literal["left", "right"] | None = None
    shrink: bool = False
    """May be cut short, with an ellipsis, on a narrow terminal."""
    wide: bool = False
    """On a terminal, drawn only where 100 columns or more have room for it; always drawn elsewhere."""
    only_json: bool = False
    """In the data formats, never drawn for people."""
    only_drawn: bool = False
    """Drawn for people; the data formats have what it was made of."""
    due: bool = False
    """A date that is marked with `!` once it lies before the document's `as_of`."""
    tones: Mapping[str, Tone] | None = None
    """What colour a value of this text column has on a terminal: {"behind": "bad"}."""

    @property
    def on_the_right(self) -> bool:
        """Whether its cells are pushed to the right edge."""
        return (self.align == "right") if self.align else self.kind in RIGHT_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report or a list of records, ready for any printer.

    Rows hold raw values, as sequences in the order of the columns or as mappings by their names. A schema
    of `salestrack/report.NAME@1` makes it a report; anything else is a list. `notes` are for people only,
    `extra` holds further fields for JSON only; but a Document in `extra` is drawn like a part, and JSON has
    the list of its rows.
    """

    schema: str
    columns: tuple[Column, ...] = ()
    rows: Sequence[Row] = ()
    title: str = ""
    as_of: date | None = None
    period: Span | None = None
    definition: str | None = None
    totals: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple["Document", ...] | None = None
    ref_column: str | None = None
    headline: tuple[Any, ...] = ()
    """What stands in the line under the title: texts and amounts."""
    stacked: tuple[tuple[str, ...], ...] = ()
    """On a terminal a row is drawn as these lines of columns, whatever its width; the last of a line is on the right."""
    flowing: bool = False
    """Rows are drawn for people as a line each, one field after the other, long ones continued below."""
    fielded: bool = False
    """Its records have custom fields: JSON always has them together, under `fields`."""
    upright: bool = False
    """Records are drawn for people one field a line, as `show` does; empty fields are left out."""

    @property
    def name(self) -> str:
        """The schema without program and version: `report.winloss`, `deals`."""
        return self.schema.removeprefix("salestrack/").partition("@")[0]

    @property
    def is_report(self) -> bool:
        """Whether it is a report and not a list of records."""
        return self.name.startswith("report.")

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """The columns that JSON and CSV have: all but the pictures, and what is made for people alone."""
        return tuple(column for column in self.columns if column.kind != "bar" and not column.only_drawn)

    @property
    def sections(self) -> tuple["Document", ...]:
        """What is drawn below its own table: its parts, then the documents among its further fields."""
        return (*(self.parts or ()), *(value for value in self.extra.values() if isinstance(value, Document)))

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield every row by column name; ValueError or KeyError for one that does not fit the columns."""
        names = [column.name for column in self.columns]
        for row in self.rows:
            if isinstance(row, Mapping):
                yield {name: row[name] for name in names}
            else:
                yield dict(zip(names, row, strict=True))
