from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.periods import (
    UNITS,
    Period,
    last_year,
    parse_period,
    period_of,
    previous,
    split,
    to_date,
)
from salestrack.errors import ParseError, UsageError

quick = settings(deadline=None, max_examples=200)

WEDNESDAY = Words(today=date(2026, 3, 18))
APRIL = WEDNESDAY._replace(fiscal_start=4)
SUNDAY = WEDNESDAY._replace(week_start=6)


def read(text, words=WEDNESDAY):
    period = parse_period(text, words)
    return f"{period.label} {period.text()} {period.unit}"


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("today", "2026-03-18 2026-03-18..2026-03-18 day"),
        ("yesterday", "2026-03-17 2026-03-17..2026-03-17 day"),
        ("2026-03-15", "2026-03-15 2026-03-15..2026-03-15 day"),
        ("mon", "2026-03-16 2026-03-16..2026-03-16 day"),
        ("15", "2026-03-15 2026-03-15..2026-03-15 day"),
        ("week", "2026-W12 2026-03-16..2026-03-22 week"),
        ("this-week", "2026-W12 2026-03-16..2026-03-22 week"),
        ("last-week", "2026-W11 2026-03-09..2026-03-15 week"),
        ("next-week", "2026-W13 2026-03-23..2026-03-29 week"),
        ("month", "2026-03 2026-03-01..2026-03-31 month"),
        ("last-month", "2026-02 2026-02-01..2026-02-28 month"),
        ("Last Month", "2026-02 2026-02-01..2026-02-28 month"),
        ("next-month", "2026-04 2026-04-01..2026-04-30 month"),
        ("quarter", "2026-Q1 2026-01-01..2026-03-31 quarter"),
        ("last-quarter", "2025-Q4 2025-10-01..2025-12-31 quarter"),
        ("year", "2026 2026-01-01..2026-12-31 year"),
        ("last-year", "2025 2025-01-01..2025-12-31 year"),
        ("2025", "2025 2025-01-01..2025-12-31 year"),
        ("FY2025", "2025 2025-01-01..2025-12-31 year"),
        ("2026-02", "2026-02 2026-02-01..2026-02-28 month"),
        ("2026-W12", "2026-W12 2026-03-16..2026-03-22 week"),
        ("2026w1", "2026-W01 2025-12-29..2026-01-04 week"),
        ("2026Q1", "2026-Q1 2026-01-01..2026-03-31 quarter"),
        ("2026-q4", "2026-Q4 2026-10-01..2026-12-31 quarter"),
        ("q2", "2026-Q2 2026-04-01..2026-06-30 quarter"),
        ("q2 2025", "2025-Q2 2025-04-01..2025-06-30 quarter"),
        ("mar", "2026-03 2026-03-01..2026-03-31 month"),
        ("april", "2025-04 2025-04-01..2025-04-30 month"),
        ("apr 2026", "2026-04 2026-04-01..2026-04-30 month"),
        ("30d", "30d 2026-02-17..2026-03-18 None"),
        ("1d", "1d 2026-03-18..2026-03-18 None"),
        ("12w", "12w 2025-12-25..2026-03-18 None"),
        ("6mo", "6mo 2025-09-19..2026-03-18 None"),
        ("1y", "1y 2025-03-19..2026-03-18 None"),
        ("2026-01-01..2026-03-31", "2026-01-01..2026-03-31 2026-01-01..2026-03-31 None"),
        ("2026-01-01 .. yest", "2026-01-01..2026-03-17 2026-01-01..2026-03-17 None"),
        ("..2026-03-31", "..2026-03-31 ..2026-03-31 None"),
        ("2026-01-01..", "2026-01-01.. 2026-01-01.. None"),
        ("30d..", "2026-02-16.. 2026-02-16.. None"),
        ("jan..mar", "2026-01-01..2026-03-31 2026-01-01..2026-03-31 None"),
        ("2025..2025Q2", "2025-01-01..2025-06-30 2025-01-01..2025-06-30 None"),
        ("som..eom", "2026-03-01..2026-03-31 2026-03-01..2026-03-31 None"),
        ("all", "all all None"),
    ],
)
def test_periods_have_their_whole_calendar_extent(text, read_as):
    assert read(text) == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("year", "FY2026 2025-04-01..2026-03-31 year"),
        ("2026", "FY2026 2025-04-01..2026-03-31 year"),
        ("fy2027", "FY2027 2026-04-01..2027-03-31 year"),
        ("quarter", "FY2026-Q4 2026-01-01..2026-03-31 quarter"),
        ("2026Q1", "FY2026-Q1 2025-04-01..2025-06-30 quarter"),
        ("FY2026-Q3", "FY2026-Q3 2025-10-01..2025-12-31 quarter"),
        ("q1", "FY2026-Q1 2025-04-01..2025-06-30 quarter"),
        ("2026-03", "2026-03 2026-03-01..2026-03-31 month"),
    ],
)
def test_fiscal_years_are_named_by_the_year_they_end_in(text, read_as):
    assert read(text, APRIL) == read_as


