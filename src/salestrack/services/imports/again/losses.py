"""Cells that became blank at the source: they empty nothing in the book, and are named.

An export may lack a value because somebody removed it, or because a column was not filled that day. Nobody can tell,
so the book keeps what it has.
"""

from itertools import islice

from salestrack.domain.imports import LETTERS
from salestrack.importers.kinds import CUSTOM
from salestrack.services.imports.again.changes import shown_columns
from salestrack.services.imports.reading import Reading
from salestrack.store.hand_edits import hand_edited
from salestrack.store.staged_losses import LOSABLE, StagedLosses

MOST_NAMED = 5
_PAGE = 500


class Losses:
    """What rows lost since their last import."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.count = 0
        self._first: list[str] = []

    def find(self) -> None:
        """Look through the changed rows; what a person set is no loss of the source's."""
        kind, mapping = self._reading.kind.name, self._reading.mapping
        columns = [column for field, column in LOSABLE.get(kind, {}).items() if mapping.has(field)]
        names = [mapped.field.name for mapped in mapping.fields]
        fields = [name.removeprefix(CUSTOM) for name in names if name.startswith(CUSTOM) and '"' not in name]
        engine = self._reading.store.engine
        found = StagedLosses(engine).found(kind, self._reading.request.source, columns, fields)
        while page := list(islice(found, _PAGE)):
            edited = hand_edited(engine, kind, [record for record, _ in page])
            for record, lost in page:
                if left := lost - edited.get(record, set()):
                    self.count += 1
                    if len(self._first) < MOST_NAMED:
                        self._first.append(f"{LETTERS[kind]}{record} {shown_columns(sorted(left))}")

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        if not self.count:
            return []
        rows = "1 row" if self.count == 1 else f"{self.count} rows"
        more = "; ..." if self.count > len(self._first) else ""
        return [f"{rows} lost a value at the source; the book keeps it: {'; '.join(self._first)}{more}"]
