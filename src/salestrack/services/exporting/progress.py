"""How far an export is, in bytes: of how many, is told from the rows so far."""

from collections.abc import Callable

Told = Callable[[int, int], None]
LOOKED_AT = 4
"""The whole is estimated again at so many times as many rows: more often, and no speed could be told."""


class Progress:
    """Counts rows and bytes that were written, and tells a bar."""

    def __init__(self, rows: int, told: Told | None) -> None:
        self._all = rows
        self._told = told
        self._rows = self._bytes = self._total = 0
        self._next = 1

    def wrote(self, rows: int, size: int) -> None:
        """Count rows that were written."""
        self._rows += rows
        self._bytes += size
        if not self._told or not self._rows:
            return
        if self._rows >= self._next or self._bytes >= self._total:
            self._total = max(self._bytes * self._all // self._rows, self._bytes + 1)
            self._next = self._rows * LOOKED_AT
        self._told(self._bytes, self._total)
