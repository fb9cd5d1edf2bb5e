"""Imports of the same things at the same time: who comes second reads again, and finds what the first has written."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from salestrack.errors import OvertakenError
from salestrack.store import Store

Result = TypeVar("Result")
MOST_AGAIN = 3
"""So often a file is read again because others wrote to the book while it was read."""


def read_again(store: Store, bring: Callable[[], Result]) -> Result:
    """Return what an import gives, done again when somebody has overtaken it; OvertakenError when that goes on."""
    for _ in range(MOST_AGAIN):
        with suppress(OvertakenError):
            return bring()
        store.stages.refresh()
    return bring()
