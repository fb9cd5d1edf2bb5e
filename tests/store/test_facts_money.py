"""Revenue, billing and currencies: each case is small enough to add up in the head."""

from dataclasses import replace
from datetime import date

import pytest

from salestrack.domain.facts import Ask, Currencies
from salestrack.domain.filters import FieldTest, Filter
from salestrack.store import Store

USD = Currencies("USD", "USD")
MONTHS = tuple((date(2026, month, 1), date(2026, month, 28)) for month in (2, 3, 4, 5))


class Book:
    """A book that is written row by row."""

    def __init__(self, store: Store) -> None:
        self.store = store
        engine = store.engine
        self.stages = {row["kind"]: row["id"] for row in engine.query("SELECT kind, id FROM stages ORDER BY id DESC")}

    def deal(self, amount: int | None, status: str = "open", closed: str | None = None, **more: object) -> int:
        own = more.get("currency", "USD") == "USD"
        row = {
            "title": "Website", "pipeline_id": 1, "stage_id": self.stages[status], "status": status, "amount": amount,
            "currency": "USD", "closed_on": closed, "created_on": "2026-01-05", "created_op": 1,
            "book_amount": amount if own and status != "open" else None,
        }  # fmt: skip
        return self.store.engine.insert("deals", row | more)

    def sale(self, amount: int, on: str | None, **more: object) -> int:
        row = {
            "kind": "sale" if amount >= 0 else "refund", "amount": amount, "currency": "USD", "on_date": on,
            "book_amount": amount if more.get("currency", "USD") == "USD" else None, "created_op": 1,
        }  # fmt: skip
        return self.store.engine.insert("sales", row | more)

    def rate(self, currency: str, on: str, rate: float) -> None:
        row = {"currency": currency, "on_date": on, "rate": int(rate * 1_000_000_000), "created_op": 1}
        self.store.engine.insert("rates", row)


@pytest.fixture
def ledger(store) -> Book:
    return Book(store)


def ask(*spans, by=None, only=None, currencies=USD) -> Ask:
    spans = spans or ((date(2026, 1, 1), date(2026, 12, 31)),)
    return Ask(spans=spans, own=len(spans), by=by, only=only or Filter(), currencies=currencies)


def by_span(rows, spans=MONTHS) -> list[int]:
    return [sum(row.worth.amount for row in rows if row.span == at) for at in range(len(spans))]


def test_a_win_is_revenue_once_on_its_close_date_and_its_invoices_are_not(ledger):
    deal = ledger.deal(900_000, "won", "2026-03-10")
    ledger.sale(450_000, "2026-02-10", deal_id=deal)
    ledger.sale(450_000, "2026-04-10", deal_id=deal)
    ledger.sale(-20_000, "2026-05-10", deal_id=deal)
    ledger.sale(1_000, "2026-05-11", tax=190)
    facts = ledger.store.facts
    assert by_span(facts.revenue(ask(*MONTHS)).rows) == [0, 900_000, 0, -19_000]
    assert by_span(facts.revenue(ask(*MONTHS), basis="sales").rows) == [450_000, 0, 450_000, -19_000]


def test_invoices_of_a_lost_deal_count_as_sales_and_those_of_an_open_one_do_not(ledger):
    lost, still = ledger.deal(5_000, "lost", "2026-03-01"), ledger.deal(5_000)
    ledger.sale(700, "2026-02-03", deal_id=lost)
    ledger.sale(900, "2026-02-03", deal_id=still)
    assert by_span(ledger.store.facts.revenue(ask(*MONTHS)).rows) == [700, 0, 0, 0]


def test_records_are_counted_by_what_they_are(ledger):
    ledger.deal(100, "won", "2026-03-02")
    ledger.sale(50, "2026-03-02")
    ledger.sale(-10, "2026-03-03")
    rows = ledger.store.facts.revenue(ask()).rows
    assert {row.kind: row.records for row in rows} == {"deal": 1, "sale": 1, "refund": 1}
    assert ledger.store.facts.ids(ledger.store.facts.revenue(ask())) == ["d1", "s2", "s1"]


def test_revenue_by_product_follows_the_lines_and_what_has_none_stays(ledger):
    engine = ledger.store.engine
    for name in ("Build", "Care"):
        engine.insert("products", {"name": name, "key": name.lower(), "currency": "USD", "created_op": 1})
    deal, sale = ledger.deal(900, "won", "2026-03-02"), ledger.sale(300, "2026-03-05")
    ledger.sale(50, "2026-03-06")
    for place, (product, amount) in enumerate(((1, 600), (2, 400), (None, -100))):
        kind = "product" if product else "discount"
        line = {"position": place, "kind": kind, "product_id": product, "amount": amount, "book_amount": amount}
        engine.insert("deal_lines", {"deal_id": deal, **line, "created_op": 1})
    line = {"position": 0, "kind": "product", "product_id": 2, "amount": 300, "book_amount": 300}
    engine.insert("sale_lines", {"sale_id": sale, **line, "created_op": 1})
    rows = ledger.store.facts.revenue(ask(by="product")).rows
    found: dict[str | None, int] = {}
    for row in rows:
        found[row.key.name] = found.get(row.key.name, 0) + row.worth.amount
    assert found == {"Build": 540, "Care": 660, None: 50}


