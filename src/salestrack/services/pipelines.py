"""Several ways of selling in one book, each with stages of its own."""

from datetime import date

from salestrack.domain.pipelines import DEFAULT_STAGES, StageKind, parse_stages
from salestrack.domain.quoting import quoted
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store


def add_pipeline(store: Store, name: str, stages: str | None) -> Answer:
    """Add a pipeline with open stages as `Lead 10, Offer 50`; Won and Lost come with it. A retired one comes back."""
    chosen: tuple[tuple[str, int, StageKind], ...] = parse_stages(stages) if stages is not None else DEFAULT_STAGES
    with store.operation("added a pipeline") as op:
        store.stages.refresh()
        found = store.pipelines.exactly(name)
        if found and found.removed_on:
            if stages is not None:
                hint = f"salestrack pipeline add {quoted(found.name)} brings it back; then salestrack stage edit"
                raise RuleError(f"{found.name} was retired on {found.removed_on} and has its stages", hint=hint)
            store.pipelines.put(name, op=op.id)
            key = found.id
        elif found:
            raise RuleError(f"there is already a pipeline {found.name}")
        else:
            key = store.stages.add_pipeline(name, chosen, op=op.id)
        mine = [stage for stage in store.stages.all() if stage.pipeline_id == key]
        op.verb = f"added the pipeline {mine[0].pipeline}"
    told = ", ".join(f"{stage.name} {stage.probability} %" if stage.is_open else stage.name for stage in mine)
    back = ("back again",) if found else ()
    return Answer((f"pipeline {mine[0].pipeline}", *back, told), op.id)


def edit_pipeline(store: Store, text: str, *, name: str | None, before: str | None) -> Answer:
    """Rename a pipeline, or put it before another one; the first one is where new deals begin."""
    if name is None and before is None:
        raise UsageError("nothing to change", hint="for example --name Renewals, --before sales")
    with store.operation("edited a pipeline") as op:
        pipeline = store.pipelines.find(text)
        told = [f"pipeline {pipeline.name}"]
        if name is not None:
            tidy = store.pipelines.checked(name, pipeline)
            store.pipelines.rename(pipeline.id, tidy)
            told = [f"pipeline {pipeline.name} -> {tidy}"]
        if before is not None:
            told.append(_place(store, pipeline.id, before))
        op.verb = f"edited the pipeline {pipeline.name}"
    return Answer(tuple(told), op.id)


def _place(store: Store, key: int, before: str) -> str:
    other = store.pipelines.find(before)
    was = [one.id for one in store.pipelines.listed(retired=True)]
    order = [each for each in was if each != key]
    if other.id == key:
        raise RuleError(f"{other.name} cannot stand before itself")
    order.insert(order.index(other.id), key)
    if order == was:
        raise RuleError(f"it stands before {other.name} already")
    store.pipelines.reorder(order)
    first = store.pipelines.listed()[0]
    return f"before {other.name}" + ("; new deals begin here" if first.id == key else "")


def retire_pipeline(store: Store, text: str, *, on: date) -> Answer:
    """Take a pipeline out of use; RuleError for the last one, or while deals in it are open."""
    with store.operation("retired a pipeline") as op:
        pipeline = store.pipelines.find(text)
        if len(store.pipelines.listed()) == 1:
            raise RuleError(f"{pipeline.name} is the only pipeline", hint="salestrack pipeline add makes another one")
        if deals := store.pipelines.open_deals(pipeline.id):
            many = f"{deals:,} open deal{'' if deals == 1 else 's'}"
            hint = f"salestrack deal list --open --pipeline {quoted(pipeline.name)}; close them or move them first"
            raise RuleError(f"{pipeline.name} has {many}", hint=hint)
        # Behind all others: whatever takes the first pipeline must not come upon this one.
        store.pipelines.retire(pipeline.id, on=on, position=store.pipelines.next_position())
        op.verb = f"retired the pipeline {pipeline.name}"
    return Answer((f"retired pipeline {pipeline.name}", "its closed deals stay in reports"), op.id)
