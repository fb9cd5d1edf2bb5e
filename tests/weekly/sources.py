"""A source that changes from week to week, and the file that it writes each time: one meaning, many spellings.

Values are the texts that a plain file would have, but for amounts, which are whole cents.
"""

import csv
import io
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

Values = dict[str, Any]
NAMES = ["Acme", "Zürich Öl", "Blue Harbor", "Kiosk 24"]
JUNK = "?!"
"""What makes a cell unreadable."""


class Shape(NamedTuple):
    """One kind of record: its noun, letter, what makes a row without an id that row, and what may change in it."""

    kind: str
    noun: str
    letter: str
    meaning: tuple[str, ...]
    free: tuple[str, ...]

    @property
    def day(self) -> str:
        """The column that no row can do without."""
        return "created" if self.kind == "deals" else "date"


SHAPES = {
    shape.kind: shape
    for shape in (
        Shape("sales", "sale", "s", ("date", "customer", "product", "quantity", "amount", "ref"), ("note", "channel")),
        Shape("activities", "activity", "a", ("date", "time", "kind", "customer", "note"), ("outcome", "owner")),
        Shape("deals", "deal", "d", ("title", "customer", "product", "created"), ("stage", "amount", "note", "owner")),
    )
}

DAYS = [f"2026-03-0{day}" for day in range(1, 7)]
FIELDS: dict[str, list[Any]] = {
    "date": DAYS,
    "created": DAYS,
    "time": ["", "10:00", "11:30"],
    "customer": NAMES,
    "product": ["Tea", "Coffee", ""],
    "quantity": ["1", "2"],
    "amount": [1000, 1050, 123_456, 1],
    "ref": ["R1", "R2"],
    "kind": ["call", "email", "meeting"],
    "title": ["Gate", "Big roof", "Small roof"],
    "stage": ["Lead", "Qualified", "Proposal"],
    "note": ["Talk one", "talk two", "x"],
    "channel": ["", "shop", "direct"],
    "outcome": ["", "connected", "no answer"],
    "owner": ["", "Mia", "Ben"],
}
happenings = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FIELDS.items()})


class Spelling(NamedTuple):
    """How a file is written this week."""

    delimiter: str = ","
    date: str = "iso"
    number: str = "plain"
    case: str = "same"
    head: str = "lower"
    order: int = 0
    further: bool = False
    absent: frozenset[str] = frozenset()
    """Columns that do not identify a row and that the file does not have this time."""

    def options(self) -> list[str]:
        """Return what has to be said on the command line for such a file."""
        days = ["--date-format", "dmy"] if self.date == "slashes" else []
        return days + (["--decimal", ","] if self.number in {"comma", "dots"} else [])

    def cell(self, name: str, value: Any, row: int, *, ids: bool) -> str:
        """Write one value; names may be shouted, other texts only where they alone make a row that row."""
        if value == "":
            return ""
        if name in {"date", "created"}:
            return self._day(value)
        if name == "amount":
            return self._amount(value)
        if name == "quantity":
            return str(value) + {"plain": "", "comma": ",0", "dots": ""}.get(self.number, ".0")
        if name in {"customer", "product"}:
            return self._text(value, row)
        if name in {"title", "ref"} and not ids:
            return " ".join(self._text(value, row).split())
        return str(value)

    def _day(self, value: str) -> str:
        year, month, day = value.split("-")
        ways = {
            "iso": value,
            "dots": f"{day}.{month}.{year}",
            "slashes": f"{int(day)}/{int(month)}/{year}",
            "words": f"{int(day)} March {year}",
            "compact": f"{year}{month}{day}",
        }
        return ways[self.date]

    def _amount(self, cents: int) -> str:
        exact = f"{cents / 100:,.2f}"
        ways = {
            "plain": exact.replace(",", "").removesuffix("0").removesuffix(".0"),
            "cents": exact.replace(",", ""),
            "thousands": exact,
            "currency": f"{exact} USD",
            "comma": exact.replace(",", "").replace(".", ","),
            "dots": exact.translate({ord(","): ".", ord("."): ","}),
        }
        return ways[self.number]

    def _text(self, value: str, row: int) -> str:
        case = ["same", "upper", "lower", "blanks"][row % 4] if self.case == "mixed" else self.case
        blanks = "  ".join(value.split(" ")) + " "
        return {"same": value, "upper": value.upper(), "lower": value.lower(), "blanks": blanks}[case]


def spellings(free: tuple[str, ...] = ("note", "channel", "outcome", "owner", "amount")) -> st.SearchStrategy[Spelling]:
    """Return ways of writing a file."""
    return st.builds(
        Spelling,
        st.sampled_from([",", ";", "\t", "|"]),
        st.sampled_from(["iso", "dots", "slashes", "words", "compact"]),
        st.sampled_from(["plain", "cents", "thousands", "currency", "comma", "dots"]),
        st.sampled_from(["same", "upper", "lower", "blanks", "mixed"]),
        st.sampled_from(["lower", "title", "upper"]),
        st.integers(0, 9),
        st.booleans(),
        st.frozensets(st.sampled_from(free), max_size=2),
    )


@dataclass
class Source:
    """What a source knows now; `events` are its rows, each with an id that only some sources write."""

    shape: Shape
    ids: bool
    name: str | None = None
    wide: bool = True
    """Whether its files tell products of sales and deals, and times of activities."""
    events: list[Values] = field(default_factory=list)
    count: int = 0

    def happen(self, what: Values) -> Values:
        """Return a new event without telling of it yet."""
        self.count += 1
        event = {"id": f"E{self.count}"} | {name: what[name] for name in (*self.shape.meaning, *self.shape.free)}
        return self.tidy(event)

    def tidy(self, event: Values) -> Values:
        """Empty what the files of the source have no column for; without a product there is no quantity."""
        for name in () if self.wide else ("product", "quantity", "time"):
            if name in event:
                event[name] = ""
        if "quantity" in event:
            event["quantity"] = (event["quantity"] or "1") if event["product"] else ""
        return event

    def columns(self, spelling: Spelling) -> list[str]:
        """Return the columns of a file in the order of this week."""
        narrow = set() if self.wide else {"product", "quantity", "time"}
        free = [name for name in self.shape.free if name == "stage" or name not in spelling.absent]
        names = [*(["id"] if self.ids else []), *(name for name in self.shape.meaning if name not in narrow), *free]
        if spelling.order:
            Random(spelling.order).shuffle(names)
        return names

    def rows(self, spelling: Spelling) -> list[Values]:
        """Return what the file says of each event, without blank cells."""
        names = self.columns(spelling)
        return [{name: event[name] for name in names if event[name] != ""} for event in self.events]

    def text(self, spelling: Spelling, *, junk: frozenset[int] = frozenset(), blank: bool = False) -> str:
        """Return the file; the days of some rows cannot be read, and a blank row may stand at its end."""
        names = self.columns(spelling)
        head = {"lower": str.lower, "title": str.title, "upper": str.upper}[spelling.head]
        lines = [[head(name) for name in names]]
        for row, event in enumerate(self.events):
            cells = {name: spelling.cell(name, event[name], row, ids=self.ids) for name in names}
            if row in junk:
                cells[self.shape.day] += JUNK
            lines.append([cells[name] for name in names])
        if spelling.further:
            lines = [[*line, "nothing" if place else "further"] for place, line in enumerate(lines)]
        if blank:
            lines.append([""] * len(lines[0]))
        out = io.StringIO()
        csv.writer(out, delimiter=spelling.delimiter, lineterminator="\n").writerows(lines)
        return out.getvalue()
