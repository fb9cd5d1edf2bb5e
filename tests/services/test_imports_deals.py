"""Deals of a file in the book: rows, histories, lines, keys, and what is refused."""

import pytest
from tests.importers.bringing import Asker, bring, everything

from salestrack.errors import UsageError

HEADER = "id,title,customer,owner,product,stage,amount,created,closed"


@pytest.fixture
def ask(store) -> Asker:
    return Asker(store)


def reasons(result) -> list[str]:
    return [fault.text for fault in result.faults]


def test_a_closed_deal_has_its_history_its_line_and_its_worth(store, ask):
    text = f"{HEADER}\nD1,Website,Acme,Sam,Web,Won,1200.50,2026-01-05,2026-02-10\n"
    result = bring(store, text, new="customers,products")

    assert result.counts == (1, 1, 0, 0, 0, 0)
    assert [(each.what, each.number) for each in result.created] == [("owners", 1), ("products", 1), ("customers", 1)]
    assert ask("SELECT title, status, closed_on, amount, book_amount, rate FROM deals") == [
        ("Website", "won", "2026-02-10", 120050, 120050, None)
    ]
    assert ask(
        "SELECT s.name, from_on, to_on, stage_since, seq FROM deal_history h JOIN stages s ON s.id = stage_id"
    ) == [
        ("Lead", "2026-01-05", "2026-02-10", "2026-01-05", 1),
        ("Won", "2026-02-10", None, "2026-02-10", 1),
    ]
    assert ask(
        "SELECT p.name, quantity, l.price, amount, book_amount FROM deal_lines l JOIN products p ON p.id = product_id"
    ) == [("Web", "1", 120050, 120050, 120050)]
    assert ask("SELECT source, kind, key, record_id FROM import_keys") == [("csv", "deals", "D1", 1)]
    assert ask("SELECT file, read_rows, new_rows FROM imports") == [("standard input", 1, 1)]


def test_an_empty_cell_is_unknown_and_a_zero_is_zero(store, ask):
    bring(store, "id,stage,amount,closed\n1,Won,,2026-01-01\n2,Lost,0,2026-01-01\n3,Lead,,\n")
    assert ask("SELECT amount, book_amount, created_on, closed_on FROM deals") == [
        (None, None, None, "2026-01-01"), (0, 0, None, "2026-01-01"), (None, None, None, None),
    ]  # fmt: skip
    assert ask("SELECT from_on FROM deal_history WHERE deal_id = 3") == [(None,)]


def test_a_deal_without_a_title_is_named_after_product_and_customer(store, ask):
    text = "id,title,customer,product,stage\n1,,Acme,Web,Lead\n2,,Acme,,Lead\n3,,,,Lead\n4,Own,Acme,Web,Lead\n"
    bring(store, text, new="customers,products")
    assert ask("SELECT title FROM deals") == [("Web, Acme",), ("Acme",), ("deal 3",), ("Own",)]


def test_dates_of_stages_become_history(store, ask):
    text = "id,stage,created,q,p,closed\n1,Won,2026-01-01,2026-01-05,,2026-02-01\n2,Proposal,2026-01-01,2026-01-05,2026-01-09,\n"
    bring(store, text, maps=["entered:Qualified=q", "entered:proposal=p"])
    assert ask("SELECT deal_id, s.name, from_on FROM deal_history h JOIN stages s ON s.id = stage_id ORDER BY deal_id, from_on") == [
        (1, "Lead", "2026-01-01"), (1, "Qualified", "2026-01-05"), (1, "Won", "2026-02-01"),
        (2, "Lead", "2026-01-01"), (2, "Qualified", "2026-01-05"), (2, "Proposal", "2026-01-09"),
    ]  # fmt: skip


def test_the_day_a_deal_entered_won_is_the_day_it_closed(store, ask):
    bring(store, "id,stage,won time\n1,Won,2026-02-01\n2,Lead,\n", maps=["entered:Won=won time"])
    assert ask("SELECT status, closed_on FROM deals") == [("won", "2026-02-01"), ("open", None)]


def test_a_closing_date_of_an_open_deal_is_the_expected_one(store, ask):
    result = bring(store, "id,stage,close date\n1,Lead,2026-05-01\n2,Won,2026-02-01\n")
    assert ask("SELECT status, closed_on, expected_on FROM deals") == [
        ("open", None, "2026-05-01"), ("won", "2026-02-01", None),
    ]  # fmt: skip
    assert result.expected_from_closed == 1
    assert ask("SELECT expected_on FROM deal_history WHERE deal_id = 1") == [("2026-05-01",)]


