from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.facts import EVER, Currencies
from salestrack.domain.filters import Filter
from salestrack.domain.periods import parse_period, period_of, previous
from salestrack.domain.workdays import WorkCalendar
from salestrack.errors import UsageError
from salestrack.reports.frames import frame, same_point

WEDNESDAY = date(2026, 3, 18)
CALENDAR = WorkCalendar()
USD = Currencies("USD", "USD")


def framed(text: str, *, today: date = WEDNESDAY, by: str | None = None, versus="prev", calendar=CALENDAR):
    words = Words(today)
    return frame(parse_period(text, words), by=by, versus=versus, words=words, calendar=calendar)


def test_the_week_so_far_is_compared_with_the_same_weekdays():
    found = framed("week")
    assert found.shown.text() == "2026-03-16..2026-03-18"
    assert found.before.text() == "2026-03-09..2026-03-11"


@pytest.mark.parametrize(
    ("today", "until"),
    [
        (date(2026, 3, 2), date(2026, 2, 2)),  # working day 1 of both: 1 February is a Sunday
        (date(2026, 3, 17), date(2026, 2, 17)),
        (date(2026, 3, 18), date(2026, 2, 18)),
        (date(2026, 3, 31), date(2026, 2, 28)),  # finished: the whole of February
        (date(2026, 3, 30), date(2026, 2, 28)),  # working day 21, and February has 20: all of it
    ],
)
def test_a_running_month_is_compared_up_to_the_same_working_day(today, until):
    assert framed("month", today=today).before.end == until


def test_days_off_are_no_working_days():
    off = WorkCalendar(off=frozenset({date(2026, 3, 16)}))
    # Tuesday is the first working day of this week, as Monday was of the last one.
    assert framed("week", today=date(2026, 3, 17), calendar=off).before.text() == "2026-03-09..2026-03-09"


def test_a_weekend_counts_with_the_friday_before_it():
    assert framed("week", today=date(2026, 3, 21)).before.text() == "2026-03-09..2026-03-14"
    assert framed("week", today=date(2026, 3, 22)).before.text() == "2026-03-09..2026-03-15"


def test_before_any_working_day_the_days_are_counted_as_they_are():
    # March 2026 begins on a Sunday.
    assert framed("month", today=date(2026, 3, 1)).before.text() == "2026-02-01..2026-02-01"


def test_a_finished_period_is_compared_whole():
    assert framed("2026-02").before.text() == "2026-01-01..2026-01-31"
    assert framed("30d").before.days == 30


def test_the_same_period_last_year_is_cut_alike():
    # The 13th working day of both.
    found = framed("month", versus="ly")
    assert found.before.text() == "2025-03-01..2025-03-19"


def test_a_period_to_compare_with_is_taken_as_it_is():
    other = parse_period("2025-01", Words(WEDNESDAY))
    assert framed("month", versus=other).before == other


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.sampled_from(["week", "month", "quarter", "year"]))
def test_the_same_point_has_as_many_working_days_unless_the_other_period_is_shorter(today, unit):
    words = Words(today)
    period = period_of(unit, today, words)
    other = previous(period, words)
    found = same_point(period, other, today=today, calendar=CALENDAR)
    mine, theirs = CALENDAR.count(period.start, today), CALENDAR.count(found.start, found.end)
    if today == period.end:
        assert found == other
    elif mine:
        assert theirs == min(mine, CALENDAR.count(other.start, other.end))


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.sampled_from(["day", "week", "month", "quarter"]))
def test_buckets_cover_the_period_so_far_and_each_day_once(today, unit):
    found = framed("year", today=today, by=unit, versus="none")
    days = [bucket.start + timedelta(days=step) for bucket in found.buckets for step in range(bucket.days)]
    assert days == [found.shown.start + timedelta(days=step) for step in range(found.shown.days)]


def test_a_question_numbers_the_spans_of_the_period_first():
    found = framed("week", by="day")
    ask = found.ask(USD, Filter())
    assert (len(ask.spans), ask.own, ask.by) == (6, 3, None)
    assert ask.spans[3] == (date(2026, 3, 9), date(2026, 3, 9))
    whole = found.ask(USD, Filter(), whole=True)
    assert whole.spans == ((date(2026, 3, 16), WEDNESDAY), (date(2026, 3, 9), date(2026, 3, 11)))


def test_a_period_to_come_has_no_days_yet():
    found = framed("next-month")
    assert (found.shown.days, found.before.days) == (0, 0)


def test_all_time_ends_today_holds_what_nobody_dated_and_has_no_other():
    asked = framed("all", versus="none").ask(USD, Filter())
    assert (asked.spans, asked.undated) == (((EVER[0], WEDNESDAY),), True)
    assert not framed("..2026-12-31", versus="none").ask(USD, Filter()).undated
    with pytest.raises(UsageError, match="is open"):
        framed("all")


def test_a_part_of_a_period_is_named_by_its_days_and_a_whole_one_by_its_name():
    assert framed("month").before_label == "2026-02-01..2026-02-18"
    assert framed("last-month").before_label == "2026-01"
    assert framed("week", versus="none").before_label == ""


def test_a_chosen_period_counts_as_far_as_it_has_come():
    found = framed("last-month", versus=parse_period("month", Words(WEDNESDAY)))
    assert (found.before.end, found.before_label) == (WEDNESDAY, "2026-03-01..2026-03-18")
