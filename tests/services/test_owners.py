"""Several people who sell in one book."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]


@pytest.fixture
def two(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ana, the default, has two open deals, a won one, a step and a customer; Ben has a deal."""
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-02T10:00")
    run("owner add Ana --email ana@example.org", ok=True)
    run("owner edit ana --default", ok=True)
    run("owner add Ben", ok=True)
    run("customer add Acme --owner ana", ok=True)
    for title in ("One", "Two", "Three"):
        run(f"deal add 100 Acme {title}", ok=True)
    run("deal add 100 Acme Four --owner ben", ok=True)
    run("won d3", ok=True)
    run("plan call d1 fri", ok=True)
    run("log call Acme", ok=True)
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-18T10:00")


def held(run: Run) -> dict[str, tuple[int, int, int]]:
    rows = json.loads(run("owner list --retired -f json", ok=True).stdout)["rows"]
    return {row["name"]: (row["deals"], row["steps"], row["customers"]) for row in rows}


def test_a_default_owner_owns_what_is_recorded(two: None, run: Run) -> None:
    assert held(run) == {"Ana": (2, 1, 1), "Ben": (1, 0, 0)}


def test_a_colleague_takes_over_as_of_today_and_the_past_stays(two: None, run: Run, store: Store) -> None:
    said = written(run, store, "owner rm ana --to ben")
    assert (
        "retired owner Ana · 2 open deals, 1 next step, 1 customer handed over to Ben · default owner now: Ben" in said
    )
    assert held(run) == {"Ana": (0, 0, 0), "Ben": (3, 1, 1)}
    owners = [(version.from_on, version.owner_id) for version in store.deals.versions(1)]
    assert owners == [(date(2026, 3, 2), 1), (date(2026, 3, 18), 2)]
    assert store.deals.get(3).owner == "Ana"  # she won it
    past = run("report pipeline --as-of 2026-03-10 --owner ana -f json", ok=True).stdout
    assert json.loads(past)["totals"]["deals"] == 2


def test_whoever_retires_without_a_successor_keeps_what_is_theirs(two: None, run: Run, store: Store) -> None:
    said = written(run, store, "owner rm ana")
    assert "default owner now: nobody" in said
    assert (
        "still theirs: 2 open deals, 1 next step, 1 customer (salestrack owner rm 'Ana' --to NAME hands over)" in said
    )
    assert held(run)["Ana"] == (2, 1, 1)
    assert "was retired on 2026-03-18" in refused(run, store, "deal add 5 Acme Five --owner ana", code=1)
    assert set(run("deal list --open --owner ana -f ids", ok=True).stdout.split()) == {"d1", "d2"}
    written(run, store, "owner rm ana --to ben")
    assert held(run)["Ana"] == (0, 0, 0)
    assert "nothing of theirs is left" in refused(run, store, "owner rm ana --to ben", code=1)
    assert "owner Ana · back again" in written(run, store, "owner add ANA")


def test_a_new_name_and_address_are_seen_everywhere(two: None, run: Run, store: Store) -> None:
    said = written(run, store, "owner edit ana --name 'Ana Peña' --email ana@acme.example")
    assert "owner Ana -> Ana Peña · email ana@example.org -> ana@acme.example" in said
    assert store.deals.get(1).owner == "Ana Peña"
    assert "email ana@acme.example -> none" in written(run, store, "owner edit 'ana p' --email -")


def test_owners_stay_out_of_sight_while_there_is_one(run: Run) -> None:
    run("owner add Ana", ok=True)
    run("owner edit ana --default", ok=True)
    run("deal add 100 Acme One --new --close 2026-03-31", ok=True)
    run("quota set 1000 month", ok=True)
    for line in ("deal list", "report summary", "report pipeline", "report quota", "today", "sale list"):
        assert "Ana" not in run(line, ok=True).stdout, line
        assert "Owner" not in run(line, ok=True).stdout, line
    run("owner add Ben", ok=True)
    run("deal add 100 Acme Two --owner ben", ok=True)
    assert "Owner" in run("deal list", ok=True).stdout


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("owner add ANA", 1, "already an owner Ana"), ("owner add ''", 2, "is empty"), ("owner add Cy --email cy", 2, "not an e-mail"),
     ("owner add Cy --email 'a b@c.de'", 2, "not an e-mail"), ("owner rm ana --to ana", 1, "cannot take over"),
     ("owner rm an --to nobody", 4, "no owner is called"), ("owner edit ana", 2, "nothing to change"),
     ("owner edit ana --default", 1, "default owner already"), ("owner edit ana --name Ben", 1, "already an owner Ben"),
     ("owner rm bne", 4, "no owner is called")],
)  # fmt: skip
def test_what_no_owner_can_be_is_refused(two: None, run: Run, store: Store, line: str, code: int, reason: str) -> None:
    assert reason in refused(run, store, line, code=code)


def test_what_is_recorded_for_a_colleague_is_theirs(
    two: None, run: Run, rows: Callable[[str], list[list[str]]]
) -> None:
    steps = [
        "log call Acme hello --owner ben", "plan demo Acme fri --owner ben", "plan email Acme fri", "sell 10 Acme --owner ben",
        "log visit Bolt --new --owner ben", "customer add Cafe", "customer add Dune --owner ben",
        "log call d1 --owner ben -d 2026-03-18",  # becomes the call that Ana planned
    ]  # fmt: skip
    for line in steps:
        run(line, ok=True)
    owner = "(SELECT name FROM owners o WHERE o.id = owner_id)"
    assert rows(f"SELECT kind, {owner} FROM activities WHERE kind <> 'call' ORDER BY id") == [
        ["demo", "Ben"], ["email", "Ana"], ["visit", "Ben"],
    ]  # fmt: skip
    assert rows(f"SELECT {owner} FROM activities WHERE kind = 'call' ORDER BY id") == [["Ben"], ["Ana"], ["Ben"]]
    assert rows(f"SELECT {owner} FROM sales") == [["Ben"]]
    assert rows(f"SELECT name, {owner} FROM customers ORDER BY name") == [
        ["Acme", "Ana"], ["Bolt", "Ben"], ["Cafe", "Ana"], ["Dune", "Ben"],
    ]  # fmt: skip
    assert run("log call Acme --owner zed").exit_code == 4


def test_targets_are_told_with_whose_they_are(two: None, run: Run) -> None:
    assert " · Ben · " in run("quota set 1000 month --owner ben", ok=True).stdout
    retired = run("owner rm ben", ok=True)
    assert "1 quota of theirs stays (salestrack quota list --owner 'Ben')" in retired.stderr
    assert "Ben · 2026-03-01..2026-03-31" in run("quota rm q1", ok=True).stdout
