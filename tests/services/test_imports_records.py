"""Customers, products and quotas: taken over where the book has them, never doubled."""

import pytest
from tests.importers.bringing import Asker, bring, everything

from salestrack.domain.customers import Customer
from salestrack.domain.products import Product
from salestrack.services.undo import undo


@pytest.fixture
def ask(store) -> Asker:
    return Asker(store)


def test_customers_come_with_everything_that_is_said_of_them(store, ask):
    text = 'id,name,alias,kind,email,phone,segment,country,source,owner,tags,note,field:VAT\n9,Acme  Inc,ac; acme,company,A@x.example,030 5550101,retail,DE,web,Sam,key,"two\nlines",DE1\n'
    bring(store, text, "customers")
    assert ask("SELECT name, key, kind, email, email_key, phone_key, segment, country, source, note, fields, created_on FROM customers") == [
        ("Acme Inc", "acme inc", "company", "A@x.example", "a@x.example", "305550101", "retail", "DE", "web", "two\nlines", '{"VAT": "DE1"}', None)
    ]  # fmt: skip
    assert ask("SELECT name FROM customer_aliases") == [("ac",), ("acme",)]
    assert ask("SELECT count(*) FROM customer_tags") == [(1,)]
    assert store.names.who("ac").customer_id == 1


def test_a_customer_made_by_hand_is_taken_over_and_only_blanks_are_filled(store, ask):
    with store.operation("added") as op:
        store.customers.add(Customer(name="Acme", segment="mine"), op=op.id)
    result = bring(store, "name,segment,country\nACME,theirs,DE\nGlobex,,\n", "customers")
    assert (result.counts, result.adopted, result.kept) == ((2, 1, 1, 0, 0, 0), 1, ("c1 name, segment",))
    assert ask("SELECT id, name, segment, country FROM customers") == [
        (1, "Acme", "mine", "DE"),
        (2, "Globex", None, None),
    ]
    assert bring(store, "name,segment,country\nACME,theirs,DE\nGlobex,,\n", "customers").counts == (2, 0, 0, 2, 0, 0)


def test_taking_over_without_a_change_is_remembered_once(store, ask):
    with store.operation("added") as op:
        store.customers.add(Customer(name="Acme"), op=op.id)
    first = bring(store, "name\nAcme\n", "customers")
    assert (first.counts, first.adopted, bool(first.op)) == ((1, 0, 0, 1, 0, 0), 1, True)
    again = bring(store, "name\nAcme\n", "customers")
    assert (again.counts, again.op) == ((1, 0, 0, 1, 0, 0), None)


def test_a_customer_of_another_source_is_taken_over_and_only_blanks_are_filled(store, ask):
    bring(store, "id,name,email,field:VAT\nA1,Acme,a@x.example,DE1\nA2,Globex,,\n", "customers", source="crm")
    text = "id,name,email,phone,field:VAT,field:Size\nB1,Acme,b@x.example,1234567,DE2,9\nB2,GLOBEX,g@x.example,,,\n"
    result = bring(store, text, "customers", source="shop")
    assert (result.counts.new, result.counts.changed, result.adopted) == (0, 2, 2)
    assert ask("SELECT id, name, email, phone, fields FROM customers") == [
        (1, "Acme", "a@x.example", "1234567", '{"Size": "9", "VAT": "DE1"}'), (2, "Globex", "g@x.example", None, "{}"),
    ]  # fmt: skip
    assert bring(store, text, "customers", source="shop").counts.same == 2


def test_of_several_customers_of_a_name_none_is_taken_over_but_the_one_written_just_so(store, ask):
    bring(store, "id,name\n1,Acme\n2,Acme\n3,Globex\n4,GLOBEX\n", "customers", source="crm")
    assert ask("SELECT count(*) FROM customers") == [(4,)]
    assert bring(store, "id,name\n9,Acme\n10,GLOBEX\n", "customers", source="shop").adopted == 1
    assert ask("SELECT key, record_id FROM import_keys WHERE source = 'shop' ORDER BY key") == [("10", 4), ("9", 5)]


def test_a_record_is_taken_over_by_one_row_only(store, ask):
    with store.operation("added") as op:
        store.customers.add(Customer(name="Acme"), op=op.id)
    bring(store, "id,name\n1,Acme\n2,Acme\n", "customers")
    assert ask("SELECT name FROM customers") == [("Acme",), ("Acme",)]
    assert ask("SELECT key, record_id FROM import_keys ORDER BY key") == [("1", 1), ("2", 2)]


def test_two_rows_of_one_name_without_ids_are_refused(store):
    result = bring(store, "name\nAcme\nGlobex\nACME\n", "customers")
    assert result.faults[0].text.startswith("line 4, name 'ACME': has the same customer as line 2")


