"""What deals were before: rows of changes become the versions of their deals, and the present stays what it is."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.importers.bringing import Asker, bring, everything

from salestrack.domain.history import Version
from salestrack.services.imports.past import Told, retold
from salestrack.services.undo import redo, undo

DEALS = (
    "id,title,stage,amount,created,closed,expected\nD1,Big,Negotiation,900,2026-01-05,,2026-06-30\n"
    "D2,Done,Won,500,2026-01-10,2026-02-20,\nD3,Quiet,Lead,,2026-02-01,,\n"
)
HISTORY = (
    "id,deal,on,stage,amount,probability,expected\n"
    "H1,D1,2026-01-05 09:00,Lead,300,10,2026-05-31\nH3,D1,2026-02-10 10:00,Negotiation,900,75,2026-06-30\n"
    "H2,D1,2026-01-20 11:00,Qualified,600,,\nH4,D2,2026-01-10,Lead,500,,\nH5,D2,2026-02-01,Proposal,500,,\n"
    "H6,D2,2026-03-03,Won,500,100,2026-02-20\n"
)
VERSIONS = (
    "SELECT h.from_on, h.to_on, s.name, h.amount / 100, h.probability, h.expected_on, h.stage_since FROM deal_history h "
    "JOIN stages s ON s.id = h.stage_id WHERE h.deal_id = {} ORDER BY h.from_on NULLS FIRST, h.seq"
)


@pytest.fixture
def ask(store):
    return Asker(store)


@pytest.fixture
def told(store):
    """Return what a history on its deals came to."""
    bring(store, DEALS, "deals", source="crm")
    return bring(store, HISTORY, "history", source="crm")


def again(store, text=HISTORY):
    return bring(store, text, "history", source="crm")


def sound(store, run) -> bool:
    return "history" not in run("doctor").stdout


def test_each_row_is_a_version_and_the_last_one_is_the_present(told, ask, store, run):
    assert (told.counts.read, told.counts.new) == (6, 6)
    assert ask(VERSIONS.format(1)) == [
        ("2026-01-05", "2026-01-20", "Lead", 300, 10, "2026-05-31", "2026-01-05"),
        ("2026-01-20", "2026-02-10", "Qualified", 600, 10, "2026-05-31", "2026-01-20"),
        ("2026-02-10", "2026-02-10", "Negotiation", 900, 75, "2026-06-30", "2026-02-10"),
        ("2026-02-10", None, "Negotiation", 900, None, "2026-06-30", "2026-02-10"),
    ]
    assert ask("SELECT stage_since, amount, probability FROM deals WHERE id = 1") == [("2026-02-10", 90000, None)]
    assert "history" not in run("doctor").stdout


def test_days_after_the_closing_count_as_the_closing_day(told, ask):
    assert ask(VERSIONS.format(2)) == [
        ("2026-01-10", "2026-02-01", "Lead", 500, None, None, "2026-01-10"),
        ("2026-02-01", "2026-02-20", "Proposal", 500, None, None, "2026-02-01"),
        ("2026-02-20", None, "Won", 500, None, None, "2026-02-20"),
    ]
    assert ask("SELECT closed_on, stage_since FROM deals WHERE id = 2") == [("2026-02-20", "2026-02-20")]


def test_a_deal_that_nothing_is_told_of_keeps_its_history(told, ask):
    assert ask(VERSIONS.format(3)) == [("2026-02-01", None, "Lead", None, None, None, "2026-02-01")]


def test_a_second_time_nothing_changes(told, store):
    before = everything(store)

    assert again(store).counts[:4] == (6, 0, 0, 6)
    assert everything(store) == before


def test_what_comes_later_is_added_in_its_place(told, store, ask):
    result = again(store, HISTORY + "H7,D1,2026-02-01,Proposal,700,50,\n")

    assert result.counts[:4] == (7, 1, 0, 6)
    assert [row[:4] for row in ask(VERSIONS.format(1))][1:3] == [
        ("2026-01-20", "2026-02-01", "Qualified", 600), ("2026-02-01", "2026-02-10", "Proposal", 700),
    ]  # fmt: skip


def test_a_correction_at_the_source_counts_from_its_day(told, store, ask):
    result = again(store, HISTORY.replace("Qualified,600", "Qualified,650"))

    assert result.counts[:4] == (6, 0, 1, 5)
    assert [row[3] for row in ask(VERSIONS.format(1))] == [300, 600, 650, 900, 900]
    assert again(store, HISTORY.replace("Qualified,600", "Qualified,650")).counts.same == 6


def test_the_next_export_of_deals_and_history_moves_the_deal_on_the_day_it_moved(told, store, ask):
    moved = DEALS.replace("Big,Negotiation,900,2026-01-05,,", "Big,Won,950,2026-01-05,2026-03-10,")
    bring(store, moved, "deals", source="crm")
    again(store, HISTORY + "H7,D1,2026-03-10 16:00,Won,950,100,2026-03-10\n")

    assert [row[:4] for row in ask(VERSIONS.format(1))][-2:] == [
        ("2026-02-10", "2026-03-10", "Negotiation", 900), ("2026-03-10", None, "Won", 950),
    ]  # fmt: skip
    assert ask("SELECT stage_since, closed_on FROM deals WHERE id = 1") == [("2026-03-10", "2026-03-10")]


def test_undo_gives_the_book_back_and_redo_the_history(store, ask):
    bring(store, DEALS, "deals", source="crm")
    before = everything(store)
    result = again(store)
    with_history = everything(store)
    undo(store, f"o{result.op}")

    assert everything(store) == before
    redo(store, f"o{result.op}")
    assert everything(store) == with_history


def test_what_a_person_recorded_stays_and_comes_after(store, run, ask):
    bring(store, DEALS, "deals", source="crm")
    run("edit d1 --amount 1000", ok=True)
    again(store)

    assert ask("SELECT amount FROM deals WHERE id = 1") == [(100000,)]
    assert ask(VERSIONS.format(1))[-1][:4] == ("2026-03-18", None, "Negotiation", 1000)
    assert sound(store, run)


def test_changes_of_a_deal_that_was_removed_are_left_out(store, run):
    bring(store, DEALS, "deals", source="crm")
    run("rm d1 -y", ok=True)
    result = again(store)

    assert (result.counts.new, result.left_out) == (3, {"of a deal that was removed by hand": 3})
    counts = result.counts
    assert counts.read == counts.new + counts.left_out


def test_changes_of_a_deal_removed_later_are_left_out_too(told, store, run):
    run("rm d1 -y", ok=True)

    assert again(store).left_out == {"removed by hand": 3}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("H9,D9,2026-01-01,Lead,,,", "no deal goes by that"),
        ("H9,,2026-01-01,Lead,,,", "is blank; a change needs its deal"),
        ("H9,D1,,Lead,,,", "a change needs its day"),
        ("H9,D1,soon,Lead,,,", "is not a date that can be read"),
        ("H9,D1,2026-01-01,Leed,,,", "no stage is called that"),
        ("H9,D1,2026-01-01,Lead,-5,,", "is negative"),
        ("H9,D1,2026-01-01,Lead,,140,", "is not an integer percentage"),
        ("H1,D1,2026-01-01,Lead,,,", "has the same id as line 2"),
    ],
)
def test_a_row_that_cannot_go_in_is_named_and_nothing_is_written(store, row, why):
    bring(store, DEALS, "deals", source="crm")
    before = everything(store)
    result = again(store, HISTORY + row + "\n")

    assert result.faults[0].line == 8
    assert why in result.faults[0].reason
    assert everything(store) == before


def test_without_ids_rows_are_known_by_what_they_say_and_deals_by_their_titles(store, ask):
    bring(store, DEALS, "deals")
    text = "deal,on,stage\nBig,2026-01-05,Lead\nBig,2026-02-10,Negotiation\nd2,2026-01-10,Lead\n"

    assert bring(store, text, "history").counts.new == 3
    assert bring(store, text, "history").counts.same == 3
    assert [row[2] for row in ask(VERSIONS.format(1))] == ["Lead", "Negotiation"]


def test_a_stage_may_be_created_by_a_history(store, ask):
    bring(store, DEALS, "deals", source="crm")
    bring(store, "deal,on,stage\nD1,2026-01-07,Scoping\n", "history", source="crm", new="stages")

    assert [row[2] for row in ask(VERSIONS.format(1))] == ["Scoping", "Negotiation"]


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))
ROWS = st.lists(
    st.tuples(DAYS, st.sampled_from([1, 2, 3]), st.sampled_from([None, 100, 200])).map(
        lambda row: Told(row[0], {"stage_id": row[1], **({"amount": row[2], "currency": "USD"} if row[2] else {})})
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=300)
@given(st.none() | DAYS, DAYS, ROWS, st.none() | DAYS, st.booleans())
def test_a_retold_history_has_no_gap_and_ends_where_the_deal_stands(first, moved, rows, closed, imported):
    begun = min(filter(None, (first, moved))) if first else None
    old = (
        Version(begun, 1, begun, 50, "USD", id=1, to_on=moved),
        Version(moved, 2, moved, 100, "USD", id=2, seq=2 if begun == moved else 1),
    )
    new = retold(
        old, sorted(rows, key=lambda row: row.on), closed=closed, inferred=frozenset({1, 2} if imported else ())
    )

    assert (new[-1].stage_id, new[-1].amount, new[-1].to_on) == (2, 100, None)
    for before, after in pairwise(new):
        assert before.to_on == after.from_on
        assert (before.from_on or date.min, before.seq) < (after.from_on or date.min, after.seq)
    kept = [version.id for version in new if version.id]
    assert len(kept) == len(set(kept))
    if not imported:
        assert 1 in kept
