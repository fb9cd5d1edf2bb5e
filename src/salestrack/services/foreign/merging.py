"""What a foreign book holds goes into this one: new records are added, changed ones follow, what was set here stays."""

import json
from collections import Counter
from dataclasses import dataclass, field

from salestrack.domain.imports import Counts, Created, Imported
from salestrack.domain.refs import LETTERS
from salestrack.errors import RuleError
from salestrack.services.foreign import KIND, RECORDS
from salestrack.services.foreign.alike import Alike
from salestrack.services.foreign.changing import Changing, insert_part
from salestrack.services.foreign.mapping import LeftOut, Mapping, print_of
from salestrack.services.foreign.reading import Manifest
from salestrack.services.foreign.words import Words
from salestrack.services.rehearsal import NothingToKeep
from salestrack.store import Operation, Store
from salestrack.store.engine import Row
from salestrack.store.export_merge import CHANGES, Foreign, Known, Parts

MOST_KEPT = 20


@dataclass(slots=True)
class Tally:
    """What became of the records of a foreign book."""

    read: int = 0
    new: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    same: int = 0
    adopted: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    kept_count: int = 0
    created: tuple[Created, ...] = ()


def merge(store: Store, name: str, manifest: Manifest, *, dry_run: bool) -> Imported:
    """Merge the staged book into this one and return what came of it, in one operation or, where nothing is new, none."""
    done, key, merging = None, None, None
    try:
        with store.operation("merged a book", kind="import") as op:
            merging = Merging(store, manifest, op)
            merging.run()
            key = merging.record(name, manifest)
            if dry_run or not (merging.tally.new or merging.tally.changed or merging.tally.adopted):
                key = None
                raise NothingToKeep
            done = op.id
    except NothingToKeep:
        store.stages.refresh()  # a rehearsal takes them back
    assert merging is not None
    return _told(merging.tally, name, manifest, key=key, op=done, dry_run=dry_run)


