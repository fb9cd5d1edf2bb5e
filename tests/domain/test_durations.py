import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.durations import LONGEST, format_minutes, parse_duration
from salestrack.errors import ParseError

quick = settings(deadline=None, max_examples=200)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("15m", 15), ("15min", 15), ("90", 90), ("90m", 90), ("1h", 60), ("1h30", 90), ("1h30m", 90),
     ("1h5", 65), ("1h05", 65), ("1.5h", 90), ("1,5h", 90), ("0.25h", 15), ("1:30", 90), ("0:15", 15),
     ("1H30M", 90), (" 15m ", 15), ("1 h 30 min", 90), ("168h", LONGEST), ("10080", LONGEST)],
)  # fmt: skip
def test_durations_are_minutes(text, minutes):
    assert parse_duration(text) == minutes


@pytest.mark.parametrize("text", ["0", "0m", "0h", "0:00", "0.0h"])
def test_no_time_at_all_is_refused(text):
    with pytest.raises(ParseError, match="no time at all"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["169h", "10081", "168:01", "9" * 20, "999999.5h"])
def test_more_than_seven_days_is_refused(text):
    with pytest.raises(ParseError, match="longer than seven days"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-15", "-1h", "12:60", "1h60", "1:5", "1:300", "h", "m", "1.5", "1.33h", "1.5m", "1h30s",
     "90s", "2d", "1h 1h", "1 5m", "1mo", "+15", "1e2", "१५", "１５", "9" * 500, "\0", "💥", "\ud800",
     "1h-5", ".5h"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ParseError, match="cannot be read") as error:
        parse_duration(text)
    assert error.value.message.isprintable()
    assert "1h30" in error.value.hint


@pytest.mark.parametrize(("minutes", "text"), [(0, "0 min"), (15, "15 min"), (60, "1 h"), (90, "1 h 30 min")])
def test_minutes_are_shown_as_hours_and_minutes(minutes, text):
    assert format_minutes(minutes) == text


@quick
@given(st.integers(1, LONGEST))
def test_shown_durations_read_back(minutes):
    assert parse_duration(format_minutes(minutes)) == minutes
    assert parse_duration(f"{minutes // 60}:{minutes % 60:02d}") == minutes


@quick
@given(st.one_of(st.text(), st.text(st.sampled_from("0123456789hm:., in"), max_size=9)))
def test_any_text_is_a_duration_or_a_parse_error(text):
    try:
        minutes = parse_duration(text)
    except ParseError:
        return
    assert 1 <= minutes <= LONGEST
