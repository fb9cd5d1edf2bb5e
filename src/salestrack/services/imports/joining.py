"""The same call, mail or meeting logged by hand and imported is one: the imported one fills in what nobody typed."""

from collections.abc import Sequence
from typing import NamedTuple

from salestrack.store import Store
from salestrack.store.correspondence import Correspondence
from salestrack.store.engine import Row

NEAR = 30  # minutes between the time that somebody typed and the one that a phone or calendar has


class Wanted(NamedTuple):
    """An activity of a file: its kind, customer (below zero for one that is not in the book yet), contact, day and time."""

    kind: str | None
    customer_id: int | None
    contact_id: int | None
    done: bool
    on: str | None
    time: str | None
    direction: str | None = None


class Joining:
    """Finds what was logged by hand; each is found once."""

    def __init__(self, store: Store) -> None:
        self._book = Correspondence(store.engine)
        self.possible = self._book.has_by_hand()
        self._taken: set[int] = set()

    def find(self, wanted: Sequence[Wanted | None]) -> list[int | None]:
        """Return, for activities of a file, those that were logged by hand; None for those that nobody logged."""
        asked = [each for each in wanted if each and each.on and (each.customer_id or 0) > 0]
        if not self.possible or not asked:
            return [None] * len(wanted)
        days = [each.on or "" for each in asked]
        rows = self._book.by_hand({each.customer_id or 0 for each in asked}, min(days), max(days))
        logged: dict[tuple[str, int, str, bool], list[Row]] = {}
        for row in rows:
            key = (row["kind"], row["customer_id"], row["on_day"], bool(row["done"]))
            logged.setdefault(key, []).append(row)
        return [self._nearest(each, logged) if each else None for each in wanted]

    def _nearest(self, wanted: Wanted, logged: dict[tuple[str, int, str, bool], list[Row]]) -> int | None:
        key = (wanted.kind or "", wanted.customer_id or 0, wanted.on or "", wanted.done)
        found = [
            (_apart(row["time"], wanted.time), row["id"]) for row in logged.get(key, ()) if self._fits(row, wanted)
        ]
        near = sorted(each for each in found if each[0] <= NEAR)
        if not near:
            return None
        self._taken.add(near[0][1])
        return int(near[0][1])

    def _fits(self, row: Row, wanted: Wanted) -> bool:
        """Say whether nothing tells the two apart: another contact, the other direction."""
        pairs = ((row["contact_id"], wanted.contact_id), (row["direction"], wanted.direction))
        return row["id"] not in self._taken and all(not mine or not theirs or mine == theirs for mine, theirs in pairs)


def _apart(one: str | None, other: str | None) -> int:
    """Return how many minutes lie between two times of day; with one of them unknown they may be the same."""
    if not one or not other:
        return NEAR // 2
    return abs(_minutes(one) - _minutes(other))


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:5])
