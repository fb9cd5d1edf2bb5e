"""Days on which nobody works although their weekday is a working day."""

from datetime import date
from typing import NamedTuple

from salestrack.store.engine import Engine
from salestrack.store.journal import iso


class Off(NamedTuple):
    """A stretch of days off, both ends included."""

    id: int
    first: date
    last: date
    name: str | None


class DaysOff:
    """The days_off table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Off]:
        """Return every stretch, the first one first."""
        rows = self._engine.query("SELECT id, from_on, to_on, name FROM days_off ORDER BY from_on, to_on, id")
        return [
            Off(row["id"], date.fromisoformat(row["from_on"]), date.fromisoformat(row["to_on"]), row["name"])
            for row in rows
        ]

    def add(self, first: date, last: date, name: str | None, *, op: int) -> None:
        """Add a stretch."""
        row = {"from_on": iso(first), "to_on": iso(last), "name": name, "created_op": op}
        self._engine.insert("days_off", row)

    def change(self, key: int, first: date, last: date) -> None:
        """Give a stretch other ends."""
        self._engine.update("days_off", key, {"from_on": iso(first), "to_on": iso(last)})

    def remove(self, key: int) -> None:
        """Remove a stretch."""
        self._engine.delete("days_off", key)