def test_a_deal_closed_before_it_was_created_comes_in_and_keeps_both_dates(store, ask):
    bring(store, "id,stage,created,closed\n1,Won,2026-03-01,2026-02-01\n")
    assert ask("SELECT created_on, closed_on FROM deals") == [("2026-03-01", "2026-02-01")]
    assert ask("SELECT from_on, to_on FROM deal_history") == [("2026-02-01", "2026-02-01"), ("2026-02-01", None)]


def test_a_pinned_probability_is_todays_and_not_the_past(store, ask):
    bring(store, "id,stage,probability,created,closed\n1,Won,100,2026-01-01,2026-02-01\n")
    assert ask("SELECT probability FROM deal_history ORDER BY from_on") == [(None,), (100,)]


def test_foreign_money_is_pinned_at_the_rate_of_the_closing_day(store, ask):
    with store.operation("rates") as op:
        for day, rate in (("2026-01-01", 1_100_000_000), ("2026-02-01", 1_200_000_000)):
            store.engine.insert("rates", {"currency": "EUR", "on_date": day, "rate": rate, "created_op": op.id})
    text = "id,product,stage,amount,currency,closed\n1,W,Won,100,EUR,2026-01-20\n2,W,Won,100,eur,2025-12-31\n3,W,Won,100,,2026-02-02\n"
    bring(store, text, new="products")
    assert ask("SELECT currency, amount, rate, book_amount FROM deals") == [
        ("EUR", 10000, 1_100_000_000, 11000), ("EUR", 10000, None, None), ("USD", 10000, None, 10000),
    ]  # fmt: skip
    assert ask("SELECT book_amount FROM deal_lines") == [(11000,), (None,), (10000,)]


def test_the_currency_of_the_file_can_be_named(store, ask):
    bring(store, "id,stage,amount\n1,Won,100\n2,Lead,5\n", currency="JPY")
    assert ask("SELECT currency, amount, book_amount FROM deals") == [("JPY", 100, None), ("JPY", 5, None)]


def test_tags_reasons_sources_and_own_fields_come_along(store, ask):
    text = (
        'id,stage,tags,lost reason,source,field:Region\n1,Lost,"big; key",Price,web,North\n2,Lost,key,Too slow,web,\n'
    )
    result = bring(store, text)
    assert ask("SELECT r.name, d.source, d.fields FROM deals d JOIN lost_reasons r ON r.id = reason_id") == [
        ("price", "web", '{"Region": "North"}'), ("Too slow", "web", "{}"),
    ]  # fmt: skip
    assert ask("SELECT deal_id, t.name FROM deal_tags x JOIN tags t ON t.id = tag_id ORDER BY 1, 2") == [
        (1, "big"), (1, "key"), (2, "key"),
    ]  # fmt: skip
    assert ask("SELECT record, name, type FROM custom_fields") == [("deal", "Region", "text")]
    assert {each.what: each.number for each in result.created} == {"lost reasons": 1, "tags": 2, "fields": 1}


def test_a_contact_belongs_to_the_customer_and_is_added(store, ask):
    text = "id,customer,contact,stage\n1,Acme,Ada,Lead\n2,Globex,Ada,Lead\n3,Acme,ada,Lead\n"
    bring(store, text, new="customers")
    assert ask("SELECT d.customer_id, d.contact_id, n.customer_id FROM deals d JOIN contacts n ON n.id = d.contact_id ORDER BY d.id") == [
        (1, 1, 1), (2, 2, 2), (1, 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,T,Acm,,,Lead,1,,", "customer 'Acm': no customer goes by that name; did you mean Acme?"),
        ("1,T,,,Webb,Lead,1,,", "product 'Webb': no product goes by that name; did you mean Web?"),
        ("1,T,,,,Leed,1,,", "stage 'Leed': no stage is called that; known: Lead, Qualified, Proposal"),
        ("1,T,,,,,1,,", "stage '': the stage is blank; write one of: Lead"),
        ("1,T,,,,Closed Won,1,,", "did you mean Won? --value 'stage:Closed Won=Won'"),
        ("1,T,,,,Lead,12.345,,", "amount '12.345': could be 12345 or 12.345"),
        ("1,T,,,,Lead,-5,,", "amount '-5': is negative"),
        ("1,T,,,,Lead,1,5/6/2026,", "created '5/6/2026': could be 5 June 2026 or 6 May 2026"),
        (",T,,,,Lead,1,,", "line 2, id '': the id is blank"),
        ("1,T,,,,Lead,1,,,more", "line 2: has 10 cells, and the header 9"),
    ],
)
def test_a_bad_row_is_named_with_line_column_cell_and_what_would_do(store, row, words):
    bring(store, "name\nAcme\n", "customers")
    bring(store, "name\nWeb\n", "products")
    before = everything(store)
    result = bring(store, f"{HEADER}\n{row}\n")
    assert (result.refused, result.counts.rejected) == (True, 1)
    assert words in reasons(result)[0]
    assert everything(store) == before


