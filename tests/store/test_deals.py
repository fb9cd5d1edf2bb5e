"""Deals as they are kept: the row, the history behind it, and the lines that make up the amount."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.errors import NotFoundError, RuleError
from salestrack.store import Store
from salestrack.store.deals import _shares

Run = Callable[..., Any]


def on(day: int) -> date:
    return date(2026, 2, 28) + timedelta(days=day)


def usd(major: int) -> Money:
    return Money(major * 100, "USD")


@pytest.fixture
def deal(store: Store) -> Deal:
    """Keep a deal of 100 since the first of March, with everything a deal can have."""
    with store.operation("opened") as op:
        owner, _ = store.owners.ensure("Ann", op=op.id)
        wanted = Deal(
            title="Site",
            stage=store.stages.all()[0],
            stage_since=on(1),
            amount=usd(100),
            currency="USD",
            probability=40,
            expected_on=on(31),
            owner_id=owner,
            created_on=on(1),
            source="fair",
            campaign="spring",
            note="first",
        )
        return store.deals.add(wanted, on=on(1), op=op.id)


def save(store: Store, day: int, **changes: Any) -> Deal:
    with store.operation("changed") as op:
        before = store.deals.get(1)
        return store.deals.save(before, before._replace(**changes), on=on(day), op=op.id)


def told(store: Store) -> list[tuple[Any, ...]]:
    return [(v.from_on, v.to_on, v.stage_id, v.amount, v.probability, v.expected_on) for v in store.deals.versions(1)]


def test_a_deal_comes_back_as_it_was_kept(store: Store, deal: Deal) -> None:
    assert store.deals.get(deal.id) == deal._replace(owner="Ann")


def test_a_deal_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="there is no deal d9"):
        store.deals.get(9)


def test_a_saved_change_holds_from_its_day_and_the_answer_shows_today(store: Store, deal: Deal) -> None:
    after = save(store, 10, amount=usd(250), note="second")
    assert (after.amount, after.note) == (usd(250), "second")
    assert told(store) == [
        (on(1), on(10), 1, 10000, 40, on(31)),
        (on(10), None, 1, 25000, 40, on(31)),
    ]


def test_an_amount_edited_on_the_10th_and_a_move_dated_the_5th_are_both_right_today_and_between(
    store: Store, deal: Deal
) -> None:
    save(store, 10, amount=usd(250))
    proposal = store.stages.all()[2]
    after = save(store, 5, stage=proposal, stage_since=on(5))
    assert (after.stage, after.amount, after.stage_since) == (proposal, usd(250), on(5))
    assert [(v[0], v[2], v[3]) for v in told(store)] == [(on(1), 1, 10000), (on(5), 3, 10000), (on(10), 3, 25000)]


def test_a_refused_change_writes_nothing(store: Store, deal: Deal) -> None:
    save(store, 10, amount=usd(250))
    before = told(store)
    with pytest.raises(RuleError, match="the amount changed later, on 2026-03-10"):
        save(store, 5, amount=usd(1))
    with pytest.raises(RuleError, match="before the deal was created"):
        save(store, 0, amount=usd(1))
    assert told(store) == before


def test_a_change_back_to_what_was_true_then_is_refused_when_it_changed_later(store: Store, deal: Deal) -> None:
    """Not a silent nothing: on the 5th the amount was 100 already, and it is 250 now."""
    save(store, 10, amount=usd(250))
    with pytest.raises(RuleError, match="d1 had that amount on 2026-03-05 already, and it changed later"):
        save(store, 5, amount=usd(100))


def test_a_change_of_what_has_no_history_makes_no_version(store: Store, deal: Deal) -> None:
    save(store, 10, title="Other", note=None, source=None)
    assert len(told(store)) == 1


def test_saving_the_same_changes_nothing_at_all(store: Store, deal: Deal) -> None:
    save(store, 10)
    assert len(told(store)) == 1
    assert store.engine.value("SELECT count(*) FROM journal WHERE tbl LIKE 'deal%'") == 0


def test_a_correction_rewrites_the_history_from_its_start(store: Store, deal: Deal) -> None:
    save(store, 10, probability=60)
    with store.operation("corrected") as op:
        before = store.deals.get(1)
        after = store.deals.correct(before._replace(amount=None, expected_on=None), ("amount", "expected_on"), op=op.id)
    assert (after.amount, after.expected_on) == (None, None)
    assert [v[3:] for v in told(store)] == [(None, 40, None), (None, 60, None)]


def test_an_undated_deal_has_one_version_since_nobody_knows_when(store: Store) -> None:
    with store.operation("imported") as op:
        bare = Deal(title="Old", stage=store.stages.all()[0], currency="USD")
        store.deals.add(bare, on=None, op=op.id)
    assert told(store) == [(None, None, 1, None, None, None)]
    save(store, 5, amount=usd(5))
    assert [(v[0], v[1], v[3]) for v in told(store)] == [(None, on(5), None), (on(5), None, 500)]


def test_the_last_open_stage_is_where_a_closed_deal_came_from(store: Store, deal: Deal) -> None:
    lead, _, proposal, _, won, _ = store.stages.all()
    assert store.deals.last_open_stage(1) == lead.id
    save(store, 5, stage=proposal, stage_since=on(5))
    save(store, 9, stage=won, stage_since=on(9), closed_on=on(9))
    assert store.deals.last_open_stage(1) == proposal.id


# --- lines -------------------------------------------------------------------------------------------------------


def test_lines_come_back_in_order_with_their_products(run: Run, store: Store) -> None:
    run("product add Build 100", ok=True)
    run("customer add Acme", ok=True)
    run("deal add - Acme Site --product 2.5xBuild@10 --product Build --discount 10%", ok=True)
    lines = store.deals.lines(1)
    assert [(line.kind, line.product, line.quantity, line.amount) for line in lines] == [
        ("product", "Build", Decimal("2.5"), 2500),
        ("product", "Build", Decimal(1), 10000),
        ("discount", None, Decimal(1), -1250),
    ]
    assert store.deals.get(1).amount == Money(11250, "USD")


def test_replacing_lines_keeps_those_that_stay_and_removes_the_rest(store: Store, deal: Deal) -> None:
    with store.operation("changed") as op:
        store.deals.put_lines(deal, [Line(name="a", amount=4000), Line(name="b", amount=6000)], op=op.id)
        second = store.deals.lines(1)[1]
        store.deals.put_lines(deal, [second, Line(name="c", amount=4000)], op=op.id)
    assert [(line.id, line.name) for line in store.deals.lines(1)] == [(second.id, "b"), (3, "c")]


@given(st.lists(st.integers(-(10**9), 10**9), max_size=6), st.one_of(st.none(), st.integers(0, 10**12)))
def test_what_lines_are_worth_adds_up_to_what_the_deal_is_worth(amounts: list[int], worth: int | None) -> None:
    shares = _shares(amounts, worth)
    assert len(shares) == len(amounts)
    if worth is None or not amounts:
        assert shares == [None] * len(amounts)
    else:
        assert sum(share for share in shares if share is not None) == worth


@pytest.mark.parametrize("closing", ["won d1", "won d1 90", "lost d1 price"])
def test_closing_pins_what_deal_and_lines_are_worth_and_reopening_takes_it_out(
    run: Run, store: Store, closing: str
) -> None:
    with store.operation("set a rate") as op:
        row = {"currency": "EUR", "on_date": "2026-01-01", "rate": 1_100_000_000, "created_op": op.id}
        store.engine.insert("rates", row)
    run("product add Build 10eur", ok=True)
    run("customer add Acme", ok=True)
    run("deal add 100eur Acme Site --product 3xBuild@20 --product Build@40", ok=True)

    def worth() -> tuple[Any, list[Any]]:
        rows = store.engine.query("SELECT book_amount FROM deal_lines WHERE deal_id = 1 ORDER BY position")
        return store.deals.get(1).book_amount, [row["book_amount"] for row in rows]

    assert worth() == (None, [None, None])
    run(closing, ok=True)
    book_amount, lines = worth()
    assert book_amount == (9900 if "90" in closing else 11000)
    assert sum(lines) == book_amount
    run("reopen d1", ok=True)
    assert worth()[0] is None
    assert set(worth()[1]) == {None}


def test_reopening_before_the_day_of_closing_is_refused(run: Run, store: Store) -> None:
    run("customer add Acme", ok=True)
    run("deal add 100 Acme Site -d 2026-03-01", ok=True)
    run("won d1 -d 2026-03-10", ok=True)
    result = run("reopen d1 -d 2026-03-05")
    assert result.exit_code == 1
    assert "d1 was closed on Tue 2026-03-10, after Thu 2026-03-05" in result.stderr
    assert store.deals.get(1).status == "won"
    run("reopen d1 -d 2026-03-10", ok=True)
    assert (store.deals.get(1).status, store.deals.get(1).stage.name) == ("open", "Lead")
