"""Lines of deals and sales: what is typed, what they come to, and that they always add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.lines import (
    Item,
    Line,
    discounted,
    fitted,
    item_text,
    parse_item,
    parse_percent,
    percent_of,
    priced,
    rounded,
    total,
)
from salestrack.domain.money import Money
from salestrack.errors import ParseError

minor = st.integers(-(10**9), 10**12)
line = st.builds(
    Line,
    kind=st.sampled_from(["product", "discount", "shipping", "adjustment"]),
    quantity=st.sampled_from([Decimal(1), Decimal(3)]),
    amount=minor,
)


@pytest.mark.parametrize(
    ("text", "product", "quantity", "price"),
    [
        ("Build", "Build", "1", None),
        ("3xBuild", "Build", "3", None),
        ("3xBuild@2500", "Build", "3", "2500"),
        ("2.5xConsulting day@1,200.50", "Consulting day", "2.5", "1,200.50"),
        (" Build ", "Build", "1", None),
        ("xBuild", "xBuild", "1", None),
        ("3x", "3x", "1", None),
        ("GTX Pro", "GTX Pro", "1", None),
        ("p12", "p12", "1", None),
        ("10xp12@1", "p12", "10", "1"),
    ],
)
def test_an_item_is_a_number_a_product_and_a_price(text: str, product: str, quantity: str, price: str | None) -> None:
    item = parse_item(text)
    assert (item.product, item.quantity, item.price) == (product, Decimal(quantity), price)


@pytest.mark.parametrize("text", ["", "@100", "Build@", "Build@1@2", "0xBuild", "0.000xBuild"])
def test_what_is_no_item_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_item(text)


@pytest.mark.parametrize(
    ("text", "value"), [("10%", "10"), ("10", "10"), ("7.5 %", "7.5"), ("7,5", "7.5"), ("0%", "0"), ("100%", "100")]
)
def test_a_percentage_is_from_nothing_to_all(text: str, value: str) -> None:
    assert parse_percent(text, "discount") == Decimal(value)


@pytest.mark.parametrize("text", ["", "%", "-5%", "101%", "1e1%", "ten", "7,5,1%"])
def test_what_is_no_percentage_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(ParseError, match=f"'{text}' is not a tax rate"):
        parse_percent(text, "tax rate")


@pytest.mark.parametrize(
    ("amount", "percent", "part"), [(1000, "10", 100), (25, "10", 2), (35, "10", 4), (333, "19", 63)]
)
def test_a_percentage_of_money_is_rounded_half_even(amount: int, percent: str, part: int) -> None:
    assert percent_of(Money(amount, "USD"), Decimal(percent)) == Money(part, "USD")


def test_a_price_times_a_quantity_is_rounded_half_even_and_said_to_be() -> None:
    whole = priced(Line(quantity=Decimal("2.5")), 1000)
    assert (whole.amount, rounded(whole)) == (2500, False)
    for quantity, price, amount in (("0.333", 100, 33), ("1.5", 8555, 12832), ("0.5", 3, 2), ("0.5", 1, 0)):
        line = priced(Line(quantity=Decimal(quantity), product="Build"), price)
        assert (line.amount, rounded(line)) == (amount, True)
    assert not rounded(Line(quantity=Decimal(2), amount=500)), "a line that took an amount has no price"


@pytest.mark.parametrize(
    ("text", "decimal", "quantity"),
    [("0,5xHour", ",", "0.5"), ("0,5xHour", ".", "0.5"), ("0.5xHour", ",", "0.5"), ("1,250xHour", ",", "1.250")],
)
def test_a_quantity_has_either_decimal_mark(text: str, decimal: str, quantity: str) -> None:
    assert parse_item(text, decimal) == Item("Hour", Decimal(quantity), None)


@pytest.mark.parametrize(("text", "decimal"), [("1,250xHour", "."), ("1.250xHour", ",")])
def test_a_quantity_with_three_places_after_the_other_mark_has_two_readings(text: str, decimal: str) -> None:
    with pytest.raises(ParseError, match="could ask for 1250 or for 1"):
        parse_item(text, decimal)


@given(st.lists(line, max_size=6), st.one_of(st.none(), minor))
def test_fitted_lines_add_up_to_the_amount_and_keep_what_was_sold(lines: list[Line], amount: int | None) -> None:
    after = fitted(lines, amount)
    if lines and amount is not None:
        assert total(after) == amount
    else:
        assert list(after) == lines
    sold = [
        (each.kind, each.product_id, each.quantity) for each in lines if each.kind != "adjustment" or len(lines) == 1
    ]
    assert [(e.kind, e.product_id, e.quantity) for e in after if e.kind != "adjustment" or len(lines) == 1] == sold or (
        total(lines) == amount
    )


@given(st.lists(line, min_size=2, max_size=6), minor, minor)
def test_fitting_again_leaves_one_adjustment_at_most(lines: list[Line], first: int, second: int) -> None:
    lines = [each for each in lines if each.kind != "adjustment"]
    after = fitted(fitted(lines, first), second)
    assert sum(each.kind == "adjustment" for each in after) <= 1
    assert not lines or total(after) == second


@given(st.lists(st.builds(Line, amount=st.integers(0, 10**12)), min_size=1, max_size=5), st.integers(0, 100))
def test_a_discount_takes_its_part_off_the_total(lines: list[Line], percent: int) -> None:
    whole = total(lines)
    assert whole is not None
    after = total(discounted(lines, Decimal(percent), "USD"))
    assert after == whole - percent_of(Money(whole, "USD"), Decimal(percent)).minor


def test_a_line_without_an_amount_leaves_the_total_unknown() -> None:
    assert total([]) is None
    assert total([Line(amount=1), Line()]) is None
    assert total([Line(amount=0)]) == 0
    assert fitted([Line(quantity=Decimal(2))], 900)[0].amount == 900


@given(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .]{0,10}[A-Za-z]", fullmatch=True),
    st.decimals("0.001", 999, places=3),
    st.sampled_from([None, "30", "1200.50"]),
)
def test_a_line_as_it_is_typed_reads_back(name: str, quantity: Decimal, price: str | None) -> None:
    assert parse_item(item_text(Line(product=name, quantity=quantity), price)) == Item(name, quantity, price)
