"""Stages that go and come back: their deals and their past stay, and reports foot."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]


@pytest.fixture
def three(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three deals reached Demo; one is still there, one went on, one was lost from it, and a fourth passed it by."""
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-02T10:00")
    run("stage add Demo --probability 40 --before Proposal", ok=True)
    for title in ("One", "Two", "Three", "Four"):
        run(f"deal add 100 Acme {title} --new", ok=True)
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-05T10:00")
    for deal in ("d1", "d2", "d3"):
        run(f"move {deal} demo", ok=True)
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-10T10:00")
    run("move d2 proposal", ok=True)
    run("lost d3 price", ok=True)
    run("move d4 negotiation", ok=True)
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-18T10:00")


def report(run: Run, line: str) -> Any:
    return json.loads(run(f"report {line} -f json", ok=True).stdout)


def flows(run: Run) -> dict[str, tuple[int, ...]]:
    rows = report(run, "conversion")["rows"]
    keys = ("entered", "advanced", "back", "lost", "open")
    assert all(row["entered"] == sum(row[key] for key in keys[1:]) for row in rows)
    return {row["stage"]: tuple(row[key] for key in keys) for row in rows}


def test_a_removed_stage_keeps_its_deals_and_says_how_to_move_them(three: None, run: Run, store: Store) -> None:
    said = written(run, store, "stage rm demo")
    assert "note: 1 open deal stays in Demo; to move them: salestrack deal edit d1 --stage Qualified" in said
    assert store.deals.get(1).stage.name == "Demo"
    listed = json.loads(run("stage list -f json", ok=True).stdout)["rows"]
    assert [(row["name"], row["removed"]) for row in listed if row["removed"]] == [("Demo", "2026-03-18")]
    assert "no stage is called 'demo'" in refused(run, store, "move d4 demo", code=4)
    run("won d1", ok=True)


def test_reports_foot_with_a_removed_stage_and_say_the_same_of_the_past(three: None, run: Run, store: Store) -> None:
    # By hand: four entered Lead; d1 to d3 entered Demo, d4 passed it by on its way to Negotiation.
    assert flows(run)["Demo"] == (4, 2, 0, 1, 1)
    past = report(run, "pipeline --as-of 2026-03-12")
    run("stage rm demo", ok=True)
    # Whoever only passed by was never asked into a stage that is no more: three entered it.
    assert flows(run) == {
        "Lead": (4, 4, 0, 0, 0), "Qualified": (4, 4, 0, 0, 0), "Demo": (3, 1, 0, 1, 1), "Proposal": (2, 1, 0, 0, 1),
        "Negotiation": (1, 0, 0, 0, 1),
    }  # fmt: skip
    now = report(run, "pipeline")
    assert [(row["stage"], row["deals"]) for row in now["rows"]] == [
        ("Lead", 0), ("Qualified", 0), ("Demo", 1), ("Proposal", 1), ("Negotiation", 1),
    ]  # fmt: skip
    assert now["totals"]["deals"] == 3
    assert now["totals"]["amount"]["minor"] == sum(row["amount"]["minor"] for row in now["rows"]) == 30_000
    assert now["totals"]["weighted"]["minor"] == 100 * (40 + 50 + 75)
    assert report(run, "pipeline --as-of 2026-03-12") == past


def test_its_deals_move_in_the_same_operation(three: None, run: Run, store: Store) -> None:
    said = written(run, store, "stage rm demo --move-to qual")
    assert "removed stage Demo of sales · 1 open deal moved to Qualified" in said
    assert store.deals.get(1).stage.name == "Qualified"
    assert [v.stage_id for v in store.deals.versions(1)][-1] == store.stages.resolve("Qualified").id
    assert flows(run)["Demo"] == (3, 1, 1, 1, 0)
    assert "Demo" not in run("stage list", ok=True).stdout


def test_deals_can_be_moved_after_their_stage_was_removed(three: None, run: Run, store: Store) -> None:
    run("stage rm demo", ok=True)
    assert "1 open deal moved to Lead" in written(run, store, "stage rm demo --move-to lead")
    assert "no open deal is left in it" in refused(run, store, "stage rm demo --move-to lead", code=1)


def test_a_removed_stage_comes_back_with_its_place_and_history(three: None, run: Run, store: Store) -> None:
    before, key = flows(run), store.stages.resolve("Demo").id
    run("stage rm demo", ok=True)
    said = written(run, store, "stage add DEMO --probability 45")
    assert "stage Demo · 45 % · back again, removed since 2026-03-18 · in sales" in said
    assert store.stages.resolve("Demo").id == key
    assert flows(run) == before


def test_a_deal_that_was_lost_in_a_removed_stage_is_reopened_in_the_one_before(three: None, run: Run) -> None:
    run("stage rm demo", ok=True)
    assert "in Qualified" in run("reopen d3", ok=True).stdout


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("stage rm won", 1, "Won cannot go"), ("stage rm lost", 1, "Lost cannot go"), ("stage rm demo --move-to demo", 4, "no stage"),
     ("stage rm demo --move-to won", 1, "cannot move to Won"), ("stage rm nothing", 4, "no stage is called"),
     ("stage edit lead --name DEMO", 1, "already a stage DEMO"), ("stage edit lead --name ''", 2, "is empty"),
     ("stage add 'a\x01b'", 2, "control character"), (f"stage add {'x' * 201}", 2, "201 characters"),
     ("stage add -- -x", 2, "begins with a dash")],
)  # fmt: skip
def test_what_no_stage_can_do_is_refused(
    three: None, run: Run, store: Store, line: str, code: int, reason: str
) -> None:
    assert reason in refused(run, store, line, code=code)


def test_the_last_open_stage_stays(run: Run, store: Store) -> None:
    for name in ("Lead", "Qualified", "Proposal"):
        run(f"stage rm {name}", ok=True)
    assert "the last open stage of sales" in refused(run, store, "stage rm negotiation", code=1)


def test_the_old_name_of_a_stage_is_explained_and_never_guessed(three: None, run: Run, store: Store) -> None:
    written(run, store, "stage edit demo --name Trial")
    said = refused(run, store, "move d4 demo", code=4)
    assert "hint: Demo was renamed on 2026-03-18: Trial" in said


def test_a_past_pipeline_keeps_the_probability_of_its_day(three: None, run: Run) -> None:
    past = report(run, "pipeline --as-of 2026-03-12")
    run("stage edit demo --probability 90 --name Trial", ok=True)
    assert report(run, "pipeline --as-of 2026-03-12") == past
    weighted = {row["stage"]: row["weighted"]["minor"] for row in report(run, "pipeline")["rows"]}
    assert weighted["Trial"] == 9000


def test_filters_find_the_deals_of_a_removed_stage_and_of_a_name_in_every_pipeline(three: None, run: Run) -> None:
    run("stage rm demo", ok=True)
    assert run("deal list --stage demo -f ids", ok=True).stdout.split() == ["d1"]
    run("pipeline add renewals --stages 'Due 60'", ok=True)
    run("deal add 5 Acme Five --pipeline renewals", ok=True)
    run("lost d5 price", ok=True)
    assert set(run("deal list --stage lost -f ids", ok=True).stdout.split()) == {"d3", "d5"}
    assert run("deal list --stage lost --pipeline renewals -f ids", ok=True).stdout.split() == ["d5"]
