"""The currency of a row: what a cell names itself has to agree with it, in a file of one currency as in one of several."""

import pytest


@pytest.fixture
def bring(tmp_path, book, run):
    """Return a call that imports a text as a file of some kind into a book in US dollars."""

    def call(text: str, more: str = "", *, kind: str = "sales"):
        (tmp_path / "x.csv").write_text(text)
        return run(f"import {tmp_path}/x.csv --as {kind} --new customers,products {more}")

    return call


@pytest.mark.parametrize("others", ["", "2026-11-04,Cy,7,EUR\n"])
def test_a_cell_of_another_currency_than_its_row_is_refused_whatever_the_other_rows_are_in(bring, rows, others):
    refused = bring(f'date,customer,amount,currency\n2026-11-02,Ann,"1.234,56 €",USD\n2026-11-03,Bo,£7,USD\n{others}')
    assert refused.exit_code == 1
    assert "x.csv: line 2, amount '1.234,56 €': is in EUR, and the row in USD" in refused.stderr
    assert "x.csv: line 3, amount '£7': is in GBP, and the row in USD" in refused.stderr
    assert rows("SELECT count(*) FROM sales") == [["0"]]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("deals", "title,amount,stage,currency\nX,5 EUR,Lead,USD\n"),
        ("products", "name,price,currency\nX,5 EUR,USD\n"),
        ("sales", "date,amount,tax,currency\n2026-11-02,50,5 EUR,USD\n"),
        ("sales", "date,product,amount,discount\n2026-11-02,Tee,50,5 EUR\n"),
        ("sales", "date,amount,fee\n2026-11-02,50,5 EUR\n"),
        ("sales", "date,amount,cost\n2026-11-02,50 USD,5 EUR\n"),
    ],
)
def test_every_amount_of_a_row_is_in_its_currency(bring, kind, text):
    refused = bring(text, kind=kind)
    assert (refused.exit_code, ": is in EUR, and the row in USD" in refused.stderr) == (1, True)


def test_the_first_amount_that_is_filled_says_the_currency_of_its_row(bring, rows):
    text = "date,amount,gross,tax,fee\n2026-11-02,50 EUR,,9.50,1.60 €\n2026-11-03,,119 EUR,19,\n2026-11-04,50,,,1.60\n"
    assert bring(text).exit_code == 0
    wanted = [["5000", "950", "160", "EUR"], ["10000", "1900", "", "EUR"], ["5000", "", "160", "USD"]]
    assert rows("SELECT amount, tax, fee, currency FROM sales ORDER BY id") == wanted


def test_the_currency_that_is_said_for_the_file_is_that_of_bare_amounts(bring, rows):
    assert bring("date,amount,fee\n2026-11-02,50,1.60 EUR\n", "--currency EUR").exit_code == 0
    assert rows("SELECT amount, fee, currency FROM sales") == [["5000", "160", "EUR"]]
