"""Sums of several currencies in the one that a report is in; what has no rate stands apart, never in a sum."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from salestrack.domain.facts import Currencies, Worth
from salestrack.domain.money import Money, minor_digits
from salestrack.domain.rates import SCALE
from salestrack.reports.statistics import half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconverted:
    """Money that is in no sum, because no rate was known on its day."""

    currency: str
    amount: Money
    count: int


def exact(worth: Worth, currencies: Currencies) -> Fraction:
    """Return the money of some records in minor units of the report's currency, not yet rounded."""
    if worth.rate is None:
        return Fraction(worth.amount)
    digits = minor_digits(currencies.report) - minor_digits(currencies.book)
    return Fraction(worth.amount) * SCALE * Fraction(10) ** digits / worth.rate


def total(worths: Iterable[Worth], currencies: Currencies) -> Money:
    """Return what some records are worth in the report's currency, rounded once, half-even."""
    amount = sum((exact(worth, currencies) for worth in worths), Fraction(0))
    return Money(half_even(amount), currencies.report)


def left_out(worths: Iterable[Worth]) -> tuple[Unconverted, ...]:
    """Return what could not be said in the report's currency, by currency."""
    counts: dict[str, int] = {}
    amounts: dict[str, int] = {}
    for worth in worths:
        if worth.left:
            counts[worth.currency] = counts.get(worth.currency, 0) + worth.left
            amounts[worth.currency] = amounts.get(worth.currency, 0) + worth.left_amount
    return _unconverted(amounts, counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Today's way from any currency into the report's, through the book's; for money that is not booked yet."""

    currencies: Currencies
    rates: Mapping[str, int]
    """What a unit of a currency is worth in billionths of the book's, the latest that is known."""

    def factor(self, currency: str) -> Fraction | None:
        """Return how many minor units of the report's currency a minor unit is worth; None without a rate."""
        report, book = self.currencies
        if currency == report:
            return Fraction(1)
        source = SCALE if currency == book else self.rates.get(currency)
        target = SCALE if report == book else self.rates.get(report)
        if not source or not target:
            return None
        return Fraction(source, target) * Fraction(10) ** (minor_digits(report) - minor_digits(currency))

    def total(self, sums: Iterable[tuple[str, int]], *, parts: int = 1) -> Money:
        """Return sums by currency as one amount, rounded once; `parts` divides, 100 for sums times a percentage.

        What has no rate is left out.
        """
        found = Fraction(0)
        for currency, amount in sums:
            found += amount * (self.factor(currency) or 0)
        return Money(half_even(found / parts), self.currencies.report)

    def left_out(self, sums: Iterable[tuple[str, int, int]]) -> tuple[Unconverted, ...]:
        """Return the sums (currency, amount, records) for which there is no rate, by currency."""
        counts: dict[str, int] = {}
        amounts: dict[str, int] = {}
        for currency, amount, records in sums:
            if records and self.factor(currency) is None:
                counts[currency] = counts.get(currency, 0) + records
                amounts[currency] = amounts.get(currency, 0) + amount
        return _unconverted(amounts, counts)

    def worths(self) -> dict[str, float]:
        """Return the factors of all known currencies, good enough to put records in order."""
        known = {self.currencies.report, self.currencies.book, *self.rates}
        return {currency: float(factor) for currency in sorted(known) if (factor := self.factor(currency))}


def _unconverted(amounts: Mapping[str, int], counts: Mapping[str, int]) -> tuple[Unconverted, ...]:
    return tuple(
        Unconverted(currency=currency, amount=Money(amounts[currency], currency), count=counts[currency])
        for currency in sorted(counts)
    )
