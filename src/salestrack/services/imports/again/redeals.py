"""Deals that moved on at the source: their changes go through the history, as of the day they happened."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from salestrack.domain import history
from salestrack.domain import lines as lining
from salestrack.domain.history import Version
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.services.booking import book
from salestrack.services.imports.reading import Reading
from salestrack.store.engine import Row
from salestrack.store.hand_edits import products_by_hand
from salestrack.store.imports import Imports, save_versions

# Columns that follow from others and are not told apart.
_FOLLOWING = {"stage_since", "rate", "book_amount", "pipeline_id", "status"}
_ONE = ("probability", "expected_on", "owner_id")


class DealChange:
    """Brings one deal up to date with its row."""

    def __init__(self, reading: Reading, imports: Imports, op: int) -> None:
        self._reading = reading
        self._imports = imports
        self._op = op
        self._stages = reading.store.stages

    def apply(self, row: Row, before: Row, by_hand: set[str], flat: Mapping[str, Any]) -> tuple[set[str], set[str]]:
        """Apply `flat` (columns without a history) and what has one; return the columns changed, and those that stay."""
        key = before["id"]
        old = self._reading.store.deals.versions(key)
        wanted, kept = self._wanted(row, before, by_hand)
        changes = dict(flat) | wanted
        changes |= self._closing(row, before, wanted, by_hand)
        new = self._redated(before, changes, self._moved(row, before, wanted, old))
        changes |= {name: _iso(getattr(new[-1], name)) for name in history.COLUMNS}
        changes = {name: value for name, value in changes.items() if before[name] != value}
        if new != old:
            save_versions(self._reading.store.engine, key, old, new, op=self._op)
        self._reading.store.engine.update("deals", key, changes)
        told, lines_kept = self._lines(row, before, changes)
        return told | set(changes) - _FOLLOWING, kept | lines_kept

    def _wanted(self, row: Row, before: Row, by_hand: set[str]) -> tuple[dict[str, Any], set[str]]:
        """Return the columns with a history that differ from the book's, and those of them that a person edited."""
        wanted = {name: row[name] for name in _ONE if row[name] is not None and row[name] != before[name]}
        if row["stage_id"] != before["stage_id"]:
            wanted["stage_id"] = row["stage_id"]
        currency = row["currency"] or self._reading.currency
        if row["amount"] is not None and (row["amount"], currency) != (before["amount"], before["currency"]):
            wanted |= {"amount": row["amount"], "currency": currency}
        kept = {name for name in wanted if name in by_hand}
        if "amount" in kept:
            kept.add("currency")
        return {name: value for name, value in wanted.items() if name not in kept}, kept - {"currency"}

    def _moved(self, row: Row, before: Row, wanted: dict[str, Any], old: tuple[Version, ...]) -> tuple[Version, ...]:
        """Return the history with the changes: stages on the days they were entered, the rest today or on closing."""
        new, on, values = old, _day(before["closed_on"]) or self._reading.request.today, dict(wanted)
        if "stage_id" in wanted:
            for day, stage in self._visits(row, old):
                new = history.override(new, {"stage_id": stage, "stage_since": day}, on=day)
            on = self._entered(row, new)
            values["stage_since"] = on
        if "expected_on" in values:
            values["expected_on"] = _day(values["expected_on"])
        return history.override(new, values, on=on) if values else new

    def _entered(self, row: Row, versions: Sequence[Version]) -> date:
        """Return the day on which a deal entered its stage: what the file says, unless that lies before the last move."""
        last = history.visits(versions)[-1].since  # what else was changed since then is no move
        if not self._stages.get(row["stage_id"]).is_open:
            return _day(row["closed_on"]) or self._reading.request.today
        since = _day(row["stage_since"])  # known only of files with stage dates
        if since and (last is None or since >= last):
            return since
        return self._reading.request.today

    def _visits(self, row: Row, old: Sequence[Version]) -> list[tuple[date, int]]:
        """Return the stages that the file knows the deal went through since its last move, without the present one."""
        stays = history.visits(old)
        last, known = stays[-1].since, {(stay.since, stay.stage_id) for stay in stays}
        found = []
        for visit in self._reading.staged.visits(row["line"]):
            day, stage = _day(visit["stage_since"]), self._imports.real("stage_id", visit["stage_id"])
            if day and stage and (last is None or day >= last) and (day, stage) not in known:
                found.append((day, stage))
        return found

    def _closing(self, row: Row, before: Row, wanted: Mapping[str, Any], by_hand: set[str]) -> dict[str, Any]:
        """Return what follows from the stage: status, closing day and what the deal is worth in the book's currency."""
        stage = self._stages.get(wanted.get("stage_id", before["stage_id"]))
        follows: dict[str, Any] = {}
        if "stage_id" in wanted:
            follows = {"pipeline_id": stage.pipeline_id, "status": stage.kind, "closed_on": row["closed_on"]}
        elif row["closed_on"] not in (None, before["closed_on"]) and "closed_on" not in by_hand:
            follows = {"closed_on": row["closed_on"]}
        if stage.is_open:
            gone = {"closed_on": None, "reason_id": None, "rate": None, "book_amount": None}
            return {**follows, **gone} if before["status"] != "open" else follows | {"closed_on": None}
        if "amount" in wanted or follows:
            amount, currency = (wanted.get(name, before[name]) for name in ("amount", "currency"))
            money = None if amount is None else Money(amount, currency)
            booked = book(self._reading.store, money, _day(follows.get("closed_on", before["closed_on"])))
            follows |= {"rate": booked.rate, "book_amount": booked.book_amount}
        return follows

    def _redated(self, before: Row, changes: dict[str, Any], versions: tuple[Version, ...]) -> tuple[Version, ...]:
        """Return the history with its last version on another closing day, where only that day was corrected."""
        day = _day(changes.get("closed_on"))
        if day is None or "stage_id" in changes or len(versions) < 2 or before["closed_on"] == changes.get("closed_on"):
            return versions
        start = len(versions) - 1
        while start and versions[start - 1].stage_id == versions[-1].stage_id:
            start -= 1
        if not start:
            return versions
        *earlier, held = versions[:start]
        return (*earlier, *_closed_on(held, versions[start:], max(day, held.from_on or day)))

    def _lines(self, row: Row, before: Row, changes: Mapping[str, Any]) -> tuple[set[str], set[str]]:
        """Bring the product line in step; return whether it changed, and whether it stays since a person edited it."""
        deals = self._reading.store.deals
        old, deal = deals.lines(before["id"]), deals.get(before["id"])
        amount = deal.amount.minor if deal.amount else None
        lines = lining.fitted(old, amount)
        told: set[str] = set()
        if row["product_id"] is not None:
            line = _product_line(old, row, amount)
            if len(old) != 1 or (line.product_id, line.quantity) != (old[0].product_id, old[0].quantity):
                if old and not row.get("own") and self._by_hand(old):
                    return set(), {"product"}
                told = {"product"}
            lines = (line,)
        if lines != old or (lines and "book_amount" in changes):
            deals.put_lines(deal, lines, op=self._op)
        return told, set()

    def _by_hand(self, lines: Sequence[Line]) -> bool:
        return products_by_hand(self._reading.store.engine, "deal_lines", [line.id for line in lines])


def _product_line(old: Sequence[Line], row: Row, amount: int | None) -> Line:
    """Return the one line of a deal that a file tells: its product, and how many where the file says so."""
    line = old[0] if len(old) == 1 else Line()
    quantity = Decimal(row["quantity"]) if row["quantity"] else line.quantity
    price = amount if quantity == 1 else None
    return line._replace(product_id=row["product_id"], quantity=quantity, amount=amount, price=price)


def _closed_on(held: Version, closed: Sequence[Version], day: date) -> tuple[Version, ...]:
    """Return the last open version and the closed ones behind it with another day between them.

    What was changed after closing stays on its day; where the new day lies behind that, all stays as it is told.
    """
    was = closed[0].from_on
    if any(version.from_on != was and version.from_on and version.from_on < day for version in closed):
        return (held, *closed)
    first = _seq(held, day) - closed[0].seq
    moved = (
        version._replace(stage_since=day)
        if version.from_on != was
        else version._replace(
            stage_since=day, from_on=day, to_on=day if version.to_on == was else version.to_on, seq=version.seq + first
        )
        for version in closed
    )
    return (held._replace(to_on=day), *moved)


def _seq(held: Version, day: date) -> int:
    return held.seq + 1 if held.from_on == day else 1


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
