"""A book that stands still while it is exported, and keeps nobody waiting meanwhile."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from salestrack.store import Store, open_store
from salestrack.store.export_book import copy_pages

BIG = 32 << 20
"""Bytes from which on reading a book takes so long that whoever writes would have to wait."""


@contextmanager
def still(store: Store) -> Iterator[Store]:
    """Give the book to read from: itself where it is small, else a copy of it, which is made in a moment and vanishes."""
    path = Path(store.engine.url)
    if path.stat().st_size < BIG:
        yield store
        return
    with tempfile.TemporaryDirectory(prefix="salestrack-") as folder:  # for the owner alone
        copy = Path(folder) / "copy.db"
        if not copy_pages(store.engine, copy):  # no room: then others wait
            yield store
            return
        other = open_store(str(copy), store.actor, mode="read")
        try:
            yield other
        finally:
            other.close()
