"""Rows of the program's own exports: those that stand for records of this book are taken out of a file.

Each is compared with what the book would export now. Equal ones are the same; of others the book's word holds, unless
--on-conflict update takes what the file says. A blank cell is unknown, here as everywhere, and erases nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import compress
from typing import Any, NamedTuple

from salestrack.domain.formulas import unguarded
from salestrack.domain.imports import MOST_SHOWN, OWN_SOURCE, Fault
from salestrack.errors import UsageError
from salestrack.importers.dates import DateReader
from salestrack.importers.mapping import FileMapping
from salestrack.importers.rewriting import rewritten
from salestrack.importers.table import Table
from salestrack.services.imports.own.agreeing import LETTERS, OwnIds, Record, fixed, is_compared, shown, some_numbers
from salestrack.services.imports.own.changes import OwnChanges
from salestrack.services.imports.own.history import OwnHistory, OwnVersions, is_said
from salestrack.services.imports.plans import DEFAULT_SOURCE, Plan
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store import Store
from salestrack.store.matching import Known
from salestrack.store.staging import MERGED, REMOVED, SAME, STAYS

Cells = Mapping[str, Sequence[str]]
_FURTHER = -1
_FURTHER_TIMES = "a further time of a sale that repeats"
_ROW = ("line", "key", "state", "record_id")


def is_own(plan: Plan) -> bool:
    """Say whether a file is read as one of the program's own exports."""
    return plan.request.source == OWN_SOURCE


def written_here(store: Store, plan: Plan, mapping: FileMapping, table: Table) -> bool:
    """Say whether a file is an export of this book, by its first rows with ids that the book knows."""
    decimal, dates = plan.request.decimal, DateReader(plan.request.date_format)
    if plan.kind.name == "history":
        agreeing = _agreeing_versions(OwnVersions(store, decimal=decimal, dates=dates))
    elif mapping.title("id"):
        agreeing = OwnIds(store, plan.kind.name, decimal=decimal, dates=dates).counted
    elif plan.profile is None:
        return False
    else:
        hint = "leave --map id= out; rows whose id is blank are new ones"
        raise UsageError("an export of salestrack comes back by its ids", hint=hint)
    rules = plan.profile.cells if plan.profile else {}
    with closing(table.chunks()) as chunks:  # type: ignore[type-var]  # a generator
        for chunk in chunks:
            if not chunk.rows:
                continue
            columns: list[Sequence[str]] = list(zip(*chunk.rows, strict=True))
            columns = plain(columns) if table.guards else columns
            cells = {mapped.field.name: mapped.cells(columns) for mapped in mapping.fields}
            cells |= {field: rewritten(rule, cells[field]) for field, rule in rules.items() if field in cells}
            known, agree = agreeing(cells)
            if known:
                return 2 * agree >= known
    return False


def _agreeing_versions(own: OwnVersions) -> Callable[[Cells], tuple[int, int]]:
    """Return what counts the changes of deals of the book, and those of them that it has."""

    def count(cells: Cells) -> tuple[int, int]:
        fields = [field for field in cells if field != "id"]
        deals, brought = own.deals(cells["deal"]), own.brought(cells["deal"])
        found = own.read((key for key in deals if key), fields)
        said = strange = 0
        for key, cell, row in zip(deals, cells["deal"], own.rows(cells, fields), strict=True):
            if key in found and is_said(row, found[key]):
                said += 1
            elif key in found and cell.strip() not in brought:  # what came in by such an id has its own past
                strange += 1
        return said + strange, said

    return count


