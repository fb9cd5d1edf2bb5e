from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.dates import (
    Words,
    bounds,
    find_day,
    format_day,
    parse_any,
    parse_coming,
    parse_future,
    parse_moment,
    parse_past,
)
from salestrack.errors import ParseError

quick = settings(deadline=None, max_examples=200)

WEDNESDAY = Words(today=date(2026, 3, 18))
DAY_FIRST = WEDNESDAY._replace(order="dmy")
MONTH_FIRST = WEDNESDAY._replace(order="mdy")


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("today", "2026-03-18", "2026-03-18"),
        ("tod", "2026-03-18", "2026-03-18"),
        ("now", "2026-03-18", "2026-03-18"),
        ("mon", "2026-03-16", "2026-03-23"),
        ("Monday", "2026-03-16", "2026-03-23"),
        ("wed", "2026-03-18", "2026-03-25"),
        ("fri", "2026-03-13", "2026-03-20"),
        ("3d", "2026-03-15", "2026-03-21"),
        ("2w", "2026-03-04", "2026-04-01"),
        ("1mo", "2026-02-18", "2026-04-18"),
        ("1q", "2025-12-18", "2026-06-18"),
        ("1y", "2025-03-18", "2027-03-18"),
        ("15", "2026-03-15", "2026-04-15"),
        ("15th", "2026-03-15", "2026-04-15"),
        ("18", "2026-03-18", "2026-03-18"),
        ("31", "2026-01-31", "2026-03-31"),
        ("03-15", "2026-03-15", "2027-03-15"),
        ("12-25", "2025-12-25", "2026-12-25"),
        ("02-29", "2024-02-29", "2028-02-29"),
        ("15 mar", "2026-03-15", "2027-03-15"),
        ("mar 15", "2026-03-15", "2027-03-15"),
        ("18 mar", "2026-03-18", "2026-03-18"),
        ("March 19th", "2025-03-19", "2026-03-19"),
        ("25dec", "2025-12-25", "2026-12-25"),
        ("sow", "2026-03-16", "2026-03-23"),
        ("som", "2026-03-01", "2026-04-01"),
        ("soq", "2026-01-01", "2026-04-01"),
        ("soy", "2026-01-01", "2027-01-01"),
        ("2026-03-15", "2026-03-15", "2026-03-15"),
        ("2026-3-5", "2026-03-05", "2026-03-05"),
        ("20260315", "2026-03-15", "2026-03-15"),
        ("15 mar 2025", "2025-03-15", "2025-03-15"),
        ("mar 15, 2025", "2025-03-15", "2025-03-15"),
        ("15-Mar-2025", "2025-03-15", "2025-03-15"),
        ("  15   MAR ", "2026-03-15", "2027-03-15"),
    ],
)
def test_recording_looks_back_and_planning_looks_ahead(text, past, future):
    assert str(parse_past(text, WEDNESDAY)) == past
    assert str(parse_any(text, WEDNESDAY)) == past
    assert str(parse_future(text, WEDNESDAY)) == future


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-03-19"),
        ("tom", "2026-03-19"),
        ("+2w", "2026-04-01"),
        ("eow", "2026-03-22"),
        ("eom", "2026-03-31"),
        ("eoq", "2026-03-31"),
        ("eoy", "2026-12-31"),
        ("2026-03-19", "2026-03-19"),
    ],
)
def test_what_lies_ahead_cannot_be_recorded(text, day):
    assert str(parse_future(text, WEDNESDAY)) == day
    assert str(parse_any(text, WEDNESDAY)) == day
    with pytest.raises(ParseError, match=f"{day}, which is in the future") as error:
        parse_past(text, WEDNESDAY)
    assert "plan" in error.value.hint


def test_the_end_of_a_month_can_be_recorded_on_that_day():
    words = Words(today=date(2026, 3, 31))
    assert parse_past("eom", words) == parse_future("eom", words) == words.today


