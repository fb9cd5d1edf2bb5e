"""Numbers of files as the real command line reads them: quantities, dates with dots, fees, and numbers of JSON."""

import json

import pytest

SALES = "Date;Customer;Product;Quantity;Price;Amount\n"
LINES = "SELECT s.amount, l.quantity FROM sales s JOIN sale_lines l ON l.sale_id = s.id WHERE l.kind = 'product' ORDER BY s.id"


@pytest.fixture
def table(tmp_path, book, run):
    """Return a call that imports a text as a file of sales."""

    def bring(text: str, more: str = "", *, name: str = "x.csv", ok: bool = True):
        (tmp_path / name).write_text(text)
        return run(f"import {tmp_path}/{name} --as sales --new customers,products {more}", ok=ok)

    return bring


@pytest.mark.parametrize(
    ("decimal", "cell", "price", "amount", "quantity"),
    [
        (",", "1.500", "2,00", "300000", "1500"), (",", "1,5", "2,00", "300", "1.5"), (",", "2.000,0", "2", "400000", "2000"),
        (".", "1,500", "2.00", "300000", "1500"), (".", "1.500", "2.00", "300", "1.5"),
    ],
)  # fmt: skip
def test_a_quantity_follows_the_decimal_mark(table, rows, decimal, cell, price, amount, quantity):
    table(f"Date;Customer;Product;Quantity;Price\n2026-03-01;Acme;Tee;{cell};{price}\n", f"--decimal {decimal}")
    assert rows(LINES) == [[amount, quantity]]


@pytest.mark.parametrize(("decimal", "quantity"), [(".", "1.5"), (",", "1500")])
def test_a_doubtful_quantity_is_refused_until_somebody_says_the_mark(table, rows, decimal, quantity):
    text = "Date;Customer;Product;Quantity;Amount\n2026-03-01;Acme;Tee;1.500;30\n"
    refused = table(text, ok=False)
    assert refused.exit_code == 1
    assert (
        "x.csv: line 2, Quantity '1.500': could be 1500 or 1.5; with --decimal , it is 1500, with --decimal . it is 1.5"
        in refused.stderr
    )
    table(text, f"--decimal {decimal}")
    assert rows(LINES) == [["3000", quantity]]


def test_price_and_amount_of_a_row_settle_its_quantity(table, rows):
    table(
        f"{SALES}2026-03-01;Acme;Tee;1.500;2;3000\n2026-03-02;Acme;Tee;1.500;2;3\n2026-03-03;Acme;Tee;1,500;2;3\n"
        "2026-03-04;Acme;Tee;1,500;2;3000\n2026-03-05;Acme;Tee;1.250;2.33;2.91\n"
    )
    assert rows(LINES) == [["300000", "1500"], ["300", "1.5"], ["300", "1.5"], ["300000", "1500"], ["291", "1.25"]]


def test_a_profile_with_a_comma_reads_thousands_of_pieces(run, rows, tmp_path, book):
    (tmp_path / "till.toml").write_text(
        'kind = "sales"\nmatch = ["Beleg", "Menge"]\nid = "Beleg"\nnew = ["products"]\n[columns]\ndate = "Datum"\n'
        'product = "Artikel"\nquantity = "Menge"\namount = "Betrag"\n[group]\nby = ["Beleg"]\n[format]\ndecimal = ","\n'
    )
    run(f"profile save till {tmp_path}/till.toml", ok=True)
    (tmp_path / "t.csv").write_text(
        "Beleg;Datum;Artikel;Menge;Betrag\n1;01.03.2026;Tee;12.000;24,00\n2;02.03.2026;Tee;2.000,0;4,00\n"
    )
    run(f"import {tmp_path}/t.csv", ok=True)
    assert rows(LINES) == [["2400", "12000"], ["400", "2000"]]


def test_our_own_export_with_three_decimals_comes_back(table, run, rows, tmp_path):
    table("id,date,customer,product,quantity,amount\n1,2026-03-01,Acme,Tee,1.125,20\n", "--decimal .")
    for name, more in (("a.csv", ""), ("b.csv", "--excel"), ("c.jsonl", "-f jsonl")):
        run(f"export sales {more} -o {tmp_path}/{name}", ok=True)
        assert "0 new, 0 changed" in run(f"import {tmp_path}/{name}", ok=True).stdout
    assert rows(LINES) == [["2000", "1.125"]]


