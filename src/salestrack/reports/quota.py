"""Quota and pace: what was reached of a target, and whether that is enough by today, counted in working days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple

from salestrack.domain.facts import ActivityCount, Booked, Currencies, DealCount
from salestrack.domain.money import Money
from salestrack.domain.periods import Period
from salestrack.domain.quotas import Metric, Quota
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports import exchange
from salestrack.reports.exchange import Unconverted
from salestrack.reports.frames import Head, ends
from salestrack.reports.statistics import half_even

Status = Literal["ahead", "on track", "at risk", "behind", "not started", "no target"]
Span = tuple[date, date]
Amount = Money | int | float

AHEAD, AT_RISK = Fraction(11, 10), Fraction(8, 10)
DEFINITION = (
    "attainment = actual / target, not capped; expected by now = target x working days so far (today included) / "
    "working days of the period; required per day = gap / working days left; projected = actual / working days so "
    "far x all; ahead from 110 % of expected, on track from 100 %, at risk from 80 %, behind below"
)
REPEATING = (
    "; contracted = what repeats and falls due in the period: it is not paced, so projected = (actual - contracted so "
    "far) / working days so far x all + contracted"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target to be measured: one quota, or several that together make up the period asked for."""

    metric: Metric
    owner_id: int | None
    owner: str | None
    channel: str | None
    start: date
    end: date
    amount: int
    currency: str | None
    parts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaFacts:
    """What was done in each span of days: revenue by the currency of its targets, deals, activities by owner."""

    spans: Sequence[Span]
    book: str
    """The currency of the book."""
    revenue: Mapping[str, Sequence[Booked]]
    deals: Sequence[DealCount] = ()
    activities: Sequence[ActivityCount] = ()
    due_spans: Sequence[Span] = ()
    due: Mapping[str, Sequence[Booked]] = field(default_factory=dict)
    """What repeats, by the currency of the targets, in the spans so far and in whole periods; nothing without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRow:
    """One target with its pace: money for revenue, numbers otherwise; None where a number has no meaning."""

    owner: str | None
    channel: str | None
    metric: Metric
    start: date
    end: date
    target: Amount
    actual: Amount
    attainment: float | None
    expected: Amount | None
    status: Status
    gap: Amount
    required_per_day: Amount | None
    contracted: Amount | None
    """What repeats and falls due in the whole period; None where nothing in the book repeats."""
    projected: Amount | None
    elapsed_days: int
    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaReport:
    """The report: a row a target; totals only where the targets are of one kind and do not overlap."""

    head: Head
    rows: tuple[QuotaRow, ...]
    totals: QuotaRow | None
    unconverted: tuple[Unconverted, ...]


def targets(quotas: Sequence[Quota], period: Period | None, today: date) -> list[Target]:
    """Return what to measure: the quotas that run today, or for a period its own, or the parts that make it up.

    Where an owner, channel and metric has a quota for just this period, that one stands; else quotas that follow
    each other from its first day to its last add up; else every quota that touches it stands by itself.
    """
    if period is None:
        running = [_target([quota]) for quota in quotas if quota.start_on <= today <= quota.end_on]
        return sorted(running, key=_order)
    start, end = ends(period)
    found: dict[tuple[object, ...], list[Quota]] = {}
    for quota in quotas:
        if quota.start_on <= end and start <= quota.end_on:
            found.setdefault((quota.metric, quota.owner_id, quota.channel, quota.currency), []).append(quota)
    parts = [tiles for group in found.values() for tiles in _tiled(group, start, end)]
    return sorted(
        (_target(tiles) for tiles in parts), key=lambda target: (_order(target)[:2], target.start, _order(target))
    )


def spans_of(wanted: Iterable[Target], today: date) -> tuple[Span, ...]:
    """Return the days that the facts about some targets must cover, none of them after today."""
    spans = {(target.start, min(target.end, today)) for target in wanted}
    return tuple(sorted(span for span in spans if span[0] <= span[1]))


def due_spans_of(wanted: Iterable[Target], today: date) -> tuple[Span, ...]:
    """Return the days for which facts must say what repeats: those so far, and the whole periods."""
    found = {(target.start, target.end) for target in wanted if target.metric == "revenue"}
    return tuple(sorted({*found, *spans_of(wanted, today)}))


def quota_report(
    wanted: Sequence[Target], facts: QuotaFacts, calendar: WorkCalendar, *, today: date, period: Period | None
) -> QuotaReport:
    """Return attainment and pace of some targets, as METRICS defines them."""
    dues = [_due(target, facts, today) for target in wanted]
    rows = tuple(
        _row(target, _actual(target, facts, today), calendar, today, due=due)
        for target, due in zip(wanted, dues, strict=True)
    )
    merged = {target.parts for target in wanted if target.parts > 1}
    notes = [f"targets of {parts} parts of the period are added up" for parts in sorted(merged)]
    outer = _outer(facts.spans)
    left = [fact.worth for booked in facts.revenue.values() for fact in booked if fact.span in outer]
    head = Head(
        as_of=today,
        period=period,
        definition=DEFINITION + (REPEATING if any(dues) else ""),
        formulas=tuple(_formula(row) for row in rows),
        notes=tuple(notes),
    )
    totals = _totals(wanted, rows, dues, calendar, today)
    return QuotaReport(head=head, rows=rows, totals=totals, unconverted=exchange.left_out(left))


def _order(target: Target) -> tuple[object, ...]:
    """Put revenue first, short periods before long ones, the whole book before its owners."""
    length = (target.end - target.start).days
    return (
        target.metric != "revenue",
        target.metric,
        length,
        target.start,
        target.owner or "",
        target.channel or "",
        target.currency or "",
    )


def _target(quotas: Sequence[Quota]) -> Target:
    first = quotas[0]
    return Target(
        metric=first.metric,
        owner_id=first.owner_id,
        owner=first.owner,
        channel=first.channel,
        start=first.start_on,
        end=quotas[-1].end_on,
        amount=sum(quota.target for quota in quotas),
        currency=first.currency,
        parts=len(quotas),
    )


def _tiled(quotas: Sequence[Quota], start: date, end: date) -> list[list[Quota]]:
    """Return the longest quotas that follow each other through the days asked for, else each one by itself."""
    ordered = sorted(quotas, key=lambda quota: (quota.start_on, quota.end_on))
    for longest in (True, False):
        chain: list[Quota] = []
        day = start
        while day <= end:
            fitting = [quota for quota in ordered if quota.start_on == day and quota.end_on <= end]
            if not fitting:
                break
            chain.append(fitting[-1 if longest else 0])
            day = chain[-1].end_on + timedelta(days=1)
        else:
            return [chain]
    return [[quota] for quota in ordered]


def _outer(spans: Sequence[Span]) -> set[int]:
    """Return the numbers of the spans that lie in no other one, so that no money is named twice."""
    return {
        at
        for at, (start, end) in enumerate(spans)
        if not any(a <= start and end <= b for other, (a, b) in enumerate(spans) if other != at)
    }


def _actual(target: Target, facts: QuotaFacts, today: date) -> int:
    """Return what was reached of a target: minor units of its currency, or a number."""
    days = (target.start, min(target.end, today))
    if days not in facts.spans:
        return 0
    span = list(facts.spans).index(days)
    if target.metric == "revenue" and target.currency:
        return _booked(target, facts.revenue.get(target.currency, ()), span, facts.book)
    if target.channel is not None:
        return 0  # neither deals nor activities have a channel
    if target.metric == "won":
        deals = [fact for fact in facts.deals if fact.span == span and fact.status == "won"]
        return sum(fact.deals for fact in deals if target.owner_id in {None, fact.key.id})
    done = [fact for fact in facts.activities if fact.span == span and target.owner_id in {None, fact.key.id}]
    return sum(fact.calls if target.metric == "calls" else fact.meetings for fact in done)


def _booked(target: Target, facts: Iterable[Booked], span: int, book: str) -> int:
    """Return the money of a target's owner and channel in a span, in minor units of its currency."""
    own = [
        fact.worth
        for fact in facts
        if fact.span == span and target.owner_id in {None, fact.owner_id} and target.channel in {None, fact.channel}
    ]
    return exchange.total(own, Currencies(target.currency or book, book)).minor


