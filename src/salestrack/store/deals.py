"""Deals: the row as it stands, the history behind it, and the lines that make up its amount."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from salestrack.domain import history
from salestrack.domain.deals import Deal
from salestrack.domain.history import Version
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.texts import plain_row
from salestrack.errors import NotFoundError, RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso
from salestrack.store.stages import Stages

_SELECT = """
SELECT d.id, d.title, d.customer_id, c.name AS customer, d.contact_id, d.stage_id, d.stage_since, d.amount, d.currency,
    d.probability, d.expected_on, d.owner_id, o.name AS owner, d.created_on, d.closed_on, d.reason_id, r.name AS reason,
    d.rate, d.book_amount, d.source, d.campaign, d.note
FROM deals d
LEFT JOIN customers c ON c.id = d.customer_id
LEFT JOIN owners o ON o.id = d.owner_id
LEFT JOIN lost_reasons r ON r.id = d.reason_id
"""
_DATES = ("stage_since", "expected_on", "created_on", "closed_on")
_VERSION_DATES = ("from_on", "to_on", "stage_since", "expected_on")


class Deals:
    """The deals table and its history."""

    def __init__(self, engine: Engine, stages: Stages) -> None:
        self._engine = engine
        self._stages = stages

    def get(self, key: int) -> Deal:
        """Return one deal; NotFoundError when there is none."""
        for row in self._engine.query(_SELECT + "WHERE d.id = ?", (key,)):
            return self._loaded(row)
        raise NotFoundError(f"there is no deal d{key}", hint="salestrack deal list shows the ids")

    def add(self, deal: Deal, *, on: date | None, op: int) -> Deal:
        """Store a new deal with the first version of its history, and return it with its id."""
        key = self._engine.insert("deals", {**_dumped(deal), "created_op": op})
        first = Version(from_on=on, **_versioned(deal))
        self._insert_version(key, first, op=op)
        return deal._replace(id=key)

    def save(self, before: Deal, after: Deal, *, on: date, op: int) -> Deal:
        """Store what changed between two states of a deal; columns with a history change as of a day.

        Raises RuleError when a later version changed the same thing, or the day is before the deal began.
        """
        versions = self.versions(before.id)
        changed = {c: v for c, v in _versioned(after).items() if v != _versioned(before)[c]}
        if not changed:
            return self._write(after, versions, versions, op=op)
        changing = history.change(versions, changed, on=on)
        if missed := history.field_changes(changing[-1], changed):
            # True on that day already, but no longer now: a later version says otherwise.
            raise RuleError(
                f"{before.ref} had that {' and '.join(missed)} on {on} already, and it changed later",
                hint="give a later date",
            )
        return self._write(after, versions, changing, op=op)

    def correct(self, after: Deal, columns: Collection[str], *, op: int) -> Deal | None:
        """Store a deal with some columns rewritten from the start of its history: a typing error was never true.

        Returns None when it was so all along.
        """
        versions = self.versions(after.id)
        always = {column: value for column, value in _versioned(after).items() if column in columns}
        corrected = history.correct(versions, always)
        if corrected == versions and self.get(after.id) == after:
            return None
        return self._write(after, versions, corrected, op=op)

    def rewrite(self, after: Deal, versions: Sequence[Version], *, op: int) -> Deal:
        """Store a deal with a history that was put right: the same versions on other days, or more of them."""
        return self._write(after, self.versions(after.id), versions, op=op)

    def bring_along(self, before: Deal, after: Deal) -> tuple[int, int]:
        """Give the deal's activities and sales its new customer, where they had its old one; return how many of each."""
        counts = []
        for table in ("activities", "sales"):
            rows = self._engine.query(
                f"SELECT id FROM {table} WHERE deal_id = ? AND customer_id IS ?", (before.id, before.customer_id)
            )
            for row in rows:
                self._engine.update(table, row["id"], {"customer_id": after.customer_id})
            counts.append(len(rows))
        return counts[0], counts[1]

    def sales(self, key: int) -> list[int]:
        """Return the ids of the sales that belong to a deal."""
        rows = self._engine.query("SELECT id FROM sales WHERE deal_id = ? ORDER BY id", (key,))
        return [row["id"] for row in rows]

    def versions(self, key: int) -> tuple[Version, ...]:
        """Return the history of a deal, the oldest version first."""
        rows = self._engine.query(
            "SELECT id, seq, from_on, to_on, stage_id, stage_since, amount, currency, probability, expected_on, owner_id "
            "FROM deal_history WHERE deal_id = ? ORDER BY from_on NULLS FIRST, seq, id",
            (key,),
        )
        return tuple(Version(**{**row, **{c: day(row[c]) for c in _VERSION_DATES}}) for row in rows)

    def last_open_stage(self, key: int) -> int | None:
        """Return the id of the open stage that a deal was in last, for reopening it."""
        found = [v.stage_id for v in self.versions(key) if self._stages.get(v.stage_id).is_open]
        return found[-1] if found else None

    def lines(self, key: int) -> tuple[Line, ...]:
        """Return the lines of a deal in order."""
        return load_lines(self._engine, "deal", key)

    def put_lines(self, deal: Deal, lines: Sequence[Line], *, op: int) -> None:
        """Replace the lines of a deal; they add up to its amount."""
        save_lines(self._engine, "deal", deal.id, lines, book_amount=deal.book_amount, op=op)

    def _write(self, deal: Deal, old: Sequence[Version], new: Sequence[Version], *, op: int) -> Deal:
        stored = {version.id: version for version in old}
        for version in new:
            if not version.id:
                self._insert_version(deal.id, version, op=op)
            elif version != stored[version.id]:
                self._engine.update("deal_history", version.id, _version_row(version))
        last = new[-1]
        row = _dumped(deal) | {c: _plain(getattr(last, c)) for c in history.COLUMNS}
        before = self._engine.query("SELECT * FROM deals WHERE id = ?", (deal.id,))[0]
        self._engine.update("deals", deal.id, {c: v for c, v in row.items() if before[c] != v})
        return self.get(deal.id)

    def _insert_version(self, key: int, version: Version, *, op: int) -> None:
        self._engine.insert("deal_history", {"deal_id": key, **_version_row(version), "created_op": op})

    def _loaded(self, row: Row) -> Deal:
        amount = row.pop("amount")
        stage = self._stages.get(row.pop("stage_id"))
        dates: dict[str, Any] = {column: day(row.pop(column)) for column in _DATES}
        return Deal(**row, **dates, stage=stage, amount=None if amount is None else Money(amount, row["currency"]))


