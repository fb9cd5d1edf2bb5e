"""Weeks of a seller whose sources send files: what every import, every act and every undo must come to."""

from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from tests.weekly.books import Expected, Forecast, Known
from tests.weekly.ledgers import assert_same
from tests.weekly.sources import FIELDS, JUNK, SHAPES, Source, Spelling, Values, happenings, spellings
from tests.weekly.undoing import LedgerWalk

picks = st.integers(0, 7)
moves = st.tuples(
    st.sampled_from(["new", "new", "equal", "change", "change", "gone", "another", "turned"]), picks, picks, happenings
)
SELLER = {
    "sales": ("note", "channel", "amount", "customer", "date", "ref"),
    "activities": ("note", "outcome", "customer", "date", "kind"),
    "deals": ("note", "amount", "title", "customer", "created", "stage", "owner"),
}
FOLDED = ("customer", "product", "title", "ref")


class Sending(NamedTuple):
    """How a source sends its file, and how that is imported."""

    spelling: Spelling
    how: str = ""
    """What becomes of changed rows."""
    junk: int | None = None
    """A row that cannot be read."""
    full: bool = False
    blank: bool = False


sendings = st.builds(
    Sending,
    spellings(),
    st.sampled_from(["", "", "", "", "update", "skip", "fail"]),
    st.sampled_from([None, None, None, 0, 1]),
    st.booleans(),
    st.booleans(),
)


class File(NamedTuple):
    """A file of a source: what its rows say, which of them cannot be read, and how many blank ones it has."""

    number: int
    path: Path
    rows: list[Values]
    bad: frozenset[int]
    blank: int