def test_a_week_is_named_by_the_iso_week_of_its_thursday():
    assert read("week", SUNDAY) == "2026-W12 2026-03-15..2026-03-21 week"
    assert read("2026-W12", SUNDAY) == "2026-W12 2026-03-15..2026-03-21 week"


@pytest.mark.parametrize(
    "text",
    ["", " ", "fortnight", "weeks", "last", "last-day", "2026-13", "2026-00", "2026-W60", "2025-W53",
     "2026Q5", "q0", "q5", "0d", "6m", "32", "30 feb", "next mon", "2026-02-30", "5/6/2026", "..", "...",
     "2026-03-31..2026-01-01", "15..20", "a..b", "2026..b", "2026-01-01..2026-02-01..2026-03-01", "all..",
     "0001", "9999", "999999d", "99999y", "9" * 400, "2026q1 2025", "mar 32", "\0", "🗓", "２０２６",
     "\ud800", "fy26"],
)  # fmt: skip
def test_what_is_no_period_is_refused_in_one_printable_line(text):
    with pytest.raises(ParseError) as error:
        parse_period(text, WEDNESDAY)
    assert error.value.message.isprintable()


def test_an_unknown_period_lists_the_forms():
    with pytest.raises(ParseError, match="'fortnight' is not a period") as error:
        parse_period("fortnight", WEDNESDAY)
    assert "last-month, 2026Q1" in error.value.hint


def test_m_may_be_months_or_minutes():
    with pytest.raises(ParseError, match="6 months or 6 minutes") as error:
        parse_period("6m", WEDNESDAY)
    assert "6mo" in error.value.hint


def test_a_period_knows_its_days():
    march = parse_period("2026-03", WEDNESDAY)
    assert march.days == 31
    assert march.contains(date(2026, 3, 31))
    assert not march.contains(date(2026, 4, 1))
    assert parse_period("all", WEDNESDAY).days is None
    assert parse_period("..2026-03-31", WEDNESDAY).contains(date(1990, 1, 1))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026-03", "2026-02 2026-02-01..2026-02-28 month"),
        ("2026-W01", "2025-W52 2025-12-22..2025-12-28 week"),
        ("2026Q1", "2025-Q4 2025-10-01..2025-12-31 quarter"),
        ("2026", "2025 2025-01-01..2025-12-31 year"),
        ("today", "2026-03-17 2026-03-17..2026-03-17 day"),
        ("30d", "2026-01-18..2026-02-16 2026-01-18..2026-02-16 None"),
        ("2026-01-01..2026-01-10", "2025-12-22..2025-12-31 2025-12-22..2025-12-31 None"),
    ],
)
def test_the_previous_period_is_the_unit_before_or_as_many_days(text, before):
    found = previous(parse_period(text, WEDNESDAY), WEDNESDAY)
    assert f"{found.label} {found.text()} {found.unit}" == before


@pytest.mark.parametrize(
    ("text", "today", "before"),
    [
        ("month", "2026-03-18", "2026-02-01..2026-02-18"),
        ("month", "2026-03-30", "2026-02-01..2026-02-28"),
        ("month", "2026-02-28", "2026-01-01..2026-01-31"),
        ("week", "2026-03-18", "2026-03-09..2026-03-11"),
        ("quarter", "2026-03-18", "2025-10-01..2025-12-18"),
        ("year", "2024-02-29", "2023-01-01..2023-02-28"),
    ],
)
def test_the_previous_of_a_part_is_the_same_place_in_the_unit_before(text, today, before):
    words = Words(today=date.fromisoformat(today))
    so_far = to_date(parse_period(text, words), words.today)
    assert previous(so_far, words).text() == before


@pytest.mark.parametrize(
    ("text", "year_before"),
    [
        ("2026-03", "2025-03 2025-03-01..2025-03-31 month"),
        ("2024-02", "2023-02 2023-02-01..2023-02-28 month"),
        ("2025-02", "2024-02 2024-02-01..2024-02-29 month"),
        ("2026Q1", "2025-Q1 2025-01-01..2025-03-31 quarter"),
        ("2026", "2025 2025-01-01..2025-12-31 year"),
        ("2026-W12", "2025-W12 2025-03-17..2025-03-23 week"),
        ("2026-W53", "2025-W52 2025-12-22..2025-12-28 week"),
        ("2024-02-29", "2023-02-28 2023-02-28..2023-02-28 day"),
        ("2025-02-28", "2024-02-28 2024-02-28..2024-02-28 day"),
        ("2026-01-10..2026-03-20", "2025-01-10..2025-03-20 2025-01-10..2025-03-20 None"),
    ],
)
def test_last_year_is_the_same_period_a_year_earlier(text, year_before):
    found = last_year(parse_period(text, WEDNESDAY))
    assert f"{found.label} {found.text()} {found.unit}" == year_before


