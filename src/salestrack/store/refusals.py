"""Why an operation cannot be undone or redone: the sentence names the later work, the hint the command that mends it."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from salestrack.domain.settings import BOOK_SETTINGS
from salestrack.errors import RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.field_images import PREFIX, differing, spread

LETTERS = {
    "customers": "c", "contacts": "n", "deals": "d", "sales": "s", "activities": "a", "products": "p", "quotas": "q",
    "imports": "i",
}  # fmt: skip
# What belongs to a record alone: its table, the column that says to which, and what it is called.
PARTS: dict[str, tuple[str, str, str]] = {
    "stage_history": ("stages", "stage_id", "the history"),
    "customer_aliases": ("customers", "customer_id", "another name"),
    "customer_tags": ("customers", "customer_id", "a tag"),
    "deal_history": ("deals", "deal_id", "the history"),
    "deal_lines": ("deals", "deal_id", "a line"),
    "deal_contacts": ("deals", "deal_id", "a contact"),
    "deal_tags": ("deals", "deal_id", "a tag"),
    "sale_lines": ("sales", "sale_id", "a line"),
    "sale_tags": ("sales", "sale_id", "a tag"),
    "activity_contacts": ("activities", "activity_id", "a contact"),
    "activity_tags": ("activities", "activity_id", "a tag"),
}
_CALLED = {
    "stages": ("the stage", "name"), "tags": ("the tag", "name"), "owners": ("the owner", "name"),
    "lost_reasons": ("the reason", "name"), "settings": ("the setting", "key"), "pipelines": ("the pipeline", "name"),
    "activity_kinds": ("the kind", "name"), "outcomes": ("the outcome", "name"), "rates": ("the rate of", "currency"),
    "days_off": ("the days off from", "from_on"), "follow_ups": ("the follow-up rule", "id"),
    "score_rules": ("the points for", "name"), "custom_fields": ("the field", "name"),
}  # fmt: skip
_OF_SCHEDULES = {"schedules": "the rhythm of", "schedule_changes": "the price from a day on of"}
# By what two rows of a table may not be alike.
ALIKE: dict[str, tuple[str, ...]] = {
    "settings": ("key",), "owners": ("name",), "pipelines": ("name",), "stages": ("pipeline_id", "name"),
    "lost_reasons": ("name",), "activity_kinds": ("name",), "outcomes": ("name",), "tags": ("name",),
    "custom_fields": ("record", "name"),
    "rates": ("currency", "on_date"), "products": ("key", "removed_on"),
    "quotas": ("metric", "start_on", "end_on", "owner_id", "channel"),
    "activity_contacts": ("activity_id", "contact_id"), "deal_contacts": ("deal_id", "contact_id"),
    "customer_tags": ("customer_id", "tag_id"), "deal_tags": ("deal_id", "tag_id"), "sale_tags": ("sale_id", "tag_id"),
    "activity_tags": ("activity_id", "tag_id"), "import_keys": ("key", "kind", "source"),
}  # fmt: skip
# These follow from other columns; naming them would tell nobody anything.
_DERIVED = {"stage_since", "book_amount", "rate", "key", "to_on", "from_on", "seq"}


class Act(NamedTuple):
    """An undo or redo that is tried: the word for it, the operation it is about, and since when work is later work."""

    verb: str
    op: int
    since: int


class Refusals:
    """Looks for what stands in the way of one act."""

    def __init__(self, engine: Engine, act: Act) -> None:
        self._engine = engine
        self._act = act

    def changed(self, table: str, row_id: int, columns: Sequence[str] = ()) -> RuleError:
        """Return the refusal for a row, or columns of it, that later work changed."""
        later = self.last_change(table, row_id, columns)
        shown = [_label(column) for column in columns if column not in _DERIVED]
        which = f" ({', '.join(shown)})" if shown else ""
        return self._refusal(f"{self.named(table, row_id)} was changed later by o{later}{which}", later)

    def used(self, table: str, row_id: int, *, by: tuple[str, int], op: int) -> RuleError:
        """Return the refusal for a row that a row of later work refers to."""
        whole, _, what = PARTS.get(by[0], ("", "", ""))
        used = f"has {what}" if whole == table else f"is used by {self.named(*by)}"
        return self._refusal(f"{self.named(table, row_id)} {used} since o{op}", op)

    def taken(self, table: str, row: Row) -> RuleError | None:
        """Return the refusal for a row whose place another row has taken, None when there is no such row."""
        columns = ALIKE.get(table)
        if columns is None:
            return None
        alike = " AND ".join(f"{column} IS :{column}" for column in columns)
        alike += " OR letter = :letter" if table == "activity_kinds" else ""
        rival = self._engine.query(f"SELECT id, created_op FROM {table} WHERE ({alike}) AND id <> :id", row)
        if not rival:
            return None
        later = max(self.last_change(table, rival[0]["id"]), rival[0]["created_op"])
        if table == "import_keys":
            return self._refusal(f"the file was imported again since, by o{later}", later)
        return self._refusal(f"{self.named(table, rival[0]['id'])} has taken its place since o{later}", later)

    def orphan(self, table: str, images: int) -> RuleError | None:
        """Return the refusal for a row of a table, among those an operation has images of, whose record is gone."""
        for column, parent in self._engine.parents(table):
            rows = self._engine.query(
                f"SELECT t.id, t.{column} AS parent FROM journal j JOIN {table} t ON t.id = j.row_id WHERE j.op = ? "
                f"AND j.tbl = ? AND t.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.id = t.{column}) "
                "LIMIT 1",
                (images, table),
            )
            for row in rows:
                later = self.last_change(parent, row["parent"])
                what = f"{self.named(table, row['id'])} needs {self.named(parent, row['parent'])}"
                return self._refusal(f"{what}, which o{later} took away", later)
        return self._nobody(images) if table == "settings" else None

    def _nobody(self, images: int) -> RuleError | None:
        """Return the refusal for a default owner who is gone: the setting holds a number, and is no reference."""
        rows = self._engine.query(
            "SELECT s.id, CAST(s.value AS INTEGER) AS owner FROM journal j JOIN settings s ON s.id = j.row_id "
            "WHERE j.op = ? AND j.tbl = 'settings' AND s.key = 'owner' AND s.value <> '' "
            "AND NOT EXISTS (SELECT 1 FROM owners o WHERE o.id = CAST(s.value AS INTEGER)) LIMIT 1",
            (images,),
        )
        for row in rows:
            later = self.last_change("owners", row["owner"])
            what = f"{self.named('settings', row['id'])} needs {self.named('owners', row['owner'])}"
            return self._refusal(f"{what}, which o{later} took away", later)
        return None

    def touched(self, table: str, row_id: int) -> dict[str, int]:
        """Return the columns of a row that later work changed, each with the latest operation in force that did.

        What was done and undone again since does not count; a removal counts as a change of every column.
        """
        rows = self._engine.query(
            "SELECT j.op, j.before, j.after, o.kind, o.target, o.undone_by FROM journal j "
            "JOIN operations o ON o.id = j.op WHERE j.row_id = ? AND j.tbl = ? AND j.op > ? ORDER BY j.id DESC",
            (row_id, table, self._act.since),
        )
        found: dict[str, int] = {}
        for row in rows:
            if self._stands(row):
                before, after = json.loads(row["before"]), json.loads(row["after"] or "{}")
                changed = differing(before, after) if after else list(spread(before))
                found = dict.fromkeys(changed, int(row["op"])) | found
        return found

    def last_change(self, table: str, row_id: int, columns: Sequence[str] = ()) -> int:
        """Return the latest operation in force that changed a row, or those columns of it, or else created it."""
        ops = [op for column, op in self.touched(table, row_id).items() if not columns or column in columns]
        found = find_row(self._engine, table, row_id)
        return max([*ops, int(found["created_op"]) if found else 0, self._act.since])

    def _stands(self, image: Row) -> bool:
        """Say whether an operation after the act's time makes a difference to what was true then."""
        if image["kind"] not in {"undo", "redo"}:
            return image["undone_by"] is None
        target: int = image["target"]
        if target > self._act.since:
            return False  # its target speaks for itself
        sql = "SELECT kind FROM operations WHERE target = ? AND id <= ? ORDER BY id DESC LIMIT 1"
        then = self._engine.value(sql, (target, self._act.since)) == "undo"
        now = self._engine.value("SELECT undone_by FROM operations WHERE id = ?", (target,)) is not None
        return bool(then != now)

    def named(self, table: str, row_id: int) -> str:
        """Return what a row is called in a sentence: d12, the tag 'web', the history of d12."""
        if table in LETTERS:
            return f"{LETTERS[table]}{row_id}"
        row = self._row(table, row_id)
        if table in PARTS and row:
            whole, column, what = PARTS[table]
            return f"{what} of {self.named(whole, row[column])}"
        if table in _OF_SCHEDULES and row:
            schedule = row if table == "schedules" else self._row("schedules", row["schedule_id"])
            return f"{_OF_SCHEDULES[table]} {_repeating(schedule or {})}"
        if table in _CALLED and row:
            what, column = _CALLED[table]
            name = row[column]
            if table == "settings":
                name = next((one.name for one in BOOK_SETTINGS if one.key == name), name)
            return f"{what} {name}"
        return f"{table.replace('_', ' ')} {row_id}"

    def _row(self, table: str, row_id: int) -> Row | None:
        return find_row(self._engine, table, row_id) or self._last_image(table, row_id)

    def _last_image(self, table: str, row_id: int) -> Row | None:
        rows = self._engine.query(
            "SELECT before FROM journal WHERE row_id = ? AND tbl = ? ORDER BY id DESC LIMIT 1", (row_id, table)
        )
        return json.loads(rows[0]["before"]) if rows else None

    def _refusal(self, reason: str, later: int) -> RuleError:
        verb, op, _ = self._act
        return RuleError(f"cannot {verb} o{op}: {reason}", hint=f"{self._mend(later)} first")

    def _mend(self, later: int) -> str:
        """Return the command that takes a later operation out of the way."""
        for row in self._engine.query("SELECT kind, target FROM operations WHERE id = ?", (later,)):
            if row["kind"] == "undo":
                return f"salestrack redo o{row['target']}"
            if row["kind"] == "redo":
                return f"salestrack undo o{row['target']}"
        return f"salestrack undo o{later}"


def _repeating(schedule: Row) -> str:
    letters = (("s", "sale_id"), ("d", "deal_id"), ("a", "activity_id"))
    return next((f"{letter}{schedule[column]}" for letter, column in letters if schedule.get(column)), "what repeats")


def _label(column: str) -> str:
    if column.startswith(PREFIX):
        return column.removeprefix(PREFIX)
    return column.removesuffix("_id").removesuffix("_on").replace("_", " ")


def find_row(engine: Engine, table: str, row_id: int) -> dict[str, Any] | None:
    """Return a whole row, or None."""
    rows = engine.query(f"SELECT * FROM {table} WHERE id = ?", (row_id,))
    return rows[0] if rows else None