class WeeklyWalk(LedgerWalk):
    """One book, what it has to hold, and two sources; a source that is not named is called csv."""

    @initialize(
        kinds=st.tuples(*[st.sampled_from(sorted(SHAPES, reverse=True))] * 2),
        ids=st.tuples(st.booleans(), st.booleans()),
        wide=st.tuples(st.booleans(), st.booleans()),
        first=st.lists(happenings, min_size=3, max_size=6),
    )
    def begin(
        self, kinds: tuple[str, str], ids: tuple[bool, bool], wide: tuple[bool, bool], first: list[Values]
    ) -> None:
        """Make a book, and two sources that both count their ids from 1."""
        self.start()
        self.expected = Expected()
        names = (None, "other-shop")
        self.sources = [
            Source(SHAPES[kind], one, name, far) for kind, one, name, far in zip(kinds, ids, names, wide, strict=True)
        ]
        for source in self.sources:
            source.events = [source.happen(what) for what in first]

    # --- the source ---

    def pass_a_week(self, number: int, happened: list[tuple[str, int, int, Values]]) -> None:
        """Let a source change."""
        source = self.sources[number]
        for way, pick, place, what in happened:
            event = source.events[pick % len(source.events)] if source.events else None
            if way == "new" or event is None:
                source.events.append(source.happen(what))
            elif way == "equal":
                source.events.append(source.happen(event))
            elif way == "gone":
                source.events.remove(event)
            elif way == "turned":
                source.events.reverse()
            elif way == "another":
                if source.ids:
                    event.update(_another(source, event))
            else:
                self._change(number, event, place, what)

    def _change(self, number: int, event: Values, place: int, what: Values) -> None:
        """Change one value; of an id not so many that it might be taken for another record's."""
        source = self.sources[number]
        names = (*source.shape.meaning, *source.shape.free)
        name = names[place % len(names)]
        changed = source.tidy(event | {name: what[name] or event[name]})
        known = [one for one in self.expected.of(number) if one.key == event["id"]]
        said = known[0].said if source.ids and known else event
        if sum(said.get(name, "") != changed[name] for name in source.shape.meaning if name != "quantity") <= 1:
            event.update(changed)

    # --- imports ---

    @rule(number=st.integers(0, 1), happened=st.lists(moves, max_size=4), sent=sendings)
    def week(self, number: int, happened: list[tuple[str, int, int, Values]], sent: Sending) -> None:
        """Let a source change and send its file; import that, and import it again."""
        self.pass_a_week(number, happened)
        source = self.sources[number]
        torn = source.events[sent.junk % len(source.events)] if sent.junk is not None and source.events else None
        if not source.ids:
            settle(self.expected, number, source, torn)
        if source.events:
            bad = frozenset(place for place, event in enumerate(source.events) if event is torn)
            path = self.write(source.text(sent.spelling, junk=bad, blank=sent.blank))
            file = File(number, path, source.rows(sent.spelling), bad, int(sent.blank))
            self._bring(file, [*self._words(source, sent), *(["--full"] if sent.full else [])], sent.how)
            if bad and not sent.how and self.rejects.exists():
                self._mend(file, self._words(source, sent))

    def _words(self, source: Source, sent: Sending) -> list[str]:
        words = ["--as", source.shape.kind, "--new", "customers,products", *sent.spelling.options()]
        words += ["--source", source.name] if source.name else []
        return words + (["--on-conflict", sent.how] if sent.how else [])

    def _bring(self, file: File, words: list[str], how: str) -> None:
        """Import a file twice: the second time nothing is new."""
        source = self.sources[file.number]
        if (
            how == "fail"
            and deepcopy(self.expected).take(file.number, source, file.rows, junk=file.bad, how=how).changed
        ):
            self._refused(file, words)
            return
        before, was, last = self.ledger.dump(), deepcopy(self.expected), self.ledger.last_operation()
        self._import(file, words, how)
        self.noted(before, was, last)
        after = self.ledger.dump()
        again = self._import(file, words, how)
        assert not again.new
        assert not again.changed
        assert_same(self.ledger.dump(), after)

    def _import(self, file: File, words: list[str], how: str) -> Forecast:
        """Run an import, and compare the answer and the whole book with what the rules say."""
        forecast = self.expected.take(file.number, self.sources[file.number], file.rows, junk=file.bad, how=how)
        self.rejects = self.folder / f"rejects-{next(self.numbers)}.csv"
        codes = (3,) if forecast.rejected else (0,)
        answer = self.ledger.answers("import", str(file.path), *words, "--rejects", str(self.rejects), codes=codes)
        told = dict(answer["rows"][0])
        told |= {name: told[name] - file.blank for name in ("read", "left_out")}
        assert forecast.fits(told), f"{forecast}\n{told}"
        if gone := answer["no_longer_in_file"]:
            assert forecast.gone[0] <= gone["count"] <= forecast.gone[1], f"{forecast}\n{gone}"
        assert self.rejects.exists() == bool(forecast.rejected)
        self.find_new(file.number)
        self.compare()
        return forecast

    def _mend(self, file: File, words: list[str]) -> None:
        """Mend what the import set aside, and import that with the same options."""
        text = self.rejects.read_text(encoding="utf-8-sig")
        mended = [file.rows[place] for place in sorted(file.bad)]
        others = len(text.splitlines()) - 1 - len(mended)
        if others == 0 and JUNK in text:
            path = self.write(text.replace(JUNK, ""))
            self._bring(File(file.number, path, mended, frozenset(), 0), words, "")

    def _refused(self, file: File, words: list[str]) -> None:
        before, last = self.ledger.dump(), self.ledger.last_operation()
        self.ledger.run("import", str(file.path), *words, "--rejects", str(self.folder / "none.csv"), codes=(1,))
        assert_same(self.ledger.dump(), before)
        assert self.ledger.last_operation() == last

    # --- the book ---

    def find_new(self, number: int) -> None:
        """Find the records that came in: by the ids of their source, else by what they say."""
        source, new = self.sources[number], [one for one in self.expected.of(number) if one.ref is None]
        if source.ids:
            keys = self.ledger.keys(source.shape.kind, source.name or "csv")
            for one in new:
                assert one.key in keys, f"{one} is not in the book"
                one.ref = keys[one.key]
            return
        taken = {one.ref for one in self.expected.known if self.sources[one.source].shape == source.shape}
        free = {ref: said for ref, said in self.ledger.records(source.shape.kind).items() if ref not in taken}
        for one in new:
            one.ref = next((ref for ref, said in sorted(free.items()) if self._agrees(one, said)), None)
            assert one.ref is not None, f"{one} is not among {free}"
            del free[one.ref]

    def compare(self) -> None:
        """Compare every record of the book, and who its customers are."""
        for kind in {source.shape.kind for source in self.sources}:
            live = {
                one.ref: one for one in self.expected.known if one.here and self.sources[one.source].shape.kind == kind
            }
            book = self.ledger.records(kind)
            assert book.keys() == live.keys(), f"{kind}: {book} instead of {live}"
            for ref, one in live.items():
                assert self._agrees(one, book[ref]), f"{kind} {ref} is {book[ref]}, not {one}"
        names = self.ledger.query("SELECT name FROM customers WHERE merged_into IS NULL")
        assert sorted(_folded(row["name"]) for row in names) == sorted(map(_folded, self.expected.people))

    def _agrees(self, one: Known, said: Values) -> bool:
        wanted = {name: value for name, value in one.held.items() if value != ""}
        if "customer" in wanted:
            wanted["customer"] = self.expected.who(wanted["customer"])
        if "product" not in wanted or "quantity" not in SHAPES[self.sources[one.source].shape.kind].meaning:
            wanted.pop("quantity", None)
        exact = {name for name in ("title", "ref") if self.sources[one.source].ids or name in one.by_hand}
        return _plain(wanted, exact) == _plain(said, exact)

    # --- the seller ---

    def some(self, pick: int) -> Known | None:
        live = [one for one in self.expected.known if one.here]
        return live[pick % len(live)] if live else None

    @rule(pick=picks, place=picks, what=happenings)
    def edit(self, pick: int, place: int, what: Values) -> None:
        """Change one value by hand."""
        if not (one := self.some(pick)):
            return
        shape = self.sources[one.source].shape
        name = SELLER[shape.kind][place % len(SELLER[shape.kind])]
        value = what[name] or FIELDS[name][1]
        held = one.held.get(name, "")
        if name == "customer":
            value = self.expected.who(value)
            held = self.expected.who(held)
            if value not in self.expected.people:
                return
        owners = {row["name"] for row in self.ledger.query("SELECT name FROM owners")}
        if value == held or (name == "owner" and value not in owners):
            return
        text = f"{value / 100:.2f}" if name == "amount" else value
        self.act("edit", f"{shape.letter}{one.ref}", f"--{name}", text, "-y")
        self.expected.edit(one, name, value)
        self.compare()

    @rule(pick=picks)
    def remove(self, pick: int) -> None:
        """Remove a record by hand."""
        if one := self.some(pick):
            self.act("rm", f"{self.sources[one.source].shape.letter}{one.ref}", "-y")
            one.here = False
            self.compare()

    @rule(keep=picks, other=picks)
    def merge(self, keep: int, other: int) -> None:
        """Make two customers one."""
        people = sorted(self.expected.people)
        if len(people) > 1:
            kept, gone = people[keep % len(people)], people[other % len(people)]
            if kept != gone:
                self.act("customer", "merge", kept, gone, "-y")
                self.expected.merge(kept, gone)
                self.compare()


