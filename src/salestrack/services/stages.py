"""Bending the pipeline to the seller's own process."""

from datetime import date
from typing import Any, NamedTuple

from salestrack.domain.names import fold
from salestrack.domain.pipelines import Stage
from salestrack.domain.quoting import quoted
from salestrack.domain.refs import compact
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Operation, Store
from salestrack.store.listed import entry_name

LONGEST_REFS = 40


class Change(NamedTuple):
    """What `stage edit` changes; None leaves a thing as it is."""

    name: str | None = None
    probability: int | None = None
    stale_days: int | None = None
    before: str | None = None


def add_stage(
    store: Store,
    name: str,
    *,
    probability: int | None,
    before: str | None,
    pipeline: str | None,
    on: date,
    stale: int | None = None,
) -> Answer:
    """Add an open stage before another one; the probability lies between its neighbours' unless given.

    A stage that was removed comes back with its history, and to its place unless another is given.
    """
    with store.operation("added a stage") as op:
        place = _place(store, before, pipeline)
        new = Change(probability=probability, stale_days=stale, before=before)
        if (gone := store.stages.named(name, place.pipeline_id)) and gone.removed_on:
            return _bring_back(store, gone, new, on=on, op=op)
        chosen = probability if probability is not None else _between(store, place)
        stage = store.stages.add(name, probability=chosen, before=place, on=on, op=op.id)
        if stale:
            stage = store.stages.change(stage, {"stale_days": stale}, on=on, op=op.id)
        op.verb = f"added the stage {stage.name}"
    limit = (f"stale after {stage.stale_days} days",) if stage.stale_days else ()
    told = (f"{stage.probability} %", *limit, f"before {place.name} in {stage.pipeline}")
    return Answer((f"stage {stage.name}", *told), op.id)


def _between(store: Store, place: Stage) -> int:
    """Return the probability halfway between a stage and the open one before it."""
    open_ones = [s for s in store.stages.all() if s.pipeline_id == place.pipeline_id and s.is_open]
    below = [s.probability for s in open_ones if s.position < place.position]
    return ((below[-1] if below else 0) + place.probability) // 2


def _bring_back(store: Store, gone: Stage, new: Change, *, on: date, op: Operation) -> Answer:
    changes = {"removed_on": None} | _changes(store, gone, new._replace(name=None))
    stage = store.stages.change(gone, changes, on=on, op=op.id)
    told = [f"before {_move(store, stage, new.before, on=on, op=op.id)}"] if new.before else []
    op.verb = f"brought back the stage {stage.name}"
    back = f"back again, removed since {gone.removed_on}"
    return Answer((f"stage {stage.name}", f"{stage.probability} %", back, *told, f"in {stage.pipeline}"), op.id)


def remove_stage(store: Store, text: str, *, pipeline: str | None, move_to: str | None, on: date) -> Answer:
    """Remove an open stage; its past stays in reports. Its open deals stay in it, or move to another stage as of a day.

    With move_to it may be removed already. RuleError for Won, Lost and the last open stage.
    """
    with store.operation("removed a stage") as op:
        store.stages.refresh()  # another process may have changed them while this one waited for the book
        stage = _going(store, text, store.stages.pipeline_id(pipeline) if pipeline else None, move_to)
        held = store.stages.open_deals(stage.id)
        if stage.removed_on and not held:
            raise RuleError(f"{stage.name} was removed on {stage.removed_on}, and no open deal is left in it")
        if not stage.removed_on:
            _check_can_go(store, stage)
            store.stages.change(stage, {"removed_on": on.isoformat()}, on=on, op=op.id)
        near = store.stages.standing(store.stages.get(stage.id))
        if move_to is not None:
            near = _move_deals(store, stage, held, move_to, on=on, op=op)
        op.verb = f"removed the stage {stage.name}"
    many = f"{len(held):,} open deal{'' if len(held) == 1 else 's'}"
    removed = f"removed stage {stage.name} of {stage.pipeline}"
    if held and move_to is not None:
        return Answer((removed, f"{many} moved to {near.name}"), op.id)
    return Answer(
        (removed, "its past stays in reports"), op.id, (_still_there(stage, near, held, many),) if held else ()
    )