def test_last_year_of_a_fiscal_quarter_keeps_its_name():
    assert last_year(parse_period("quarter", APRIL)) == parse_period("2025Q4", APRIL)


@pytest.mark.parametrize("text", ["all", "..2026-03-31", "2026-01-01.."])
def test_an_open_period_has_no_neighbours_and_no_parts(text):
    period = parse_period(text, WEDNESDAY)
    for act in (
        lambda: previous(period, WEDNESDAY),
        lambda: last_year(period),
        lambda: split(period, "day", WEDNESDAY),
    ):
        with pytest.raises(UsageError, match="open"):
            act()


def test_parts_are_cut_at_the_ends_and_named_by_the_whole():
    parts = split(parse_period("2026-01-20..2026-03-05", WEDNESDAY), "month", WEDNESDAY)
    assert [(part.label, part.text()) for part in parts] == [
        ("2026-01", "2026-01-20..2026-01-31"),
        ("2026-02", "2026-02-01..2026-02-28"),
        ("2026-03", "2026-03-01..2026-03-05"),
    ]


def test_to_date_ends_today_at_the_latest():
    assert to_date(parse_period("month", WEDNESDAY), WEDNESDAY.today).text() == "2026-03-01..2026-03-18"
    assert to_date(parse_period("last-month", WEDNESDAY), WEDNESDAY.today).text() == "2026-02-01..2026-02-28"
    assert to_date(parse_period("all", WEDNESDAY), WEDNESDAY.today).text() == "..2026-03-18"


def test_a_future_period_has_no_day_to_date():
    so_far = to_date(parse_period("next-month", WEDNESDAY), WEDNESDAY.today)
    assert so_far.days == 0
    assert not so_far.contains(WEDNESDAY.today)
    assert previous(so_far, WEDNESDAY).days == 0
    assert last_year(so_far).days == 0
    assert split(so_far, "day", WEDNESDAY) == ()


contexts = st.builds(
    Words,
    today=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    week_start=st.integers(0, 6),
    order=st.none(),
    fiscal_start=st.integers(1, 12),
)
days = st.dates(date(1950, 1, 1), date(2150, 1, 1))
units = st.sampled_from(UNITS)
typed = st.one_of(
    st.text(),
    st.text(st.sampled_from("0123456789-.wWqQdmoyfall "), max_size=14),
    st.from_regex(r"[0-9]{1,7}(d|w|mo|q|y|m)|(fy)?[0-9]{4}(-?[qw][0-9]{1,2}|-[0-9]{2})?", fullmatch=True),
)


@quick
@given(typed, typed, contexts)
def test_any_text_is_a_period_or_a_parse_error(text, other, words):
    for candidate in (text, f"{text}..{other}"):
        try:
            period = parse_period(candidate, words)
        except ParseError:
            continue
        assert period.start is None or period.end is None or period.start <= period.end


@quick
@given(units, days, contexts)
def test_a_label_can_be_typed(unit, day, words):
    period = period_of(unit, day, words)
    assert parse_period(period.label, words) == period


@quick
@given(days, st.integers(0, 800), units, contexts)
def test_parts_follow_each_other_without_gap_or_overlap(start, length, unit, words):
    period = Period(start=start, end=start + timedelta(days=length), label="", unit=None)
    parts = split(period, unit, words)
    assert parts[0].start == period.start
    assert parts[-1].end == period.end
    assert all(later.start == earlier.end + timedelta(days=1) for earlier, later in pairwise(parts))
    assert sum(part.days for part in parts) == period.days
    assert len({part.label for part in parts}) == len(parts)


@quick
@given(days, st.integers(0, 800), contexts)
def test_the_previous_period_is_as_long_and_touches(start, length, words):
    period = Period(start=start, end=start + timedelta(days=length), label="", unit=None)
    before = previous(period, words)
    assert before.days == period.days
    assert before.end == start - timedelta(days=1)


@quick
@given(units, days, contexts)
def test_the_previous_unit_touches_and_is_a_unit(unit, day, words):
    period = period_of(unit, day, words)
    before = previous(period, words)
    assert before.end == period.start - timedelta(days=1)
    assert before == period_of(unit, before.start, words)


@quick
@given(units, days, st.integers(0, 400), contexts)
def test_the_previous_of_a_part_begins_where_the_unit_before_does(unit, day, elapsed, words):
    whole = period_of(unit, day, words)
    so_far = to_date(whole, whole.start + timedelta(days=min(elapsed, whole.days - 1)))
    before = previous(so_far, words)
    full = previous(whole, words)
    assert before.start == full.start
    assert before.end <= full.end
    assert before.label == full.label
    if unit in {"day", "week"}:
        assert before.days == so_far.days


@quick
@given(units, days, contexts)
def test_last_year_of_a_unit_is_a_unit(unit, day, words):
    period = period_of(unit, day, words)
    before = last_year(period)
    assume((period.label[-3:] != "W53") and (day.month, day.day) != (2, 29))
    assert before == period_of(unit, before.start, words)
    assert 360 <= (period.start - before.start).days <= 371
