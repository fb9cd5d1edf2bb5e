"""The pipeline: open deals by stage, what they are worth and what they are likely to bring, now or on a past day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from salestrack.domain.facts import Age, OpenDeals, StageRow
from salestrack.domain.measures import Tally
from salestrack.domain.money import Money
from salestrack.reports.exchange import Exchange, Unconverted
from salestrack.reports.frames import Head
from salestrack.reports.statistics import histogram, median
from salestrack.reports.wording import counted

DEFINITION = (
    "weighted = sum of amount x probability, the deal's own where one is pinned, else its stage's; "
    "age = days since the deal was created"
)


_LOST_TRACK = ("deal without any date is left out", "deals without any date are left out")
_UNKNOWN = (
    "deal has no amount yet and adds nothing to the sums",
    "deals have no amount yet and add nothing to the sums",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFacts:
    """Open deals, their ages, and every stage as it was called and valued that day."""

    deals: Sequence[OpenDeals]
    ages: Sequence[Age]
    stages: Sequence[StageRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRow:
    """The open deals of one stage; the probability is the stage's, in percent."""

    pipeline: str | None
    stage: str | None
    probability: int | None
    deals: int
    amount: Money
    weighted: Money
    median_age_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The report: a row a stage, totals, and the deals that lack something, which are in the rows too.

    `without_next_step` is None on a past day: what was planned then is not kept.
    """

    head: Head
    rows: tuple[PipelineRow, ...]
    totals: PipelineRow
    overdue: Tally
    undated: Tally
    without_next_step: Tally | None
    unconverted: tuple[Unconverted, ...]


def pipeline(facts: PipelineFacts, exchange: Exchange, *, today: date, as_of: date | None = None) -> Pipeline:
    """Return the open deals by stage, weighted as METRICS says, as they stand or as they were at the end of a day."""
    known = [fact for fact in facts.deals if fact.dated]
    lost_track = sum(fact.deals for fact in facts.deals if not fact.dated)
    rows = _rows(known, facts, exchange)
    totals = _totals(rows, facts.ages, exchange)
    head = Head(
        as_of=as_of or today,
        definition=DEFINITION,
        formulas=tuple(_formula(row, known, facts.stages) for row in rows),
        notes=_notes(known, lost_track),
    )
    return Pipeline(
        head=head,
        rows=rows,
        totals=totals,
        overdue=_tally((fact for fact in known if fact.overdue), exchange),
        undated=_tally((fact for fact in known if fact.undated), exchange),
        without_next_step=None if as_of else _tally((fact for fact in known if fact.stepless), exchange),
        unconverted=exchange.left_out((f.currency, f.amount, f.deals - f.unknown) for f in known),
    )


def _rows(known: Sequence[OpenDeals], facts: PipelineFacts, exchange: Exchange) -> tuple[PipelineRow, ...]:
    """Return a row for every open stage of the pipelines that hold a deal, and for removed stages that hold one."""
    used = {fact.stage_id for fact in known}
    pipelines = {stage.pipeline_id for stage in facts.stages if stage.id in used}
    return tuple(
        _row(stage, known, facts.ages, exchange)
        for stage in facts.stages
        if stage.id in used or (stage.pipeline_id in pipelines and stage.kind == "open" and not stage.removed)
    )


def _row(stage: StageRow, known: Sequence[OpenDeals], ages: Sequence[Age], exchange: Exchange) -> PipelineRow:
    own = [fact for fact in known if fact.stage_id == stage.id]
    return PipelineRow(
        pipeline=stage.pipeline,
        stage=stage.name,
        probability=stage.probability,
        deals=sum(fact.deals for fact in own),
        amount=exchange.total((fact.currency, fact.amount) for fact in own),
        weighted=exchange.total(((fact.currency, fact.weighted) for fact in own), parts=100),
        median_age_days=median(histogram((age.days, age.deals) for age in ages if age.stage_id == stage.id)),
    )


def _totals(rows: Sequence[PipelineRow], ages: Sequence[Age], exchange: Exchange) -> PipelineRow:
    nothing = Money(0, exchange.currencies.report)
    return PipelineRow(
        pipeline=None,
        stage=None,
        probability=None,
        deals=sum(row.deals for row in rows),
        amount=sum((row.amount for row in rows), nothing),
        weighted=sum((row.weighted for row in rows), nothing),
        median_age_days=median(histogram((age.days, age.deals) for age in ages)),
    )


def _tally(facts: Iterable[OpenDeals], exchange: Exchange) -> Tally:
    found = list(facts)
    return Tally(
        deals=sum(fact.deals for fact in found),
        amount=exchange.total((fact.currency, fact.amount) for fact in found),
    )


def _notes(known: Sequence[OpenDeals], lost_track: int) -> tuple[str, ...]:
    notes = []
    if lost_track:
        notes.append(f"{counted(lost_track, *_LOST_TRACK)}: nobody knows if they were open then")
    if unknown := sum(fact.unknown for fact in known):
        notes.append(counted(unknown, *_UNKNOWN))
    return tuple(notes)


def _formula(row: PipelineRow, known: Sequence[OpenDeals], stages: Sequence[StageRow]) -> str:
    ids = {stage.id for stage in stages if (stage.pipeline, stage.name) == (row.pipeline, row.stage)}
    parts = [
        f"{Money(fact.amount, fact.currency)} at {_percent(fact)} % on average"
        for fact in known
        if fact.stage_id in ids and fact.amount
    ]
    return f"{row.stage}: weighted {row.weighted.plain()} = {' + '.join(parts) or '0'}"


def _percent(fact: OpenDeals) -> str:
    return f"{fact.weighted / fact.amount:.4g}"
