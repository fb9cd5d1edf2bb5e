"""Amounts in remarks and refusals have the person's own decimal mark; data has a dot."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
ORDER = (
    "Name,Email,Financial Status,Paid at,Currency,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem sku,Billing Name,Refunded Amount,Lineitem discount,Tax 1 Name\n"
    "#2,b@x.example,paid,2026-01-05,USD,0.00,0.00,1210.00,0.00,2026-01-05,1,Tee,10.00,,Bob,{},0.00,\n"
)


@pytest.fixture
def comma(run: Run) -> Run:
    """Return a call on a book with a sale, a refund and two deals, of a person whose decimal mark is a comma."""
    run("config set decimal ,", ok=True)
    for line in (
        "customer add Acme", "sell 1234,50 Acme", "refund s1 1100", "deal add 1000,50 Acme Big", "won d1",
        "deal add 10,50 Acme Small --every month", "deal add 1000,50 Acme Third",
    ):  # fmt: skip
        run(line, ok=True)
    return run


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sell 1234,50 Acme", "note: s1 is the same sale: 1.234,50 USD on that day"),
        ("refund s1 2000", "salestrack: 134,50 USD of s1 can be given back, not 2.000,00 USD"),
        ("edit s1 --amount 50", "salestrack: 1.100,00 USD of s1 was given back, so it cannot be 50,00 USD"),
        ("edit s2 --amount 2000", "salestrack: 1.234,50 USD of s1 can be given back, not 2.000,00 USD"),
        ("edit d1 --amount 900,50", "that day's revenue is 900,50 USD now, not 1.000,50 USD"),
        ("edit d1 --close-date 2026-03-01", ""),
        ("deal split d3 2000 Other", "salestrack: 2.000,00 USD is no part of d3, which is 1.000,50 USD"),
        ("edit d2 --amount 20", "salestrack: d2 repeats: 10,50 USD every month, and counts 126,00 USD"),
    ],
)  # fmt: skip
def test_amounts_are_said_as_the_person_writes_them(comma: Run, line: str, said: str) -> None:
    assert said in comma(line).stderr


def test_an_error_as_json_has_amounts_as_data_has_them(comma: Run) -> None:
    comma("config set decimal .", ok=True)
    plain = comma("refund s1 2000").stderr
    assert "134.50 USD of s1 can be given back, not 2,000.00 USD" in plain


def test_an_import_speaks_as_the_person_writes_and_its_json_does_not(comma: Run) -> None:
    rest = "the difference is an adjustment: line 2 "
    rehearsal = comma("import - -n", stdin=ORDER.format("100.00"), ok=True).stdout
    assert f"{rest}1.200,00 USD" in rehearsal
    assert "1.110,00 USD in 2 rows" in rehearsal
    assert "1210.00 -> 1.210,00 USD" in rehearsal
    data = json.loads(comma("import - -n -f json", stdin=ORDER.format("100.00"), ok=True).stdout)
    assert f"{rest}1,200.00 USD" in data["notes"][-1]
    assert {"cell": "1210.00", "value": "1,210.00 USD"} in [row["samples"][0] for row in data["mapping"]]
    assert f"{rest}1.200,00 USD" in comma("import -", stdin=ORDER.format("100.00"), ok=True).stderr
    shrunk = comma("import -", stdin=ORDER.format("50.00"), ok=True).stderr
    assert "50,00 USD, 100,00 USD in the book" in shrunk
    refused = comma("import - --as sales --decimal .", stdin="date,amount\n2026-01-01,1.234\n").stderr
    assert "with --decimal , it is 1.234,00 USD" in refused
    assert "write 12,00 like 1200" in comma("import - --as sales --cents", stdin="date,amount\n2026-01-01,x\n").stderr


def test_what_has_no_rate_is_told_in_the_same_way(comma: Run) -> None:
    comma("sell '1234,50 EUR' Acme", ok=True)
    assert "1.234,50 EUR (1) has no rate and is in no sum" in comma("report revenue", ok=True).stdout
    assert (
        "1,234.50 EUR (1)" in comma("report revenue -f json", ok=True).stdout
        or "1234.50" in comma("report revenue -f json", ok=True).stdout
    )


def test_what_is_proposed_to_type_is_read_back_as_it_is_meant(run: Run, rows: Any) -> None:
    run("config set decimal ,", ok=True)
    text = ORDER.replace("USD", "KWD").replace("1210.00", "90.000")
    run("import - --decimal .", stdin=text.format("60.000"), ok=True)
    told = run("import - --decimal .", stdin=text.format("50.000"), ok=True).stderr
    command = told.partition("in the book: salestrack ")[2].splitlines()[0]
    run(command, ok=True)
    assert rows("SELECT amount FROM sales WHERE kind = 'refund'") == [["-50000"]]


def test_net_and_tax_that_are_not_gross_are_said_as_the_person_writes_them(comma: Run) -> None:
    table = "date,customer,net,tax,gross\n2026-01-05,Acme,1000,190,1500\n"
    assert "come to, 1.190,00 USD;" in comma("import - --as sales", stdin=table).stderr
    assert "is not the net of net, 1.000,00 USD, and" in comma("import - --as sales --map tax=", stdin=table).stderr
