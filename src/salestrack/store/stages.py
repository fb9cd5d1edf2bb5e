"""Pipelines, their stages, and the reasons for which deals are lost."""

from collections.abc import Sequence
from datetime import date

from salestrack.domain.names import clean, fold, pick, similar
from salestrack.domain.pipelines import Stage, StageKind
from salestrack.errors import NotFoundError, RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import iso

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
        wanted = self.pipeline_id(pipeline) if pipeline else None
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

    def pipeline_id(self, text: str | None) -> int:
        """Return the id of the pipeline that text names, the first pipeline without one."""
        rows = self._engine.query("SELECT id, name FROM pipelines ORDER BY position, id")
        if text is None:
            return int(rows[0]["id"])
        return int(pick(text, [(row["name"], row["id"]) for row in rows], "pipeline"))

    def resolve(self, text: str, *, pipeline_id: int | None = None) -> Stage:
        """Return the stage that text names, within a pipeline when one is given; the known ones stand in the error."""
        stages = [s for s in self.all() if pipeline_id is None or s.pipeline_id == pipeline_id]
        near = similar(text, [stage.name for stage in stages])
        return pick(text, [(s.name, s) for s in stages], "stage", hint=f"did you mean {near[0]}?" if near else None)

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
        position = self._engine.value("SELECT count(*) FROM pipelines")
        pipeline = self._engine.insert("pipelines", {"name": clean(name), "position": position, "created_op": op})
        for place, (stage, probability, kind) in enumerate(stages):
            self._insert(pipeline, stage, place, kind=kind, probability=probability, on=None, op=op)
        self.refresh()
        return pipeline

    def add(self, name: str, *, probability: int, before: Stage, on: date, op: int) -> Stage:
        """Put a new open stage before another one; RuleError when the pipeline has one of that name."""
        tidy = clean(name, "stage's name")
        siblings = [s for s in self.all(removed=True) if s.pipeline_id == before.pipeline_id]
        if any(fold(s.name) == fold(tidy) for s in siblings):
            raise RuleError(f"there is already a stage {tidy} in {before.pipeline}")
        for stage in siblings:
            if stage.position >= before.position:
                self.change(stage, {"position": stage.position + 1}, on=on, op=op)
        key = self._insert(
            before.pipeline_id, tidy, before.position, kind="open", probability=probability, on=on, op=op
        )
        self.refresh()
        return self.get(key)

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

    def _insert(
        self, pipeline: int, name: str, position: int, *, kind: StageKind, probability: int, on: date | None, op: int
    ) -> int:
        shared: Row = {"name": name, "position": position, "probability": probability, "created_op": op}
        key = self._engine.insert("stages", {"pipeline_id": pipeline, "kind": kind, **shared})
        self._engine.insert("stage_history", {"stage_id": key, "from_on": iso(on), **shared})
        return key

    def reasons(self) -> list[tuple[str, int]]:
        """Return the names and ids of the reasons for losing a deal."""
        rows = self._engine.query("SELECT name, id FROM lost_reasons ORDER BY id")
        return [(row["name"], row["id"]) for row in rows]

    def reason(self, text: str) -> int:
        """Return the id of the reason that text names; NotFoundError naming the known ones."""
        known = self.reasons()
        near = similar(text, [name for name, _ in known])
        hint = f"did you mean {near[0]}?" if near else "salestrack lost --new-reason adds one"
        return pick(text, known, "reason", hint=hint)

    def add_reason(self, name: str, *, op: int) -> int:
        """Add a reason for losing deals, and return its id; an existing one is returned as it is."""
        tidy = clean(name, "reason")
        found = [key for known, key in self.reasons() if fold(known) == fold(tidy)]
        return found[0] if found else self._engine.insert("lost_reasons", {"name": tidy, "created_op": op})