class Merging:
    """One foreign book on its way into this one, under the write lock."""

    def __init__(self, store: Store, manifest: Manifest, op: Operation) -> None:
        self._store = store
        self._op = op
        self._source = manifest.source
        self._foreign = Foreign(store.engine, self._source)
        self.tally = Tally()
        self._same_currency = store.settings.book.currency == manifest.currency
        self._words = Words(store, self._foreign, op=op.id, today=store.actor.now().date())
        self._mapping = Mapping(store, self._foreign, self._words, same_currency=self._same_currency)
        self._alike = Alike(self._foreign)
        self._changing = Changing(store.engine, self._foreign, self._mapping, op=op.id)

    def run(self) -> None:
        """Bring in all words and records."""
        self.tally.created = self._words.bring(same_currency=self._same_currency)
        for table in RECORDS:
            for page in self._foreign.pages(table):
                self._page(table, page)
                self._foreign.flush()
            self._finish()

    def record(self, name: str, manifest: Manifest) -> int:
        """Note the import itself and return its id."""
        tally = self.tally
        new = sum(tally.new.values())
        row = {
            "source": self._source, "kind": KIND, "file": name, "sha256": manifest.sha256,
            "imported_at": self._store.actor.now().isoformat(timespec="seconds"), "read_rows": tally.read,
            "new_rows": new, "changed_rows": tally.changed, "same_rows": tally.same, "rejected_rows": 0,
            "left_out_rows": sum(tally.left_out.values()),
            "left_out": json.dumps(tally.left_out, ensure_ascii=False), "created_op": self._op.id,
        }  # fmt: skip
        key = self._store.engine.insert("imports", row)
        self._op.touch(f"i{key}")
        return key

    def _page(self, table: str, page: list[tuple[Row, Parts]]) -> None:
        known = self._foreign.known(table, [row["id"] for row, _ in page])
        there = [one.record_id for one in known.values() if one.exists]
        shared = self._foreign.shared(table, there) if there else set()
        for row, parts in page:
            self.tally.read += 1
            mark = print_of(row, parts)
            try:
                if one := known.get(row["id"]):
                    self._known(table, row, parts, one, mark, merged=one.record_id in shared)
                elif (ours := self._alike.find(table, row)) is not None:
                    self._adopt(table, row, parts, ours, mark)
                else:
                    self._add(table, row, parts, mark)
            except LeftOut:
                self._foreign.map(table, row["id"], None)
                self.tally.left_out["belongs to what was removed here"] += 1

    def _known(self, table: str, row: Row, parts: Parts, known: Known, mark: int, *, merged: bool) -> None:
        """Bring a record up to date that came before."""
        self._foreign.map(table, row["id"], known.record_id if known.exists else None)
        if not known.exists:
            self.tally.left_out["removed by hand"] += 1
        elif known.print == mark:
            self.tally.same += 1
        elif merged:
            self.tally.left_out["merged into another record"] += 1
        else:
            outcome = self._changing.update(table, row, parts, known.record_id)
            self._foreign.remember(table, row["id"], known.record_id, mark, op=self._op.id)
            self._count(table, known.record_id, outcome.changed, outcome.kept)

    def _adopt(self, table: str, row: Row, parts: Parts, ours: int, mark: int) -> None:
        """Take a record for one that is here already: what is blank here is filled."""
        self._foreign.map(table, row["id"], ours)
        outcome = self._changing.fill(table, row, parts, ours)
        self._foreign.remember(table, row["id"], ours, mark, op=self._op.id)
        self.tally.adopted += 1
        self._count(table, ours, outcome.changed, outcome.kept)

    def _add(self, table: str, row: Row, parts: Parts, mark: int) -> None:
        """Add a record with all that belongs to it."""
        engine, op = self._store.engine, self._op.id
        record = self._mapping.record(table, row)
        key = engine.insert(table, record | {"created_op": op})
        self._foreign.map(table, row["id"], key)
        for part, rows in self._mapping.parts(table, parts, key, record).items():
            for one in rows:
                if CHANGES in one:
                    insert_part(engine, part, one, op=op)
                else:
                    self._foreign.put(part, one, op=op)
        self._foreign.remember(table, row["id"], key, mark, op=op)
        self.tally.new[table] += 1

    def _finish(self) -> None:
        """Set what refers to a record that came later in the file."""
        for table, theirs, column, parent, other in self._mapping.waiting:
            ours, target = self._foreign.ours(table, theirs), self._foreign.ours(parent, other)
            if ours is not None and target is not None and ours != target:
                self._store.engine.update(table, ours, {column: target})
        self._mapping.waiting.clear()

    def _count(self, table: str, key: int, changed: list[str], kept: list[str]) -> None:
        self.tally.changed += bool(changed)
        self.tally.same += not changed
        self.tally.kept_count += len(kept)
        if kept and len(self.tally.kept) < MOST_KEPT:
            self.tally.kept.append(f"{LETTERS[table]}{key} {', '.join(kept)}")


def _told(
    tally: Tally,
    name: str,
    manifest: Manifest,
    *,
    key: int | None,
    op: int | None,
    dry_run: bool,
) -> Imported:
    new = sum(tally.new.values())
    counts = Counts(tally.read, new, tally.changed, tally.same, 0, sum(tally.left_out.values()))
    if sum(counts[1:]) != counts.read:
        raise RuleError(f"the counts of {name} do not add up", hint="nothing was written; report this")
    notes = ("its settings, rules, days off and import keys stay with the other book",) if new else ()
    return Imported(
        notes=notes,
        kind=KIND, source=manifest.source, file=name, counts=counts, id=key, op=op,
        dry_run=dry_run, created=tally.created, adopted=tally.adopted, kept=tuple(tally.kept),
        kept_count=tally.kept_count, left_out=dict(tally.left_out), delimiter="none",
    )  # fmt: skip
