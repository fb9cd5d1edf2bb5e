"""The summary: the other reports about one period, and the next steps."""

from dataclasses import replace

from salestrack.domain.filters import Filter
from salestrack.domain.periods import Period, period_of
from salestrack.reports import summary
from salestrack.services.reports import deals, doing, money
from salestrack.services.reports.desk import Desk, Reported


def make_summary(desk: Desk) -> Reported:
    """Return the week so far, or another period, against the same point of the one before."""
    period = desk.wanted.period or period_of("week", desk.today, desk.words)
    versus = desk.wanted.versus or ("none" if period.days is None else "prev")
    wanted = replace(desk.wanted, period=period, versus=versus)
    about = desk._replace(wanted=wanted)
    frame = about.frame()
    finer = desk._replace(wanted=replace(wanted, by=summary.finer(period))).frame()
    standing = desk._replace(wanted=replace(wanted, period=None, versus=None))
    made = {
        "revenue": money.make_revenue(about, finer),
        "quota": money.make_quota(_by_its_end(standing, period)) if _has_quotas(wanted.only) else None,
        "winloss": deals.make_winloss(about),
        "pipeline": deals.make_pipeline(standing),
        # Days in stage would double the time that the summary of a large book takes.
        "conversion": deals.make_conversion(standing, visits=False),
        "activity": doing.make_activity(about, frame),
        "slipping": doing.make_slipping(standing),
        "recurring": money.make_recurring(about, frame) if money.anything_repeats(desk) else None,
    }
    todo = doing.make_actions(standing, summary.MOST_ACTIONS)
    parts = summary.Parts(**{name: one.report if one else None for name, one in made.items()})
    answers = tuple(answer for one in (*made.values(), todo) if one for answer in one.answers)
    return Reported(summary.summary(parts, todo.report, frame), answers)


def _by_its_end(desk: Desk, period: Period) -> Desk:
    """Return the desk for the quotas of a period: those that run today, or for one that is over, by its end.

    A month, quarter or year has its own quotas; any other period those that ran on its last day.
    """
    if period.end is None or (period.contains(desk.today) and period.end >= desk.today):
        return desk
    own = period if period.unit in {"month", "quarter", "year"} else None
    over = min(period.end, desk.today)
    return desk._replace(words=desk.words._replace(today=over), wanted=replace(desk.wanted, period=own))


def _has_quotas(only: Filter) -> bool:
    """Say whether a filter is about what quotas are set for; a customer or a product has none."""
    return only == Filter(owners=only.owners, channels=only.channels)