def test_a_refused_end_of_month_names_the_last_one():
    with pytest.raises(ParseError) as error:
        parse_past("eom", WEDNESDAY)
    assert "2026-02-28" in error.value.hint


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("yesterday", "2026-03-17"),
        ("yest", "2026-03-17"),
        ("y", "2026-03-17"),
        ("-3d", "2026-03-15"),
        ("last mon", "2026-03-16"),
        ("last wed", "2026-03-11"),
    ],
)
def test_a_word_for_a_past_day_is_no_plan(text, day):
    assert str(parse_past(text, WEDNESDAY)) == day
    with pytest.raises(ParseError, match=f"{day}, which has passed") as error:
        parse_future(text, WEDNESDAY)
    assert day in error.value.hint


def test_a_full_date_may_have_passed_in_a_plan():
    assert parse_future("2017-01-01", WEDNESDAY) == date(2017, 1, 1)
    assert parse_future("15 mar 2026", WEDNESDAY) == date(2026, 3, 15)


def test_plans_reach_ten_years():
    assert parse_future("2036-03-18", WEDNESDAY) == date(2036, 3, 18)
    for text in ("2036-03-19", "11y", "999w"):
        with pytest.raises(ParseError, match="too far ahead"):
            parse_future(text, WEDNESDAY)


def test_next_monday_has_two_readings():
    with pytest.raises(ParseError) as error:
        parse_future("next mon", WEDNESDAY)
    assert error.value.message == "date 'next mon' could be Mon 2026-03-23 or Mon 2026-03-30"
    assert error.value.hint == "when planning, mon is 2026-03-23; for the week after write 2026-03-30"


@pytest.mark.parametrize("text", ["2m", "+2m", "2min"])
def test_m_may_be_months_or_minutes(text):
    with pytest.raises(ParseError, match=r"2 months \(Mon 2026-05-18\) or 2 minutes") as error:
        parse_future(text, WEDNESDAY)
    assert "2mo" in error.value.hint


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("5/6/2026", "Fri 2026-06-05", "Wed 2026-05-06"),
        ("4.3.2026", "Wed 2026-03-04", "Fri 2026-04-03"),
        ("1.4", "Tue 2025-04-01", "Sun 2026-01-04"),
        ("5/6/26", "Fri 2026-06-05", "Wed 2026-05-06"),
    ],
)
def test_numbers_without_a_configured_order_have_two_readings(text, first, second):
    with pytest.raises(ParseError) as error:
        parse_any(text, WEDNESDAY)
    assert error.value.message == f"date '{text}' could be {first} or {second}"
    assert first.split()[1] in error.value.hint
    assert str(parse_any(text, DAY_FIRST)) == first.split()[1]
    assert str(parse_any(text, MONTH_FIRST)) == second.split()[1]


def test_numbers_with_a_single_reading_need_no_order():
    assert parse_any("15/3/2026", WEDNESDAY) == parse_any("3/15/2026", WEDNESDAY) == date(2026, 3, 15)
    assert parse_any("4.4.2025", WEDNESDAY) == date(2025, 4, 4)


def test_numbers_follow_the_configured_order_and_no_other():
    assert parse_past("4.3.", DAY_FIRST) == date(2026, 3, 4)
    assert parse_future("4/3", MONTH_FIRST) == date(2026, 4, 3)
    with pytest.raises(ParseError, match="no day '15/3/2026'"):
        parse_any("15/3/2026", MONTH_FIRST)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "Feb 30 2026",
        "30 feb",
        "02-30",
        "13-01",
        "2026-13-01",
        "32",
        "0",
        "00",
        "31/4/2026",
        "20260230",
    ],
)
def test_days_that_do_not_exist_are_refused(text):
    for parse in (parse_past, parse_future, parse_any):
        with pytest.raises(ParseError, match=r"no day .* in the calendar"):
            parse(text, DAY_FIRST)


