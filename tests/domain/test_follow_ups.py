from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.follow_ups import FollowUp, Wait, due_day, parse_wait
from salestrack.domain.workdays import WorkCalendar
from salestrack.errors import ParseError

WEEK = WorkCalendar()
WEDNESDAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("text", "wait", "said"),
    [
        ("2d", Wait(2), "2 days later"), ("+2d", Wait(2), "2 days later"), ("1 D", Wait(1), "1 day later"),
        ("1w", Wait(7), "1 week later"), ("+2w", Wait(14), "2 weeks later"), ("0d", Wait(0), "the same day"),
        ("3wd", Wait(3, working=True), "3 working days later"), ("+1wd", Wait(1, working=True), "1 working day later"),
    ],
)  # fmt: skip
def test_a_wait_is_days_weeks_or_working_days(text, wait, said):
    assert (parse_wait(text), wait.text()) == (wait, said)


@pytest.mark.parametrize("text", ["", "2", "fri", "2m", "1mo", "-2d", "2.5d", "9999w", "٢d", "2d 3d"])
def test_anything_else_is_no_wait(text):
    with pytest.raises(ParseError):
        parse_wait(text)


@pytest.mark.parametrize(
    ("wait", "due", "meant"),
    [
        ("2d", "2026-03-20", "2026-03-20"), ("3d", "2026-03-23", "2026-03-21"), ("0d", "2026-03-18", "2026-03-18"),
        ("3wd", "2026-03-23", "2026-03-23"), ("1w", "2026-03-25", "2026-03-25"),
    ],
)  # fmt: skip
def test_a_step_falls_on_a_working_day(wait, due, meant):
    found = due_day(parse_wait(wait), WEDNESDAY, WEEK)
    assert [str(day) for day in found] == [due, meant]


@given(days=st.integers(0, 60), start=st.dates(date(2020, 1, 1), date(2030, 1, 1)), working=st.booleans())
def test_a_step_is_never_early_and_working_days_are_counted(days, start, working):
    due, meant = due_day(Wait(days, working), start, WEEK)
    assert WEEK.is_working(due)
    assert due >= meant >= start
    if working and days:
        assert due == meant
        assert WEEK.count(start + timedelta(days=1), due) == days


def test_a_rule_says_itself_in_words():
    assert FollowUp("call", Wait(2), after_kind="demo").text == "after demo: call 2 days later"
    assert FollowUp("email", Wait(3, working=True), stage_id=3, stage="Proposal").text == (
        "enters Proposal: email 3 working days later"
    )
