"""Orders: several rows are one sale with lines, refunds told beside them are records of their own, nothing twice."""

import csv
import io
from datetime import date

import pytest
from tests.importers.bringing import Asker, bring, everything

HEADER = [
    "Name", "Email", "Financial Status", "Paid at", "Currency", "Shipping", "Taxes", "Total", "Discount Amount",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Billing Name",
    "Refunded Amount", "Lineitem discount", "Tax 1 Name",
]  # fmt: skip


@pytest.fixture
def ask(store) -> Asker:
    return Asker(store)


def order(name, *items, total, taxes="0.00", refunded="0.00", status="paid", **more):
    """Return the rows of an order as Shopify writes them: what is of the order stands in the first row alone."""
    rows = [dict.fromkeys(HEADER, "") | {"Name": name, "Email": f"{name.strip('#')}@shop.example"} for _ in items]
    rows[0] |= {
        "Financial Status": status, "Paid at": "2026-01-05 10:00:00 -0500", "Currency": "USD", "Shipping": "0.00",
        "Taxes": taxes, "Total": total, "Discount Amount": "0.00", "Billing Name": f"Buyer {name}", "Refunded Amount": refunded,
    }  # fmt: skip
    rows[0] |= more
    for row, (product, quantity, price, *off) in zip(rows, items, strict=True):
        row |= {"Lineitem name": product, "Lineitem quantity": str(quantity), "Lineitem price": price}
        row |= {"Lineitem discount": off[0] if off else "0.00"}
    return rows


def text_of(*orders):
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    writer.writerows(row for rows in orders for row in rows)
    return out.getvalue()


def shop(store, *orders, **asked):
    return bring(store, text_of(*orders), None, **asked)


def test_rows_of_an_order_become_one_sale_with_its_lines(store, ask):
    first = order("#1", ("Tee", 2, "9.99"), ("Mug", 1, "10.00"), total="34.98", Shipping="5.00")
    result = shop(store, first, order("#2", ("Mug", 1, "10.00"), total="10.00"))
    assert result.profile == "shopify-orders"
    assert result.counts == (3, 3, 0, 0, 0, 0)
    assert result.made == {"sale": 2}
    assert ask("SELECT id, amount, on_date, currency FROM sales") == [
        (1, 3498, "2026-01-05", "USD"), (2, 1000, "2026-01-05", "USD"),
    ]  # fmt: skip
    assert ask("SELECT l.sale_id, l.kind, p.name, l.quantity, l.price, l.amount FROM sale_lines l LEFT JOIN products p "
               "ON p.id = l.product_id ORDER BY l.id") == [
        (1, "product", "Tee", "2", 999, 1998), (1, "product", "Mug", "1", 1000, 1000),
        (1, "shipping", None, "1", 500, 500), (2, "product", "Mug", "1", 1000, 1000),
    ]  # fmt: skip
    assert ask("SELECT name, email FROM customers") == [("Buyer #1", "1@shop.example"), ("Buyer #2", "2@shop.example")]


@pytest.mark.parametrize(
    ("items", "more", "lines"),
    [
        # The discount of the order repeats that of its line.
        ([("A", 1, "20.00", "5.00")], {"Discount Amount": "5.00"}, [2000, -500]),
        ([("A", 1, "20.00", "2.00")], {"Discount Amount": "3.00"}, [2000, -200, -300]),
        ([("A", 1, "15.00")], {}, [1500]),
    ],
)
def test_discounts_are_lines_whichever_way_an_export_tells_them(store, ask, items, more, lines):
    result = shop(store, order("#1", *items, total="15.00", **more))
    assert ask("SELECT amount FROM sale_lines ORDER BY position") == [(amount,) for amount in lines]
    assert not result.notes


def test_an_amount_is_net_whether_prices_hold_the_tax_or_not(store, ask):
    beside = order("#1", ("A", 2, "50.00"), total="119.00", taxes="19.00", **{"Tax 1 Name": "VAT 19%"})
    within = order("#2", ("A", 1, "100.00"), ("B", 1, "19.00"), total="119.00", taxes="19.00")
    shop(store, beside, within)
    assert ask("SELECT amount, tax, tax_rate FROM sales") == [(10000, 1900, "19"), (10000, 1900, None)]
    assert ask("SELECT sale_id, price, amount FROM sale_lines") == [(1, 5000, 10000), (2, 8403, 8403), (2, 1597, 1597)]


def test_what_the_lines_lack_to_the_total_is_an_adjustment_and_said(store, ask):
    result = shop(store, order("#1", ("A", 1, "9.99"), total="10.00"))
    assert ask("SELECT kind, amount FROM sale_lines") == [("product", 999), ("adjustment", 1)]
    assert result.notes == (
        "1 order has lines that do not come to the total; the difference is an adjustment: line 2 0.01 USD",
    )