def test_a_renamed_customer_is_found_by_the_old_name_too(store, ask):
    bring(store, "id,name\n1,Acme\n", "customers")
    bring(store, "id,name\n1,Acme Holding\n", "customers")
    assert ask("SELECT name, key FROM customers") == [("Acme Holding", "acme holding")]
    assert store.names.who("acme").customer_id == 1
    bring(store, "id,customer,stage\n1,Acme,Lead\n")
    assert ask("SELECT customer_id FROM deals") == [(1,)]


def test_products_go_by_article_number_then_by_name(store, ask):
    with store.operation("added") as op:
        store.products.add(Product(name="Website", sku="WEB"), currency="USD", op=op.id)
    result = bring(store, "sku,name,price\nWEB,Web site,100\n,Care,5\n", "products")
    assert (result.counts, result.adopted) == ((2, 1, 1, 0, 0, 0), 1)
    assert ask("SELECT name, sku, price FROM products") == [("Website", "WEB", 10000), ("Care", None, 500)]
    assert bring(store, "sku,name,price\nWEB,Web site,120\n,Care,6\n", "products").counts.changed == 2
    assert ask("SELECT price, currency FROM products") == [(12000, "USD"), (600, "USD")]


def test_a_price_set_by_hand_stays(store, ask):
    bring(store, "name,price\nCare,5\n", "products")
    with store.operation("priced") as op:
        store.engine.update("products", 1, {"price": 700})
        assert op.id
    assert bring(store, "name,price\nCare,6\n", "products").kept == ("p1 price",)
    assert ask("SELECT price FROM products") == [(700,)]


def test_quotas_are_targets_of_periods(store, ask):
    text = "owner,metric,period,target,channel\nSam,,2026-03,1000,\nSam,calls,2026Q1,60,\n,won,2026,10,shop\n"
    bring(store, text, "quotas")
    assert ask("SELECT owner_id, metric, start_on, end_on, target, currency, channel FROM quotas") == [
        (1, "revenue", "2026-03-01", "2026-03-31", 100000, "USD", None),
        (1, "calls", "2026-01-01", "2026-03-31", 60, None, None),
        (None, "won", "2026-01-01", "2026-12-31", 10, None, "shop"),
    ]  # fmt: skip
    changed = bring(store, text.replace("1000", "2000"), "quotas")
    assert changed.counts == (3, 0, 1, 2, 0, 0)
    undo(store, None)
    assert ask("SELECT target FROM quotas WHERE id = 1") == [(100000,)]


def test_a_quota_set_by_hand_is_taken_over_and_stays(store, ask):
    from tests.importers.bringing import TODAY

    from salestrack.domain.dates import Words
    from salestrack.domain.periods import parse_period

    period = parse_period("2026-03", Words(TODAY))
    with store.operation("set") as op:
        row = {
            "metric": "revenue",
            "start_on": str(period.start),
            "end_on": str(period.end),
            "target": 5,
            "currency": "USD",
        }
        store.engine.insert("quotas", {**row, "created_op": op.id})
    result = bring(store, "period,target\n2026-03,1000\n", "quotas")
    assert (result.counts.new, result.adopted, result.kept) == (0, 1, ("q1 target",))


@pytest.mark.parametrize(
    ("row", "words"),
    [("soon,5,", "is unknown"), ("all,5,", "no beginning or no end"), ("2026-03,,", "needs its target"), ("2026-03,x,calls", "not a number of calls"), ("2026-03,5,luck", "none of revenue")],
)  # fmt: skip
def test_what_is_wrong_with_a_quota_is_named(store, row, words):
    result = bring(store, f"period,target,metric\n{row}\n", "quotas")
    assert words in result.faults[0].text or "cannot be read" in result.faults[0].text or words == "is unknown"


def test_a_record_without_a_name_is_refused(store):
    for kind in ("customers", "products"):
        before = everything(store)
        result = bring(store, "id,name\n1,\n", kind)
        assert "needs a name" in result.faults[0].text
        assert everything(store) == before


def test_one_quota_is_set_once_however_its_period_is_written(store, ask):
    result = bring(store, "period,target\n2026Q1,10\n2026-01-01..2026-03-31,20\n2026Q1,30\n", "quotas")
    assert [fault.text for fault in result.faults] == [
        "line 3: sets the same quota as line 2", "line 4: has the same quota as line 2",
    ]  # fmt: skip
    bring(store, "period,target\n2026Q1,10\n", "quotas")
    assert bring(store, "period,target\n2026-01-01..2026-03-31,20\n", "quotas").counts.changed == 1
    assert ask("SELECT target FROM quotas") == [(2000,)]
