"""An undone change of a deal is as if it had never been made: on every day, in every field, whatever came later."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from salestrack.domain.deals import Deal
from salestrack.domain.history import COLUMNS
from salestrack.domain.money import Money
from salestrack.errors import RuleError
from salestrack.services.setup import Answers, new_book
from salestrack.services.undo import redo, undo
from salestrack.store import Actor, Store, open_store

START = date(2026, 3, 1)
DAYS = [START + timedelta(days=number) for number in range(12)]


class Step(NamedTuple):
    """One change of a deal: columns of Deal, as of a day or, as a correction, from the start."""

    changes: dict[str, Any]
    on: date
    correct: bool = False


def amount(minor: int) -> dict[str, Any]:
    return {"amount": Money(minor, "USD")}


changes = st.one_of(
    st.sampled_from([100, 200, 300]).map(amount),
    st.sampled_from([{"probability": 10}, {"probability": 20}, {"expected_on": DAYS[3]}, {"expected_on": DAYS[4]}]),
    st.sampled_from([2, 3, 4]).map(lambda stage: {"stage": stage}),
)
steps = st.builds(
    lambda change, on, correct: Step(change, on, correct and "stage" not in change),
    changes,
    st.sampled_from(DAYS),
    st.booleans(),
)


def opened(store: Store) -> Deal:
    with store.operation("opened") as op:
        deal = Deal(
            title="A",
            stage=store.stages.get(1),
            stage_since=START,
            amount=Money(1, "USD"),
            currency="USD",
            created_on=START,
        )
        return store.deals.add(deal, on=START, op=op.id)


def done(store: Store, key: int, step: Step) -> int | None:
    """Carry out a step and return its operation, None when it is refused or changes nothing."""
    try:
        with store.operation("changed") as op:
            before = store.deals.get(key)
            wanted = dict(step.changes)
            if "stage" in wanted:
                wanted |= {"stage": store.stages.get(wanted["stage"]), "stage_since": step.on}
            after = before._replace(**wanted)
            if after._replace(stage_since=before.stage_since) == before:
                raise RuleError("nothing to change")
            if step.correct:
                store.deals.correct(after, step.changes, op=op.id)
            else:
                store.deals.save(before, after, on=step.on, op=op.id)
    except RuleError:
        return None
    return op.id


def days_of(store: Store, key: int) -> list[dict[str, Any]]:
    """Return every column's value on every day, and now."""
    versions = store.deals.versions(key)
    told = [{c: getattr(v, c) for c in COLUMNS} for day in DAYS for v in versions if v.holds(day)]
    deal = store.engine.query(f"SELECT {', '.join(COLUMNS)} FROM deals WHERE id = ?", (key,))[0]
    assert deal == {c: str(v) if isinstance(v, date) else v for c, v in told[-1].items()}, "the row is its last version"
    return told


@pytest.fixture(scope="module")
def ledger() -> Any:
    """Open one book for all examples: each has deals of its own."""
    with tempfile.TemporaryDirectory() as folder:
        actor = Actor("tester", terminal=False, now=lambda: datetime(2026, 3, 18))
        new_book(Path(folder) / "sales.db", Answers(currency="USD"), actor)
        store = open_store(f"{folder}/sales.db", actor)
        store.engine.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
        yield store
        store.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=2, max_size=6), st.data())
def test_what_is_undone_was_never_done(ledger: Store, walk: list[Step], data: st.DataObject) -> None:
    with_it = opened(ledger).id
    made = [(step, op) for step in walk if (op := done(ledger, with_it, step))]
    assume(len(made) > 1)
    place = data.draw(st.integers(0, len(made) - 1))
    undone, op = made[place]
    without_it = opened(ledger).id
    again = [done(ledger, without_it, step) for at, (step, _) in enumerate(made) if at != place]
    before = days_of(ledger, with_it)
    try:
        undo(ledger, f"o{op}")
    except RuleError:
        later = [step for step, _ in made[place + 1 :]]
        assert any(set(step.changes) & set(undone.changes) for step in later), (
            "only the same field may stand in the way"
        )
        assert days_of(ledger, with_it) == before
        return
    if all(again):
        assert days_of(ledger, with_it) == days_of(ledger, without_it)
    redo(ledger, f"o{op}")
    assert days_of(ledger, with_it) == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_undone_in_any_order_nothing_is_left(ledger: Store, walk: list[Step], random: Any) -> None:
    key = opened(ledger).id
    empty = days_of(ledger, key)
    left = [op for step in walk if (op := done(ledger, key, step))]
    for _ in count():
        if not left:
            break
        going = list(left)
        random.shuffle(going)
        for op in going:
            if attempt(undo, ledger, op):
                left.remove(op)
        assert len(left) < len(going), "something can always be undone, the latest at least"
    assert days_of(ledger, key) == empty


def attempt(act: Callable[..., Any], store: Store, op: int) -> bool:
    try:
        act(store, f"o{op}")
    except RuleError:
        return False
    return True
