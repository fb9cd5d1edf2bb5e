"""A short way to bring a text in as a file would be, for the tests of imports."""

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salestrack.domain.imports import Imported
from salestrack.services.imports import Request, import_file
from salestrack.store import Store

TODAY = date(2026, 3, 18)


def bring(store: Store, text: str, kind: str = "deals", *, today: date = TODAY, **asked: Any) -> Imported:
    """Import a text from standard input; options as Request has them, lists and words for tuples and sets.

    Sales and activities without a column of days are said to have none.
    """
    if kind in {"sales", "activities"} and not {"date", "due"} & set(text.splitlines()[0].lower().split(",")):
        asked.setdefault("maps", ["date="])
    for name in ("maps", "values"):
        asked[name] = tuple(asked.get(name, ()))
    asked["new"] = frozenset(asked.get("new", "").split(","))
    request = Request(file="-", kind=kind, today=today, **asked)
    return import_file(store, request, stdin=io.BytesIO(text.encode()))


def bring_file(store: Store, path: Path, kind: str, *, today: date = TODAY, **asked: Any) -> Imported:
    """Import a file."""
    return import_file(store, Request(file=str(path), kind=kind, today=today, **asked), stdin=io.BytesIO())


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that an undo gives back, and nothing else."""
    from salestrack.store.triggers import JOURNALLED

    return {table: list(store.engine.stream(f"SELECT * FROM {table} ORDER BY id")) for table in JOURNALLED}


@dataclass
class Asker:
    """Asks a book in SQL."""

    store: Store

    def __call__(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self.store.engine.stream(sql))
