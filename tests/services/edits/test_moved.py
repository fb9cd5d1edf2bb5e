"""`--moved` mends the day of one stage move, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.walks import dump

from salestrack.store import Store

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]
HISTORY = (
    "SELECT s.name, h.stage_since, h.from_on, h.to_on, h.amount / 100 FROM deal_history h "
    "JOIN stages s ON s.id = h.stage_id WHERE h.deal_id = 1 ORDER BY h.from_on, h.seq"
)


@pytest.fixture
def deal(run: Run) -> Run:
    """Keep a deal of 1,000: Lead 1 March, Proposal 5 March, 1,200 from 8 March, won 12 March."""
    for line in (
        "deal add 1000 Acme Website --new -d 2026-03-01",
        "move d1 proposal -d 2026-03-05",
        "deal edit d1 --amount 1200 -d 2026-03-08",
        "won d1 -d 2026-03-12",
    ):
        run(line, ok=True)
    return run


def test_a_move_to_an_earlier_day(deal: Run, rows: Rows) -> None:
    answer = deal("deal edit d1 --moved proposal=2026-03-02", ok=True).stdout
    assert answer == "d1 · Acme · Website · Proposal since Thu 2026-03-05 -> Mon 2026-03-02 · undo: o6\n"
    assert rows(HISTORY) == [
        ["Lead", "2026-03-01", "2026-03-01", "2026-03-02", "1000"],
        ["Proposal", "2026-03-02", "2026-03-02", "2026-03-08", "1000"],
        ["Proposal", "2026-03-02", "2026-03-08", "2026-03-12", "1200"],
        ["Won", "2026-03-12", "2026-03-12", "", "1200"],
    ]


def test_a_move_to_a_later_day_passes_a_change_of_the_amount(deal: Run, rows: Rows) -> None:
    deal("deal edit d1 --moved proposal=2026-03-10", ok=True)
    assert rows(HISTORY) == [
        ["Lead", "2026-03-01", "2026-03-01", "2026-03-08", "1000"],
        ["Lead", "2026-03-01", "2026-03-08", "2026-03-10", "1200"],
        ["Proposal", "2026-03-10", "2026-03-10", "2026-03-12", "1200"],
        ["Won", "2026-03-12", "2026-03-12", "", "1200"],
    ]


def test_the_day_of_winning_takes_the_revenue_along(deal: Run, rows: Rows) -> None:
    answer = deal("deal edit d1 --moved won=2026-03-15", ok=True)
    assert "1,200.00 USD of revenue went from Thu 2026-03-12 to Sun 2026-03-15" in answer.stderr
    assert rows("SELECT closed_on, stage_since FROM deals") == [["2026-03-15", "2026-03-15"]]
    assert rows("SELECT on_date, amount FROM revenue") == [["2026-03-15", "120000"]]


def test_several_moves_are_mended_at_once(deal: Run, rows: Rows) -> None:
    deal("deal edit d1 --moved won=2026-03-16 --moved proposal=2026-03-14", ok=True)
    assert [row[:3:2] for row in rows(HISTORY)] == [
        ["Lead", "2026-03-01"], ["Lead", "2026-03-08"], ["Proposal", "2026-03-14"], ["Won", "2026-03-16"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("proposal=2026-02-28", 1, "it began in Lead on Sun 2026-03-01, after Sat 2026-02-28"),
        ("proposal=2026-03-13", 1, "it came to Won on Thu 2026-03-12, before Fri 2026-03-13"),
        ("won=2026-03-04", 1, "it came to Proposal on Thu 2026-03-05, after Wed 2026-03-04"),
        ("lead=2026-02-20", 1, "d1 began in Lead"),
        ("negotiation=2026-03-06", 4, "no stage of d1 is called 'negotiation'; known: Lead, Proposal, Won"),
        ("proposal", 2, "--moved 'proposal' is not STAGE=DATE"),
        ("proposal=", 2, "is not STAGE=DATE"),
        ("=2026-03-03", 2, "is not STAGE=DATE"),
        ("proposal@=2026-03-03", 2, "is not STAGE=DATE"),
        ("proposal=2026-03-30", 2, "in the future"),
        ("proposal@2026-03-06=2026-03-03", 1, "d1 came to Proposal on 2026-03-05, not on 2026-03-06"),
    ],
)
def test_what_would_cross_another_move_is_refused(deal: Run, store: Store, text: str, code: int, sentence: str) -> None:
    before = dump(store)
    result = deal(f"deal edit d1 --moved {text}")
    assert result.exit_code == code
    assert sentence in result.stderr
    assert dump(store) == before


def test_a_stage_that_was_entered_twice_is_told_apart_by_its_day(deal: Run, rows: Rows) -> None:
    deal("reopen d1 -d 2026-03-14", ok=True)
    two = deal("deal edit d1 --moved proposal=2026-03-16")
    assert (two.exit_code, "d1 came to Proposal on Thu 2026-03-05 and Sat 2026-03-14" in two.stderr) == (4, True)
    assert "--moved Proposal@2026-03-05=DATE" in two.stderr
    deal("deal edit d1 --moved proposal@2026-03-14=2026-03-16", ok=True)
    assert rows(HISTORY)[-1] == ["Proposal", "2026-03-16", "2026-03-16", "", "1200"]
    assert rows("SELECT stage_since, closed_on FROM deals") == [["2026-03-16", ""]]


def test_of_two_visits_on_one_day_the_one_moves_that_can(deal: Run, rows: Rows) -> None:
    deal("reopen d1 -d 2026-03-14", ok=True)
    deal("move d1 lead -d 2026-03-14", ok=True)
    deal("move d1 proposal -d 2026-03-14", ok=True)
    before = [row[:2] for row in rows(HISTORY)]
    deal("deal edit d1 --moved proposal@2026-03-14=2026-03-15", ok=True)
    after = [row[:2] for row in rows(HISTORY)]
    assert after == [*before[:-1], ["Proposal", "2026-03-15"]]
    deal("deal edit d1 --moved proposal@2026-03-14=2026-03-13", ok=True)
    assert ["Proposal", "2026-03-13"] in [row[:2] for row in rows(HISTORY)]


def test_the_former_day_of_winning_of_a_reopened_deal_is_history_only(deal: Run, rows: Rows) -> None:
    deal("reopen d1 -d 2026-03-14", ok=True)
    deal("deal edit d1 --moved won=2026-03-13", ok=True)
    assert rows("SELECT closed_on, book_amount FROM deals") == [["", ""]]


def test_undo_gives_every_day_back_also_after_a_later_edit(deal: Run, store: Store) -> None:
    before = dump(store)
    deal("deal edit d1 --moved proposal=2026-03-10", ok=True)
    deal("deal edit d1 --title Other", ok=True)
    deal("undo o6", ok=True)
    deal("undo o7", ok=True)
    assert dump(store) == before


def test_a_deal_that_was_created_on_another_day_takes_its_first_day_along(deal: Run, rows: Rows) -> None:
    deal("deal edit d1 --created 2026-02-20", ok=True)
    assert rows(HISTORY)[0] == ["Lead", "2026-02-20", "2026-02-20", "2026-03-05", "1000"]
    assert rows("SELECT created_on FROM deals") == [["2026-02-20"]]
    deal("deal edit d1 --created -", ok=True)
    assert rows(HISTORY)[0] == ["Lead", "", "", "2026-03-05", "1000"]


@pytest.mark.parametrize("edit", ["deal edit d1 --closed 2026-03-12", "deal edit d1 --moved won=2026-03-12"])
def test_an_earlier_close_takes_the_amount_along_that_it_was_won_for(
    run: Run, rows: Callable[[str], list[list[str]]], edit: str
) -> None:
    run("deal add 1000 Acme Web --new -d 2026-03-01", ok=True)
    run("won d1 1200 -d 2026-03-17", ok=True)
    run(edit, ok=True)
    question = "SELECT amount, from_on FROM deal_history ORDER BY from_on"
    assert rows(question) == [["100000", "2026-03-01"], ["120000", "2026-03-12"]]
    run("undo", ok=True)
    assert rows(question) == [["100000", "2026-03-01"], ["120000", "2026-03-17"]]
