from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.money import LARGEST, Money, minor_digits
from salestrack.domain.rates import SCALE, convert, format_inverse, format_rate, is_absurd, parse_rate
from salestrack.errors import ParseError, RuleError

quick = settings(deadline=None, max_examples=300)
currencies = st.sampled_from(["USD", "JPY", "KWD", "CLF"])


@quick
@given(
    st.integers(-LARGEST, LARGEST), st.integers(1, 10**18 - 1), currencies, currencies,
)  # fmt: skip
def test_money_is_converted_as_decimal_arithmetic_of_sixty_digits_does_it(minor, rate, source, target):
    with localcontext() as context:
        context.prec = 60
        major = Decimal(minor).scaleb(-minor_digits(source)) * rate / SCALE
        expected = int(major.scaleb(minor_digits(target)).to_integral_value(ROUND_HALF_EVEN))
    if abs(expected) > LARGEST:
        with pytest.raises(RuleError, match="than the book can hold"):
            convert(Money(minor, source), rate, target)
    else:
        assert convert(Money(minor, source), rate, target) == Money(expected, target)


def test_halves_go_to_the_even_cent():
    half = SCALE // 2
    assert [convert(Money(cents, "EUR"), half, "USD").minor for cents in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]


@quick
@given(st.integers(1, 10**18 - 1), st.sampled_from([".", ","]))
def test_a_rate_that_is_written_out_is_read_as_the_same_rate(rate, mark):
    text = format_rate(rate, mark)
    assert parse_rate(text, mark) == rate
    assert Decimal(text.replace(",", ".")) * SCALE == rate


@quick
@given(st.integers(1, 10**18 - 1))
def test_the_other_way_round_is_right_to_six_digits(rate):
    exact = Decimal(SCALE) / rate
    shown = Decimal(format_inverse(rate))
    assert abs(shown - exact) <= exact * Decimal("0.000005")


@pytest.mark.parametrize(
    ("text", "mark", "rate"),
    [("1.08", ".", 1_080_000_000), ("1,08", ",", 1_080_000_000), ("1,08", ".", 1_080_000_000), ("149.5", ",", 149_500_000_000),
     ("0,925", ".", 925_000_000), ("0.000000001", ".", 1), ("7", ".", 7_000_000_000), (" 1.5000 ", ".", 1_500_000_000),
     ("1.0800000000000", ".", 1_080_000_000)],
)  # fmt: skip
def test_rates_are_read_with_the_decimal_mark_of_the_person(text, mark, rate):
    assert parse_rate(text, mark) == rate


@pytest.mark.parametrize(
    ("text", "reason"),
    [("0", "is zero"), ("0.000", "is zero"), ("-1.08", "is negative"), ("", "is not a rate"), ("1.", "is not a rate"),
     (".5", "is not a rate"), ("1e3", "is not a rate"), ("1.08 USD", "is not a rate"), ("1.2.3", "is not a rate"),
     ("1,080", "could be 1080 or 1.080"), ("1.0000000001", "more than 9 digits after"), ("1234567890", "more than 9 digits before"),
     ("١.٢", "is not a rate"), ("9" * 60, "is not a rate"), ("nan", "is not a rate"), ("1\x00", "is not a rate")],
)  # fmt: skip
def test_what_is_no_rate_is_refused_with_the_reason(text, reason):
    with pytest.raises(ParseError, match=reason):
        parse_rate(text)


def test_a_slip_of_the_decimal_mark_is_noticed_in_both_directions():
    assert is_absurd(parse_rate("10.8"), parse_rate("1.08"))
    assert is_absurd(parse_rate("0.108"), parse_rate("1.08"))
    assert not is_absurd(parse_rate("1.2"), parse_rate("1.08"))
    assert not is_absurd(parse_rate("9.9"), parse_rate("1"))