def test_the_same_file_changes_nothing_and_a_changed_order_changes_its_sale(store, ask):
    orders = [order(f"#{n}", ("A", 1, "10.00"), ("B", 2, "5.00"), total="20.00") for n in range(1, 4)]
    shop(store, *orders)
    before = everything(store)
    again = shop(store, *orders)
    assert again.counts == (6, 0, 0, 6, 0, 0)
    assert everything(store) == before
    orders[1] = order("#2", ("A", 1, "10.00"), ("C", 1, "7.00"), total="17.00")
    changed = shop(store, *orders)
    assert changed.counts == (6, 0, 2, 4, 0, 0)
    assert ask("SELECT amount FROM sales WHERE id = 2") == [(1700,)]
    assert ask("SELECT p.name, l.amount FROM sale_lines l JOIN products p ON p.id = l.product_id WHERE sale_id = 2 "
               "ORDER BY position") == [("A", 1000), ("C", 700)]  # fmt: skip


def test_a_refund_told_beside_the_order_is_a_record_of_its_own_and_grows_by_the_difference(store, ask):
    def export(refunded):
        return order("#1", ("A", 1, "60.00"), ("B", 1, "40.00"), total="119.00", taxes="19.00", refunded=refunded)

    shop(store, export("0.00"), today=date(2026, 1, 10))
    grown = shop(store, export("11.90"), today=date(2026, 1, 17))
    assert (grown.counts, grown.made) == ((2, 0, 2, 0, 0, 0), {"refund": 1})
    refunds = "SELECT on_date, amount, tax, refund_of, customer_id FROM sales WHERE kind = 'refund'"
    assert ask(refunds) == [("2026-01-17", -1000, -190, 1, 1)]
    assert shop(store, export("11.90"), today=date(2026, 1, 20)).counts == (2, 0, 0, 2, 0, 0)
    shop(store, export("119.00"), today=date(2026, 1, 24))
    assert ask(refunds) == [("2026-01-17", -1000, -190, 1, 1), ("2026-01-24", -9000, -1710, 1, 1)]
    assert ask("SELECT s.id, l.amount FROM sale_lines l JOIN sales s ON s.id = l.sale_id WHERE s.kind = 'refund'") == [
        (2, -600), (2, -400), (3, -5400), (3, -3600),
    ]  # fmt: skip
    less = shop(store, export("50.00"))
    (note,) = less.notes
    assert note == (
        "less was given back at the source than the book has, which keeps its refunds: #1 (s1) 50.00 USD, 119.00 USD "
        "in the book: salestrack show s1 names its refunds"
    )
    assert len(ask(refunds)) == 2


def test_a_refund_that_comes_with_its_order_counts_on_the_day_of_the_order(store, ask):
    shop(store, order("#1", ("A", 1, "10.00"), total="10.00", refunded="10.00", status="refunded"))
    assert ask("SELECT kind, on_date, amount, refund_of FROM sales") == [
        ("sale", "2026-01-05", 1000, None), ("refund", "2026-01-05", -1000, 1),
    ]  # fmt: skip


def test_a_refund_recorded_by_hand_is_not_brought_in_once_more(store, ask, run):
    shop(store, order("#1", ("A", 1, "50.00"), total="50.00"))
    run("refund s1 20 broken", ok=True)
    result = shop(store, order("#1", ("A", 1, "50.00"), total="50.00", refunded="20.00"))
    assert result.adopted == 1
    assert result.counts == (1, 0, 0, 1, 0, 0)
    assert ask("SELECT amount, book_amount, note FROM sales WHERE kind = 'refund'") == [(-2000, -2000, "broken")]
    shop(store, order("#1", ("A", 1, "50.00"), total="50.00", refunded="25.00"))
    assert ask("SELECT amount FROM sales WHERE kind = 'refund'") == [(-2000,), (-500,)]


def test_a_refund_that_was_removed_by_hand_stays_removed(store, ask, run):
    shop(store, order("#1", ("A", 1, "50.00"), total="50.00", refunded="20.00"))
    run("rm s2 -y", ok=True)
    shop(store, order("#1", ("A", 1, "50.00"), total="50.00", refunded="20.00", Shipping="0.01"))
    assert ask("SELECT count(*) FROM sales WHERE kind = 'refund'") == [(0,)]


