"""What a book has to hold after every import and every act of its seller, worked out from the rules alone.

The rules are those of docs/importing.md: a row with an id is known by it, one without by what it means; only what the
source says differently than before is applied, blank cells say nothing; what the seller edited, removed or merged stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.weekly.sources import Source, Values

Meaning = tuple[Any, ...]


@dataclass
class Known:
    """One record that a source brought: what it said last, and what the book holds."""

    source: int
    key: str | None
    said: Values
    held: Values
    by_hand: set[str] = field(default_factory=set)
    here: bool = True
    ref: int | None = None
    """Its number in the book."""


class Forecast(NamedTuple):
    """What an import has to say about its rows; `either` are rows that may count as the same or as left out."""

    read: int
    new: int
    changed: int
    same: int
    rejected: int
    left_out: int
    either: int = 0
    gone: tuple[int, int] = (0, 0)
    """At least and at most so many records that the file does not have."""

    def fits(self, told: Mapping[str, int]) -> bool:
        """Say whether an answer says this, and its figures add up."""
        counts = [told[name] for name in ("new", "changed", "same", "rejected", "left_out")]
        exact = [self.new, self.changed, self.rejected] == [counts[0], counts[1], counts[3]]
        return sum(counts) == told["read"] == self.read and exact and 0 <= counts[2] - self.same <= self.either


class Expected:
    """The book as it has to be."""

    def __init__(self) -> None:
        self.known: list[Known] = []
        self.merged: dict[str, str] = {}
        self.people: set[str] = set()

    def who(self, name: str) -> str:
        """Return whom a name means by now."""
        while name in self.merged:
            name = self.merged[name]
        return name

    def of(self, source: int) -> list[Known]:
        return [one for one in self.known if one.source == source]

    def meaning(self, source: Source, values: Values) -> Meaning:
        """Return what makes a row without an id that row."""
        names = source.shape.meaning
        return tuple(
            self.who(values[name]) if name == "customer" else str(values.get(name, "")).casefold() for name in names
        )

    # --- the seller ---

    def edit(self, one: Known, name: str, value: Any) -> None:
        one.held[name] = value
        one.by_hand.add(name)
        if name == "date" and one.held.pop("time", ""):  # a day without a time has none
            one.by_hand.add("time")

    def merge(self, keep: str, other: str) -> None:
        self.merged[other] = keep
        self.people.discard(other)

    # --- imports ---

    def take(self, number: int, source: Source, rows: list[Values], *, how: str = "", junk: frozenset[int]) -> Forecast:
        """Take what a file says into the book, and say what the answer has to be."""
        removed = {one.key for one in self.of(number) if not one.here} if source.ids else set()
        junk = frozenset(place for place in junk if rows[place].get("id") not in removed)  # that one is no record
        good = [row for place, row in enumerate(rows) if place not in junk]
        taking = Taking(self, number, source, how)
        if source.ids:
            taking.by_ids(good, {row["id"] for row in rows})
        else:
            taking.by_meaning(good, len(junk))
        counts = taking.counts
        gone = taking.gone
        read, rejected = len(rows), len(junk) + counts["rejected"]
        return Forecast(
            read, counts["new"], counts["changed"], counts["same"], rejected, counts["left out"], counts["either"], gone
        )


class Taking:
    """One file that is taken into an expected book."""

    def __init__(self, book: Expected, number: int, source: Source, how: str) -> None:
        self._book, self._number, self._source, self._how = book, number, source, how
        self.counts: dict[str, int] = defaultdict(int)
        self.gone = (0, 0)

    def by_ids(self, rows: Iterable[Values], present: set[str]) -> None:
        """Take rows with ids; one that is not read still stands in the file."""
        known = {one.key: one for one in self._book.of(self._number)}
        gone = sum(one.here and one.key not in present for one in known.values())
        self.gone = (gone, gone)
        for row in rows:
            one = known.get(row["id"])
            if one is None:
                self._add(row)
            elif not one.here:
                self.counts["left out"] += 1
            elif not self._how and self._other(one, row):
                self.counts["rejected"] += 1
            else:
                self._apply(one, row)

    def by_meaning(self, rows: Iterable[Values], junk: int) -> None:
        """Take rows without ids: as many of a meaning as there are records are these; nobody knows what junk means."""
        here, there = self.grouped(rows), defaultdict(list)
        for one in self._book.of(self._number):
            there[self._book.meaning(self._source, one.said)].append(one)
        least = most = 0
        for meaning, group in there.items():
            lack = max(0, len(group) - len(here[meaning]))
            live = sum(one.here for one in group)
            least, most = least + max(0, lack - (len(group) - live)), most + min(live, lack)
        self.gone = (max(0, least - junk), most)
        for meaning, same in here.items():
            self._take_group(same, there[meaning])

    def _take_group(self, rows: list[Values], group: list[Known]) -> None:
        if len(rows) < len(group):  # which of them are left is nobody's business: they say what they said
            gone = sum(not one.here for one in group)
            live = len(group) - gone
            surely = max(0, len(rows) - gone)
            self.counts["same"] += surely
            self.counts["left out"] += (out := max(0, len(rows) - live))
            self.counts["either"] += len(rows) - surely - out
            return
        for row, one in zip(rows, group, strict=False):
            if one.here:
                self._apply(one, row)
            else:
                self.counts["left out"] += 1
        for row in rows[len(group) :]:
            self._add(row)

    def grouped(self, rows: Iterable[Values]) -> dict[Meaning, list[Values]]:
        found: dict[Meaning, list[Values]] = defaultdict(list)
        for row in rows:
            found[self._book.meaning(self._source, row)].append(row)
        return found

    def _add(self, row: Values) -> None:
        said = {name: value for name, value in row.items() if name != "id"}
        self._book.known.append(Known(self._number, row.get("id"), said, dict(said)))
        self._book.people.add(self._book.who(row["customer"]))
        self.counts["new"] += 1

    def _apply(self, one: Known, row: Values) -> None:
        """Apply what a source says differently than the book, but for what the seller edited."""
        identifying = () if self._source.ids else self._source.shape.meaning
        said = {name: value for name, value in row.items() if name != "id" and name not in identifying}
        differs = {
            name: value for name, value in said.items() if name not in one.by_hand and not self._same(one, name, value)
        }
        if self._how == "skip" and (differs or one.by_hand & row.keys()):
            self.counts["left out" if differs else "either"] += 1  # a row that differs from an edit may count as either
            return
        one.said |= said
        one.held |= differs
        if "customer" in said:  # named by a row that came in, though the seller may say another
            self._book.people.add(self._book.who(said["customer"]))
        self.counts["changed" if differs else "same"] += 1

    def _same(self, one: Known, name: str, value: Any) -> bool:
        held = one.held.get(name, "")
        return self._book.who(held) == self._book.who(value) if name == "customer" else bool(held == value)

    def _other(self, one: Known, row: Values) -> bool:
        """Say whether an id stands for another record now: another customer and another day, or title of a deal.

        Of a sale amount and product say so too.
        """
        kind = self._source.shape.kind
        if self._book.who(one.said["customer"]) == self._book.who(row["customer"]):
            return False
        differ = {name for name, value in row.items() if one.said.get(name, "") != value}
        if kind == "deals":
            return "title" in differ
        return "date" in differ or (kind == "sales" and {"amount", "product"} <= differ)
