"""The second half of an import: one short transaction that makes staged rows records of the book."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from salestrack.domain.imports import LETTERS, Created, Fault, counted
from salestrack.errors import OvertakenError, RuleError
from salestrack.importers.kinds import CUSTOM
from salestrack.importers.source import Source
from salestrack.services.imports.again.changes import Changes, Outcome, shown_columns
from salestrack.services.imports.again.spared import spare_names
from salestrack.services.imports.doubles import likely_doubles
from salestrack.services.imports.naming.likenesses import likenesses, unowned
from salestrack.services.imports.naming.twins import near_twins
from salestrack.services.imports.new_stages import create_stages
from salestrack.services.imports.past import Past
from salestrack.services.imports.reading import Reading
from salestrack.services.imports.repeating import otherwise
from salestrack.services.rehearsal import NothingToKeep
from salestrack.store import Operation
from salestrack.store.engine import Row
from salestrack.store.further_keys import FurtherKeys
from salestrack.store.hand_edits import hand_edited, said_before
from salestrack.store.imports import CREATED, TOUCHED, Imports
from salestrack.store.only_deals import join_only_deals
from salestrack.store.staged_belonging import StagedBelonging
from salestrack.store.staged_orders import GREW, REFUND, StagedOrders
from salestrack.store.staging import ADOPTED, CHANGED, MERGED, NEW, REMOVED, SAME, STAYS

MOST_NAMES = 5
MOST_KEPT = 20
MOST_CHANGED = 5
_UNTAGGED = {"products", "quotas", "contacts"}
_LEFT_OUT = {
    REMOVED: "removed by hand",
    STAYS: "differs from the book",
    MERGED: "merged into another record",
}


@dataclass(slots=True)
class Written:
    """What the transaction came to; everything stays here when it is taken back."""

    new: int = 0
    changed: int = 0
    adopted: int = 0
    same: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    created: list[Created] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    kept_count: int = 0
    kept_records: int = 0
    changes: list[str] = field(default_factory=list)
    what_changed: str = ""
    """The first changed records, with their columns."""
    changed_records: int = 0
    conflicts: list[Fault] = field(default_factory=list)
    frozen: bool = False
    """Whether some of these are refused by the book itself, whatever --on-conflict says."""
    made: dict[str, int] = field(default_factory=dict)
    """New sales and refunds, where they are not as many as the rows."""
    notes: list[str] = field(default_factory=list)
    id: int | None = None
    op: int | None = None


def what_changed(result: Written, op: int, *, dry_run: bool) -> str:
    """Return words on what an operation changed, in the first records at least."""
    if not result.changes:
        return ""
    more = result.changed_records - MOST_CHANGED
    listed = "" if dry_run else f" (salestrack show o{op})"
    return f"{'; '.join(result.changes)}{f'; and {more:,} more{listed}' if more > 0 else ''}"


class Writing:
    """Writes one staged file."""

    def __init__(self, reading: Reading, source: Source, *, before: int, rejected: int) -> None:
        self._reading = reading
        self._source = source
        self._before = before
        self._rejected = rejected
        self._result = Written(notes=otherwise(reading))
        self._only_new = 0

    def run(self, read: int, left_out: dict[str, int]) -> Written:
        """Write everything, or nothing when nothing is new; a rehearsal is taken back at its end."""
        result, request = self._result, self._reading.request
        result.left_out |= {reason: count for reason, count in left_out.items() if count}
        counts, orders = self._reading.staged.counts(), StagedOrders(self._reading.store.engine)
        states = {state: count for state, (count, _) in counts.items()}
        weights = {state: weight for state, (_, weight) in counts.items()}
        self._only_new = states.get(NEW, 0) if states.keys() <= {NEW, SAME} else 0
        result.new, result.same, result.changed = weights.get(NEW, 0), weights.get(SAME, 0), weights.get(GREW, 0)
        result.made = orders.made() if self._reading.kind.name == "sales" else {}
        result.left_out |= {why: weights[state] for state, why in _LEFT_OUT.items() if weights.get(state)}
        if not (states.keys() & {NEW, CHANGED, ADOPTED}):
            return result
        try:
            with self._operation() as op:
                last = self._reading.staging.last_id("customers")
                first = not self._reading.matching.has_keys(request.source, self._reading.kind.name)
                imports = self._write(op, states)
                result.what_changed = what_changed(result, op.id, dry_run=request.dry_run)
                result.notes += likely_doubles(self._reading, op.id)
                result.notes += self._looked_alike(last, first=first)
                written = result.new or result.changed or result.adopted or result.kept_records
                if not written:
                    result.created.clear()
                if (request.dry_run and not self._reading.within) or not written:
                    raise NothingToKeep
                self._record(imports, op, read)
        except NothingToKeep:
            result.id = result.op = None
        return result

    def _looked_alike(self, last: int, *, first: bool) -> list[str]:
        """Return remarks on new names that nearly are others, and at a first import on records that nobody owns."""
        reading, made = self._reading, {each.what for each in self._result.created}
        notes = near_twins(reading, last) if "customers" in made | {reading.kind.name} else []
        notes += likenesses(reading) if made & {"owners", "products"} else []
        return notes + (unowned(reading) if first else [])

    @contextmanager
    def _operation(self) -> Iterator[Operation]:
        """Give the operation that writes: one of its own, or a part of the one in which several files come in."""
        if self._reading.within is None:
            operation = self._reading.store.operation("imported", kind="import")
            with self._reading.staging.references_later(self._only_new, operation) as op:
                yield op
            return
        with self._reading.store.engine.savepoint():
            yield self._reading.within

    def _write(self, op: Operation, states: dict[int, int]) -> Imports:
        """Write everything but the record of the import itself."""
        reading = self._reading
        params = {
            "op": op.id,
            "source": reading.request.source,
            "currency": reading.currency,
            "book": reading.book_currency,
            "now": reading.store.actor.now().isoformat(timespec="seconds"),
        }
        imports = Imports(reading.store.engine, reading.staging, params)
        alone = self._reading.within is None  # else the lock was held since before the file was read
        if alone and op.id != self._before + 1 and (doubled := imports.meanwhile(reading.kind.name, self._before)):
            raise OvertakenError(
                f"the book got {doubled} while the file was read; nothing was written", hint="run it again"
            )
        if (
            self._rejected
            or states.keys() - {NEW}
            or reading.written_here is not None
            or reading.kind.name == "history"
        ):
            self._skip_changed(states)
            spare_names(reading)
            imports.drop_unused_names()
        with reading.staging.indexed_later(TOUCHED.get(reading.kind.name, ()), states.get(NEW, 0)):
            self._create_names(imports, op)
            if reading.kind.name == "history":
                imports.keep_history_keys()
            elif states.get(NEW) or states.get(ADOPTED):
                imports.insert(reading.kind.name)
                if reading.kind.name not in _UNTAGGED:
                    imports.tag(reading.kind.name, reading.kind.noun)
        if reading.kind.name == "sales":
            StagedOrders(reading.store.engine).renew(reading.request.source)
        if reading.kind.name in {"deals", "activities"}:
            imports.give_homes()
        if reading.kind.name == "activities" and not reading.is_own and states.get(NEW):
            join_only_deals(reading.store.engine, imports.params)
        self._define_fields(imports)
        self._change(imports, op, states)
        if reading.kind.name == "sales":
            belonging = StagedBelonging(reading.store.engine)
            belonging.keep_together(imports.params["sales"], changed=CHANGED in states)
        understood = {SAME, CHANGED, REMOVED}
        FurtherKeys(reading.store.engine, reading.request.source, reading.kind.name).keep(understood, op.id)
        return imports

    def _skip_changed(self, states: dict[int, int]) -> None:
        """Leave out what changed at the source where that was asked for, so that nothing is created for it."""
        if self._reading.request.on_conflict == "skip" and states.pop(CHANGED, 0):
            self._result.left_out["changed in the file"] = self._reading.staged.skip_changed()

    def _create_names(self, imports: Imports, op: Operation) -> None:
        for table in CREATED:
            if table == "stages":
                if stages := self._reading.staged.created(table):
                    self._result.created.append(create_stages(self._reading, stages, imports, op))
            elif first := tuple(row["name"] for row in self._reading.staged.created(table, MOST_NAMES)):
                count = imports.create_names(table)
                self._result.created.append(Created(table.replace("_", " "), count, first))

    def _define_fields(self, imports: Imports) -> None:
        noun = self._reading.kind.noun
        known = self._reading.matching.custom_fields(noun)
        names = [m.field.name.removeprefix(CUSTOM) for m in self._reading.mapping.fields if m.field.type == "custom"]
        # Known as the book spells them.
        missing = [name for name in names if name not in known and self._reading.staged.fills(name)]
        if missing:
            imports.add_custom_fields(noun, missing)
            self._result.created.append(Created("fields", len(missing), tuple(missing[:MOST_NAMES])))

    def _change(self, imports: Imports, op: Operation, states: dict[int, int]) -> None:
        """Bring known records up to date, or leave them, as --on-conflict says."""
        reading, result = self._reading, self._result
        if reading.kind.name == "history":
            Past(reading, imports, op.id).write((NEW, CHANGED))
            result.changed += states.get(CHANGED, 0)
            return
        wanted = [state for state in (CHANGED, ADOPTED) if states.get(state)]
        if not wanted:
            return
        changes = Changes(reading, imports, op.id)
        for rows in reading.staged.pages(wanted):
            edited = hand_edited(reading.store.engine, reading.kind.name, [row["record_id"] for row in rows])
            said = said_before(reading.store.engine, reading.kind.name, [key for key, names in edited.items() if names])
            for row in rows:
                by_hand = set() if row["own"] else edited.get(row["record_id"], set())
                try:
                    outcome = changes.apply(row, by_hand, said.get(row["record_id"], {}))
                except RuleError as error:  # all rows that the book refuses are told at once; then nothing is kept
                    why = f"{error.message}; {error.hint}" if error.hint else error.message
                    result.conflicts.append(Fault(row["line"] & (REFUND - 1), "", "", why))
                    result.frozen = True
                    continue
                self._count(row, outcome)
        if result.conflicts:
            result.created.clear()
            raise NothingToKeep

    def _count(self, row: Row, outcome: Outcome) -> None:
        """Count what became of a known record."""
        result, ref = self._result, f"{LETTERS[self._reading.kind.name]}{row['record_id']}"
        result.adopted += row["state"] == ADOPTED
        changed = bool(outcome.changed or row.get("grew"))
        result.changed += row["rows"] if changed else 0
        result.same += 0 if changed else row["rows"]
        if outcome.changed:
            result.changed_records += 1
            if result.changed_records <= MOST_CHANGED:
                result.changes.append(f"{ref} {shown_columns(outcome.changed)}")
        result.kept_count += len(outcome.kept)
        result.kept_records += bool(outcome.kept)
        if outcome.kept and len(result.kept) < MOST_KEPT:
            result.kept.append(f"{ref} {shown_columns(outcome.kept)}")
        if (outcome.changed or outcome.kept) and self._reading.request.on_conflict == "fail":
            edited = f"{shown_columns(outcome.kept)} of {ref}, edited by hand too" if outcome.kept else ""
            other = f"{shown_columns(outcome.changed)} of {ref}" if outcome.changed else ""
            how = "differs from the book" if row["own"] else "changed since its last import"
            why = f"{how}: {'; '.join(text for text in (other, edited) if text)}"
            result.conflicts.append(Fault(row["line"], "", "", why))

    def _record(self, imports: Imports, op: Operation, read: int) -> None:
        result, request, kind = self._result, self._reading.request, self._reading.kind.name
        result.op = op.id
        result.id = imports.put(
            {
                "source": request.source,
                "kind": kind,
                "file": self._source.name,
                "sha256": self._source.sha256,
                "imported_at": self._reading.store.actor.now().isoformat(timespec="seconds"),
                "read_rows": read,
                "new_rows": result.new,
                "changed_rows": result.changed,
                "same_rows": result.same,
                "rejected_rows": self._rejected,
                "left_out_rows": sum(result.left_out.values()),
                "profile": self._reading.profile.name if self._reading.profile else None,
                "left_out": json.dumps(result.left_out, ensure_ascii=False, sort_keys=True),
            }
        )
        if result.new and result.changed:
            op.verb = f"imported {result.new} and updated {counted(result.changed, kind)}"
        elif result.new:
            op.verb = f"imported {counted(result.new, kind)}"
        else:
            kept = f"kept {counted(result.kept_records, kind)} as edited by hand"
            other = f"took over {kind}" if result.adopted else kept
            op.verb = f"updated {counted(result.changed, kind)}" if result.changed else other
        op.touch(f"i{result.id}")
