"""Sales of a file: net amounts, tax beside them, refunds on their own day, lines that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.importers.bringing import Asker, bring

from salestrack.errors import UsageError
from salestrack.services.imports.columns import spread
from salestrack.services.imports.sales import Parts, lines_of


@pytest.fixture
def ask(store) -> Asker:
    return Asker(store)


def sales(store, text: str, **asked):
    return bring(store, text, "sales", new="customers,products", **asked)


def test_an_amount_is_net_and_tax_stands_beside_it(store, ask):
    sales(store, "id,date,amount,tax,gross,fee\n1,2026-01-01,100,19,119,2.50\n2,2026-01-02,,19,119,\n3,,50,,,\n")
    assert ask("SELECT kind, on_date, amount, tax, fee, book_amount FROM sales") == [
        ("sale", "2026-01-01", 10000, 1900, 250, 10000), ("sale", "2026-01-02", 10000, 1900, None, 10000),
        ("sale", None, 5000, None, None, 5000),
    ]  # fmt: skip


def test_gross_amounts_need_their_tax(store):
    with pytest.raises(UsageError, match="the net amount is unknown"):
        sales(store, "id,gross\n1,119\n")
    result = sales(store, "id,gross,tax\n1,119,\n2,119,0\n3,,\n")
    assert [fault.text for fault in result.faults] == [
        "line 2, tax '': the tax is blank, so the net amount is unknown; write 0 where there is none",
        "line 4, gross '': is blank; a sale needs its amount",
    ]


def test_price_quantity_and_discount_make_an_amount_and_lines(store, ask):
    text = "id,product,quantity,price,discount,amount\n1,Web,3,10,,\n2,Web,3,10,10%,27\n3,Web,,,5,95\n4,Web,2,10,,19\n5,,3,10,1,\n"
    sales(store, text)
    assert ask("SELECT id, amount FROM sales") == [(1, 3000), (2, 2700), (3, 9500), (4, 1900), (5, 2900)]
    assert ask("SELECT sale_id, kind, quantity, price, amount, book_amount FROM sale_lines") == [
        (1, "product", "3", 1000, 3000, 3000),
        (2, "product", "3", 1000, 3000, 3000), (2, "discount", "1", -300, -300, -300),
        (3, "product", "1", None, 10000, 10000), (3, "discount", "1", -500, -500, -500),
        (4, "product", "2", 1000, 2000, 2000), (4, "adjustment", "1", -100, -100, -100),
    ]  # fmt: skip


def test_a_negative_amount_is_a_refund_of_the_sale_it_names(store, ask):
    text = "id,date,amount,ref,refund_of\nR1,2026-05-02,-5,,S1\nS1,2026-01-01,100,A-7,\nR2,2026-05-03,-5,,A-7\nR3,2026-05-04,-1,,\n"
    assert not sales(store, text).refused
    assert ask("SELECT id, kind, refund_of, on_date FROM sales") == [
        (1, "refund", 2, "2026-05-02"), (2, "sale", None, "2026-01-01"), (3, "refund", 2, "2026-05-03"),
        (4, "refund", None, "2026-05-04"),
    ]  # fmt: skip
    sales(store, "id,date,amount,refund_of\nR4,2026-05-05,-1,S1\nR5,2026-05-05,-1,s2\nR6,2026-05-05,-1,A-7\n")
    assert ask("SELECT refund_of FROM sales WHERE id > 4") == [(2,), (2,), (2,)]


def test_a_refund_of_nothing_known_or_without_a_minus_is_refused(store):
    result = sales(store, "id,amount,refund of\n1,-5,S9\n2,5,S8\n")
    assert [fault.text for fault in result.faults] == [
        "line 2, refund of 'S9': no sale goes by that: an id of this source, an id like s12, or a reference",
        "line 3, refund of 'S8': names a sale that was refunded, and the amount is not negative; write it with a minus",
    ]


def test_customers_are_found_by_name_then_by_address(store, ask):
    bring(store, "id,name,email\n1,Acme,a@acme.example\n2,Smith,one@x.example\n3,Smith,two@x.example\n", "customers")
    text = "id,customer,email,amount\n1,Acme,,1\n2,,A@ACME.example,1\n3,Smith,two@x.example,1\n4,Renamed,a@acme.example,1\n5,,new@x.example,1\n"
    result = sales(store, text)
    assert not result.refused
    assert ask("SELECT customer_id FROM sales") == [(1,), (1,), (3,), (1,), (4,)]
    assert ask("SELECT name, email_key FROM customers WHERE id = 4") == [("new@x.example", "new@x.example")]
    assert "could be Smith (c2), Smith (c3)" in sales(store, "id,customer,amount\n9,Smith,1\n").faults[0].text


def test_a_sale_joins_the_deal_it_names_and_takes_its_customer(store, ask):
    bring(store, "id,title,customer,stage\nD1,Site,Acme,Won\nD2,Shop,Globex,Won\n", new="customers")
    text = "id,customer,deal,amount\n1,,D1,1\n2,Acme,d1,1\n3,Globex,shop,1\n4,,,1\n"
    assert not sales(store, text).refused
    assert ask("SELECT customer_id, deal_id FROM sales") == [(1, 1), (1, 1), (2, 2), (None, None)]
    result = sales(store, "id,customer,deal,amount\n5,Globex,D1,1\n6,,D9,1\n")
    assert "d1 belongs to another customer (c1)" in result.faults[0].text
    assert "no deal goes by that" in result.faults[1].text


def test_signs_of_currency_count_and_must_agree(store, ask):
    sales(store, "id,amount,tax\n1,$8.00,$0.62\n2,10 EUR,1 EUR\n")
    assert ask("SELECT amount, tax, currency, book_amount FROM sales") == [
        (800, 62, "USD", 800),
        (1000, 100, "EUR", None),
    ]
    result = sales(store, "id,amount,currency\n3,$8.00,EUR\n4,1,XYZ\n")
    assert "is in USD, and the row in EUR" in result.faults[0].text
    assert "is unknown" in result.faults[1].text


def test_a_changed_amount_brings_its_lines_along(store, ask):
    head = "id,product,amount,channel\n"
    sales(store, head + "1,Web,100,shop\n")
    assert sales(store, head + "1,Web,90,shop\n").counts.changed == 1
    assert ask("SELECT amount, book_amount FROM sales") == [(9000, 9000)]
    assert ask("SELECT amount, price, book_amount FROM sale_lines") == [(9000, 9000, 9000)]
    with store.operation("edit") as op:
        store.engine.update("sales", 1, {"amount": 8000, "channel": "fair"})
        assert op.id
    result = sales(store, head + "1,Web,70,web\n")
    assert (result.counts.changed, result.kept) == (0, ("s1 amount, channel",))
    assert ask("SELECT amount, channel FROM sales") == [(8000, "fair")]


MINOR = st.integers(-10_000, 10_000)


@given(
    MINOR,
    st.none() | MINOR,
    st.none() | st.sampled_from(["1", "3", "2.5", "-1"]),
    st.none() | st.integers(0, 500),
    st.none() | MINOR,
)
def test_lines_add_up_to_the_amount_and_to_what_it_is_worth(amount, price, quantity, discount, worth):
    parts = Parts(amount, None, None, price, quantity, discount)
    lines = lines_of(amount, 1, parts, "USD", worth=worth)
    assert sum(line[5] for line in lines) == amount
    assert worth is None or sum(line[6] for line in lines) == worth
    assert [line[0] for line in lines] == list(range(len(lines)))


@given(st.lists(MINOR, min_size=1, max_size=5), st.none() | MINOR)
def test_shares_add_up(amounts, worth):
    shares = spread(amounts, worth)
    assert worth is None or sum(share or 0 for share in shares) == worth