@pytest.mark.parametrize("mark", [".", ","])
def test_a_number_of_json_is_never_doubtful(table, rows, mark):
    lines = ['{"id": 1, "date": "2026-03-01", "amount": 1e3, "product": "Tee", "quantity": 1.500}']
    table("\n".join(lines), f"--decimal {mark}", name="x.jsonl")
    assert rows(LINES) == [["100000", "1.5"]]


@pytest.mark.parametrize("more", ["", "--decimal ,", "--decimal ."])
def test_a_number_of_json_with_too_many_decimals_is_named_as_it_stands(table, more):
    refused = table(json.dumps({"id": 1, "date": "2026-03-01", "amount": 1.234}), more, name="x.jsonl", ok=False)
    assert "x.jsonl: line 1, amount '1.234': has too many decimals: USD has 2" in refused.stderr
    assert "--decimal" not in refused.stderr


REPORT = ["Opportunity Name", "Account Name", "Opportunity Owner", "Stage", "Amount", "Close Date", "Created Date"]


def test_with_dots_the_day_comes_first_whatever_the_profile_says_of_slashes(run, rows, tmp_path, book):
    def report(name: str, sign: str, *cells: str) -> str:
        (tmp_path / name).write_text("".join(sign.join(f'"{cell}"' for cell in row) + "\n" for row in (REPORT, cells)))
        return f"import {tmp_path}/{name}"

    american = report("us.csv", ",", "A", "Acme", "Jane", "Closed Won", "100.00", "4/3/2026", "2/1/2026")
    german = report("de.csv", ";", "A", "Acme", "Jane", "Closed Won", "100,00", "03.04.2026", "01.02.2026")
    run(american, ok=True)
    assert rows("SELECT created_on, closed_on FROM deals") == [["2026-02-01", "2026-04-03"]]
    assert "0 new, 0 changed, 1 same" in run(f"{german} --decimal ,", ok=True).stdout


STRIPE = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Currency,Fee,Status\n"
    "py_1,2026-07-10 18:37:41,50.00,0.00,eur,true,54.10,usd,1.75,Paid\n"
)


def without(text: str, *columns: str) -> str:
    table = [line.split(",") for line in text.splitlines()]
    kept = [at for at, name in enumerate(table[0]) if name not in columns]
    return "".join(",".join(row[at] for at in kept) + "\n" for row in table)


@pytest.mark.parametrize(
    "gone", [("Converted Amount", "Converted Currency"), ("Converted Currency",), ("Converted Amount",)]
)
def test_a_fee_is_not_read_where_the_file_does_not_say_its_currency(run, rows, tmp_path, book, gone):
    (tmp_path / "whole.csv").write_text(STRIPE)
    (tmp_path / "less.csv").write_text(without(STRIPE, *gone))
    said = run(f"import {tmp_path}/less.csv", ok=True)
    lacks = " or ".join(f"'{name}'" for name in gone)
    assert f"Fee is not read: it is in the currency of the payout, and the file has no column {lacks}" in said.stderr
    assert rows("SELECT amount, currency, fee FROM sales") == [["5000", "EUR", ""]]

    run(f"import {tmp_path}/whole.csv", ok=True)
    run(f"import {tmp_path}/less.csv", ok=True)
    assert rows("SELECT amount, currency, fee FROM sales") == [["5000", "EUR", "162"]]


def test_a_fee_beside_a_blank_currency_is_unknown(run, rows, tmp_path, book):
    (tmp_path / "x.csv").write_text(STRIPE.replace("54.10,usd", ","))
    said = run(f"import {tmp_path}/x.csv", ok=True)
    assert "1 fee is not read: Converted Currency is blank beside it" in said.stderr
    assert rows("SELECT fee FROM sales") == [[""]]


def test_the_user_may_say_that_a_fee_is_in_the_currency_of_the_sale(run, rows, tmp_path, book):
    (tmp_path / "x.csv").write_text(without(STRIPE, "Converted Amount", "Converted Currency"))
    said = run(f"import {tmp_path}/x.csv --map fee=Fee", ok=True)
    assert "Fee is not read" not in said.stderr
    assert rows("SELECT fee FROM sales") == [["175"]]
