"""Dates in files: ISO, or what --date-format says, or a refusal that names the readings."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.errors import ParseError, UsageError
from salestrack.importers.dates import DateReader, read_time


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01", "2026-3-1", "2026-03-01T10:00:00Z", "2026-03-01 10:00", "2026-03-01 23:59:59.123", "20260301",
        "2026/03/01", "2026-03-01T23:30:00-05:00", "2026-03-01 10:00:00 UTC", "2026-03-01 10:00:00 +0000",
    ],
)  # fmt: skip
def test_iso_dates_are_the_calendar_day_as_written(text):
    assert DateReader().read(text) == "2026-03-01"


def test_a_date_of_two_readings_is_refused_with_both():
    with pytest.raises(ParseError, match=r"5\. of month 6 or the 6\. of month 5") as caught:
        DateReader().read("5/6/2026")
    assert "--date-format" in str(caught.value.hint)


@pytest.mark.parametrize(
    "text", ["31/12/2026", "1 Mar 2026", "2026-02-30", "2026-13-01", "0000-00-00", "45000", "x", "2026-03-01 25:00"]
)
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(ParseError):
        DateReader().read(text)


def test_years_that_nobody_means_are_refused():
    for text in ("0026-03-01", "9999-12-31"):
        with pytest.raises(ParseError, match="outside of"):
            DateReader().read(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("dmy", "1/3/2026"), ("dmy", "01.03.26"), ("DMY", "1-3-2026 10:15"), ("mdy", "3/1/2026"), ("mdy", "3/1/2026, 9:05 PM"),
        ("%d.%m.%Y", "01.03.2026"), ("%d %b %Y", "01 Mar 2026"), ("%Y%m%d", "20260301"), ("ymd", "2026/03/01"),
        ("%d.%m.%Y", "2026-03-01"),
    ],
)  # fmt: skip
def test_a_format_says_how_dates_are_written(pattern, text):
    assert DateReader(pattern).read(text) == "2026-03-01"


def test_a_format_does_not_make_other_dates_readable():
    for pattern, text in (("dmy", "3/31/2026"), ("%d.%m.%Y", "01/03/2026"), ("%d%m%Y", "20131201")):
        with pytest.raises(ParseError):
            DateReader(pattern).read(text)


@pytest.mark.parametrize("pattern", ["%d.%m", "%H:%M", "yyyy", "%", "%Q", "dym"])
def test_a_format_must_hold_a_whole_day(pattern):
    with pytest.raises(UsageError, match="day, month and year"):
        DateReader(pattern)


@pytest.mark.parametrize(
    ("text", "time"), [("9:05", "09:05"), ("14:30:59", "14:30"), ("9:05 pm", "21:05"), ("12:00 AM", "00:00")]
)
def test_times_of_day(text, time):
    assert read_time(text) == time
    assert DateReader().time(f"2026-03-01 {text}") == time


def test_a_date_without_a_time_has_none():
    assert DateReader().time("2026-03-01") is None


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_reads_back(day):
    assert DateReader().read(day.isoformat()) == day.isoformat()
    assert DateReader("dmy").read(f"{day.day}.{day.month}.{day.year}") == day.isoformat()
    assert DateReader("mdy").read(f"{day.month}/{day.day}/{day.year}") == day.isoformat()


@given(st.text(max_size=30))
def test_no_text_crashes_a_reader(text):
    for reader in (DateReader(), DateReader("mdy"), DateReader("%d.%m.%Y")):
        for read in (reader.read, reader.time):
            try:
                read(text)
            except ParseError:
                continue
