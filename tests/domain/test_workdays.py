from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.workdays import WorkCalendar
from salestrack.errors import RuleError

quick = settings(deadline=None, max_examples=100)

FRIDAY, SATURDAY, MONDAY = date(2026, 3, 20), date(2026, 3, 21), date(2026, 3, 23)


def test_weekends_and_days_off_are_not_worked():
    calendar = WorkCalendar(off=frozenset({MONDAY}))
    assert calendar.is_working(FRIDAY)
    assert not calendar.is_working(SATURDAY)
    assert not calendar.is_working(MONDAY)


def test_the_next_working_day_is_the_day_itself_when_it_is_worked():
    calendar = WorkCalendar(off=frozenset({MONDAY}))
    assert calendar.next_working(FRIDAY) == FRIDAY
    assert calendar.next_working(SATURDAY) == MONDAY + timedelta(days=1)


def test_a_span_that_ends_before_it_starts_has_no_working_day():
    assert WorkCalendar().count(MONDAY, FRIDAY) == 0


def test_a_day_off_on_a_weekend_is_not_taken_off_twice():
    assert WorkCalendar(off=frozenset({SATURDAY})).count(FRIDAY, MONDAY) == 2


def test_a_century_is_counted():
    start = date(1950, 1, 1)
    century = [start + timedelta(days=step) for step in range(36525)]
    assert century[-1] == date(2049, 12, 31)
    assert WorkCalendar().count(start, century[-1]) == sum(day.weekday() < 5 for day in century)


def test_a_week_without_working_days_is_refused():
    for weekdays in (frozenset(), frozenset({7})):
        with pytest.raises(RuleError):
            WorkCalendar(weekdays=weekdays)


near = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@quick
@given(near, near, st.frozensets(st.integers(0, 6), min_size=1), st.frozensets(near, max_size=40))
def test_counting_agrees_with_looking_at_every_day(start, end, weekdays, off):
    calendar = WorkCalendar(weekdays=weekdays, off=off)
    span = [start + timedelta(days=step) for step in range((end - start).days + 1)]
    assert calendar.count(start, end) == sum(calendar.is_working(day) for day in span)


@quick
@given(near, st.frozensets(st.integers(0, 6), min_size=1), st.frozensets(near, max_size=40))
def test_no_working_day_is_skipped(day, weekdays, off):
    calendar = WorkCalendar(weekdays=weekdays, off=off)
    found = calendar.next_working(day)
    assert calendar.is_working(found)
    assert calendar.count(day, found) == 1
