"""What a foreign book holds goes into this one: new records are added, changed ones follow, what was set here stays."""

import json
from pathlib import Path

from salestrack.domain.imports import Imported
from salestrack.services.foreign import KIND, RECORDS
from salestrack.services.foreign.alike import Alike
from salestrack.services.foreign.belongings import insert_part
from salestrack.services.foreign.changing import Changing, Told
from salestrack.services.foreign.mapping import LeftOut, Mapping, print_of
from salestrack.services.foreign.origins import Found, Origins
from salestrack.services.foreign.reading import Manifest
from salestrack.services.foreign.telling import Tally, differences, told
from salestrack.services.foreign.words import Words
from salestrack.services.rehearsal import NothingToKeep
from salestrack.store import Operation, Store
from salestrack.store.engine import Row
from salestrack.store.export_merge import CHANGES, Foreign, Known, Parts


def merge(store: Store, path: Path, manifest: Manifest, *, dry_run: bool, theirs_wins: bool = False) -> Imported:
    """Merge the staged book into this one and return what came of it, in one operation or, where nothing is new, none.

    Where `theirs_wins`, what people set here gives way to what the other book says.
    """
    done, key, merging = None, None, None
    try:
        with store.operation("merged a book", kind="import") as op:
            merging = Merging(store, manifest, op, theirs_wins=theirs_wins)
            merging.run()
            key = merging.record(path.name or str(path), manifest)
            if dry_run or not merging.tally.worth_keeping:
                key = None
                raise NothingToKeep
            done = op.id
    except NothingToKeep:
        store.stages.refresh()  # a rehearsal takes them back
    assert merging is not None
    return told(merging.tally, path, manifest, key=key, op=done, dry_run=dry_run, theirs_wins=theirs_wins)


class Merging:
    """One foreign book on its way into this one, under the write lock."""

    def __init__(self, store: Store, manifest: Manifest, op: Operation, *, theirs_wins: bool) -> None:
        self._store = store
        self._op = op
        self._source = manifest.source
        self._foreign = Foreign(store.engine, self._source)
        self.tally = Tally()
        self._same_currency = store.settings.book.currency == manifest.currency
        self._words = Words(store, self._foreign, op=op.id, today=store.actor.now().date())
        self._mapping = Mapping(store, self._foreign, self._words, same_currency=self._same_currency)
        self._uid = store.settings.book.uid
        self._alike = Alike(self._foreign, self._uid)
        self._origins = Origins(self._foreign, self._mapping, self._uid)
        self._theirs_wins = theirs_wins
        self._changing = Changing(
            store.engine, self._foreign, self._mapping, self._source, op=op.id, theirs_wins=theirs_wins
        )

    def run(self) -> None:
        """Bring in all words and records."""
        self.tally.created = self._words.bring(same_currency=self._same_currency)
        for table in RECORDS:
            for page in self._foreign.pages(table):
                self._page(table, page)
                self._foreign.flush()
            self._finish()
        self.tally.notes = differences(self._foreign, self._uid)
        self._foreign.keep_origins(self._uid, op=self._op.id)

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
        ids = [row["id"] for row, _ in page]
        known = self._foreign.known(table, ids)
        there = [one.record_id for one in known.values() if one.exists]
        shared = self._foreign.shared(table, there) if there else set()
        self._origins.read(table, ids)
        for row, parts in page:
            self.tally.read += 1
            try:
                if one := known.get(row["id"]):
                    self._known(table, row, parts, one, merged=one.record_id in shared)
                elif found := self._origins.find(table, row, parts):
                    self._found(table, row, parts, found)
                elif (ours := self._alike.find(table, row, parts)) is not None:
                    self._adopt(table, row, parts, ours)
                else:
                    self._add(table, row, parts)
            except LeftOut:
                self._foreign.map(table, row["id"], None)
                self.tally.left_out["belongs to what was removed here"] += 1

    def _known(self, table: str, row: Row, parts: Parts, known: Known, *, merged: bool) -> None:
        """Bring a record up to date that came before."""
        self._foreign.map(table, row["id"], known.record_id if known.exists else None)
        if not known.exists:
            self.tally.left_out["removed by hand"] += 1
        elif known.print == print_of(row, parts) and not self._theirs_wins:
            self.tally.same += 1
        elif merged or self._origins.apart(table, row["id"]):
            self.tally.left_out["merged into another record"] += 1
        else:
            self._update(table, row, parts, known.record_id, self._origins.told(row["id"], known.record_id))

    def _found(self, table: str, row: Row, parts: Parts, found: Found) -> None:
        """Bring a record up to date that is one of this book's own, or known from elsewhere."""
        self._foreign.map(table, row["id"], found.key)
        if found.key is None:
            self.tally.left_out["removed by hand"] += 1
            return
        self._alike.take(table, found.key)
        if found.merged:
            if not self._origins.apart(table, row["id"]):
                self._foreign.remember(table, row["id"], found.key, print_of(row, parts), op=self._op.id)
            self.tally.left_out["merged into another record"] += 1
        else:
            self._update(table, row, parts, found.key, found.told)

    def _update(self, table: str, row: Row, parts: Parts, ours: int, told: Told) -> None:
        outcome = self._changing.update(table, row, parts, ours, told)
        self._foreign.remember(table, row["id"], ours, print_of(row, parts), op=self._op.id)
        self.tally.count(table, ours, outcome)

    def _adopt(self, table: str, row: Row, parts: Parts, ours: int) -> None:
        """Take a record for one that is here already: what is blank here is filled."""
        self._foreign.map(table, row["id"], ours)
        self.tally.adopted += 1
        if self._theirs_wins:
            self._update(table, row, parts, ours, self._origins.told(row["id"], ours))
            return
        outcome = self._changing.fill(table, row, parts, ours)
        self._foreign.remember(table, row["id"], ours, print_of(row, parts), op=self._op.id)
        self.tally.count(table, ours, outcome)

    def _add(self, table: str, row: Row, parts: Parts) -> None:
        """Add a record with all that belongs to it."""
        engine, op = self._store.engine, self._op.id
        record = self._mapping.record(table, row)
        key = engine.insert(table, record | {"created_op": op})
        if table not in {"deals", "sales"}:  # which are never found by what they are called
            self._alike.take(table, key)
        self._foreign.map(table, row["id"], key)
        for part, rows in self._mapping.parts(table, parts, key, record).items():
            for one in rows:
                if CHANGES in one:
                    insert_part(engine, part, one, op=op)
                else:
                    self._foreign.put(part, one, op=op)
        self._foreign.remember(table, row["id"], key, print_of(row, parts), op=op)
        self.tally.new[table] += 1

    def _finish(self) -> None:
        """Set what refers to a record that came later in the file."""
        for table, theirs, column, parent, other in self._mapping.waiting:
            ours, target = self._foreign.ours(table, theirs), self._foreign.ours(parent, other)
            if ours is not None and target is not None and ours != target:
                self._store.engine.update(table, ours, {column: target})
        self._mapping.waiting.clear()
