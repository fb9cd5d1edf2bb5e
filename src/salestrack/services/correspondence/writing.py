"""The second half of a mail or calendar import: one short transaction that makes staged rows activities."""

import json
from collections.abc import Sequence

from salestrack.domain.imports import Created, counted
from salestrack.errors import RuleError
from salestrack.services.correspondence.intake import CANCELLED, Desk
from salestrack.services.imports.changes import shown_columns
from salestrack.services.imports.writing import MOST_KEPT, MOST_NAMES, NothingToKeep, Written
from salestrack.store import Operation
from salestrack.store.correspondence import COLUMNS
from salestrack.store.engine import Row
from salestrack.store.hand_edits import hand_edited
from salestrack.store.imports import Imports
from salestrack.store.staging import ADOPTED, CHANGED, NEW, REMOVED, SAME

# Whose activity it is, people and imports of other sources know better.
_ONLY_BLANKS = {"customer_id", "contact_id", "owner_id", "thread"}


class Writing:
    """Writes what is staged of one box or calendar."""

    def __init__(self, desk: Desk, *, before: int, rejected: int) -> None:
        self._desk = desk
        self._before = before
        self._rejected = rejected
        self._result = Written()
        self.cancelled = 0

    def run(self, row: Row, left_out: dict[str, int]) -> Written:
        """Write everything, or nothing when nothing is new; `row` is what the record of the import says beside counts."""
        self._result.left_out |= left_out
        result, states = self._result, self._desk.staged.states()
        result.new, result.same = states.get(NEW, 0), states.get(SAME, 0)
        if states.get(REMOVED):
            result.left_out["removed by hand"] = states[REMOVED]
        if not (states.keys() & {NEW, CHANGED, ADOPTED, CANCELLED}):
            return result
        try:
            with self._desk.store.operation("imported", kind="import") as op:
                imports = self._write(op, states)
                if self._desk.asked.dry_run or not (result.new or result.changed or result.adopted):
                    raise NothingToKeep
                self._record(imports, op, row)
        except NothingToKeep:
            result.id = result.op = None
        return result

    def _write(self, op: Operation, states: dict[int, int]) -> Imports:
        desk = self._desk
        now = desk.store.actor.now().isoformat(timespec="seconds")
        params = {"op": op.id, "source": desk.asked.source, "now": now}
        imports = Imports(desk.store.engine, desk.staging, params)
        if op.id != self._before + 1 and (doubled := imports.meanwhile("activities", self._before)):
            raise RuleError(f"the book got {doubled} while the file was read; nothing was written", hint="run it again")
        for table in ("customers", "contacts"):
            if names := desk.staged.created(table):
                imports.create_names(table)
                first = tuple(name["name"] for name in names[:MOST_NAMES])
                self._result.created.append(Created(table, len(names), first))
        desk.book.insert(imports.params)
        self._change(imports, [state for state in (CHANGED, ADOPTED) if states.get(state)])
        if states.get(CANCELLED):
            self._call_off(imports)
        return imports

    def _change(self, imports: Imports, states: Sequence[int]) -> None:
        """Bring known activities up to date; what people typed stays."""
        for rows in self._desk.staged.pages(states) if states else ():
            edited = hand_edited(self._desk.store.engine, "activities", [row["record_id"] for row in rows])
            for row in rows:
                self._bring(imports, row, edited.get(row["record_id"], set()))

    def _bring(self, imports: Imports, row: Row, by_hand: set[str]) -> None:
        result = self._result
        before = imports.record("activities", row["record_id"])
        values = {name: imports.real(name, row[name]) for name in COLUMNS}
        wanted = {name: value for name, value in values.items() if value is not None and value != before[name]}
        wanted = {name: value for name, value in wanted.items() if name not in _ONLY_BLANKS or before[name] is None}
        if wanted.get("contact_id") and before["customer_id"] not in (None, values["customer_id"]):
            del wanted["contact_id"]  # people gave it to another customer
        kept = {name for name in wanted if name in by_hand}
        changes = {name: value for name, value in wanted.items() if name not in kept}
        if changes:
            self._desk.book.change(before["id"], changes)
        if row["state"] == CHANGED:
            imports.renew(row, "activities")
            self._note_kept(before["id"], kept)
        result.adopted += row["state"] == ADOPTED
        result.changed += bool(changes)
        result.same += not changes

    def _note_kept(self, key: int, kept: set[str]) -> None:
        result = self._result
        result.kept_count += len(kept)
        if kept and len(result.kept) < MOST_KEPT:
            result.kept.append(f"a{key} {shown_columns(sorted(kept))}")

    def _call_off(self, imports: Imports) -> None:
        """Take planned steps out of the book that were called off; what is done, or was edited by hand, stays."""
        result = self._result
        for rows in self._desk.staged.pages([CANCELLED]):
            edited = hand_edited(self._desk.store.engine, "activities", [row["record_id"] for row in rows])
            for row in rows:
                if imports.record("activities", row["record_id"])["done"] or edited.get(row["record_id"]):
                    result.left_out["cancelled, but done or edited by hand"] = (
                        result.left_out.get("cancelled, but done or edited by hand", 0) + 1
                    )
                    continue
                self._desk.store.removal.remove({"activities": {row["record_id"]}})
                self._desk.book.forget(self._desk.asked.source, row["key"])
                self.cancelled += 1
                result.changed += 1

    def _record(self, imports: Imports, op: Operation, row: Row) -> None:
        result = self._result
        result.op = op.id
        counts = {
            "new_rows": result.new,
            "changed_rows": result.changed,
            "same_rows": result.same,
            "rejected_rows": self._rejected,
            "left_out_rows": sum(result.left_out.values()),
            "left_out": json.dumps(result.left_out, ensure_ascii=False),
        }
        now = self._desk.store.actor.now().isoformat(timespec="seconds")
        result.id = imports.put(
            {**row, "source": self._desk.asked.source, "kind": "activities", "imported_at": now, **counts}
        )
        op.verb = _verb(result)
        op.touch(f"i{result.id}")


def _verb(result: Written) -> str:
    """Return what an import did, for the history."""
    if result.new and result.changed:
        return f"imported {result.new} and updated {counted(result.changed, 'activities')}"
    if result.new:
        return f"imported {counted(result.new, 'activities')}"
    return f"updated {counted(result.changed, 'activities')}" if result.changed else "took over activities"
