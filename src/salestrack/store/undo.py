"""Taking an operation back, and putting it in force again: column by column, from the images in the journal."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from salestrack.errors import RuleError
from salestrack.store import timelines
from salestrack.store.bulk_return import bring_back
from salestrack.store.engine import Engine, Row
from salestrack.store.field_images import differing, restored
from salestrack.store.later_work import Kept, LaterWork
from salestrack.store.refusals import LETTERS, PARTS, Act, Refusals, find_row

MOST_NAMED = 5
_RECORDS = tuple(table for table in LETTERS if table != "imports")
# Columns that only make sense together: none of them is restored when later work changed another.
_TOGETHER: dict[str, tuple[frozenset[str], ...]] = {
    "deals": (
        frozenset({"amount", "currency", "closed_on", "rate", "book_amount"}),  # closing pins what the amount is worth
        frozenset({"stage_id", "stage_since", "status", "closed_on"}),
    ),
    "quotas": (frozenset({"target", "currency"}),),
    "products": (frozenset({"price", "currency"}),),
    "activities": (frozenset({"done", "happened_on", "happened_time"}),),
}


class Change(NamedTuple):
    """What one operation did to one row that was there before; after None means it was removed."""

    table: str
    row_id: int
    before: Row
    after: Row | None

    def is_of(self, drifts: dict[str, dict[int, timelines.Drift]], *, whole: bool = False) -> bool:
        """Say whether the row is of a history that later work wrote to; with whole also the record and its parts."""
        if self.table in drifts:
            return self.before[PARTS[self.table][1]] in drifts[self.table]
        if not whole or "deal_history" not in drifts:
            return False
        owner = self.row_id if self.table == "deals" else self.before["deal_id"] if self.table == "deal_lines" else None
        return owner in drifts["deal_history"]


class Undone(NamedTuple):
    """What taking an operation back came to: rows restored or removed, and records kept because of later work.

    `named` has the ids of the first of these records. `records` is how many records (deals, customers and so on) were
    restored or removed whole, `among` how many the operation had created or changed.
    """

    rows: int
    kept: int
    named: tuple[str, ...] = ()
    records: int = 0
    among: int = 0


class Undo:
    """Inverts operations. Both directions run inside an operation of their own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take_back(self, op: int, *, keep_later_work: bool) -> Undone:
        """Restore what an operation changed and remove what it created.

        With keep_later_work (an import) records that later work changed or uses stay and are counted; otherwise
        RuleError names the later operation that stands in the way.
        """
        self._engine.defer_references()
        refusals = Refusals(self._engine, Act("undo", op, op))
        later = LaterWork(self._engine, op, refusals)
        drifts = self._drifts(op, later, refusals)
        changed, created = self._records_of(op, later)
        restored, left = self._restored(op, drifts, refusals, lenient=keep_later_work)
        spared = self._spared(op, drifts, whole=keep_later_work)
        if keep_later_work:
            kept = later.kept(spared)
        else:
            restored += self._back_in_time(drifts, refusals)
            kept = later.refuse(spared)
        removed = {
            table: self._remove_created(later, table, op, kept.get(table, set())) for table in reversed(later.spans)
        }
        self._check_records(op, refusals)
        stay = sorted(left | _records(kept)) if keep_later_work else []
        named = (f"{LETTERS[table]}{key}" for table, key in stay[:MOST_NAMED])
        whole = len(changed - left) + sum(count for table, count in removed.items() if table in _RECORDS)
        return Undone(restored + sum(removed.values()), len(stay), tuple(named), whole, len(changed) + created)

    def _records_of(self, op: int, later: LaterWork) -> tuple[set[tuple[str, int]], int]:
        """Return the records that an operation changed, and how many it created that are still there."""
        marks = ", ".join("?" * len(_RECORDS))
        rows = self._engine.query(
            f"SELECT DISTINCT tbl, row_id FROM journal WHERE op = ? AND tbl IN ({marks}) "
            "AND json_extract(before, '$.created_op') <> ?",
            (op, *_RECORDS, op),
        )
        counted = "SELECT count(*) FROM {} WHERE id BETWEEN ? AND ? AND created_op = ?"
        created = sum(
            int(self._engine.value(counted.format(table), (*span, op)))
            for table, span in later.spans.items()
            if table in _RECORDS
        )
        return {(row["tbl"], row["row_id"]) for row in rows}, created

    def put_back(self, op: int, undo_op: int) -> Undone:
        """Do again what an undone operation had done, from the images that its undo left; RuleError as for an undo."""
        self._engine.defer_references()
        refusals = Refusals(self._engine, Act("redo", op, undo_op))
        for table, drifted in self._drifts(undo_op, LaterWork(self._engine, undo_op, refusals), refusals).items():
            for drift in drifted.values():
                versions = drift.now or drift.after
                raise refusals.changed(table, max(versions, key=lambda key: refusals.last_change(table, key)))
        gone = [(change.table, change.row_id, change.before) for change in self._changes(op) if change.after is None]
        rows, _ = self._restored(undo_op, {}, refusals, lenient=False)
        for table, row_id, before in gone:
            if find_row(self._engine, table, row_id) != before or refusals.touched(table, row_id):
                raise refusals.changed(table, row_id)
        for table, row_id, _ in gone:  # all were looked at before: removing one may take its parts along
            self._engine.delete(table, row_id)
        self._check_records(undo_op, refusals)
        return Undone(rows + len(gone), 0)

    def _drifts(self, op: int, later: LaterWork, refusals: Refusals) -> dict[str, dict[int, timelines.Drift]]:
        found = {
            table: timelines.drifts(self._engine, table, op, later.first_after(table), refusals)
            for table in timelines.TIMELINES
        }
        return {table: drifts for table, drifts in found.items() if drifts}

    def _restored(
        self, op: int, drifts: dict[str, dict[int, timelines.Drift]], refusals: Refusals, *, lenient: bool
    ) -> tuple[int, set[tuple[str, int]]]:
        """Restore the rows an operation changed; return how many were, and which records had to stay as they are."""
        back = {} if drifts else bring_back(self._engine, op)
        restored, left = sum(back.values()), set[tuple[str, int]]()
        for change in self._changes(op, but=tuple(back)):
            if change.is_of(drifts, whole=lenient):
                if change.table in LETTERS:
                    left.add((change.table, change.row_id))
                continue
            try:
                restored += self._restore(change, refusals)
            except RuleError:
                if not lenient:
                    raise
                restored += self._restore_untouched(change, refusals)
                if change.table in LETTERS:
                    left.add((change.table, change.row_id))
        return restored, left

    def _restore(self, change: Change, refusals: Refusals) -> int:
        now = find_row(self._engine, change.table, change.row_id)
        if (change.after is None) != (now is None):
            raise refusals.changed(change.table, change.row_id)
        if change.after is None or now is None:
            if taken := refusals.taken(change.table, change.before):
                raise taken
            self._engine.insert(change.table, change.before)
            return 1
        columns = _changed(change)
        touched = self._touched(change, now, refusals)
        if hurt := [column for column in _with_companions(change.table, columns) if column in touched]:
            raise refusals.changed(change.table, change.row_id, hurt)
        wanted = restored(now, change.before, columns)
        if taken := refusals.taken(change.table, now | wanted) if set(columns) & _NAMING else None:
            raise taken
        self._engine.update(change.table, change.row_id, wanted)
        return int(bool(wanted))

    def _restore_untouched(self, change: Change, refusals: Refusals) -> int:
        """Restore those columns that later work left alone, as far as the row is there."""
        now = find_row(self._engine, change.table, change.row_id)
        if change.after is None or now is None:
            return 0
        touched = self._touched(change, now, refusals)
        alone = [c for c in _changed(change) if not touched & set(_with_companions(change.table, [c]))]
        wanted = restored(now, change.before, [column for column in alone if column not in _NAMING])
        self._engine.update(change.table, change.row_id, wanted)
        return int(bool(wanted))

    def _touched(self, change: Change, now: Row, refusals: Refusals) -> set[str]:
        return set(differing(change.after or {}, now)) | set(refusals.touched(*change[:2]))

    def _back_in_time(self, drifts: dict[str, dict[int, timelines.Drift]], refusals: Refusals) -> int:
        return sum(
            timelines.take_back(self._engine, table, drift, refusals)
            for table, drifted in drifts.items()
            for drift in drifted.values()
        )

    def _spared(self, op: int, drifts: dict[str, dict[int, timelines.Drift]], *, whole: bool) -> Kept:
        """Return the created rows that must stay in the histories that later work wrote to."""
        spared = {
            table: {key for drift in drifted.values() for key, row in drift.now.items() if row["created_op"] == op}
            for table, drifted in drifts.items()
        }
        if whole:
            for deal in drifts.get("deal_history", {}):
                rows = self._engine.query("SELECT id FROM deal_lines WHERE deal_id = ? AND created_op = ?", (deal, op))
                spared.setdefault("deal_lines", set()).update(row["id"] for row in rows)
        return spared

    def _changes(self, op: int, *, but: tuple[str, ...] = ()) -> Iterator[Change]:
        """Yield what an operation did to rows, the latest first, each once: its first image before and last one after.

        Rows removed from the tables in `but` are left out.
        """
        left_out = ", ".join(f"'{table}'" for table in but)
        rows = self._engine.stream(
            "SELECT first.tbl, first.row_id, first.before, last.after FROM "
            "(SELECT min(id) AS a, max(id) AS z FROM journal WHERE op = :op GROUP BY tbl, row_id) x "
            "JOIN journal first ON first.id = x.a JOIN journal last ON last.id = x.z "
            # What the operation itself created is removed whole; its own later images of it do not matter.
            "WHERE json_extract(first.before, '$.created_op') <> :op "
            f"AND NOT (last.after IS NULL AND first.tbl IN ({left_out})) ORDER BY x.a DESC",
            {"op": op},
        )
        for table, row_id, before, after in rows:
            yield Change(table, row_id, json.loads(before), json.loads(after) if after else None)

    def _remove_created(self, later: LaterWork, table: str, op: int, kept: set[int]) -> int:
        span = later.spans[table]
        if not kept:
            sql = f"DELETE FROM {table} WHERE id BETWEEN ? AND ? AND created_op = ?"
            return self._engine.execute(sql, (*span, op))
        rows = self._engine.query(f"SELECT id FROM {table} WHERE id BETWEEN ? AND ? AND created_op = ?", (*span, op))
        going = [(row["id"],) for row in rows if row["id"] not in kept]
        self._engine.executemany(f"DELETE FROM {table} WHERE id = ?", going)
        return len(going)

    def _check_records(self, op: int, refusals: Refusals) -> None:
        """Raise RuleError when a row that came back refers to a record that is gone."""
        for row in self._engine.query("SELECT DISTINCT tbl FROM journal WHERE op = ?", (op,)):
            if orphan := refusals.orphan(row["tbl"], op):
                raise orphan


_NAMING = frozenset({"name", "key", "letter"})


def _changed(change: Change) -> list[str]:
    return differing(change.before, change.after or {})


def _with_companions(table: str, columns: list[str]) -> list[str]:
    companions = {c for group in _TOGETHER.get(table, ()) if group & set(columns) for c in group}
    return columns + sorted(companions - set(columns))


def _records(kept: Kept) -> set[tuple[str, int]]:
    return {(table, key) for table, rows in kept.items() if table in _RECORDS for key in rows}
