"""Bending the pipeline to the seller's own process."""

from datetime import date
from typing import Any, NamedTuple

from salestrack.domain.names import clean, fold
from salestrack.domain.pipelines import Stage
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store


class Change(NamedTuple):
    """What `stage edit` changes; None leaves a thing as it is."""

    name: str | None = None
    probability: int | None = None
    stale_days: int | None = None
    before: str | None = None


def add_stage(
    store: Store, name: str, *, probability: int | None, before: str | None, pipeline: str | None, on: date
) -> Answer:
    """Add an open stage before another one; the probability lies between its neighbours' unless given."""
    with store.operation("added a stage") as op:
        place = _place(store, before, pipeline)
        open_ones = [s for s in store.stages.all(place.pipeline) if s.position < place.position and s.is_open]
        below = open_ones[-1].probability if open_ones else 0
        chosen = probability if probability is not None else (below + place.probability) // 2
        stage = store.stages.add(name, probability=chosen, before=place, on=on, op=op.id)
    return Answer((f"stage {stage.name}", f"{stage.probability} %", f"before {place.name} in {stage.pipeline}"), op.id)


def _place(store: Store, before: str | None, pipeline: str | None) -> Stage:
    """Return the stage that a new one stands before: the one named, else (or where that is Lost) Won."""
    store.stages.refresh()  # another process may have moved them while this one waited for the book
    pipeline_id = store.stages.pipeline_id(pipeline)
    named = store.stages.resolve(before, pipeline_id=pipeline_id) if before else None
    return store.stages.closing(pipeline_id, "won") if named is None or named.kind == "lost" else named


def edit_stage(store: Store, text: str, change: Change, *, pipeline: str | None, on: date) -> Answer:
    """Change a stage as of a day; RuleError for a name that is taken, UsageError when nothing would change."""
    with store.operation("changed a stage") as op:
        store.stages.refresh()  # another process may have changed them while this one waited for the book
        stage = store.stages.resolve(text, pipeline_id=store.stages.pipeline_id(pipeline) if pipeline else None)
        changes = _changes(store, stage, change)
        if not changes and not change.before:
            raise UsageError("nothing to change", hint="for example --probability 40, --name Demo, --stale 21")
        after = store.stages.change(stage, changes, on=on, op=op.id) if changes else stage
        place = _move(store, after, change.before, on=on, op=op.id) if change.before else None
    told = [f"{name.replace('_', ' ')} {_shown(getattr(stage, name))} -> {value}" for name, value in changes.items()]
    told += [f"before {place}"] if place else []
    return Answer((f"stage {stage.name}", *told), op.id)


def _changes(store: Store, stage: Stage, change: Change) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if change.name:
        changes["name"] = _free_name(store, stage, change.name)
    if change.probability is not None:
        if not stage.is_open:
            raise RuleError(f"the probability of {stage.name} is {stage.probability} % by its nature")
        changes["probability"] = change.probability
    if change.stale_days is not None:
        changes["stale_days"] = change.stale_days
    return {name: value for name, value in changes.items() if getattr(stage, name) != value}


def _shown(value: object) -> object:
    return "none" if value is None else value


def _free_name(store: Store, stage: Stage, name: str) -> str:
    tidy = clean(name, "stage's name")
    siblings = [s for s in store.stages.all(removed=True) if s.pipeline_id == stage.pipeline_id and s.id != stage.id]
    if any(fold(s.name) == fold(tidy) for s in siblings):
        raise RuleError(f"there is already a stage {tidy} in {stage.pipeline}")
    return tidy


def _move(store: Store, stage: Stage, before: str, *, on: date, op: int) -> str:
    place = store.stages.resolve(before, pipeline_id=stage.pipeline_id)
    order = [s for s in store.stages.all(removed=True) if s.pipeline_id == stage.pipeline_id and s.id != stage.id]
    if place.id == stage.id or not stage.is_open or place.kind == "lost":
        raise RuleError(f"{stage.name} cannot stand before {place.name}", hint="open stages stand before Won")
    order.insert([s.id for s in order].index(place.id), stage)
    for position, each in enumerate(order):
        if each.position != position:
            store.stages.change(each, {"position": position}, on=on, op=op)
    return place.name