def plain(columns: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return columns as they were before an export guarded some of their cells."""
    return [[unguarded(cell) for cell in cells] if any(c[:1] == "'" for c in cells) else cells for cells in columns]


class _Known(NamedTuple):
    """What the book knows of the ids in some rows: its own records, and what came in by these ids before."""

    records: Mapping[int, Record]
    merged: set[int]
    repeating: set[int]
    imported: Mapping[str, Known]


class _Named:
    """Records that differ: how many there are, and the first of them with the columns."""

    def __init__(self, letter: str) -> None:
        self._letter = letter
        self._first: list[str] = []
        self.count = 0

    @property
    def text(self) -> str:
        """The first of them in words."""
        return "; ".join(self._first) + ("; ..." if self.count > len(self._first) else "")

    def note(self, key: int, fields: set[str]) -> None:
        """Note a record that differs in some fields; none of them is nothing to note."""
        self.count += bool(fields)
        if fields and len(self._first) < MOST_SHOWN:
            self._first.append(f"{self._letter}{key} {', '.join(sorted(map(shown, fields)))}")


class OwnRows:
    """Takes the rows out of a file that stand for records of this book, or for what was removed from it."""

    def __init__(self, reading: Reading, rows: Any) -> None:
        self._reading = reading
        self._kind = reading.kind.name
        self._ours = reading.written_here is True
        self._own = OwnIds(
            reading.store, self._kind, decimal=reading.request.decimal, dates=DateReader(reading.request.date_format)
        )
        self._changes = OwnChanges(reading, rows)
        self._last = self._own.records.last_id(self._kind)
        self._knows = reading.matching.has_keys(OWN_SOURCE, self._kind)
        self.left_out: Counter[str] = Counter()
        self._differ = _Named(LETTERS[self._kind])
        self._fixed = _Named(LETTERS[self._kind])
        self._blank = _Named(LETTERS[self._kind])
        self._others: list[int] = []

    def taken_out(self, batch: Batch, keys: Sequence[str], prints: Sequence[int]) -> tuple[Batch, list[str], list[int]]:
        """Stage the rows that the book knows by its own ids; return the others."""
        ids = self._own.ids(batch.column("id"))
        known = self._known(batch, [key for key in ids if key], keys)
        rest = [True] * len(batch)
        staged: list[tuple[int, str, int, int]] = []
        differing: dict[int, tuple[Record, set[str]]] = {}
        for place, key in enumerate(ids):
            fate = self._fate(batch, place, key, known, keys[place]) if key else None
            if key is None or fate is None:
                continue
            rest[place] = False
            if isinstance(fate, set):
                differing[place] = (known.records[key], fate)
            elif fate == _FURTHER:
                self.left_out[_FURTHER_TIMES] += 1
            else:
                staged.append((batch.lines[place], keys[place], fate, key))
        if staged:
            self._reading.staging.add("rows", _ROW, staged)
        self._take_differing(batch, keys, ids, differing)
        self._refuse_mistaken(batch, keys, prints, known.imported, rest)
        if all(rest):
            return batch, list(keys), list(prints)
        return batch.only(rest), list(compress(keys, rest)), list(compress(prints, rest))

    def _known(self, batch: Batch, ids: Sequence[int], keys: Sequence[str]) -> "_Known":
        found = self._own.read(ids)
        return _Known(
            found,
            self._own.records.merged(self._kind, found),
            # a list has a row for each time that such a sale fell due
            self._own.records.repeating(found) if self._kind == "sales" and not batch.has("price") else set(),
            self._reading.matching.keys(OWN_SOURCE, self._kind, keys) if self._knows else {},
        )

    def _fate(self, batch: Batch, place: int, key: int, known: "_Known", cell: str) -> int | set[str] | None:
        """Return the state of a row, the fields in which it seems to differ, or None where it is not the book's own."""
        record = known.records.get(key)
        if record is None:
            removed = self._ours and key <= self._last and cell not in known.imported
            return REMOVED if removed else None
        if not (self._ours and self._own.agrees(_row(batch.cells, place), record, ours=True)):
            if cell not in known.imported:
                self._others.append(key)
            return None
        if key in known.merged:
            return MERGED
        differ = self._differing(batch, place, record)
        self._blank.note(key, {field for field, cells in batch.cells.items() if record.lacks(field, cells[place])})
        if differ and key in known.repeating and "date" in differ:
            return _FURTHER
        if differ and cell in known.imported and known.imported[cell].record_id == key:
            return None  # it came from outside in the first place, and goes the way of what comes from there
        return differ or SAME

    def check_whole(self) -> None:
        """Set aside rows of this book's own export that would become one with another row of it."""
        if self._ours:
            self._own.records.reject_joined(LETTERS[self._kind], self._reading.mapping.title("id"))

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        said = []
        letter = LETTERS[self._kind]
        if count := self._differ.count:
            verbs = "differs from the book and stays" if count == 1 else "differ from the book and stay"
            said.append(f"{count} {verbs}: {self._differ.text}; --on-conflict update takes what the file says")
        if count := self._fixed.count:
            verb = "differs" if count == 1 else "differ"
            said.append(f"{count} {verb} in what an import does not change: {self._fixed.text}")
        if count := self._blank.count:
            rows = "1 row is" if count == 1 else f"{count} rows are"
            said.append(f"{rows} blank where the book says something, which stays: {self._blank.text}")
        if self._others:
            first = ", ".join(f"{letter}{key}" for key in self._others[:5]) + (", ..." if self._others[5:] else "")
            one = len(self._others) == 1
            rows, mean = ("1 row", "is") if one else (f"{len(self._others)} rows", "are")
            said.append(f"{rows} taken for another book's: {first} {mean} something else here")
        return said

    def gone(self, most: int) -> tuple[int, list[int]]:
        """Return how many records of the book a file lacks that is all of it, and the first of them."""
        return self._own.records.missing(self._kind, OWN_SOURCE, LETTERS[self._kind], most)

    def _differing(self, batch: Batch, place: int, record: Record) -> set[str]:
        """Return the fields that do not say letter by letter what the book would write."""
        return {
            field
            for field, cells in batch.cells.items()
            if is_compared(self._kind, field, batch.cells) and not record.says(field, cells[place])
        }

    def _take_differing(
        self,
        batch: Batch,
        keys: Sequence[str],
        ids: Sequence[int | None],
        differing: Mapping[int, tuple[Record, set[str]]],
    ) -> None:
        """Stage the rows that are written differently: some say the same, others something else."""
        if not differing:
            return
        places = list(differing)
        changed = self._changes.found(batch, places, differing)
        staged, updated = [], {}
        takes = self._reading.request.on_conflict in {"update", "fail"}
        for place in places:
            key, fields = ids[place] or 0, changed[place]
            never = fixed(self._kind, fields, differing[place][0], has_amount=batch.has("amount"))
            wanted = fields - never
            self._fixed.note(key, never)
            if wanted and takes:
                updated[place] = (differing[place][0], wanted)
            else:
                self._differ.note(key, wanted)
                staged.append((batch.lines[place], keys[place], STAYS if fields else SAME, key))
        if staged:
            self._reading.staging.add("rows", _ROW, staged)
        if updated:
            self._changes.stage(batch, keys, updated, {place: ids[place] or 0 for place in updated})

    def _refuse_mistaken(
        self, batch: Batch, keys: Sequence[str], prints: Sequence[int], known: Mapping[str, Known], rest: list[bool]
    ) -> None:
        """Reject rows whose ids came in from one other book, and that are now of yet another one."""
        asked = [
            (place, known[keys[place]].record_id)
            for place, stays in enumerate(rest)
            if stays and keys[place] in known
            and known[keys[place]].exists and known[keys[place]].print != prints[place]
        ]  # fmt: skip
        found = self._own.read(key for _, key in asked) if asked else {}
        faults = []
        for place, key in asked:
            if key in found and not self._own.agrees(_row(batch.cells, place), found[key], ours=True):
                why = (
                    f"came in from another file of salestrack as {LETTERS[self._kind]}{key}, which is something else; "
                    "--source NAME tells books apart"
                )
                faults.append(Fault(batch.lines[place], self._reading.mapping.title("id"), keys[place], why))
                rest[place] = False
        if faults:
            self._reading.staging.add("faults", Fault._fields[:4], [fault[:4] for fault in faults])


def own_rows(reading: Reading, rows: Any) -> OwnRows | OwnHistory | None:
    """Return what takes the book's own rows out of a file; None where it is none of the program's own exports."""
    if reading.written_here is None:
        return None
    if reading.kind.name == "history":
        return OwnHistory(reading)
    return OwnRows(reading, rows) if reading.mapping.title("id") else None


def may_seem_own(reading: Reading) -> bool:
    """Say whether a file is read with ids of nobody in particular: no profile, and no source was named."""
    request, kind = reading.request, reading.kind.name
    return (
        request.source == DEFAULT_SOURCE
        and not reading.profile
        and kind in LETTERS
        and bool(reading.mapping.title("id"))
    )


def seemingly_own(reading: Reading, ids: Sequence[str]) -> str:
    """Return a remark where ids are read as a vendor's and look like the book's own; an empty text elsewhere."""
    kind = reading.kind
    if not some_numbers(ids, LETTERS[kind.name]):
        return ""
    own = OwnIds(reading.store, kind.name, decimal=reading.request.decimal, dates=reading.dates)
    keys = [key for key in own.ids(ids) if key]
    if not keys or not own.records.existing(kind.name, keys[:MOST_SHOWN]):
        return ""
    return (
        f"ids like {LETTERS[kind.name]}{keys[0]} look like salestrack's own, and are read as those of another program; "
        f"--profile salestrack-{kind.name} takes them for what they are"
    )


def _row(cells: Mapping[str, Sequence[str]], place: int) -> dict[str, str]:
    return {field: column[place] for field, column in cells.items()}
