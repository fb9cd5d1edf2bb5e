"""Several rows that are one sale: rows of one order that follow each other become one row that has its parts along.

An order must stand in one piece: of one that comes back later in the file nobody could say which part is whole, so all
its rows are refused. That way no more than one order is kept in memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from salestrack.domain.names import fold, similar
from salestrack.errors import UsageError
from salestrack.importers.table import Chunk

RefundDay = Literal["noticed", "sale"]
ADDED = ("amount", "gross", "tax", "fee", "cost")
_KEYS = ("by", "add_up", "refund_day", "refund_rows")
_DAYS = {
    "noticed": "the day of the sale where both come with the first import, else the day of the import that finds it",
    "sale": "the day of the sale",
}


class Grouping(NamedTuple):
    """How the rows of a file become sales: what [group] of a profile says.

    Rows with the same cells under `by` that follow each other are one sale; `add_up` are the fields that are summed
    over its rows, all others are the first that is filled. `refund_day` counts where no column dates a refund, and
    `refund_rows` says that a row with a negative amount gives money back.
    """

    by: tuple[str, ...] = ()
    add_up: tuple[str, ...] = ()
    refund_day: RefundDay = "noticed"
    refund_rows: bool = False

    def places(self, header: Sequence[str]) -> tuple[int, ...]:
        """Return where the columns stand that tell orders apart; UsageError where the file lacks one."""
        folded = [fold(name) for name in header]
        missing = [name for name in self.by if fold(name) not in folded]
        if missing:
            raise UsageError(f"the file has no column '{missing[0]}', by which rows would be grouped")
        return tuple(folded.index(fold(name)) for name in self.by)

    def words(self) -> list[tuple[str, str]]:
        """Return what it means: what about, and a sentence."""
        key = " and ".join(self.by)
        said = [("by", f"rows that follow each other with the same {key} are one sale")] if key else []
        said += [("add_up", f"{' and '.join(self.add_up)} of its rows are added up")] if self.add_up else []
        if self.refund_rows:
            return [*said, ("refund_rows", "a row with a negative amount gives back, on its own day")]
        return [*said, ("refund_day", f"a refund without a date of its own counts on {_DAYS[self.refund_day]}")]


def read_grouping(table: Mapping[str, Any], origin: str = "the profile") -> Grouping:
    """Read [group] of a profile; UsageError naming the key that is wrong."""
    for key in table:
        if key not in _KEYS:
            near = similar(key, list(_KEYS), most=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(_KEYS)}"
            raise UsageError(f"{origin}: group.{key} is unknown", hint=hint)
    add_up = _texts(table, "add_up", origin)
    if wrong := [name for name in add_up if name not in ADDED]:
        raise UsageError(f"{origin}: group.add_up cannot add up '{wrong[0]}'", hint=f"it takes {', '.join(ADDED)}")
    day = table.get("refund_day", "noticed")
    if day not in _DAYS:
        raise UsageError(f"{origin}: group.refund_day is {' or '.join(_DAYS)}, not '{day}'")
    return Grouping(_texts(table, "by", origin), add_up, day, table.get("refund_rows", False) is True)


def _texts(table: Mapping[str, Any], key: str, origin: str) -> tuple[str, ...]:
    value = table.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise UsageError(f"{origin}: group.{key} is a text or a list of texts")
    return tuple(texts)


@dataclass(slots=True)
class Group:
    """The rows of one sale with their lines in the file; `odd` is the line of a row between them that fits no header."""

    key: tuple[str, ...]
    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    odd: int | None = None

    def merged(self) -> list[str]:
        """Return the first row, with what is blank in it taken from the next that has it."""
        if len(self.rows) == 1:
            return self.rows[0]
        return [next((cell for cell in cells if cell.strip()), "") for cells in zip(*self.rows, strict=True)]


def grouped(chunks: Iterable[Chunk], places: Sequence[int]) -> Iterator[Chunk]:
    """Yield chunks whose rows are whole sales, each with its group; `places` are the columns that tell them apart.

    A row without any of these cells goes on with the sale above it. A row that fits no header may belong to the sale
    before it or after it, so neither is whole then.
    """
    orders = _Orders(places)
    position = 0
    for chunk in chunks:
        position = chunk.position
        yield orders.cut(orders.take(chunk), chunk)
    if orders.open:
        yield orders.cut([orders.open], Chunk((), [], (), 0, position))


class _Orders:
    """Keeps the one sale that may still go on."""

    def __init__(self, places: Sequence[int]) -> None:
        self._places = places
        self._odd: int | None = None
        self.open: Group | None = None

    def take(self, chunk: Chunk) -> list[Group]:
        """Return the sales that are complete after a chunk."""
        done: list[Group] = []
        rows = zip(chunk.lines, chunk.rows, strict=True)
        odd = ((line, None) for line, _ in chunk.odd)
        for line, row in sorted([*rows, *odd], key=lambda entry: entry[0]) if chunk.odd else rows:
            if row is None:
                self._odd = line
                if self.open:
                    self.open.odd = line
                continue
            key = tuple(row[place].strip() for place in self._places)
            if self.open is None or not (key == self.open.key or (self._places and not any(key))) or not self._places:
                if self.open:
                    done.append(self.open)
                self.open = Group(key, odd=self._odd)
            self._odd = None
            self.open.lines.append(line)
            self.open.rows.append(row)
        return done

    def cut(self, groups: list[Group], chunk: Chunk) -> Chunk:
        """Return a chunk of these sales in place of the rows of another."""
        lines, rows = [group.lines[0] for group in groups], [group.merged() for group in groups]
        return Chunk(lines, rows, chunk.odd, chunk.blank, chunk.position, groups)


__all__ = ["Group", "Grouping", "RefundDay", "grouped", "read_grouping"]
