"""Which record here one of a foreign book is because it came from here, or from a third place that both know."""

from typing import Any, NamedTuple

from salestrack.services.foreign.changing import Told
from salestrack.services.foreign.mapping import Mapping, print_of
from salestrack.store.engine import Row
from salestrack.store.export_merge import Foreign, Parts, Theirs

# What tells a record from others of its kind.
_IDENTITY: dict[str, tuple[str, ...]] = {
    "products": ("key", "sku"),
    "customers": ("key", "email_key", "phone_key"),
    "contacts": ("key", "email_key", "customer_id"),
    "quotas": ("metric", "start_on", "end_on", "channel"),
    "deals": ("title", "customer_id", "created_on", "amount", "currency"),
    "sales": ("title", "customer_id", "on_date", "amount", "currency", "ref"),
    "activities": ("kind", "customer_id", "subject", "note", "logged_at"),
}
_NOTHING = Theirs()


class Found(NamedTuple):
    """A record of ours that one of theirs is; None where it was removed here. `merged`: it is part of another one now."""

    key: int | None
    told: Told = Told()
    merged: bool = False


class Origins:
    """Looks up where the records of a foreign book came from."""

    def __init__(self, foreign: Foreign, mapping: Mapping, uid: str) -> None:
        self._foreign = foreign
        self._mapping = mapping
        self._uid = uid
        self._theirs: dict[int, Theirs] = {}
        self._elsewhere: dict[int, int] = {}

    def read(self, table: str, ids: list[int]) -> None:
        """Read what there is to know of some hundred records of a table."""
        self._theirs = self._foreign.theirs(table, ids, self._uid)
        self._elsewhere = self._foreign.same_elsewhere(table, ids) if self._theirs else {}

    def told(self, theirs: int, ours: int) -> Told:
        """Return what is known of a record of theirs that is one of ours."""
        known = self._theirs.get(theirs, _NOTHING)
        return Told(known.home == ours and not known.typed, known.hand)

    def apart(self, table: str, theirs: int) -> bool:
        """Say whether a deal of theirs was made of several that are apart here: what it is worth, they are together."""
        return table == "deals" and self._theirs.get(theirs, _NOTHING).apart

    def find(self, table: str, row: Row, parts: Parts) -> Found | None:
        """Return the record of ours that came home, or came from the same place; None where there is none.

        An id alone proves little: a copy of this book may have given it to another record. So most of what tells it
        from others has to be the same, unless just the record that is here was told there.
        """
        known = self._theirs.get(row["id"], _NOTHING)
        if known.home is not None and not known.typed:
            return self._home(table, row, parts, known)
        other = known.home if known.home is not None else self._elsewhere.get(row["id"])
        if other is None or not self._foreign.rows(table, [other]):
            return None
        return self._at(table, other, row) if self._is_same(table, row, other, known) else None

    def _home(self, table: str, row: Row, parts: Parts, known: Theirs) -> Found | None:
        assert known.home is not None
        if not (now := self._foreign.rows(table, [known.home])):
            return Found(None) if known.home <= self._foreign.last_id(table) else None
        there = self._foreign.parts("main", table, [known.home])[known.home]
        if print_of(now[known.home], there) != known.print and not self._is_same(table, row, known.home, known):
            return None
        return self._at(table, known.home, row)

    def _at(self, table: str, key: int, row: Row) -> Found:
        told = self.told(row["id"], key)
        last, merged = key, table == "customers"
        while merged and (into := self._foreign.rows(table, [last])[last]["merged_into"]):
            last = into
        return Found(last, told, merged=last != key or self.apart(table, row["id"]))

    def _is_same(self, table: str, row: Row, key: int, known: Theirs) -> bool:
        wanted, now = self._mapping.record(table, row), self._foreign.rows(table, [key])[key]
        before: dict[str, list[Any]] = self._foreign.held_before(table, key)
        told = [name for name in _IDENTITY[table] if wanted[name] is not None and name not in known.hand]
        agreeing = [name for name in told if wanted[name] == now[name] or wanted[name] in before.get(name, ())]
        return not told or 2 * len(agreeing) > len(told)
