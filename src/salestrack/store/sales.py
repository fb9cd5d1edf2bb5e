"""Sales and refunds."""

from collections.abc import Sequence

from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.sales import Sale
from salestrack.domain.texts import plain_row
from salestrack.errors import NotFoundError
from salestrack.store.deals import load_lines, save_lines
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso

_COLUMNS = (
    "s.id, s.kind, s.customer_id, c.name AS customer, s.deal_id, s.refund_of, s.title, s.on_date, s.amount, s.currency, "
    "s.tax, s.tax_rate, s.fee, s.cost, s.rate, s.book_amount, s.ref, s.channel, s.owner_id, s.note"
)


class Sales:
    """The sales table and its lines."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: int) -> Sale:
        """Return one sale; NotFoundError when there is none."""
        sql = f"SELECT {_COLUMNS} FROM sales s LEFT JOIN customers c ON c.id = s.customer_id WHERE s.id = ?"
        for row in self._engine.query(sql, (key,)):
            amount = Money(row.pop("amount"), row.pop("currency"))
            return Sale(**{**row, "on_date": day(row["on_date"])}, amount=amount)
        raise NotFoundError(f"there is no sale s{key}", hint="salestrack sale list shows the ids")

    def add(self, sale: Sale, lines: Sequence[Line] = (), *, op: int) -> Sale:
        """Store a new sale with its lines and return it with its id."""
        row: Row = plain_row({name: getattr(sale, name) for name in _KEPT})
        row |= {"on_date": iso(sale.on_date), "amount": sale.amount.minor, "currency": sale.amount.currency}
        key = self._engine.insert("sales", {**row, "created_op": op})
        save_lines(self._engine, "sale", key, lines, book_amount=sale.book_amount, op=op)
        return sale._replace(id=key)

    def save(self, before: Sale, after: Sale, lines: Sequence[Line], *, op: int) -> Sale:
        """Store what differs between two states of a sale, with its lines, and return it as it stands now."""
        row: Row = plain_row({name: getattr(after, name) for name in _KEPT})
        row |= {"on_date": iso(after.on_date), "amount": after.amount.minor, "currency": after.amount.currency}
        was = self._engine.query("SELECT * FROM sales WHERE id = ?", (before.id,))[0]
        self._engine.update("sales", before.id, {c: v for c, v in row.items() if was[c] != v})
        if after.book_amount != before.book_amount or tuple(lines) != self.lines(before.id):
            save_lines(self._engine, "sale", before.id, lines, book_amount=after.book_amount, op=op)
        return self.get(before.id)

    def refunds(self, key: int) -> list[Sale]:
        """Return what was given back of a sale, the first refund first."""
        rows = self._engine.query("SELECT id FROM sales WHERE refund_of = ? ORDER BY id", (key,))
        return [self.get(row["id"]) for row in rows]

    def lines(self, key: int) -> tuple[Line, ...]:
        """Return the lines of a sale in order."""
        return load_lines(self._engine, "sale", key)

    def refunded(self, key: int) -> int:
        """Return how much of a sale was given back so far, in minor units."""
        return -int(self._engine.value("SELECT coalesce(sum(amount), 0) FROM sales WHERE refund_of = ?", (key,)))

    def refunded_tax(self, key: int) -> int:
        """Return how much of a sale's tax was given back so far, in minor units."""
        return -int(self._engine.value("SELECT coalesce(sum(tax), 0) FROM sales WHERE refund_of = ?", (key,)))

    def refunded_lines(self, key: int) -> dict[int, tuple[int, int]]:
        """Return how much of each line of a sale, by its place from 0, was given back so far: net and tax, minor units."""
        rows = self._engine.query(
            "SELECT l.position, sum(l.amount) AS amount, sum(l.tax) AS tax FROM sale_lines l "
            "JOIN sales s ON s.id = l.sale_id WHERE s.refund_of = ? GROUP BY l.position",
            (key,),
        )
        return {row["position"]: (-(row["amount"] or 0), -(row["tax"] or 0)) for row in rows}

    def same(self, sale: Sale) -> str | None:
        """Return the id of another sale to the same customer for the same amount on the same day, with the same ref."""
        found = self._engine.value(
            "SELECT id FROM sales WHERE customer_id = ? AND id <> ? AND kind = 'sale' AND on_date IS ? AND amount = ? "
            "AND currency = ? AND ref IS ? AND title IS ? ORDER BY id DESC LIMIT 1",
            (
                sale.customer_id,
                sale.id,
                iso(sale.on_date),
                sale.amount.minor,
                sale.amount.currency,
                sale.ref,
                sale.title,
            ),
        )
        return None if found is None else f"s{found}"

    def with_ref(self, sale: Sale) -> str | None:
        """Return the id of another sale to the same customer with the same ref, or None."""
        found = self._engine.value(
            "SELECT id FROM sales WHERE customer_id = ? AND id <> ? AND kind = 'sale' AND ref = ? ORDER BY id LIMIT 1",
            (sale.customer_id, sale.id, sale.ref),
        )
        return None if found is None else f"s{found}"

    def billed(self, deal: int) -> int:
        """Return what a deal's sales come to, refunds taken off, in minor units of its currency."""
        return int(self._engine.value("SELECT coalesce(sum(amount), 0) FROM sales WHERE deal_id = ?", (deal,)))

    def of_deal(self, key: int) -> list[Row]:
        """Return the sales that belong to a deal: id, kind, on_date, amount, currency, title."""
        return self._engine.query(
            "SELECT id, kind, on_date, amount, currency, title FROM sales WHERE deal_id = ? ORDER BY on_date, id",
            (key,),
        )


_KEPT = (
    "kind", "customer_id", "deal_id", "refund_of", "title", "tax", "tax_rate", "fee", "cost", "rate", "book_amount", "ref",
    "channel", "owner_id", "note",
)  # fmt: skip
