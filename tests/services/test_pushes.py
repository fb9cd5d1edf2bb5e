"""push: how often, how far, and how deals that were pushed as often ended."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from salestrack.store import Store
from salestrack.store.pushes import Ended, ended

Run = Callable[..., Any]


@pytest.fixture
def past(run: Run) -> Run:
    """Close deals after 0, 1, 2 and 3 pushes: 2 of each won, and as many lost as they were pushed."""
    run("customer add Acme", ok=True)
    key = 0
    for pushes in range(4):
        for end in ["won"] * 2 + ["lost"] * pushes:
            key += 1
            run(f"deal add 100 Acme Deal{key} -d 2026-01-05 --close 2026-03-31", ok=True)
            for month in range(4, 4 + pushes):
                run(f"push d{key} 2026-0{month}-15", ok=True)
            run(f"won d{key}" if end == "won" else f"lost d{key} price", ok=True)
    run("deal add 100 Acme Now -d 2026-01-05 --close 2026-03-31", ok=True)
    return run


def test_deals_are_counted_by_how_often_they_were_pushed(past, store: Store):
    assert [ended(store.engine, least=n, but=0)[:2] for n in range(1, 5)] == [(6, 6), (4, 5), (2, 3), (0, 0)]
    assert ended(store.engine, least=1, but=0).closed == 14


def test_the_deal_at_hand_is_left_out(past, store: Store):
    assert ended(store.engine, least=3, but=14) == Ended(2, 2, 13)


def test_the_answer_says_how_deals_pushed_that_often_ended(past):
    first = past("push d15 2026-04-30", ok=True)
    assert "Tue 2026-03-31 -> Thu 2026-04-30 · push 1, 30 days in all · undo" in first.stdout
    assert "note: deals pushed once or more here: 6 won, 6 lost, win rate 0.50 (n 12)" in first.stderr
    past("push d15 2026-05-15", ok=True)
    third = past("push d15 2026-06-15", ok=True)
    assert "push 3, 76 days in all" in third.stdout
    assert "note: deals pushed 3+ times here: 2 won, 3 lost, win rate 0.40 (n 5)" in third.stderr
    assert past("push d15 2026-07-15", ok=True).stderr == "", "none that was pushed so often has ended"


def test_a_later_day_of_the_same_month_and_an_earlier_one_are_no_push(past):
    for line in ("push d15 2026-03-30", "push d15 2026-03-31"):
        answer = past(line, ok=True)
        assert "push 1" not in answer.stdout
        assert "deals pushed" not in answer.stderr


def test_a_first_date_is_no_push(run):
    run("deal add 100 Acme Site --new", ok=True)
    answer = run("push d1 2026-04-30", ok=True)
    assert answer.stdout == "d1 · Acme · Site · no date -> Thu 2026-04-30 · undo: o3\n"
    assert answer.stderr == ""


def test_only_the_deals_closed_last_are_looked_at(past, store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("salestrack.store.pushes.LEARNT_FROM", 5)
    assert ended(store.engine, least=1, but=0).closed == 5


def test_the_question_reads_no_table_as_a_whole(store: Store):
    """At a million deals it must take no longer: both big tables are read through an index."""
    from salestrack.store import pushes

    plan = store.engine.query(f"EXPLAIN QUERY PLAN {pushes._OUTCOMES}", {"least": 1, "but": 1, "most": 5})
    assert not [row["detail"] for row in plan if row["detail"] in {"SCAN deals", "SCAN h", "SCAN deal_history"}]


def test_why_it_was_pushed_is_kept_as_a_note(past, rows):
    past("push d15 2026-04-30 budget moved", ok=True)
    assert rows("SELECT kind, note, happened_on FROM activities WHERE deal_id = 15") == [
        ["note", "budget moved", f"{date(2026, 3, 18)}"]
    ]


def test_a_later_day_of_the_same_month_is_no_push_and_is_not_called_one(run):
    run("deal add 100 Fox Card --new --close 2026-04-10", ok=True)
    for day, said in (("04-20", "later within the month"), ("05-20", "push 1, 30 days in all"),
                      ("05-25", "later within the month"), ("05-15", "Mon 2026-05-25 -> Fri 2026-05-15 · undo: o6")):  # fmt: skip
        assert said in run(f"push d1 2026-{day}", ok=True).stdout
    page = run("show d1", ok=True).stdout
    assert "· close 2026-04-10 -> 2026-04-20\n" in page
    assert "· pushed 2026-04-20 -> 2026-05-20\n" in page
    verbs = [line.split(" · ")[2] for line in run("history d1", ok=True).stdout.splitlines()[:4]]
    assert verbs == [
        "pulled in d1 Card",
        "put off within the month d1 Card",
        "pushed d1 Card",
        "put off within the month d1 Card",
    ]
