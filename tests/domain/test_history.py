"""Versions of a deal against a naive oracle that keeps every field's value for every single day."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.history import (
    COLUMNS,
    FIELDS,
    Version,
    begun,
    change,
    correct,
    field_changes,
    override,
    restaged,
    visits,
)
from salestrack.errors import RuleError

START = date(2026, 3, 1)
DAYS = [START + timedelta(days=number) for number in range(-3, 25)]
CHOICES: dict[str, list[Any]] = {
    "stage_id": [1, 2, 3],
    "amount": [None, 100, 200],
    "currency": ["USD", "EUR"],
    "probability": [None, 40],
    "expected_on": [None, date(2026, 4, 1), date(2026, 5, 1)],
    "owner_id": [None, 7],
}


def first(*, from_on: date | None = START) -> Version:
    return Version(from_on=from_on, stage_id=1, stage_since=from_on, amount=100, currency="USD")


def on(day: int) -> date:
    return date(2026, 3, day)


class Oracle:
    """Every column's value at the end of every day, and the days on which each column was changed."""

    def __init__(self, start: date | None) -> None:
        self.start = start
        begin = first(from_on=start)
        self.days = {day: {c: getattr(begin, c) for c in COLUMNS} for day in DAYS if start is None or day >= start}
        self.events: dict[str, list[date]] = {column: [] for column in COLUMNS}

    def changed(self, values: dict[str, Any], day: date) -> list[str]:
        """Return the columns that would have another value at the end of the day."""
        now = self.days[day]
        return [c for c in values if c != "stage_since" and now[c] != values[c]]

    def refuses(self, values: dict[str, Any], day: date) -> bool:
        if self.start and day < self.start:
            return True
        together = {c for columns in FIELDS.values() if set(columns) & set(self.changed(values, day)) for c in columns}
        return any(event > day for column in together for event in self.events[column])

    def change(self, values: dict[str, Any], day: date) -> None:
        changed = self.changed(values, day)
        self._set(changed + ["stage_since"] * ("stage_id" in changed), values, day)
        for column in changed:
            self.events[column].append(day)

    def override(self, values: dict[str, Any], day: date) -> None:
        day = max(day, self.start or day)
        changed = self.changed(values, day)
        given = dict(values)
        if "stage_id" in given and "stage_id" not in changed:
            given["stage_since"] = self.days[day]["stage_since"]
        self._set(list(given), given, day)
        for column in given:
            self.events[column] = [event for event in self.events[column] if event <= day]
        for column in changed:
            self.events[column].append(day)

    def correct(self, values: dict[str, Any]) -> None:
        self._set(list(values), values, min(self.days))
        for column in values:
            self.events[column] = []

    def _set(self, columns: list[str], values: dict[str, Any], day: date) -> None:
        for each in self.days:
            if each >= day:
                self.days[each].update({column: values[column] for column in columns})


@st.composite
def acts(draw: st.DrawFn) -> tuple[str, dict[str, Any], date]:
    kind = draw(st.sampled_from(["change", "change", "change", "override", "correct"]))
    day = draw(st.sampled_from(DAYS))
    columns = draw(st.lists(st.sampled_from(sorted(CHOICES)), min_size=1, max_size=2, unique=True))
    values = {column: draw(st.sampled_from(CHOICES[column])) for column in columns}
    if kind == "correct":
        values = {c: v for c, v in values.items() if c != "stage_id"} or {"owner_id": 7}
    if "stage_id" in values:
        values["stage_since"] = day
    return kind, values, day


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([START, None]), st.lists(acts(), max_size=12))
def test_every_field_has_the_oracles_value_on_every_day(start: date | None, steps: list[Any]) -> None:
    versions: tuple[Version, ...] = (first(from_on=start),)
    oracle = Oracle(start)
    for kind, values, day in steps:
        if kind == "correct":
            versions = correct(versions, values)
            oracle.correct(values)
        elif kind == "override":
            versions = override(versions, values, on=day)
            oracle.override(values, day)
        elif oracle.refuses(values, day):
            with pytest.raises(RuleError):
                change(versions, values, on=day)
        else:
            versions = change(versions, values, on=day)
            oracle.change(values, day)
        check_partition(versions, start)
        for each, expected in oracle.days.items():
            holding = [version for version in versions if version.holds(each)]
            assert len(holding) == 1
            assert {c: getattr(holding[0], c) for c in COLUMNS} == expected, each


