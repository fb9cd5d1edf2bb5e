"""Reports about what is done and what is left to do: activity, slipping deals, next steps."""

from salestrack.reports import slipping
from salestrack.reports.actions import actions
from salestrack.reports.activity import ActivityFacts, activity
from salestrack.reports.frames import Frame
from salestrack.reports.groups import merged
from salestrack.services.reports.desk import Desk, Reported

MOST_CANDIDATES = 50


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
    worths, only, top = desk.exchange.worths(), desk.wanted.only, most or MOST_CANDIDATES
    steps = desk.facts.steps(desk.today, only, worths=worths, most=top)
    # A deal whose step is due stands in both lists, so as many more are asked for.
    enough = top + len(steps.rows)
    deals = desk.facts.worst(desk.today, only, limits(desk), worths=worths, most=enough)
    report = actions(steps.rows, deals.rows, today=desk.today, calendar=desk.calendar, most=top)
    return Reported(report, (steps, deals))


def limits(desk: Desk) -> dict[int, int]:
    """Return for how many days a deal may be left alone in each open stage."""
    usual = desk.facts.usual_visits(desk.today)
    return slipping.stale_limits(desk.facts.stages().rows, usual.rows)