def test_orders_that_were_never_paid_are_left_out_with_all_their_rows(store):
    bad = order("#1", ("A", 1, "1.00"), ("B", 1, "1.00"), total="2.00", status="voided")
    result = shop(store, bad, order("#2", ("A", 1, "1.00"), total="1.00", status="pending"))
    assert result.counts == (3, 0, 0, 0, 0, 3)
    assert result.left_out == {"voided: never paid": 2, "not paid yet": 1}


def test_a_bad_row_keeps_its_whole_order_out_and_every_row_is_named(store, ask, tmp_path):
    bad = order("#1", ("A", 1, "10.00"), ("B", 1, "x"), ("C", 1, "1.00"), total="20.00")
    good = order("#2", ("A", 1, "10.00"), total="10.00")
    result = shop(store, bad, good, rejects=tmp_path / "bad.csv")
    assert result.counts == (4, 1, 0, 0, 3, 0)
    assert [fault.line for fault in result.faults] == [2, 3]
    assert result.faults[0].text == "line 2 and 1 more: is of the same order as a row that cannot go in"
    assert result.faults[1].text.startswith("line 3, Lineitem price 'x': ")
    assert [row["_line"] for row in csv.DictReader((tmp_path / "bad.csv").read_text().splitlines())] == ["2", "3", "4"]
    mended = (tmp_path / "bad.csv").read_text().replace(",x,", ",9.00,")
    assert bring(store, mended, None).counts == (3, 3, 0, 0, 0, 0)
    assert ask("SELECT count(*) FROM sales") == [(2,)]


def test_an_order_in_several_places_is_refused_in_all_of_them(store):
    one = order("#1", ("A", 1, "10.00"), ("B", 1, "10.00"), total="20.00")
    result = shop(store, [one[0]], order("#2", ("A", 1, "1.00"), total="1.00"), [one[1]])
    assert result.refused
    assert [(fault.line, fault.more) for fault in result.faults] == [(2, 1)]
    assert result.fault_count == 2
    assert "stands in several places of the file" in result.faults[0].reason


def test_a_damaged_row_refuses_the_orders_beside_it(store):
    lines = text_of(
        order("#1", ("A", 1, "1.00"), total="1.00"), order("#2", ("A", 1, "1.00"), total="1.00"),
        order("#3", ("A", 1, "1.00"), total="1.00"), order("#4", ("A", 1, "1.00"), total="1.00"),
    ).splitlines()  # fmt: skip
    lines.insert(3, lines[2] + ",too,many")
    result = bring(store, "\n".join(lines) + "\n", None)
    assert [(fault.line, fault.more) for fault in result.faults] == [(3, 1), (4, 0)]
    assert result.fault_count == 3
    assert result.faults[0].reason == "line 4, which may belong to it, cannot be read"


def test_orders_are_whole_across_the_pieces_in_which_a_file_is_read(store, ask):
    orders = [order(f"#{n}", *[("A", 1, "1.00")] * 3, total="3.00") for n in range(1500)]
    result = shop(store, *orders)
    assert result.counts == (4500, 4500, 0, 0, 0, 0)
    assert ask("SELECT count(*), sum(amount) FROM sales") == [(1500, 450000)]
    assert ask("SELECT count(*), sum(amount) FROM sale_lines") == [(4500, 450000)]


def test_buyers_are_known_by_address_then_by_name_and_guests_by_nothing(store, ask):
    bring(store, "name,email\nAcme,buy@acme.example\nBo,\n", "customers")
    one = ("A", 1, "1.00")
    shop(
        store,
        order("#1", one, total="1.00", Email="BUY@acme.example", **{"Billing Name": "Somebody Else"}),
        order("#2", one, total="1.00", Email="", **{"Billing Name": "Bo"}),
        order("#3", one, total="1.00", Email="", **{"Billing Name": ""}),
        order("#4", one, total="1.00", Email="new@x.example", **{"Billing Name": "New One"}),
        order("#5", one, total="1.00", Email="new@x.example", **{"Billing Name": ""}),
    )
    assert ask("SELECT customer_id FROM sales") == [(1,), (2,), (None,), (3,), (3,)]
    assert ask("SELECT name FROM customers WHERE id = 3") == [("New One",)]


def test_articles_are_known_by_their_number(store, ask):
    bring(store, "name,sku\nTee (old name),TEE-1\n", "products")
    rows = order("#1", ("Tee", 1, "1.00"), ("Cap", 1, "2.00"), ("Cap renamed", 1, "3.00"), total="6.00")
    for row, sku in zip(rows, ("TEE-1", "CAP-1", "CAP-1"), strict=True):
        row["Lineitem sku"] = sku
    shop(store, rows)
    assert ask("SELECT product_id FROM sale_lines") == [(1,), (2,), (2,)]
    assert ask("SELECT name, sku FROM products") == [("Tee (old name)", "TEE-1"), ("Cap", "CAP-1")]


