"""Settings that decide what the book's numbers mean; they travel with the book."""

from datetime import date, timedelta
from typing import NamedTuple

from salestrack.store.engine import Engine


class Book(NamedTuple):
    """How this book counts: its currency, weeks (0 is Monday), fiscal year (month it starts) and working days."""

    uid: str
    currency: str
    week_start: int
    fiscal_start: int
    working_days: frozenset[int]
    owner_id: int | None


class Settings:
    """The settings table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._book: Book | None = None

    @property
    def book(self) -> Book:
        """Return the settings of this book, read once."""
        if self._book is None:
            values = {row["key"]: row["value"] for row in self._engine.query("SELECT key, value FROM settings")}
            self._book = Book(
                uid=values["uid"],
                currency=values["currency"],
                week_start=int(values["week_start"]),
                fiscal_start=int(values["fiscal_start"]),
                working_days=frozenset(int(number) for number in values["working_days"].split(",") if number),
                owner_id=int(values["owner"]) if values.get("owner") else None,
            )
        return self._book

    def days_off(self) -> frozenset[date]:
        """Return every day on which nobody works although its weekday is a working day."""
        off: set[date] = set()
        for row in self._engine.query("SELECT from_on, to_on FROM days_off"):
            first, last = date.fromisoformat(row["from_on"]), date.fromisoformat(row["to_on"])
            off.update(first + timedelta(days=number) for number in range((last - first).days + 1))
        return frozenset(off)

    def rate(self, currency: str, on: date) -> int | None:
        """Return what a unit of currency was worth on a day, in billionths of the book's; None when nobody said."""
        found = self._engine.value(
            "SELECT rate FROM rates WHERE currency = ? AND on_date <= ? ORDER BY on_date DESC LIMIT 1",
            (currency, on.isoformat()),
        )
        return None if found is None else int(found)

    def put(self, key: str, value: str, *, op: int) -> None:
        """Set one value."""
        self._engine.execute(
            "INSERT INTO settings (key, value, created_op) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value, op),
        )
        self._book = None