def _going(store: Store, text: str, pipeline_id: int | None, move_to: str | None) -> Stage:
    """Return the stage that is to be removed; one that is removed already where its deals are to move."""
    for stage in store.stages.all(removed=True) if move_to is not None else ():
        if stage.removed_on and fold(stage.name) == fold(text) and pipeline_id in {None, stage.pipeline_id}:
            return stage
    return store.stages.resolve(text, pipeline_id=pipeline_id)


def _move_deals(store: Store, stage: Stage, held: list[int], to: str, *, on: date, op: Operation) -> Stage:
    target = store.stages.resolve(to, pipeline_id=stage.pipeline_id)
    if not target.is_open:
        raise RuleError(f"open deals cannot move to {target.name}", hint="--move-to an open stage")
    for key in held:
        before = store.deals.get(key)
        op.touch(store.deals.save(before, before.move_to(target, on=on), on=on, op=op.id).ref)
    return target


def _check_can_go(store: Store, stage: Stage) -> None:
    if not stage.is_open:
        raise RuleError(
            f"{stage.name} cannot go: deals end there", hint="it can be renamed: salestrack stage edit --name"
        )
    others = [s for s in store.stages.all() if s.pipeline_id == stage.pipeline_id and s.is_open and s.id != stage.id]
    if not others:
        hint = f"salestrack stage edit {quoted(stage.name)} --name renames it"
        raise RuleError(f"{stage.name} is the last open stage of {stage.pipeline}", hint=hint)


def _still_there(stage: Stage, near: Stage, held: list[int], many: str) -> str:
    """Return what to type for the open deals that a removed stage keeps."""
    refs, to = compact(held), quoted(near.name) if " " in near.name else near.name
    command = f"deal edit d{refs} --stage {to}"
    if len(refs) > LONGEST_REFS:
        command = f"stage rm {quoted(stage.name)} --move-to {to}"
    return f"{many} stay{'s' if len(held) == 1 else ''} in {stage.name}; to move them: salestrack {command}"


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
        op.verb = f"changed the stage {stage.name}{f', now before {place}' if place else ''}"
    told = [f"{name.replace('_', ' ')} {_shown(getattr(stage, name))} -> {value}" for name, value in changes.items()]
    told += [f"before {place}"] if place else []
    return Answer((f"stage {stage.name}", *told), op.id)


def _changes(store: Store, stage: Stage, change: Change) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if change.name is not None:
        changes["name"] = _free_name(store, stage, change.name)
    if change.probability is not None:
        if not stage.is_open:
            raise RuleError(f"the probability of {stage.name} is {stage.probability} % by its nature")
        changes["probability"] = change.probability
    if change.stale_days is not None:
        changes["stale_days"] = change.stale_days or None
    return {name: value for name, value in changes.items() if getattr(stage, name) != value}


def _shown(value: object) -> object:
    return "none" if value is None else value


def _free_name(store: Store, stage: Stage, name: str) -> str:
    tidy = entry_name(name, "stage")
    other = store.stages.named(tidy, stage.pipeline_id)
    if other and other.id != stage.id:
        hint = f"removed on {other.removed_on}; salestrack stage add brings it back" if other.removed_on else None
        raise RuleError(f"there is already a stage {tidy} in {stage.pipeline}", hint=hint)
    return tidy


def _move(store: Store, stage: Stage, before: str, *, on: date, op: int) -> str:
    place = store.stages.resolve(before, pipeline_id=stage.pipeline_id)
    order = [s for s in store.stages.all(removed=True) if s.pipeline_id == stage.pipeline_id and s.id != stage.id]
    if place.id == stage.id or not stage.is_open or place.kind == "lost":
        won = store.stages.closing(stage.pipeline_id, "won").name
        raise RuleError(f"{stage.name} cannot stand before {place.name}", hint=f"open stages stand before {won}")
    order.insert([s.id for s in order].index(place.id), stage)
    for position, each in enumerate(order):
        if each.position != position:
            store.stages.change(each, {"position": position}, on=on, op=op)
    return place.name
