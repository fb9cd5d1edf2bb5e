"""The arithmetic of reports: shares with their intervals, spreads of days, and rounding that can be repeated."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import sqrt

from salestrack.domain.measures import Rate, Spread

# The 97.5th percentile of the standard normal distribution: 95 % of it lies within this many deviations.
Z95 = 1.959963984540054


def share(hits: int, n: int) -> Rate:
    """Return hits out of n as a rate with its Wilson score interval at 95 %.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
    """
    if n == 0:
        return Rate(value=None, n=0)
    p, z2 = hits / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Rate(value=p, n=n, low=max(0.0, middle - reach), high=min(1.0, middle + reach))


def ratio(part: int, whole: int, n: int) -> Rate:
    """Return a share of money as a rate over n cases; it has no interval, since money is no count of cases."""
    return Rate(value=part / whole if whole else None, n=n)


def histogram(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return how often each value occurs from pairs of a value and a number of times."""
    found: dict[int, int] = {}
    for value, times in pairs:
        found[value] = found.get(value, 0) + times
    return found


def spread(times: Mapping[int, int]) -> Spread:
    """Return median, mean and 90th percentile of days from a histogram of days and how often each occurs.

    The median is the middle value, or the mean of the two middle ones. The percentile is the nearest rank: the
    smallest value that at least nine in ten do not exceed (Hyndman and Fan's first definition).
    """
    n = sum(times.values())
    if n == 0:
        return Spread(n=0, median=None, mean=None, p90=None)
    total = sum(days * count for days, count in times.items())
    return Spread(n=n, median=median(times), mean=total / n, p90=float(_at(times, -(-n * 9 // 10))))


def median(times: Mapping[int, int]) -> float | None:
    """Return the middle value of a histogram, the mean of the two middle ones where they are even in number."""
    n = sum(times.values())
    if n == 0:
        return None
    return (_at(times, (n + 1) // 2) + _at(times, n // 2 + 1)) / 2


def half_even(value: Fraction) -> int:
    """Return the nearest whole number, the even one where two are equally near (IEEE 754's and ISO 80000's rule)."""
    return round(value)


def _at(times: Mapping[int, int], rank: int) -> int:
    """Return the value that has a rank, counted from 1, when all are put in order."""
    passed = 0
    for value in sorted(times):
        passed += times[value]
        if passed >= rank:
            return value
    raise ValueError(f"no value has rank {rank} among {passed}")
