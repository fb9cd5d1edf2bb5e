"""Schedules: what repeats, and its prices from when on."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from salestrack.domain.facts import Key
from salestrack.domain.recurring import from_code
from salestrack.domain.schedules import Price, Recurrence, Schedule
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso

_SELECT = """
SELECT h.id, h.every, h.sale_id, h.deal_id, h.activity_id, h.until_on, coalesce(h.amount, s.amount) AS amount,
    CASE WHEN h.deal_id IS NULL OR d.status = 'won' THEN coalesce(s.on_date, h.from_on, d.closed_on) END AS start
FROM schedules h
LEFT JOIN sales s ON s.id = h.sale_id
LEFT JOIN deals d ON d.id = h.deal_id
"""


class Schedules:
    """The tables of what repeats."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, record: str, key: int) -> Schedule | None:
        """Return how a sale, deal or activity repeats; None when it does not."""
        found = self._engine.query(f"{_SELECT} WHERE h.{record}_id = ?", (key,))
        return self._loaded(found[0]) if found else None

    def any(self, record: str) -> bool:
        """Say whether any sale, deal or activity repeats."""
        sql = f"SELECT EXISTS (SELECT 1 FROM schedules WHERE {record}_id IS NOT NULL)"
        return bool(self._engine.value(sql))

    def add(self, schedule: Schedule, *, from_on: date | None = None, op: int) -> Schedule:
        """Store a new schedule; from_on is its first day, where that is not the date of its sale or close of its deal."""
        row: Row = {name: getattr(schedule, name) for name in ("sale_id", "deal_id", "activity_id")}
        row |= {"every": schedule.every.code, "from_on": iso(from_on), "until_on": iso(schedule.until)}
        # A sale's own amount is its price: whoever mends the one mends the other.
        row |= {"amount": None if schedule.sale_id else schedule.amount, "created_op": op}
        saved = schedule._replace(id=self._engine.insert("schedules", row))
        self._put_prices(saved.id, (), saved.prices, op=op)
        return saved

    def save(self, before: Schedule, after: Schedule, *, op: int) -> Schedule:
        """Store what changed between two states of a schedule."""
        changes: Row = {}
        if after.every != before.every:
            changes["every"] = after.every.code
        if after.until != before.until:
            changes["until_on"] = iso(after.until)
        if after.amount != before.amount:
            changes["amount"] = after.amount
        if changes:
            self._engine.update("schedules", before.id, changes)
        self._put_prices(before.id, before.prices, after.prices, op=op)
        return after

    def start(self, key: int, from_on: date | None) -> None:
        """Say on which day a schedule begins; None for the date of its sale or the close of its deal."""
        self._engine.update("schedules", key, {"from_on": iso(from_on)})

    def pass_on(self, key: int, activity: int) -> None:
        """Let the next step carry on what repeats."""
        self._engine.update("schedules", key, {"activity_id": activity})

    def remove(self, schedule: Schedule) -> None:
        """Take a schedule away: the record stands, and does not repeat."""
        for row in self._engine.query("SELECT id FROM schedule_changes WHERE schedule_id = ?", (schedule.id,)):
            self._engine.delete("schedule_changes", row["id"])
        self._engine.delete("schedules", schedule.id)

    def booked(self, record: str, key: int, until: date) -> tuple[int, int | None]:
        """Return what a repeating sale or deal came to by a day, and its tax, in minor units."""
        sql = (
            f"SELECT sum(amount) AS amount, sum(tax) AS tax FROM occurrences WHERE {record}_id = ? "
            "AND (on_date <= ? OR nth = 0 AND sale_id IS NOT NULL)"
        )
        row = self._engine.query(sql, (key, until.isoformat()))[0]
        return row["amount"] or 0, row["tax"]

    def _loaded(self, row: Row) -> Schedule:
        prices = self._engine.query(
            "SELECT from_on, amount FROM schedule_changes WHERE schedule_id = ? ORDER BY from_on", (row["id"],)
        )
        every, start, until = from_code(row.pop("every")), day(row.pop("start")), day(row.pop("until_on"))
        found = tuple(Price(date.fromisoformat(one["from_on"]), one["amount"]) for one in prices)
        return Schedule(every, **row, start=start, until=until, prices=found)

    def _put_prices(self, key: int, before: Iterable[Price], after: Iterable[Price], *, op: int) -> None:
        old, new = dict(before), dict(after)
        for row in self._engine.query("SELECT id, from_on FROM schedule_changes WHERE schedule_id = ?", (key,)):
            on = date.fromisoformat(row["from_on"])
            if on not in new:
                self._engine.delete("schedule_changes", row["id"])
            elif old[on] != new[on]:
                self._engine.update("schedule_changes", row["id"], {"amount": new[on]})
        for on in new.keys() - old.keys():
            self._engine.insert(
                "schedule_changes", {"schedule_id": key, "from_on": iso(on), "amount": new[on], "created_op": op}
            )


def recurrences(rows: Iterable[tuple[Any, ...]]) -> tuple[Recurrence, ...]:
    """Return what repeats from the rows of facts/recurring.sql: one a price, those of a schedule together."""
    found = []
    for _, group in groupby(rows, key=lambda row: row[8]):
        own = list(group)
        kind, record, customer, owner, channel, key, key_id, currency, schedule_id, every, first, until, amount = own[
            0
        ][:13]
        schedule = Schedule(
            from_code(every),
            id=schedule_id,
            sale_id=record if kind != "deal" else None,
            deal_id=record if kind == "deal" else None,
            start=date.fromisoformat(first),
            until=day(until),
            amount=amount,
            prices=tuple(Price(date.fromisoformat(row[13]), row[14]) for row in own if row[13]),
        )
        ref = f"{'d' if kind == 'deal' else 's'}{record}"
        found.append(Recurrence(ref, customer, owner, channel, Key(key, key_id), currency, schedule))
    return tuple(found)
