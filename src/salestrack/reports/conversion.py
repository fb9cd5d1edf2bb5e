"""Conversion: how many of the deals that entered a stage went on from it, and how long they stayed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from salestrack.domain.facts import Flow, StageRow, Visit
from salestrack.domain.measures import Rate, Spread
from salestrack.domain.periods import Period
from salestrack.reports.frames import Head
from salestrack.reports.statistics import histogram, share, spread
from salestrack.reports.wording import counted

Cohort = Literal["created", "entered", "closed"]
Outcome = Literal["advanced", "back", "lost", "open"]
_COHORTS: dict[Cohort, str] = {
    "created": "of the deals created in the period",
    "entered": "of the deals that first entered the stage in the period; the totals are those of the first stage",
    "closed": "of the deals closed in the period",
}
_UNDATED: dict[Cohort, tuple[str, str]] = {
    "created": (
        "deal has no day of creation and is in no period",
        "deals have no day of creation and are in no period",
    ),
    "entered": (
        "deal has no day of creation and may have entered unnoticed",
        "deals have no day of creation and may have entered unnoticed",
    ),
    "closed": (
        "closed deal has no close date and is in no period",
        "closed deals have no close date and are in no period",
    ),
}
_AGAIN = (
    "deal changed its pipeline and stands in the rows of each; the totals count it once",
    "changes of pipeline put a deal into the rows of each; the totals count it once",
)
_DEFINITION = (
    "entered = advanced + back + lost + open, counting each deal once; advanced = ever in a later stage, or won now, "
    "with skipped stages filled in; rate = advanced / entered; resolved = advanced / (advanced + lost); "
    "overall = won / entered, counted and not multiplied; "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionFacts:
    """How far deals came, how long their visits took (None when that was not asked), and the stages.

    `undated` deals are in no cohort, because nobody knows the day that would put them there.
    """

    flow: Sequence[Flow]
    visits: Sequence[Visit] | None
    stages: Sequence[StageRow]
    undated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionRow:
    """What became of the deals that entered one stage.

    `days` is how long visits took that have ended, `waiting` the age of those that go on.
    """

    pipeline: str
    stage: str
    entered: int
    advanced: int
    back: int
    lost: int
    open: int
    rate: Rate
    resolved_rate: Rate
    days: Spread | None
    waiting: Spread | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The report: a row a stage, and how many of the deals that entered at all were won."""

    head: Head
    rows: tuple[ConversionRow, ...]
    entered: int
    won: int
    overall: Rate


def conversion(facts: ConversionFacts, period: Period, *, today: date, cohort: Cohort = "created") -> Conversion:
    """Return the flow through the stages, as METRICS defines stage flow and time in stage."""
    pipelines = {flow.pipeline_id for flow in facts.flow}
    stages = [stage for stage in facts.stages if stage.kind == "open" and stage.pipeline_id in pipelines]
    found = ((stage, _row(stage, facts, _first_place(facts.stages, stage.pipeline_id))) for stage in stages)
    rows = tuple(row for stage, row in found if row.entered or not stage.removed)
    standing = [flow for flow in facts.flow if _counts(flow, facts.stages, cohort)]
    entered = sum(flow.deals for flow in standing)
    won = sum(flow.deals for flow in standing if flow.status == "won")
    again = sum(flow.deals for flow in facts.flow if flow.again)
    head = Head(
        as_of=today,
        period=period,
        definition=_DEFINITION + _COHORTS[cohort],
        formulas=(*(_formula(row) for row in rows), f"overall = {won} won / {entered} entered"),
        notes=tuple(
            counted(deals, *text) for deals, text in ((facts.undated, _UNDATED[cohort]), (again, _AGAIN)) if deals
        ),
    )
    return Conversion(head=head, rows=rows, entered=entered, won=won, overall=share(won, entered))


def _row(stage: StageRow, facts: ConversionFacts, first: int) -> ConversionRow:
    counts: dict[Outcome, int] = {"advanced": 0, "back": 0, "lost": 0, "open": 0}
    for flow in facts.flow:
        if flow.pipeline_id == stage.pipeline_id and (outcome := _outcome(flow, stage, first)):
            counts[outcome] += flow.deals
    entered = sum(counts.values())
    return ConversionRow(
        pipeline=stage.pipeline,
        stage=stage.name,
        entered=entered,
        advanced=counts["advanced"],
        back=counts["back"],
        lost=counts["lost"],
        open=counts["open"],
        rate=share(counts["advanced"], entered),
        resolved_rate=share(counts["advanced"], counts["advanced"] + counts["lost"]),
        days=_days(facts.visits, stage, ended=True),
        waiting=_days(facts.visits, stage, ended=False),
    )


def _outcome(flow: Flow, stage: StageRow, first: int) -> Outcome | None:
    """Return what became of some deals in a stage; None when they never entered it."""
    if flow.stage_id not in {None, stage.id}:
        return None
    top = max(flow.top, first)
    # Who passed by a removed stage may never have been asked in: only its visitors count, in rows of their own.
    if flow.stage_id is None and stage.removed and (flow.won or top != stage.position):
        return None
    if flow.won or stage.position < top:
        return "advanced"
    if stage.position > top:
        return None
    if not flow.at_top:
        return "back"
    return "lost" if flow.status == "lost" else "open"


def _first_place(stages: Iterable[StageRow], pipeline_id: int) -> int:
    """Return the place of a pipeline's first stage: to be in a pipeline is to have entered that."""
    return min(
        (s.position for s in stages if s.pipeline_id == pipeline_id and s.kind == "open" and not s.removed), default=0
    )


def _counts(flow: Flow, stages: Sequence[StageRow], cohort: Cohort) -> bool:
    """Say whether a row belongs in the totals, in which every deal stands once."""
    if cohort != "entered":
        return flow.stage_id is None and not flow.again
    first = _first_place(stages, flow.pipeline_id)
    return any(stage.id == flow.stage_id and stage.position == first for stage in stages)


def _days(visits: Sequence[Visit] | None, stage: StageRow, *, ended: bool) -> Spread | None:
    if visits is None:
        return None
    own = (visit for visit in visits if visit.stage_id == stage.id and visit.ended == ended and visit.days >= 0)
    return spread(histogram((visit.days, visit.visits) for visit in own))


def _formula(row: ConversionRow) -> str:
    parts = f"{row.advanced} advanced + {row.back} back + {row.lost} lost + {row.open} open"
    return f"{row.stage}: {row.entered} entered = {parts}"
