"""Rows that came in before just as they are now, but are written differently than the row that brought their record.

What they meant then they mean now, whatever became of the names that they mention.
"""

from collections.abc import Sequence

from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.further_keys import FurtherKeys
from salestrack.store.staged_again import SHAPES, StagedAgain
from salestrack.store.staged_names import NAMED
from salestrack.store.staging import REMOVED, SAME

_Known = list[tuple[int, str, int, int, int]]


class Understood:
    """Finds such rows among those of one file without ids."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._kind = reading.kind.name
        self._keys = FurtherKeys(reading.store.engine, reading.request.source, self._kind)
        self.count = 0

    def pardon(self, batch: Batch, keys: Sequence[str], prints: Sequence[int]) -> _Known:
        """Take the faults off rows of a batch that had none when they came in; return them as rows that are known."""
        if not batch.bad or self._kind not in SHAPES or self._reading.mapping.has("id"):
            return []
        known = self._keys.understood({keys[place]: prints[place] for place in batch.bad})
        found: _Known = []
        for place in sorted(batch.bad):
            if it := known.get(keys[place]):
                state = SAME if it.exists else REMOVED
                found.append((batch.lines[place], it.key, state, it.record_id, batch.sizes[place]))
        lines = {row[0] for row in found}
        batch.faults = [fault for fault in batch.faults if fault.line not in lines]
        if found and self._reading.request.full:
            first = [row[1] for row in found]
            self._reading.staging.note_present(self._reading.request.source, self._kind, first)
        return found

    def take(self, again: StagedAgain) -> bool:
        """Let rows stand for their records once more; say whether there are any."""
        reading = self._reading
        self.count = self._keys.pair()
        if not self.count:
            return False
        names = {name for name in NAMED if not reading.values_of(name.removesuffix("_id"))}
        texts = {"title", "ref", "note"}
        again.take([name for name in SHAPES[self._kind].columns if name in texts | names], full=reading.request.full)
        if not any(reading.mapping.has(field) for field in ("quantity", "items")):
            again.forget_lines()
        self._keys.pass_over_equal()
        return True
