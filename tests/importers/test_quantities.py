"""How many pieces: the decimal mark tells decimals from thousands, and what could be either is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.errors import SalestrackError
from salestrack.importers.json_values import Number
from salestrack.importers.quantities import Quantities, parse_quantity, two_readings


@pytest.mark.parametrize(("text", "value"), [("3", "3"), ("2.50", "2.5"), ("1.0", "1"), ("-1.0", "-1"), ("007", "7")])
def test_quantities_are_plain_numbers(text, value):
    assert parse_quantity(text) == value


@pytest.mark.parametrize(
    ("decimal", "text", "value"),
    [
        (".", "1.500", "1.5"), (".", "1,500", "1500"), (".", "1,5", "1.5"), (".", "12,345,678", "12345678"),
        (".", "2.000,0", "2000"), (".", "0,500", "0.5"), (".", "1 500", "1500"), (".", "1'500.25", "1500.25"),
        (".", "1234.567", "1234.567"), (".", "12,34,567", "1234567"), (".", "-1,500", "-1500"),
        (",", "1.500", "1500"), (",", "1,500", "1.5"), (",", "1,5", "1.5"), (",", "12.000", "12000"), (",", "2.000,0", "2000"),
        (",", "1.5", "1.5"), (",", "1234.500", "1234.5"), (",", "1\u202f500,5", "1500.5"),
    ],
)  # fmt: skip
def test_the_decimal_mark_says_what_a_mark_is(decimal, text, value):
    assert parse_quantity(text, decimal) == value


@pytest.mark.parametrize(
    "text",
    ["0", "0.0", "x", "", "1.", ".5", "--1", "1e3", "1.2.3", "1.23.456", "1,500,5", "1.1234567", "1 2", "9" * 13],
)
@pytest.mark.parametrize("decimal", [".", ","])
def test_other_quantities_are_refused(text, decimal):
    with pytest.raises(SalestrackError):
        parse_quantity(text, decimal)


def test_with_a_mark_that_nobody_chose_three_digits_leave_a_doubt():
    for decimal, text, other in ((".", "1.500", ","), (",", "1,500", ".")):
        with pytest.raises(SalestrackError) as caught:
            parse_quantity(text, decimal, doubtful=True)
        assert caught.value.message == (
            f"could be 1500 or 1.5; with --decimal {other} it is 1500, with --decimal {decimal} it is 1.5"
        )
    for text in ("1.5", "1,500", "1234.500", "0.500", "2.000,0"):
        assert parse_quantity(text, doubtful=True) == parse_quantity(text)


def test_a_doubt_is_settled_by_what_fits_the_row():
    column = Quantities(".", chosen=False)
    cells = ["1.500", "1.500", "1,500", "1.500", "2", "1,500"]
    wanted = dict(enumerate([1500, Decimal("1.5"), Decimal("1.5"), None, 2, None]))
    settled = column.settled(cells, lambda place, count: wanted[place] == count)
    assert column.read(settled) == ["1500", "1.5", "1.5", None, "2", "1500"]
    assert [place for place, _ in column.faults(settled)] == [3]
    assert Quantities(".", chosen=True).settled(cells, lambda *_: True) is cells
    assert column.read(column.settled(cells[:1], lambda *_: True)) == [None]  # both fit: it costs nothing


def test_a_number_of_json_has_a_dot_whatever_the_mark():
    column = Quantities(",", chosen=True)
    assert column.read([Number("1.500"), "1.500", Number("1e3"), Number("1.500")]) == ["1.5", "1500", "1000", "1.5"]
    assert column.faults([Number("1.500"), "1.500"]) == []
    assert Quantities(".", chosen=False).read([Number("1.500")]) == ["1.5"]


def test_a_value_stands_for_a_cell_of_any_kind():
    column = Quantities(".", chosen=False, values={"1.500": "3"})
    assert column.read(column.settled(["1.500", Number("1.500")], lambda *_: True)) == ["3", "3"]
    assert column.used == {"1.500"}


def written(count: Decimal, decimal: str, grouping: str) -> str:
    """Return a number as a spreadsheet of some country writes it."""
    return f"{count:,f}".translate(str.maketrans({",": grouping, ".": decimal}))


@given(
    st.decimals("0.000001", "999999999", places=6),
    st.sampled_from([(".", ","), (",", "."), (".", ""), (",", ""), (".", "'"), (",", " "), (".", " ")]),
    st.booleans(),
)
def test_what_is_written_with_a_mark_is_read_with_it(count, marks, tidy):
    decimal, grouping = marks
    count = count.normalize() if tidy else count
    text = written(count, decimal, grouping)
    assert Decimal(parse_quantity(text, decimal)) == count


@given(st.from_regex(r"-?[0-9., ']{1,12}", fullmatch=True), st.sampled_from(".,"))
def test_a_doubtful_number_is_read_as_a_chosen_one_or_refused_with_both_readings(text, decimal):
    try:
        chosen = parse_quantity(text, decimal)
    except SalestrackError:
        with pytest.raises(SalestrackError):
            parse_quantity(text, decimal, doubtful=True)
        return
    both = two_readings(text)
    if both is None or decimal not in text:
        assert parse_quantity(text, decimal, doubtful=True) == chosen
        return
    assert both == (chosen, parse_quantity(text, "," if decimal == "." else "."))
    with pytest.raises(SalestrackError, match=f"could be {both[1]} or {both[0]}"):
        parse_quantity(text, decimal, doubtful=True)