def check_partition(versions: tuple[Version, ...], start: date | None) -> None:
    assert versions[0].from_on == start
    assert versions[-1].to_on is None
    for earlier, later in pairwise(versions):
        assert earlier.to_on == later.from_on
        assert later.from_on is not None
        assert earlier.from_on is None or (earlier.from_on, earlier.seq) < (later.from_on, later.seq)


def test_a_stage_move_dated_before_an_amount_edit_leaves_both_right_on_every_day_between() -> None:
    versions = change((first(),), {"amount": 250}, on=on(10))
    versions = change(versions, {"stage_id": 2, "stage_since": on(5)}, on=on(5))
    told = [(v.from_on, v.to_on, v.stage_id, v.amount) for v in versions]
    assert told == [(on(1), on(5), 1, 100), (on(5), on(10), 2, 100), (on(10), None, 2, 250)]


def test_a_back_dated_change_is_refused_naming_the_later_one() -> None:
    versions = change((first(),), {"amount": 250}, on=on(10))
    with pytest.raises(RuleError, match=r"the amount changed later, on 2026-03-10"):
        change(versions, {"amount": 120}, on=on(5))


def test_a_later_change_of_the_currency_alone_counts_as_a_change_of_the_amount() -> None:
    versions = change((first(),), {"currency": "EUR"}, on=on(10))
    with pytest.raises(RuleError, match="the amount changed later"):
        change(versions, {"amount": 120}, on=on(5))


def test_a_day_before_the_deal_began_is_refused() -> None:
    with pytest.raises(RuleError, match=r"before the deal was created \(2026-03-01\)"):
        change((first(),), {"amount": 1}, on=date(2026, 2, 28))


def test_an_undated_deal_takes_a_change_on_any_day() -> None:
    versions = change((first(from_on=None),), {"amount": 1}, on=date(1999, 12, 31))
    assert [(v.from_on, v.to_on, v.amount) for v in versions] == [
        (None, date(1999, 12, 31), 100),
        (date(1999, 12, 31), None, 1),
    ]


def test_changes_of_one_day_stay_in_their_order() -> None:
    versions = change((first(),), {"amount": 2}, on=on(1))
    versions = change(versions, {"amount": 3}, on=on(1))
    assert [(v.seq, v.from_on, v.to_on, v.amount) for v in versions] == [
        (1, on(1), on(1), 100),
        (2, on(1), on(1), 2),
        (3, on(1), None, 3),
    ]


def test_what_is_true_already_makes_no_version() -> None:
    versions = (first(),)
    assert change(versions, {"amount": 100, "stage_id": 1, "stage_since": on(9)}, on=on(9)) == versions
    assert override(versions, {"amount": 100}, on=on(9)) == versions


def test_an_override_lets_later_changes_of_its_field_give_way_and_keeps_the_others() -> None:
    versions = change((first(),), {"amount": 200}, on=on(10))
    versions = change(versions, {"owner_id": 7}, on=on(12))
    versions = override(versions, {"amount": 150}, on=on(5))
    assert [(v.from_on, v.amount, v.owner_id) for v in versions] == [
        (on(1), 100, None),
        (on(5), 150, None),
        (on(10), 150, None),
        (on(12), 150, 7),
    ]


def test_an_override_before_the_deal_began_holds_from_its_first_day() -> None:
    versions = override((first(),), {"amount": 150}, on=date(2025, 1, 1))
    assert [(v.from_on, v.to_on, v.amount) for v in versions] == [(on(1), on(1), 100), (on(1), None, 150)]


def test_an_override_into_the_same_stage_keeps_the_day_that_visit_began() -> None:
    versions = change((first(),), {"stage_id": 2, "stage_since": on(3)}, on=on(3))
    versions = change(versions, {"stage_id": 3, "stage_since": on(10)}, on=on(10))
    versions = override(versions, {"stage_id": 2, "stage_since": on(5)}, on=on(5))
    assert [(v.stage_id, v.stage_since) for v in versions] == [(1, on(1)), (2, on(3)), (2, on(3))]


