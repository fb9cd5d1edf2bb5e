"""Columns of cells become columns of values: each different cell is read once, and what is wrong with it is kept."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from salestrack.domain.durations import LONGEST, parse_duration
from salestrack.domain.quoting import quoted
from salestrack.domain.texts import plain
from salestrack.errors import SalestrackError
from salestrack.importers.json_values import NUMBER, Number, plain_number
from salestrack.importers.typed import value_option

K = TypeVar("K", bound=Hashable)

MOST_KNOWN = 50_000  # different cells a column remembers: memory stays the same however long the file is
LONGEST_LINE = 1000


class Column(ABC, Generic[K]):
    """One column's reader: `read` gives each cell its value, None where `bad` says what is wrong with it.

    A subclass says in `learn` what cells mean that were not seen before. `values` replaces cells before (what --value
    says); `used` holds those of them that occurred.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.known: dict[K, Any] = {}
        self.bad: dict[K, str] = {}
        self.used: set[str] = set()
        self._values = values or {}

    def read(self, cells: Sequence[K]) -> list[Any]:
        """Return the values of cells in order."""
        try:
            return list(map(self.known.__getitem__, cells))
        except KeyError:
            if len(self.known) > MOST_KNOWN:
                self.known.clear()
                self.bad.clear()
            # In the order of the file: what is created by the way gets the same ids every time.
            self.learn([cell for cell in dict.fromkeys(cells) if cell not in self.known])
            return list(map(self.known.__getitem__, cells))

    @abstractmethod
    def learn(self, cells: Collection[K]) -> None:
        """Put the meaning of new cells into `known`, and what is wrong into `bad`."""

    def meant(self, cell: str) -> str:
        """Return the text that a cell stands for."""
        text = cell.strip()
        if text in self._values:
            self.used.add(text)
            return self._values[text]
        return text

    def refuse(self, cell: K, reason: str) -> None:
        """Remember that a cell means nothing, and why."""
        self.known[cell] = None
        self.bad[cell] = reason

    def faults(self, cells: Sequence[K]) -> list[tuple[int, str]]:
        """Return the places of bad cells with the reasons; costs nothing for a clean column."""
        if not self.bad or self.bad.keys().isdisjoint(cells):
            return []
        return [(place, self.bad[cell]) for place, cell in enumerate(cells) if cell in self.bad]


class Parsed(Column[str]):
    """A column whose cells a function reads one by one; blank ones are unknown, or refused with `required`."""

    def __init__(
        self, parse: Callable[[str], Any], values: Mapping[str, str] | None = None, *, required: str | None = None
    ) -> None:
        super().__init__(values)
        self._parse = parse
        self._required = required

    def learn(self, cells: Collection[str]) -> None:
        """Read new cells."""
        for cell in cells:
            text = self.meant(cell)
            try:
                self.known[cell] = self._parse(text) if text else None
            except SalestrackError as error:
                self.refuse(cell, reason_of(error, text))
                continue
            if not text and self._required:
                self.refuse(cell, self._required)


