"""Won and lost: how many of the deals that were decided were won, and what they were worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from salestrack.domain.facts import Currencies, DealCount, MiddleDeal, Worth
from salestrack.domain.measures import Rate
from salestrack.domain.money import Money
from salestrack.reports import exchange
from salestrack.reports.exchange import Unconverted
from salestrack.reports.frames import Frame, Head
from salestrack.reports.groups import OVERLAP, OVERLAPPING, Group, groups, whole
from salestrack.reports.statistics import half_even, ratio, share
from salestrack.reports.wording import LATER_DEALS, counted

Basis = Literal["count", "value", "created"]
_UNCREATED = (
    "deal has no day of creation and is in no period",
    "deals have no day of creation and are in no period",
)
_UNDATED = (
    "closed deal has no close date and is in no period",
    "closed deals have no close date and are in no period",
)
_LATER = ("deal was created after today and is left out", "deals were created after today and are left out")
_DEFINITIONS: dict[Basis, str] = {
    "count": "win rate = won / (won + lost), of the deals closed in the period, by close date",
    "value": "win rate = won amount / (won amount + lost amount), of the deals closed in the period",
    "created": "win rate = won / all, of the deals created in the period, whenever they were won",
}

_LOST = (
    "lost deals closed in the period, by the reason that was said; what they were worth at the end",
    "lost deals created in the period, by the reason that was said; what they were worth at the end",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WinLossFacts:
    """What the report is made of; `whole` is not split by key, so that nothing counts twice in the totals."""

    rows: Sequence[DealCount]
    whole: Sequence[DealCount]
    middle: Sequence[MiddleDeal] = ()
    whole_middle: Sequence[MiddleDeal] = ()
    undated: int = 0
    maturing: int = 0
    later: int = 0
    """So many are dated after today."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WinLossRow:
    """One key's deals: won, lost, the rate, what they were worth, and the same in the period compared with."""

    key: str | None
    won: int
    lost: int
    win_rate: Rate
    won_amount: Money
    lost_amount: Money
    average_deal: Money | None
    median_deal: Money | None
    won_before: int | None
    lost_before: int | None
    win_rate_before: Rate | None
    won_amount_before: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WinLoss:
    """The report: rows by key, their totals, and what could not be converted."""

    head: Head
    frame: Frame
    rows: tuple[WinLossRow, ...]
    totals: WinLossRow
    unconverted: tuple[Unconverted, ...]


@dataclass(frozen=True, slots=True)
class _Tally:
    """Deals of one outcome: how many, how many of them with a known amount, and what those are worth."""

    deals: int
    priced: int
    amount: Money


@dataclass(frozen=True, slots=True)
class _Side:
    """The deals of a row in one of the two periods that are compared."""

    won: _Tally
    lost: _Tally
    rate: Rate


def winloss(
    facts: WinLossFacts, frame: Frame, currencies: Currencies, *, basis: Basis = "count", within: int | None = None
) -> WinLoss:
    """Return wins and losses by key, as METRICS defines win rate and average deal.

    With `within`, only what was won so many days after its creation counts as won.
    """
    middles = {group.id: group.own for group in groups(facts.middle, frame)}
    rows = tuple(_row(group, middles.get(group.id, ()), currencies, basis) for group in groups(facts.rows, frame))
    if not frame.by_time:
        rows = tuple(sorted(rows, key=lambda r: (r.key is None, -r.won_amount.minor, -r.lost_amount.minor, -r.lost)))
    everything = whole(facts.whole, frame)
    totals = _footed(_row(everything, whole(facts.whole_middle, frame).own, currencies, basis), rows, frame)
    decided = [fact.worth for fact in everything.own if fact.status != "open"]
    head = Head(
        as_of=frame.today,
        period=frame.period,
        definition=_LOST[basis == "created"] if frame.by == "reason" else _definition(basis, within),
        formulas=() if frame.by == "reason" else _formulas(totals, basis),
        notes=_notes(facts, frame, within, basis),
    )
    return WinLoss(head=head, frame=frame, rows=rows, totals=totals, unconverted=exchange.left_out(decided))


def _definition(basis: Basis, within: int | None) -> str:
    return _DEFINITIONS[basis] + (f"; won within {within} days of it" if within else "")