def test_revenue_by_channel_owner_and_field(ledger):
    ledger.store.engine.insert("owners", {"name": "Ann", "created_op": 1})
    ledger.sale(50, "2026-03-02", channel="shop", owner_id=1, fields='{"region": "north"}')
    ledger.deal(70, "won", "2026-03-02", fields='{"region": "north"}')
    facts = ledger.store.facts
    assert {r.key.name: r.worth.amount for r in facts.revenue(ask(by="channel")).rows} == {"shop": 50, None: 70}
    assert {r.key.name: r.worth.amount for r in facts.revenue(ask(by="owner")).rows} == {"Ann": 50, None: 70}
    rows = facts.revenue(ask(by="field:region")).rows
    assert {(r.key.name, r.kind): r.worth.amount for r in rows} == {("north", "deal"): 70, ("north", "sale"): 50}
    only = Filter(fields=(FieldTest("region", "=", (("deal", "text", "south"), ("sale", "text", "south"))),))
    assert facts.revenue(ask(only=only)).rows == ()


def test_what_has_no_rate_stands_apart_and_is_in_no_sum(ledger):
    ledger.deal(100_00, "won", "2026-03-02", currency="EUR")
    ledger.deal(200_00, "won", "2026-03-02", currency="EUR", rate=1_100_000_000, book_amount=220_00)
    ledger.deal(50_00, "won", "2026-03-02")
    rows = ledger.store.facts.revenue(ask()).rows
    found = {row.worth.currency: row.worth for row in rows}
    assert (found["EUR"].priced, found["EUR"].amount) == (1, 220_00)
    assert (found["EUR"].left, found["EUR"].left_amount) == (1, 100_00)
    assert (found["USD"].priced, found["USD"].amount, found["USD"].left) == (1, 50_00, 0)


def test_another_currency_is_reached_through_the_rate_of_the_day(ledger):
    ledger.rate("EUR", "2026-01-01", 1.25)
    ledger.rate("EUR", "2026-04-01", 2.0)
    ledger.deal(100_00, "won", "2026-03-02")
    ledger.deal(30_00, "won", "2026-03-02", currency="EUR", book_amount=37_50, rate=1_250_000_000)
    ledger.deal(7_00, "won", "2025-12-31")
    rows = ledger.store.facts.revenue(ask((date(2025, 12, 1), date(2026, 12, 31)), currencies=Currencies("EUR", "USD")))
    found = {(row.worth.currency, row.worth.rate, row.worth.amount, row.worth.left_amount) for row in rows.rows}
    assert found == {("EUR", None, 30_00, 0), ("USD", 1_250_000_000, 100_00, 0), ("USD", None, 0, 7_00)}


def test_to_bill_is_what_a_won_deal_with_invoices_lacks(ledger):
    part, whole = ledger.deal(900, "won", "2026-03-10"), ledger.deal(300, "won", "2026-03-10")
    ledger.deal(500, "won", "2026-03-10")
    ledger.sale(450, "2026-02-10", deal_id=part)
    ledger.sale(300, "2026-02-10", deal_id=whole)
    answer = ledger.store.facts.billing(ask(), today=date(2026, 5, 1), most=5)
    assert [(row.deal_id, row.amount, row.billed) for row in answer.rows] == [(part, 900, 450)]
    assert ledger.store.facts.ids(answer) == [f"d{part}"]


def test_what_has_no_date_is_counted_and_in_no_span(ledger):
    ledger.deal(900, "won", None)
    ledger.sale(450, None)
    facts = ledger.store.facts
    assert facts.revenue(ask()).rows == ()
    assert (facts.undated("deals", Filter()), facts.undated("sales", Filter()), facts.undated("created", Filter())) == (
        1, 1, 0,
    )  # fmt: skip


def test_the_extent_reaches_from_the_first_to_the_last_day_of_anything(ledger):
    assert ledger.store.facts.extent() is None
    ledger.sale(450, "2025-02-03")
    ledger.deal(10, "won", "2026-03-02")
    assert ledger.store.facts.extent() == (date(2025, 2, 3), date(2026, 3, 2))


def test_the_latest_rates_by_a_day(ledger):
    ledger.rate("EUR", "2026-01-01", 1.25)
    ledger.rate("EUR", "2026-04-01", 2.0)
    ledger.rate("CHF", "2026-03-01", 1.5)
    assert ledger.store.facts.rates(date(2026, 3, 31)) == {"CHF": 1_500_000_000, "EUR": 1_250_000_000}
    assert ledger.store.facts.rates(date(2026, 2, 1)) == {"EUR": 1_250_000_000}


