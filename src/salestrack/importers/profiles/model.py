"""What a profile says: which file it is for, what its columns mean, and which of its rows are no records."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from salestrack.domain.names import fold
from salestrack.errors import UsageError

How = Literal["is", "not", "matches", "blank", "filled", "footer"]


class Rule(NamedTuple):
    """Rows that are no records, and why: those whose cell is, is not, or matches something, is blank or is filled.

    A `footer` is a row with nothing but its first cell: what reports print below their rows.
    """

    why: str
    how: How
    columns: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def places(self, header: Sequence[str]) -> list[int]:
        """Return where the columns of the rule stand in a file; none where it has none of them."""
        wanted = {fold(name) for name in self.columns}
        return [place for place, name in enumerate(header) if fold(name) in wanted]

    def holds(self, cell: str) -> bool:
        """Say whether a cell makes its row none."""
        text = cell.strip()
        if self.how in {"blank", "filled"}:
            return (not text) == (self.how == "blank")
        if self.how == "matches":
            return any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in self.texts)
        same = any(text.casefold() == each.strip().casefold() for each in self.texts)
        return same == (self.how == "is")

    def words(self) -> str:
        """Return which rows the rule is about."""
        column = " or ".join(self.columns)
        texts = " or ".join(self.texts)
        return {
            "is": f"{column} is {texts}",
            "not": f"{column} is not {texts}",
            "matches": f"{column} matches {texts}",
            "blank": f"{column} is blank",
            "filled": f"{column} is filled",
            "footer": "only the first cell is filled",
        }[self.how]


class Profile(NamedTuple):
    """One export of a vendor. Exports that share `source` share their ids, so that they can refer to each other.

    A column is an alternative of headers: of those that a file has, the first that is filled in a row counts; several
    with ` + ` between them are read as one text. `match` are the headers that must be there, each one of several.
    """

    name: str
    kind: str
    about: str = ""
    source: str = ""
    origin: str = "shipped"
    """`shipped`, or the path of the user's file."""
    match: tuple[tuple[str, ...], ...] = ()
    columns: Mapping[str, tuple[str, ...]] = {}
    values: Mapping[str, Mapping[str, str]] = {}
    constants: Mapping[str, str] = {}
    cells: Mapping[str, str] = {}
    blank: Mapping[str, tuple[str, ...]] = {}
    leave_out: tuple[Rule, ...] = ()
    known: Mapping[str, tuple[str, ...]] = {}
    """What the cells of some columns may say in rows that are records; anything else is told."""
    stage_dates: tuple[str, ...] = ()
    stages: Mapping[str, int] = {}
    """How likely deals in the vendor's own stages are to be won, in percent."""
    only_these: bool = False
    date: str | None = None
    decimal: str | None = None
    currency: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    cents: bool = False
    header: bool = True
    money: Mapping[str, str] = {}
    group: Mapping[str, Any] = {}
    new: tuple[str, ...] = ()
    """What is created where it is missing, without --new."""

    def deciding(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return those headers of a file whose cells say which rows are no records."""
        return self._of({column for rule in self.leave_out for column in rule.columns}, header)

    def grouping(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return those headers of a file whose cells say which rows belong together."""
        return self._of(self.group.get("by", ()), header)

    def _of(self, columns: Collection[str], header: Sequence[str]) -> tuple[str, ...]:
        wanted = {fold(column) for column in columns}
        return tuple(title for title in header if fold(title) in wanted)


class Broken(NamedTuple):
    """A profile of the user's that cannot be read: what is wrong, and the headers it is for, None where nobody knows."""

    name: str
    error: UsageError
    match: tuple[tuple[str, ...], ...] | None = None
