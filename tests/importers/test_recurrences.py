"""What repeats, against the days that dateutil gives with zones of its own."""

import io
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil import rrule, tz
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.addresses import mine
from salestrack.domain.mails import Damaged, Event
from salestrack.importers.correspondence.calendars import Calendar, Reader

NOW = datetime(2026, 3, 18, 14, 30)
SINCE, UNTIL = date(2026, 3, 1), date(2026, 4, 30)
BERLIN = "DTSTART;TZID=Europe/Berlin:20260323T090000"


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/Los_Angeles"])
def machine(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def read(*parts: tuple[str, ...], head: str = "") -> list:
    events = "".join(
        "\r\n".join(("BEGIN:VEVENT", "UID:u", *part, "END:VEVENT", "")) for part in (tuple(p) for p in parts)
    )
    data = f"BEGIN:VCALENDAR\r\n{head}{events}END:VCALENDAR\r\n".encode()
    return list(
        Reader(Calendar(io.BytesIO(data), len(data), SINCE, UNTIL, now=NOW, mine=mine(["me@x.example"]))).events()
    )


def told(*parts: tuple[str, ...], **more) -> list[str]:
    return [
        f"{each.on[5:]} {each.time or '-'}" + (f" {each.subject}" if each.subject else "")
        for each in sorted(
            (e for e in read(*parts, **more) if isinstance(e, Event)), key=lambda e: (e.on, e.time or "")
        )
        if not each.cancelled
    ]


def here(moments) -> list[str]:
    """Return moments as the clock of the machine shows them, between the days that are read."""
    local = sorted(moment.astimezone() for moment in moments)
    return [f"{moment:%m-%d %H:%M}" for moment in local if SINCE <= moment.date() <= UNTIL]


RULES = [
    "FREQ=DAILY;COUNT=40",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=3,4;BYMONTHDAY=29",
    "FREQ=DAILY;BYHOUR=9,17",
    "FREQ=HOURLY;INTERVAL=12",
]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC"]


@given(
    rule=st.sampled_from(RULES),
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 25)).map(lambda d: d.replace(second=0, microsecond=0)),
    without=st.integers(0, 5),
    until=st.none() | st.integers(5, 100),
    data=st.data(),
)
@settings(max_examples=120, deadline=None)
def test_days_are_those_of_dateutil_whatever_the_zones(rule, zone, start, without, until, data):
    if start.hour in {1, 2, 3}:  # an hour that a clock may pass over, or twice: libraries differ
        start = start.replace(hour=4)
    there = tz.gettz(zone)
    first = start.replace(tzinfo=there)
    if until and "COUNT" not in rule:
        end = (first + timedelta(days=until)).astimezone(UTC)
        rule += f";UNTIL={end:%Y%m%dT%H%M%SZ}"
    wanted = rrule.rruleset()
    wanted.rrule(rrule.rrulestr(rule, dtstart=first))
    all_of = wanted.between(first, datetime(2026, 5, 3, tzinfo=UTC), inc=True)
    lines = [f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", f"RRULE:{rule}"]
    for moment in all_of[: without * 2 : 2]:
        wanted.exdate(moment)
        own = data.draw(st.booleans())
        text = f"TZID={zone}:{moment:%Y%m%dT%H%M%S}" if own else f"X-A=B:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        lines.append(f"EXDATE;{text}")
    further = datetime(2026, 4, 2, 11, 15, tzinfo=UTC)
    wanted.rdate(further)
    lines.append(f"RDATE:{further:%Y%m%dT%H%M%SZ}")

    assert told(tuple(lines)) == here(
        wanted.between(datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC))
    )


def test_times_are_right_on_every_machine_when_clocks_change(machine):
    berlin = tz.gettz("Europe/Berlin")
    days = [datetime(2026, 3, day, 9, tzinfo=berlin) for day in (27, 28, 29, 30)]

    assert told(("DTSTART;TZID=Europe/Berlin:20260327T090000", "RRULE:FREQ=DAILY;COUNT=4")) == here(days)
    ends = "RRULE:FREQ=DAILY;UNTIL=20260330T070000Z"  # 9 o'clock in Berlin, where it is summer then
    assert told(("DTSTART;TZID=Europe/Berlin:20260327T090000", ends)) == here(days)
    ends = "RRULE:FREQ=DAILY;UNTIL=20260330T065959Z"
    assert told(("DTSTART;TZID=Europe/Berlin:20260327T090000", ends)) == here(days[:3])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20260330T090000"), ["03-23 09:00"]),  # on the clock of the event
        (("RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20260330T070000Z"), ["03-23 09:00"]),
        (("RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=America/New_York:20260330T030000"), ["03-23 09:00"]),
        (("RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20260330T080000Z"), ["03-23 09:00", "03-30 09:00"]),
        (
            ("RRULE:FREQ=WEEKLY;COUNT=2", "RDATE;TZID=America/New_York:20260401T090000"),
            ["03-23 09:00", "03-30 09:00", "04-01 15:00"],
        ),
        (("RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20260330T070000Z"), ["03-23 09:00", "03-30 09:00"]),
    ],
)
def test_days_without_and_further_days_may_be_in_other_zones(monkeypatch, lines, expected):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert told((BERLIN, *lines)) == expected
    finally:
        monkeypatch.setenv("TZ", "UTC")
        time.tzset()


@pytest.mark.parametrize(
    "without",
    [
        "EXDATE;VALUE=DATE:20260330",
        "EXDATE:20260330",
        "EXDATE:20260330T000000",
        "EXDATE;TZID=Asia/Tokyo:20260330T000000",
    ],
)
def test_whole_days_repeat_as_days(machine, without):
    found = told(("DTSTART;VALUE=DATE:20260323", "RRULE:FREQ=WEEKLY;UNTIL=20260406", without))

    assert found == ["03-23 -", "04-06 -"]


