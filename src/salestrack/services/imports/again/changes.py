"""Rows that changed since their last import, and records that people had made before: only what differs is applied.

A column that a person edited stays as it is, and is reported. A blank cell is unknown and erases nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from salestrack.domain import lines as lining
from salestrack.domain.lines import Line
from salestrack.importers.kinds import CUSTOM
from salestrack.services.imports.again.redeals import DealChange
from salestrack.services.imports.reading import Reading
from salestrack.store.deals import save_lines
from salestrack.store.engine import Row
from salestrack.store.fields import packed
from salestrack.store.hand_edits import products_by_hand
from salestrack.store.imports import Imports
from salestrack.store.own_records import OwnRecords
from salestrack.store.staging import ADOPTED, CHANGED

# Columns of staged rows that are columns of the record as they stand.
_FLAT: dict[str, tuple[str, ...]] = {
    "deals": ("title", "customer_id", "contact_id", "reason_id", "source", "campaign", "note", "created_on"),
    "sales": (
        "on_date", "customer_id", "deal_id", "refund_of", "tax", "tax_rate", "fee", "cost", "ref", "channel", "owner_id",
        "title", "note",
    ),
    "activities": (
        "kind", "customer_id", "contact_id", "deal_id", "owner_id", "done", "due_on", "due_time", "happened_on",
        "happened_time", "seconds", "direction", "outcome", "note",
    ),
    "customers": (
        "name", "kind", "email", "phone", "segment", "country", "source", "owner_id", "note",
    ),
    "contacts": ("name", "customer_id", "email", "phone", "role", "note"),
    "products": ("name", "sku", "price", "tax_rate"),
    "quotas": ("target",),
}  # fmt: skip
# Columns that follow others.
_FOLLOWERS = {
    ("customers", "name"): ("key", "name_key"),
    ("products", "name"): ("key", "name_key"),
    ("contacts", "name"): ("key", "name_key"),
    ("contacts", "email"): ("email_key", "email_key"),
    ("contacts", "phone"): ("phone_key", "phone_key"),
    ("customers", "email"): ("email_key", "email_key"),
    ("customers", "phone"): ("phone_key", "phone_key"),
}

_FOLLOWING = {"book_amount", "rate", "key", "email_key", "phone_key", "stage_since"}
_CALLED = {
    "on_date": "date", "due_on": "date", "happened_on": "date", "due_time": "time", "happened_time": "time",
    "expected_on": "close date", "seconds": "length",
}  # fmt: skip


class Outcome(NamedTuple):
    """What a changed row came to: columns that changed, and those that stay because a person edited them.

    Only what changed at the source too is among the latter.
    """

    changed: tuple[str, ...]
    kept: tuple[str, ...]


class Changes:
    """Applies changed rows one by one, inside the operation of the import."""

    def __init__(self, reading: Reading, imports: Imports, op: int) -> None:
        self._reading = reading
        self._imports = imports
        self._op = op
        self._engine = reading.store.engine
        self._kind = reading.kind.name
        self._deal = DealChange(reading, imports, op)
        self._own = OwnRecords(self._engine)

    def apply(self, staged: Row, by_hand: set[str], said: Mapping[str, Any]) -> Outcome:
        """Bring the record of a staged row up to date; `said` is what the source had in columns edited since."""
        before = self._imports.record(self._kind, staged["record_id"])
        row = {name: self._imports.real(name, value) for name, value in staged.items()}
        wanted = self._wanted(row, before)
        kept = {name for name in wanted if name in by_hand}
        changes = {name: value for name, value in wanted.items() if name not in kept}
        if self._only_blanks(row):
            blank = {name for name in changes if before.get(name) is None}  # a custom field is none of the columns
            changes = {name: value for name, value in changes.items() if name in blank}
        fields = {name for name in changes if name.startswith(CUSTOM)}
        changes = self._with_fields(changes, before)
        if self._kind == "deals":
            named, more_kept = self._deal.apply(row, before, by_hand, changes)
        else:
            named, more_kept = self._money(row, before, by_hand, changes) if self._kind == "sales" else (set(), set())
            named |= set(changes)
            self._follow(row, before, changes)
            self._engine.update(self._kind, before["id"], changes)
        named |= self._tags(staged) | self._aliases(staged) | fields
        if self._kind == "deals" and self._imports.add_people(staged):
            named.add("contacts")
        named -= {"fields"}  # told by their names
        kept = {name for name in kept | more_kept if self._disputed(name, row, said)}
        if (named or kept) and staged["state"] == CHANGED and not staged["own"]:
            self._imports.renew(staged, self._kind, changed=bool(named))
        return Outcome(tuple(sorted(named)), tuple(sorted(kept)))

    def _disputed(self, name: str, row: Row, said: Mapping[str, Any]) -> bool:
        """Say whether the source has another value than before in a column that a person edited, or may have."""
        if name.startswith(CUSTOM):
            return name not in said or json.loads(row["fields"] or "{}").get(name.removeprefix(CUSTOM)) != said[name]
        if name == "amount" and "amount" not in said and "currency" in said:
            return bool((row["currency"] or self._reading.currency) != said["currency"])
        return name not in said or bool(row[name] != said[name])

    def _only_blanks(self, row: Row) -> bool:
        """Say whether a row only fills what nobody knew: somebody who was in the book by a person or another source."""
        return self._kind in {"customers", "contacts"} and row["state"] == ADOPTED

    def _wanted(self, row: Row, before: Row) -> dict[str, Any]:
        """Return the columns whose value in the file is known and differs from the book's."""
        names = [name for name in _FLAT[self._kind] if not (name == "title" and row.get("untitled"))]
        wanted = {name: row[name] for name in names if row.get(name) is not None and row[name] != before[name]}
        if row.get("fields"):
            old, new = json.loads(before["fields"]), json.loads(row["fields"])
            filled = old if self._only_blanks(row) else {}
            wanted |= {
                CUSTOM + name: text for name, text in new.items() if name not in filled and old.get(name) != text
            }
        if "price" in wanted:
            wanted["currency"] = row["currency"] or self._reading.currency
        return wanted

    def _with_fields(self, changes: dict[str, Any], before: Row) -> dict[str, Any]:
        """Return changes with the custom fields among them put into the column that holds them all."""
        fields = {name.removeprefix(CUSTOM): text for name, text in changes.items() if name.startswith(CUSTOM)}
        rest = {name: value for name, value in changes.items() if not name.startswith(CUSTOM)}
        return rest | ({"fields": packed(json.loads(before["fields"]) | fields)} if fields else {})

    def _follow(self, row: Row, before: Row, changes: dict[str, Any]) -> None:
        """Keep the columns in step by which names and addresses are found; a renamed customer keeps the old name."""
        for (kind, name), (column, source) in _FOLLOWERS.items():
            if kind == self._kind and name in changes:
                changes[column] = row[source]
        if self._kind == "customers" and "name" in changes:
            self._reading.store.customers.add_alias(before["id"], before["name"], op=self._op)

    def _money(self, row: Row, before: Row, by_hand: set[str], changes: dict[str, Any]) -> tuple[set[str], set[str]]:
        """Bring the amount of a sale up to date, with all that hangs on it; return what else changed, and what stays."""
        names = ("amount", "kind", "rate", "book_amount")
        wanted = {name: row[name] for name in names if row[name] != before[name]}
        currency = row["currency"] or self._reading.currency
        if currency != before["currency"]:
            wanted["currency"] = currency
        if {"amount", "currency"} & set(wanted) & by_hand:
            return set(), {"amount"}
        changes |= wanted
        old = self._reading.store.sales.lines(before["id"])
        lines = self._sale_lines(row) or lining.fitted(old, row["amount"])
        if [_said(line) for line in lines] == [_said(line) for line in old]:
            return set(), set()
        if not row["own"] and self._lines_by_hand("sale_lines", old):
            return set(), {"product"}
        save_lines(self._engine, "sale", before["id"], lines, book_amount=row["book_amount"], op=self._op)
        return {"product"}, set()

    def _sale_lines(self, row: Row) -> tuple[Line, ...]:
        return tuple(
            Line(
                kind=line["kind"],
                product_id=self._imports.real("product_id", line["product_id"]),
                name=None if line["kind"] == "product" else line["name"] or line["kind"],
                quantity=Decimal(line["quantity"]),
                price=line["price"],
                amount=line["amount"],
            )
            for line in self._reading.staged.lines(row["line"])
        )

    def _lines_by_hand(self, table: str, lines: Sequence[Line]) -> bool:
        return products_by_hand(self._reading.store.engine, table, [line.id for line in lines])

    def _tags(self, staged: Row) -> set[str]:
        noun = self._reading.kind.noun
        if self._kind in {"products", "quotas", "contacts"}:
            return set()
        if staged["own"]:
            return self._own_tags(staged)
        return {"tags"} if self._imports.add_tags(noun, staged) else set()

    def _aliases(self, staged: Row) -> set[str]:
        if self._kind != "customers":
            return set()
        return {"alias"} if self._imports.add_aliases(staged) else set()

    def _own_tags(self, staged: Row) -> set[str]:
        """Give a record the tags that an own export says, and no others."""
        tags = [self._imports.real("tag", tag) for tag in self._own.staged_tags(staged["line"])]
        noun, record = self._reading.kind.noun, staged["record_id"]
        return {"tags"} if tags and self._own.set_tags(noun, record, tags, op=self._op) else set()


def _said(line: Line) -> tuple[Any, ...]:
    return line.kind, line.product_id, line.quantity, line.price, line.amount


def shown_columns(names: Iterable[str]) -> str:
    """Return columns as people call them, without those that only follow others."""
    every = list(names)
    kept = [name for name in every if name not in _FOLLOWING] or every
    plain = (name.removeprefix(CUSTOM) if name.startswith(CUSTOM) else _told(name) for name in kept)
    return ", ".join(dict.fromkeys(plain))


def _told(name: str) -> str:
    return _CALLED.get(name) or name.removesuffix("_id").removesuffix("_on").replace("_", " ")