class _Due(NamedTuple):
    """What repeats, in minor units: what fell due so far, and what does in the whole period."""

    so_far: int
    whole: int


def _due(target: Target, facts: QuotaFacts, today: date) -> _Due | None:
    """Return what repeats in the period of a target; None where nothing in the book does."""
    if target.metric != "revenue" or target.currency is None or not facts.due_spans:
        return None
    found, spans = facts.due.get(target.currency, ()), list(facts.due_spans)
    days = (target.start, min(target.end, today))
    so_far = _booked(target, found, spans.index(days), facts.book) if days in spans else 0
    return _Due(so_far, _booked(target, found, spans.index((target.start, target.end)), facts.book))


def _row(target: Target, actual: int, calendar: WorkCalendar, today: date, *, due: _Due | None) -> QuotaRow:
    total = calendar.count(target.start, target.end)
    elapsed = calendar.count(target.start, min(target.end, today))
    left = total - elapsed
    expected = Fraction(target.amount * elapsed, total) if total else None
    gap = max(target.amount - actual, 0)
    required = Fraction(gap, left) if left else (Fraction(0) if not gap else None)

    def said(value: Fraction | int | None) -> Amount | None:
        return None if value is None else _said(value, target.currency)

    return QuotaRow(
        owner=target.owner,
        channel=target.channel,
        metric=target.metric,
        start=target.start,
        end=target.end,
        target=_said(target.amount, target.currency),
        actual=_said(actual, target.currency),
        attainment=actual / target.amount if target.amount else None,
        expected=said(expected),
        status=_status(target.amount, actual, expected, begun=target.start <= today),
        gap=_said(gap, target.currency),
        required_per_day=said(required),
        contracted=said(due.whole if due else None),
        projected=said(_projected(actual, due, elapsed, total)),
        elapsed_days=elapsed,
        working_days=total,
    )


