"""A store that does not wait for the disk, since these tests pull no plug and make many writes; and a first deal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from salestrack.store import Actor, Store, open_store


@pytest.fixture
def store(book: Path, actor: Actor) -> Iterator[Store]:
    opened = open_store(str(book), actor)
    opened.engine.execute("PRAGMA synchronous = OFF")
    yield opened
    opened.close()


@pytest.fixture
def site(run: Callable[..., Any]) -> Callable[..., Any]:
    """Make a customer (o2) with a deal of 5,000 since the first of March (o3)."""
    run("customer add Acme", ok=True)
    run("deal add 5000 Acme New site -d 2026-03-01 --close 2026-03-31", ok=True)
    return run
