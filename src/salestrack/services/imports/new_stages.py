"""Stages that a file brings along: how likely deals in them are to be won, and where they stand among the others."""

from collections.abc import Sequence

from salestrack.domain.imports import Created
from salestrack.domain.names import fold
from salestrack.domain.pipelines import Stage
from salestrack.services.imports.reading import Reading
from salestrack.store import Operation
from salestrack.store.engine import Row
from salestrack.store.imports import Imports


def create_stages(reading: Reading, names: Sequence[Row], imports: Imports, op: Operation) -> Created:
    """Add open stages, each before the first one that is likelier, and return what they are.

    A stage is as likely as most of its deals in the file say, else as the profile says. Of the others nobody knows:
    they come last, with the lowest chance of their pipeline.
    """
    stages, made = reading.store.stages, []
    chances = _chances(reading, names)
    for row in sorted(names, key=lambda each: chances.get(each["no"], 101)):
        siblings = [s for s in stages.all() if s.pipeline_id == row["parent"] and s.is_open]
        chance = chances.get(row["no"])
        before = _likelier(siblings, chance) or stages.closing(row["parent"], "won")
        lowest = min((stage.probability for stage in siblings), default=0)
        key = imports.real("stage_id", -row["no"])  # not all of them follow on each other: unused ones are dropped
        today, probability = reading.request.today, lowest if chance is None else chance
        made.append(stages.add(row["name"], probability=probability, before=before, on=today, op=op.id, key=key))
    stages.refresh()  # a rehearsal takes them back
    guessed = tuple(row["name"] for row in names if row["no"] not in chances)
    return Created("stages", len(made), tuple(s.name for s in made), tuple(s.probability for s in made), guessed)


def _likelier(siblings: Sequence[Stage], chance: int | None) -> Stage | None:
    return None if chance is None else next((stage for stage in siblings if stage.probability > chance), None)


def _chances(reading: Reading, names: Sequence[Row]) -> dict[int, int]:
    """Return the chances that are known, by the number of the new name."""
    said = reading.profile.stages if reading.profile else {}
    usual = {fold(name): chance for name, chance in said.items()}
    found = {row["no"]: usual[fold(row["name"])] for row in names if fold(row["name"]) in usual}
    if "probability" in reading.staging.columns:
        found |= {-stage: chance for stage, chance in reading.staged.chances_of_stages().items()}
    return found