def test_an_order_that_another_source_brought_is_reported_and_kept(store, ask, run):
    shop(store, order("#1", ("A", 1, "100.00"), total="119.00", taxes="19.00"))
    charge = "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Status,Customer Email\n"
    charge += "py_1,2026-01-06 09:00:00,119.00,0.00,usd,true,Paid,1@shop.example\n"
    result = bring(store, charge, None)
    assert result.notes == (
        "1 order may be in the book twice: s1 (shopify) and s2 (stripe); salestrack rm s2 takes one out, doctor lists all",
    )
    assert ask("SELECT count(*) FROM sales") == [(2,)]
    told = run("doctor").stdout
    assert "s1 (shopify) and s2 (stripe) may be one order: 100.00 USD of Buyer #1" in told
    assert bring(store, charge, None).notes == ()


def test_undoing_an_import_takes_orders_lines_and_refunds_back(store, run):
    before = everything(store)
    shop(store, order("#1", ("A", 1, "5.00"), ("B", 1, "5.00"), total="10.00", refunded="4.00"))
    run("undo --no-input", ok=True)
    assert everything(store) == before


def test_what_was_given_back_waits_where_changed_rows_are_passed_over_or_refused(store, ask):
    shop(store, order("#1", ("A", 1, "50.00"), total="50.00"))
    more = order("#1", ("A", 1, "50.00"), total="50.00", refunded="20.00")
    skipped = shop(store, more, order("#2", ("A", 1, "1.00"), total="1.00"), on_conflict="skip")
    assert (skipped.counts, skipped.left_out) == ((2, 1, 0, 0, 0, 1), {"changed in the file": 1})
    refused = shop(store, more, on_conflict="fail")
    assert refused.faults[0].reason == "more of it was given back since its last import"
    assert ask("SELECT count(*) FROM sales WHERE kind = 'refund'") == [(0,)]


def test_a_refund_dated_into_closed_books_is_refused_with_its_order(run):
    charge = "id,Created date (UTC),Amount,Amount Refunded,Refunded date (UTC),Currency,Captured,Status\n"
    run("import -", charge + "ch_1,2026-01-06,50.00,0.00,,usd,true,Paid\n", ok=True)
    run("config set closed_until 2026-02-28", ok=True)
    result = run("import -", charge + "ch_1,2026-01-06,50.00,20.00,2026-02-10,usd,true,Paid\n")
    assert result.exit_code == 1
    assert (
        "line 2: what was given back counts on 2026-02-10, and the books are closed until 2026-02-28" in result.stderr
    )
    run("import -", charge + "ch_1,2026-01-06,50.00,20.00,2026-03-10,usd,true,Refunded\n", ok=True)


def test_an_order_changed_by_hand_keeps_that_and_one_removed_stays_removed(store, ask, run):
    orders = [order(f"#{n}", ("A", 1, "10.00"), ("B", 1, "1.00"), total="11.00") for n in (1, 2)]
    shop(store, *orders)
    run("sale edit s1 --amount 12", ok=True)
    run("rm s2 -y", ok=True)
    changed = [order(f"#{n}", ("A", 1, "10.00"), ("B", 1, "3.00"), total="13.00") for n in (1, 2)]
    result = shop(store, *changed)
    assert (result.counts, result.left_out) == ((4, 0, 0, 2, 0, 2), {"removed by hand": 2})
    assert result.kept == ("s1 amount",)
    assert ask("SELECT id, amount FROM sales") == [(1, 1200)]


def test_a_rehearsal_writes_nothing_and_says_what_orders_would_make(store):
    before = everything(store)
    result = shop(store, order("#1", ("A", 1, "5.00"), total="5.00", refunded="1.00"), dry_run=True)
    assert result.made == {"sale": 1, "refund": 1}
    assert everything(store) == before


def test_tips_and_shipping_are_lines_of_their_own_where_map_says_so(store, ask):
    text = "order no,day,sum,vat,carriage,thanks,what\nA1,2026-01-02,110.00,10.00,7.00,3.00,Tee\n"
    maps = ["id=order no", "date=day", "gross=sum", "tax=vat", "shipping=carriage", "tip=thanks", "product=what"]
    bring(store, text, "sales", maps=maps, new="products")
    assert ask("SELECT amount, tax FROM sales") == [(10000, 1000)]
    assert ask("SELECT kind, name, amount FROM sale_lines ORDER BY position") == [
        ("product", None, 9000), ("shipping", "shipping", 700), ("adjustment", "tip", 300),
    ]  # fmt: skip
