"""Pinning what a deal or sale is worth in the book's currency on its day."""

from datetime import date
from typing import NamedTuple

from salestrack.domain.money import Money
from salestrack.domain.rates import convert
from salestrack.store import Store


class Booked(NamedTuple):
    """The rate of the day and the amount in minor units of the book's currency; both None without a rate."""

    rate: int | None
    book_amount: int | None


def book(store: Store, amount: Money | None, on: date | None) -> Booked:
    """Return what an amount is worth in the book's currency on a day: itself, or converted at that day's rate."""
    own = store.settings.book.currency
    if amount is None or amount.currency == own:
        return Booked(None, amount.minor if amount else None)
    rate = store.settings.rate(amount.currency, on) if on else None
    return Booked(rate, convert(amount, rate, own).minor if rate else None)


def rate_note(amount: Money | None, booked: Booked) -> str | None:
    """Return a remark when money is left out of the book's sums for want of a rate."""
    if amount and booked.book_amount is None:
        return f"no rate for {amount.currency}: reports show this amount on a line of its own"
    return None
