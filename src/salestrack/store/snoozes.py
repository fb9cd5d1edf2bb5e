"""Until when deals, customers and planned steps stay out of sight."""

from collections.abc import Iterable
from datetime import date

from salestrack.store.engine import Engine
from salestrack.store.journal import day, iso

TABLES = {"a": "activities", "d": "deals", "c": "customers"}


class Snoozes:
    """The column snoozed_until of the tables that have it; records are named by id, like d12."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def until(self, ref: str) -> date | None:
        """Return the day until which a record stays out of sight, None when nobody snoozed it."""
        return day(self._engine.value(f"SELECT snoozed_until FROM {TABLES[ref[0]]} WHERE id = ?", (int(ref[1:]),)))

    def put(self, ref: str, until: date | None) -> None:
        """Keep a record out of sight until a day, or wake it."""
        self._engine.update(TABLES[ref[0]], int(ref[1:]), {"snoozed_until": iso(until)})

    def beyond(self, on: date, refs: Iterable[str]) -> list[str]:
        """Return those of some records that are still out of sight on a day."""
        return [ref for ref in refs if (until := self.until(ref)) and until > on]
