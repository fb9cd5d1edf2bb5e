"""Reasons for losing: a list, required or not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]


@pytest.fixture
def lost(run: Run) -> None:
    for title in ("One", "Two", "Three"):
        run(f"deal add 100 Acme {title} --new", ok=True)
    for deal, reason in (("d1", "price"), ("d2", "timing"), ("d3", "timing")):
        run(f"lost {deal} {reason}", ok=True)


def counts(run: Run, *more: str) -> dict[str, int]:
    rows = json.loads(run(["reason", "list", "-f", "json", *more], ok=True).stdout)["rows"]
    return {row["name"]: row["deals"] for row in rows if row["deals"]}


def test_renaming_a_reason_renames_it_on_its_deals(lost: None, run: Run, store: Store) -> None:
    assert "reason timing -> bad timing · 2 deals" in written(run, store, "reason edit timing --name 'bad timing'")
    assert store.deals.get(2).reason == "bad timing"


def test_renaming_onto_another_reason_makes_them_one_after_asking(lost: None, run: Run, store: Store) -> None:
    said = refused(run, store, "reason edit timing --name Price", code=2)
    assert "there is a reason 'price' already; 'timing' becomes one with it, with 2 deals" in said
    assert "reason timing is price now · 2 deals moved" in written(run, store, "reason edit timing --name Price -y")
    assert counts(run) == {"price": 3}


def test_a_retired_reason_stays_on_old_deals_and_is_refused_for_new_ones(lost: None, run: Run, store: Store) -> None:
    assert "2 deals keep it" in written(run, store, "reason rm timing")
    run("deal add 100 Acme Four", ok=True)
    said = refused(run, store, "lost d4 timing", code=1)
    assert "hint: salestrack reason add 'timing' brings it back" in said
    assert counts(run, "--retired") == {"price": 1, "timing": 2}
    assert "back again, with 2 deals" in written(run, store, "reason add Timing")
    run("lost d4 timing", ok=True)


def test_a_deal_is_not_lost_without_a_reason(run: Run, store: Store) -> None:
    run("deal add 100 Acme One --new", ok=True)
    said = refused(run, store, "lost d1", code=2)
    assert "say why d1 was lost" in said
    assert "price, competitor, timing" in said


def test_a_book_that_wants_no_reasons_takes_losses_without_one(run: Run, store: Store) -> None:
    run("deal add 100 Acme One --new", ok=True)
    run("config set reason-required no", ok=True)
    assert "d1 · lost · 100.00 USD · Acme · One · Wed 2026-03-18" in written(run, store, "lost d1")
    assert store.deals.get(1).reason is None
    assert run("show d1", ok=True).exit_code == 0


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("reason add PRICE", 1, "already a reason price"), ("reason add ''", 2, "is empty"),
     ("reason edit price --name price", 1, "called price already"), ("reason rm pirce", 4, "no reason is called"),
     (f"reason add {'x' * 300}", 2, "300 characters"), ("reason edit nothing --name x", 4, "no reason is called")],
)  # fmt: skip
def test_what_no_reason_can_be_is_refused(run: Run, store: Store, line: str, code: int, reason: str) -> None:
    assert reason in refused(run, store, line, code=code)
