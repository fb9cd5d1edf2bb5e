"""What was done, in sentences; about one record also what changed in it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from salestrack.domain.money import Money
from salestrack.domain.refs import AT, parse_ref
from salestrack.errors import UsageError
from salestrack.services.undo import sentence
from salestrack.store import Store
from salestrack.store.journal import Done

TABLES = {
    "c": "customers", "n": "contacts", "d": "deals", "s": "sales", "a": "activities", "p": "products", "q": "quotas",
}  # fmt: skip
# Kept in step with other columns, or of no meaning to a person.
_SILENT = {
    "key",
    "email_key",
    "phone_key",
    "stage_since",
    "book_amount",
    "rate",
    "pipeline_id",
    "created_op",
    "fields",
    "status",
}


class Told(NamedTuple):
    """One operation as the history shows it."""

    ref: str
    at: str
    who: str
    what: str
    state: str


def told(store: Store, ref: str | None, *, limit: int) -> list[Told]:
    """Return the latest operations first, all of them or those about one record; UsageError for a ref of nothing."""
    if ref is None:
        return [_told(store, done, None) for done in store.journal.recent(limit=limit)]
    parsed = parse_ref(ref, "o") if ref != AT else None
    if parsed is None or parsed.letter not in {*TABLES, "o", "i"}:
        raise UsageError(f"'{ref}' is not an id", hint="salestrack history d12")
    if parsed.letter == "o":
        return [_told(store, store.journal.get(parsed.id), None)]
    return [_told(store, done, str(parsed)) for done in store.journal.recent(limit=limit, ref=str(parsed))]


def _told(store: Store, done: Done, ref: str | None) -> Told:
    what = sentence(store, done)
    if ref and ref[0] in TABLES and (changes := _changes(store, done.id, ref)):
        what = f"{what}: {'; '.join(changes)}"
    state = f"undone by o{done.undone_by}" if done.undone_by else ""
    return Told(f"o{done.id}", done.at.replace("T", " ")[:16], done.who, what, state)


def _changes(store: Store, op: int, ref: str) -> list[str]:
    table = TABLES[ref[0]]
    changes = []
    for image in store.journal.changes(table, int(ref[1:])):
        if image["op"] != op or not image["after"]:
            continue
        before, after = json.loads(image["before"]), json.loads(image["after"])
        changes += [
            f"{_label(name)} {_shown(store, name, before)} -> {_shown(store, name, after)}"
            for name in before
            if before[name] != after[name] and name not in _SILENT
        ]
    return changes


def _label(name: str) -> str:
    return name.removesuffix("_id").removesuffix("_on").replace("_", " ")


def _shown(store: Store, name: str, row: Mapping[str, Any]) -> str:
    value = row[name]
    if value is None:
        return "none"
    if name in {"amount", "tax", "fee", "price"} and row.get("currency"):
        return Money(value, row["currency"]).text()
    if name == "stage_id":
        return store.stages.get(value).name
    if name == "owner_id":
        return next((owner for owner, key in store.owners.all() if key == value), str(value))
    if name == "reason_id":
        return next((reason for reason, key in store.stages.reasons() if key == value), str(value))
    return str(value)
