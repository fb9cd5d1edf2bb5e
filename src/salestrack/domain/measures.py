"""What a report measures: a rate, a spread of days, a tally of deals. Values only, without arithmetic."""

from dataclasses import dataclass

from salestrack.domain.money import Money

TOO_FEW = 5
"""Below this many cases a rate is shown with the words "too few" beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of `n` cases as a fraction (0.6315) with its 95 % interval; no value when n = 0."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None

    @property
    def too_few(self) -> bool:
        """Whether so few cases stand behind the value that it says little."""
        return self.n < TOO_FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How `n` lengths of time are spread, in days; all three numbers are missing when n = 0."""

    n: int
    median: float | None
    mean: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A number of deals and the money in them."""

    deals: int
    amount: Money
