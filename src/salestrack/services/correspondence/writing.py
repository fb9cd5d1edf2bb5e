"""The second half of a mail or calendar import: one short transaction that makes staged rows activities."""

import json
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from salestrack.domain.imports import Created, counted
from salestrack.errors import OvertakenError
from salestrack.services.correspondence.intake import CANCELLED, Desk
from salestrack.services.imports.again.changes import shown_columns
from salestrack.services.imports.writing import MOST_CHANGED, MOST_KEPT, MOST_NAMES, Written, what_changed
from salestrack.services.rehearsal import NothingToKeep
from salestrack.store import Operation
from salestrack.store.correspondence import COLUMNS
from salestrack.store.engine import Row
from salestrack.store.hand_edits import hand_edited
from salestrack.store.imports import Imports
from salestrack.store.staging import ADOPTED, CHANGED, NEW, REMOVED, SAME

_DONE_WITH = "cancelled, but done or edited by hand"
# Whose activity it is, people and imports of other sources know better.
_ONLY_BLANKS = {"customer_id", "contact_id", "owner_id", "thread"}


class Writing:
    """Writes what is staged of one box or calendar."""

    def __init__(self, desk: Desk, *, before: int, rejected: int) -> None:
        self._desk = desk
        self._before = before
        self._rejected = rejected
        self._result = Written()
        self._touched: set[int] = set()
        """Lines of activities of messages that are several, where the book changed."""
        self._made = 0
        self.cancelled = 0
        self.threaded = 0

    def run(self, row: Row, left_out: dict[str, int]) -> Written:
        """Write everything, or nothing when nothing is new; `row` is what the record of the import says beside counts."""
        self._result.left_out |= left_out
        result, states, alone = self._result, self._desk.staged.states(), self._desk.book.states()
        result.new, result.same, self._made = alone.get(NEW, 0), alone.get(SAME, 0), states.get(NEW, 0)
        self._leave_out("removed by hand", alone.get(REMOVED, 0))
        if not (states.keys() & {NEW, CHANGED, ADOPTED, CANCELLED} or self._desk.threads.any_moved()):
            self._count_several()
            return result
        try:
            with self._desk.store.operation("imported", kind="import") as op:
                imports = self._write(op, states)
                result.what_changed = what_changed(result, op.id, dry_run=self._desk.asked.dry_run)
                self._count_several()
                if self._desk.asked.dry_run or not (result.new or result.changed or result.adopted or self.threaded):
                    raise NothingToKeep
                self._record(imports, op, row)
        except NothingToKeep:
            result.id = result.op = None
        return result

    def _count_several(self) -> None:
        """Count each message once that is an activity of several customers: by what is most new of it."""
        result = self._result
        for _, rows in groupby(self._desk.book.several(), key=itemgetter(0)):
            lines = {line: state for _, line, state in rows}
            states, touched = set(lines.values()), bool(self._touched & lines.keys())
            if states == {CANCELLED} and not touched:
                self._leave_out(_DONE_WITH, 1)
            elif NEW in states and not states & {SAME, CHANGED}:
                result.new += 1
            elif NEW in states or touched:
                result.changed += 1
            else:
                result.same += 1

    def _leave_out(self, reason: str, count: int) -> None:
        if count:
            self._result.left_out[reason] = self._result.left_out.get(reason, 0) + count

    def _write(self, op: Operation, states: dict[int, int]) -> Imports:
        desk = self._desk
        now = desk.store.actor.now().isoformat(timespec="seconds")
        params = {"op": op.id, "source": desk.asked.source, "now": now}
        imports = Imports(desk.store.engine, desk.staging, params)
        if op.id != self._before + 1 and (doubled := imports.meanwhile("activities", self._before)):
            raise OvertakenError(
                f"the book got {doubled} while the file was read; nothing was written", hint="run it again"
            )
        for table in ("customers", "contacts"):
            if names := desk.staged.created(table):
                imports.create_names(table)
                first = tuple(name["name"] for name in names[:MOST_NAMES])
                self._result.created.append(Created(table, len(names), first))
        desk.book.insert(imports.params)
        self._change(imports, [state for state in (CHANGED, ADOPTED) if states.get(state)])
        if states.get(CANCELLED):
            self._call_off(imports)
        self.threaded = desk.threads.move()
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
            imports.renew(row, "activities", changed=bool(changes))
            self._note_kept(before["id"], kept)
        result.adopted += row["state"] == ADOPTED
        touched = bool(changes or row["links"])
        if touched and row["state"] == CHANGED:
            what = [*changes, *(["contacts"] if row["links"] and "contact_id" not in changes else [])]
            result.changed_records += 1
            result.changes += [f"a{before['id']} {shown_columns(what)}"][: MOST_CHANGED - len(result.changes)]
        if row["first"]:
            self._touched |= {row["line"]} if touched else set()
        else:
            result.changed += touched
            result.same += not touched

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
                    self._leave_out(_DONE_WITH, 0 if row["first"] else 1)
                    continue
                self._desk.store.removal.remove({"activities": {row["record_id"]}})
                self._desk.book.forget(self._desk.asked.source, row["key"])
                self.cancelled += 1
                self._touched |= {row["line"]} if row["first"] else set()
                result.changed += not row["first"]

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
        op.verb = _verb(result, self._made)
        op.touch(f"i{result.id}")


def _verb(result: Written, made: int) -> str:
    """Return what an import did, for the history; it made so many activities."""
    if made and result.changed:
        return f"imported {made} and updated {counted(result.changed, 'activities')}"
    if made:
        return f"imported {counted(made, 'activities')}"
    if result.changed:
        return f"updated {counted(result.changed, 'activities')}"
    return "took over activities" if result.adopted else "tied threads together"
