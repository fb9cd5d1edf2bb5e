"""Splitting and merging deals: on every past day the same value is open as before."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain import reshaping
from salestrack.domain.history import Version
from salestrack.domain.lines import Line, total
from salestrack.domain.pipelines import StageKind
from salestrack.errors import RuleError

OPEN, LATER, WON, LOST = 1, 2, 3, 4
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(40)]


def kind(stage: int) -> StageKind:
    return {WON: "won", LOST: "lost"}.get(stage, "open")  # type: ignore[return-value]


@st.composite
def histories(draw: st.DrawFn, *, ends_open: bool = True) -> tuple[Version, ...]:
    """Draw the history of a deal as it is kept: half-open versions without a gap, several on one day among them."""
    size = draw(st.integers(1, 6))
    days = sorted(draw(st.lists(st.integers(0, 35), min_size=size, max_size=size)))
    starts: list[date | None] = [DAYS[day] for day in days]
    if draw(st.booleans()):
        starts[0] = None
    stages = draw(st.lists(st.sampled_from([OPEN, LATER, WON, LOST]), min_size=size, max_size=size))
    if ends_open:
        stages[-1] = OPEN
    amounts = draw(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=size, max_size=size))
    versions, seq = [], 1
    for i, start in enumerate(starts):
        seq = seq + 1 if i and starts[i - 1] == start else 1
        end = starts[i + 1] if i + 1 < size else None
        versions.append(Version(start, stages[i], start, amounts[i], "USD", i + 1, seq, end, owner_id=7))
    return tuple(versions)


def open_on(day: date, *deals: tuple[Version, ...]) -> int:
    """Add up what was open on a day, the way the report does: by the version that held then."""
    held = [v for deal in deals for v in deal if v.holds(day) and kind(v.stage_id) == "open"]
    return sum(v.amount or 0 for v in held)


def check_order(versions: tuple[Version, ...]) -> None:
    assert versions[-1].to_on is None
    for one, other in pairwise(versions):
        assert one.to_on == other.from_on
        assert (one.from_on or date.min) <= (other.from_on or date.min)
        assert one.from_on != other.from_on or one.seq < other.seq


@given(histories(), st.integers(1, 10**6), st.integers(2, 10**6))
def test_a_split_divides_every_version_so_that_nothing_is_lost(versions, part, more):
    rest, taken = reshaping.split(versions, part, part + more)
    for old, one, other in zip(versions, rest, taken, strict=True):
        if old.amount is None:
            assert (one.amount, other.amount) == (None, None)
        else:
            amounts = [version.amount or 0 for version in (one, other)]
            assert sum(amounts) == old.amount
            assert min(amounts) >= 0
        assert one._replace(amount=0) == old._replace(amount=0)
        assert other._replace(amount=0, id=old.id) == old._replace(amount=0)
    assert all(open_on(day, rest, taken) == open_on(day, versions) for day in DAYS)


def test_a_split_takes_exactly_the_part_of_the_present_amount():
    versions = (Version(DAYS[0], OPEN, None, 999, "USD", to_on=DAYS[5]), Version(DAYS[5], OPEN, None, 1000, "USD"))
    rest, taken = reshaping.split(versions, 333, 1000)
    assert [v.amount for v in taken] == [332, 333]
    assert [v.amount for v in rest] == [667, 667]


@given(histories(), histories())
def test_a_merge_keeps_what_was_open_on_every_day(mine, theirs):
    both = reshaping.merged(mine, theirs, kind)
    check_order(both)
    assert [open_on(day, both) for day in DAYS] == [open_on(day, mine, theirs) for day in DAYS]


@given(histories(), histories())
def test_a_merge_keeps_each_version_of_the_deal_that_stays_in_its_place(mine, theirs):
    both = {version.id: version for version in reshaping.merged(mine, theirs, kind) if version.id}
    assert sorted(both) == [version.id for version in mine]
    for version in mine[1:]:
        assert both[version.id].from_on == version.from_on
        assert both[version.id].owner_id == version.owner_id


@given(histories(), st.integers(1, 10**6), st.integers(2, 10**6))
def test_merging_what_was_split_gives_the_old_history_back(versions, part, more):
    rest, taken = reshaping.split(versions, part, part + more)
    assert reshaping.merged(rest, taken, kind) == versions


def test_the_merged_deal_stands_in_the_first_stage_of_the_kept_one_before_that_began():
    mine = (
        Version(DAYS[10], OPEN, DAYS[10], 500, "USD", 1, to_on=DAYS[20]),
        Version(DAYS[20], LATER, DAYS[20], 600, "USD", 2),
    )
    theirs = (Version(DAYS[0], LATER, DAYS[0], 70, "USD", 8),)
    assert [v[:4] for v in reshaping.merged(mine, theirs, kind)] == [
        (DAYS[0], OPEN, DAYS[0], 70),
        (DAYS[10], OPEN, DAYS[0], 570),
        (DAYS[20], LATER, DAYS[20], 670),
    ]


def test_while_one_of_the_two_was_closed_only_the_open_one_counts():
    mine = (
        Version(DAYS[0], OPEN, DAYS[0], 500, "USD", 1, to_on=DAYS[5]),
        Version(DAYS[5], WON, DAYS[5], 500, "USD", 2, to_on=DAYS[9]),
        Version(DAYS[9], OPEN, DAYS[9], 500, "USD", 3),
    )
    theirs = (Version(DAYS[0], LATER, DAYS[0], 70, "USD", 8),)
    both = reshaping.merged(mine, theirs, kind)
    assert [(v.stage_id, v.amount) for v in both] == [(OPEN, 570), (LATER, 70), (OPEN, 570)]


def test_amounts_in_two_currencies_cannot_be_added_up():
    mine = (Version(DAYS[3], OPEN, None, 500, "USD", 1),)
    theirs = (Version(DAYS[0], OPEN, None, 70, "EUR", 8),)
    with pytest.raises(RuleError, match="2026-01-04 one of them was in USD and the other in EUR"):
        reshaping.merged(mine, theirs, kind)


def test_an_unknown_amount_in_another_currency_is_no_obstacle():
    mine = (Version(DAYS[3], OPEN, None, None, "USD", 1),)
    theirs = (Version(DAYS[0], OPEN, None, 70, "EUR", 8),)
    assert reshaping.merged(mine, theirs, kind)[-1][3:5] == (70, "EUR")


LINES = st.lists(
    st.builds(
        lambda quantity, price, kind: Line(
            kind=kind, quantity=Decimal(quantity) if kind == "product" else Decimal(1), price=price,
            amount=price * quantity if kind == "product" else price, product_id=price,
        ),
        st.integers(1, 20), st.integers(1, 10**6), st.sampled_from(["product", "product", "shipping"]),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@given(LINES, st.data())
def test_lines_are_shared_out_so_that_both_deals_add_up(lines, data):
    whole = total(lines) or 0
    if whole < 2:
        return
    part = data.draw(st.integers(1, whole - 1))
    rest, taken = reshaping.split_lines(lines, part)
    assert (total(rest), total(taken)) == (whole - part, part)
    for old, one, other in zip(lines, rest, taken, strict=True):
        if old.kind == "product" and one.quantity > Decimal("0.001") < other.quantity:
            assert one.quantity + other.quantity == old.quantity


def test_a_line_keeps_its_price_where_the_quantity_divides_evenly():
    rest, taken = reshaping.split_lines([Line(quantity=Decimal(4), price=250, amount=1000)], 250)
    assert [(str(line.quantity), line.price, line.amount) for line in (*rest, *taken)] == [
        ("3", 250, 750),
        ("1", 250, 250),
    ]


def test_lines_without_amounts_stay_where_they_are():
    assert reshaping.split_lines([Line()], 5) == ((Line(),), ())


def test_lines_of_one_product_at_one_price_become_one_again():
    line = Line(id=1, product_id=3, quantity=Decimal(3), price=250, amount=750)
    rest, taken = reshaping.split_lines([line], 300)
    assert reshaping.merged_lines((rest, 450), (taken, 300), "Phase 2") == (line,)


def test_what_has_no_lines_becomes_a_line_beside_those_of_the_other():
    line = Line(id=1, product_id=3, price=250, amount=250)
    assert reshaping.merged_lines(((line,), 250), ((), 70), "Phase 2")[1][1:5] == ("adjustment", None, None, "Phase 2")
    assert reshaping.merged_lines(((), 70), ((line,), 250), "x")[0].amount == 70
    assert reshaping.merged_lines(((), 70), ((), 250), "x") == ()
