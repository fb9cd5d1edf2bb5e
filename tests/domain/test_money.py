import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.currencies import CURRENCIES
from salestrack.domain.money import (
    LARGEST,
    Money,
    NumberStyle,
    check_currency,
    minor_digits,
    parse_amount,
)
from salestrack.errors import ParseError, RuleError, UsageError

quick = settings(deadline=None, max_examples=200)


def read(text, currency="USD", **options):
    return str(parse_amount(text, currency=currency, **options))


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("0", "0.00 USD"),
        ("1200", "1200.00 USD"),
        ("1200.5", "1200.50 USD"),
        ("1,200", "1200.00 USD"),
        ("1,200.50", "1200.50 USD"),
        ("1,234,567", "1234567.00 USD"),
        ("12,34,567", "1234567.00 USD"),
        ("1,00,000", "100000.00 USD"),
        ("1.200.000", "1200000.00 USD"),
        ("1.200,50", "1200.50 USD"),
        ("12,50", "12.50 USD"),
        ("1 200,50", "1200.50 USD"),
        ("1\u202f200,50", "1200.50 USD"),
        ("1'000'000", "1000000.00 USD"),
        ("CHF 1'000.00", "1000.00 CHF"),
        ("CHF 1’000.00", "1000.00 CHF"),
        ("1.5k", "1500.00 USD"),
        ("1.5K", "1500.00 USD"),
        ("1.255k", "1255.00 USD"),
        ("1,5k", "1500.00 USD"),
        ("2m", "2000000.00 USD"),
        ("2M", "2000000.00 USD"),
        ("0.5m", "500000.00 USD"),
        ("1200eur", "1200.00 EUR"),
        ("1200 EUR", "1200.00 EUR"),
        ("eur1200", "1200.00 EUR"),
        ("1.5keur", "1500.00 EUR"),
        ("$1,200", "1200.00 USD"),
        ("$1.5k", "1500.00 USD"),
        ("$5usd", "5.00 USD"),
        ("US$5", "5.00 USD"),
        ("A$5", "5.00 AUD"),
        ("5 €", "5.00 EUR"),
        ("£1.5m", "1500000.00 GBP"),
        ("¥1200", "1200 JPY"),
        ("5mxn", "5.00 MXN"),
        ("2kmxn", "2000.00 MXN"),
        ("  1200  ", "1200.00 USD"),
    ],
)
def test_amounts_are_read_exactly(text, money):
    assert read(text) == money


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("1.200", "1200.00 EUR"),
        ("€1.200,50", "1200.50 EUR"),
        ("1200,5", "1200.50 EUR"),
        ("1,5k", "1500.00 EUR"),
    ],
)
def test_a_decimal_comma_makes_the_dot_group_thousands(text, money):
    assert read(text, "EUR", decimal=",") == money


def test_one_mark_before_three_digits_groups_only_when_it_is_the_grouping_mark():
    with pytest.raises(ParseError) as dot:
        read("1.200")
    assert dot.value.message == "amount '1.200' could be 1200 or 1.200; USD has 2 decimals"
    assert dot.value.hint == "write 1200 or 1.20; ',' groups thousands here"
    with pytest.raises(ParseError, match="1200 or 1,200"):
        read("1,200", "EUR", decimal=",")
    with pytest.raises(ParseError, match=r"1200 or 1\.200; JPY has no decimals"):
        read("1.200", "JPY")


def test_a_currency_of_three_decimals_has_no_such_ambiguity():
    assert read("1.200", "KWD") == "1.200 KWD"
    assert read("1,200", "KWD") == "1200.000 KWD"
    with pytest.raises(ParseError, match="',' groups thousands here"):
        read("12,5", "KWD")


@pytest.mark.parametrize("text", [",200", ".50", "00", "007", ",200.00", "$,200", "$.50", "0,200", "01.50", ".5k"])
def test_what_the_shell_leaves_of_a_dollar_amount_is_refused_with_that_hint(text):
    with pytest.raises(ParseError) as error:
        read(text)
    assert "the shell replaced $1" in error.value.hint


