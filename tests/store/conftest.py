"""A store that does not wait for the disk: these tests pull no plug, and make thousands of small writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from salestrack.store import Actor, Store, open_store


@pytest.fixture
def store(book: Path, actor: Actor) -> Iterator[Store]:
    opened = open_store(str(book), actor)
    opened.engine.execute("PRAGMA synchronous = OFF")
    yield opened
    opened.close()
