"""Reports about what is done and what is left to do: activity, slipping deals, next steps."""

from dataclasses import replace
from datetime import timedelta

from salestrack.domain.dates import bounds
from salestrack.domain.facts import Ask, Limit, Morning
from salestrack.domain.filters import Filter
from salestrack.reports import slipping
from salestrack.reports.actions import BILL_DAYS, LEAD_DAYS, Month, actions
from salestrack.reports.activity import ActivityFacts, activity
from salestrack.reports.exchange import total
from salestrack.reports.frames import Frame
from salestrack.reports.groups import merged
from salestrack.services.reports.desk import Desk, Reported
from salestrack.services.reports.money import make_quota
from salestrack.services.scores import scored

EVERYTHING = -1
LEADS, TIES = 200, 40
"""Where the book gives points: so many leads are looked at, and so many more of what may be equal in money."""


def make_activity(desk: Desk, frame: Frame | None = None) -> Reported:
    """Return what was done, by the day it happened."""
    days = frame or desk.frame()
    found, replies = desk.facts.activity(desk.ask(days)), desk.facts.replies(desk.ask(days))
    facts = ActivityFacts(
        rows=found.rows,
        whole=merged(found.rows, days),
        replies=replies.rows,
        # Somebody mailed on two days is one person: the days' people do not add up.
        whole_replies=desk.facts.replies(desk.ask(days, whole=True)).rows if days.by else replies.rows,
    )
    return Reported(activity(facts, days), (found, replies))


def make_slipping(desk: Desk) -> Reported:
    """Return the open deals that slip."""
    found = desk.facts.slipping(desk.today, desk.wanted.only, limits(desk))
    return Reported(slipping.slipping(found.rows, desk.exchange, today=desk.today), (found,))


def make_actions(desk: Desk, most: int | None = None) -> Reported:
    """Return what to do next, the most pressing first."""
    days = bounds("week", desk.today, desk.words)
    about = Morning(
        today=desk.today,
        due_until=desk.calendar.next_working(desk.today + timedelta(days=1)) - timedelta(days=1),
        week_end=days[1],
        lead_from=desk.today - timedelta(days=LEAD_DAYS),
        won_from=desk.today - timedelta(days=BILL_DAYS),
        limits=limits(desk),
        worths=desk.exchange.worths(),
    )
    rules = desk.store.scores.rules()
    wanted = EVERYTHING if most is None else most + TIES * bool(rules)
    found = desk.facts.today(about, desk.wanted.only, most=wanted, leads=LEADS * bool(rules))
    customers = [row.customer_id for row in found.rows if row.customer_id]
    scores = {key: one.points for key, one in scored(desk.store, customers, on=desk.today).items()} if rules else None
    report = actions(found.rows, today=desk.today, calendar=desk.calendar, scores=scores, most=most)
    return Reported(report, (found,))


def make_morning(desk: Desk, most: int | None = None) -> Reported:
    """Return what to do next with how the month stands."""
    report, answers = make_actions(desk, most)
    return Reported(replace(report, month=_month(desk)), answers)


def limits(desk: Desk) -> dict[int, Limit]:
    """Return how long deals may be left alone in each open stage."""
    visits = desk.facts.usual_visits(desk.today).rows
    stages, usual = desk.facts.stages().rows, desk.store.settings.book.stale_days
    return slipping.limits(stages, visits, today=desk.today, off=desk.calendar.off, usual=usual)


def _month(desk: Desk) -> Month:
    """Return the pace of the shortest target that runs today, else the revenue of the month so far."""
    only = desk.wanted.only
    if only == Filter(owners=only.owners):
        report = make_quota(desk).report
        book = [row for row in report.rows if row.channel is None and (only.owners or row.owner is None)]
        if row := next(iter(book), report.totals or next(iter(report.rows), None)):
            names = (
                "start",
                "end",
                "metric",
                "actual",
                "target",
                "attainment",
                "status",
                "expected",
                "required_per_day",
            )
            return Month(**{name: getattr(row, name) for name in names})
    start, end = bounds("month", desk.today, desk.words)
    ask = Ask(spans=((start, desk.today),), only=only, currencies=desk.currencies)
    earned = [row.worth for row in desk.facts.booked(ask).rows]
    return Month(start=start, end=end, metric="revenue", actual=total(earned, desk.currencies))