def _versioned(deal: Deal) -> dict[str, Any]:
    return {
        "stage_id": deal.stage.id,
        "stage_since": deal.stage_since,
        "amount": deal.amount.minor if deal.amount else None,
        "currency": deal.currency,
        "probability": deal.probability,
        "expected_on": deal.expected_on,
        "owner_id": deal.owner_id,
    }


def _dumped(deal: Deal) -> Row:
    row = {column: _plain(value) for column, value in _versioned(deal).items()}
    row |= {"title": deal.title, "customer_id": deal.customer_id, "contact_id": deal.contact_id}
    row |= {"pipeline_id": deal.stage.pipeline_id, "status": deal.status, "reason_id": deal.reason_id}
    row |= {"created_on": iso(deal.created_on), "closed_on": iso(deal.closed_on), "source": deal.source}
    row |= {"rate": deal.rate, "book_amount": deal.book_amount, "campaign": deal.campaign, "note": deal.note}
    return plain_row(row)


def _version_row(version: Version) -> Row:
    columns = ("seq", "from_on", "to_on", *history.COLUMNS)
    return {column: _plain(getattr(version, column)) for column in columns}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def load_lines(engine: Engine, record: str, key: int) -> tuple[Line, ...]:
    """Return the lines of a deal or a sale in order."""
    rows = engine.query(
        f"SELECT l.id, l.kind, l.product_id, p.name AS product, l.name, l.quantity, l.price, l.amount, l.tax_rate"
        f"{', l.tax' if record == 'sale' else ''} "
        f"FROM {record}_lines l LEFT JOIN products p ON p.id = l.product_id WHERE l.{record}_id = ? ORDER BY l.position",
        (key,),
    )
    return tuple(Line(**{**row, "quantity": Decimal(row["quantity"])}) for row in rows)


def save_lines(
    engine: Engine, record: str, key: int, lines: Sequence[Line], *, book_amount: int | None, op: int
) -> None:
    """Replace the lines of a deal or a sale; what they are worth in the book's currency adds up to book_amount."""
    table = f"{record}_lines"
    kept = {line.id for line in lines if line.id}
    for row in engine.query(f"SELECT id FROM {table} WHERE {record}_id = ?", (key,)):
        if row["id"] not in kept:
            engine.delete(table, row["id"])
    shares = _shares([line.amount or 0 for line in lines], book_amount)
    for position, (line, share) in enumerate(zip(lines, shares, strict=True)):
        columns: Row = {"position": position, "kind": line.kind, "product_id": line.product_id, "name": line.name}
        columns |= {"quantity": str(line.quantity), "price": line.price, "amount": line.amount, "book_amount": share}
        columns |= {"tax_rate": line.tax_rate} | ({"tax": line.tax} if record == "sale" else {})
        if line.id:
            engine.update(table, line.id, columns)
        else:
            engine.insert(table, {f"{record}_id": key, **columns, "created_op": op})


def _shares(amounts: Sequence[int], book_amount: int | None) -> list[int | None]:
    """Spread book_amount over lines in proportion to their amounts; the last line takes what rounding leaves."""
    whole = sum(amounts)
    if book_amount is None or not amounts:
        return [None] * len(amounts)
    parts = [amount * book_amount // whole if whole else 0 for amount in amounts]
    parts[-1] += book_amount - sum(parts)
    return list(parts)
