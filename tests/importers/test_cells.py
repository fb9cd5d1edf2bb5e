"""Cells become values, each different one once."""

import pytest

from salestrack.errors import SalestrackError
from salestrack.importers import amounts, cells
from salestrack.importers.amounts import Amounts, AmountsByCurrency
from salestrack.importers.cells import Parsed
from salestrack.importers.json_values import Number


def test_a_cell_is_read_once_and_its_fault_stays_with_every_row():
    seen = []

    def parse(text: str) -> int:
        seen.append(text)
        if not text.isdigit():
            raise SalestrackError("is no number")
        return int(text)

    column = Parsed(parse)
    texts = ["1", " 1 ", "x", "", "1", "x"]
    assert column.read(texts) == [1, 1, None, None, 1, None]
    assert column.faults(texts) == [(2, "is no number"), (5, "is no number")]
    assert column.read(texts) == [1, 1, None, None, 1, None]
    assert seen == ["1", "1", "x"]
    assert column.faults(["1"]) == []


def test_a_column_remembers_no_more_than_its_share(monkeypatch):
    monkeypatch.setattr(cells, "MOST_KNOWN", 10)
    column = Parsed(int)
    for start in range(0, 100, 5):
        assert column.read([str(number) for number in range(start, start + 5)]) == list(range(start, start + 5))
        assert len(column.known) <= 16


def test_values_replace_cells_and_tell_which_came():
    column = Parsed(str.upper, {"a": "b", "-": ""})
    assert column.read(["a", "-", "c"]) == ["B", None, "C"]
    assert column.used == {"a", "-"}


def test_a_blank_cell_may_be_refused():
    column = Parsed(str, required="needs one")
    assert column.read(["", "x"]) == [None, "x"]
    assert column.faults(["", "x"]) == [(0, "needs one")]


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0), ("7", 700), ("1054", 105400), ("0.5", 50), ("1054.00", 105400), ("12.3", 1230), (" 12.30 ", 1230),
        ("-45", -4500), ("-$45.00", -4500), ("(45.00)", -4500), ("$1,200.50", 120050), ("1.200,50", 120050), ("", None),
        ("99999999999", 9999999999900),
    ],
)  # fmt: skip
def test_amounts_are_exact_minor_units(text, minor):
    column = Amounts("USD", decimal=".", signed=True)
    assert column.read([text]) == [minor]
    assert column.faults([text]) == []


@pytest.mark.parametrize(
    "text", ["1.200", "12,3,4", "1O0", "007", "1.234.5", "１２", "nan", "1e5", "99999999999999999"]
)
def test_an_amount_that_could_be_something_else_is_refused(text):
    column = Amounts("USD", decimal=".", signed=True)
    assert column.read([text]) == [None]
    ((place, reason),) = column.faults([text])
    assert place == 0
    assert reason


def test_the_decimal_mark_and_the_digits_of_a_currency_count():
    assert Amounts("EUR", decimal=",", signed=False).read(["1200,5", "1.200"]) == [120050, 120000]
    assert Amounts("JPY", decimal=".", signed=False).read(["1200"]) == [1200]
    assert Amounts("KWD", decimal=".", signed=False).read(["1.250"]) == [1250]
    column = Amounts("JPY", decimal=".", signed=False)
    assert column.read(["1.5"]) == [None]
    assert Amounts("USD", decimal=".", signed=False).read(["-5"]) == [None]


@pytest.mark.parametrize("cents", [False, True])
def test_a_bad_amount_is_named_however_many_different_ones_stand_around_it(monkeypatch, cents):
    monkeypatch.setattr(amounts, "MOST_KNOWN", 10)
    column = Amounts("USD", decimal=".", signed=True, cents=cents)
    for start in range(0, 100, 25):
        texts = [f"{number}" if cents else f"${number}" for number in range(start, start + 25)]
        texts[3] = "x"
        assert column.read(texts).index(None) == 3
        assert [place for place, _ in column.faults(texts)] == [3]
        assert len(column.known) <= 36


def test_an_amount_may_name_its_currency():
    column = Amounts("USD", decimal=".", signed=True)
    texts = ["10", "10 EUR", "$5"]
    assert column.read(texts) == [1000, 1000, 500]
    assert column.currencies(texts) == [None, "EUR", None]
    assert column.currencies(["10"]) is None


def test_an_amount_beside_another_currency_is_refused():
    column = AmountsByCurrency(lambda code: Amounts(code, decimal=".", signed=True))
    values, faults = column.read(["10", "10", "$5"], ["EUR", "JPY", "EUR"])
    assert values[:2] == [1000, 10]
    assert faults == [(2, "is in USD, and the row in EUR")]


def test_lines_lose_spacing_and_line_ends_and_notes_keep_them():
    assert cells.lines([" a  b ", "", "c"]) == ["a  b", None, "c"]
    assert cells.lines(["a\n b", "  "]) == ["a b", None]
    assert cells.notes([" a\n b ", "\n"]) == ["a\n b", None]
    assert cells.bad_lines(["a", "x" * 1001])[0][0] == 1


@pytest.mark.parametrize(
    ("text", "value"), [("40", 40), ("40%", 40), ("40 %", 40), ("40.0", 40), ("0", 0), ("100", 100)]
)
def test_percentages_are_whole(text, value):
    assert cells.parse_percent(text) == value


@pytest.mark.parametrize("text", ["0.4", "101", "-1", "x", "%", "4.5"])
def test_other_percentages_are_refused(text):
    with pytest.raises(SalestrackError):
        cells.parse_percent(text)


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_number_of_json_has_one_reading_whatever_the_mark_of_the_texts(decimal):
    column = Amounts("EUR", decimal=decimal, signed=True)
    cells = [Number(text) for text in ("12.5", "1e3", "-0.50", "2.500", "1.5e-1", "0.0")]
    assert column.read(cells) == [1250, 100000, -50, 250, 15, 0]
    assert column.faults(cells) == []
    assert Amounts("KWD", decimal=decimal, signed=True).read([Number("1.234")]) == [1234]
    assert Amounts("JPY", decimal=decimal, signed=True).read([Number("12.00")]) == [12]
    assert Amounts("EUR", decimal=decimal, signed=True, cents=True).read([Number("1e3")]) == [1000]


def test_a_number_of_json_with_too_many_decimals_says_so_and_leaves_texts_alone():
    column = Amounts("USD", decimal=",", signed=False)
    cells = [Number("1.234"), "1.234", Number("-1.5"), Number("1e99"), Number("1e20"), Number("1.0e-99")]
    assert column.read(cells) == [None, 123400, None, None, None, None]
    said = dict(column.faults(cells))
    assert said[0] == "has too many decimals: USD has 2"
    assert sorted(said) == [0, 2, 3, 4, 5]


def test_small_words():
    assert cells.parse_direction("Inbound") == "in"
    assert cells.parse_yes_no("To do") == 0
    assert cells.parse_seconds("1h30") == 5400
    assert cells.parse_seconds("0:00") == 0
    for parse, text in ((cells.parse_direction, "up"), (cells.parse_yes_no, "maybe"), (cells.parse_seconds, "long")):
        with pytest.raises(SalestrackError):
            parse(text)
