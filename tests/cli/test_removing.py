"""rm: what hangs on a record stands in the way, or goes along; undo brings all of it back."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from tests.importers.bringing import bring
from tests.walks import assert_same, dump

from salestrack.store import Store

Run = Callable[..., Any]

FULL = [
    "product add Build 2500",
    "product add Mug 9",
    "deal add 5000 Acme Website --new -t web --product 2xBuild --next fri",
    "contact add Ann Acme",
    "log call Ann hello --deal d1 -t warm",
    "won d1",
    "sell 3000 Acme First --deal d1 -t web",
    "refund s1 200",
    "sell 50 Beta Cup --new --product Mug@50",
    "quota set 9000 2026-03",
    "plan call beta fri",
]


@pytest.fixture
def full(run: Run) -> Run:
    for line in FULL:
        run(line, ok=True)
    return run


@pytest.mark.parametrize(
    "line",
    [
        "rm s2", "rm a1", "rm a2", "rm a3", "rm q1", "rm p1", "rm p2", "rm n1 --all -y", "rm s1 --all -y", "rm s1 s2",
        "rm d1 --all -y", "rm c1 --all -y", "rm c2 --all -y", "rm c1,c2 --all -y", "rm a1,a2,a3 -y", "rm s1-3 -y",
    ],
)  # fmt: skip
def test_undo_brings_back_everything_that_went_and_redo_takes_it_again(full, store: Store, line):
    before = dump(store)
    state = list(store.engine.stream("SELECT * FROM deal_state"))
    full(line, ok=True)
    after = dump(store)
    assert after != before
    assert not store.engine.query("PRAGMA foreign_key_check")
    full("undo", ok=True)
    assert_same(dump(store), before)
    assert list(store.engine.stream("SELECT * FROM deal_state")) == state
    full("redo", ok=True)
    assert_same(dump(store), after)
    full("undo", ok=True)
    assert_same(dump(store), before)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "rm c1",
            "1 contact (n1), 1 deal (d1), 2 sales (s1, s2) and 2 activities (a1, a2) would be left without c1 Acme",
        ),
        ("rm d1", "2 sales (s1, s2) and 2 activities (a1, a2) would be left without d1 Website"),
        ("rm s1", "1 sale (s2) would be left without s1 First"),
        ("rm n1", "n1 Ann is named in 1 activity (a2)"),
    ],
)
def test_what_hangs_on_a_record_is_named_and_stands_in_the_way(full, store: Store, line, said):
    before = dump(store)
    answer = full(line)
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert f"hint: salestrack {line} --all " in answer.stderr
    assert_same(dump(store), before)


def test_what_goes_anyway_does_not_stand_in_the_way(full, rows):
    assert full("rm d1 s1 s2 a1 a2 -y").exit_code == 0
    assert rows("SELECT count(*) FROM deals") == [["0"]]
    assert rows("SELECT count(*) FROM deal_history") == [["0"]]
    assert rows("SELECT count(*) FROM deal_lines") == [["0"]]


def test_all_removes_what_hangs_on_it_too(full, rows):
    answer = full("rm c1 --all -y", ok=True)
    assert answer.stdout == "c1 Acme · removed · with 1 contact, 1 deal, 2 sales, 2 activities · undo: o13\n"
    for table in ("deals", "deal_history", "deal_lines", "deal_tags", "contacts", "activity_tags", "sale_tags"):
        assert rows(f"SELECT count(*) FROM {table}") == [["0"]], table
    assert rows("SELECT id FROM sales") == [["3"]]


def test_a_person_is_taken_out_of_what_stays(full, rows):
    assert "n1 Ann · removed · taken out of 1 activity" in full("rm n1 --all -y", ok=True).stdout
    assert rows("SELECT id, contact_id FROM activities") == [["1", ""], ["2", ""], ["3", ""]]


def test_a_product_that_was_sold_is_only_taken_off_the_list(full, rows):
    answer = full("rm p1", ok=True)
    assert answer.stdout == "p1 Build · taken off the list · undo: o13\n"
    assert "p1 Build was sold" in answer.stderr
    assert rows("SELECT id, removed_on FROM products") == [["1", "2026-03-18"], ["2", ""]]
    assert full("sell 10 Acme --product Build").exit_code == 4
    assert "p1 was taken off the list on 2026-03-18" in full("rm p1").stderr


def test_a_product_that_was_never_sold_is_gone(full, rows):
    full("product add Cap 5", ok=True)
    full("rm p3", ok=True)
    assert rows("SELECT count(*) FROM products") == [["2"]]


@pytest.mark.parametrize("line", ["rm a1 a2 a3", "rm d1 --all", "rm n1 --all"])
def test_three_records_and_all_are_asked_about_once_and_need_yes_elsewhere(full, store: Store, line):
    before = dump(store)
    answer = full(line)
    assert answer.exit_code == 2
    assert "this would remove" in answer.stderr
    assert "add -y" in answer.stderr
    with mock.patch("salestrack.cli.context.Context.ask", mock.Mock(confirm=mock.Mock(return_value=False))) as ask:
        assert "nothing was removed" in full(line).stderr
    assert ask.confirm.call_count == 1
    assert_same(dump(store), before)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("rm d9", 4, "there is no deal d9"),
        ("rm q9", 4, "there is no quota q9"),
        ("rm a9", 4, "there is no activity a9"),
        ("rm acme", 2, "'acme' is not an id"),
        ("rm 12", 2, "id '12' does not say its kind"),
        ("rm o3", 1, "salestrack undo o3"),
        ("rm i9", 4, "there is no import i9"),
    ],
)
def test_what_cannot_be_removed_is_refused(full, line, code, said):
    answer = full(line)
    assert (answer.exit_code, said in answer.stderr) == (code, True), answer.stderr


def test_an_import_is_undone_and_not_removed(run, store: Store):
    op = bring(store, "id,name\n1,Acme\n", "customers").op
    assert f"salestrack undo o{op}" in run("rm i1").stderr


def test_a_customer_that_was_merged_is_not_removed_by_its_old_id(full, rows):
    full("customer merge c1 c2 -y", ok=True)
    assert "c2 is part of c1 Acme since they were merged" in full("rm c2 --all -y").stderr
    assert "with 1 contact, 1 deal, 3 sales" in full("rm c1 --all -y", ok=True).stdout
    assert rows("SELECT count(*) FROM customers") == [["0"]]


def test_a_customer_on_whom_nothing_hangs_goes_with_those_merged_into_it(run, store: Store, rows):
    run("customer add Acme", ok=True)
    run("customer add 'ACME Ltd'", ok=True)
    run("customer merge c1 c2 -y", ok=True)
    before = dump(store)
    assert run("rm c1", ok=True).stdout == "c1 Acme · removed · undo: o5\n"
    assert rows("SELECT count(*) FROM customers") == [["0"]]
    run("undo", ok=True)
    assert_same(dump(store), before)


def test_a_removed_refund_is_to_bill_no_more_and_a_removed_sale_is_again(full, rows):
    full("refund s1 1000", ok=True)
    left = full("refund s1 1", ok=True).stdout
    full("rm s5", ok=True)
    full("rm s4", ok=True)
    assert "1,799.00" in left
    assert "2,700.00 USD left" in full("refund s1 100", ok=True).stdout
    assert rows("SELECT sum(amount) FROM sales WHERE refund_of = 1") == [["-30000"]]


def test_at_removes_what_was_touched_last(full, rows):
    full("plan task beta mon", ok=True)
    assert full("rm @", ok=True).stdout.startswith("a4 task · removed")


FILE = "id,title,customer,stage,amount\n1,Site,Acme,Lead,5\n2,Shop,Acme,Lead,7\n"


def test_what_was_imported_and_removed_stays_removed_by_the_next_import(run, store: Store, rows):
    bring(store, FILE, new="customers")
    run("rm d2", ok=True)
    again = bring(store, FILE.replace("Lead,7", "Lead,8"), new="customers")
    assert again.counts == (2, 0, 0, 1, 0, 1)
    assert again.left_out == {"removed by hand": 1}
    assert rows("SELECT id FROM deals") == [["1"]]
    run("undo", ok=True)
    assert bring(store, FILE.replace("Lead,7", "Lead,8"), new="customers").counts == (2, 0, 1, 1, 0, 0)


def test_many_records_go_in_one_operation(run, store: Store, rows):
    lines = "".join(f"{n},2026-03-01,Acme,call\n" for n in range(1, 1301))
    bring(store, f"id,date,customer,kind\n{lines}", "activities", new="customers")
    before = dump(store)
    assert "with 1300 activities" in run("rm c1 --all -y", ok=True).stdout.replace(",", "")
    assert rows("SELECT count(*) FROM activities") == [["0"]]
    run("undo", ok=True)
    assert_same(dump(store), before)


@pytest.mark.parametrize("ref", ["a1", "s1", "d1"])
def test_what_repeats_goes_with_its_schedule_and_comes_back_with_it(run, store: Store, rows, ref):
    run("plan task Acme fri --every week --new", ok=True)
    run("sell 100 Acme Hosting --every month", ok=True)
    run("sale edit s1 --price 120 --from 2026-05-01", ok=True)
    run("deal add 200 Acme Support --every month", ok=True)
    before = dump(store)
    run(f"rm {ref}", ok=True)
    assert rows("SELECT count(*) FROM schedules") == [["2"]]
    assert rows("SELECT count(*) FROM schedule_changes") == [["0" if ref == "s1" else "1"]]
    run("undo", ok=True)
    assert_same(dump(store), before)


def test_nothing_dated_in_a_closed_period_is_removed(full, store: Store):
    full("sell 70 Acme Old -d 2026-01-10", ok=True)
    full("config set closed-until 2026-01-31", ok=True)
    before = dump(store)
    answer = full("rm s4")
    assert (answer.exit_code, "2026-01-31" in answer.stderr) == (1, True), answer.stderr
    assert_same(dump(store), before)
