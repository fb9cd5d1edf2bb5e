"""Stages: their order, their names over time, and two people who change them at once."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salestrack.errors import AmbiguousError, NotFoundError, RuleError
from salestrack.services.stages import Change, add_stage, edit_stage
from salestrack.store import Actor, Store, open_store

Run = Callable[..., Any]
TODAY, LATER = date(2026, 3, 18), date(2026, 3, 25)


def names(store: Store) -> list[str]:
    store.stages.refresh()
    return [stage.name for stage in store.stages.all()]


def add(store: Store, name: str, *, before: str | None = None, probability: int | None = None) -> None:
    add_stage(store, name, probability=probability, before=before, pipeline=None, on=TODAY)


def history(store: Store, name: str) -> list[tuple[Any, ...]]:
    rows = store.engine.query(
        "SELECT from_on, to_on, name, position, probability FROM stage_history WHERE stage_id = "
        "(SELECT id FROM stages WHERE name = ?) ORDER BY id",
        (name,),
    )
    return [tuple(row.values()) for row in rows]


def test_a_new_book_has_the_stages_of_a_sale_in_order(store: Store) -> None:
    told = [(stage.name, stage.probability, stage.kind, stage.position) for stage in store.stages.all()]
    assert told == [
        ("Lead", 10, "open", 0), ("Qualified", 25, "open", 1), ("Proposal", 50, "open", 2),
        ("Negotiation", 75, "open", 3), ("Won", 100, "won", 4), ("Lost", 0, "lost", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"), [("lead", "Lead"), ("pro", "Proposal"), ("NEGO", "Negotiation"), ("won", "Won")]
)
def test_a_stage_is_found_by_the_beginning_of_its_name(store: Store, text: str, name: str) -> None:
    assert store.stages.resolve(text).name == name


def test_an_unknown_stage_names_the_known_ones_and_the_likeliest(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no stage is called 'Propsal'; known: Lead, Qualified") as caught:
        store.stages.resolve("Propsal")
    assert caught.value.hint == "did you mean Proposal?"


def test_names_with_spaces_with_to_and_beyond_ascii_work(run: Run, store: Store) -> None:
    for name in ("to", "Lead to Close", "Prüfung läuft", "見積"):
        run(["stage", "add", name], ok=True)
    run("customer add Acme", ok=True)
    run("deal add 100 Acme Site", ok=True)
    for name in ("to", "lead to", "PRÜFUNG", "見積"):
        run(["move", "d1", name], ok=True)
    assert store.deals.get(1).stage.name == "見積"


def test_a_new_stage_stands_before_won_or_the_one_named_and_lies_between_its_neighbours(store: Store) -> None:
    add(store, "Trial", before="Proposal")
    add(store, "Signing")
    add(store, "Inbox", before="Lead")
    add(store, "Last", before="Lost", probability=99)
    assert names(store) == [
        "Inbox", "Lead", "Qualified", "Trial", "Proposal", "Negotiation", "Signing", "Last", "Won", "Lost",
    ]  # fmt: skip
    chances = {stage.name: stage.probability for stage in store.stages.all()}
    assert (chances["Trial"], chances["Signing"], chances["Inbox"], chances["Last"]) == (37, 87, 5, 99)
    assert [stage.position for stage in store.stages.all()] == list(range(10))


@pytest.mark.parametrize("name", ["lead", "LEAD", " Lead ", "won"])
def test_two_stages_of_one_name_are_refused(store: Store, name: str) -> None:
    with pytest.raises(RuleError, match="there is already a stage"):
        add(store, name)
    with pytest.raises(RuleError, match="there is already a stage"):
        edit_stage(store, "Proposal", Change(name=name), pipeline=None, on=TODAY)
    edit_stage(store, "Proposal", Change(name="PROPOSAL"), pipeline=None, on=TODAY)
    assert "PROPOSAL" in names(store)


def test_what_a_stage_was_called_stays_in_its_history(store: Store) -> None:
    edit_stage(store, "Proposal", Change(name="Offer"), pipeline=None, on=TODAY)
    edit_stage(store, "Offer", Change(probability=60), pipeline=None, on=TODAY)
    edit_stage(store, "Offer", Change(name="Quote"), pipeline=None, on=LATER)
    assert history(store, "Quote") == [
        (None, "2026-03-18", "Proposal", 2, 50),
        ("2026-03-18", "2026-03-25", "Offer", 2, 60),
        ("2026-03-25", None, "Quote", 2, 60),
    ]


def test_a_change_dated_before_the_last_one_does_not_turn_time_round(store: Store) -> None:
    edit_stage(store, "Proposal", Change(name="Offer"), pipeline=None, on=LATER)
    edit_stage(store, "Offer", Change(probability=60), pipeline=None, on=TODAY)
    assert history(store, "Offer") == [(None, "2026-03-25", "Proposal", 2, 50), ("2026-03-25", None, "Offer", 2, 60)]


def test_moving_a_stage_moves_the_others_along(store: Store) -> None:
    edit_stage(store, "Negotiation", Change(before="Qualified"), pipeline=None, on=TODAY)
    assert names(store) == ["Lead", "Negotiation", "Qualified", "Proposal", "Won", "Lost"]
    for before in ("Lost", "Negotiation"):
        with pytest.raises(RuleError, match="cannot stand before"):
            edit_stage(store, "Negotiation", Change(before=before), pipeline=None, on=TODAY)
    with pytest.raises(RuleError, match="by its nature"):
        edit_stage(store, "Won", Change(probability=90), pipeline=None, on=TODAY)


def test_reasons_are_found_by_their_beginning_and_added_once(store: Store) -> None:
    assert store.reasons.find("PRI") == store.reasons.find("price")
    with pytest.raises(AmbiguousError, match="no budget, no need, no answer"):
        store.reasons.find("no")
    with pytest.raises(NotFoundError) as caught:
        store.reasons.find("pirce")
    assert caught.value.hint == "did you mean price?"
    with store.operation("added") as op:
        reason = store.reasons.ensure("Moved  away", op=op.id)
        assert store.reasons.ensure("moved away", op=op.id) == reason


def test_a_stage_that_another_process_added_is_known_when_a_deal_turns_up_in_it(
    book: Path, actor: Actor, store: Store, run: Run
) -> None:
    store.stages.all()
    other = open_store(str(book), actor)
    add(other, "Trial")
    other.close()
    run("customer add Acme", ok=True)
    run("deal add 100 Acme Site --stage Trial", ok=True)
    assert store.deals.get(1).stage.name == "Trial"
    with pytest.raises(NotFoundError):
        store.stages.get(99)


def test_two_people_who_add_stages_at_once_get_two_places(book: Path, actor: Actor, store: Store) -> None:
    other = open_store(str(book), actor)
    assert names(store) == names(other)
    add(other, "Trial")
    add(store, "Pilot")
    with pytest.raises(RuleError, match="there is already a stage Pilot"):
        add(other, "Pilot")
    edit_stage(other, "Pilot", Change(before="Trial"), pipeline=None, on=TODAY)
    other.close()
    assert names(store) == ["Lead", "Qualified", "Proposal", "Negotiation", "Pilot", "Trial", "Won", "Lost"]
    assert [stage.position for stage in store.stages.all()] == list(range(8))
