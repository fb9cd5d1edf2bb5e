"""Several files read without the book's lock: in a copy of the book, from which what came of them is brought over at once.

A file can only be read once those it refers to are in the book, so they are written to the copy, in the same way and
with the same answer as to the book itself. What is left for the lock is to write the new rows a second time. Whoever
else wrote meanwhile what these files would double or overwrite has overtaken them: they are read again.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from salestrack.domain.imports import Imported
from salestrack.errors import OvertakenError
from salestrack.importers.packed import is_gzip, is_zip, member_of
from salestrack.services.imports.overtaking import MOST_AGAIN
from salestrack.services.imports.request import Request
from salestrack.store import Store
from salestrack.store.landing import land
from salestrack.store.moving import Moved
from salestrack.store.shadow import Shadow, shadowed

LONG = 1 << 20
"""Bytes of files from which on reading them takes so long that whoever writes would notice the wait."""
MOST_TO_COPY = 100
"""So many times the bytes of the files may a book have: to copy a larger one takes longer than to read them."""
_PACKED = 8
_REF = re.compile(r"\b([cnpqdsai])(\d{1,18})\b")
_TABLES = {
    "c": "customers", "n": "contacts", "p": "products", "q": "quotas", "d": "deals", "s": "sales", "a": "activities",
    "i": "imports",
}  # fmt: skip


def done_apart(store: Store, files: Sequence[Request], results: list[Imported], into: Callable[[Store], int]) -> None:
    """Let `into` bring files into a book, in one operation that it returns; in a copy where that is worth it.

    `results` is what it fills each time; refs in it are those of the book in the end.
    """
    for _ in range(MOST_AGAIN if _worth_a_copy(store, files) else 0):
        with shadowed(store.engine) as shadow, suppress(OvertakenError):
            if shadow is None:  # no room: then others wait
                break
            op = into(Store(shadow.engine, store.actor))
            _bring_over(store, shadow, op, results)
            store.stages.refresh()
            return
    into(store)


def _worth_a_copy(store: Store, files: Sequence[Request]) -> bool:
    size = sum(map(_size, {_packed_in(each.file) for each in files}))
    return size >= LONG and Path(store.engine.url).stat().st_size <= size * MOST_TO_COPY


def _packed_in(file: str) -> str:
    """Return the archive of a file, or the file itself."""
    member = member_of(file)
    return str(member.archive) if member else file


def _size(file: str) -> int:
    """Return about how many bytes are to be read of a file."""
    with suppress(OSError):
        return Path(file).stat().st_size * (_PACKED if is_gzip(file) or is_zip(file) else 1)
    return 0


def _bring_over(store: Store, shadow: Shadow, op: int, results: list[Imported]) -> None:
    """Write what an operation did in a copy to the book; the results then say what is in the book."""

    def agreed(moved: Moved) -> None:
        if moved.any() and _tells_of_new(shadow, results, moved):
            raise OvertakenError(
                "the book got new ids while the files were read; nothing was written", hint="run it again"
            )
        store.journal.wrote(moved.id("operations", op))

    moved = land(shadow, op, agreed)
    results[:] = [_moved(result, moved) for result in results]


def _moved(result: Imported, moved: Moved) -> Imported:
    if result.op is None or result.id is None:
        return result
    op = moved.id("operations", result.op)
    said = result.what_changed.replace(f"salestrack show o{result.op})", f"salestrack show o{op})")
    return replace(result, op=op, id=moved.id("imports", result.id), what_changed=said)


def _tells_of_new(shadow: Shadow, results: Sequence[Imported], moved: Moved) -> bool:
    """Say whether a result, or a row set aside, names a new record by an id that it does not have in the book."""
    for result in results:
        for text in (*_texts([getattr(result, each.name) for each in fields(result)]), *_set_aside(result)):
            for letter, number in _REF.findall(text):
                table = _TABLES[letter]
                if moved.by[table] and moved.after[table] < int(number) <= _highest(shadow, table):
                    return True
    return False


def _highest(shadow: Shadow, table: str) -> int:
    found = shadow.engine.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
    return int(found or 0)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _set_aside(result: Imported) -> Iterator[str]:
    if result.rejects:
        with suppress(OSError), Path(result.rejects).open(encoding="utf-8", errors="replace") as file:
            yield from file


__all__ = ["done_apart"]
