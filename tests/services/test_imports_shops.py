"""Exports of shops, payment providers and tills as their vendors write them: every row accounted for, totals counted apart."""

import csv
import io
from decimal import Decimal

import pytest
from tests.importers.bringing import Asker, bring, bring_file, everything

FILES = {
    "shopify-orders": "shopify_orders_export.csv",
    "woocommerce-orders": "woocommerce_analytics_orders.csv",
    "stripe-charges": "stripe_charges_current.csv",
    "square-items": "square_items_detail.csv",
}
COUNTS = {  # read, new, changed, same, rejected, left out
    "shopify-orders": (4, 3, 0, 0, 0, 1),
    "woocommerce-orders": (2, 2, 0, 0, 0, 0),
    "stripe-charges": (3, 2, 0, 0, 0, 1),
    "square-items": (2, 2, 0, 0, 0, 0),
}


@pytest.fixture
def ask(store) -> Asker:
    return Asker(store)


@pytest.fixture
def exports(real_data):
    return {name: real_data / "vendor-exports" / file for name, file in FILES.items()}


def cells(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def minor(text: str) -> int:
    return int(Decimal(text.replace("$", "").replace(",", "") or "0") * 100)


def expected(name, rows):
    """Return the net amounts, taxes and refunds of an export, counted by what its vendor documents of the columns."""
    if name == "shopify-orders":
        paid = [row for row in rows if row["Financial Status"] in {"paid", "partially_refunded", "refunded"}]
        return (
            sum(minor(row["Total"]) - minor(row["Taxes"]) for row in paid),
            sum(minor(row["Taxes"]) for row in paid),
            sum(minor(row["Refunded Amount"]) for row in paid),
        )
    if name == "stripe-charges":
        paid = [row for row in rows if row["Captured"] == "true" and row["Status"] != "Failed"]
        return sum(minor(row["Amount"]) for row in paid), 0, sum(minor(row["Amount Refunded"]) for row in paid)
    net = [minor(row["Net Sales"]) for row in rows]
    taxes = [minor(row.get("Tax", "")) for row in rows]
    back = [-(amount + tax) for amount, tax in zip(net, taxes, strict=True) if amount < 0]
    return sum(a for a in net if a > 0), sum(t for t in taxes if t > 0), sum(back)


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_a_vendors_export_is_accounted_for_and_the_totals_are_right(store, ask, exports, name):
    rows = cells(exports[name])
    result = bring_file(store, exports[name], None)
    assert result.profile == name
    assert result.counts == COUNTS[name]
    assert result.counts.read == len(rows) == sum(result.counts[1:])
    sales, taxes, refunds = expected(name, rows)
    assert ask("SELECT sum(amount), coalesce(sum(tax), 0) FROM sales WHERE kind = 'sale'") == [(sales, taxes)]
    assert ask("SELECT coalesce(-sum(amount + coalesce(tax, 0)), 0) FROM sales WHERE kind = 'refund'") == [(refunds,)]
    added_up = (
        "SELECT count(*) FROM (SELECT s.amount AS a, sum(l.amount) AS b, sum(l.amount IS NULL) AS u FROM sales s "
    )
    assert ask(added_up + "JOIN sale_lines l ON l.sale_id = s.id GROUP BY s.id) WHERE u = 0 AND a <> b") == [(0,)]


@pytest.mark.parametrize("name", FILES)
def test_a_vendors_export_twice_changes_nothing(store, exports, name):
    bring_file(store, exports[name], None)
    before = everything(store)
    again = bring_file(store, exports[name], None)
    read, new, *_, left_out = COUNTS[name]
    assert again.counts == (read, 0, 0, new, 0, left_out)
    assert everything(store) == before


def test_charges_keep_their_currency_their_fee_beside_and_the_rate_they_were_paid_out_at(store, ask, exports):
    bring_file(store, exports["stripe-charges"], None)
    assert ask("SELECT kind, amount, currency, fee, rate, book_amount FROM sales ORDER BY id") == [
        ("sale", 106186, "USD", 3365, None, 106186),
        ("sale", 5000, "EUR", 162, 1_082_000_000, 5410),  # 1.75 of 54.10 USD
        ("refund", -5000, "EUR", None, 1_082_000_000, -5410),
    ]


def test_a_refund_at_the_till_is_of_the_sale_that_it_can_only_be(store, ask, exports):
    bring_file(store, exports["square-items"], None)
    assert ask("SELECT id, kind, amount, tax, refund_of, customer_id FROM sales") == [
        (1, "sale", 800, 62, None, 1), (2, "refund", -800, -62, 1, 1),
    ]  # fmt: skip


def test_of_two_sales_that_a_refund_may_be_of_it_names_none(store, ask, exports):
    rows = cells(exports["square-items"])
    other = rows[0] | {"Transaction ID": "TX0"}
    result = bring(store, written([other, *rows]), None)
    assert ask("SELECT refund_of FROM sales WHERE kind = 'refund'") == [(None,)]
    assert result.notes[0] == "1 refund stands alone: of which sale it was cannot be told"


def test_items_of_one_transaction_are_one_sale_and_months_without_some_columns_come_in_as_well(store, ask, exports):
    first = cells(exports["square-items"])[0]
    bagel = first | {
        "Item": "Bagel",
        "Gross Sales": "$4.00",
        "Discounts": "-$1.00",
        "Net Sales": "$3.00",
        "Tax": "$0.23",
    }
    rows = [first, bagel]
    older = [
        {k: v for k, v in row.items() if k not in {"GTIN", "Commission", "Channel", "SKU", "Location"}} for row in rows
    ]
    result = bring(store, written(older), None)
    assert (result.counts, result.made) == ((2, 2, 0, 0, 0, 0), {"sale": 1})
    assert ask("SELECT amount, tax FROM sales") == [(1100, 85)]
    assert ask("SELECT kind, amount FROM sale_lines ORDER BY position") == [
        ("product", 800), ("product", 400), ("discount", -100),
    ]  # fmt: skip
    assert bring(store, written(rows), None).counts.new == 0  # with all columns: the same transaction


def test_a_refund_row_of_an_order_is_of_that_order(store, ask, exports):
    first = cells(exports["woocommerce-orders"])[0]
    back = first | {"Date": "2025-01-20 09:00:00", "Status": "refunded", "Net Sales": "-500", "Product(s)": "1× Mug"}
    result = bring(store, written([first, back]), None)
    assert result.counts == (2, 2, 0, 0, 0, 0)
    assert ask("SELECT kind, amount, on_date, refund_of FROM sales") == [
        ("sale", 299900, "2025-01-15", None), ("refund", -50000, "2025-01-20", 1),
    ]  # fmt: skip
    assert bring(store, written([back]), None).counts == (1, 0, 0, 1, 0, 0)


def written(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


IDS = {
    "shopify-orders": ("Name", "Total"),
    "woocommerce-orders": ("Order #", "Net Sales"),
    "stripe-charges": ("id", "Amount"),
    "square-items": ("Transaction ID", "Net Sales"),
}


@pytest.mark.parametrize("name", FILES)
def test_next_weeks_export_brings_the_added_the_changed_and_nothing_else(store, ask, exports, name):
    ids, amount = IDS[name]
    pattern = cells(exports[name])[0]
    rows = [
        pattern | {ids: f"#X{n}", **({"Lineitem price": pattern[amount]} if "Lineitem price" in pattern else {})}
        for n in range(30)
    ]
    assert bring(store, written(rows), None).counts.new == 30
    changed = [row | {amount: "77.00"} if at < 5 else row for at, row in enumerate(rows)]
    added = [pattern | {ids: f"#Y{n}"} for n in range(10)]
    result = bring(store, written(changed[:-3] + added), None)
    assert result.counts == (37, 10, 5, 22, 0, 0)
    assert ask("SELECT count(*) FROM sales WHERE kind = 'sale'") == [(40,)]
    assert ask("SELECT count(*) FROM sales WHERE amount + coalesce(tax, 0) IN (7700, 7762)") == [(5,)]
