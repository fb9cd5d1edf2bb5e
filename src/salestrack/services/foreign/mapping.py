"""Rows of a foreign book as rows of this one: ids, names and amounts mean here what they meant there."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from salestrack.domain.money import Money
from salestrack.domain.rates import convert
from salestrack.services.foreign.words import Words
from salestrack.services.imports.columns import spread
from salestrack.store import Store
from salestrack.store.engine import Row
from salestrack.store.export_merge import CHANGES, Foreign, Parts

NOUNS = {
    "products": "product", "customers": "customer", "contacts": "contact", "deals": "deal", "sales": "sale",
    "activities": "activity", "quotas": "quota",
}  # fmt: skip
# Without these a record would belong to nobody; without any other it is only less well described.
_NEEDED = frozenset({("deals", "customers"), ("sales", "customers"), ("sales", "deals"), ("activities", "deals"),
                     ("activities", "customers"), ("contacts", "customers"), ("sales", "sales")})  # fmt: skip


class LeftOut(Exception):  # noqa: N818 - no error: the record belongs to one that was removed here
    """A record that has no place here."""


class Mapping:
    """Turns rows of theirs into rows of ours."""

    def __init__(self, store: Store, foreign: Foreign, words: Words, *, same_currency: bool) -> None:
        self._store = store
        self._foreign = foreign
        self._words = words
        self.same_currency = same_currency
        self.waiting: list[tuple[str, int, str, str, int]] = []

    def record(self, table: str, row: Row) -> Row:
        """Return a record without its id; LeftOut where what it belongs to was removed here."""
        found = self._refs(table, row)
        if "fields" in found:
            found["fields"] = self._words.renamed(NOUNS[table], found["fields"])
        if table == "activities":
            found["kind"] = self._words.kinds.get(found["kind"], found["kind"])
        if not self.same_currency and table in {"deals", "sales"}:
            found |= self._booked(table, found)
        return found

    def parts(self, table: str, parts: Parts, key: int | None, record: Row) -> Parts:
        """Return what belongs to a record, as it belongs to one of ours; who was removed here is in it no longer."""
        found: Parts = {}
        for part, rows in parts.items():
            mapped = [self._part(part, row, table, key) for row in rows]
            found[part] = [row for row in mapped if row is not None]
        for part in ("deal_lines", "sale_lines"):
            if not self.same_currency and found.get(part):
                worth = record.get("book_amount")
                shares = spread([row["amount"] or 0 for row in found[part]], worth)
                found[part] = [row | {"book_amount": share} for row, share in zip(found[part], shares, strict=True)]
        return found

    def _part(self, part: str, row: Row, table: str, key: int | None) -> Row | None:
        owner = f"{NOUNS[table]}_id"
        found = {name: value for name, value in row.items() if name not in {"id", CHANGES}}
        for column, parent in self._foreign.parents(part):
            if column == owner:
                found[column] = key
            elif found[column] is not None:
                found[column] = self._foreign.ours(parent, found[column])
                if found[column] is None and parent in {"contacts", "tags"}:
                    return None
        if CHANGES in row:
            found[CHANGES] = [{"from_on": one["from_on"], "amount": one["amount"]} for one in row[CHANGES]]
        return found

    def _refs(self, table: str, row: Row) -> Row:
        found = {name: value for name, value in row.items() if name != "id"}
        for column, parent in self._foreign.parents(table):
            theirs = found[column]
            if theirs is None:
                continue
            found[column] = self._foreign.ours(parent, theirs)
            if found[column] is None and parent == table and theirs > row["id"]:
                self.waiting.append((table, row["id"], column, parent, theirs))
            elif found[column] is None and (table, parent) in _NEEDED:
                raise LeftOut
        return found

    def _booked(self, table: str, row: Row) -> Row:
        """Return the rate and worth in this book's currency: as if it had been recorded here."""
        return self.worth(table, row, ())

    def worth(self, table: str, row: Row, pinned: Sequence[Row]) -> Row:
        """Return the rate and worth of a record in this book's currency, at the first rate that one of these rows has."""
        own, currency = self._store.settings.book.currency, row["currency"]
        on = row["closed_on" if table == "deals" else "on_date"]
        closed = table == "sales" or row["status"] != "open"
        if row["amount"] is None or not closed:
            return {"rate": None, "book_amount": None}
        if currency == own:
            return {"rate": None, "book_amount": row["amount"]}
        rate = next((one["rate"] for one in pinned if one["rate"] and one["currency"] == currency), None)
        rate = rate or (self._store.settings.rate(currency, date.fromisoformat(on)) if on else None)
        worth = convert(Money(row["amount"], currency), rate, own).minor if rate else None
        return {"rate": rate, "book_amount": worth}


def print_of(row: Row, parts: Parts) -> int:
    """Return the fingerprint of a record as it stands in the folder, with all that belongs to it."""
    text = json.dumps([row, parts], ensure_ascii=False, sort_keys=True, default=str)
    return int.from_bytes(sha256(text.encode()).digest()[:8]) >> 1


def same_parts(one: list[Row], other: list[Row], *, but: Collection[str] = ()) -> bool:
    """Say whether two lists of what belongs to a record hold the same, whatever some columns hold."""
    return sorted(said(row, but=but) for row in one) == sorted(said(row, but=but) for row in other)


def said(row: Row, *, but: Collection[str] = ()) -> str:
    """Return what a row says, but for its own id."""
    kept: dict[str, Any] = {name: value for name, value in row.items() if name != "id" and name not in but}
    if CHANGES in kept:
        kept[CHANGES] = [(change["from_on"], change["amount"]) for change in kept[CHANGES]]
    return json.dumps(kept, sort_keys=True, default=str)
