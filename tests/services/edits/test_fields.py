"""Every field of every kind of record can be edited, and every edit can be undone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import run_line
from tests.walks import dump

from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor, Store

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]


LINES = (
    "owner add Ana",
    "owner add Ben",
    "customer add Acme --email info@acme.example",
    "customer add 'Blue Harbor'",
    "contact add Jane Acme --email jane@acme.example",
    "contact add Omar 'Blue Harbor'",
    "pipeline add Partners --stages 'Lead 10, Talks 40'",
    "deal add 1000 Acme Website -d 2026-03-02",
    "deal add 500 'Blue Harbor' Menu -d 2026-03-02",
    "move d1 qualified -d 2026-03-05",
    "lost d2 price -d 2026-03-10",
    "sell 200 Acme Setup --deal d1 -d 2026-03-12 --tax 19%",
    "sell 300 'Blue Harbor' Cards -d 2026-03-12 --tax 19%",
    "refund s2 50 -d 2026-03-13",
    "log call Jane hello --deal d1 -d '2026-03-12 10:00'",
    "plan call Acme 2026-03-20 --deal d1",
    "product add Build 100 --sku B1",
    "quota set 5000 2026Q1",
    "quota set 9 2026-03 --metric calls",
    "field add deal size number",
)

_BOOK: dict[str, bytes] = {}


@pytest.fixture
def book(tmp_path: Path, actor: Actor) -> Path:
    """Keep a book with two customers with a contact each, deals, an invoice, a sale, a refund, a call, a step, quotas."""
    path = tmp_path / "book" / "sales.db"
    if not _BOOK:
        new_book(path, Answers(currency="USD"), actor)
        for line in LINES:
            assert run_line(line).exit_code == 0, line
        _BOOK["full"] = path.read_bytes()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_BOOK["full"])
    return path


EDITS = [
    ("customer edit acme --name 'Acme Tools'", "SELECT name, key FROM customers WHERE id = 1", "Acme Tools|acme tools"),
    ("customer edit c1 --kind company", "SELECT kind FROM customers WHERE id = 1", "company"),
    ("customer edit 1 --email A@B.example", "SELECT email, email_key FROM customers WHERE id = 1", "A@B.example|a@b.example"),
    ("customer edit 1 --email -", "SELECT email, email_key FROM customers WHERE id = 1", "|"),
    ("edit c1 --phone '030 1234567'", "SELECT phone, phone_key FROM customers WHERE id = 1", "030 1234567|301234567"),
    ("edit c1 --segment retail --country DE --source fair", "SELECT segment, country, source FROM customers WHERE id = 1", "retail|DE|fair"),
    ("edit c1 --owner ana --created 2026-01-02 --note hm", "SELECT owner_id, created_on, note FROM customers WHERE id = 1", "1|2026-01-02|hm"),
    ("customer edit acme --alias ac --alias acm", "SELECT name FROM customer_aliases WHERE name = 'ac'", "ac"),
    ("contact edit jane --name 'Jane Doe' --role buyer", "SELECT name, key, role FROM contacts WHERE id = 1", "Jane Doe|jane doe|buyer"),
    ("contact edit 1 --email - --phone 030999999", "SELECT email, email_key, phone_key FROM contacts WHERE id = 1", "||30999999"),
    ("edit n1 --customer blue --note hi", "SELECT customer_id, note FROM contacts WHERE id = 1", "2|hi"),
    ("deal edit d1 --title 'New site'", "SELECT title FROM deals WHERE id = 1", "New site"),
    ("deal edit acme --amount 1200", "SELECT amount FROM deals WHERE id = 1", "120000"),
    ("deal edit 1 --amount -", "SELECT amount FROM deals WHERE id = 1", ""),
    ("deal edit 1 --close 2026-04-30 --probability 40%", "SELECT expected_on, probability FROM deals WHERE id = 1", "2026-04-30|40"),
    ("deal edit 1 --owner ben --source web --campaign spring", "SELECT owner_id, source, campaign FROM deals WHERE id = 1", "2|web|spring"),
    ("deal edit 1 --note later --contact jane", "SELECT note, contact_id FROM deals WHERE id = 1", "later|1"),
    ("deal edit 1 --stage proposal -d 2026-03-14", "SELECT stage_id, stage_since FROM deals WHERE id = 1", "3|2026-03-14"),
    ("deal edit 1 --pipeline partners", "SELECT pipeline_id, stage_id FROM deals WHERE id = 1", "2|7"),
    ("deal edit 1 --pipeline partners --stage talks", "SELECT pipeline_id, stage_id FROM deals WHERE id = 1", "2|8"),
    ("deal edit 1 --created 2026-03-01", "SELECT created_on FROM deals WHERE id = 1", "2026-03-01"),
    ("deal edit 2 --closed 2026-03-11", "SELECT closed_on, stage_since FROM deals WHERE id = 2", "2026-03-11|2026-03-11"),
    ("deal edit 2 --reason timing", "SELECT r.name FROM deals d JOIN lost_reasons r ON r.id = d.reason_id", "timing"),
    ("deal edit 1 --moved qualified=2026-03-04", "SELECT stage_since FROM deals WHERE id = 1", "2026-03-04"),
    ("deal edit 1 --field size=40", "SELECT fields FROM deals WHERE id = 1", '{"size": "40"}'),
    ("deal edit 1 -t big -t web", "SELECT count(*) FROM deal_tags", "2"),
    ("sale edit 2 -d 2026-03-11", "SELECT on_date FROM sales WHERE id = 2", "2026-03-11"),
    ("sale edit 2 --amount 400", "SELECT amount, tax, book_amount FROM sales WHERE id = 2", "40000|7600|40000"),
    ("sale edit 2 --tax 7%", "SELECT tax, tax_rate FROM sales WHERE id = 2", "2100|7"),
    ("sale edit 2 --tax - --fee 3 --cost 12.50", "SELECT tax, tax_rate, fee, cost FROM sales WHERE id = 2", "||300|1250"),
    ("sale edit 2 --ref R7 --channel shop --owner ana", "SELECT ref, channel, owner_id FROM sales WHERE id = 2", "R7|shop|1"),
    ("sale edit 2 --note x --title Prints", "SELECT note, title FROM sales WHERE id = 2", "x|Prints"),
    ("sale edit 2 --customer acme --channel shop", "SELECT min(customer_id), max(customer_id), min(channel) FROM sales", "1|1|shop"),
    ("sale edit 1 --deal -", "SELECT deal_id FROM sales WHERE id = 1", ""),
    ("sale edit 2 --deal d2", "SELECT min(deal_id), max(deal_id) FROM sales WHERE id > 1", "2|2"),
    ("edit s3 --amount 70", "SELECT amount, book_amount FROM sales WHERE id = 3", "-7000|-7000"),
    ("activity edit 1 --kind meeting", "SELECT kind FROM activities WHERE id = 1", "meeting"),
    ("activity edit 1 -d '2026-03-11 9:30'", "SELECT happened_on, happened_time FROM activities WHERE id = 1", "2026-03-11|09:30"),
    ("activity edit 1 -d 2026-03-11", "SELECT happened_on, happened_time FROM activities WHERE id = 1", "2026-03-11|"),
    ("activity edit 2 -d 'fri 11:00'", "SELECT due_on, due_time FROM activities WHERE id = 2", "2026-03-20|11:00"),
    ("activity edit 2 -d 11:00", "SELECT due_on, due_time FROM activities WHERE id = 2", "2026-03-20|11:00"),
    ("activity edit 2 -d +3d", "SELECT due_on, due_time FROM activities WHERE id = 2", "2026-03-21|"),
    ("edit a1 --for 1h30 --direction in --outcome connected", "SELECT seconds, direction, outcome FROM activities WHERE id = 1", "5400|in|connected"),
    ("edit a1 --subject Hello --owner ben --note -", "SELECT subject, owner_id, note FROM activities WHERE id = 1", "Hello|2|"),
    ("edit a1 --contact -", "SELECT contact_id, customer_id FROM activities WHERE id = 1", "|1"),
    ("edit a1 --deal -", "SELECT deal_id FROM activities WHERE id = 1", ""),
    ("edit a1 --deal d2 --customer omar", "SELECT deal_id, customer_id, contact_id FROM activities WHERE id = 1", "2|2|2"),
    ("product edit build --name 'Big build' --sku - --price 120", "SELECT name, key, sku, price FROM products", "Big build|big build||12000"),
    ("product edit build --tax 7%", "SELECT tax_rate FROM products", "7"),
    ("product edit B1 --price -", "SELECT price FROM products", ""),
    ("quota edit 1 --target 6000 --owner ana --channel shop", "SELECT target, owner_id, channel FROM quotas WHERE id = 1", "600000|1|shop"),
    ("quota edit 2 --target 12 --period 2026-04", "SELECT target, start_on, end_on FROM quotas WHERE id = 2", "12|2026-04-01|2026-04-30"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "question", "expected"), EDITS, ids=[edit[0] for edit in EDITS])
def test_an_edit_changes_what_it_says_and_undo_gives_the_book_back(
    run: Run, rows: Rows, store: Store, line: str, question: str, expected: str
) -> None:
    before = dump(store)
    answer = run(line, ok=True).stdout
    assert rows(question) == [expected.split("|")], answer
    assert "undo: o" in answer
    after = dump(store)
    run("undo", ok=True)
    assert dump(store) == before
    run("redo", ok=True)
    assert dump(store) == after


@pytest.mark.parametrize("line", [edit[0] for edit in EDITS if "B1" not in edit[0]])
def test_the_same_edit_again_changes_nothing_and_says_so(run: Run, store: Store, line: str) -> None:
    run(line, ok=True)
    before, count = dump(store), store.engine.value("SELECT count(*) FROM operations")
    again = run(line)
    assert again.exit_code == 1, line
    assert "nothing to change" in again.stderr
    assert dump(store) == before
    assert store.engine.value("SELECT count(*) FROM operations") == count


REFUSED = [
    ("customer edit c1 --name -", 2, "the name of a customer cannot be empty"),
    ("customer edit c1 --name ' '", 2, "the customer's name is empty"),
    ("edit a1 --kind -", 2, "the kind of an activity cannot be empty"),
    ("edit c1 --close eom", 2, "--close does not fit c1, which is a customer"),
    ("edit d1 s1 --for 15m", 2, "--for does not fit d1, which is a deal"),
    ("edit d1 s1 -d mon --note x", 2, "-d is the day of a sale or an activity"),
    ("edit d1 c1 -d mon --note x", 2, "--date does not fit c1"),
    ("edit s1 --correct --note x", 2, "--correct rewrites the history of deals, and s1 is a sale"),
    ("edit 12 --note x", 2, "id '12' does not say its kind"),
    ("edit acme --note x", 2, "'acme' is not an id"),
    ("edit o2 --note x", 2, "o2 is an operation, which cannot be edited"),
    ("edit d9 --note x", 4, "there is no deal d9"),
    ("edit d1,d9 --note x", 4, "there is no deal d9"),
    ("deal edit s1 --note x", 2, "s1 is not a deal"),
    ("deal edit 1 --stage won", 1, "an edit does not close a deal"),
    ("deal edit 2 --stage lead", 1, "d2 is already Lost"),
    ("deal edit 1 --stage lead --correct", 1, "d1 went through Lead, Qualified"),
    ("deal edit 1 --closed mon", 1, "d1 is open"),
    ("deal edit 1 --reason price", 1, "d1 is open, not lost"),
    ("deal edit 1 --amount 1200eur", 1, "d1 is billed in USD by s1"),
    ("deal edit 1 --amount 9 -d 2026-02-01", 1, "before the deal was created"),
    ("deal edit 1 --stage proposal -d 2026-03-03", 1, "the stage changed later"),
    ("deal edit 1 --created 2026-03-06", 1, "it changed on 2026-03-05 already"),
    ("deal edit 2 --reason -", 1, "this book wants a reason for every lost deal"),
    ("deal edit 2 --closed 2026-03-01", 1, "it began in Lead on Mon 2026-03-02"),
    ("deal edit 2 --created 2026-03-11", 1, "d2 was closed on Tue 2026-03-10"),
    ("deal edit 1 --contact omar", 1, "Omar is at Blue Harbor, not at Acme"),
    ("deal edit 1 --field colour=red", 4, "colour"),
    ("sale edit 2 --amount 40", 1, "50.00 USD of s2 was given back"),
    ("sale edit 2 --amount 400eur", 1, "so it stays in USD"),
    ("sale edit 2 -d 2026-03-14", 1, "money was given back for it on Fri 2026-03-13"),
    ("sale edit 2 -d -", 2, "the date of a sale cannot be empty"),
    ("sale edit 1 --amount 200eur", 1, "d1 is in USD, and s1 in EUR"),
    ("sale edit 1 --customer blue", 1, "d1 belongs to Acme, and s1 to Blue Harbor"),
    ("sale edit 1 --fee 3eur", 1, "s1 is in USD"),
    ("sale edit 3 --amount 301", 1, "300.00 USD of s2 can be given back, not 301.00 USD"),
    ("sale edit 3 --customer acme", 1, "s3 gives back s2 and has its customer"),
    ("sale edit 3 -d 2026-03-11", 1, "s2 was sold on Thu 2026-03-12"),
    ("sale edit 3 --amount 20eur", 1, "s2 was paid in USD, not in EUR"),
    ("activity edit 1 --deal d2", 1, "d2 belongs to Blue Harbor, and a1 to Acme"),
    ("activity edit 1 --direction up", 2, "'up' is not a direction"),
    ("activity edit 1 -d +3d", 2, "in the future"),
    ("quota edit 2 --target 1.5", 2, "'1.5' is not a count of calls"),
    ("quota edit 1 --period 2026-01-01..", 2, "needs an end"),
]


@pytest.mark.parametrize(("line", "code", "sentence"), REFUSED, ids=[refused[0] for refused in REFUSED])
def test_what_breaks_a_rule_is_refused_and_nothing_is_written(
    run: Run, store: Store, line: str, code: int, sentence: str
) -> None:
    before = dump(store)
    result = run(line)
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    assert sentence in result.stderr
    assert dump(store) == before


def test_a_customers_former_name_stays_an_alias(run: Run) -> None:
    answer = run("customer edit acme --name 'Zenith'", ok=True)
    assert "note: Acme still finds c1" in answer.stderr
    assert "name Zenith -> Zenith Ltd" in run("customer edit acme --name 'Zenith Ltd'", ok=True).stdout


def test_only_the_case_of_a_name_makes_no_alias(run: Run, rows: Rows) -> None:
    run("customer edit acme --name ACME", ok=True)
    assert rows("SELECT count(*) FROM customer_aliases") == [["0"]]


def test_a_name_that_another_customer_has_is_pointed_out(run: Run) -> None:
    assert "Acme is also the name of c1" in run("customer edit blue --name Acme", ok=True).stderr


def test_a_deals_calls_and_invoices_go_with_it_to_another_customer(run: Run, rows: Rows) -> None:
    answer = run("deal edit d1 --customer blue", ok=True).stdout
    assert "customer Acme -> Blue Harbor" in answer
    assert "with 2 activities and 1 sale" in answer
    assert rows(
        "SELECT DISTINCT customer_id FROM activities UNION SELECT customer_id FROM sales WHERE deal_id = 1"
    ) == [["2"]]


def test_the_worth_of_a_won_deal_follows_its_amount_and_its_day(run: Run, store: Store, rows: Rows) -> None:
    for day, rate in (("2026-03-01", 1_100_000_000), ("2026-03-08", 1_200_000_000)):
        with store.operation("set a rate") as op:
            store.engine.insert("rates", {"currency": "EUR", "on_date": day, "rate": rate, "created_op": op.id})
    run("deal add 100eur Acme Shop --product 2xBuild@40eur --product Build@20eur -d 2026-03-02", ok=True)
    run("won d3 -d 2026-03-10", ok=True)
    worth = "SELECT book_amount, (SELECT sum(book_amount) FROM deal_lines WHERE deal_id = 3) FROM deals WHERE id = 3"
    assert rows(worth) == [["12000", "12000"]]
    moved = run("deal edit d3 --closed 2026-03-05", ok=True)
    assert rows(worth) == [["11000", "11000"]]
    assert "100.00 EUR of revenue went from Tue 2026-03-10 to Thu 2026-03-05" in moved.stderr
    run("deal edit d3 --amount 150eur", ok=True)
    assert rows(worth) == [["16500", "16500"]]
    assert rows("SELECT sum(amount) FROM deal_lines WHERE deal_id = 3") == [["15000"]]


def test_the_worth_of_a_sale_follows_its_amount_and_its_day(run: Run, store: Store, rows: Rows) -> None:
    with store.operation("set a rate") as op:
        row = {"currency": "EUR", "on_date": "2026-03-08", "rate": 1_200_000_000, "created_op": op.id}
        store.engine.insert("rates", row)
    run("sell 100eur 'Blue Harbor' --product 2xBuild@40eur --product Build@20eur -d 2026-03-10", ok=True)
    worth = "SELECT book_amount, (SELECT sum(book_amount) FROM sale_lines WHERE sale_id = 4) FROM sales WHERE id = 4"
    assert rows(worth) == [["12000", "12000"]]
    assert "no rate for EUR" in run("sale edit s4 -d 2026-03-05", ok=True).stderr
    assert rows(worth) == [["", ""]]
    run("sale edit s4 -d 2026-03-09 --amount 50eur", ok=True)
    assert rows(worth) == [["6000", "6000"]]
    assert rows("SELECT sum(amount) FROM sale_lines WHERE sale_id = 4") == [["5000"]]


def test_a_quota_does_not_take_the_place_of_another(run: Run) -> None:
    run("quota set 100 2026Q1 --owner ana", ok=True)
    clash = run("quota edit 3 --owner -")
    assert clash.exit_code == 1
    assert "q1 is the revenue target for that owner, channel and period already" in clash.stderr


def test_a_tag_is_put_on_once_and_taken_off(run: Run, rows: Rows) -> None:
    assert "tag +big" in run("edit d1 c1 -t big", ok=True).stdout
    assert "tag -big" in run("edit d1 --untag big", ok=True).stdout
    assert rows("SELECT count(*) FROM deal_tags") == [["0"]]
    assert "no tag is called 'nope'" in run("edit d1 --untag nope").stderr
    assert "c1 was so already" in run("edit c1 -t BIG").stderr


def test_a_correction_from_the_start_leaves_the_stages_that_a_deal_went_through(run: Run, rows: Rows) -> None:
    run("deal edit d1 --amount 900 --correct", ok=True)
    history = "SELECT stage_id, amount FROM deal_history WHERE deal_id = 1 ORDER BY id"
    assert rows(history) == [["1", "90000"], ["2", "90000"]]
    run("deal add 10 Acme Other", ok=True)
    assert "stage Lead -> Proposal · from the start" in run("deal edit d3 --stage proposal --correct", ok=True).stdout
    assert rows("SELECT stage_id, stage_since FROM deal_history WHERE deal_id = 3") == [["3", "2026-03-18"]]


def test_another_name_is_added_and_taken_away(run: Run) -> None:
    assert "also ac" in run("customer edit acme --alias ac", ok=True).stdout
    assert "c1 was so already" in run("customer edit acme --alias AC").stderr
    assert "'Acme' finds Acme (c1) already" in run("customer edit blue --alias Acme").stderr
    assert "c1 has no other name 'xy'; known: ac" in run("customer edit acme --unalias xy").stderr
    assert "no longer ac" in run("customer edit acme --unalias ac", ok=True).stdout
    assert run("show ac").exit_code == 0  # the beginning of Acme still finds it


def test_the_tax_of_lines_follows_the_amount_at_the_rate_of_each(run: Run, rows: Rows) -> None:
    run("product add Book 10 --tax 7%", ok=True)
    run("product add Lamp 30 --tax 19%", ok=True)
    run("sell - Acme --product Book --product Lamp", ok=True)
    taxes = "SELECT s.amount, s.tax, s.tax_rate, sum(l.amount), sum(l.tax) FROM sales s JOIN sale_lines l ON l.sale_id = s.id"
    assert rows(taxes) == [["4000", "640", "", "4000", "640"]]
    run("sale edit s4 --amount 80", ok=True)  # an adjustment of 40 goes with both rates in proportion
    assert rows(taxes) == [["8000", "1280", "", "8000", "1280"]]
    run("sale edit s4 --tax 19%", ok=True)
    assert rows(taxes) == [["8000", "1520", "19", "8000", "1520"]]
    run("sale edit s4 --tax -", ok=True)
    assert rows(taxes) == [["8000", "", "", "8000", ""]]
