"""What currencies are worth: from which day on, and what is pinned at it."""

from datetime import date
from typing import NamedTuple

from salestrack.domain.money import Money
from salestrack.domain.rates import convert
from salestrack.store.deals import load_lines, save_lines
from salestrack.store.engine import Engine
from salestrack.store.journal import iso

# record -> its day, and what is never pinned; money that has its rate keeps it.
_PINNED: dict[str, str] = {"deal": "closed_on", "sale": "on_date"}


class RateOn(NamedTuple):
    """The rate of a currency from a day on, in billionths of the book's currency."""

    id: int
    on: date
    rate: int


class Pinned(NamedTuple):
    """How many records got a rate, and how many could not: their day is in closed books."""

    deals: int
    sales: int
    closed: int


class Rates:
    """The rates table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, currency: str) -> list[RateOn]:
        """Return all rates of a currency, the oldest first."""
        sql = "SELECT id, on_date, rate FROM rates WHERE currency = ? ORDER BY on_date"
        rows = self._engine.query(sql, (currency,))
        return [RateOn(row["id"], date.fromisoformat(row["on_date"]), row["rate"]) for row in rows]

    def currencies(self) -> list[str]:
        """Return the currencies that have a rate."""
        return [row["currency"] for row in self._engine.query("SELECT DISTINCT currency FROM rates ORDER BY currency")]

    def put(self, currency: str, on: date, rate: int, *, op: int) -> None:
        """Set a rate; the one of the same day is replaced."""
        found = self._engine.value("SELECT id FROM rates WHERE currency = ? AND on_date = ?", (currency, iso(on)))
        if found:
            self._engine.update("rates", found, {"rate": rate})
        else:
            row = {"currency": currency, "on_date": iso(on), "rate": rate, "created_op": op}
            self._engine.insert("rates", row)

    def remove(self, key: int) -> None:
        """Remove a rate; what was pinned at it stays."""
        self._engine.delete("rates", key)

    def pin(self, currency: str, on: date, *, into: str, op: int) -> Pinned:
        """Pin closed deals and sales that waited for a rate of their day: those from a day on until the next rate."""
        rates = self.of(currency)
        rate = next(each.rate for each in rates if each.on == on)
        until = next((iso(each.on) for each in rates if each.on > on), "9999-12-31")
        closed = self._engine.value("SELECT value FROM settings WHERE key = 'closed_until'") or ""
        done, left = {}, 0
        for record, day in _PINNED.items():
            waiting = self._engine.query(
                f"SELECT id, amount, {day} AS day FROM {record}s WHERE currency = :currency AND book_amount IS NULL "
                f"AND amount IS NOT NULL AND {day} >= :on AND {day} < :until ORDER BY id",
                {"currency": currency, "on": iso(on), "until": until},
            )
            rows = [row for row in waiting if row["day"] > closed]
            left += len(waiting) - len(rows)
            done[record] = len(rows)
            amounts = {row["id"]: convert(Money(row["amount"], currency), rate, into).minor for row in rows}
            self._write(record, amounts, rate, op)
        return Pinned(done["deal"], done["sale"], left)

    def _write(self, record: str, amounts: dict[int, int], rate: int, op: int) -> None:
        if not amounts:
            return
        sql = f"UPDATE {record}s SET rate = ?, book_amount = ? WHERE id = ?"
        self._engine.executemany(sql, [(rate, amount, key) for key, amount in amounts.items()])
        for row in self._engine.query(
            f"SELECT DISTINCT {record}_id AS id FROM {record}_lines WHERE book_amount IS NULL"
        ):
            if row["id"] in amounts:
                lines = load_lines(self._engine, record, row["id"])
                save_lines(self._engine, record, row["id"], lines, book_amount=amounts[row["id"]], op=op)
