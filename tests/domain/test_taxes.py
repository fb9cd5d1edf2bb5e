"""Sales tax: by rate, exact to the cent, and split over lines so that it adds up."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.taxes import by_rate, spread, taxed

RATES = ["0", "7", "19", "8.875"]


def test_without_any_rate_there_is_no_tax():
    assert taxed(Money(10_000, "EUR"), (), [None]) == (None, None, ())


def test_a_sale_without_lines_has_the_rate_of_its_amount():
    assert taxed(Money(10_050, "EUR"), (), ["19.0"]) == (1_910, "19", ())  # 1,909.5 goes to the even cent


def test_a_discount_takes_tax_off_every_rate_in_proportion():
    lines = (Line(amount=500_000), Line(amount=30_000), Line(kind="discount", amount=-53_000))
    found = taxed(Money(477_000, "EUR"), lines, ["19", "7", None])
    assert (found.tax, found.rate) == (85_500 + 1_890, None)
    assert [(line.amount, line.tax_rate, line.tax) for line in found.lines] == [
        (500_000, "19", 95_000),
        (30_000, "7", 2_100),
        (-50_000, "19", -9_500),
        (-3_000, "7", -210),
    ]


def test_a_product_without_a_rate_among_others_has_none():
    found = taxed(Money(20_000, "EUR"), (Line(amount=10_000), Line(amount=10_000)), ["19", None])
    assert [(line.tax_rate, line.tax) for line in found.lines] == [("19", 1_900), ("0", 0)]


products = st.lists(st.tuples(st.integers(1, 10_000_000), st.sampled_from(RATES)), min_size=1, max_size=6)


@given(products, st.integers(0, 100))
def test_lines_add_up_to_the_amount_and_its_tax_whatever_the_rates(wanted, off):
    listed = sum(amount for amount, _ in wanted)
    lines = [Line(amount=amount) for amount, _ in wanted]
    rates: list[str | None] = [rate for _, rate in wanted]
    if discount := listed * off // 100:
        lines, rates = [*lines, Line(kind="discount", amount=-discount)], [*rates, None]
    found = taxed(Money(listed - discount, "EUR"), lines, rates)
    assert sum(line.amount or 0 for line in found.lines) == listed - discount
    assert sum(line.tax or 0 for line in found.lines) == found.tax
    expected = 0
    for rate in {rate for _, rate in wanted}:
        net = sum(line.amount or 0 for line in found.lines if line.tax_rate == rate)
        expected += int((Decimal(net) * Decimal(rate) / 100).to_integral_value(ROUND_HALF_EVEN))
    assert found.tax == expected
    parts = by_rate(found.lines, listed - discount, found.tax)
    assert (sum(part.net for part in parts), sum(part.tax for part in parts)) == (listed - discount, found.tax)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=8))
def test_what_is_spread_adds_up(total, weights):
    assert sum(spread(total, weights)) == total


@pytest.mark.parametrize(("total", "weights", "parts"), [(100, [1, 1, 1], [33, 34, 33]), (-5, [1, 1], [-2, -3])])
def test_cents_that_do_not_divide_go_to_one_part_or_another(total, weights, parts):
    assert spread(total, weights) == parts