@pytest.mark.parametrize(
    "text", ["2026", "2026-03", "mar", "march", "mar 2026", "q1", "week", "2026-W12", "last-month"]
)
def test_a_period_is_no_day(text):
    with pytest.raises(ParseError, match="not a day"):
        parse_past(text, WEDNESDAY)


@pytest.mark.parametrize(
    "text",
    ["", " ", "acme", "1,200", "1200", "150", "m", "next", "mon tue", "15 day", "15 days", "3 5", "2026-1",
     "d", "+", "-", "12:60", "mar 15 16", "15 mär", "١٥", "１５", "💥", "\0", "\ud800", "9" * 500,
     "99999999999d", "9" * 30 + "mo", "5000y", "+9999y", "-9999q", "0001-05-29", "9999-12-31", "1899-12-31",
     "2026-03-15Z", "..", "all", "0x1"],
)  # fmt: skip
def test_what_is_no_date_is_refused_in_one_printable_line(text):
    for parse in (parse_past, parse_future, parse_any):
        with pytest.raises(ParseError) as error:
            parse(text, WEDNESDAY)
        assert error.value.message.isprintable()
        assert error.value.hint


def test_errors_name_the_field():
    with pytest.raises(ParseError, match="close date 'acme' is not a date"):
        parse_future("acme", WEDNESDAY, "close date")


def test_weeks_start_on_the_configured_day():
    sunday = WEDNESDAY._replace(week_start=6)
    assert str(parse_any("sow", sunday)) == "2026-03-15"
    assert str(parse_any("eow", sunday)) == "2026-03-21"


def test_quarters_and_years_are_fiscal():
    november = WEDNESDAY._replace(fiscal_start=11)
    assert str(parse_any("soq", november)) == "2026-02-01"
    assert str(parse_any("eoq", november)) == "2026-04-30"
    assert str(parse_any("soy", november)) == "2025-11-01"
    assert str(parse_future("soy", november)) == "2026-11-01"


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("tue 14:30", "2026-03-17", time(14, 30)),
        ("2026-03-15 9:05", "2026-03-15", time(9, 5)),
        ("2026-03-15T09:05", "2026-03-15", time(9, 5)),
        ("15 oct 9:05", "2025-10-15", time(9, 5)),
        ("last wed 0:00", "2026-03-11", time(0, 0)),
        ("12:30", "2026-03-18", time(12, 30)),
        ("now", "2026-03-18", time(12, 34)),
        ("today", "2026-03-18", time(12, 34)),
        ("yest", "2026-03-17", None),
        ("-3d", "2026-03-15", None),
    ],
)
def test_a_moment_keeps_its_time_of_day(text, day, at):
    assert parse_moment(text, WEDNESDAY, time(12, 34)) == (date.fromisoformat(day), at)


def test_today_has_no_time_when_none_is_known():
    assert parse_moment("now", WEDNESDAY, None) == (WEDNESDAY.today, None)


@pytest.mark.parametrize("text", ["12:60", "24:00", "99:99", "9:5", "14:30:00", ":", "tue 14:", "tom 9:00", "x 9:00"])
def test_times_that_do_not_exist_are_refused(text):
    with pytest.raises(ParseError):
        parse_moment(text, WEDNESDAY, None)


def test_days_are_shown_with_their_weekday():
    assert format_day(WEDNESDAY.today) == "Wed 2026-03-18"


def test_find_day_tells_no_date_from_a_wrong_one():
    assert find_day("acme", WEDNESDAY) is None
    assert find_day("15", WEDNESDAY) == date(2026, 3, 15)
    with pytest.raises(ParseError):
        find_day("30 feb", WEDNESDAY)


