"""What a product came to is the same in the report, in export lines, in the view of lines and in the journal."""

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal

import pytest
from tests.cli.test_exporting_programs import journal
from tests.services.whole_books import Book

# An order as WooCommerce tells it: no line has a price.
ORDERS = """Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
2026-02-03 10:22:31,1201,$29.99,completed,Ann Example,new,"1× Shirt, 2× Mug, 1× Cap",4,SAVE10,29.99,Direct
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("products")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        shop = Book(folder / "one.db")
        for name in ("Mug", "Shirt", "Cap"):
            shop.line(f"product add {name} 10")
        for line in (
            "sell 100.00 Acme --product 3xMug@33.33 --product Shirt@50.01 -d 2026-02-01 --new",  # 50.00 less than the lines
            "sell 200.01 Acme --product 3xMug@33.33 --product Shirt@50.01 -d 2026-02-02",  # 50.01 more
            "sell 10 Acme -d 2026-02-02",
            "refund s2 20 -d 2026-02-20",
            "deal add 1000 Globex Kit --product 7xMug@77.77 --product Cap@1.11 -d 2026-01-02 --new",
            "won d1 -d 2026-02-10",
            "sell 20 Globex --product Mug@7 --product Cap@13 --every month -d 2026-01-31",
            "edit s5 --price 33.34 --from 2026-02-01",
        ):
            shop.line(line)
        file = folder / "orders.csv"
        file.write_text(ORDERS)
        shop.line(f"import {file} --new customers")
        yield shop


def reported(shop: Book) -> dict[str, Decimal]:
    report = json.loads(shop.run("report", "revenue", "all", "--by", "product", "-f", "json", ok=True).stdout)
    return {row["key"]: Decimal(row["amount"]["amount"]) for row in report["rows"]}


def test_the_journal_has_for_each_product_what_the_report_says(shop):
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in journal(shop.run("export", "--hledger", ok=True).stdout):
        for account, amount, _ in entry["postings"]:
            if account.startswith("income:"):
                found[account.removeprefix("income:sales:")] -= amount
    wanted = reported(shop)
    assert found == {name or "other": amount for name, amount in wanted.items()}
    assert set(wanted) == {"Mug", "Shirt", "Cap", None}


def test_shares_add_up_to_the_records_and_by_product_to_the_report(shop):
    text = shop.run("export", "lines", ok=True).stdout
    records: dict[str, Decimal] = defaultdict(Decimal)
    products: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(text, newline="")):
        records[row["record"]] += Decimal(row["share"] or 0)
        if row["record"] != "s5":  # which repeats: its lines stand here once
            products[row["product"] if row["line"] == "product" else ""] += Decimal(row["share"] or 0)
    amounts = dict(shop.query("SELECT 's' || id, amount FROM sales UNION ALL SELECT 'd' || id, amount FROM deals"))
    assert {ref: int(share * 100) for ref, share in records.items()} == amounts
    repeated = {
        "Mug": Decimal("7.00") + Decimal("11.66"),
        "Cap": Decimal("13.00") + Decimal("21.68"),
    }  # 33.34 in 7 : 13
    assert {name or None: amount + repeated.get(name, 0) for name, amount in products.items()} == reported(shop)


def test_the_view_of_lines_says_the_same_shares(shop):
    views = shop.query(
        "SELECT iif(record = 'deal', 'd', 's') || record_id, share_minor, share FROM v_lines WHERE share_minor IS NOT NULL"
    )
    text = shop.run("export", "lines", ok=True).stdout
    exported = [
        (row["record"], int(Decimal(row["share"]) * 100), float(row["share"]))
        for row in csv.DictReader(io.StringIO(text, newline=""))
        if row["line"] and row["share"]
    ]
    assert sorted(views) == sorted(exported)


def test_lines_of_no_known_price_share_the_amount_evenly(shop):
    """29.99 by three is 9.99 and two thirds: the cents that are left go to the first two."""
    found = shop.query(
        "SELECT product, amount_minor, share_minor FROM v_lines WHERE record_id = "
        "(SELECT id FROM sales WHERE amount = 2999) AND record = 'sale' ORDER BY position"
    )
    assert found == [("Shirt", None, 1000), ("Mug", None, 1000), ("Cap", None, 999)]
