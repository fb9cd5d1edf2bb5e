"""Reports about money: revenue, and quotas with their pace."""

from dataclasses import replace
from typing import Any

from salestrack.domain.facts import Answer, Ask, Currencies
from salestrack.reports import frames, quota
from salestrack.reports.frames import Frame
from salestrack.reports.recurring import recurring
from salestrack.reports.revenue import RevenueFacts, revenue
from salestrack.services.reports.desk import Desk, Reported

MOST_TO_BILL = 10


def make_revenue(desk: Desk, frame: Frame | None = None) -> Reported:
    """Return revenue; in days of somebody else's choice, without what is still to bill."""
    basis, only = desk.choice("revenue", "basis"), desk.wanted.only
    days = frame or desk.frame()
    found = desk.facts.revenue(desk.ask(days), basis=basis)
    of_deals = basis == "deals" and not only.channels
    billing = None
    if of_deals and not frame:
        billing = desk.facts.billing(desk.ask(days, whole=True), today=desk.today, most=MOST_TO_BILL)
    facts = RevenueFacts(
        rows=found.rows,
        whole=desk.unsplit(days, found, lambda ask: desk.facts.revenue(ask, basis=basis)),
        billing=billing.rows if billing else (),
        undated_deals=desk.facts.undated("deals", only) if of_deals else 0,
        undated_sales=desk.facts.undated("sales", only),
        later_deals=desk.later("wins", days) if of_deals else 0,
        later_sales=desk.later("sales" if basis == "deals" else "recorded", days),
        notes=desk.pointless() if basis == "deals" else (),
        repeats=anything_repeats(desk),
    )
    report = revenue(facts, days, desk.currencies, basis=basis)
    return Reported(report, (found, billing) if billing else (found,))


def make_recurring(desk: Desk, frame: Frame | None = None) -> Reported:
    """Return MRR with its movements, month by month unless another split is asked for."""
    wanted = desk if desk.wanted.by or frame else desk._replace(wanted=replace(desk.wanted, by="month"))
    days = frame or wanted.frame()
    found = wanted.facts.recurring(wanted.ask(days))
    return Reported(recurring(found.rows, days, wanted.exchange), (found,))


def anything_repeats(desk: Desk) -> bool:
    """Say whether there is a repeating sale or deal in the book at all."""
    return desk.store.schedules.any("sale") or desk.store.schedules.any("deal")


def make_quota(desk: Desk) -> Reported:
    """Return attainment and pace of the quotas that run today (or by --as-of), or of those of a period."""
    today, period = desk.today, desk.wanted.period
    days = frames.ends(period) if period else (today, today)
    found = desk.facts.quotas(*days, desk.wanted.only)
    targets = quota.targets(found.rows, period, today)
    facts, answers = _done(desk, targets, quota.spans_of(targets, today))
    report = quota.quota_report(targets, facts, desk.calendar, today=today, period=period)
    return Reported(report, (found, *answers))


def _done(
    desk: Desk, targets: list[quota.Target], spans: tuple[quota.Span, ...]
) -> tuple[quota.QuotaFacts, list[Answer[Any]]]:
    """Return what was done in the days of some targets, asking only for what they measure."""
    book = desk.currencies.book
    metrics = {target.metric for target in targets} if spans else set()
    currencies = sorted({target.currency for target in targets if target.currency}) if spans else []

    def ask(currency: str, by: str | None = None) -> Ask:
        return Ask(spans=spans, own=len(spans), by=by, currencies=Currencies(currency, book), as_of=desk.wanted.as_of)

    booked = {currency: desk.facts.booked(ask(currency)) for currency in currencies}
    deals = desk.facts.closed(ask(book, "owner")) if "won" in metrics else None
    activities = desk.facts.activity(ask(book, "owner")) if metrics & {"calls", "meetings"} else None
    due_spans = quota.due_spans_of(targets, desk.today) if currencies and anything_repeats(desk) else ()
    due = {
        currency: desk.facts.contracted(replace(ask(currency), spans=due_spans, own=len(due_spans)))
        for currency in currencies
        if due_spans
    }
    facts = quota.QuotaFacts(
        spans=spans,
        due_spans=due_spans,
        due={currency: answer.rows for currency, answer in due.items()},
        book=book,
        revenue={currency: answer.rows for currency, answer in booked.items()},
        deals=deals.rows if deals else (),
        activities=activities.rows if activities else (),
    )
    return facts, [*booked.values(), *due.values(), *(one for one in (deals, activities) if one)]
