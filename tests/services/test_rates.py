"""Dated rates: what waited for one is pinned at it, and nothing that is pinned ever changes."""

import json
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]


def booked(rows: Rows) -> list[list[str]]:
    return rows("SELECT on_date, amount, rate, book_amount FROM sales ORDER BY on_date")


def cents(amount: str, rate: str) -> str:
    """Return cents in the book's currency by decimal arithmetic apart from the program's."""
    return str(int((Decimal(amount) * Decimal(rate) * 100).quantize(Decimal(1), ROUND_HALF_EVEN)))


def test_what_waited_is_pinned_from_the_rates_day_until_the_next_one(run: Run, store: Store, rows: Rows) -> None:
    for day, amount in (
        ("2026-01-15", "333.33"),
        ("2026-02-15", "0.05"),
        ("2026-03-01", "77.77"),
        ("2026-03-10", "12"),
    ):
        run(f"sell {amount}eur Acme Thing -d {day} --new", ok=True)
    said = written(run, store, "rate set EUR 1.0837 -d 2026-03-01")
    assert "1 EUR = 1.0837 USD · 1 USD = 0.922765 EUR · from Sun 2026-03-01 · pinned for 2 sales that had none" in said
    assert "pinned for 1 sale that had none" in written(run, store, "rate set eur 1.5 -d 2026-02-01")
    assert booked(rows) == [
        ["2026-01-15", "33333", "", ""],
        ["2026-02-15", "5", "1500000000", cents("0.05", "1.5")],
        ["2026-03-01", "7777", "1083700000", cents("77.77", "1.0837")],
        ["2026-03-10", "1200", "1083700000", cents("12", "1.0837")],
    ]


def test_what_is_pinned_never_changes(run: Run, store: Store, rows: Rows) -> None:
    run("rate set EUR 1.08 -d 2026-01-01", ok=True)
    run("sell 100eur Acme Thing -d 2026-02-15 --new", ok=True)
    before = run("report revenue 2026Q1 -f json", ok=True).stdout
    assert "pinned" not in written(run, store, "rate set EUR 1.20 -d 2026-02-01")
    assert "was 1.2" in written(run, store, "rate set EUR 1.3 -d 2026-02-01")
    written(run, store, "rate rm EUR 2026-01-01")
    assert booked(rows) == [["2026-02-15", "10000", "1080000000", "10800"]]
    assert run("report revenue 2026Q1 -f json", ok=True).stdout == before


def test_closed_deals_are_pinned_with_their_lines_and_open_ones_are_not(run: Run, store: Store, rows: Rows) -> None:
    run("product add Build 100", ok=True)
    for title in ("Won", "Lost", "Open"):
        run(f"deal add 1000.01eur Acme {title} --new", ok=True)
    run("won d1", ok=True)
    run("lost d2 price", ok=True)
    lines = [("product", 33_334), ("product", 66_667)]
    with store.operation("lines") as op:
        for place, (kind, amount) in enumerate(lines):
            row = {"deal_id": 1, "position": place, "kind": kind, "amount": amount, "created_op": op.id}
            store.engine.insert("deal_lines", row)
    assert "pinned for 2 closed deals that had none" in written(run, store, "rate set EUR 1.083333333")
    worth = cents("1000.01", "1.083333333")
    assert rows("SELECT status, book_amount FROM deals ORDER BY id") == [["won", worth], ["lost", worth], ["open", ""]]
    assert rows("SELECT sum(book_amount), count(book_amount) FROM deal_lines WHERE deal_id = 1") == [[worth, "2"]]
    found = json.loads(run("report revenue 2026Q1 -f json", ok=True).stdout)
    assert (found["totals"]["amount"]["minor"], found["unconverted"]) == (int(worth), [])


def test_refunds_are_pinned_with_their_sign(run: Run, store: Store, rows: Rows) -> None:
    run("sell 10.01eur Acme Thing -d 2026-03-01 --new", ok=True)
    run("refund s1 0.03eur -d 2026-03-02", ok=True)
    written(run, store, "rate set EUR 1.5 -d 2026-01-01")
    assert booked(rows) == [
        ["2026-03-01", "1001", "1500000000", cents("10.01", "1.5")],
        ["2026-03-02", "-3", "1500000000", cents("-0.03", "1.5")],
    ]


def test_closed_books_stay_as_they_are(run: Run, store: Store, rows: Rows) -> None:
    run("sell 100eur Acme Thing -d 2026-01-15 --new", ok=True)
    run("sell 100eur Acme Thing -d 2026-03-15", ok=True)
    run("config set closed-until 2026-01-31", ok=True)
    said = written(run, store, "rate set EUR 1.08 -d 2026-01-01")
    assert "note: 1 record in EUR of closed books stay" in said
    assert [row[3] for row in booked(rows)] == ["", "10800"]


def test_a_rate_far_from_the_last_one_needs_a_yes(run: Run, store: Store) -> None:
    run("rate set EUR 1.08 -d 2026-01-01", ok=True)
    for text in ("108", "10.8", "0.108"):
        said = refused(run, store, f"rate set EUR {text}", code=2)
        assert "is far from the rate that is known, 1.08 on 2026-01-01" in said
        assert "hint: add -y to do it without being asked" in said
    written(run, store, "rate set EUR 108 -y")


def test_open_deals_are_worth_the_latest_rate(run: Run) -> None:
    run("deal add 100eur Acme One --new --probability 50", ok=True)
    run("rate set EUR 1.08 -d 2026-01-01", ok=True)
    run("rate set EUR 1.20", ok=True)
    found = json.loads(run("report pipeline -f json", ok=True).stdout)
    assert found["totals"]["weighted"]["minor"] == 6000


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("rate set USD 1", 1, "the book is kept in USD"), ("rate set EUR 0", 2, "is zero"), ("rate set EUR -- -1", 2, "is negative"),
     ("rate set EUX 1", 2, "currency 'EUX' is unknown"), ("rate set EUR 1,080", 2, "could be 1080 or 1.080"),
     ("rate set EUR 1.08 -d tomorrow", 2, "in the future"), ("rate set EUR 1.1 -d 2026-03-01", 1, "is known already"),
     ("rate rm GBP", 4, "no rate for GBP; known: EUR"), ("rate rm EUR 2026-01-01", 4, "known: 2026-03-01, 2026-03-10"),
     ("rate rm EUR", 4, "EUR has 2 rates")],
)  # fmt: skip
def test_what_no_rate_can_be_is_refused(run: Run, store: Store, line: str, code: int, reason: str) -> None:
    run("rate set EUR 1.1 -d 2026-03-01", ok=True)
    run("rate set EUR 1.2 -d 2026-03-10", ok=True)
    assert reason in refused(run, store, line, code=code)


def test_the_list_shows_both_ways(run: Run) -> None:
    run("rate set JPY 0.0067", ok=True)
    row = json.loads(run("rate list -f json", ok=True).stdout)["rows"][0]
    assert row == {"currency": "JPY", "date": "2026-03-18", "rate": "0.0067", "book": "USD", "inverse": "149.254"}
