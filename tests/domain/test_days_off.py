from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.days_off import Stretch, joined, parse_stretch
from salestrack.errors import ParseError, RuleError, UsageError

quick = settings(deadline=None, max_examples=200)
WORDS = Words(date(2026, 3, 18), week_start=0, order=None, fiscal_start=1)  # a Wednesday
days = st.integers(0, 60).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
stretches = st.tuples(days, days).map(lambda pair: Stretch(min(pair), max(pair)))


def days_of(stretch):
    return {stretch.first + timedelta(days=number) for number in range((stretch.last - stretch.first).days + 1)}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2026-08-03..2026-08-14", "2026-08-03", "2026-08-14"), ("2025-08-03", "2025-08-03", "2025-08-03"),
     ("fri", "2026-03-20", "2026-03-20"), ("mon..fri", "2026-03-23", "2026-03-27"),
     ("24 dec..2 jan", "2026-12-24", "2027-01-02"), ("2026-W32", "2026-08-03", "2026-08-09"),
     ("2026-08", "2026-08-01", "2026-08-31"), ("next-month", "2026-04-01", "2026-04-30")],
)  # fmt: skip
def test_days_off_look_ahead_unless_they_are_dated_in_full(text, first, last):
    assert parse_stretch(text, WORDS) == Stretch(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("aug", "which has passed"), ("yesterday", "which has passed"), ("all", "has no end"), ("2026-08-03..", "has no end"),
     ("..2026-08-03", "has no start"), ("2026-08-14..2026-08-03", "before it starts"), ("2026-02-30", "no day"),
     ("next mon", "could be"), ("5/6/2026", "could be"), ("summer", "is not a period"), ("", "is not a period")],
)  # fmt: skip
def test_days_that_mean_nothing_or_two_things_are_refused(text, reason):
    with pytest.raises(ParseError, match=reason):
        parse_stretch(text, WORDS)


def test_more_than_a_year_is_a_typing_error():
    with pytest.raises(RuleError, match="a year at most"):
        parse_stretch("2026-01-01..2036-01-01", WORDS)


@quick
@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_days_off(text):
    with suppress(UsageError, RuleError):
        parse_stretch(text, WORDS)


@quick
@given(stretches, stretches)
def test_taking_days_out_leaves_just_the_others(one, other):
    left = one.without(other)
    assert set().union(*map(days_of, left)) == days_of(one) - days_of(other)
    assert sum(part.days for part in left) == len(days_of(one) - days_of(other))


@quick
@given(stretches, stretches)
def test_stretches_that_touch_join_without_a_gap(one, other):
    whole = days_of(joined([one, other]))
    assert one.touches(other) == (len(whole - days_of(one) - days_of(other)) == 0)
