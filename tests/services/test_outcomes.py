"""Outcomes of the seller's own, counted as what they were said to be."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]


def activity(run: Run) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(run("report activity -f json", ok=True).stdout)["rows"][0]
    return row


def test_calls_and_meetings_count_as_their_outcomes_say(run: Run) -> None:
    run("outcome add interested --counts-as connected", ok=True)
    run("outcome add 'wrong number'", ok=True)
    run("outcome add 'stood up' --counts-as no-show", ok=True)
    for outcome in ("interested", "INTERESTED", "connected", "wrong number", "busy"):
        run(["log", "call", "Acme", "--new", "--outcome", outcome], ok=True)
    run("log call Acme", ok=True)  # nobody said how it went, so it stays out of the rate
    for outcome in ("held", "stood up", "wrong number"):
        run(["log", "meeting", "Acme", "--outcome", outcome], ok=True)
    found = activity(run)
    # By hand: 3 of the 5 calls with an outcome connected; of 3 meetings one was not held.
    assert (found["connect_rate"]["value"], found["connect_rate"]["n"]) == (0.6, 5)
    assert found["meetings"] == 2
    assert run("activity list -f csv", ok=True).stdout.count(",interested,") == 2


def test_a_quota_of_meetings_counts_them_likewise(run: Run) -> None:
    run("outcome add 'stood up' --counts-as no-show", ok=True)
    run("quota set 10 month --metric meetings", ok=True)
    run("log meeting Acme --new --outcome 'stood up'", ok=True)
    run("log meeting Acme --outcome held", ok=True)
    rows = json.loads(run("report quota -f json", ok=True).stdout)["rows"]
    assert [row["actual"] for row in rows] == [1]


def test_a_near_miss_of_ones_own_outcome_is_refused(run: Run, store: Store) -> None:
    written(run, store, "outcome add interested --counts-as connected")
    run("customer add Acme", ok=True)
    assert "did you mean interested?" in refused(run, store, "log call Acme --outcome intrested", code=2)
    assert "did you mean no answer?" in refused(run, store, "log call Acme --outcome 'no answr'", code=2)
    assert "spoke with his mother" in run("log call Acme --outcome 'spoke with his mother'", ok=True).stdout


def test_a_retired_outcome_counts_as_before_and_is_not_chosen_again(run: Run, store: Store) -> None:
    run("outcome add interested --counts-as connected", ok=True)
    run("log call Acme --new --outcome interested", ok=True)
    written(run, store, "outcome rm interested")
    assert activity(run)["connect_rate"]["value"] == 1.0
    assert "was retired on 2026-03-18" in refused(run, store, "log call Acme --outcome interested", code=1)
    assert "back again · counts as connected" in written(run, store, "outcome add Interested")


def test_an_import_spells_ones_own_outcomes_as_the_book_does(run: Run, tmp_path: Any) -> None:
    run("outcome add interested --counts-as connected", ok=True)
    file = tmp_path / "calls.csv"
    file.write_text("id,date,kind,customer,outcome\n1,2026-03-01,call,Acme,Interested\n", encoding="utf-8")
    run(["import", str(file), "--as", "activities", "--new", "customers"], ok=True)
    assert activity(run)["connect_rate"]["value"] == 1.0


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("outcome add busy", 1, "know the outcome busy already"), ("outcome add No-Answer", 1, "know the outcome no answer"),
     ("outcome add x --counts-as nonsense", 2, "not an outcome that reports know"), ("outcome add ''", 2, "is empty"),
     ("outcome rm held", 1, "cannot be retired"), ("outcome rm nothing", 4, "no outcome is called"),
     ("outcome add x --counts-as ''", 2, "not an outcome that reports know")],
)  # fmt: skip
def test_what_no_outcome_can_be_is_refused(run: Run, store: Store, line: str, code: int, reason: str) -> None:
    assert reason in refused(run, store, line, code=code)