def test_a_correction_rewrites_every_version() -> None:
    versions = correct(change((first(),), {"amount": 200}, on=on(10)), {"expected_on": on(30)})
    assert [(v.amount, v.expected_on) for v in versions] == [(100, on(30)), (200, on(30))]


def test_the_day_a_stage_was_entered_is_no_change_by_itself() -> None:
    assert field_changes(first(), {"stage_id": 1, "stage_since": on(9)}) == {}
    assert field_changes(first(), {"stage_id": 2, "stage_since": on(9)}) == {
        "stage": {"stage_id": 2, "stage_since": on(9)}
    }


def test_each_day_has_exactly_one_version() -> None:
    versions = change((first(),), {"amount": 2}, on=on(10))
    assert [version.holds(on(9)) for version in versions] == [True, False]
    assert [version.holds(on(10)) for version in versions] == [False, True]
    assert not any(version.holds(date(2026, 2, 28)) for version in versions)


# --- the day of one move, and of the beginning -----------------------------------------------------------------------

OTHERS = [column for column in COLUMNS if column not in FIELDS["stage"]]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Version, ...]:
    """Draw a history as changes make it, with an id for every version."""
    versions: tuple[Version, ...] = (first(from_on=draw(st.sampled_from([START, None]))),)
    for number in draw(st.lists(st.integers(0, 20), max_size=9)):
        day = START + timedelta(days=number)
        column = draw(st.sampled_from(["stage_id", "stage_id", "amount", "owner_id", "expected_on"]))
        values = {column: draw(st.sampled_from(CHOICES[column]))}
        if column == "stage_id":
            values["stage_since"] = day
        try:
            versions = change(versions, values, on=day)
        except RuleError:
            continue
    return tuple(version._replace(id=number) for number, version in enumerate(versions, 1))


def held(versions: tuple[Version, ...], day: date) -> Version | None:
    return next((version for version in versions if version.holds(day)), None)


@settings(max_examples=500, deadline=None)
@given(histories(), st.data())
def test_a_move_to_another_day_changes_the_stage_of_the_days_between_and_nothing_else(
    versions: tuple[Version, ...], data: st.DataObject
) -> None:
    stays = visits(versions)
    if len(stays) == 1:
        return
    number = data.draw(st.integers(1, len(stays) - 1))
    day = data.draw(st.sampled_from(DAYS))
    since = [stay.since for stay in stays]
    after = since[number + 1] if number + 1 < len(stays) else None
    earliest = since[number - 1]
    if (earliest and day < earliest) or (after and day > after):
        with pytest.raises(RuleError):
            restaged(versions, stays[number].at, day)
        return
    moved = restaged(versions, stays[number].at, day)
    check_partition(moved, versions[0].from_on)
    since[number] = day
    assert [(stay.stage_id, stay.since) for stay in visits(moved)] == [
        (stay.stage_id, on_day) for stay, on_day in zip(stays, since, strict=True)
    ]
    for each in DAYS:
        was, now = held(versions, each), held(moved, each)
        if was is None or now is None:
            assert was is now
            continue
        assert [getattr(now, column) for column in OTHERS] == [getattr(was, column) for column in OTHERS]
        in_force = max(i for i, begin in enumerate(since) if begin is None or begin <= each)
        assert (now.stage_id, now.stage_since) == (stays[in_force].stage_id, since[in_force])
    # Rows that stay are kept; only where a move shared its row with another change is a row added.
    kept = {version.id for version in moved if version.id}
    assert kept == {version.id for version in versions}
    assert len(moved) - len(kept) in (0, 1)


@settings(max_examples=300, deadline=None)
@given(histories(), st.sampled_from([None, *DAYS]))
def test_another_first_day_moves_the_beginning_and_what_changed_on_it(versions: tuple[Version, ...], day: date) -> None:
    start = versions[0].from_on
    later = [v.from_on for v in versions[1:] if v.from_on and (start is None or v.from_on > start)]
    if day and any(each < day for each in later):
        with pytest.raises(RuleError):
            begun(versions, day)
        return
    moved = begun(versions, day)
    check_partition(moved, day)
    assert [version.id for version in moved] == [version.id for version in versions]
    for each in DAYS:
        was, now = held(versions, each), held(moved, each)
        if was and now and day:
            assert [getattr(now, column) for column in OTHERS] == [getattr(was, column) for column in OTHERS]
            assert now.stage_id == was.stage_id


