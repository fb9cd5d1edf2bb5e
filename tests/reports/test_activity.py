from datetime import date

from salestrack.domain.dates import Words
from salestrack.domain.facts import ActivityCount, Key, Replies
from salestrack.domain.periods import parse_period
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.activity import ActivityFacts, activity
from salestrack.reports.frames import frame
from salestrack.reports.groups import merged

WORDS = Words(date(2026, 3, 18))


def done(key: str | None = None, *, span: int = 0, **counts: int) -> ActivityCount:
    names = ("activities", "calls", "call_seconds", "connected", "outcomes", "emails", "meetings", "demos")
    return ActivityCount(span, Key(key), *(counts.get(name, 0) for name in names))


def made(rows, replies=(), by=None, versus="none"):
    days = frame(parse_period("week", WORDS), by=by, versus=versus, words=WORDS, calendar=WorkCalendar())
    facts = ActivityFacts(rows=rows, whole=merged(rows, days), replies=replies, whole_replies=merged(replies, days))
    return activity(facts, days)


def test_calls_without_an_outcome_leave_the_connect_rate_and_are_said():
    report = made([done(activities=10, calls=10, call_seconds=630, connected=3, outcomes=4)])
    assert (report.totals.connect_rate.value, report.totals.connect_rate.n) == (0.75, 4)
    assert report.totals.call_minutes == 10
    assert report.head.notes == ("6 of 10 calls have no outcome and are not in the connect rate",)


def test_the_reply_rate_is_of_people():
    totals = made([done(activities=5, emails=5)], [Replies(0, Key(None), 4, 1)]).totals
    assert (totals.reply_rate.value, totals.reply_rate.n, totals.emails) == (0.25, 4, 5)


def test_the_period_before_stands_beside():
    totals = made([done(activities=5, calls=2), done(span=1, activities=7, calls=6)], versus="prev").totals
    assert (totals.count, totals.count_before, totals.calls_before) == (5, 7, 6)


def test_rows_add_up_to_the_total():
    report = made([done("Ann", activities=5, calls=2), done("Bob", activities=7, meetings=1)], by="owner")
    assert [row.key for row in report.rows] == ["Ann", "Bob"]
    assert (report.totals.count, report.totals.calls, report.totals.meetings) == (12, 2, 1)


def test_a_week_without_anything_has_rates_without_value():
    totals = made([]).totals
    assert (totals.count, totals.connect_rate.value, totals.reply_rate.value) == (0, None, None)