def _projected(actual: int, due: _Due | None, elapsed: int, total: int) -> Fraction | None:
    """Return where a period ends at this pace; what repeats is not paced: it falls due on its days, and no more of it."""
    if not elapsed:
        return None
    so_far, whole = due or _Due(0, 0)
    return Fraction((actual - so_far) * total, elapsed) + whole


def _status(target: int, actual: int, expected: Fraction | None, *, begun: bool) -> Status:
    """Return the word for the pace; before any working day has passed nothing is expected."""
    if not target:
        return "no target"
    if not begun or not expected:
        return "ahead" if actual > 0 else "not started"
    share = Fraction(actual) / expected
    if share >= 1:
        return "ahead" if share >= AHEAD else "on track"
    return "at risk" if share >= AT_RISK else "behind"


def _said(value: Fraction | int, currency: str | None) -> Amount:
    """Return money rounded half-even, or a number: whole where it is, else with two decimals."""
    if currency:
        return Money(half_even(Fraction(value)), currency)
    return int(value) if value == int(value) else round(float(value), 2)


def _totals(
    wanted: Sequence[Target],
    rows: Sequence[QuotaRow],
    dues: Sequence[_Due | None],
    calendar: WorkCalendar,
    today: date,
) -> QuotaRow | None:
    """Return the sum of several owners' (or channels') targets; None where adding them would count something twice."""
    kinds = {(target.metric, target.currency, target.start, target.end) for target in wanted}
    everybody = any(target.owner_id is None and target.channel is None for target in wanted)
    mixed = len({(target.owner_id is None, target.channel is None) for target in wanted}) > 1
    if len(wanted) < 2 or len(kinds) > 1 or everybody or mixed:
        return None
    first = wanted[0]
    whole = Target(
        metric=first.metric,
        owner_id=None,
        owner=None,
        channel=None,
        start=first.start,
        end=first.end,
        amount=sum(target.amount for target in wanted),
        currency=first.currency,
    )
    actual = sum(row.actual.minor if isinstance(row.actual, Money) else int(row.actual) for row in rows)
    known = [due for due in dues if due]
    due = _Due(sum(one.so_far for one in known), sum(one.whole for one in known)) if known else None
    return _row(whole, actual, calendar, today, due=due)


def _formula(row: QuotaRow) -> str:
    actual, target = _plain(row.actual), _plain(row.target)
    who = row.owner or row.channel or "all"
    days = f"{row.elapsed_days} of {row.working_days} working days"
    reached = "no target" if row.attainment is None else f"{actual} / {target} = {row.attainment:.4f}"
    expected = "nothing" if row.expected is None else _plain(row.expected)
    return f"{who} {row.metric} {row.start}..{row.end}: {reached}; expected after {days}: {expected}"


def _plain(value: Amount) -> str:
    return value.plain() if isinstance(value, Money) else str(value)
