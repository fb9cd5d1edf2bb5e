"""sell and refund: amounts to the cent, invoices of deals, money given back."""

import pytest


def test_a_sale_says_what_it_understood(run):
    result = run("sell 1,200.50 Acme Logo -d mon --new", ok=True)
    assert result.stdout == "s1 · 1,200.50 USD · Acme (new) · Logo · Mon 2026-03-16 · undo: o2\n"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (",200", "$1"),
        ("00", "$1"),
        ("1.200", "1.200"),
        ("1e3", "1e3"),
        ("10.999.99", "10.999.99"),
        ("free", "free"),
        ("12.345", "12.345"),
    ],
)
def test_an_amount_with_two_readings_is_refused(run, amount, said, rows):
    run("customer add Acme", ok=True)
    result = run(["sell", amount, "acme"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert rows("SELECT count(*) FROM sales") == [["0"]]


def test_a_negative_amount_points_to_refund(run):
    run("customer add Acme", ok=True)
    assert "refund" in run("sell -50 acme").stderr
    assert "refund" in run(["sell", "--", "-50", "acme"]).stderr


def test_tax_stands_beside_the_net_amount(run, rows):
    assert "+ 19.00 USD tax" in run("sell 100 Acme --tax 19% --new", ok=True).stdout
    assert rows("SELECT amount, tax FROM sales") == [["10000", "1900"]]


def test_products_and_a_discount_make_the_amount(run, rows):
    run("product add Build 2500", ok=True)
    run("sell - Acme --product 3xBuild --product Build@2000 --discount 10% --new", ok=True)
    assert rows("SELECT amount FROM sales") == [["855000"]]
    assert rows("SELECT kind, amount FROM sale_lines ORDER BY position") == [
        ["product", "750000"],
        ["product", "200000"],
        ["discount", "-95000"],
    ]


def test_a_sale_beside_an_open_deal_warns_and_joins_on_request(run):
    run("deal add 9000 Acme Website --new", ok=True)
    alone = run("sell 4500 acme deposit", ok=True)
    assert "--deal d1" in alone.stderr
    joined = run("sell 4500 acme rest --deal d1", ok=True)
    assert "invoice of d1 Website (open)" in joined.stdout


def test_an_invoice_has_its_deals_currency(run):
    run("deal add 9000 Acme Website --new", ok=True)
    refused = run("sell 500eur acme --deal d1")
    assert refused.exit_code == 1
    assert "USD" in refused.stderr


def test_a_refund_is_negative_on_its_own_day_and_never_more_than_was_paid(run, rows):
    run("sell 100 Acme --tax 19 --new -d 2026-03-02", ok=True)
    assert "60.00 USD left" in run("refund s1 40 broken", ok=True).stdout
    too_much = run("refund s1 70")
    assert too_much.exit_code == 1
    assert "60.00 USD" in too_much.stderr
    run("refund s1", ok=True)
    assert rows("SELECT kind, amount, tax, on_date FROM sales ORDER BY id") == [
        ["sale", "10000", "1900", "2026-03-02"],
        ["refund", "-4000", "-760", "2026-03-18"],
        ["refund", "-6000", "-1140", "2026-03-18"],
    ]
    assert run("refund s1").exit_code == 1
    assert run("refund s2").exit_code == 1
    assert run("refund s1 10 -d 2026-03-01").exit_code == 1


def test_a_refund_lowers_its_products_to_the_cent(run, rows):
    run("product add A 10", ok=True)
    run("product add B 20", ok=True)
    run("sell - Acme --product 3xA --product B@0.01 --new", ok=True)
    run("refund s1 10", ok=True)
    assert rows("SELECT sum(amount) FROM sale_lines WHERE sale_id = 2") == [["-1000"]]


def test_money_without_a_rate_is_kept_and_said(run, rows):
    assert "no rate for EUR" in run("sell 100eur Acme --new", ok=True).stderr
    assert rows("SELECT amount, currency, book_amount FROM sales") == [["10000", "EUR", ""]]


def test_a_note_in_place_of_the_amount_of_a_refund_is_told_what_comes_first(run):
    run("sell 45 Acme Chair --new", ok=True)
    run("refund s1 5.50", ok=True)
    said = run("refund s1 one corner was bent")
    assert said.exit_code == 2
    assert said.stderr.splitlines() == [
        "salestrack: 'one' is not an amount; that comes before the note",
        "hint: salestrack refund s1 39.50 one corner was bent",
    ]
    assert "hint: salestrack refund s1 39.50 NOTE" in run(["refund", "s1", "it's bent"]).stderr
    run("sell 10 Acme Care --every month", ok=True)
    assert "hint: salestrack refund s3 AMOUNT broken\n" in run("refund s3 broken").stderr


def test_a_negative_number_is_told_what_the_command_takes(run):
    assert "salestrack score add WHAT -- -5" in run("score add country=XX -5").stderr
    assert "amounts are positive" in run("deal add -5 Acme x").stderr
    assert "amounts" not in run("field add deal size -5").stderr


def test_a_list_of_sales_in_several_currencies_has_a_total_of_each(run):
    for line in ("sell 100 Acme --new --tax 19", "sell 50chf Acme", "sell 70chf Acme"):
        run(line, ok=True)
    assert [line.split() for line in run("sale list", ok=True).stdout.split("\n\n")[2].splitlines()] == [
        ["Total", "by", "currency"],
        ["Currency", "Sales", "Net", "Tax", "Gross"],
        ["CHF", "2", "120.00", "CHF", "0.00", "CHF", "120.00", "CHF"],
        ["USD", "1", "100.00", "USD", "19.00", "USD", "119.00", "USD"],
    ]
    run("undo o3", ok=True)
    run("undo o4", ok=True)
    assert "Total by currency" not in run("sale list", ok=True).stdout
