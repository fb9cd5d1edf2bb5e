"""deal split and deal merge on a real book: value, age and history of every past day."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import run_line
from tests.importers.bringing import bring
from tests.walks import assert_same, check_deals, dump

from salestrack.domain.filters import Filter
from salestrack.domain.money import Money
from salestrack.errors import RuleError
from salestrack.services.reshaping import merge_deals, split_deal
from salestrack.store import Store

Run = Callable[..., Any]
TODAY = date(2026, 3, 18)
DAYS = [TODAY - timedelta(days=n) for n in range(80)]


@pytest.fixture
def website(run: Run) -> Run:
    """Make a deal of 8,000 in January, 10,000 since the end of February, in Proposal since March."""
    for line in (
        "product add Build 2500",
        "deal add 8000 Acme Website --new -t web --product 4xBuild@2000 -d 2026-01-17 --close 2026-04-30 --source fair",
        "contact add Ann Acme",
        "deal edit d1 --amount 10000 -d 2026-02-26",
        "move d1 proposal -d 2026-03-08",
        "log call Acme hello",
        "sell 1000 Acme First --deal d1",
    ):
        run(line, ok=True)
    return run


def pipeline(store: Store, day: date) -> tuple[int, int]:
    """Return what was open on a day and its weighted value, as `report pipeline --as-of` asks for it."""
    rows = store.facts.pipeline(day, Filter(), as_of=day).rows
    return sum(row.amount for row in rows), sum(row.weighted for row in rows)


def reported(run: Run, day: date) -> Any:
    totals = json.loads(run(f"report pipeline --as-of {day} -f json", ok=True).stdout)["totals"]
    return totals["amount"]["minor"], totals["weighted"]["minor"]


def test_a_split_leaves_the_pipeline_of_every_day_as_it_was(website):
    days = [date(2026, 1, 16), date(2026, 1, 17), date(2026, 2, 25), date(2026, 2, 26), date(2026, 3, 8), TODAY]
    before = [reported(website, day) for day in days]
    website("deal split d1 4000 Phase 2", ok=True)
    assert [reported(website, day) for day in days] == before
    assert before[0] == (0, 0)
    assert before[2] == (800000, 80000)


def test_the_new_deal_is_as_old_as_the_first_with_its_stages_tags_people_and_source(website, rows):
    answer = website("deal split d1 4000 Phase 2", ok=True)
    assert answer.stdout == (
        "d2 · 4,000.00 USD · Acme · Phase 2 · Proposal · out of d1 Website 10,000.00 USD -> 6,000.00 USD · undo: o9\n"
    )
    assert "d2 has no next step yet" in answer.stderr
    shared = "customer_id, stage_id, stage_since, expected_on, created_on, source, owner_id, contact_id"
    assert rows(f"SELECT {shared} FROM deals WHERE id = 1") == rows(f"SELECT {shared} FROM deals WHERE id = 2")
    history = "SELECT amount, from_on, to_on, stage_id FROM deal_history WHERE deal_id = {} ORDER BY from_on"
    assert [row[0] for row in rows(history.format(1))] == ["480000", "600000", "600000"]
    assert [row[0] for row in rows(history.format(2))] == ["320000", "400000", "400000"]
    assert [row[1:] for row in rows(history.format(1))] == [row[1:] for row in rows(history.format(2))]
    assert rows("SELECT deal_id FROM deal_tags ORDER BY 1") == [["1"], ["2"]]
    assert rows("SELECT deal_id, quantity, amount FROM deal_lines ORDER BY 1") == [
        ["1", "2.4", "600000"],
        ["2", "1.6", "400000"],
    ]
    assert rows("SELECT DISTINCT deal_id FROM activities") == rows("SELECT DISTINCT deal_id FROM sales") == [["1"]]


def test_people_and_custom_fields_of_a_deal_stand_on_both(website, store: Store, rows):
    with store.operation("made") as op:
        store.engine.insert("deal_contacts", {"deal_id": 1, "contact_id": 1, "role": "boss", "created_op": op.id})
        store.engine.update("deals", 1, {"fields": '{"size": 4}'})
    website("deal split d1 4000 Phase 2", ok=True)
    assert rows("SELECT deal_id, contact_id, role FROM deal_contacts") == [["1", "1", "boss"], ["2", "1", "boss"]]
    assert rows("SELECT DISTINCT fields FROM deals") == [['{"size": 4}']]


@pytest.mark.parametrize(
    "lines",
    [
        ["deal split d1 4000 P2"],
        ["deal split d1 3333.33 P2", "deal merge d1 d2"],
        ["deal split d1 1 P2", "deal merge d2 d1"],
    ],
)
def test_undo_gives_the_book_back(website, store: Store, lines):
    books = [dump(store)]
    for line in lines:
        website(line, ok=True)
        books.append(dump(store))
        check_deals(books[-1])
    for book in reversed(books[:-1]):
        website("undo", ok=True)
        assert_same(dump(store), book)
    for book in books[1:]:
        website("redo", ok=True)
        assert_same(dump(store), book)


def test_merging_what_was_split_gives_amounts_lines_and_history_back(website, rows):
    asked = (
        "SELECT id, amount, stage_id, created_on, status FROM deals", "SELECT amount, from_on, to_on FROM deal_history ORDER BY id",
        "SELECT product_id, quantity, amount FROM deal_lines",
    )  # fmt: skip
    before = [rows(sql) for sql in asked]
    website("deal split d1 3333.33 Phase 2", ok=True)
    answer = website("deal merge d1 d2", ok=True).stdout
    assert answer.startswith("d1 · 10,000.00 USD · Acme · Website · took in d2 Phase 2 3,333.33 USD")
    assert [rows(sql) for sql in asked] == before


def test_a_merge_adds_up_and_brings_everything_along(website, rows):
    website("deal add 500 Acme Old -d 2026-01-05 -t big --next fri --source web", ok=True)
    website("log call c1 hi --deal d2", ok=True)
    days = [date(2026, 1, 4), date(2026, 1, 5), date(2026, 1, 20), date(2026, 3, 1), TODAY]
    before = [reported(website, day)[0] for day in days]
    answer = website("deal merge d1 d2", ok=True)
    assert [reported(website, day)[0] for day in days] == before == [0, 50000, 850000, 1050000, 1050000]
    assert "took in d2 Old 500.00 USD · 2 activities" in answer.stdout
    assert "d1 counts from Mon 2026-01-05 now" in answer.stderr
    assert "d1 keeps its source fair, not web" in answer.stderr
    assert rows("SELECT id, amount, created_on, source FROM deals") == [["1", "1050000", "2026-01-05", "fair"]]
    assert rows("SELECT DISTINCT deal_id FROM activities") == [["1"]]
    assert rows("SELECT deal_id, next_on FROM deal_state") == [["1", "2026-03-20"]]
    assert rows("SELECT name FROM tags t JOIN deal_tags x ON x.tag_id = t.id ORDER BY name") == [["big"], ["web"]]
    assert rows("SELECT kind, name, amount FROM deal_lines ORDER BY position") == [
        ["product", "", "1000000"], ["adjustment", "Old", "50000"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prepare", "line", "said"),
    [
        ([], "deal split d1 10000 x", "10,000.00 USD is no part of d1, which is 10,000.00 USD"),
        ([], "deal split d1 0 x", "0.00 USD is no part of d1"),
        ([], "deal split d1 100eur x", "d1 is in USD, not in EUR"),
        (["won d1"], "deal split d1 100 x", "d1 is already Won"),
        (["deal add - Acme Y"], "deal split d2 100 x", "d2 has no amount to split"),
        ([], "deal merge d1 d1", "that is one and the same: d1 Website"),
        (["deal add 5 Beta Y --new"], "deal merge d1 d2", "d1 is a deal with Acme, and d2 with Beta"),
        (["deal add 5 Acme Y", "won d2"], "deal merge d1 d2", "d2 is already Won"),
        (["deal add 5eur Acme Y"], "deal merge d1 d2", "d1 is in USD, and d2 in EUR"),
        ([], "deal merge d1 d9", "there is no deal d9"),
    ],
)
def test_what_cannot_be_split_or_merged_is_refused_and_nothing_is_written(website, store: Store, prepare, line, said):
    for words in prepare:
        website(words, ok=True)
    before = dump(store)
    answer = website(line)
    assert answer.exit_code in (1, 4)
    assert said in answer.stderr
    assert_same(dump(store), before)


def test_deals_of_two_pipelines_are_not_merged(website, store: Store):
    with store.operation("made") as op:
        pipeline_id = store.engine.insert("pipelines", {"name": "partners", "position": 1, "created_op": op.id})
        row = {
            "pipeline_id": pipeline_id,
            "name": "Talk",
            "position": 0,
            "kind": "open",
            "probability": 5,
            "created_op": op.id,
        }
        stage = store.engine.insert("stages", row)
        website_deal = store.engine.query("SELECT * FROM deals")[0]
        store.engine.insert("deals", {**website_deal, "id": 2, "pipeline_id": pipeline_id, "stage_id": stage})
    store.stages.refresh()
    with pytest.raises(RuleError, match="d1 is in sales, and d2 in partners"):
        merge_deals(store, store.deals.get(1), store.deals.get(2))


FILE = "id,title,customer,stage,amount,created\n1,Site,Acme,Lead,500,2026-01-05\n2,Shop,Acme,Lead,700,2026-01-09\n"


def test_a_row_of_a_merged_deal_does_not_undo_the_merge(run, store: Store, rows):
    bring(store, FILE, new="customers")
    run("deal merge d1 d2", ok=True)
    assert bring(store, FILE).counts == (2, 0, 0, 2, 0, 0)
    again = bring(store, FILE.replace("Shop,Acme,Lead,700", "Shop,Acme,Proposal,900"))
    assert again.left_out == {"merged into another record": 1}
    bring(store, "id,date,customer,amount,deal\n1,2026-03-01,Acme,5,2\n", "sales")
    assert rows("SELECT deal_id FROM sales") == [["1"]]
    assert rows("SELECT id, amount FROM deals") == [["1", "120000"]]


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["amount", "stage", "close", "push"]), st.integers(0, 70), st.integers(1, 10**6), st.booleans()
    ),
    max_size=6,
)


@given(CHANGES, CHANGES, st.integers(1, 99))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happened_to_two_deals_the_open_value_of_every_day_stays(run, store: Store, first, second, percent):
    run("deal add 1000 Acme One --new -d 2025-12-20", ok=True)
    run("deal add - Acme Two -d 2026-01-10", ok=True)
    one, two = store.engine.query("SELECT id FROM deals ORDER BY id DESC LIMIT 2")[::-1]
    keys = one["id"], two["id"]
    for key, changes in zip(keys, (first, second), strict=True):
        for what, day, number, _ in changes:
            change(key, what, DAYS[day], number)
        run_line(f"reopen d{key}")
    before = [pipeline(store, day) for day in DAYS]
    mine = store.deals.get(keys[0])
    if mine.amount and mine.amount.minor > 100:
        split_deal(store, mine, Money(mine.amount.minor * percent // 100 or 1, "USD"), "Part")
        assert [pipeline(store, day) for day in DAYS] == before
    run_line(f"deal merge d{keys[0]} d{keys[1]}")
    check_deals(dump(store))
    assert [pipeline(store, day)[0] for day in DAYS] == [amount for amount, _ in before]


def change(key: int, what: str, day: date, number: int) -> None:
    """Do something to a deal as of a day, as far as the book allows it."""
    stages = ["qualified", "proposal", "negotiation", "lead"]
    lines = {
        "amount": f"deal edit d{key} --amount {number}.{number % 100:02} -d {day}",
        "stage": f"move d{key} {stages[number % 4]} -d {day}",
        "close": f"won d{key} -d {day}" if number % 2 else f"lost d{key} price -d {day}",
        "push": f"push d{key} 2026-0{4 + number % 5}-15",
    }
    run_line(lines[what])
    if what == "close" and number % 3:
        run_line(f"reopen d{key} -d {day + timedelta(days=number % 9)}")


@pytest.mark.parametrize("words", ["d1 d2", "d2 d1"])
def test_deals_of_which_one_began_nobody_knows_when_are_merged_once_that_is_said(run, store: Store, words):
    bring(store, FILE.replace("700,2026-01-09", "700,"), new="customers")
    days = [date(2026, 1, 4), date(2026, 1, 5), date(2026, 2, 1), TODAY]
    before = dump(store)
    refused = run(f"deal merge {words}")
    assert refused.exit_code == 1
    assert "d1 began on 2026-01-05, and nobody knows when d2 did" in refused.stderr
    assert "salestrack deal edit d2 --created 2026-01-05" in refused.stderr
    assert_same(dump(store), before)
    run("deal edit d2 --created 2026-01-09", ok=True)
    values = [reported(run, day)[0] for day in days]
    run(f"deal merge {words}", ok=True)
    assert [reported(run, day)[0] for day in days] == values