def test_a_further_time_may_say_how_long_it_takes():
    found = read((
        "DTSTART:20260323T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=1",
        "RDATE;VALUE=PERIOD:20260324T090000Z/PT15M,20260325T090000Z/20260325T093000Z", "RDATE:20260326T090000Z",
    ))  # fmt: skip

    assert [(event.on[8:], event.seconds) for event in found] == [("23", 3600), ("24", 900), ("25", 1800), ("26", 3600)]


WEEKLY = ("DTSTART:20260323T090000Z", "DURATION:PT1H", "SUMMARY:Weekly", "RRULE:FREQ=WEEKLY;COUNT=5")


def test_a_change_for_all_following_days_holds_for_them():
    found = read(
        WEEKLY,
        (
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260406T090000Z",
            "DTSTART:20260407T110000Z",
            "DURATION:PT30M",
            "SUMMARY:New",
        ),
        ("RECURRENCE-ID:20260413T090000Z", "DTSTART:20260413T150000Z", "SUMMARY:Once"),
    )

    assert [(e.key, e.on[5:], e.time, e.subject, e.seconds) for e in found] == [
        ("u/20260323", "03-23", "09:00", "Weekly", 3600),
        ("u/20260330", "03-30", "09:00", "Weekly", 3600),
        ("u/20260406", "04-07", "11:00", "New", 1800),
        ("u/20260413", "04-13", "15:00", "Once", None),
        ("u/20260420", "04-21", "11:00", "New", 1800),
    ]


def test_of_two_changes_for_all_following_days_the_later_holds_and_clocks_are_kept():
    found = told(
        (BERLIN, "RRULE:FREQ=WEEKLY;COUNT=4"),
        (
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260323T090000",
            "DTSTART;TZID=Europe/Berlin:20260323T100000",
        ),
        ("RECURRENCE-ID;RANGE=THISANDFUTURE:20260406T070000Z", "DTSTART;TZID=Europe/Berlin:20260406T120000"),
    )

    assert found == ["03-23 09:00", "03-30 08:00", "04-06 10:00", "04-13 10:00"]


def test_all_following_days_may_be_called_off_or_come_from_beyond_the_days_that_are_read():
    off = ("RECURRENCE-ID;RANGE=THISANDFUTURE:20260406T090000Z", "DTSTART:20260406T090000Z", "STATUS:CANCELLED")
    assert told(WEEKLY, off) == ["03-23 09:00 Weekly", "03-30 09:00 Weekly"]
    early = ("RECURRENCE-ID;RANGE=THISANDFUTURE:20260504T090000Z", "DTSTART:20260424T090000Z")
    found = told(("DTSTART:20260427T090000Z", "RRULE:FREQ=WEEKLY;COUNT=3"), early)
    assert found == ["04-24 09:00", "04-27 09:00"]


def test_a_changed_day_is_found_by_its_moment_whatever_day_that_is_elsewhere():
    evening = ("DTSTART;TZID=America/New_York:20260323T210000", "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Call")
    moved = ("RECURRENCE-ID:20260325T010000Z", "DTSTART:20260325T150000Z", "SUMMARY:Moved")  # the 24th in New York
    found = read(evening, moved)

    assert [(event.key, event.on[5:], event.time, event.subject) for event in found] == [
        ("u/20260323", "03-24", "01:00", "Call"),
        ("u/20260324", "03-25", "15:00", "Moved"),
        ("u/20260325", "03-26", "01:00", "Call"),
    ]
    assert [
        event.key for event in read(("RECURRENCE-ID:20260325T010000Z", "DTSTART;TZID=America/New_York:20260325T090000"))
    ] == ["u/20260324"]


def test_of_two_times_a_day_only_the_one_that_changed_does():
    twice = ("DTSTART:20260323T090000Z", "RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=4", "SUMMARY:Call")
    found = read(twice, ("RECURRENCE-ID:20260324T150000Z", "DTSTART:20260324T180000Z", "SUMMARY:Moved"))

    assert [(event.key, event.time, event.subject) for event in found] == [
        ("u/20260323", "09:00", "Call"),
        ("u/20260323:2", "15:00", "Call"),
        ("u/20260324", "09:00", "Call"),
        ("u/20260324:2", "18:00", "Moved"),
    ]


def test_a_change_from_before_the_series_moved_still_holds_for_its_day():
    found = told(WEEKLY, ("RECURRENCE-ID:20260330T140000Z", "DTSTART:20260331T140000Z", "SUMMARY:Moved"))

    assert found[:3] == ["03-23 09:00 Weekly", "03-31 14:00 Moved", "04-06 09:00 Weekly"]


def test_a_damaged_change_spoils_no_other_day():
    found = read(WEEKLY, ("RECURRENCE-ID;TZID=Mars/Olympus:20260330T090000", "DTSTART:20260331T090000Z", "SUMMARY:Bad"))

    assert found[0] == Damaged(2, "Bad", "is in the time zone Mars/Olympus, which nobody knows")
    assert len(found) == 6


def test_a_change_for_all_following_days_without_the_series_is_read_for_its_own_and_said():
    data = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nSUMMARY:Late\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260330T090000Z\r\n"
    raw = f"{data}DTSTART:20260330T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()
    reader = Reader(Calendar(io.BytesIO(raw), len(raw), SINCE, UNTIL, now=NOW, mine=mine([])))

    assert [event.key for event in reader.events()] == ["u/20260330"]
    assert reader.notes == [
        "Late: a change for all following days is read for its own day, since the others are not here"
    ]
