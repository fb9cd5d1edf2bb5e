"""Net, tax and gross of sales: checked against each other row by row, completed by a rate, never guessed over a profile."""

import pytest

from salestrack.errors import SalestrackError
from salestrack.importers.kinds import KINDS
from salestrack.importers.mapping import map_columns
from salestrack.services.imports.agreement import Row, Settled, parse_rate, settled

MONEY = "SELECT amount, tax, tax_rate, fee FROM sales ORDER BY id"


@pytest.fixture
def bring(tmp_path, book, run):
    """Return a call that imports a text as a file of sales."""

    def call(text: str, more: str = "--as sales --new customers,products"):
        (tmp_path / "x.csv").write_text(text)
        return run(f"import {tmp_path}/x.csv {more}")

    return call


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (Row(10000, 11900, 1900), Settled(10000, 1900)),
        (Row(10001, 11900, 1900), Settled(10001, 1900)),  # a cent of rounding
        (Row(10002, 11900, 1900), Settled(10002, 1900, fits=False)),
        (Row(10002, 11900, 1900, slack=2), Settled(10002, 1900)),  # of two rows of one order
        (Row(10000, 10000, None), Settled(10000, None)),
        (Row(10000, 11900, None), Settled(10000, None, fits=False)),
        (Row(10000, 11300, 800, between=(("shipping", 500),)), Settled(10500, 800, ("shipping",))),
        (Row(10000, 11300, 800, between=(("shipping", 400),)), Settled(10000, 800, fits=False)),
        (
            Row(10000, 10300, 800, between=(("shipping", 500), ("discount", -1000))),
            Settled(9500, 800, ("shipping", "discount")),
        ),
        (Row(9680, 10000, None, between=(("fee", 320),)), Settled(10000, None, ("fee",))),
        (Row(-10000, -11900, -1900), Settled(-10000, -1900)),
        (Row(10000, None, None, parse_rate("19%")), Settled(10000, 1900)),
        (Row(None, 11900, None, parse_rate("19")), Settled(None, 1900)),
        (Row(None, 10000, None, parse_rate("19")), Settled(None, 1597)),
        (Row(3333, 3566, None, parse_rate("7 %")), Settled(3333, 233)),
        (Row(10000, 12495, None, parse_rate("19"), (("shipping", 500),)), Settled(10500, 1995, ("shipping",))),
        (Row(10000, 11300, None, parse_rate("19")), Settled(10000, 1804, fits=False)),
    ],
)
def test_net_is_gross_less_tax_or_the_row_does_not_fit(row, wanted):
    assert settled(row) == wanted


@pytest.mark.parametrize(
    ("text", "rate"), [("19", "19"), ("7,5 %", "7.5"), ("DE MwSt 19%", "19"), ("0", "0"), ("0.5%", "0.5")]
)
def test_a_rate_is_read_as_it_is_written(text, rate):
    assert str(parse_rate(text)) == rate


@pytest.mark.parametrize("text", ["standard", "0.19", "119", "19.00 EUR"])
def test_what_is_no_rate_or_could_be_two_is_refused(text):
    with pytest.raises(SalestrackError, match="--value 'tax_rate:"):
        parse_rate(text)


def test_shipping_that_the_net_column_leaves_out_is_in_the_net_amount_and_a_line(bring, rows):
    said = bring("Order date,Customer,Product,Subtotal,Shipping,Tax,Total\n2026-11-02,Ann,Tee,100,5,8,113\n")
    assert "note: net is Total less Tax in 1 row: Subtotal is without Shipping\n" in said.stderr
    assert rows(MONEY) == [["10500", "800", "", ""]]
    assert rows("SELECT kind, amount FROM sale_lines ORDER BY position") == [["product", "10000"], ["shipping", "500"]]


def test_a_net_after_the_fee_is_no_revenue_of_its_own(bring, rows):
    said = bring("Date,Gross,Fee,Net\n2026-11-02,100,-3.20,96.80\n2026-11-03,-100,3.20,-96.80\n")
    assert "net is Gross in 2 rows: Net is after Fee" in said.stderr
    assert rows(MONEY) == [["10000", "", "", "320"], ["-10000", "", "", "-320"]]