@pytest.mark.parametrize("text", ["-50", "(50.00)", "50-", "-$8.00", "($8)", "$-8", "-0.01", "\u221250"])
def test_negative_amounts_point_to_refund(text):
    with pytest.raises(ParseError) as error:
        read(text)
    assert "refund" in error.value.hint


@pytest.mark.parametrize(
    "text",
    ["", "  ", "free", "1e3", "10.999.99", "1,00,,000", "1,2345", "1.2345", "1,23,456,789.001",
     "12.345,6.7", "1.200.00", "1,200,50", "1 2 3", "1200.", "1200,", "1,200k", "1'200k", "1.2345k", "1kk",
     "5%", "5 hours", "2x5", "$5eur", "--5", "+5", "5-3", "(5", "5)", "0x10", "१२", "١٢٣", "５", "1²", "½",
     "💶5", "\x001", "1\n200", "NaN", "Infinity", "1_000", "usd", "$", "5ks", "500kr", "5 zł", "\ud800",
     "9" * 500, "1" + ",000" * 99],
)  # fmt: skip
def test_what_is_no_amount_is_refused_in_one_printable_line(text):
    for signed in (False, True):
        if signed and text == "+5":
            continue
        with pytest.raises(ParseError) as error:
            read(text, signed=signed)
        assert error.value.message.isprintable()
        assert len(error.value.message) < 120
        assert error.value.hint


def test_more_decimals_than_the_currency_has_are_never_rounded():
    for text, currency in [
        ("1.234", "USD"),
        ("1200.001", "USD"),
        ("1.5", "JPY"),
        ("0.200", "USD"),
        ("1.0001", "KWD"),
    ]:
        with pytest.raises(ParseError, match="decimals"):
            read(text, currency)


@pytest.mark.parametrize(
    ("text", "default", "currency"),
    [
        ("$5", "USD", "USD"),
        ("$5", "CAD", "CAD"),
        ("$5", "HKD", "HKD"),
        ("$5", "EUR", "USD"),
        ("£5", "EUR", "GBP"),
        ("£5", "EGP", "GBP"),
        ("¥5", "EUR", "JPY"),
        ("¥5", "CNY", "CNY"),
        ("￥5", "JPY", "JPY"),
        ("5kr", "SEK", "SEK"),
        ("5 kr.", "DKK", "DKK"),
        ("2kkr", "NOK", "NOK"),
        ("5 zł", "PLN", "PLN"),
        ("R5", "ZAR", "ZAR"),
        ("2k", "ZMW", "ZMW"),
        ("2 K", "ZMW", "ZMW"),
        ("₹12,34,567", "USD", "INR"),
        ("NT$5", "USD", "TWD"),
    ],
)
def test_a_sign_means_the_books_own_currency_first(text, default, currency):
    assert parse_amount(text, currency=default).currency == currency


def test_a_k_is_a_thousand_even_where_the_currency_is_written_k():
    assert read("2k", "ZMW") == "2000.00 ZMW"


def test_letters_that_several_currencies_share_ask_for_the_code():
    with pytest.raises(ParseError, match="DKK or EEK or ISK or NOK or SEK"):
        read("500kr")


@pytest.mark.parametrize("text", ["-50", "(50.00)", "50-", "-50.00 USD", "USD -50", "($50)", "$(50)", "$-50"])
def test_files_may_hold_negative_amounts(text):
    assert read(text, signed=True) == "-50.00 USD"


def test_files_may_write_a_plus_but_not_two_signs():
    assert read("+5", signed=True) == "5.00 USD"
    for text in ("-(5)", "(-5)", "-5-", "+-5", "5()"):
        with pytest.raises(ParseError):
            read(text, signed=True)


def test_amounts_that_cannot_be_kept_are_refused():
    assert parse_amount("90,000,000,000,000", currency="USD").minor == LARGEST
    for text in ("90000000000000.01", "9000000000m", "99999999999999"):
        with pytest.raises(ParseError, match="more than the book can hold"):
            read(text)
    assert parse_amount("99999999999", currency="CLF").minor < LARGEST


def test_errors_name_what_the_amount_is():
    with pytest.raises(ParseError, match="price 'free' is not an amount"):
        read("free", what="price")


