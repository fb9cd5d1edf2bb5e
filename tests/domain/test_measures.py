"""Rates, spreads and tallies are plain values."""

import dataclasses

import pytest

from salestrack.domain.measures import Rate, Spread, Tally
from salestrack.domain.money import Money


@pytest.mark.parametrize(("n", "too_few"), [(0, True), (4, True), (5, False), (6711, False)])
def test_a_rate_of_fewer_than_five_cases_says_little(n, too_few):
    assert Rate(value=None if n == 0 else 0.5, n=n).too_few is too_few


def test_a_rate_without_cases_has_neither_value_nor_interval():
    rate = Rate(value=None, n=0)
    assert (rate.value, rate.low, rate.high) == (None, None, None)


@pytest.mark.parametrize(
    "measure",
    [
        Rate(value=0.5, n=2, low=0.1, high=0.9),
        Spread(n=1, median=3, mean=3.0, p90=3),
        Tally(deals=2, amount=Money(100, "EUR")),
    ],
)
def test_measures_are_equal_by_value_and_cannot_be_changed(measure):
    assert measure == dataclasses.replace(measure)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(measure, dataclasses.fields(measure)[0].name, 9)
