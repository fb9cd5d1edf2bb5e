"""Sales tax from the command line: whose rate counts, what refunds give back, and the totals for the tax adviser."""

import csv
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import run_line


@pytest.fixture
def listed(run):
    """Return the list of sales as JSON."""
    return lambda: json.loads(run("sale list -f json", ok=True).stdout)


@pytest.mark.parametrize(
    ("setting", "product", "typed", "rate", "tax"),
    [
        (None, None, None, None, None),
        ("19", None, None, "19", "19.00"),
        ("19", "7", None, "7", "7.00"),
        ("19", "7", "0", "0", "0.00"),
        (None, "7", None, "7", "7.00"),
        (None, None, "8.875", "8.875", "8.88"),  # 8.875 goes to the even cent
    ],
)
def test_the_rate_of_the_sale_comes_before_the_products_and_that_before_the_books(
    run, listed, setting, product, typed, rate, tax
):
    if setting:
        run(f"config set tax-rate {setting}", ok=True)
    run("product add Care 100" + (f" --tax {product}" if product else ""), ok=True)
    run("sell - acme --product Care --new" + (f" --tax {typed}" if typed else ""), ok=True)
    row = listed()["rows"][0]
    assert (row["tax_rate"], row["tax"] and row["tax"]["amount"]) == (rate, tax)
    assert row["gross"]["amount"] == str(Decimal("100.00") + Decimal(tax or 0))


def test_the_totals_by_country_and_rate_add_up_to_the_list(run, listed, tmp_path):
    run("product add Build 5000 --tax 19", ok=True)
    run("product add Book 33.33 --tax 7", ok=True)
    run("sell - acme --product Build --product 7xBook --discount 12.5% --new -d 2026-01-20", ok=True)
    run("sell 4999.99 acme --product Build --product Book -d 2026-02-01", ok=True)
    run("sell - globex --product Build --product 3xBook --every month --new -d 2026-01-31", ok=True)
    run("sell 10 globex Tip", ok=True)
    run("customer edit globex --country AT", ok=True)
    run("refund s1 1234.56", ok=True)
    run("refund s1", ok=True)
    found = listed()
    for name, total in (("amount", "net"), ("tax", "tax"), ("gross", "gross")):
        rows = sum(row[name]["minor"] for row in found["rows"] if row[name])
        assert rows == sum(row[total]["minor"] for row in found["tax_totals"])
    assert {row["country"] for row in found["tax_totals"]} == {None, "AT"}
    given = [row for row in found["rows"] if row["refund_of"] == "s1" or row["id"] == "s1"]
    assert sum(row["tax"]["minor"] for row in given) == 0
    path = tmp_path / "q1.csv"
    run(f"sale list 2026Q1 -o {path}", ok=True)
    with path.open(newline="", encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    wanted = {"date", "ref", "customer", "country", "amount", "tax_rate", "tax", "gross", "refund_of"}
    assert wanted <= set(written[0])
    revenue = json.loads(run("report revenue 2026Q1 -f json", ok=True).stdout)["totals"]["amount"]
    assert sum(Decimal(row["amount"]) for row in written) == Decimal(revenue["amount"])


def test_a_discount_is_echoed_on_sales_and_deals(run):
    run("product add Build 5000", ok=True)
    said = "10,000.00 USD - 10 % = 9,000.00 USD"
    assert said in run("sell - acme --product 2xBuild --discount 10% --new", ok=True).stdout
    assert said in run("deal add - acme Site --product 2xBuild --discount 10%", ok=True).stdout


def test_a_book_without_tax_shows_no_word_of_it(run, listed):
    run("sell 100 acme Talk --new", ok=True)
    assert "Tax" not in run("sale list", ok=True).stdout
    assert listed()["tax_totals"] == []


@given(parts=st.lists(st.integers(1, 20_000), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_refunds_in_parts_give_back_each_rate_to_the_cent(tmp_path_factory, monkeypatch, parts):
    book = tmp_path_factory.mktemp("refunds") / "sales.db"
    monkeypatch.setenv("SALESTRACK_DB", str(book))
    for line in (
        "init --currency EUR -y", "product add Build 500 --tax 19", "product add Book 33.33 --tax 7",
        "sell - X --product Build --product Book --discount 10% --new",
    ):  # fmt: skip
        assert run_line(line).exit_code == 0
    left = {"7": (Decimal("30.00"), Decimal("2.10")), "19": (Decimal("450.00"), Decimal("85.50"))}
    given_back = Decimal(0)
    for part in parts:
        if run_line(f"refund s1 {Decimal(part) / 100}").exit_code == 0:
            given_back += Decimal(part) / 100
            rest = 1 - given_back / 480
            for rate, (net, tax) in by_rate_now().items():
                assert abs(net - left[rate][0] * rest) <= Decimal("0.01")
                assert abs(tax - left[rate][1] * rest) <= Decimal("0.02")
    run_line("refund s1")
    assert by_rate_now() == {"7": (Decimal(0), Decimal(0)), "19": (Decimal(0), Decimal(0))}


def by_rate_now() -> dict[str, tuple[Decimal, Decimal]]:
    rows = json.loads(run_line("sale list -f json").stdout)["tax_totals"]
    return {row["tax_rate"]: (Decimal(row["net"]["amount"]), Decimal(row["tax"]["amount"])) for row in rows}
