"""Dates in files: ISO, or what --date-format says, or a refusal that names the readings."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.errors import ParseError, UsageError
from salestrack.importers.dates import DateReader, read_time


@pytest.mark.parametrize("text", ["03.04.2026", "3.4.26", "3. 4. 2026", "03.04.2026 14:30"])
@pytest.mark.parametrize("order", ["mdy", "dmy", None])
def test_with_dots_the_day_comes_first_whatever_is_said_of_slashes(order, text):
    assert DateReader(order).read(text) == "2026-04-03"


def test_a_pattern_may_say_that_the_month_comes_before_a_dot():
    assert DateReader("%m.%d.%Y").read("03.15.2026") == "2026-03-15"
    for order in ("mdy", "dmy", None):
        with pytest.raises(ParseError, match="no day of the calendar") as caught:
            DateReader(order).read("03.15.2026")
        said = "with dots the day comes first; with --date-format %m.%d.%Y it is 15 March 2026"
        assert caught.value.hint == said


def test_a_short_date_that_may_have_the_year_first_names_that_reading_too():
    with pytest.raises(ParseError, match="could be 26 March 2001 or 1 March 2026") as caught:
        DateReader().read("26-03-01")
    assert caught.value.hint == "say which: --date-format dmy for 26 March 2001, %y-%m-%d for 1 March 2026"
    assert DateReader("%y-%m-%d").read("26-03-01") == "2026-03-01"
    with pytest.raises(ParseError) as caught:
        DateReader("mdy").read("26-03-01")
    assert caught.value.hint == "with --date-format dmy it is 26 March 2001, with %y-%m-%d it is 1 March 2026"


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
    with pytest.raises(ParseError, match="could be 5 June 2026 or 6 May 2026") as caught:
        DateReader().read("5/6/2026")
    assert caught.value.hint == "say which: --date-format dmy for 5 June, mdy for 6 May"


@pytest.mark.parametrize(("text", "first", "word"), [("31/12/2026", "day", "dmy"), ("12-31-26", "month", "mdy")])
def test_a_date_of_one_reading_is_refused_with_the_word_that_reads_it(text, first, word):
    with pytest.raises(ParseError, match=f"has the {first} first") as caught:
        DateReader().read(text)
    assert caught.value.hint == f"say so: with --date-format {word} it is 31 December 2026"
    assert DateReader(word).read(text) == "2026-12-31"


def test_a_date_that_the_other_order_reads_names_it():
    for word, other, text in (("dmy", "mdy", "12/31/2026"), ("mdy", "dmy", "31/12/2026")):
        with pytest.raises(ParseError, match="no day of the calendar") as caught:
            DateReader(word).read(text)
        assert caught.value.hint == f"with --date-format {other} it is 31 December 2026"


@pytest.mark.parametrize(
    "text", ["01.03.2026", "1.3.2026", "1.3.26", "01.03.2026 14:30", "01.03.2026, 14:30 Uhr", "1. 3. 2026"]
)
def test_what_has_dots_is_day_first(text):
    assert DateReader().read(text) == "2026-03-01"
    assert DateReader().time(text) == ("14:30" if "14:30" in text else None)


@pytest.mark.parametrize(
    "text",
    [
        "12. März 2026", "12 Mrz. 2026", "Do, 12. März 2026", "12 mars 2026", "12 de marzo de 2026", "12 mar. 2026",
        "Thu, 12 Mar 2026 09:05:00 +0000", "March 12th, 2026", "Mar 12, 2026 9:05 AM", "12-Mar-26", "12-MAR-2026", "12 maart 2026",
        "12 marzo 2026", "Mar 12, 2026, 9:05\u202fAM", "12 de março de 2026", "12 MÄRZ 2026",
    ],
)  # fmt: skip
def test_months_may_have_names(text):
    for reader in (DateReader(), DateReader("mdy")):
        assert reader.read(text) == "2026-03-12"
    assert DateReader().time(text) == ("09:05" if "9:05" in text else None)


@pytest.mark.parametrize(
    ("text", "month"),
    [("1er août 2026", 8), ("3 févr. 2026", 2), ("2 ene 2026", 1), ("1. Mai 2026", 5), ("1 déc. 2026", 12), ("1 Okt 2026", 10)],
)  # fmt: skip
def test_months_of_other_languages(text, month):
    assert DateReader().read(text)[5:7] == f"{month:02d}"


def test_only_known_words_are_months_and_weekdays():
    for text in ("12 Foo 2026", "Foo, 12 March 2026", "12 Monday 2026", "March 2026", "31 February 2026"):
        with pytest.raises(ParseError):
            DateReader().read(text)


def test_the_day_is_the_one_that_is_written_whatever_its_zone():
    for zone in ("-08:00", "Z", "+0100", " CET", "+00", " (PST)"):
        assert DateReader().read(f"2026-03-01T23:30:00{zone}") == "2026-03-01"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("46000", "a spreadsheet's number for 2025-12-09"), ("46000.75", "a spreadsheet's number for 2025-12-09"),
        ("1772323200", "seconds since 1970, which would be 2026-03-01"),
        ("1772323200000", "seconds since 1970, which would be 2026-03-01"),
    ],
)  # fmt: skip
def test_a_number_in_place_of_a_day_is_refused_with_what_it_looks_like(text, hint):
    with pytest.raises(ParseError, match="not a date that can be read") as caught:
        DateReader().read(text)
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    "text", ["31/12/2026", "1 Foo 2026", "2026-02-30", "2026-13-01", "0000-00-00", "45000", "x", "2026-03-01 25:00"]
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
