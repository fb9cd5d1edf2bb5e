from fractions import Fraction
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.reports.statistics import half_even, histogram, ratio, share, spread

hits = st.integers(0, 10_000)
DAYS = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("won", "n", "low", "high"),
    # Brown, Cai and DasGupta's usual cases, and the export that the project is measured with.
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (4238, 6711, 0.6199, 0.6430)],
)
def test_the_interval_is_wilsons(won, n, low, high):
    rate = share(won, n)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


def test_a_share_of_nothing_has_no_value():
    assert share(0, 0).value is None
    assert share(0, 0).low is None


@given(hits, hits)
def test_the_interval_holds_the_share_and_stays_between_none_and_all(won, lost):
    rate = share(won, won + lost)
    if rate.value is not None:
        assert 0 <= rate.low <= rate.value + 1e-12
        assert rate.value - 1e-12 <= rate.high <= 1


@given(st.integers(1, 500), st.integers(2, 50))
def test_more_cases_narrow_the_interval(n, times):
    narrow, wide = share(n * times, 2 * n * times), share(n, 2 * n)
    assert narrow.high - narrow.low < wide.high - wide.low


def test_a_share_of_money_has_no_interval():
    rate = ratio(30, 40, 7)
    assert (rate.value, rate.n, rate.low) == (0.75, 7, None)
    assert ratio(0, 0, 0).value is None


@given(DAYS)
def test_a_spread_is_that_of_the_days_one_by_one(days):
    found = spread(histogram((day, 1) for day in days))
    assert found.n == len(days)
    assert found.median == median(days)
    assert found.mean == pytest.approx(fmean(days))
    # The smallest day that nine in ten do not exceed.
    assert sum(day <= found.p90 for day in days) * 10 >= len(days) * 9
    assert sum(day < found.p90 for day in days) * 10 < len(days) * 9


def test_a_spread_of_nothing_has_no_numbers():
    found = spread({})
    assert (found.n, found.median, found.mean, found.p90) == (0, None, None, None)


@pytest.mark.parametrize(
    ("value", "rounded"), [("1/2", 0), ("3/2", 2), ("5/2", 2), ("-1/2", 0), ("-3/2", -2), ("7/4", 2)]
)
def test_halves_are_rounded_to_the_even_neighbour(value, rounded):
    assert half_even(Fraction(value)) == rounded
