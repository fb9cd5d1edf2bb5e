"""A record of ours follows one of a foreign book, but for what people set here."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from salestrack.services.foreign.mapping import NOUNS, Mapping, said, same_parts
from salestrack.store.engine import Engine, Row
from salestrack.store.export_merge import CHANGES, Foreign, Parts
from salestrack.store.refusals import ALIKE

# Columns that only make sense together: where a person set one of them, all stay.
_TOGETHER: dict[str, tuple[frozenset[str], ...]] = {
    "products": (frozenset({"price", "currency"}), frozenset({"name", "key"})),
    "customers": (
        frozenset({"name", "key"}), frozenset({"email", "email_key"}), frozenset({"phone", "phone_key"}),
    ),
    "contacts": (
        frozenset({"name", "key"}), frozenset({"email", "email_key"}), frozenset({"phone", "phone_key"}),
    ),
    "quotas": (frozenset({"target", "currency"}),),
    "deals": (
        frozenset({
            "pipeline_id", "stage_id", "stage_since", "status", "amount", "currency", "probability", "expected_on",
            "owner_id", "closed_on", "rate", "book_amount", "reason_id", "created_on",
        }),
    ),
    "sales": (
        frozenset({
            "kind", "amount", "currency", "tax", "tax_rate", "rate", "book_amount", "on_date", "refund_of", "deal_id",
        }),
    ),
    "activities": (frozenset({"done", "happened_on", "happened_time", "due_on", "due_time"}),),
}  # fmt: skip
# What belongs to a record and stays with these columns.
_WITH = {"deal_history": "stage_id", "deal_lines": "amount", "sale_lines": "amount"}
_CALLED = {
    "deal_history": "history", "deal_lines": "lines", "sale_lines": "lines", "customer_aliases": "other names",
    "schedules": "what repeats",
}  # fmt: skip
# By which columns no two rows of a table are alike; more of them stand in the list of the store.
_PLACES = {"schedules": ("deal_id", "sale_id", "activity_id"), "schedule_changes": ("schedule_id", "from_on")}
_FOLLOWING = frozenset({"key", "email_key", "phone_key"})
_NEVER = frozenset({"merged_into", "logged_at"})
_FILLED = ("customers", "contacts", "products")


class Outcome(NamedTuple):
    """What changed of a record, and what stayed as it was set here."""

    changed: list[str]
    kept: list[str]


class Changing:
    """Brings single records of ours up to date."""

    def __init__(self, engine: Engine, foreign: Foreign, mapping: Mapping, *, op: int) -> None:
        self._engine = engine
        self._foreign = foreign
        self._mapping = mapping
        self._op = op

    def update(self, table: str, row: Row, parts: Parts, key: int) -> Outcome:
        """Let a record of ours follow theirs in everything that no person set here."""
        wanted = self._mapping.record(table, row)
        now = self._foreign.rows(table, [key])[key]
        hand = self._foreign.hand_set(table, [key]).get(key, set())
        hand |= {column for group in _TOGETHER[table] if group & hand for column in group}
        differing = [name for name in wanted if name not in _NEVER | {"fields"} and wanted[name] != now[name]]
        changes = {name: wanted[name] for name in differing if name not in hand}
        kept = _words(name for name in differing if name in hand)
        if "fields" in wanted:
            fields, stayed = _fields(now["fields"], wanted["fields"], hand)
            changes |= {"fields": fields} if json.loads(fields) != json.loads(now["fields"]) else {}
            kept += stayed
        self._engine.update(table, key, changes)
        changed = _words(changes)
        for part, rows in self._mapping.parts(table, parts, key, wanted).items():
            self._part(table, part, rows, key, hand=hand, outcome=Outcome(changed, kept))
        return Outcome(list(dict.fromkeys(changed)), list(dict.fromkeys(kept)))

    def fill(self, table: str, row: Row, parts: Parts, key: int) -> Outcome:
        """Fill what is blank in a record of ours that is also one of theirs; what it has stays."""
        if table not in _FILLED:
            return Outcome([], [])
        wanted = self._mapping.record(table, row)
        now = self._foreign.rows(table, [key])[key]
        blank = {name: value for name, value in wanted.items() if now[name] is None and value is not None}
        for group in _TOGETHER[table]:
            if any(now[name] is not None for name in group):
                blank = {name: value for name, value in blank.items() if name not in group}
        changes = {name: value for name, value in blank.items() if name not in _NEVER}
        fields = json.loads(wanted["fields"]) | json.loads(now["fields"])
        if fields != json.loads(now["fields"]):
            changes["fields"] = json.dumps(fields, ensure_ascii=False, sort_keys=True)
        self._engine.update(table, key, changes)
        added = _words(changes)
        mapped = self._mapping.parts(table, parts, key, wanted)
        there = self._foreign.parts("main", table, [key])[key]
        for part, rows in mapped.items():
            for one in rows:
                if not any(_same_part(one, other) for other in there[part]):
                    self._engine.insert(part, one | {"created_op": self._op})
                    added.append(_word(part))
        return Outcome(list(dict.fromkeys(added)), [])

    def _part(self, table: str, part: str, rows: list[Row], key: int, *, hand: set[str], outcome: Outcome) -> None:
        """Let what belongs to a record follow, unless a person had a hand in it."""
        column = f"{NOUNS[table]}_id"
        now = self._foreign.parts("main", table, [key])[key][part]
        if same_parts(now, rows):
            return
        if _WITH.get(part) in hand or self._foreign.touched(part, column, key):
            outcome.kept.append(_word(part))
            return
        self._replace(part, now, rows)
        outcome.changed.append(_word(part))

    def _replace(self, part: str, now: list[Row], rows: list[Row]) -> None:
        """Make what belongs to a record what it is to be; a row whose place only one can have is changed, not replaced.

        Else its undo would find the place taken.
        """
        wanted, differing = list(rows), list[Row]()
        for row in now:
            same = next((one for one in wanted if said(one) == said(row)), None)
            if same is None:
                differing.append(row)
            else:
                wanted.remove(same)
        for row in differing:
            rival = next((one for one in wanted if _in_place_of(part, one, row)), None)
            if rival is None:
                self._engine.delete(part, row["id"])
                continue
            wanted.remove(rival)
            changes = {name: value for name, value in rival.items() if name != CHANGES and value != row[name]}
            self._engine.update(part, row["id"], changes)
            if CHANGES in rival:
                mine = {"schedule_id": row["id"]}
                self._replace("schedule_changes", row[CHANGES], [one | mine for one in rival[CHANGES]])
        for row in wanted:
            insert_part(self._engine, part, row, op=self._op)


def insert_part(engine: Engine, part: str, row: Row, *, op: int) -> None:
    """Add what belongs to a record; a schedule brings its price changes along."""
    changes = row.get(CHANGES, ())
    key = engine.insert(part, {name: value for name, value in row.items() if name != CHANGES} | {"created_op": op})
    for change in changes:
        engine.insert("schedule_changes", {"schedule_id": key, **change, "created_op": op})


def _in_place_of(part: str, one: Row, other: Row) -> bool:
    """Say whether a table has room for only one of two rows."""
    places = _PLACES.get(part) or ALIKE.get(part)
    return places is not None and all(one[name] == other[name] for name in places)


def _fields(now: str, wanted: str, hand: set[str]) -> tuple[str, list[str]]:
    """Return the fields of a record as they are to be, and those that stay as a person set them."""
    ours, theirs = json.loads(now), json.loads(wanted)
    stayed = [name for name in ours | theirs if f"field:{name}" in hand and ours.get(name) != theirs.get(name)]
    after = {name: value for name, value in theirs.items() if name not in stayed}
    after |= {name: ours[name] for name in stayed if name in ours}
    return json.dumps(after, ensure_ascii=False, sort_keys=True), stayed


def _same_part(one: Row, other: Row) -> bool:
    return all(other.get(name) == value for name, value in one.items() if name != "name")


def _words(names: Iterable[str]) -> list[str]:
    """Return what columns are called, without those that only follow others."""
    return [_word(name) for name in names if name not in _FOLLOWING]


def _word(name: str) -> str:
    """Return what a column or a table is called."""
    if name in _CALLED:
        return _CALLED[name]
    return name.removesuffix("_id").removesuffix("_on").removesuffix("_tags").replace("_", " ")
