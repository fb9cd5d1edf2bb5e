"""What repeats: how it is read, on which days it falls, and what it is worth a month."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.recurring import Every, following, from_code, monthly, occurrences, parse_every, year_of
from salestrack.errors import ParseError

rhythms = st.one_of(st.integers(1, 40).map(lambda n: Every(months=n)), st.integers(1, 400).map(lambda n: Every(days=n)))
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("month", Every(months=1)),
        ("months", Every(months=1)),
        ("every month", Every(months=1)),
        ("Monthly", Every(months=1)),
        ("2 months", Every(months=2)),
        ("quarter", Every(months=3)),
        ("quarterly", Every(months=3)),
        ("6mo", Every(months=6)),
        ("year", Every(months=12)),
        ("2y", Every(months=24)),
        ("week", Every(days=7)),
        ("2 weeks", Every(days=14)),
        ("14 days", Every(days=14)),
        ("10d", Every(days=10)),
    ],
)
def test_how_often_is_read_in_words_and_numbers(text, every):
    assert parse_every(text) == every


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("2m", ("2 months", "2 minutes")),
        ("biweekly", ("2 weeks", "twice a week")),
        ("bimonthly", ("2 months", "twice")),
    ],
)
def test_what_has_two_readings_is_refused_with_both(text, readings):
    with pytest.raises(ParseError) as refused:
        parse_every(text)
    assert all(reading in str(refused.value) for reading in readings)


@pytest.mark.parametrize(
    "text", ["", "5", "0 days", "-1 month", "1.5 months", "mon", "fortnight", "200 months", "ſ", "٣ days"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ParseError):
        parse_every(text)


@given(rhythms)
def test_what_is_said_for_people_and_kept_in_the_book_reads_back(every):
    assert parse_every(every.text()) == every
    assert from_code(every.code) == every


def test_a_missing_31st_is_the_last_of_its_month_and_comes_back():
    found = occurrences(Every(months=1), date(2026, 1, 31), date(2026, 5, 31))
    assert [day.isoformat() for day in found] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def test_the_29th_of_february_comes_back_in_a_leap_year():
    found = occurrences(Every(months=12), date(2024, 2, 29), date(2028, 12, 31))
    assert [str(day) for day in found] == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


@given(rhythms, days, st.integers(0, 3000))
def test_days_are_found_as_by_walking_the_calendar_day_by_day(every, start, span):
    end = start + timedelta(days=span)
    expected = []
    for number in range(span + 1):
        day = start + timedelta(days=number)
        months = (day.year - start.year) * 12 + day.month - start.month
        clipped = day.day == min(start.day, monthrange(day.year, day.month)[1])
        if (number % every.days == 0) if every.days else (months % every.months == 0 and clipped):
            expected.append(day)
    assert list(occurrences(every, start, end)) == expected


@given(rhythms, days, st.integers(-50, 3000))
def test_the_ones_after_a_day_are_those_of_all_that_are_later(every, start, offset):
    after = start + timedelta(days=offset)
    end = after + timedelta(days=2000)
    assert list(occurrences(every, start, end, after=after)) == [d for d in occurrences(every, start, end) if d > after]
    assert following(every, start, after) == next(occurrences(every, start, None, after=after))


def test_without_an_end_it_goes_on_and_stops_where_dates_do():
    assert len(list(islice(occurrences(Every(months=1), date(2026, 1, 1), None), 500))) == 500
    assert list(occurrences(Every(months=120), date(2180, 1, 1), None)) == [date(2180, 1, 1), date(2190, 1, 1)]


@pytest.mark.parametrize(
    ("amount", "every", "expected"),
    [
        (50_000, Every(months=1), 50_000),
        (120_000, Every(months=12), 10_000),
        (100, Every(months=12), 8),  # 8.33
        (30, Every(months=12), 2),  # 2.5 goes to the even neighbour
        (42, Every(months=12), 4),  # 3.5 too
        (10_000, Every(days=7), 43_452),  # 100.00 x 365 / 84 = 434.5238
        (0, Every(months=1), 0),
    ],
)
def test_the_worth_of_a_month_is_rounded_half_to_even(amount, every, expected):
    assert monthly(amount, every) == expected


def test_the_first_year_ends_before_the_day_comes_round():
    assert len(year_of(Every(months=1), date(2026, 1, 31), None)) == 12
    assert len(year_of(Every(months=12), date(2024, 2, 29), None)) == 1
    assert len(year_of(Every(months=1), date(2026, 1, 31), date(2026, 4, 29))) == 3
    assert year_of(Every(months=1), date(2026, 1, 31), date(2026, 1, 30)) == ()
