"""Rows without ids that are written differently than when they came in last: another number format, date or column.

Their keys are unknown then, since these hold what the cells say letter by letter. The second rung compares what the
cells mean. A row that means what a record of this source said, and no other row of the file stands for, is that record.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import blake2b
from typing import Any

from salestrack.domain.names import fold
from salestrack.services.imports.reading import Reading
from salestrack.store.staged_again import SHAPES, Brought, StagedAgain

_TEXTS = frozenset({"title", "ref", "note"})
# Columns that a file may have got since: without them a row says the same of the same day, customer and amount.
_MAY_BE_ADDED = {
    "sales": ("ref", "tax", "deal_id"),
    "activities": ("contact_id", "deal_id", "direction", "note"),
    "deals": ("contact_id",),
}
# What a person who logged it typed in other words than the file, or not at all.
_TYPED = frozenset({"note", "contact_id", "deal_id", "direction"})
_LINES = "lines"
# Kinds whose rows have a record by name or address; its key holds more than that, or something else.
_NAMED = frozenset({"contacts", "products"})
_Entry = tuple[str, int, int, str | None, str]


class Edits:
    """What people changed in records, so that they can be compared as the file had them."""

    def __init__(self, again: StagedAgain, kind: str) -> None:
        self.said: dict[int, dict[str, Any]] = {}
        """Columns as they were before a person changed them first, by record."""
        self.products: set[int] = set()
        """Records whose products a person changed."""
        self.removed_lines: dict[int, list[str]] = {}
        self.was: dict[int, int] = {}
        """The record that an import key stood for before that was merged into another one, by the key's id."""
        shape = SHAPES[kind]
        for image in again.images(kind):
            mine = self.said.setdefault(image.row_id, {})
            for name in shape.columns:
                if image.after is None or image.before[name] != image.after[name]:
                    mine.setdefault(name, image.before[name])
        for image in again.images(shape.lines) if shape.lines else ():
            line = image.before
            self.products.add(line[shape.owner])
            if image.after is None and line["kind"] == "product":
                product = f"{line['product_id']}x{line['quantity']}"
                self.removed_lines.setdefault(line[shape.owner], []).append(product)
        for image in again.images("import_keys") if kind == "deals" else ():
            if image.after and image.before["record_id"] != image.after["record_id"]:
                self.was.setdefault(image.row_id, image.before["record_id"])


class Rewritten:
    """The second rung, for the rows of one file; `count` says how many rows it found a record for."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._kind = reading.kind.name
        self.count = 0
        self.adopted = 0
        self.possible = False
        self._likely: dict[int, int] = {}
        self.by_id = reading.mapping.has("id")
        """Rows have ids now that had none: by these they are taken over."""
        if self._kind in SHAPES or self._kind in _NAMED or self._kind == "history":
            self._again = StagedAgain(reading.store.engine, reading.staging, reading.request.source, self._kind)
            self.possible = self._again.possible()

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
            if self.count:
                self._again.number_anew()

    def _look_back(self) -> None:
        self._edits = Edits(self._again, self._kind)
        self._keepers = self._again.keepers()

    def _find_by_meaning(self) -> None:
        """Look for what the source brought, the closest likeness first."""
        self._look_back()
        self._timed = not self._again.some_known()  # else the file is written as it was: another time is another deal
        edits = self._edits
        self._pass(self._as_said, lambda one: one.record_id not in edits.products or not one.here)
        if edits.products:
            self._pass(self._as_said, lambda one: one.record_id in edits.products, {_LINES})
        if edits.said or edits.products:
            touched = edits.said.keys() | edits.products
            self._pass(self._as_is, lambda one: bool(one.here) and one.record_id in touched)
        self._join()
        if self._kind == "activities" and (by_hand := self._again.made_by_hand()):
            self._pass(self._as_is, lambda one: bool(one.here) and one.record_id in by_hand, _TYPED)
        if added := self._again.empty_in_all(_MAY_BE_ADDED[self._kind]):
            self._pass(self._as_said, lambda one: bool(one.here), set(added), mostly=True)
        if self.count and self._kind == "sales":
            self._again.link_refunds()

    def _find_by_id(self) -> None:
        """Look for what came in without ids, where no id of the file is known and most of its rows are found so."""
        self._look_back()
        self._timed = True
        if not self._again.some_known():
            self._pass(self._as_said, lambda _: True, mostly=True)
            self.adopted = self._again.here() if self.count else 0
            if self.count and self._kind == "sales":
                self._again.link_refunds()

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        if not self.count:
            return []
        if self.by_id:
            rows = "1 row has an id now and was" if self.count == 1 else f"{self.count} rows have ids now and were"
            return [f"{rows} taken as what came in without one"]
        if self.count == 1:
            return ["1 row is written differently from its last import and was taken as the same"]
        return [f"{self.count} rows are written differently from their last import and were taken as the same"]

    def _pass(
        self,
        values: Callable[[Brought], tuple[dict[str, Any], str | None] | None],
        wanted: Callable[[Brought], bool],
        without: Collection[str] = (),
        *,
        mostly: bool = False,
    ) -> None:
        """Compare rows with the records that are wanted; with `mostly` only where most of the rows find one."""
        rows, found = self._again.compare(self._records(values, wanted, without), self._rows(without))
        if found and (not mostly or found * 2 > rows):
            texts = [name for name in SHAPES[self._kind].columns if name in _TEXTS and name not in without]
            self.count += self._again.take(texts, full=self._reading.request.full, by_id=self.by_id)

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
        for one in self._again.brought(by_id=self.by_id):
            if wanted(one) and (found := values(one)):
                said, lines = found
                yield one.key, one.record_id, one.here, _day(said), self._meaning(said, lines, without)

    def _rows(self, without: Collection[str]) -> Iterator[tuple[int, str]]:
        for line, lines, values in self._again.rows(self._reading.currency, timed=self._timed):
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
        text = repr((parts, None if _LINES in without else lines))
        return blake2b(text.encode(), digest_size=12).hexdigest()

    def _part(self, name: str, value: Any) -> Any:
        if name == "customer_id":
            while value in self._keepers:
                value = self._keepers[value]
        elif name == "tax":
            return value or 0
        elif name in _TEXTS:
            return fold(value) if value else None
        return value


def _told(values: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Return columns without the difference between what is planned for a day and what was done on it since."""
    if "happened_on" not in values:
        return values.items()
    day, clock = (values[f"happened_{part}"] or values[f"due_{part}"] for part in ("on", "time"))
    rest = {name: value for name, value in values.items() if not name.startswith(("happened_", "due_"))}
    return (rest | {"day": day, "time": clock}).items()


def _day(values: dict[str, Any]) -> str | None:
    names = ("on_date", "happened_on", "due_on", "created_on")
    return next((values[name] for name in names if values.get(name)), None)


def may_be_rewritten(reading: Reading) -> bool:
    """Say whether rows of a file may be compared by what they mean."""
    mapping = reading.mapping
    return not mapping.has("id") or (reading.kind.name in SHAPES and not mapping.has("refunded"))