def settle(expected: Expected, number: int, source: Source, torn: Values | None) -> None:
    """Keep apart what nobody could tell apart: rows of one meaning are equal, and do not change in a week one is missing.

    `torn` is a row that will not be read. A row that says what the seller made of a record does not come either: it may
    be that record, corrected at the source too, or a new one.
    """
    there: dict[Any, list[Known]] = {}
    for one in expected.of(number):
        there.setdefault(expected.meaning(source, one.said), []).append(one)
    here: dict[Any, list[Values]] = {}
    for event in source.events:
        here.setdefault(expected.meaning(source, event), []).append(event)
    edited = {
        expected.meaning(source, one.held) for one in expected.of(number) if one.by_hand & {*source.shape.meaning}
    }
    for meaning, events in here.items():
        if meaning in edited and len(events) > len(there.get(meaning, [])):
            drop(source, events)
            continue
        free = {name: events[0][name] for name in source.shape.free}
        group = there.get(meaning, [])
        if sum(event is not torn for event in events) < len(group):
            told = [{name: one.said.get(name, "") for name in free} for one in group]
            if any(said != told[0] for said in told):
                drop(source, events)
                continue
            free = told[0]
        for event in events:
            event.update(free)


def drop(source: Source, events: list[Values]) -> None:
    """Take events out of a source."""
    source.events = [event for event in source.events if all(event is not one for one in events)]


def _another(source: Source, event: Values) -> Values:
    """Return an event that has nothing in common with one but its id."""
    other = dict(event)
    for name in (*source.shape.meaning, *source.shape.free):
        values = FIELDS[name]
        other[name] = values[(values.index(event[name]) + 1) % len(values)] if event[name] in values else values[0]
    return source.tidy(other)


def _plain(said: Values, exact: set[str]) -> Values:
    return {
        name: _folded(value) if name in FOLDED and name not in exact else str(value) for name, value in said.items()
    }


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
