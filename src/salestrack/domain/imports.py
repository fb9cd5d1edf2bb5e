"""What came of reading a file: counts that add up, what was wrong, what was created."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from salestrack.domain.money import Money
from salestrack.domain.quoting import quoted, titled
from salestrack.domain.refs import LETTERS as RECORD_LETTERS

MOST_SHOWN = 20
LETTERS = RECORD_LETTERS | {"history": "d"}
"""The kinds of a file, and the letters of the records that it is about."""
OWN_SOURCE = "salestrack"
"""The source of the program's own exports."""


def counted(number: int, kind: str) -> str:
    """Return a number of records in words: 1 deal, 3 activities, 62 changes of deals."""
    if kind == "history":
        return f"{number} change{'s' * (number != 1)} of deals"
    noun = kind if number != 1 else "activity" if kind == "activities" else kind.removesuffix("s")
    return f"{number} {noun}"


class Fault(NamedTuple):
    """What is wrong with a row: its line, the header of the column (empty for the row as a whole), the cell, and why.

    `more` counts the further rows with just this.
    """

    line: int
    title: str
    cell: str
    reason: str
    more: int = 0

    @property
    def text(self) -> str:
        """Return it as one line."""
        where = f"line {self.line} and {self.more:,} more" if self.more else f"line {self.line}"
        where += f", {titled(self.title)} {quoted(self.cell)}" if self.title else ""
        return f"{where}: {self.reason}"


class Counts(NamedTuple):
    """What became of the rows: read = new + changed + same + rejected + left_out."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    left_out: int = 0


class MappedColumn(NamedTuple):
    """A column, the field it feeds, and how its first cells were understood: pairs of cell and value."""

    title: str
    field: str
    samples: tuple[tuple[str, str], ...]


class Created(NamedTuple):
    """Names that were not in the book: what they are (customers, owners ...), how many, and the first few.

    Of stages all are named, with the `chances` that they got in percent; of those in `guessed` neither the file nor its
    profile says any.
    """

    what: str
    number: int
    names: tuple[str, ...]
    chances: tuple[int, ...] = ()
    guessed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One import, done or rehearsed.

    `refused`: nothing was written because of the faults, of which the first stand in `faults`; `unnamed` counts the
    rows with none of these. `kept` says which
    columns stayed as they were edited by hand, `adopted` how many records were there already, made by hand;
    `expected_from_closed` how many open deals had a closing date, which was taken as the expected one, `planned` how
    many activities were dated after today, which makes them planned. Of the new rows, `undated` counts those whose day
    is unknown, `ahead` those that say something happened after today. `profile` said how the file is read. `made`: how many
    new sales and refunds the rows are, where several rows are one sale or one row is more than a sale. `gone`: how many
    records of the source the file lacks (None: nobody asked), the first of them in `gone_refs`. `conflicting`: it was
    refused because rows changed, not because they are faulty. `unit`: what the lines of faults count, where a file has
    none. `notes`: what else is worth a line. `id` and
    `op` are None where nothing was written.
    """

    kind: str
    source: str
    file: str
    counts: Counts
    profile: str | None = None
    made: Mapping[str, int] | None = None
    id: int | None = None
    op: int | None = None
    dry_run: bool = False
    encoding: str = "utf-8"
    delimiter: str = "comma"
    unit: str = "line"
    refused: bool = False
    adopted: int = 0
    expected_from_closed: int = 0
    planned: int = 0
    undated: int = 0
    ahead: int = 0
    fault_count: int = 0
    unnamed: int = 0
    columns: tuple[MappedColumn, ...] = ()
    unused: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    first_on: date | None = None
    last_on: date | None = None
    totals: tuple[tuple[Money, int], ...] = ()
    created: tuple[Created, ...] = ()
    kept: tuple[str, ...] = ()
    kept_count: int = 0
    kept_records: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    rejects: str | None = None
    gone: int | None = None
    gone_refs: tuple[str, ...] = ()
    conflicting: bool = False
    frozen: bool = False
    """Some of the rows that changed are refused by the book itself: money of a closed period."""
    what_changed: str = ""
    """The first records that changed, with their columns, and how many more."""
    notes: tuple[str, ...] = ()

    @property
    def ref(self) -> str | None:
        """Return the id as it is typed, like i3."""
        return f"i{self.id}" if self.id else None
