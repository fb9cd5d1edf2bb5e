"""Several pipelines in one book."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]


@pytest.fixture
def renewals(run: Run) -> None:
    run("pipeline add renewals --stages 'Due 60, Asked 80'", ok=True)


def listed(run: Run, *more: str) -> list[tuple[Any, ...]]:
    rows = json.loads(run(["pipeline", "list", "-f", "json", *more], ok=True).stdout)["rows"]
    return [(row["name"], row["stages"], row["deals"]) for row in rows]


def test_a_pipeline_has_its_stages_and_won_and_lost(run: Run, store: Store) -> None:
    said = written(run, store, "pipeline add renewals --stages 'Due 60, Asked 80'")
    assert "pipeline renewals · Due 60 %, Asked 80 %, Won, Lost" in said
    assert listed(run)[1] == ("renewals", "Due 60 %, Asked 80 %", 0)


def test_both_pipelines_stand_in_reports_and_their_totals_foot(renewals: None, run: Run) -> None:
    for line in (
        "deal add 500 Acme R --pipeline renewals --new",
        "deal add 100 Acme S",
        "deal add 70 Acme T --pipeline renewals",
    ):
        run(line, ok=True)
    run("won d3", ok=True)
    found = json.loads(run("report pipeline -f json", ok=True).stdout)
    assert {(row["pipeline"], row["stage"]): row["deals"] for row in found["rows"]} == {
        ("sales", "Lead"): 1, ("sales", "Qualified"): 0, ("sales", "Proposal"): 0, ("sales", "Negotiation"): 0,
        ("renewals", "Due"): 1, ("renewals", "Asked"): 0,
    }  # fmt: skip
    assert found["totals"]["weighted"]["minor"] == 30_000 + 1_000
    flow = json.loads(run("report conversion -f json", ok=True).stdout)
    assert {(row["pipeline"], row["stage"]): row["entered"] for row in flow["rows"]}[("renewals", "Asked")] == 1
    assert (flow["totals"]["entered"], flow["totals"]["won"]) == (3, 1)


def test_stages_of_one_name_in_two_pipelines_show_apart(run: Run) -> None:
    run("pipeline add partners --stages 'Lead 5, Signed 90'", ok=True)
    run("deal add 100 Acme A --new --pipeline partners", ok=True)
    run("deal add 100 Acme B", ok=True)
    run("stage rm lead --pipeline partners --move-to signed", ok=True)
    rows = json.loads(run("report conversion -f json", ok=True).stdout)["rows"]
    # Lead of partners is gone, and its deal came further: a row of its own, beside the Lead of sales.
    found = [(row["pipeline"], row["stage"], row["entered"]) for row in rows if row["stage"] in {"Lead", "Signed"}]
    assert found == [("sales", "Lead", 1), ("partners", "Lead", 1), ("partners", "Signed", 1)]
    explained = run("report pipeline --explain", ok=True).stdout
    assert "formula: Signed: weighted 90.00 = 100.00 USD at 90 % on average" in explained


def test_a_name_in_two_pipelines_needs_the_pipeline(renewals: None, run: Run, store: Store) -> None:
    said = refused(run, store, "stage edit won --name Gewonnen", code=4)
    assert "there is a stage Won in sales and renewals" in said
    written(run, store, "stage edit won --name Gewonnen --pipeline renewals")


def test_the_first_pipeline_is_where_deals_begin(renewals: None, run: Run, store: Store) -> None:
    assert "before sales; new deals begin here" in written(run, store, "pipeline edit renewals --before sales")
    assert "· Due ·" in run("deal add 5 Acme X --new", ok=True).stdout


def test_a_retired_pipeline_takes_no_imported_deals(renewals: None, run: Run, tmp_path: Any) -> None:
    run("pipeline edit renewals --before sales", ok=True)
    run("stage add Lead --pipeline renewals", ok=True)
    run("pipeline rm renewals", ok=True)
    file = tmp_path / "deals.csv"
    file.write_text("id,title,customer,stage,amount,created\n1,One,Acme,Lead,100,2026-03-01\n", encoding="utf-8")
    run(["import", str(file), "--as", "deals", "--new", "customers"], ok=True)
    assert run("deal list --pipeline sales -f ids", ok=True).stdout.split() == ["d1"]


def test_renaming_a_pipeline_keeps_its_deals(renewals: None, run: Run, store: Store) -> None:
    run("deal add 5 Acme X --new --pipeline renewals", ok=True)
    written(run, store, "pipeline edit renewals --name Verlängerungen")
    assert run("deal list --pipeline verl -f ids", ok=True).stdout.split() == ["d1"]


def test_a_pipeline_with_open_deals_stays_and_the_last_one_too(renewals: None, run: Run, store: Store) -> None:
    run("deal add 5 Acme X --new --pipeline renewals", ok=True)
    assert "renewals has 1 open deal" in refused(run, store, "pipeline rm renewals", code=1)
    run("won d1", ok=True)
    written(run, store, "pipeline rm renewals")
    assert "sales is the only pipeline" in refused(run, store, "pipeline rm sales", code=1)
    assert "was retired on 2026-03-18" in refused(run, store, "deal add 5 Acme Y --pipeline renewals", code=1)
    assert run("deal list --pipeline renewals -f ids", ok=True).stdout.split() == ["d1"]
    assert "back again" in written(run, store, "pipeline add Renewals")


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("pipeline add Sales", 1, "already a pipeline sales"), ("pipeline add x --stages 'A'", 2, "is not a stage"),
     ("pipeline add x --stages 'A 1, a 2'", 2, "names a stage twice"), ("pipeline add x --stages ''", 2, "is not a stage"),
     ("pipeline edit sales", 2, "nothing to change"), ("pipeline edit slaes --name y", 4, "no pipeline is called"),
     ("pipeline edit sales --before sales", 1, "before itself"), ("pipeline add ''", 2, "is empty")],
)  # fmt: skip
def test_what_no_pipeline_can_be_is_refused(run: Run, store: Store, line: str, code: int, reason: str) -> None:
    assert reason in refused(run, store, line, code=code)
