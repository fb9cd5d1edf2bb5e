"""Recurring revenue: what all that repeats is worth a month, and how that moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from salestrack.domain.facts import Key
from salestrack.domain.measures import Rate
from salestrack.domain.money import Money
from salestrack.domain.periods import Period
from salestrack.domain.schedules import Recurrence
from salestrack.reports.exchange import Exchange, Unconverted
from salestrack.reports.frames import ONE, Frame, Head, ends
from salestrack.reports.statistics import half_even, ratio, share

DEFINITION = (
    "MRR = what all that repeats and is active on a day is worth a month, net of tax (a year is 12 months and 365 days; "
    "rounded half-even; at the latest rates); MRR before + new + returned + expansion - contraction - churned = MRR, "
    "customer by customer; customer churn = customers lost / customers before; revenue churn = (churned + contraction) "
    "/ MRR before; ARR = 12 x MRR"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringRow:
    """MRR of one key or stretch of time, and how it moved between the day before it and its last day."""

    key: str | None
    period: Period
    before: Money
    new: Money
    returned: Money
    """Of customers who had none at the start, but had some before."""
    expansion: Money
    contraction: Money
    churned: Money
    mrr: Money
    customers_before: int
    customers_lost: int
    customers: int
    customer_churn: Rate
    revenue_churn: Rate

    @property
    def arr(self) -> Money:
        """Return what a year is worth at that rate."""
        return Money(self.mrr.minor * 12, self.mrr.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringReport:
    """The report: rows by key or time, totals, and what could not be converted."""

    head: Head
    frame: Frame
    rows: tuple[RecurringRow, ...]
    totals: RecurringRow
    unconverted: tuple[Unconverted, ...]


class _Customer:
    """Everything of one customer that repeats, in the currency of the report."""

    def __init__(self, own: Sequence[Recurrence], exchange: Exchange) -> None:
        factors = [(one.schedule, exchange.factor(one.currency)) for one in own]
        self._parts = [(schedule, factor) for schedule, factor in factors if factor is not None]
        self._found: dict[date, int] = {}
        worthy = (day for schedule, _ in self._parts for day in schedule.turns() if schedule.worth(day))
        self.since = min(worthy, default=None)

    def mrr(self, on: date) -> int:
        """Return what it is worth a month on a day, in minor units."""
        if on not in self._found:
            self._found[on] = sum(half_even(schedule.worth(on) * factor) for schedule, factor in self._parts)
        return self._found[on]


def recurring(rows: Sequence[Recurrence], frame: Frame, exchange: Exchange) -> RecurringReport:
    """Return MRR and its movements by key or stretch of time, as METRICS defines them."""
    everybody = _customers(rows, exchange)
    if frame.by_time:
        found = tuple(_row(everybody, bucket.label, bucket, exchange) for bucket in frame.buckets)
    elif frame.by:
        found = _by_key(rows, frame, exchange)
    else:
        found = (_row(everybody, None, frame.shown, exchange),)
    totals = _footed(_row(everybody, None, frame.shown, exchange), found)
    last = ends(frame.shown)[1]
    head = Head(
        as_of=frame.today,
        period=frame.period,
        definition=DEFINITION,
        formulas=(_formula(totals),),
        notes=() if rows else ("nothing repeats: salestrack sell 500 acme Retainer --every month",),
    )
    unpriced = [(one.currency, one.schedule.worth(last), 1) for one in rows if one.schedule.worth(last)]
    return RecurringReport(head=head, frame=frame, rows=found, totals=totals, unconverted=exchange.left_out(unpriced))


def _customers(rows: Iterable[Recurrence], exchange: Exchange) -> list[_Customer]:
    """Return what repeats by customer; what nobody named a customer of stands for itself."""
    own: dict[object, list[Recurrence]] = {}
    for one in rows:
        own.setdefault(one.customer_id or one.ref, []).append(one)
    return [_Customer(parts, exchange) for parts in own.values()]


def _by_key(rows: Sequence[Recurrence], frame: Frame, exchange: Exchange) -> tuple[RecurringRow, ...]:
    """Return a row for each key, the largest MRR first, "no value" last."""
    keys: dict[Key, list[Recurrence]] = {}
    for one in rows:
        keys.setdefault(one.key, []).append(one)
    found = (_row(_customers(own, exchange), key.name, frame.shown, exchange) for key, own in keys.items())
    return tuple(sorted(found, key=lambda row: (row.key is None, -row.mrr.minor, row.key or "")))


def _row(customers: Sequence[_Customer], key: str | None, period: Period, exchange: Exchange) -> RecurringRow:
    first, last = ends(period)
    start = first - ONE if first > date.min else first
    sums = dict.fromkeys(("before", "new", "returned", "expansion", "contraction", "churned", "mrr"), 0)
    standing = lost = after = 0
    for customer in customers:
        was, now = customer.mrr(start), customer.mrr(last)
        sums["before"] += was
        sums["mrr"] += now
        standing, lost, after = standing + (was > 0), lost + (was > 0 == now), after + (now > 0)
        if kind := _movement(customer, was, now, first):
            sums[kind] += abs(now - was)
    money = {name: Money(minor, exchange.currencies.report) for name, minor in sums.items()}
    return RecurringRow(
        key=key,
        period=period,
        **money,
        customers_before=standing,
        customers_lost=lost,
        customers=after,
        customer_churn=share(lost, standing),
        revenue_churn=ratio(sums["churned"] + sums["contraction"], sums["before"], standing),
    )


def _movement(customer: _Customer, was: int, now: int, first: date) -> str | None:
    """Return as what the difference of one customer counts."""
    if was == now:
        return None
    if not was:
        return "returned" if customer.since and customer.since < first else "new"
    if not now:
        return "churned"
    return "expansion" if now > was else "contraction"


def _footed(totals: RecurringRow, rows: Sequence[RecurringRow]) -> RecurringRow:
    """Return totals whose movements are the sums of the printed rows; start, end and churn are those of the period."""
    if len(rows) < 2:
        return totals
    none = Money(0, totals.mrr.currency)
    names = ("new", "returned", "expansion", "contraction", "churned")
    sums: dict[str, Any] = {name: sum((getattr(row, name) for row in rows), none) for name in names}
    return replace(totals, **sums)


def _formula(row: RecurringRow) -> str:
    plus = " + ".join(
        f"{name} {money.plain()}"
        for name, money in (("new", row.new), ("returned", row.returned), ("expansion", row.expansion))
    )
    minus = f"contraction {row.contraction.plain()} - churned {row.churned.plain()}"
    return f"MRR = {row.before.plain()} + {plus} - {minus} = {row.mrr.plain()}"
