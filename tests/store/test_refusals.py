"""What cannot come back, and the sentence that says why and which command mends it."""

from collections.abc import Callable
from typing import Any

from salestrack.store import Store

Run = Callable[..., Any]


def test_a_removed_quota_does_not_come_back_beside_its_successor(run: Run, store: Store) -> None:
    run("quota set 10000 2026-03", ok=True)  # o2
    run("quota rm q1", ok=True)  # o3
    run("quota set 30000 2026-03", ok=True)  # o4
    result = run("undo o3")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "salestrack: cannot undo o3: q2 has taken its place since o4",
        "hint: salestrack undo o4 first",
    ]
    run("undo o4", ok=True)
    run("undo o3", ok=True)
    assert store.quotas.get(1).target == 1000000


def test_a_stage_does_not_get_its_name_back_while_another_has_it(run: Run) -> None:
    run("stage edit Lead --name Inbox", ok=True)  # o2
    run("stage add Lead", ok=True)  # o3
    assert "cannot undo o2: the stage Lead has taken its place since o3" in run("undo o2").stderr


def test_a_product_is_not_put_back_beside_one_of_the_same_name(run: Run, store: Store) -> None:
    run("product add Build 100", ok=True)  # o2
    run("undo", ok=True)
    run("product add Build 200", ok=True)  # o4
    assert "cannot redo o2: p2 has taken its place since o4" in run("redo o2").stderr


def test_a_deal_does_not_come_back_without_its_customer(site: Run, store: Store) -> None:
    site("undo o3", ok=True)  # o4
    site("undo o2", ok=True)  # o5
    result = site("redo o3")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "salestrack: cannot redo o3: d1 needs c1, which o5 took away",
        "hint: salestrack redo o2 first",
    ]
    site("redo o2", ok=True)
    site("redo o3", ok=True)
    assert store.deals.get(1).customer == "Acme"


def test_a_move_does_not_come_back_into_a_stage_that_is_gone(site: Run) -> None:
    site("stage add Trial", ok=True)  # o4
    site("move d1 Trial", ok=True)  # o5
    site("undo o5", ok=True)
    site("undo o4", ok=True)  # o7
    assert "needs the stage Trial, which o7 took away" in site("redo o5").stderr


def test_a_stage_change_between_two_others_is_undone_in_its_own_field_only(run: Run, store: Store) -> None:
    run("stage edit Lead --name Inbox", ok=True)  # o2, makes today's version
    run("stage edit Inbox --probability 20", ok=True)  # o3, changes it
    run("--today 2026-03-20 stage edit Inbox --name First", ok=True)  # o4, a version of its own
    run("undo o3", ok=True)
    told = store.engine.query("SELECT name, probability FROM stage_history WHERE stage_id = 1 ORDER BY id")
    assert [(row["name"], row["probability"]) for row in told] == [("Lead", 10), ("Inbox", 10), ("First", 10)]
    assert store.engine.query("SELECT name, probability FROM stages WHERE id = 1") == [
        {"name": "First", "probability": 10}
    ]
