"""Rows that give money back, of a shop or till: written differently than when they came in last.

Such a row has the id of its order, which may have several of them, so its key holds its day too, letter by letter. Where
that key is unknown, the refunds of the same id are compared by what they mean: day, amount and currency.
"""

from collections.abc import Mapping
from typing import Any

from salestrack.services.imports.again.edits import Edits
from salestrack.services.imports.reading import Reading
from salestrack.store.engine import Row
from salestrack.store.staged_again import StagedAgain
from salestrack.store.staged_backs import StagedBacks

_MEANT = ("on_date", "amount", "currency")


class Backs:
    """Lets refunds stand for those that an earlier file of the source brought, each for one."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._staged = StagedBacks(reading.store.engine)
        self.possible = reading.kind.name == "sales" and bool(
            reading.profile and reading.profile.group.get("refund_rows")
        )
        """Whether rows of this file may be such refunds."""
        self.count = 0

    def find(self) -> None:
        """Look for the refunds that unknown rows mean: as their file had them, else as they were edited since."""
        request = self._reading.request
        pairs = self._staged.pairs(request.source, self._reading.currency) if self.possible else []
        if not pairs:
            return
        again = StagedAgain(self._reading.store.engine, self._reading.staging, request.source, "sales")
        said = Edits(self._reading.store.engine, again, "sales").said
        rows: dict[int, tuple[str, int, bool]] = {}
        for was in (said, {}):
            taken = {key for key, _, _ in rows.values()}
            for pair in pairs:
                if pair["line"] not in rows and pair["key"] not in taken and _same(pair, was):
                    rows[pair["line"]] = pair["key"], pair["record_id"], bool(pair["here"])
                    taken.add(pair["key"])
        if rows:
            self._staged.take(rows)
            if request.full:
                self._reading.staging.note_present(request.source, "sales", [key for key, _, _ in rows.values()])
            again.number_anew()
            self.count = len(rows)

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        if not self.count:
            return []
        refunds = "1 refund is" if self.count == 1 else f"{self.count} refunds are"
        last = "its last import and was" if self.count == 1 else "their last import and were"
        return [f"{refunds} written differently from {last} taken as the same"]


def _same(pair: Row, said: Mapping[int, Mapping[str, Any]]) -> bool:
    """Say whether a row means a refund, as it is in the book but for the columns that are given for it."""
    before = {name: pair[f"book_{name}"] for name in _MEANT} | dict(said.get(pair["record_id"], {}))
    return all(pair[name] == before[name] for name in _MEANT)
