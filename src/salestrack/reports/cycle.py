"""The sales cycle: how many days it takes from a deal's creation to its close."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from salestrack.domain.facts import Stretch
from salestrack.domain.measures import Spread
from salestrack.reports.frames import Frame, Head
from salestrack.reports.groups import OVERLAP, OVERLAPPING, groups, whole
from salestrack.reports.statistics import histogram, spread
from salestrack.reports.wording import LATER_DEALS, counted

DEFINITION = "days from creation to close of the deals closed in the period; won and lost apart, median first"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRow:
    """How long the won and the lost deals of one key took, in days."""

    key: str | None
    won: Spread
    lost: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """The report: rows by key, and all deals together."""

    head: Head
    frame: Frame
    rows: tuple[CycleRow, ...]
    totals: CycleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleFacts:
    """What the report is made of; `whole` is not split by key. Undated and later deals are in no row."""

    rows: Sequence[Stretch]
    whole: Sequence[Stretch]
    undated: int = 0
    later: int = 0
    notes: tuple[str, ...] = ()


def cycle(facts: CycleFacts, frame: Frame) -> Cycle:
    """Return the days from creation to close by key, as METRICS defines the sales cycle.

    Deals that closed before they were created, or whose creation is unknown, are left out and counted in a note.
    """
    rows = tuple(_row(group.key, group.own) for group in groups(facts.rows, frame))
    everything = whole(facts.whole, frame).own
    totals = _row(None, everything)
    negative = sum(fact.deals for fact in everything if fact.days is not None and fact.days < 0)
    unknown = sum(fact.deals for fact in everything if fact.days is None)
    cases = (
        (
            negative,
            "deal closed before it was created and is left out",
            "deals closed before they were created and are left out",
        ),
        (
            unknown,
            "closed deal has no creation date and is left out",
            "closed deals have no creation date and are left out",
        ),
        (
            facts.undated,
            "closed deal has no close date and is in no period",
            "closed deals have no close date and are in no period",
        ),
        (facts.later, *LATER_DEALS),
    )
    notes = [*facts.notes, *(counted(number, one, more) for number, one, more in cases if number)]
    if frame.by in OVERLAPPING and rows:
        notes.append(OVERLAP)
    formulas = tuple(
        f"{name}: median {one.median} of n {one.n}, mean {one.mean:.2f}, 9 in 10 within {one.p90:.0f} days"
        for name, one in (("won", totals.won), ("lost", totals.lost))
        if one.mean is not None and one.p90 is not None
    )
    head = Head(as_of=frame.today, period=frame.period, definition=DEFINITION, formulas=formulas, notes=tuple(notes))
    return Cycle(head=head, frame=frame, rows=rows, totals=totals)


def _row(key: str | None, facts: Iterable[Stretch]) -> CycleRow:
    found = [fact for fact in facts if fact.days is not None and fact.days >= 0]
    return CycleRow(key=key, won=_spread(found, "won"), lost=_spread(found, "lost"))


def _spread(facts: Iterable[Stretch], status: str) -> Spread:
    return spread(histogram((fact.days or 0, fact.deals) for fact in facts if fact.status == status))
