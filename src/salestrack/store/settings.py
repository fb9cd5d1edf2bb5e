"""Settings that decide what the book's numbers mean; they travel with the book."""

from datetime import date, timedelta
from typing import NamedTuple

from salestrack.store.engine import Engine
from salestrack.store.journal import day

CLOSED_UNTIL = "closed_until"


class Book(NamedTuple):
    """How this book counts: its currency, weeks (0 is Monday), fiscal year (month it starts) and working days.

    Money dated until `closed_until` stays as it is; `tax_rate` is in percent; the rest is as domain/settings.py says.
    """

    uid: str
    currency: str
    week_start: int
    fiscal_start: int
    working_days: frozenset[int]
    owner_id: int | None
    closed_until: date | None = None
    tax_rate: str | None = None
    reason_required: bool = True
    stale_days: int | None = None


class Settings:
    """The settings table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._book: Book | None = None

    @property
    def book(self) -> Book:
        """Return the settings of this book, read once."""
        if self._book is None:
            values = self.kept()
            self._book = Book(
                uid=values["uid"],
                currency=values["currency"],
                week_start=int(values["week_start"]),
                fiscal_start=int(values["fiscal_start"]),
                working_days=frozenset(int(number) for number in values["working_days"].split(",") if number),
                owner_id=int(values["owner"]) if values.get("owner") else None,
                closed_until=day(values.get(CLOSED_UNTIL)),
                tax_rate=values.get("tax_rate") or None,
                reason_required=values.get("reason_required") != "0",
                stale_days=int(values["stale_days"]) if values.get("stale_days") else None,
            )
        return self._book

    def kept(self) -> dict[str, str]:
        """Return every setting as the book keeps it."""
        return {row["key"]: row["value"] for row in self._engine.query("SELECT key, value FROM settings")}

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
        """Set one value; an empty text is as good as none, and is undone as easily."""
        self._engine.execute(
            "INSERT INTO settings (key, value, created_op) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value, op),
        )
        self._book = None

    def holds_money(self) -> bool:
        """Say whether anything in the book is worth money in its currency, so that this can no longer change."""
        return any(
            self._engine.value(f"SELECT 1 FROM {table} LIMIT 1") is not None
            for table in (
                "deals",
                "sales",
                "products WHERE price IS NOT NULL",
                "quotas WHERE currency IS NOT NULL",
                "rates",
            )
        )
