"""The summary: a period so far against the same point of the one before, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from salestrack.domain.dates import Unit
from salestrack.domain.periods import Period
from salestrack.reports.actions import Actions
from salestrack.reports.activity import Activity
from salestrack.reports.conversion import Conversion
from salestrack.reports.frames import ONE, Frame, Head
from salestrack.reports.pipeline import Pipeline
from salestrack.reports.quota import QuotaReport
from salestrack.reports.recurring import RecurringReport
from salestrack.reports.revenue import RevenueReport
from salestrack.reports.slipping import Slipping
from salestrack.reports.winloss import WinLoss

MOST_ACTIONS = 5
MOST_QUOTAS = 6
_FINER: dict[Unit, Unit] = {"week": "day", "month": "week", "quarter": "month", "year": "month"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The reports that a summary is made of; None for what has nothing to say."""

    revenue: RevenueReport | None
    quota: QuotaReport | None
    winloss: WinLoss | None
    pipeline: Pipeline | None
    conversion: Conversion | None
    activity: Activity | None
    slipping: Slipping | None
    recurring: RecurringReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The report: a few sentences, the parts that have something to say, and what to do next."""

    head: Head
    frame: Frame
    parts: Parts
    actions: Actions


def summary(parts: Parts, actions: Actions, frame: Frame) -> Summary:
    """Return the summary of a period; parts in which nothing happened are left out."""
    kept = Parts(
        revenue=parts.revenue if parts.revenue and _earned(parts.revenue) else None,
        quota=_short(parts.quota) if parts.quota and parts.quota.rows else None,
        winloss=parts.winloss if parts.winloss and _decided(parts.winloss) else None,
        pipeline=parts.pipeline if parts.pipeline and parts.pipeline.rows else None,
        conversion=parts.conversion if parts.conversion and parts.conversion.entered else None,
        activity=parts.activity if parts.activity and _active(parts.activity) else None,
        slipping=parts.slipping if parts.slipping and parts.slipping.rows else None,
        recurring=parts.recurring if parts.recurring and _repeating(parts.recurring) else None,
    )
    sentences = tuple(line for line in _sentences(kept, frame) if line)
    head = Head(
        as_of=frame.today,
        period=frame.period,
        definition=_definition(frame),
        formulas=tuple(_formulas(kept)),
        notes=sentences,
    )
    shown = actions.rows[:MOST_ACTIONS]
    first = replace(actions, rows=shown, more=actions.more + len(actions.rows) - len(shown))
    return Summary(head=head, frame=frame, parts=kept, actions=first)


def finer(period: Period) -> Unit | None:
    """Return the stretch of time by which a period's revenue is shown: the days of a week, the weeks of a month."""
    if period.unit:
        return _FINER.get(period.unit)
    if period.days is None:
        return None
    return "day" if period.days <= 14 else "week" if period.days <= 92 else "month"


def _earned(report: RevenueReport) -> bool:
    totals = report.totals
    return bool(totals.sales or totals.refunds or report.unconverted or (totals.before and totals.before.minor))


def _decided(report: WinLoss) -> bool:
    totals = report.totals
    return bool(totals.won or totals.lost or totals.won_before or totals.lost_before)


def _active(report: Activity) -> bool:
    return bool(report.totals.count or report.totals.count_before)


def _repeating(report: RecurringReport) -> bool:
    return bool(report.totals.before.minor or report.totals.mrr.minor or report.unconverted)


def _short(report: QuotaReport) -> QuotaReport:
    """Return the targets of the whole book where there are any, else the first few of its owners."""
    book = tuple(row for row in report.rows if row.owner is None and row.channel is None)
    shown = book or report.rows[:MOST_QUOTAS]
    hidden = len(report.rows) - len(shown)
    notes = report.head.notes + ((f"{hidden} more: salestrack report quota",) if hidden else ())
    totals = report.totals if shown == report.rows else None
    return replace(report, rows=shown, totals=totals, head=replace(report.head, notes=notes))


def _sentences(parts: Parts, frame: Frame) -> Iterator[str]:
    """Say the period in a few sentences, in numbers that need no currency."""
    other = _other(frame)
    if parts.revenue and other:
        yield _revenue(parts.revenue, other)
    if parts.quota:
        first = parts.quota.rows[0]
        if first.attainment is not None and isinstance(first.expected, type(first.target)):
            part = first.elapsed_days / first.working_days if first.working_days else 1
            reached = f"{first.attainment:.0%} reached, {part:.0%} expected by now".replace("%", " %")
            yield f"The target for {_days(first.start, first.end)} is {first.status}: {reached}."
    if parts.winloss:
        totals = parts.winloss.totals
        before = f" ({totals.won_before} and {totals.lost_before} {_by(other)})" if other else ""
        yield f"{totals.won} won and {totals.lost} lost{before}."
    if parts.slipping:
        kinds = ", ".join(f"{row.deals:,} {_KINDS[row.reason]}" for row in parts.slipping.rows)
        yield f"{_deals(parts.slipping.deals)}: {kinds}."


_KINDS = {"overdue": "overdue", "stale": "stale", "no next step": "without a next step"}


def _deals(number: int) -> str:
    return "1 open deal slips" if number == 1 else f"{number:,} open deals slip"


def _formulas(parts: Parts) -> Iterator[str]:
    """Return the formulas of all parts, each with the name of its part."""
    for name in Parts.__slots__:
        part = getattr(parts, name)
        yield from (f"{name}: {line}" for line in part.head.formulas) if part else ()


def _definition(frame: Frame) -> str:
    """Say what the period is compared with, and how long that is."""
    if not frame.before:
        return "each part as its own report says it"
    days = frame.before.text()
    return f"compared with {_other(frame)} ({days})" if days != frame.before.label else f"compared with {days}"


def _other(frame: Frame) -> str | None:
    """Return what the period is compared with, in words."""
    if not frame.before:
        return None
    if frame.before_label == frame.before.label:
        return frame.before.label
    return f"the same point of {frame.before.label}"


def _by(other: str | None) -> str:
    return f"by {other}" if other and other.startswith("the same") else f"in {other}"


def _revenue(report: RevenueReport, other: str) -> str:
    totals = report.totals
    if totals.change is None:
        return f"There was no revenue {_by(other)} to compare with." if totals.amount.minor else ""
    if totals.change == 0:
        return f"Revenue is the same as at {other}."
    way = "up" if totals.change > 0 else "down"
    return f"Revenue is {way} {abs(totals.change):.0%} on {other}.".replace("%", " %")


def _days(start: date, end: date) -> str:
    """Return a month by its number, other days by their ends."""
    month = start.day == 1 and (end + ONE).day == 1 and (start.year, start.month) == (end.year, end.month)
    return f"{start:%Y-%m}" if month else f"{start}..{end}"
