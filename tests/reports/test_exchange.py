from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.facts import Currencies, Worth
from salestrack.domain.money import Money
from salestrack.reports.exchange import Exchange, exact, left_out, total

USD = Currencies("USD", "USD")
EUR = Currencies("EUR", "USD")


def worth(amount: int, currency: str = "USD", rate: int | None = None, left: tuple[int, int] = (0, 0)) -> Worth:
    return Worth(currency, rate, 1, amount, *left)


def test_money_in_the_reports_own_currency_stays_as_it_is():
    assert total([worth(100), worth(-30), worth(5, "EUR")], USD) == Money(75, "USD")


def test_the_books_money_is_divided_by_the_rate_of_its_day():
    assert total([worth(125_00, rate=1_250_000_000), worth(30_00, "EUR")], EUR) == Money(130_00, "EUR")


def test_minor_units_differ_between_currencies():
    yen = Currencies("JPY", "USD")
    assert total([worth(10_00, rate=10_000_000)], yen) == Money(1000, "JPY")
    assert exact(worth(1, rate=10_000_000), yen) == 1
    dinar = Currencies("KWD", "USD")
    assert total([worth(3_00, rate=3_000_000_000)], dinar) == Money(1_000, "KWD")


def test_the_sum_is_rounded_once_and_not_each_part():
    thirds = [worth(1, rate=3_000_000_000)] * 3
    assert total(thirds, EUR) == Money(1, "EUR")


def test_what_has_no_rate_is_named_by_currency():
    found = left_out(
        [worth(0, "EUR", left=(2, 500)), worth(9, "EUR", left=(1, 5)), worth(3, "CHF", left=(1, 7)), worth(1)]
    )
    assert [(one.currency, one.amount, one.count) for one in found] == [
        ("CHF", Money(7, "CHF"), 1),
        ("EUR", Money(505, "EUR"), 3),
    ]


@pytest.mark.parametrize(
    ("currencies", "currency", "factor"),
    [
        (USD, "USD", Fraction(1)),
        (USD, "EUR", Fraction(5, 4)),
        (USD, "JPY", Fraction(1)),
        (USD, "CHF", None),
        (EUR, "USD", Fraction(4, 5)),
        (EUR, "JPY", Fraction(4, 5)),
        (Currencies("CHF", "USD"), "USD", None),
        (Currencies("CHF", "USD"), "CHF", Fraction(1)),
    ],
)
def test_any_currency_is_reached_through_the_books(currencies, currency, factor):
    rates = {"EUR": 1_250_000_000, "JPY": 10_000_000}
    assert Exchange(currencies=currencies, rates=rates).factor(currency) == factor


def test_open_money_without_a_rate_is_in_no_sum():
    exchange = Exchange(currencies=USD, rates={"EUR": 1_250_000_000})
    sums = [("USD", 100), ("EUR", 100), ("CHF", 900)]
    assert exchange.total(sums) == Money(225, "USD")
    (left,) = exchange.left_out((currency, amount, 2) for currency, amount in sums)
    assert (left.amount, left.count) == (Money(900, "CHF"), 2)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 100)), max_size=8))
def test_weighted_sums_are_rounded_half_even_once(deals):
    exchange = Exchange(currencies=USD, rates={})
    weighted = exchange.total([("USD", amount * percent) for amount, percent in deals], parts=100)
    assert weighted.minor == round(Fraction(sum(amount * percent for amount, percent in deals), 100))
