"""A value of a custom field is read exactly or refused, and comes back from the book as it went in."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.fields import (
    RECORDS,
    TYPES,
    Field,
    Manner,
    check_choices,
    check_name,
    fitting,
    loaded,
    parse_number,
    parse_record,
    parse_type,
    parse_value,
    said,
    stored,
)
from salestrack.domain.money import LARGEST, Money, NumberStyle
from salestrack.errors import AmbiguousError, NotFoundError, ParseError, UsageError

MANNER = Manner(Words(date(2026, 3, 18)), ".", "USD")
TIER = Field(1, "deal", "tier", "choice", ("gold", "silver", "go green"))


def field(kind):
    return Field(1, "deal", "x", kind, ("gold", "silver") if kind == "choice" else ())


NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=5)
VALUES = {
    "number": NUMBERS.map(lambda number: parse_number(format(number, "f"), strict=False)),
    "money": st.builds(Money, st.integers(-LARGEST, LARGEST), st.sampled_from(["USD", "EUR", "JPY", "KWD"])),
    "date": st.dates(date(1970, 1, 1), date(2199, 12, 31)),
    "yesno": st.booleans(),
    "choice": st.sampled_from(["gold", "silver"]),
    "text": st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=80)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and text.isprintable()),
}


@given(st.data())
def test_what_is_kept_comes_back_the_same_and_reads_as_the_same_value(data):
    kind = data.draw(st.sampled_from(TYPES))
    value = data.draw(VALUES[kind])
    kept = stored(value)
    assert isinstance(kept, str)
    assert loaded(field(kind), kept) == value
    assert type(loaded(field(kind), kept)) is type(value)
    assert fitting(field(kind), kept, currency="USD") == value


@given(NUMBERS)
def test_a_number_is_kept_without_trailing_zeros_and_is_the_number_that_was_typed(number):
    read = parse_number(format(number, "f"), strict=False)
    assert read == number
    kept = stored(read)
    assert "E" not in kept
    assert not ("." in kept and kept.endswith(("0", ".")))
    assert kept != "-0"


@given(NUMBERS, NUMBERS)
def test_numbers_of_up_to_fifteen_digits_keep_their_order_as_the_database_compares_them(one, other):
    assert (one < other) == (float(one) < float(other))


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_parse_error(text):
    try:
        number = parse_number(text)
    except ParseError:
        return
    assert len(number.as_tuple().digits) <= 16


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("40", ".", "40"), ("40.0", ".", "40"), ("-2.50", ".", "-2.5"), ("+3", ".", "3"), ("0.125", ".", "0.125"),
        ("1,200", ".", "1200"), ("1,200.5", ".", "1200.5"), ("1.200,5", ",", "1200.5"), ("2,5", ",", "2.5"),
        ("1 200", ".", "1200"), ("−4", ".", "-4"), ("0", ".", "0"), ("-0", ".", "0"), ("1234.567", ".", "1234.567"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_the_configured_mark(text, mark, number):
    assert parse_number(text, mark) == Decimal(number)
    assert stored(parse_number(text, mark)) == number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.200", "could be"), ("12,5", "not a number"), ("1e3", "not a number"), (",200", "not a number"),
        ("00", "zero"), ("abc", "not a number"), ("", "not a number"), ("1,20", "not a number"), ("٣", "not a number"),
        ("0x10", "not a number"), ("1234567890123456", "15 digits"), ("1.2.3", "not a number"), ("--1", "not a number"),
    ],
)  # fmt: skip
def test_what_is_no_number_or_has_two_readings_is_refused(text, why):
    with pytest.raises(ParseError, match=why):
        parse_number(text)


def test_a_thousand_or_a_fraction_is_settled_in_a_file_by_its_decimal_mark():
    assert parse_number("1.200", ".", strict=False) == Decimal("1.2")
    assert parse_number("1.200", ",", strict=False) == 1200


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("money", "1200", Money(120000, "USD")), ("money", "-50 eur", Money(-5000, "EUR")), ("date", "2026-03-15", date(2026, 3, 15)),
        ("date", "yesterday", date(2026, 3, 17)), ("yesno", "Y", True), ("yesno", "no", False), ("yesno", "0", False),
        ("text", "  north   east ", "north east"),
    ],
)  # fmt: skip
def test_a_value_is_read_by_the_type_of_its_field(kind, text, value):
    assert parse_value(field(kind), text, MANNER) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [("money", "abc"), ("date", "2026-02-30"), ("date", "5/6/2026"), ("yesno", "maybe"), ("number", "big"), ("text", "a\0b"), ("text", "x" * 1001), ("text", "  ")],
)  # fmt: skip
def test_what_is_not_of_the_type_is_a_parse_error(kind, text):
    with pytest.raises(ParseError):
        parse_value(field(kind), text, MANNER)


def test_a_choice_resolves_like_names_and_never_by_a_guess():
    assert parse_value(TIER, "s", MANNER) == "silver"
    assert parse_value(TIER, "GOLD", MANNER) == "gold"
    assert parse_value(TIER, "green", MANNER) == "go green"
    with pytest.raises(AmbiguousError, match="gold, go green"):
        parse_value(TIER, "go", MANNER)
    with pytest.raises(NotFoundError) as refused:
        parse_value(TIER, "glod", MANNER)
    assert "none of gold, silver" in refused.value.message
    assert refused.value.hint == "did you mean gold?"


def test_a_kept_text_fits_a_type_only_exactly():
    assert fitting(TIER, "Gold", currency="USD") == "gold"
    for text, kind in (("go", "choice"), ("yesterday", "date"), ("2026-3-1", "date"), ("about 40", "number")):
        with pytest.raises(ParseError):
            fitting(field(kind), text, currency="USD")


@pytest.mark.parametrize(("kind", "text"), [("number", "many"), ("money", "12"), ("date", "soon"), ("yesno", "maybe")])
def test_a_kept_text_that_is_not_of_the_type_comes_back_as_it_is(kind, text):
    assert loaded(field(kind), text) == text


def test_people_read_their_own_marks():
    style = NumberStyle(",")
    assert said(Decimal("2.5"), style) == "2,5"
    assert said(Money(120050, "EUR"), style) == "1.200,50 EUR"
    assert (said(True), said(False), said(date(2026, 3, 1)), said("gold")) == ("yes", "no", "2026-03-01", "gold")


@pytest.mark.parametrize("name", ["owner", "Stage", "amount", "field", "tags", "expected", "limit"])
def test_a_field_is_not_called_like_a_column_or_a_filter(name):
    with pytest.raises(UsageError, match=r"has .* already"):
        check_name("deal", name)


@pytest.mark.parametrize("name", ["a=b", "a<b", 'a"b', "a\\b", "field:x", "-x", "#1", "", "x" * 41, "customer.size"])
def test_a_name_that_would_be_mistaken_for_something_else_is_refused(name):
    with pytest.raises(UsageError):
        check_name("deal", name)


def test_a_name_may_hold_what_headers_hold():
    for name in ("Deal size (k€)", "No.", "2026", "größe", "role"):
        assert check_name("deal", name) == name


def test_records_and_types_go_by_their_usual_names():
    assert [parse_record(text) for text in ("deals", "Customer", "activities", "sales")] == [
        "deal",
        "customer",
        "activity",
        "sale",
    ]
    assert all(parse_record(record) == record for record in RECORDS)
    assert [parse_type(text) for text in ("yes/no", "Yes-No", "yesno", "NUMBER")] == [
        "yesno",
        "yesno",
        "yesno",
        "number",
    ]
    for wrong, known in ((parse_record, "custmer"), (parse_type, "numbr")):
        with pytest.raises(UsageError) as refused:
            wrong(known)
        assert "did you mean" in refused.value.hint


def test_choices_differ():
    assert check_choices([" gold ", "silver"]) == ("gold", "silver")
    for wrong in (["gold", "Gold"], ["-"], ["a..b"], [""]):
        with pytest.raises(UsageError):
            check_choices(wrong)
