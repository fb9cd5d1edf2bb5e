"""Rows without ids that are written differently than when they came in last: another number format, date or column.

Their keys are unknown then, since these hold what the cells say letter by letter. The second rung compares what the
cells mean. A row that means what a record of this source said, and no other row of the file stands for, is that record.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from typing import Any

from salestrack.domain.imports import LETTERS
from salestrack.domain.names import fold
from salestrack.services.imports.again.edits import Edits
from salestrack.services.imports.again.lacking import ID, LINES, QUANTITY, SIGHT, TIME, TIMES, Lacking, alike
from salestrack.services.imports.again.understood import Understood
from salestrack.services.imports.reading import Reading
from salestrack.store.staged_again import SHAPES, Brought, StagedAgain
from salestrack.store.staged_names import FormerNames, named_lines

_TEXTS = frozenset({"title", "ref", "note"})
# Columns that a file may have got since: without them a row says the same of the same day, customer and amount.
_MAY_BE_ADDED = {
    "sales": ("ref", "tax", "deal_id"),
    "activities": ("contact_id", "deal_id", "direction", "note"),
    "deals": ("contact_id",),
}
# What a person who logged it typed in other words than the file, or not at all.
_TYPED = frozenset({"note", "contact_id", "deal_id", "direction"})
# Kinds whose rows have a record by name or address; its key holds more than that, or something else.
_NAMED = frozenset({"contacts", "products"})
_AMOUNTS = re.compile(r"x[^,]*")
_Entry = tuple[str, int, int, str | None, str]


class Rewritten:
    """The second rung, for the rows of one file; `count` says how many rows it found a record for."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._kind = reading.kind.name
        self.count = 0
        self.adopted = 0
        self.possible = False
        self._alike: list[int] = []
        self._likely: dict[int, int] = {}
        self._by_ids = False
        self._one: dict[str, dict[int, int]] = {}
        self.understood = Understood(reading)
        self.by_id = reading.mapping.has("id")
        """Rows have ids now that had none: by these they are taken over."""
        if self._kind in SHAPES or self._kind in _NAMED or self._kind == "history":
            self._again = StagedAgain(reading.store.engine, reading.staging, reading.request.source, self._kind)
            self.possible = self._again.possible() or (self._kind in SHAPES and not self.by_id)
        if self._kind in SHAPES:
            self._lacking = Lacking(self._kind, reading.mapping)

    def note_likely(self, line: int, record: int) -> None:
        """Remember that a row would join a record, if a row of the same source did not stand for that already."""
        self._likely[line] = record

    def find(self) -> None:
        """Let unknown rows stand for the records that they mean."""
        if self.possible and self._again.unknown():
            if self._kind in SHAPES and self.by_id:
                self._find_by_id()
            elif self._kind in SHAPES:
                self._find_by_meaning()
            elif self._kind == "history":
                full = self._reading.request.full
                self.count = self._again.take_history(self._reading.currency, full=full)
            else:
                self._join()
            if self.count or self.understood.count:
                self._again.number_anew()

    def _look_back(self) -> None:
        self._edits = Edits(self._reading.store.engine, self._again, self._kind)
        self._keepers = self._again.keepers()
        self._names = FormerNames(self._reading.store.engine)

    def _find_by_meaning(self) -> None:
        """Look for what the source brought, the closest likeness first."""
        self._look_back()
        self._timed = not self._again.some_known()  # else the file is written as it was: another time is another deal
        edits = self._edits
        if self.understood.take(self._again) and self._names:
            self._names.settle(self._kind, SHAPES[self._kind])
        self._pass_as_said()
        if edits.said or edits.products:
            touched = edits.said.keys() | edits.products
            self._pass(self._as_is, lambda one: bool(one.here) and one.record_id in touched)
        self._pass_by_former_names()
        self._join()
        self._pass_by_hand()
        added = set(self._again.empty_in_all(_MAY_BE_ADDED[self._kind], edits.said, edits.made))
        if added:
            self._pass_as_said(added, mostly=True)
        if self._timed and not self.understood.count:
            self._pass_removed()
        if self._again.unknown():
            self._find_without(added)
            self._look_for_likes()
        if (self.count or self.understood.count) and self._kind == "sales":
            self._again.link_refunds()

    def _pass_as_said(self, without: Collection[str] = (), *, mostly: bool = False) -> bool:
        """Compare rows with records as their file had them, those whose products people changed without these."""
        products = self._edits.products
        plain = self._pass(
            self._as_said, lambda one: one.record_id not in products or not one.here, without, mostly=mostly
        )
        if not products:
            return plain
        mostly = mostly and not plain
        return (
            self._pass(self._as_said, lambda one: one.record_id in products, {*without, LINES}, mostly=mostly) or plain
        )

    def _pass_by_former_names(self, *, mostly: bool = False) -> None:
        """Compare once more: whoever was renamed or removed by hand may still stand in the file by the former name."""
        if self._names:
            self._one = self._names.one
            self._pass_as_said(mostly=mostly)

    def _pass_removed(self) -> None:
        """Compare with what was removed before a column was added: it never got the values that the others have."""
        filled = set(self._again.filled(_MAY_BE_ADDED[self._kind]))
        records = self._again.brought(by_id=False) if filled else ()
        for columns, keys in self._edits.removed_without(records, filled):
            self._pass(self._as_said, partial(_is_among, keys), columns)

    def _pass_by_hand(self) -> None:
        """Compare rows with what people logged and rows joined: they may have typed it in other words."""
        by_hand = self._again.made_by_hand() | self._edits.made if self._kind == "activities" else set()
        if by_hand:
            self._pass(self._as_said, lambda one: one.record_id in by_hand, _TYPED)
            self._pass(self._as_is, lambda one: bool(one.here) and one.record_id in by_hand, _TYPED)

    def _find_without(self, added: set[str]) -> None:
        """Look for what the source brought without the columns that the file lacks, which may be the ids."""
        for by_ids in (False, True):
            self._by_ids = by_ids
            self._lacking.note(filter(None, map(self._as_said, self._again.brought(by_id=False, ids=by_ids))))
            columns, before = self._lacking.columns(), self.count
            if columns or by_ids:
                self._pass_all(columns | added)
                self._lacking.took(self.count - before, columns | ({ID} if by_ids else set()))
        self._by_ids = False

    def _pass_all(self, without: set[str]) -> None:
        """Compare rows with all records as their file had them, where most of the rows find one, and as they are now."""
        said = self._edits.said
        if self._pass_as_said(without, mostly=True) and said:
            self._pass(self._as_is, lambda one: bool(one.here) and one.record_id in said, without)

    def _look_for_likes(self) -> None:
        """Note the records of the source that most of the new rows on their days are like: that may be no accident."""
        sight = SIGHT[self._kind]
        if self._kind == "deals" and not self._reading.mapping.has("created"):
            sight = (*sight, "created_on")
        for by_ids in (False, True):
            self._by_ids = by_ids
            records = self._records(self._as_said, lambda one: bool(one.here and one.values["customer_id"]), sight)
            rows, found = self._again.compare(records, self._rows(sight))
            if found * 2 > rows:
                self._alike += self._again.paired()
        self._by_ids = False

    def likes_of_ids(self) -> list[str]:
        """Return a remark on rows with new ids that are like records of the source, most of them on their days."""
        self.by_id = False
        self._look_back()
        self._timed = True
        self._look_for_likes()
        return [alike(LETTERS[self._kind], self._alike)] if self._alike else []

    def _find_by_id(self) -> None:
        """Look for what came in without ids, where no id of the file is known and most of its rows are found so."""
        self._look_back()
        self._timed = True
        if not self._again.some_known():
            found = self._pass(self._as_said, lambda _: True, mostly=True)
            if self._edits.products:
                found = self._pass_as_said(mostly=not found) or found
            self._pass_by_former_names(mostly=not found)
            if self.count:
                self._pass_by_hand()
            if self.count and self._kind == "sales":
                self._again.link_refunds()

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        said = [alike(LETTERS[self._kind], self._alike)] if self._alike else []
        if self._kind in SHAPES:
            said += self._lacking.remarks()
        return [*self._reworded(), *said]

    def _reworded(self) -> list[str]:
        count = self.count - (self._lacking.count if self._kind in SHAPES else 0)
        if not count:
            return []
        if self.by_id:
            rows = "1 row has an id now and was" if count == 1 else f"{count} rows have ids now and were"
            return [f"{rows} taken as what came in without one"]
        if count == 1:
            return ["1 row is written differently from its last import and was taken as the same"]
        return [f"{count} rows are written differently from their last import and were taken as the same"]

    def _pass(
        self,
        values: Callable[[Brought], tuple[dict[str, Any], str | None] | None],
        wanted: Callable[[Brought], bool],
        without: Collection[str] = (),
        *,
        mostly: bool = False,
    ) -> bool:
        """Compare rows with the records that are wanted; with `mostly` only where most of the rows find one."""
        rows, found = self._again.compare(self._records(values, wanted, without), self._rows(without))
        if found and (not mostly or found * 2 > rows):
            texts = [name for name in SHAPES[self._kind].columns if name in _TEXTS and name not in without]
            self.count += self._again.take(texts, full=self._reading.request.full, by_id=self.by_id)
            self.adopted += self._again.here() if self.by_id else 0
            if self._one:
                self._names.settle(self._kind, SHAPES[self._kind])
            if QUANTITY in without:
                self._again.forget_lines()
            return True
        return False

    def _join(self) -> None:
        """Let rows stand for records that are theirs by name or nature, which another row of theirs stood for before."""
        if self._likely:
            lines = self._again.still_unknown(self._likely)
            records = self._again.records_of((line, self._likely[line]) for line in lines)
            if self._again.compare(records, ((line, str(line)) for line in lines))[1]:
                self.count += self._again.take((), full=self._reading.request.full)
                if self._kind == "contacts":
                    self._again.spell_contacts()

    def _records(
        self,
        values: Callable[[Brought], tuple[dict[str, Any], str | None] | None],
        wanted: Callable[[Brought], bool],
        without: Collection[str],
    ) -> Iterator[_Entry]:
        always = "created_on" in without
        for one in self._again.brought(by_id=self.by_id, ids=self._by_ids, always=always):
            if wanted(one) and (found := values(one)):
                said, lines = found
                day = None if always else _day(said)
                yield one.key, one.record_id, one.here, day, self._meaning(said, lines, without)

    def _rows(self, without: Collection[str]) -> Iterator[tuple[int, str]]:
        for line, lines, values in self._again.rows(self._reading.currency, timed=self._timed):
            self._lacking.timed |= any(values.get(name) for name in TIMES)
            yield line, self._meaning(values, lines, without)

    def _as_said(self, one: Brought) -> tuple[dict[str, Any], str | None] | None:
        """Return a record as its file had it; None where nobody knows that any more."""
        was = self._edits.was.get(one.key_id)
        record = was or one.record_id
        said = self._edits.said.get(record, {})
        gone = was is not None or not one.here
        if gone and len(said) < len(one.values):
            return None
        lines = ",".join(self._edits.removed_lines.get(record, ())) or None
        return {**one.values, **said}, lines if gone else one.lines

    def _as_is(self, one: Brought) -> tuple[dict[str, Any], str | None]:
        return one.values, one.lines

    def _meaning(self, values: dict[str, Any], lines: str | None, without: Collection[str]) -> str:
        """Return a digest of what columns mean, whatever the spelling; none of them counts that is in `without`."""
        parts = [self._part(name, value) for name, value in _told(values) if name not in without]
        lines = named_lines(lines, self._one.get("product_id", {}))
        if lines and QUANTITY in without:
            lines = _AMOUNTS.sub("", lines)
        text = repr((parts, None if LINES in without else lines))
        return blake2b(text.encode(), digest_size=12).hexdigest()

    def _part(self, name: str, value: Any) -> Any:
        if name == "customer_id":
            while value in self._keepers:
                value = self._keepers[value]
        if name in self._one:
            return self._one[name].get(value, value)
        if name == "tax":
            return value or 0
        if name in _TEXTS:
            return fold(value) if value else None
        return value


def _is_among(keys: Collection[int], one: Brought) -> bool:
    return one.key_id in keys


def _told(values: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Return columns without the difference between what is planned for a day and what was done on it since."""
    if "happened_on" not in values:
        return ((TIME if name == "at_time" else name, value) for name, value in values.items())
    day, clock = (values[f"happened_{part}"] or values[f"due_{part}"] for part in ("on", "time"))
    rest = {name: value for name, value in values.items() if not name.startswith(("happened_", "due_"))}
    return (rest | {"day": day, TIME: clock}).items()


def _day(values: dict[str, Any]) -> str | None:
    names = ("on_date", "happened_on", "due_on", "created_on")
    return next((values[name] for name in names if values.get(name)), None)


def may_be_rewritten(reading: Reading) -> bool:
    """Say whether rows of a file may be compared by what they mean."""
    mapping = reading.mapping
    return not mapping.has("id") or (reading.kind.name in SHAPES and not mapping.has("refunded"))
