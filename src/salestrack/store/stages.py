"""The stages of pipelines, and what they were called and worth in the past."""

from collections.abc import Collection, Sequence
from datetime import date

from salestrack.domain.names import climb, fold, pick, similar
from salestrack.domain.pipelines import Stage, StageKind
from salestrack.domain.quoting import quoted
from salestrack.errors import AmbiguousError, NotFoundError, RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import iso
from salestrack.store.listed import entry_name
from salestrack.store.pipelines import Pipelines

_SELECT = (
    "SELECT s.id, s.pipeline_id, p.name AS pipeline, s.name, s.position, s.kind, s.probability, s.stale_days, "
    "s.removed_on FROM stages s JOIN pipelines p ON p.id = s.pipeline_id "
)


class Stages:
    """The stages of every pipeline, read once: they are few."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._all: list[Stage] = []

    def all(self, pipeline: str | None = None, *, removed: bool = False) -> list[Stage]:
        """Return the stages in order, of one pipeline or of all; removed ones only when asked for."""
        if not self._all:
            rows = self._engine.query(_SELECT + "ORDER BY p.position, s.position, s.id")
            self._all = [Stage(**row) for row in rows]
        wanted = self.pipeline_id(pipeline, retired=True) if pipeline else None
        return [
            stage
            for stage in self._all
            if (removed or not stage.removed_on) and (wanted is None or stage.pipeline_id == wanted)
        ]

    def get(self, key: int) -> Stage:
        """Return the stage with an id, removed or not; NotFoundError when there is none."""
        for _ in range(2):
            for stage in self.all(removed=True):
                if stage.id == key:
                    return stage
            self.refresh()  # another process may have added it since
        raise NotFoundError(f"there is no stage with id {key}", hint="salestrack stage list shows the stages")

    def refresh(self) -> None:
        """Read the stages again when they are next asked for."""
        self._all = []

    def pipeline_id(self, text: str | None, *, retired: bool = False) -> int:
        """Return the id of the pipeline that text names, the first pipeline without one."""
        pipelines = Pipelines(self._engine)
        return pipelines.listed()[0].id if text is None else pipelines.find(text, retired=retired).id

    def resolve(self, text: str, *, pipeline_id: int | None = None) -> Stage:
        """Return the stage that text names, within a pipeline when one is given; the known ones stand in the error."""
        stages = self._standing(pipeline_id)
        found = climb(text, [(s.name, s) for s in stages])
        if len({s.name for s in found}) == 1 and len(found) > 1:
            names = " and ".join(s.pipeline for s in found)
            raise AmbiguousError(
                f"there is a stage {found[0].name} in {names}",
                hint=f"say which: --pipeline {quoted(found[0].pipeline)}",
            )
        hint = None if found else self._known_as(text, pipeline_id)
        return pick(text, [(s.name, s) for s in stages], "stage", hint=hint)

    def meant(self, text: str, pipelines: Collection[int] = ()) -> list[int]:
        """Return the ids of the stages that a filter means: those of one name in every pipeline, removed ones too."""
        stages = [s for s in self.all(removed=True) if not pipelines or s.pipeline_id in pipelines]
        found = climb(text, [(s.name, s) for s in stages])
        if len({fold(s.name) for s in found}) == 1:
            return [s.id for s in found]
        return [pick(text, [(s.name, s) for s in stages], "stage", hint=self._known_as(text, None)).id]

    def named(self, name: str, pipeline_id: int) -> Stage | None:
        """Return the stage of just this name in a pipeline, whatever its case, removed or not."""
        siblings = (s for s in self.all(removed=True) if s.pipeline_id == pipeline_id)
        return next((s for s in siblings if fold(s.name) == fold(name)), None)

    def standing(self, stage: Stage) -> Stage:
        """Return the stage itself or, where it was removed, the open one in its place: the one before, else the next."""
        if not stage.removed_on:
            return stage
        open_ones = [s for s in self.all() if s.pipeline_id == stage.pipeline_id and s.is_open]
        before = [s for s in open_ones if s.position < stage.position]
        return before[-1] if before else open_ones[0]

    def _standing(self, pipeline_id: int | None) -> list[Stage]:
        """Return the stages in use of one pipeline, or of every pipeline in use."""
        if pipeline_id is not None:
            return [s for s in self.all() if s.pipeline_id == pipeline_id]
        live = {one.id for one in Pipelines(self._engine).listed()}
        return [s for s in self.all() if s.pipeline_id in live]

    def _known_as(self, text: str, pipeline_id: int | None) -> str | None:
        """Return what may have been meant by a name that no stage has: one that was removed or renamed, or is alike."""
        gone = [s for s in self.all(removed=True) if s.removed_on and pipeline_id in {None, s.pipeline_id}]
        for stage in gone:
            if fold(stage.name) == fold(text):
                return f"{stage.name} was removed on {stage.removed_on}; salestrack stage add brings it back"
        for row in self._engine.query("SELECT stage_id, name, to_on FROM stage_history WHERE to_on IS NOT NULL"):
            stage = self.get(row["stage_id"])
            if fold(row["name"]) == fold(text) != fold(stage.name) and pipeline_id in {None, stage.pipeline_id}:
                return f"{row['name']} was renamed on {row['to_on']}: {stage.name}"
        near = similar(text, [stage.name for stage in self._standing(pipeline_id)])
        return f"did you mean {near[0]}?" if near else None

    def first(self, pipeline_id: int) -> Stage:
        """Return the stage in which deals of a pipeline begin; RuleError when it has no open stage."""
        return self._of_kind(pipeline_id, "open")

    def closing(self, pipeline_id: int, kind: StageKind) -> Stage:
        """Return the stage in which deals of a pipeline are won or lost."""
        return self._of_kind(pipeline_id, kind)

    def _of_kind(self, pipeline_id: int, kind: StageKind) -> Stage:
        for stage in self.all():
            if stage.pipeline_id == pipeline_id and stage.kind == kind:
                return stage
        raise RuleError(f"the pipeline has no {kind} stage", hint="salestrack stage add makes one")

    def add_pipeline(self, name: str, stages: Sequence[tuple[str, int, StageKind]], *, op: int) -> int:
        """Make a pipeline with its stages in order and return its id."""
        position = Pipelines(self._engine).next_position()
        row: Row = {"name": entry_name(name, "pipeline"), "position": position, "created_op": op}
        pipeline = self._engine.insert("pipelines", row)
        for place, (stage, probability, kind) in enumerate(stages):
            self._insert(pipeline, stage, place, kind=kind, probability=probability, on=None, op=op)
        self.refresh()
        return pipeline

    def add(self, name: str, *, probability: int, before: Stage, on: date, op: int, key: int | None = None) -> Stage:
        """Put a new open stage before another one; RuleError when the pipeline has one of that name, removed or not.

        `key` is the id that it gets, where others refer to it by that already.
        """
        tidy = entry_name(name, "stage")
        siblings = [s for s in self.all(removed=True) if s.pipeline_id == before.pipeline_id]
        if self.named(tidy, before.pipeline_id):
            raise RuleError(f"there is already a stage {tidy} in {before.pipeline}")
        for stage in siblings:
            if stage.position >= before.position:
                self.change(stage, {"position": stage.position + 1}, on=on, op=op)
        made = self._insert(
            before.pipeline_id, tidy, before.position, kind="open", probability=probability, on=on, op=op, key=key
        )
        self.refresh()
        return self.get(made)

    def change(self, stage: Stage, changes: Row, *, on: date, op: int) -> Stage:
        """Change a stage as of a day; what it was before stays in its history."""
        engine = self._engine
        engine.update("stages", stage.id, changes)
        if {"name", "position", "probability"} & set(changes):
            current = engine.query(
                "SELECT id, from_on FROM stage_history WHERE stage_id = ? AND to_on IS NULL", (stage.id,)
            )
            now = {"name": stage.name, "position": stage.position, "probability": stage.probability} | {
                column: value for column, value in changes.items() if column in {"name", "position", "probability"}
            }
            for row in current:
                if row["from_on"] and row["from_on"] >= on.isoformat():
                    engine.update("stage_history", row["id"], now)
                else:
                    engine.update("stage_history", row["id"], {"to_on": iso(on)})
                    engine.insert("stage_history", {"stage_id": stage.id, "from_on": iso(on), **now, "created_op": op})
        self.refresh()
        return self.get(stage.id)

    def open_deals(self, key: int) -> list[int]:
        """Return the ids of the open deals in a stage."""
        rows = self._engine.query("SELECT id FROM deals WHERE status = 'open' AND stage_id = ? ORDER BY id", (key,))
        return [row["id"] for row in rows]

    def _insert(
        self,
        pipeline: int,
        name: str,
        position: int,
        *,
        kind: StageKind,
        probability: int,
        on: date | None,
        op: int,
        key: int | None = None,
    ) -> int:
        shared: Row = {"name": name, "position": position, "probability": probability, "created_op": op}
        wanted = {} if key is None else {"id": key}
        made = self._engine.insert("stages", {**wanted, "pipeline_id": pipeline, "kind": kind, **shared})
        self._engine.insert("stage_history", {"stage_id": made, "from_on": iso(on), **shared})
        return made
