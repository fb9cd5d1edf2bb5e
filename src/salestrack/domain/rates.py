"""Turning money of one currency into another at a rate."""

from decimal import ROUND_HALF_EVEN, Decimal

from salestrack.domain.money import Money, minor_digits

SCALE = 1_000_000_000


def convert(amount: Money, rate: int, currency: str) -> Money:
    """Return an amount in another currency; rate is billionths of a unit of it for one unit of the amount's own.

    Rounded half-even to the minor unit.
    """
    major = Decimal(amount.minor).scaleb(-minor_digits(amount.currency)) * rate / SCALE
    return Money(int(major.scaleb(minor_digits(currency)).to_integral_value(ROUND_HALF_EVEN)), currency)