contexts = st.builds(
    Words,
    today=st.dates(date(1910, 1, 1), date(2180, 1, 1)),
    week_start=st.integers(0, 6),
    order=st.sampled_from([None, "dmy", "mdy"]),
    fiscal_start=st.integers(1, 12),
)
typed = st.one_of(
    st.text(),
    st.text(st.sampled_from("0123456789-+./: dwmoqyqthmarfebTW"), max_size=14),
    st.from_regex(r"[+-]?[0-9]{1,9} ?(d|w|mo|q|y|m)", fullmatch=True),
    st.from_regex(r"(last |next )?(mon|tue|wed|thu|fri|sat|sun)|[se]o[wmqy]|[0-9]{1,2}(th)?", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}[ -]?(feb|mar|april|dec)( [0-9]{4})?|[0-9]{1,2}[./][0-9]{1,2}", fullmatch=True),
)


def outcome(parse, *given_words):
    """Return what a parser answers: a value and no message, or no value and what the error says."""
    try:
        return parse(*given_words), ""
    except ParseError as error:
        return None, error.message


@quick
@given(typed, contexts)
def test_recorded_days_are_never_after_today(text, words):
    day, message = outcome(parse_past, text, words)
    assert day is None or day <= words.today
    assert message.isprintable()


@quick
@given(typed, contexts)
def test_planned_days_are_at_most_ten_years_ahead(text, words):
    day, message = outcome(parse_future, text, words)
    assert day is None or day <= words.today + timedelta(days=3653)
    assert message.isprintable()


@quick
@given(typed, contexts, st.one_of(st.none(), st.times()))
def test_any_text_is_a_moment_or_a_parse_error(text, words, now):
    moment, message = outcome(parse_moment, text, words, now)
    assert moment is None or moment[0] <= words.today
    assert message.isprintable()


@quick
@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), contexts)
def test_every_written_day_reads_back(day, words):
    for text in (str(day), f"{day:%Y%m%d}", f"{day:%d %b %Y}", f"{day:%B %d, %Y}"):
        assert parse_any(text, words) == day


@quick
@given(contexts, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_a_unit_holds_its_day_and_its_neighbours_touch_it(words, unit):
    start, end = bounds(unit, words.today, words)
    assert start <= words.today <= end
    assert bounds(unit, start, words) == bounds(unit, end, words) == (start, end)
    assert bounds(unit, end + timedelta(days=1), words)[0] == end + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("30 jun", date(2026, 6, 30)),
        ("17 mar", date(2027, 3, 17)),
        ("mon", date(2026, 3, 23)),
        ("-3d", date(2026, 3, 15)),
        ("2025-06-30", date(2025, 6, 30)),
    ],
)
def test_a_day_on_which_something_changes_looks_ahead_unless_it_says_otherwise(text, day):
    assert parse_coming(text, Words(date(2026, 3, 18))) == day


@pytest.mark.parametrize(
    ("parse", "text", "told"),
    [
        (parse_past, "19 mar", "'19 mar' is Wed 2025-03-19, 364 days ago"),
        (parse_past, "03-19", "'03-19' is Wed 2025-03-19, 364 days ago"),
        (parse_future, "17 mar", "'17 mar' is Wed 2027-03-17, 364 days ahead"),
        (parse_future, "2026-03-17", "date Tue 2026-03-17 has passed"),
        (parse_past, "1 jul", None),
        (parse_past, "-1y", None),
        (parse_past, "2025-03-19", None),
        (parse_future, "eoy", None),
    ],
)
def test_a_day_that_was_hardly_meant_is_told(parse, text, told):
    said = []
    parse(text, Words(date(2026, 3, 18), remark=said.append))
    assert said == ([told] if told else [])


def test_a_time_of_today_that_is_still_to_come_is_refused_where_the_time_is_known():
    words = Words(date(2026, 3, 18))
    assert parse_moment("14:30", words, time(14, 30)) == (date(2026, 3, 18), time(14, 30))
    assert parse_moment("14:31", words, None) == (date(2026, 3, 18), time(14, 31))
    assert parse_moment("tue 14:31", words, time(14, 30)) == (date(2026, 3, 17), time(14, 31))
    with pytest.raises(ParseError, match="time '14:31' is still to come"):
        parse_moment("14:31", words, time(14, 30))
