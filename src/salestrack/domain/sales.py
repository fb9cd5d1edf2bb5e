"""Recorded sales and their refunds."""

from datetime import date
from typing import Literal, NamedTuple

from salestrack.domain.money import Money


class Sale(NamedTuple):
    """Money that came in, net of tax; a refund is negative and names the sale it gives back."""

    on_date: date | None
    amount: Money
    id: int = 0
    kind: Literal["sale", "refund"] = "sale"
    customer_id: int | None = None
    customer: str | None = None
    deal_id: int | None = None
    refund_of: int | None = None
    title: str | None = None
    tax: int | None = None
    tax_rate: str | None = None
    fee: int | None = None
    rate: int | None = None
    book_amount: int | None = None
    ref: str | None = None
    channel: str | None = None
    owner_id: int | None = None
    note: str | None = None
    cost: int | None = None

    @property
    def id_text(self) -> str:
        """Return the id as it is typed, like s12."""
        return f"s{self.id}"
