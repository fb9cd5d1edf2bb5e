"""customer merge and contact merge: everything comes along, names and ids still find it, undo gives the book back."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from tests.importers.bringing import bring
from tests.walks import assert_same, dump

from salestrack.store import Store

Run = Callable[..., Any]

TWINS = [
    "customer add Acme --phone '555 111 222' --segment retail -t vip",
    "customer add 'ACME Ltd' --alias al --email info@acme.example --phone '555 333 444' -t vip -t fair --source web",
    "customer add Umbrella",
    "contact add Ann c2 --email ann@acme.example",
    "contact add Bob c1",
    "deal add 5000 c2 Website -t web",
    "deal add 700 c1 Shop",
    "log call Ann hello --deal d1",
    "plan call c2 fri",
    "sell 300 c2 Mug --channel shop",
    "refund s1 100",
]


@pytest.fixture
def twins(run: Run) -> Run:
    for line in TWINS:
        run(line, ok=True)
    return run


def test_everything_of_the_other_comes_along(twins, rows):
    answer = twins("customer merge c1 c2 -y", ok=True)
    assert answer.stdout == "c1 · Acme · took in c2 ACME Ltd · 1 contact, 1 deal, 2 sales, 2 activities · undo: o13\n"
    for table in ("contacts", "deals", "sales", "activities", "customer_aliases", "customer_tags"):
        assert rows(f"SELECT DISTINCT customer_id FROM {table}") == [["1"]], table
    assert rows("SELECT count(*) FROM customer_tags") == [["2"]]
    assert rows("SELECT merged_into FROM customers ORDER BY id") == [[""], ["1"], [""]]


def test_what_is_empty_is_filled_and_what_differs_is_said(twins, rows):
    answer = twins("customer merge c1 c2 -y", ok=True)
    assert answer.stderr == "note: c1 keeps its phone 555 111 222, not 555 333 444\n"
    assert rows("SELECT name, email, email_key, phone, segment, source FROM customers WHERE id = 1") == [
        ["Acme", "info@acme.example", "info@acme.example", "555 111 222", "retail", "web"]
    ]


@pytest.mark.parametrize("word", ["'ACME Ltd'", "al", "c2", "info@acme.example", "'555 333 444'", "'acme l'"])
def test_every_old_name_address_and_id_means_the_one_that_stays(twins, rows, word):
    twins("customer merge c1 c2 -y", ok=True)
    twins(f"log note {word} hi", ok=True)
    assert rows("SELECT customer_id FROM activities ORDER BY id DESC LIMIT 1") == [["1"]]


def test_an_old_id_is_answered_with_a_remark(twins):
    twins("customer merge c1 c2 -y", ok=True)
    assert "Acme (c2 is c1 now)" in twins("log note c2 hi", ok=True).stdout


def test_the_other_is_out_of_sight_everywhere(twins):
    twins("customer merge umbrella c2 -y", ok=True)
    assert twins("customer list -f ids", ok=True).stdout == "c1\nc3\n"
    assert "ACME" not in twins("report revenue 2026 --by customer", ok=True).stdout
    assert "ACME" not in twins("log call acmf").stderr


def test_it_asks_at_a_terminal_and_needs_yes_elsewhere(twins, store: Store):
    before = dump(store)
    answer = twins("customer merge c1 c2")
    assert answer.exit_code == 2
    assert "c2 ACME Ltd would become part of c1 Acme (1 contact, 1 deal, 2 sales, 2 activities along)" in answer.stderr
    for said in (False, True):
        with mock.patch("salestrack.cli.context.Context.ask", mock.Mock(confirm=mock.Mock(return_value=said))):
            assert twins("customer merge c1 c2").exit_code == (0 if said else 1)
    twins("undo o13", ok=True)
    assert_same(dump(store), before)


def test_undo_gives_the_book_back_also_after_merging_twice(twins, store: Store):
    books = [dump(store)]
    for line in ("customer merge c1 c2 -y", "customer merge c3 c1 -y"):
        twins(line, ok=True)
        books.append(dump(store))
    assert twins("undo o13").exit_code == 1, "the second merge stands in the way"
    twins("undo o14", ok=True)
    assert_same(dump(store), books[1])
    twins("undo o13", ok=True)
    assert_same(dump(store), books[0])
    twins("redo o13", ok=True)
    twins("redo o14", ok=True)
    assert_same(dump(store), books[2])


def test_an_id_merged_twice_means_the_last_that_stays(twins, rows):
    twins("customer merge c1 c2 -y", ok=True)
    twins("customer merge c3 c1 -y", ok=True)
    twins("log note c2 hi", ok=True)
    assert rows("SELECT customer_id FROM activities ORDER BY id DESC LIMIT 1") == [["3"]]
    assert rows("SELECT id, merged_into FROM customers") == [["1", "3"], ["2", "3"], ["3", ""]]
    assert rows("SELECT name FROM customer_aliases WHERE customer_id = 3 ORDER BY id") == [
        ["al"],
        ["ACME Ltd"],
        ["Acme"],
    ]


def test_several_are_merged_in_one_go(twins, rows):
    answer = twins("customer merge c3 1,2 -y", ok=True).stdout
    assert "took in c1 Acme, c2 ACME Ltd · 2 contacts, 2 deals, 2 sales, 2 activities" in answer
    assert rows("SELECT DISTINCT customer_id FROM deals") == [["3"]]


@pytest.mark.parametrize("line", ["customer merge c1 c1 -y", "customer merge Acme c1 -y", "contact merge n1 Ann -y"])
def test_nobody_is_merged_into_themselves(twins, line):
    assert "that is one and the same" in twins(line).stderr


def test_one_who_was_merged_stands_for_the_one_that_stays(twins):
    twins("customer merge c1 c2 -y", ok=True)
    assert "that is one and the same: c1 Acme" in twins("customer merge c1 c2 -y").stderr
    assert twins("customer merge c3 c2 -y", ok=True).stdout.startswith("c3 · Umbrella · took in c1 Acme")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("customer merge acme Bob", "Bob (n2) is a person at Acme"),
        ("customer merge acme nobody", "no customer or contact is called 'nobody'"),
        ("customer merge c1 c99", "there is no customer c99"),
        ("contact merge n1 n99", "there is no contact n99"),
        ("contact merge n1 zoe", "no contact is called 'zoe'"),
        ("customer merge c1 d1", "that is one and the same"),
    ],
)
def test_what_cannot_be_merged_is_refused(twins, line, said):
    if line.endswith("d1"):
        twins("customer merge c1 c2 -y", ok=True)
    answer = twins(line)
    assert answer.exit_code in (1, 4)
    assert said in answer.stderr


def test_people_are_merged_with_their_calls_and_the_other_is_gone(twins, rows, store: Store):
    twins("contact add 'Ann B.' c2 --phone '555 777 888' --role buyer", ok=True)
    twins("log call n3 hi", ok=True)
    before = dump(store)
    answer = twins("contact merge n1 n3 -y", ok=True)
    assert answer.stdout == "n1 · Ann, ACME Ltd · took in n3 Ann B., ACME Ltd · 1 activity · undo: o15\n"
    assert rows("SELECT id, name, email, phone_key, role FROM contacts") == [
        ["1", "Ann", "ann@acme.example", "555777888", "buyer"],
        ["2", "Bob", "", "", ""],
    ]
    assert rows("SELECT contact_id FROM activities WHERE contact_id IS NOT NULL") == [["1"], ["1"]]
    twins("undo", ok=True)
    assert_same(dump(store), before)


def test_people_at_two_customers_are_merged_with_a_remark(twins, rows):
    answer = twins("contact merge n1 n2 -y", ok=True)
    assert "n2 was at Acme; n1 stays at ACME Ltd" in answer.stderr


FILE = "id,name,phone\n1,Acme,111111\n2,ACME Ltd,222222\n"


def test_the_next_import_goes_to_the_one_that_stays_and_does_not_undo_the_merge(run, store: Store, rows):
    bring(store, FILE, "customers")
    bring(store, "id,title,customer,stage,amount\n1,Site,ACME Ltd,Lead,5\n")
    run("customer merge c1 c2 -y", ok=True)
    before = dump(store)
    assert bring(store, FILE, "customers").counts == (2, 0, 0, 2, 0, 0)
    assert_same(dump(store), before)
    changed = bring(store, FILE.replace("222222", "333333"), "customers")
    assert changed.counts == (2, 0, 0, 1, 0, 1)
    assert changed.left_out == {"merged into another record": 1}
    bring(store, "id,title,customer,stage,amount\n2,Shop,ACME Ltd,Lead,7\n")
    assert rows("SELECT DISTINCT customer_id FROM deals") == [["1"]]
    assert rows("SELECT name, phone FROM customers WHERE merged_into IS NULL") == [["Acme", "111111"]]


def test_a_sale_that_came_along_still_follows_its_source_to_another_customer(run, store: Store, rows):
    head = "id,date,customer,amount\n"
    bring(store, f"{head}1,2026-03-01,Acme,10\n2,2026-03-01,Ace,20\n3,2026-03-01,Zeta,5\n", "sales", new="customers")
    run("customer merge Acme Ace -y", ok=True)
    assert bring(store, f"{head}2,2026-03-01,Ace,20\n", "sales").counts.same == 1
    assert bring(store, f"{head}2,2026-03-01,Zeta,20\n", "sales").counts.changed == 1
    run("edit s1 --customer Zeta", ok=True)
    run("customer merge Acme Zeta -y", ok=True)
    assert bring(store, f"{head}1,2026-03-01,Beta,10\n", "sales", new="customers").counts.changed == 0
    assert rows("SELECT id, customer FROM v_sales") == [["1", "Acme"], ["2", "Acme"], ["3", "Acme"]]


def test_after_undoing_a_merge_the_import_changes_the_other_again(run, store: Store, rows):
    bring(store, FILE, "customers")
    run("customer merge c1 c2 -y", ok=True)
    run("undo", ok=True)
    assert bring(store, FILE.replace("222222", "333333"), "customers").counts == (2, 0, 1, 1, 0, 0)
    assert rows("SELECT phone FROM customers ORDER BY id") == [["111111"], ["333333"]]


def test_an_address_of_the_other_is_known_to_imports(run, store: Store, rows):
    run("customer add Acme --email a@acme.example", ok=True)
    run("customer add 'ACME Ltd' --email b@acme.example", ok=True)
    run("customer merge c1 c2 -y", ok=True)
    bring(store, "id,date,email,amount\n1,2026-03-01,b@acme.example,5\n", "sales", new="customers")
    assert rows("SELECT customer_id FROM sales") == [["1"]]


def test_a_file_that_names_a_merged_customer_by_its_old_id_means_what_it_became(run, rows, tmp_path):
    for line in ("customer add Acme", "customer add Acmee", "customer add Birch"):
        run(line, ok=True)
    run("customer merge c3 c2 -y", ok=True)
    run("customer merge c1 c3 -y", ok=True)
    file = tmp_path / "deals.csv"
    file.write_text(
        "id,title,customer,stage,amount,created\nD1,Site,c2,Lead,100,2026-03-01\nD2,Shop,c3,Lead,50,2026-03-01\n"
    )
    run(["import", str(file), "--as", "deals"], ok=True)
    file = tmp_path / "calls.csv"
    file.write_text("id,kind,customer,date\nA1,call,c2,2026-03-01\n")
    run(["import", str(file), "--as", "activities"], ok=True)
    assert rows("SELECT DISTINCT customer_id FROM deals UNION ALL SELECT customer_id FROM activities") == [["1"], ["1"]]


def test_undoing_a_merge_says_what_came_since_and_stays(run):
    for line in ("customer add Acme", "customer add Bolt", "customer merge acme bolt -y", "log call bolt again"):
        run(line, ok=True)
    assert run("undo o4", ok=True).stderr == (
        "note: a1 came since the merge and stays at c1 Acme "
        "(what belongs to c2 Bolt goes there with: salestrack edit a1 --customer c2)\n"
    )
    run("edit a1 --customer c2", ok=True)