class Numeric(Parsed):
    """A column of numbers that a function reads with a decimal mark; those of JSON, which have a dot, get that mark."""

    def __init__(self, parse: Callable[[str], Any], decimal: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(parse, values)
        self._decimal = decimal

    def read(self, cells: Sequence[str]) -> list[Any]:
        """Return the values of cells in order."""
        return super().read(apart(cells))

    def faults(self, cells: Sequence[str]) -> list[tuple[int, str]]:
        """Return the places of bad cells with the reasons."""
        return super().faults(apart(cells))

    def meant(self, cell: str) -> str:
        """Return the number that a cell stands for, as the function reads it."""
        given = cell.removeprefix(NUMBER)
        text = super().meant(given)
        return Number(plain_number(text).replace(".", self._decimal)) if text == given != cell else text


def apart(cells: Sequence[str]) -> Sequence[str]:
    """Return cells as the keys of a reader of numbers: those of JSON, whose mark is always a dot, apart from texts."""
    if Number not in set(map(type, cells)):
        return cells
    return [f"{NUMBER}{cell}" if type(cell) is Number else cell for cell in cells]


def reason_of(error: SalestrackError, text: str) -> str:
    """Return what an error says about a cell without repeating the cell, its hint included."""
    message = error.message
    for start in (f"amount {quoted(text)} ", f"date {quoted(text)} ", f"duration {quoted(text)} ", f"{quoted(text)} "):
        message = message.removeprefix(start)
    return f"{message}; {error.hint}" if error.hint else message


def lines(cells: Sequence[str]) -> list[str | None]:
    """Return texts of one line, None for blank ones; line ends and tabs inside become a space."""
    if "".join(cells).isprintable():  # no line end or other control character in any of them
        return [cell.strip() or None for cell in cells]
    return [(cell.strip() if cell.isprintable() else " ".join(plain(cell).split())) or None for cell in cells]


def bad_lines(cells: Sequence[str]) -> list[tuple[int, str]]:
    """Return the places of texts that are too long for one line, with the reasons."""
    if max(map(len, cells), default=0) <= LONGEST_LINE:
        return []
    why = "has {} characters; {} are kept at most"
    return [(at, why.format(len(cell), LONGEST_LINE)) for at, cell in enumerate(cells) if len(cell) > LONGEST_LINE]


def notes(cells: Sequence[str]) -> list[str | None]:
    """Return texts of several lines, None for blank ones; control characters are left out."""
    return [plain(cell).strip() or None for cell in cells]


def parse_percent(text: str) -> int:
    """Read an integer percentage: 40, 40%, 40.0."""
    number = text.removesuffix("%").rstrip()
    whole, _, part = number.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 3) or part.strip("0") or int(whole) > 100:
        raise SalestrackError("is not an integer percentage from 0 to 100; write it like 40")
    return int(whole)


_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
_SECONDS = re.compile(r"\b(seconds?|secs?|sekunden|secondes|segundos)\b")


def says_seconds(header: str) -> bool:
    """Say whether the header of a column of durations tells that its numbers are seconds."""
    return _SECONDS.search(re.sub(r"[\W_]+", " ", header.casefold())) is not None


def parse_plain_seconds(text: str) -> int:
    """Read a duration into seconds, of which a bare number is so many."""
    whole = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?", text)
    if whole and int(whole[1]) <= LONGEST * 60:
        return int(whole[1])
    return parse_seconds(text)


def parse_seconds(text: str) -> int:
    """Read a duration into seconds; a bare number is minutes, hours:minutes:seconds what it says, and none at all is 0."""
    if text in {"0", "00:00", "0:00"}:
        return 0
    if clock := _CLOCK.fullmatch(text):
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
        if seconds <= LONGEST * 60:
            return seconds
    return parse_duration(text) * 60


_INWARDS = {"in", "inbound", "incoming", "received", "eingehend", "entrant", "entrante"}
_OUTWARDS = {"out", "outbound", "outgoing", "sent", "ausgehend", "sortant", "saliente"}
_YES = {"yes", "y", "true", "1", "x", "done", "completed", "complete", "closed", "ja", "oui", "si", "sí"}
_NO = {"no", "n", "false", "0", "to do", "todo", "open", "planned", "not started", "in progress", "nein", "non"}


def parse_direction(text: str) -> str:
    """Read whether it came in or went out."""
    word = text.casefold()
    if word not in _INWARDS | _OUTWARDS:
        raise SalestrackError(_neither("in nor out", value_option("direction", text, "in")))
    return "in" if word in _INWARDS else "out"


def parse_yes_no(text: str) -> int:
    """Read whether it is done: 1 or 0."""
    word = text.casefold()
    if word not in _YES | _NO:
        raise SalestrackError(_neither("yes nor no", value_option("done", text, "yes")))
    return int(word in _YES)


def _neither(words: str, option: str) -> str:
    return f"is neither {words}; write one of them{f', or say: {option}' if option else ''}"


def pairs(*columns: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return columns side by side, for readers that need several cells at once."""
    return list(zip(*columns, strict=True))
