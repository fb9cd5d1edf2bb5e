"""Rows that are no records now and were some before: an order that was voided since, a lead that was converted.

What they brought stays in the book and is named; it stands in the file, so it is not gone either.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from salestrack.domain.imports import LETTERS, MOST_SHOWN
from salestrack.importers.identity import Identity
from salestrack.services.imports.again.older import told_by_newer
from salestrack.services.imports.reading import Reading
from salestrack.store.staged_orders import StagedOrders
from salestrack.store.staging import in_parts

Keys = Callable[[Mapping[str, Sequence[str]]], list[str]]


class LeftOut:
    """The records that rows stand for which a profile leaves out."""

    def __init__(self, reading: Reading, identity: Identity, *, knows: bool) -> None:
        self._reading = reading
        self._numbered = identity.numbered
        self._knows = knows
        self._times: Counter[str] = Counter()
        self._still: list[int] = []

    def note(self, columns: Sequence[Sequence[str]], keys: Keys) -> None:
        """Look for what rows had brought that are left out, given as columns of the file."""
        if not (columns and self._knows):
            return
        found = [key for key in keys({m.field.name: m.cells(columns) for m in self._reading.mapping.fields}) if key]
        if self._numbered:
            self._times.update(found)
        else:
            self._keep(found)

    def finish(self) -> None:
        """Look for what rows without ids had brought: of equal ones those come first that are records still."""
        for part in in_parts(list(self._times), 500):
            before = self._reading.staging.seen(part)
            spans = ((key, before.get(key, 0), self._times[key]) for key in part)
            self._keep(
                [
                    key if place == 1 else f"{key}:{place}"
                    for key, first, times in spans
                    for place in range(first + 1, first + times + 1)
                ]
            )

    def _keep(self, keys: Collection[str]) -> None:
        request, kind = self._reading.request, self._reading.kind.name
        known = self._reading.matching.keys(request.source, kind, set(keys))
        if request.full:
            self._reading.staging.note_present(request.source, kind, known)
        newer = told_by_newer(self._reading, known)
        self._still += sorted({found.record_id for key, found in known.items() if found.exists and key not in newer})

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        if not self._still:
            return []
        kind, first = self._reading.kind.name, self._still[0]
        refs = ", ".join(f"{LETTERS[kind]}{key}" for key in self._still[:MOST_SHOWN])
        refs += ", ..." if self._still[MOST_SHOWN:] else ""
        refunds = StagedOrders(self._reading.store.engine).refunds_of([first]) if kind == "sales" else {}
        remove = f"salestrack rm {LETTERS[kind]}{first}{' --all' if refunds else ''}"
        return [f"what is left out now came in before and is still in the book: {refs} ({remove})"]