def test_names_match_exactly_by_name_alias_address_or_id_and_never_by_a_part(store, ask):
    bring(store, "name,alias,email\nAcme Corporation,acme;ac,x@acme.example\nGlobex,,\n", "customers")
    text = "id,customer,stage\n1,ACME corporation,Lead\n2,ac,Lead\n3,c2,Lead\n"
    assert not bring(store, text).refused
    assert ask("SELECT customer_id FROM deals") == [(1,), (1,), (2,)]
    assert bring(store, "id,customer,stage\n9,Acme Corp,Lead\n").refused
    assert bring(store, "id,customer,stage\n9,Glob,Lead\n").refused
    assert bring(store, "id,customer,stage\n9,c99,Lead\n").refused


def test_two_customers_of_one_name_are_no_answer(store):
    bring(store, "id,name\n1,Acme\n2,ACME\n", "customers")
    result = bring(store, "id,customer,stage\n1,acme,Lead\n")
    assert "could be Acme (c1), ACME (c2); write the id" in reasons(result)[0]
    assert not bring(store, "id,customer,stage\n1,ACME,Lead\n").refused


def test_a_second_row_of_one_id_names_both_lines(store):
    result = bring(store, "id,stage\n7,Lead\n8,Lead\n7,Won\n")
    assert reasons(result) == ["line 4, id '7': has the same id as line 2"]


def test_values_and_new_stages_lead_a_foreign_pipeline_in(store, ask):
    text = "id,stage\n1,Closed Won\n2,Discovery\n3,Discovery\n4,Pilot\n"
    result = bring(store, text, values=["stage:Closed Won=Won"], new="stages")
    assert not result.refused
    assert [each for each in result.created if each.what == "stages"] == [
        ("stages", 2, ("Discovery", "Pilot"), (10, 10), ("Discovery", "Pilot"))
    ]
    names = ask("SELECT name, probability FROM stages ORDER BY position")
    assert names == [
        ("Lead", 10), ("Qualified", 25), ("Proposal", 50), ("Negotiation", 75), ("Discovery", 10), ("Pilot", 10), ("Won", 100),
        ("Lost", 0),
    ]  # fmt: skip
    assert ask("SELECT s.name FROM deals d JOIN stages s ON s.id = d.stage_id") == [
        ("Won",), ("Discovery",), ("Discovery",), ("Pilot",),
    ]  # fmt: skip


def test_names_that_only_bad_rows_mention_are_not_created(store, ask, tmp_path):
    text = f"{HEADER}\n1,T,Good Inc,Sam,,Lead,1,,\n2,T,Bad Inc,Max,Thing,Lead,x,,\n"
    result = bring(store, text, new="customers,products", rejects=tmp_path / "bad.csv")
    assert result.counts == (2, 1, 0, 0, 1, 0)
    assert (ask("SELECT name FROM customers"), ask("SELECT name FROM owners"), ask("SELECT name FROM products")) == (
        [("Good Inc",)], [("Sam",)], [],
    )  # fmt: skip
    assert ask("SELECT o.name FROM deals d JOIN owners o ON o.id = d.owner_id") == [("Sam",)]


def test_what_deals_cannot_hold_yet_is_said(store):
    with pytest.raises(UsageError, match="repeating deals cannot be imported yet"):
        bring(store, "id,stage,every\n1,Lead,month\n")
    with pytest.raises(UsageError, match="entered:Nowhere"):
        bring(store, "id,stage,day\n1,Lead,2026-01-01\n", maps=["entered:Nowhere=day"])


def test_ids_follow_on_each_other_and_are_never_used_again(store, ask):
    bring(store, "id,stage\n1,Lead\n2,Lead\n")
    from salestrack.services.undo import undo

    undo(store, None)
    bring(store, "id,stage\n3,Lead\n4,Lead\n")
    assert ask("SELECT id FROM deals") == [(3,), (4,)]