def test_a_row_that_contradicts_itself_is_refused_with_what_would_read_it(bring, rows):
    text = "date,amount,gross,tax\n2026-11-02,100,150,19\n"
    refused = bring(text)
    said = (
        "x.csv: line 2, gross '150': is not what amount and tax come to, 119.00 USD; --map amount= takes gross less tax as"
        " net, --map gross= takes amount, --map shipping=COLUMN says what else is in it"
    )
    assert (refused.exit_code, refused.stderr.splitlines()[0]) == (1, said)
    assert bring(text, "--as sales --map amount= --source a").exit_code == 0
    assert bring(text, "--as sales --map gross= --source b").exit_code == 0
    assert rows(MONEY) == [["13100", "1900", "", ""], ["10000", "1900", "", ""]]


def test_a_net_that_holds_the_tax_is_not_offered_as_net(bring, rows):
    text = "date,Amount,VAT,Total\n2026-11-02,119,19,119\n"
    said = "Total '119': is Amount too, and VAT says a tax; --map amount= takes Total less VAT as net\n"
    assert said in bring(text).stderr
    bring(text, "--as sales --map amount=")
    assert rows(MONEY) == [["10000", "1900", "", ""]]


def test_net_and_gross_that_differ_need_a_tax(bring, rows):
    refused = bring("date,net,gross\n2026-11-01,100,100\n2026-11-02,100,119\n")
    said = "line 3, gross '119': is not the net of net, 100.00 USD, and nothing says the tax; --map tax=COLUMN says it"
    assert (refused.exit_code, said in refused.stderr) == (1, True)
    assert bring("date,net,gross\n2026-11-02,100,119\n", "--as sales --set tax_rate=19").exit_code == 0
    assert rows(MONEY) == [["10000", "1900", "19", ""]]


@pytest.mark.parametrize("title", ["tax rate", "MwSt %", "VAT (%)", "Steuersatz"])
def test_a_column_of_tax_rates_makes_the_tax(bring, rows, title):
    bring(f"date,net,{title},gross\n2026-11-01,100,19%,119\n2026-11-02,100,7,107\n2026-11-03,,7,107\n")
    assert rows(MONEY) == [["10000", "1900", "19", ""], ["10000", "700", "7", ""], ["10000", "700", "7", ""]]


def test_a_rate_that_is_named_by_map_or_beside_a_price_counts_too(bring, rows):
    bring("date,price,quantity,rt\n2026-11-01,10,3,19\n", "--as sales --map tax_rate=rt")
    assert rows(MONEY) == [["3000", "570", "19", ""]]
    refused = bring("date,net,rt\n2026-11-02,100,0.19\n", "--as sales --map tax_rate=rt --source b")
    assert "rt '0.19': is a share or a rate below 1 %; say which: --value 'tax_rate:0.19=19%'" in refused.stderr


def test_a_discount_in_percent_is_no_money(bring, rows):
    bring("date,product,price,quantity,Discount %\n2026-11-01,Tee,100,2,10\n")
    assert rows(MONEY) == [["18000", "", "", ""]]


def test_money_of_products_that_nothing_names_is_told_as_not_used(bring):
    said = bring("date,amount,price,discount\n2026-11-01,100,7,3\n", "--as sales -n").stdout
    assert "price and discount are read and not used: amount counts, and nothing names a product" in said


TILL = """kind = "sales"
match = ["Beleg", "Brutto", "MwSt"]
id = "Beleg"
[columns]
date = "Datum"
gross = "Brutto"
tax = "MwSt"
"""


def test_a_guess_never_beats_what_a_profile_says_of_the_same_money(bring, run, rows, tmp_path):
    (tmp_path / "till.toml").write_text(TILL)
    run(f"profile save till {tmp_path}/till.toml", ok=True)
    said = bring("Beleg,Datum,Brutto,MwSt,Netto,Umsatz\nK1,2026-03-02,47.60,7.60,1.00,2.00\n", "")
    assert "columns that are not read: Netto, Umsatz" in said.stderr
    assert rows(MONEY) == [["4000", "760", "", ""]]


@pytest.mark.parametrize(
    ("maps", "fields"),
    [
        (["gross=Total", "tax=Tax"], {"gross", "tax"}),
        (["amount=Net"], {"amount", "tax"}),
        (["price=Net"], {"price", "amount", "gross", "tax", "shipping"}),
        (["amount="], {"gross", "tax"}),
        (["shipping="], {"amount", "gross", "tax"}),
    ],
)
def test_headers_say_only_what_nobody_said(maps, fields):
    found = map_columns(KINDS["sales"], ["Total", "Tax", "Net", "Subtotal", "Shipping"], [*maps, "date="])
    assert {mapped.field.name for mapped in found.fields} == fields