def _row(group: Group[DealCount], middle: Iterable[MiddleDeal], currencies: Currencies, basis: Basis) -> WinLossRow:
    own = _side(group.own, currencies, basis)
    before = None if group.before is None else _side(group.before, currencies, basis)
    return WinLossRow(
        key=group.key,
        won=own.won.deals,
        lost=own.lost.deals,
        win_rate=own.rate,
        won_amount=own.won.amount,
        lost_amount=own.lost.amount,
        average_deal=_average(own.won),
        median_deal=_median([one.worth for one in middle], currencies),
        won_before=before.won.deals if before else None,
        lost_before=before.lost.deals if before else None,
        win_rate_before=before.rate if before else None,
        won_amount_before=before.won.amount if before else None,
    )


def _side(facts: Sequence[DealCount], currencies: Currencies, basis: Basis) -> _Side:
    won, lost = _tally(facts, "won", currencies), _tally(facts, "lost", currencies)
    return _Side(won, lost, _rate(facts, won, lost, basis))


def _tally(facts: Iterable[DealCount], status: str, currencies: Currencies) -> _Tally:
    found = [fact for fact in facts if fact.status == status]
    return _Tally(
        sum(fact.deals for fact in found),
        sum(fact.worth.priced for fact in found),
        exchange.total((fact.worth for fact in found), currencies),
    )


def _rate(facts: Iterable[DealCount], won: _Tally, lost: _Tally, basis: Basis) -> Rate:
    if basis == "value":
        return ratio(won.amount.minor, won.amount.minor + lost.amount.minor, won.priced + lost.priced)
    everybody = sum(fact.deals for fact in facts) if basis == "created" else won.deals + lost.deals
    return share(won.deals, everybody)


def _average(won: _Tally) -> Money | None:
    """Return the mean of the amounts that are known."""
    if not won.priced:
        return None
    return Money(half_even(Fraction(won.amount.minor, won.priced)), won.amount.currency)


def _median(worths: Sequence[Worth], currencies: Currencies) -> Money | None:
    if not worths:
        return None
    middle = sum((exchange.exact(worth, currencies) for worth in worths), Fraction(0)) / len(worths)
    return Money(half_even(middle), currencies.report)


def _footed(totals: WinLossRow, rows: Sequence[WinLossRow], frame: Frame) -> WinLossRow:
    """Return totals whose money is the sum of the printed rows, unless a deal's money stands in several of them."""
    if not rows or frame.by in OVERLAPPING - {"product"}:
        return totals
    nothing = Money(0, totals.won_amount.currency)
    return replace(
        totals,
        won_amount=sum((row.won_amount for row in rows), nothing),
        lost_amount=sum((row.lost_amount for row in rows), nothing),
    )


def _notes(facts: WinLossFacts, frame: Frame, within: int | None, basis: Basis) -> tuple[str, ...]:
    notes = list(facts.notes)
    created = basis == "created"
    if facts.undated:
        notes.append(counted(facts.undated, *(_UNCREATED if created else _UNDATED)))
    if facts.later:
        notes.append(counted(facts.later, *(_LATER if created else LATER_DEALS)))
    if facts.maturing:
        notes.append(f"{counted(facts.maturing, 'deal is', 'deals are')} younger than {within} days and left out")
    if frame.by in OVERLAPPING and facts.rows:
        notes.append(OVERLAP)
    return tuple(notes)


def _formulas(totals: WinLossRow, basis: Basis) -> tuple[str, ...]:
    rate = totals.win_rate
    value = "nothing yet" if rate.value is None else f"{rate.value:.4f}"
    if basis == "value":
        won, lost = totals.won_amount, totals.lost_amount
        return (f"win rate = {won.plain()} / ({won.plain()} + {lost.plain()}) = {value}",)
    parts = f"{rate.n}" if basis == "created" else f"({totals.won} + {totals.lost})"
    lines = [f"win rate = {totals.won} / {parts} = {value}"]
    if rate.low is not None and rate.high is not None:
        lines.append(f"Wilson 95 % interval of {totals.won} in {rate.n}: {rate.low:.4f} to {rate.high:.4f}")
    if totals.average_deal:
        lines.append(f"average deal = {totals.won_amount.plain()} over won deals with a known amount")
    return tuple(lines)
