"""What is likely not meant is refused, or said: other customers' names, days of another year, the same sale again."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]


@pytest.fixture
def book_of(run: Run) -> Run:
    """Return the command line of a book with three customers and a deal."""
    for line in ("customer add Acme", "customer add 'Müller & Söhne'", "customer add Ann", "deal add 1000 Acme Site"):
        run(line, ok=True)
    return run


def test_an_alias_that_is_another_customers_name_is_refused(book_of: Run, rows: Rows) -> None:
    for line in ("customer add 'Acme Tools' --alias ACME", "customer edit c2 --alias acme"):
        result = book_of(line)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "' finds Acme (c1) already" in result.stderr
    assert rows("SELECT count(*) FROM customer_aliases") == [["0"]]


def test_a_customer_that_is_called_like_anothers_alias_warns_and_is_ambiguous_then(book_of: Run) -> None:
    book_of("customer edit c2 --alias berg", ok=True)
    assert "Müller & Söhne (c2) looks like the same customer" in book_of("customer add Berg", ok=True).stderr
    result = book_of("log call berg")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "'berg' could be Müller & Söhne (c2), Berg (c4)" in result.stderr


@pytest.mark.parametrize("name", ["Mueller & Soehne", "MULLER + SOHNE"])
def test_a_name_in_another_spelling_looks_like_the_same_customer(book_of: Run, name: str) -> None:
    result = book_of(["customer", "add", name], ok=True)
    assert "note: Müller & Söhne (c2) looks like the same customer" in result.stderr


def test_a_new_customer_beside_one_of_nearly_the_same_name_is_said_to_be_another(book_of: Run) -> None:
    assert "Annn (new, not Ann)" in book_of("log call Annn --new", ok=True).stdout
    assert "Zebra (new) " in book_of("log call Zebra --new", ok=True).stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["customer", "add", "-"], "'-' is not a name"),
        (["customer", "add", "\u200b"], "the customer's name holds nothing that can be seen"),
        (["customer", "add", "Beta", "--alias", "@"], "'@' is not a name"),
        (["customer", "add", "Beta", "--email", "notmail"], "'notmail' is not an e-mail address"),
        (["customer", "add", "Beta", "--phone", "abc"], "'abc' is not a telephone number"),
        (["customer", "edit", "c1", "--email", "x@y"], "'x@y' is not an e-mail address"),
        (["contact", "add", "Joe", "c1", "--phone", "12"], "'12' is not a telephone number"),
        (["log", "call", "Acme", "-d", "14:31"], "time '14:31' is still to come"),
    ],
)
def test_what_names_or_reaches_nobody_is_refused(book_of: Run, words: list[str], message: str) -> None:
    result = book_of(words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_name_that_is_how_an_id_is_written_is_said_to_be_one(book_of: Run) -> None:
    assert (
        "'D12' is also how an id is written; c4 always names this customer"
        in book_of("customer add D12", ok=True).stderr
    )
    assert book_of("customer add O2", ok=True).stderr == "", "nobody is named by an operation"


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("sell 5 Ann -d '19 mar'", "note: '19 mar' is Wed 2025-03-19, 364 days ago"),
        ("deal add 5 Ann Site --close '17 mar'", "note: '17 mar' is Wed 2027-03-17, 364 days ahead"),
        ("deal add 5 Ann Site --close 2020-01-01", "note: close date Wed 2020-01-01 has passed"),
        ("deal add 5 Ann Site --next 2026-03-02", "note: next step Mon 2026-03-02 has passed"),
    ],
)
def test_a_day_that_was_hardly_meant_is_said(book_of: Run, line: str, note: str) -> None:
    assert note in book_of(line, ok=True).stderr.splitlines()


@pytest.mark.parametrize(
    "line",
    ["sell 5 Ann -d 2025-03-19", "sell 5 Ann -d -1y", "deal add 5 Ann Site --close eoy", "sell 5 Ann -d '17 mar'"],
)
def test_a_day_that_was_surely_meant_is_not(book_of: Run, line: str) -> None:
    assert book_of(line, ok=True).stderr == ""


def test_the_same_sale_twice_and_a_deal_billed_beyond_its_worth_are_said(book_of: Run) -> None:
    assert book_of("sell 800 Acme --deal d1 --ref 7", ok=True).stderr == ""
    again = book_of("sell 800 Acme --deal d1 --ref 7", ok=True).stderr.splitlines()
    assert again == [
        "note: s1 is the same sale: 800.00 USD on that day (salestrack undo takes this one back)",
        "note: d1 is worth 1,000.00 USD and billed at 1,600.00 USD now",
    ]
    assert "note: s1 has the ref 7 too" in book_of("sell 90 Acme --deal d1 --ref 7", ok=True).stderr
    assert "s1" not in book_of("sell 800 Ann --ref 7", ok=True).stderr, "another customer's"


def test_products_of_a_new_deal_that_come_to_another_amount_are_said(book_of: Run) -> None:
    book_of("product add Mug 5", ok=True)
    one = book_of("deal add 500 Ann Mugs --product 2xMug", ok=True)
    assert one.stderr == "note: the products come to 10.00 USD, and take the amount\n"
    two = book_of("deal add 500 Ann Mugs --product 2xMug --product Mug@1", ok=True)
    assert two.stderr == "note: the products come to 11.00 USD; the difference is an adjustment\n"
    assert book_of("deal add 10 Ann Mugs --product 2xMug", ok=True).stderr == ""


def test_a_price_that_comes_to_no_whole_cent_is_rounded_and_said(book_of: Run, rows: Rows) -> None:
    book_of("product add Mug 5", ok=True)
    result = book_of("sell - Ann --product 1.5xMug@85.55", ok=True)
    assert result.stderr == "note: 1.5 x Mug at 85.55 USD is rounded to 128.32 USD\n"
    assert rows("SELECT amount FROM sales") == rows("SELECT amount FROM sale_lines") == [["12832"]]


def test_products_discounts_and_tax_are_typed_with_the_persons_decimal_mark(book_of: Run, rows: Rows) -> None:
    book_of("product add Hour 95", ok=True)
    book_of("config set decimal ,", ok=True)
    book_of("sell - Ann --product 0,5xHour --discount 7,5 --tax 7,5%", ok=True)
    assert rows("SELECT amount, tax_rate FROM sales") == [["4394", "7.5"]], "47.50 less 3.56"
    assert rows("SELECT quantity FROM sale_lines WHERE kind = 'product'") == [["0.5"]]
    assert "0,25xHour@95" in book_of("sale edit s1 --product 0,25xHour", ok=True).stdout


def test_a_bare_redo_does_not_reach_behind_other_work(book_of: Run) -> None:
    book_of("customer add Beta", ok=True)
    book_of("undo", ok=True)
    assert "Beta" in book_of("redo", ok=True).stdout
    book_of("undo", ok=True)
    book_of("customer add Gamma", ok=True)
    result = book_of("redo")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "since then came" in result.stderr
    assert "salestrack redo o6 if you mean it" in result.stderr
    book_of("redo o6", ok=True)


def test_a_step_that_is_due_later_is_not_put_off_until_an_earlier_day(book_of: Run) -> None:
    book_of("plan call Ann +3w", ok=True)
    result = book_of("snooze a1 +1w")
    assert result.exit_code == 1
    assert "a1 is due on Wed 2026-04-08, after Wed 2026-03-25" in result.stderr
    book_of("snooze a1 +4w", ok=True)


def test_a_target_that_is_set_so_already_makes_no_operation(book_of: Run, rows: Rows) -> None:
    book_of("quota set 7000", ok=True)
    count = rows("SELECT count(*) FROM operations")
    assert book_of("quota set 7000", ok=True).stdout == "q1 · revenue 7,000.00 USD · set already\n"
    assert rows("SELECT count(*) FROM operations") == count
    assert "was 7,000.00 USD" in book_of("quota set 8000", ok=True).stdout


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("quota set -5", "targets are positive"),
        ("follow-up add demo call -2d", "a step follows later: +2d, +1w, +3wd"),
        ("plan call Ann -2d", "planning looks ahead: +2d, +1w"),
        ("score add call -5", "put -- before points"),
        ("sell -5 Ann", "salestrack refund SALE AMOUNT"),
    ],
)
def test_a_number_below_nothing_gets_the_hint_of_its_command(book_of: Run, line: str, hint: str) -> None:
    result = book_of(line)
    assert result.exit_code == 2
    assert hint in result.stderr