def test_stages_are_named_and_valued_as_on_the_day(store):
    store.engine.execute("UPDATE stage_history SET to_on = '2026-02-01' WHERE stage_id = 1")
    row = {"stage_id": 1, "from_on": "2026-02-01", "name": "First talk", "position": 0, "probability": 15}
    store.engine.insert("stage_history", {**row, "created_op": 1})
    store.engine.execute("UPDATE stages SET name = 'First talk', probability = 15 WHERE id = 1")
    before, after = store.facts.stages(date(2026, 1, 31)).rows[0], store.facts.stages(date(2026, 2, 1)).rows[0]
    assert (before.name, before.probability) == ("Lead", 10)
    assert (after.name, after.probability) == ("First talk", 15)
    assert store.facts.stages().rows[0].name == "First talk"


def test_a_deal_closed_otherwise_is_worth_its_amount_then_at_the_rate_of_that_day(ledger):
    engine = ledger.store.engine
    ledger.rate("EUR", "2026-01-01", 1.5)
    ledger.rate("JPY", "2026-01-01", 0.0066)
    won = {"stage_id": ledger.stages["won"], "created_op": 1, "from_on": "2026-02-10", "stage_since": "2026-02-10"}
    for amount, currency in ((33_33, "EUR"), (49_95, "EUR"), (1_000, "JPY")):
        deal = ledger.deal(amount, currency=currency)
        at = {"deal_id": deal, "amount": amount, "currency": currency}
        engine.insert("deal_history", {**won, **at, "seq": 1, "to_on": "2026-03-01"})
        again = {"stage_id": ledger.stages["open"], "from_on": "2026-03-01", "stage_since": "2026-03-01"}
        engine.insert("deal_history", {**won, **at, **again, "seq": 1})
    facts = ledger.store.facts
    assert facts.revenue(ask()).rows == ()
    then = facts.revenue(replace(ask(), as_of=date(2026, 2, 28))).rows
    # 49.995 and 74.925 are rounded to the even cent, as on closing.
    assert {(row.worth.currency, row.worth.amount) for row in then} == {("EUR", 50_00 + 74_92), ("JPY", 6_60)}
    assert facts.revenue(replace(ask(), as_of=date(2026, 3, 1))).rows == ()


@pytest.mark.parametrize(
    ("lines", "amount", "wanted"),
    [
        ((10, 10, 10), 29, [9, 10, 10]),
        ((10, 10, 10), 31, [11, 10, 10]),
        ((0, 0), 5, [3, 2]),
        ((100, -40), 50, [93, -43]),
        ((9_000_000_000_00, 1_000_000_000_00), 9_999_999_999_99, [8_999_999_999_99, 1_000_000_000_00]),
    ],
)
def test_what_is_no_product_is_spread_by_largest_remainder(ledger, lines, amount, wanted):
    engine = ledger.store.engine
    sale = ledger.sale(amount, "2026-03-05")
    for place, one in enumerate((*lines, amount - sum(lines))):
        kind = "product" if place < len(lines) else "adjustment"
        product = None
        if kind == "product":
            row = {"name": f"P{place}", "key": f"p{place}", "currency": "USD", "created_op": 1}
            product = engine.insert("products", row)
        row = {"sale_id": sale, "position": place, "kind": kind, "product_id": product, "amount": one}
        engine.insert("sale_lines", row | {"book_amount": one, "created_op": 1})
    assert [row.worth.amount for row in ledger.store.facts.revenue(ask(by="product")).rows] == wanted


def test_a_deal_with_invoices_of_another_currency_is_not_set_against_them(ledger):
    deal = ledger.deal(900, "won", "2026-03-10")
    ledger.sale(450, "2026-02-10", deal_id=deal, currency="EUR")
    assert ledger.store.facts.billing(ask(), today=date(2026, 5, 1), most=5).rows == ()


def test_an_amount_edited_later_counts_on_a_past_day_as_it_was_then(ledger):
    deal = ledger.deal(500, "won", "2026-02-10")
    version = {"deal_id": deal, "seq": 1, "stage_id": ledger.stages["won"], "stage_since": "2026-02-10"}
    version |= {"currency": "USD", "created_op": 1}
    for amount, since, until in ((100, "2026-02-10", "2026-03-01"), (500, "2026-03-01", None)):
        ledger.store.engine.insert("deal_history", version | {"amount": amount, "from_on": since, "to_on": until})
    facts = ledger.store.facts
    days = {date(2026, 2, 9): [], date(2026, 2, 28): [100], date(2026, 3, 1): [500]}
    assert {day: [r.worth.amount for r in facts.revenue(replace(ask(), as_of=day)).rows] for day in days} == days