def test_a_mistyped_currency_gets_a_suggestion():
    with pytest.raises(ParseError) as error:
        read("5eru")
    assert "EUR" in error.value.hint
    with pytest.raises(UsageError) as error:
        check_currency("UDS")
    assert "USD" in error.value.hint
    with pytest.raises(UsageError) as error:
        check_currency("€")
    assert error.value.hint == "did you mean EUR?"
    with pytest.raises(UsageError):
        minor_digits("")


def test_currency_codes_are_upper_cased():
    assert check_currency(" eur ") == "EUR"


def test_the_decimal_mark_is_a_dot_or_a_comma():
    with pytest.raises(UsageError, match="decimal mark"):
        read("5 ", decimal=";")


def test_money_adds_up_only_in_one_currency():
    assert Money(100, "USD") + Money(50, "USD") == Money(150, "USD")
    assert Money(100, "USD") - Money(150, "USD") == -Money(50, "USD")
    with pytest.raises(RuleError, match="USD and EUR cannot be added"):
        Money(100, "USD") + Money(50, "EUR")
    with pytest.raises(RuleError):
        Money(100, "USD") - Money(50, "EUR")
    with pytest.raises(TypeError):
        Money(100, "USD") + 1


def test_money_is_a_value():
    money = Money(100, "USD")
    assert money != (100, "USD")
    assert len({money, Money(100, "USD"), Money(100, "EUR")}) == 2
    assert copy.deepcopy(money) == pickle.loads(pickle.dumps(money)) == money
    with pytest.raises(AttributeError):
        money.minor = 5
    with pytest.raises(AttributeError):
        del money.minor
    with pytest.raises(TypeError):
        money < money  # noqa: B015
    match money:
        case Money(minor, currency):
            assert (minor, currency) == (100, "USD")


@pytest.mark.parametrize(
    ("money", "plain", "text"),
    [
        (Money(120000, "USD"), "1200.00", "1,200.00 USD"),
        (Money(-5, "USD"), "-0.05", "-0.05 USD"),
        (Money(1234567, "JPY"), "1234567", "1,234,567 JPY"),
        (Money(-1234567, "KWD"), "-1234.567", "-1,234.567 KWD"),
        (Money(0, "USD"), "0.00", "0.00 USD"),
    ],
)
def test_money_is_written_with_the_digits_of_its_currency(money, plain, text):
    assert money.plain() == plain
    assert money.text() == text
    assert money.text(code=False) == text.split()[0]
    assert money.decimal() == Decimal(plain)


def test_the_style_turns_the_marks():
    assert Money(-123456789, "EUR").text(NumberStyle(",")) == "-1.234.567,89 EUR"


currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-LARGEST, LARGEST)
marks = st.sampled_from([".", ","])


@quick
@given(amounts, currencies)
def test_plain_amounts_read_back_as_they_were(minor, currency):
    money = Money(minor, currency)
    assert parse_amount(money.plain(), currency=currency, signed=True) == money


@quick
@given(amounts, currencies, marks, currencies)
def test_amounts_for_people_read_back_as_they_were(minor, currency, mark, default):
    money = Money(minor, currency)
    text = money.text(NumberStyle(mark))
    assert parse_amount(text, currency=default, decimal=mark, signed=True) == money


typed = st.text(st.sampled_from("0123456789.,' -+()kKmM$€eurEURusd"), max_size=12)


@quick
@given(st.one_of(st.text(), typed), currencies, marks, st.booleans())
def test_any_text_is_an_amount_or_a_parse_error(text, currency, mark, signed):
    try:
        money = parse_amount(text, currency=currency, decimal=mark, signed=signed)
    except ParseError:
        return
    assert signed or money.minor >= 0
    assert abs(money.minor) <= LARGEST


@quick
@given(typed, currencies)
def test_no_reading_depends_on_surrounding_spaces(text, currency):
    def outcome(typed_text):
        try:
            return parse_amount(typed_text, currency=currency, signed=True)
        except ParseError:
            return None

    assert outcome(text) == outcome(f" {text} ")
