"""What is slipping: open deals that should have closed, have nothing planned, or were left alone for too long."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from salestrack.domain.facts import Limit, Slip, StageRow, Visit
from salestrack.domain.measures import TOO_FEW
from salestrack.domain.money import Money
from salestrack.reports.exchange import Exchange, Unconverted
from salestrack.reports.frames import Head
from salestrack.reports.statistics import histogram, median

USUAL_LIMIT = 14
"""Days after which a deal is stale where neither the stage nor the book's own history says otherwise."""
PATIENCE = 1.5
"""So many times its usual days may a deal rest in a stage."""
DEFINITION = (
    "overdue = expected to close before today; no next step = nothing planned; stale = nothing planned, and nothing "
    "done since longer than the stage allows, days off aside: its own limit, else the book's stale-days, else 1.5 x the "
    "usual days in it (of the deals closed last), else 14; snoozed ones are neither stale nor without a step"
)
_KINDS: tuple[tuple[str, Callable[[Slip], bool]], ...] = (
    ("overdue", lambda slip: slip.overdue),
    ("stale", lambda slip: slip.stale),
    ("no next step", lambda slip: slip.stepless),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlippingRow:
    """The deals with one thing wrong; `longest_days` is how long the quietest of them was left alone."""

    reason: str
    deals: int
    amount: Money
    longest_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slipping:
    """The report: a row for each thing that is wrong, and the deals with anything wrong, counted once."""

    head: Head
    rows: tuple[SlippingRow, ...]
    deals: int
    amount: Money
    unconverted: tuple[Unconverted, ...]


def slipping(slips: Sequence[Slip], exchange: Exchange, *, today: date) -> Slipping:
    """Return the open deals that slip, as METRICS defines stale and weighted pipeline defines overdue."""
    found = ((reason, [slip for slip in slips if test(slip)]) for reason, test in _KINDS)
    rows = tuple(_row(reason, own, exchange, today) for reason, own in found if own)
    head = Head(
        as_of=today,
        definition=DEFINITION,
        notes=("overlap: a deal can stand in several rows",) if len(rows) > 1 else (),
    )
    return Slipping(
        head=head,
        rows=rows,
        deals=sum(slip.deals for slip in slips),
        amount=exchange.total((slip.currency, slip.amount) for slip in slips),
        unconverted=exchange.left_out((slip.currency, slip.amount, slip.priced) for slip in slips),
    )


def limits(
    stages: Sequence[StageRow],
    visits: Sequence[Visit],
    *,
    today: date,
    off: Set[date] = frozenset(),
    usual: int | None = None,
) -> dict[int, Limit]:
    """Return how long deals may be left alone in each open stage, and which stages are the first of their pipeline."""
    firsts: dict[int, int] = {}
    for stage in sorted(stages, key=lambda one: one.position):
        if stage.kind == "open" and not stage.removed:
            firsts.setdefault(stage.pipeline_id, stage.id)
    return {
        key: Limit(days, quiet_before(days, today, off), key in firsts.values())
        for key, days in stale_limits(stages, visits, usual).items()
    }


def quiet_before(limit: int, today: date, off: Set[date]) -> date:
    """Return the day before which a deal must have been heard of last to be stale: days off do not count."""
    day, counted = today, 0
    while counted + (day not in off) <= limit and day > date.min:
        counted += day not in off
        day -= timedelta(days=1)
    return day


def stale_limits(stages: Sequence[StageRow], visits: Sequence[Visit], usual: int | None = None) -> dict[int, int]:
    """Return for how many days a deal may be left alone in each open stage; `usual` is what the book's setting says."""
    return {stage.id: stage.stale_days or usual or _limit(stage, visits) for stage in stages if stage.kind == "open"}


def _limit(stage: StageRow, visits: Sequence[Visit]) -> int:
    own = histogram((v.days, v.visits) for v in visits if v.stage_id == stage.id and v.ended and v.days >= 0)
    middle = median(own)
    # The usual length of a few visits, or of visits that nobody dated, says nothing.
    return int(PATIENCE * middle) if middle and sum(own.values()) >= TOO_FEW else USUAL_LIMIT


def _row(reason: str, slips: Sequence[Slip], exchange: Exchange, today: date) -> SlippingRow:
    since = [date.fromisoformat(slip.since) for slip in slips if slip.since]
    return SlippingRow(
        reason=reason,
        deals=sum(slip.deals for slip in slips),
        amount=exchange.total((slip.currency, slip.amount) for slip in slips),
        longest_days=(today - min(since)).days if since else None,
    )
