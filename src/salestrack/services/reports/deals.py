"""Reports about deals: won and lost, the sales cycle, conversion, the pipeline."""

from dataclasses import replace
from datetime import timedelta

from salestrack.domain.facts import EVER, Ask
from salestrack.errors import UsageError
from salestrack.reports.conversion import ConversionFacts, conversion
from salestrack.reports.cycle import CycleFacts, cycle
from salestrack.reports.frames import ONE, Frame, ends
from salestrack.reports.pipeline import PipelineFacts, pipeline
from salestrack.reports.winloss import WinLossFacts, winloss
from salestrack.services.reports.desk import Desk, Reported


def make_winloss(desk: Desk) -> Reported:
    """Return wins and losses; --within is about deals by their creation, so it implies that basis."""
    desk = desk.of_lost()
    basis, within = desk.choice("winloss", "basis"), desk.wanted.within
    if within is None:
        return _created(desk, desk.frame(), 0) if basis == "created" else _closed(desk, basis)
    if within < 1:
        raise UsageError(f"--within {within} is no number of days")
    if desk.wanted.basis not in {None, "created"}:
        raise UsageError("--within counts from the creation of deals", hint="use it with --basis created")
    # Deals younger than that cannot have been won so late: the period ends that much earlier.
    young = desk._replace(words=desk.words._replace(today=desk.today - timedelta(days=within)))
    frame = replace(young.frame(), today=desk.today)
    return _created(desk, frame, _maturing(desk, frame))


def make_cycle(desk: Desk) -> Reported:
    """Return the days from creation to close."""
    desk = desk.of_lost()
    frame = desk.frame()
    found = desk.facts.cycles(desk.ask(frame))
    everything = desk.unsplit(frame, found, desk.facts.cycles)
    undated = desk.facts.undated("deals", desk.wanted.only)
    facts = CycleFacts(
        rows=found.rows, whole=everything, undated=undated, later=desk.later("deals", frame), notes=desk.pointless()
    )
    return Reported(cycle(facts, frame), (found,))


def make_conversion(desk: Desk, *, visits: bool = True) -> Reported:
    """Return the flow through the stages; without visits it takes half the time and says nothing of days."""
    cohort = desk.choice("conversion", "cohort")
    frame = desk.frame()
    flow = desk.facts.flow(desk.ask(frame), cohort)
    stayed = desk.facts.visits(desk.ask(frame), cohort, as_of=desk.today) if visits else None
    facts = ConversionFacts(
        flow=flow.rows,
        visits=stayed.rows if stayed else None,
        stages=desk.facts.stages().rows,
        undated=_undated(desk, frame, cohort) if visits else 0,
    )
    report = conversion(facts, frame.period, today=desk.today, cohort=cohort)
    return Reported(report, (flow, stayed) if stayed else (flow,))


def make_pipeline(desk: Desk) -> Reported:
    """Return the open deals by stage, now or at the end of a past day."""
    as_of = desk.wanted.as_of
    deals = desk.facts.pipeline(desk.today, desk.wanted.only, as_of=as_of)
    ages = desk.facts.ages(desk.today, desk.wanted.only, as_of=as_of)
    facts = PipelineFacts(deals=deals.rows, ages=ages.rows, stages=desk.facts.stages(as_of).rows)
    return Reported(pipeline(facts, desk.exchange, today=desk.today, as_of=as_of), (deals, ages))


def _closed(desk: Desk, basis: str) -> Reported:
    frame = desk.frame()
    found, middle = desk.facts.closed(desk.ask(frame)), desk.facts.middle(desk.ask(frame))
    facts = WinLossFacts(
        rows=found.rows,
        whole=desk.unsplit(frame, found, desk.facts.closed),
        middle=middle.rows,
        whole_middle=desk.facts.middle(desk.ask(frame, whole=True)).rows if frame.by else middle.rows,
        undated=desk.facts.undated("deals", desk.wanted.only),
        later=desk.later("deals", frame),
        notes=desk.pointless(),
    )
    report = winloss(facts, frame, desk.currencies, basis="value" if basis == "value" else "count")
    return Reported(report, (found, middle))


def _created(desk: Desk, frame: Frame, maturing: int) -> Reported:
    within = desk.wanted.within
    found = desk.facts.closed(desk.ask(frame), within=within, created=True)
    everything = desk.unsplit(frame, found, lambda ask: desk.facts.closed(ask, within=within, created=True))
    undated = desk.facts.undated("created", desk.wanted.only)
    later = desk.later("created", frame)
    facts = WinLossFacts(rows=found.rows, whole=everything, undated=undated, maturing=maturing, later=later)
    return Reported(winloss(facts, frame, desk.currencies, basis="created", within=within), (found,))


def _undated(desk: Desk, frame: Frame, cohort: str) -> int:
    """Return how many deals are in no cohort for want of a day; all time holds them too."""
    if ends(frame.period) == EVER:
        return 0
    return desk.facts.undated("deals" if cohort == "closed" else "created", desk.wanted.only)


def _maturing(desk: Desk, frame: Frame) -> int:
    """Return how many deals of the period are too young to have had all their days."""
    start, end = ends(frame.shown)[1] + ONE, min(ends(frame.period)[1], desk.today)
    if end < start:
        return 0
    ask = Ask(spans=((start, end),), only=desk.wanted.only, currencies=desk.currencies, as_of=desk.wanted.as_of)
    return sum(fact.deals for fact in desk.facts.closed(ask, created=True).rows)
