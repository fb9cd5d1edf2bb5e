"""Which row is which: keys that stay the same from one export to the next, and prints that show when a row changed.

A key is the vendor's id, else `v1:` and a hash over a fixed set of the row's raw cells; the second of two equal rows
has `:2` behind it. A print covers every cell that is read, and how it is read.
"""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b

from salestrack.domain.names import fold
from salestrack.importers.kinds import Kind

VERSION = "v1"
_UNIT = "\x1f"

# Record kinds of which there can be only one by each name; the first column that is filled gives it.
_NAMED = {"customers": ("name",), "products": ("sku", "name")}
Cells = Mapping[str, Sequence[str]]


class Identity:
    """Gives the rows of one kind their keys and prints."""

    def __init__(self, kind: Kind, fields: Iterable[str], reading: str) -> None:
        self._kind = kind.name
        self._fields = sorted(fields)
        self._parts = [field.name for field in kind.fields if field.identity]
        (self._reading,) = _numbers([reading])
        # Two equal sales are two sales; two equal quotas, or one person twice at a customer, are a mistake.
        self.numbered = "id" not in self._fields and kind.name not in {*_NAMED, "contacts", "quotas"}

    def prints(self, cells: Cells) -> Sequence[int]:
        """Return the fingerprint of each row as a signed 64-bit number."""
        columns = [cells[field] for field in self._fields]
        rows = map(_UNIT.join, zip(*columns, strict=True))
        reading = self._reading
        return [number ^ reading for number in _numbers(rows)]

    def together(self, prints: Sequence[int]) -> int:
        """Return the fingerprint of a record that is made of several rows, given theirs."""
        return prints[0] if len(prints) == 1 else _numbers([repr(list(prints))])[0]

    def keys(self, cells: Cells) -> list[str]:
        """Return the key of each row, still without the number of its occurrence; empty where an id is missing.

        `numbered` says whether equal keys are different records.
        """
        return list(map(str.strip, cells["id"])) if "id" in self._fields else self.said(cells)

    def said(self, cells: Cells) -> list[str]:
        """Return the key of each row by what it says, whether it has an id or not."""
        if self._kind in _NAMED:
            columns = [cells[field] for field in _NAMED[self._kind] if field in cells]
            return [next((fold(cell) for cell in row if cell.strip()), "") for row in zip(*columns, strict=True)]
        size = len(next(iter(cells.values())))
        blank = [""] * size
        rows = zip(*(cells.get(part, blank) for part in self._parts), strict=True)
        return [_hash(row) for row in rows]


def numbered(keys: Sequence[str], seen: Callable[[list[str]], Mapping[str, int]]) -> list[str]:
    """Return hashed keys with the number of their occurrence in the file; `seen` says how often each came before."""
    before = dict(seen(list(dict.fromkeys(keys))))
    found = []
    for key in keys:
        count = before[key] = before.get(key, 0) + 1
        found.append(key if count == 1 else f"{key}:{count}")
    return found


def _numbers(texts: Iterable[str]) -> Sequence[int]:
    """Return a signed 64-bit number for each text, the same on every machine."""
    digests = [blake2b(text.encode(), digest_size=8).digest() for text in texts]
    return struct.unpack(f"<{len(digests)}q", b"".join(digests))


def _hash(cells: Iterable[str]) -> str:
    text = _UNIT.join(" ".join(cell.split()) for cell in cells)
    return f"{VERSION}:{blake2b(text.encode(), digest_size=12).hexdigest()}"


__all__ = ["VERSION", "Identity", "numbered"]