def test_a_move_passes_an_amount_that_changed_between_on_its_own_day() -> None:
    versions = change((first(),), {"stage_id": 2, "stage_since": on(5)}, on=on(5))
    versions = change(versions, {"amount": 250}, on=on(7))
    versions = change(versions, {"stage_id": 3, "stage_since": on(20)}, on=on(20))
    moved = restaged(versions, 1, on(10))
    assert [(v.from_on, v.to_on, v.stage_id, v.stage_since, v.amount) for v in moved] == [
        (on(1), on(7), 1, on(1), 100),
        (on(7), on(10), 1, on(1), 250),
        (on(10), on(20), 2, on(10), 250),
        (on(20), None, 3, on(20), 250),
    ]


def test_a_move_that_shared_its_day_with_an_amount_leaves_the_amount_there() -> None:
    both = {"stage_id": 2, "stage_since": on(5), "amount": 250}
    moved = restaged(change((first(),), both, on=on(5)), 1, on(3))
    assert [(v.from_on, v.to_on, v.stage_id, v.amount) for v in moved] == [
        (on(1), on(3), 1, 100),
        (on(3), on(5), 2, 100),
        (on(5), None, 2, 250),
    ]


@st.composite
def closings(draw: st.DrawFn) -> tuple[Version, ...]:
    """Draw a history with a move that changes more than the stage, and what was said after it."""
    versions, day = draw(histories()), START + timedelta(days=draw(st.integers(0, 20)))
    closing = {"stage_id": 9, "stage_since": day, "amount": 700, "owner_id": draw(st.sampled_from([None, 7, 8]))}
    after = draw(st.lists(st.tuples(st.integers(0, 20), st.sampled_from([100, 800])), max_size=3))
    for on_day, values in [(day, closing), *((START + timedelta(days=n), {"amount": money}) for n, money in after)]:
        try:
            versions = change(versions, values, on=on_day)
        except RuleError:
            continue
    return tuple(version._replace(id=number) for number, version in enumerate(versions, 1))


@settings(max_examples=500, deadline=None)
@given(closings(), st.data())
def test_a_close_on_another_day_takes_along_what_changed_with_it(
    versions: tuple[Version, ...], data: st.DataObject
) -> None:
    stays = visits(versions)
    if len(stays) < 2:
        return
    at, day = stays[-1].at, data.draw(st.sampled_from(DAYS))
    if (stays[-2].since and day < stays[-2].since) or not versions[at].from_on:
        return
    was = versions[at].from_on
    moved = restaged(versions, at, day, whole=True)
    check_partition(moved, versions[0].from_on)
    assert moved[-1]._replace(id=0, seq=0, from_on=None) == versions[-1]._replace(
        id=0, seq=0, from_on=None, stage_since=day
    )
    for field, columns in FIELDS.items():
        if field == "stage" or all(getattr(versions[at], c) == getattr(versions[at - 1], c) for c in columns):
            continue
        later = any(
            v.from_on and v.from_on <= day and any(getattr(v, c) != getattr(u, c) for c in columns)
            for u, v in pairwise(versions[at:])
        )
        for each in DAYS:
            now, expected = held(moved, each), held(versions, each)
            if not later and day <= each < was:
                expected = versions[at]
            elif not later and was <= each < day:
                expected = versions[at - 1]
            assert [getattr(now, c, None) for c in columns] == [getattr(expected, c, None) for c in columns]


def test_an_earlier_close_takes_its_amount_along_over_what_was_said_meanwhile() -> None:
    versions = change((first(),), {"amount": 150}, on=on(15))
    versions = change(versions, {"stage_id": 2, "stage_since": on(20), "amount": 250}, on=on(20))
    moved = restaged(versions, 2, on(12), whole=True)
    assert [(v.from_on, v.to_on, v.stage_id, v.amount) for v in moved] == [
        (on(1), on(12), 1, 100),
        (on(12), None, 2, 250),
    ]
