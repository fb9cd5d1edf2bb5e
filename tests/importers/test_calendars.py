"""Calendars with the damage that real ones have: each event is read, left out with a reason, or named."""

import io
import time
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.addresses import Person, mine
from salestrack.domain.mails import Damaged, Event, LeftOut
from salestrack.importers.correspondence.calendars import Calendar, Reader

NOW = datetime(2026, 3, 18, 14, 30)


def events(data: bytes | str, *, since=date(2025, 12, 18), until=date(2026, 5, 17), **more):
    raw = data if isinstance(data, bytes) else data.encode()
    me = mine(["me@studio.example"])
    return list(Reader(Calendar(io.BytesIO(raw), len(raw), since, until, now=NOW, mine=me, **more)).events())


def calendar(*lines: str, name: str = "VEVENT", head: str = "") -> str:
    text = "\r\n".join(("BEGIN:VCALENDAR", *head.splitlines(), f"BEGIN:{name}", *lines, f"END:{name}", "END:VCALENDAR"))
    return f"{text}\r\n"


def one(*lines: str, **more):
    (found,) = events(calendar("UID:u", "SUMMARY:Talk", *lines, **more))
    return found


@pytest.fixture
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_a_meeting_has_its_people_but_not_me_colleagues_and_rooms():
    found = one(
        "DTSTART:20260316T090000Z",
        "DTEND:20260316T093000Z",
        "ORGANIZER:mailto:me@studio.example",
        'ATTENDEE;CN="Lee, Ann":MAILTO:Ann@acme.example',
        "ATTENDEE:mailto:colleague@studio.example",
        "ATTENDEE;CUTYPE=ROOM:mailto:room@acme.example",
        "ATTENDEE:invalid:nomail",
    )

    assert found == Event(
        number=1,
        key="u",
        kind="meeting",
        subject="Talk",
        on="2026-03-16",
        done=True,
        time="09:00",
        seconds=1800,
        people=(Person("ann@acme.example", "Lee, Ann"),),
        close=1,
    )


@pytest.mark.parametrize(
    ("start", "head", "on", "at"),
    [
        ("DTSTART:20260316T090000Z", "", "2026-03-16", "10:00"),
        ("DTSTART:20260316T090000", "", "2026-03-16", "09:00"),
        ("DTSTART:20260316T090000", "X-WR-TIMEZONE:America/New_York", "2026-03-16", "14:00"),
        ("DTSTART:20260316T090000", "X-WR-TIMEZONE:Mars/Olympus", "2026-03-16", "09:00"),
        ("DTSTART;TZID=Asia/Tokyo:20260316T040000", "", "2026-03-15", "20:00"),
        ("DTSTART;VALUE=DATE:20260316", "", "2026-03-16", None),
        ("DTSTART:20260316", "", "2026-03-16", None),
    ],
)
def test_times_are_those_of_this_machine(berlin, start, head, on, at):
    found = one(start, head=head)

    assert (found.on, found.time) == (on, at)


ZONE = """BEGIN:VTIMEZONE
TZID:{}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
END:STANDARD
END:VTIMEZONE"""


def test_a_time_zone_that_the_file_defines_is_known_there_and_nowhere_else():
    start = "DTSTART;TZID=Customised:20260316T090000"

    assert one(start, head=ZONE.format("Customised")).time == "03:30"
    assert one(start) == Damaged(1, "Talk", "is in the time zone Customised, which nobody knows")


def test_what_is_over_is_done_and_what_comes_is_planned():
    assert one("DTSTART:20260318T140000Z", "DTEND:20260318T142900Z").done
    assert not one("DTSTART:20260318T140000Z", "DTEND:20260318T150000Z").done
    assert not one("DTSTART;VALUE=DATE:20260318").done
    assert one("DTSTART;VALUE=DATE:20260317").done


def test_a_meeting_longer_than_a_day_has_no_length():
    assert one("DTSTART:20260301T090000Z", "DTEND:20260305T090000Z").seconds is None
    assert one("DTSTART:20260301T090000Z", "DURATION:PT45M").seconds == 2700
    assert one("DTSTART:20260301T090000Z", "DTEND:20260301T080000Z").seconds is None


def days(*lines: str, start: str = "DTSTART;TZID=Europe/Berlin:20260323T090000", **more) -> list[str]:
    found = events(calendar("UID:u", start, *lines), **more)
    told = [event for event in found if not (isinstance(event, Event) and event.quiet)]
    return [f"{event.on[5:]} {event.time}" if isinstance(event, Event) else event.reason for event in told]


def test_what_repeats_keeps_its_hour_when_the_clocks_change(berlin):
    assert days("RRULE:FREQ=WEEKLY;COUNT=3") == ["03-23 09:00", "03-30 09:00", "04-06 09:00"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("RRULE:FREQ=WEEKLY;UNTIL=20260406T070000Z", ["03-23 08:00", "03-30 07:00", "04-06 07:00"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20260330", ["03-23 08:00", "03-30 07:00"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20260330T085959", ["03-23 08:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;TZID=Europe/Berlin:20260330T090000", ["03-23 08:00", "04-06 07:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=2\r\nEXDATE;VALUE=DATE:20260330", ["03-23 08:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=2\r\nRDATE:20260401T120000Z", ["03-23 08:00", "03-30 07:00", "04-01 12:00"]),
        (
            "RDATE;VALUE=PERIOD:20260401T120000Z/PT1H,20260402T120000Z/PT1H",
            ["03-23 08:00", "04-01 12:00", "04-02 12:00"],
        ),
        ("RRULE:FREQ=DAILY;COUNT=4;BYDAY=MO,TU", ["03-23 08:00", "03-24 08:00", "03-30 07:00", "03-31 07:00"]),
        ("RRULE:FREQ=SECONDLY", ["repeats in a way that no meeting does: FREQ=SECONDLY"]),
        ("RRULE:FREQ=DAILY;INTERVAL=0", ["repeats in a way that cannot be: FREQ=DAILY;INTERVAL=0"]),
        ("RRULE:FREQ=YEARLY;BYMONTH=7", ["outside the days that are read"]),
    ],
)
def test_rules_further_days_and_days_without_are_read(rule, expected):
    assert days(rule) == expected


def test_only_the_days_of_the_window_are_read_of_what_repeats_for_ever():
    found = events(
        calendar("UID:u", "DTSTART:20100101T090000Z", "RRULE:FREQ=DAILY"),
        since=date(2026, 3, 1),
        until=date(2026, 3, 3),
    )

    assert [event.on for event in found] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert [event.key for event in found] == ["u/20260301", "u/20260302", "u/20260303"]


SERIES = ("UID:u", "SUMMARY:Weekly", "DTSTART:20260323T090000Z", "RRULE:FREQ=WEEKLY;COUNT=3")


def test_a_day_that_was_moved_or_called_off_keeps_its_key():
    data = (
        calendar(*SERIES).replace("END:VCALENDAR\r\n", "")
        + calendar("UID:u", "RECURRENCE-ID:20260330T090000Z", "DTSTART:20260331T100000Z", "SUMMARY:Moved")
        .replace("BEGIN:VCALENDAR\r\n", "")
        .replace("END:VCALENDAR\r\n", "")
        + calendar("UID:u", "RECURRENCE-ID:20260406T090000Z", "DTSTART:20260406T090000Z", "STATUS:CANCELLED").replace(
            "BEGIN:VCALENDAR\r\n", ""
        )
    )

    found = [(event.key, event.on, event.subject, event.cancelled) for event in events(data)]

    assert found == [
        ("u/20260323", "2026-03-23", "Weekly", False),
        ("u/20260330", "2026-03-31", "Moved", False),
        ("u/20260406", "2026-04-06", None, True),
    ]


def test_of_two_versions_of_an_event_the_later_counts():
    old = calendar("UID:u", "DTSTART:20260316T090000Z", "SEQUENCE:1", "SUMMARY:Old")
    new = calendar("UID:u", "DTSTART:20260317T090000Z", "SEQUENCE:2", "SUMMARY:New")

    for data in (old + new, new + old):
        left, event = events(data)
        assert isinstance(left, LeftOut)
        assert event.subject == "New"


def test_what_i_declined_is_left_out():
    found = one("DTSTART:20260316T090000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:me@studio.example")

    assert found == LeftOut(1, "declined by you")


def test_named_days_hold_for_single_events_too():
    (found,) = events(calendar("UID:u", "DTSTART:20200101T090000Z"), strict=True)

    assert found == LeftOut(1, "outside the days that are read")


@pytest.mark.parametrize(
    ("lines", "done", "on"),
    [
        (("DUE;VALUE=DATE:20260401",), False, "2026-04-01"),
        (("DUE:20260301T090000Z",), False, "2026-03-01"),
        (("DUE:20260301T090000Z", "STATUS:COMPLETED", "COMPLETED:20260302T090000Z"), True, "2026-03-02"),
        (("DTSTART:20260301T090000Z", "STATUS:COMPLETED"), True, "2026-03-01"),
    ],
)
def test_a_to_do_is_a_task(lines, done, on):
    found = one(*lines, name="VTODO")

    assert (found.kind, found.done, found.on) == ("task", done, on)


def test_a_changed_day_of_a_to_do_is_a_task_of_its_own():
    todo = calendar("UID:u", "DUE;VALUE=DATE:20260401", "RRULE:FREQ=DAILY", name="VTODO")
    other = calendar("UID:u", "RECURRENCE-ID;VALUE=DATE:20260402", "DUE;VALUE=DATE:20260405", name="VTODO")

    assert [(event.key, event.kind, event.on) for event in events(todo + other)] == [
        ("u", "task", "2026-04-01"),
        ("u/20260402", "task", "2026-04-05"),
    ]


def test_a_to_do_without_a_day_is_left_out():
    assert one(name="VTODO") == LeftOut(1, "to-dos without a day")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "has no start"),
        (("DTSTART:NEVER",), "has a line that cannot be read: DTSTART:NEVER"),
        (("DTSTART;;X:20260316T090000",), "has a line that cannot be read: DTSTART;;X:20260316T090000"),
        (("DTSTART:20260316T090000Z", "RRULE:FREQ=NEVER"), "has a line that cannot be read: RRULE:FREQ=NEVER"),
        (("DTSTART:20260316T090000Z", "RDATE;VALUE=TIME:083000"), "names a time of day without its day"),
    ],
)
def test_a_damaged_event_is_named_with_the_reason(lines, why):
    assert one(*lines) == Damaged(1, "Talk", why)


def test_a_damaged_event_spoils_no_other():
    good, bad = calendar("UID:a", "DTSTART:20260316T090000Z"), calendar("UID:b", "DTSTART:NEVER", "SUMMARY:Bad")
    cut = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Cut\nDTSTART:2026"

    assert [type(each) for each in events(good + bad + good.replace("UID:a", "UID:c") + cut)] == [
        Damaged, Damaged, Event, Event,
    ]  # fmt: skip
    assert events(cut) == [Damaged(1, "Cut", "is cut off")]


def test_files_in_other_encodings_and_with_alarms_are_read():
    text = calendar("UID:u", "SUMMARY:Grüße", "DTSTART:20260316T090000Z", "BEGIN:VALARM", "DTSTART:NEVER", "END:VALARM")

    for data in (
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        text.encode("cp1252"),
        text.replace("\r\n", "\n").encode(),
    ):
        (event,) = events(data)
        assert event.subject == "Grüße"


@pytest.mark.real_data
def test_every_event_of_real_calendars_is_read_or_named(real_data):
    files = sorted((real_data / "calendar").glob("*.ics"))
    assert len(files) == 25
    for file in files:
        data = file.read_bytes()
        found = events(data, since=date(1990, 1, 1), until=date(2026, 5, 17))
        wanted = sum(data.count(b"BEGIN:" + name) for name in (b"VEVENT", b"VTODO", b"VJOURNAL"))
        assert len({each.number for each in found}) == wanted, file.name
        assert all(each.reason for each in found if not isinstance(each, Event))


def _sample() -> bytes:
    lines = [*SERIES, "ATTENDEE;CN=Ann:mailto:ann@acme.example", "EXDATE:20260330T090000Z", "DURATION:PT1H"]
    return calendar(*lines, head=ZONE.format("X/Y")).encode()


@given(st.lists(st.tuples(st.integers(0, 600), st.binary(min_size=1, max_size=6)), max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_damage_to_a_calendar_is_survived(cuts):
    data = _sample()
    for place, bytes_ in cuts:
        data = data[:place] + bytes_ + data[place + len(bytes_) :]

    assert all(isinstance(each, Event | Damaged | LeftOut) for each in events(data))


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_calendar_without_events_or_with_damaged_ones(data):
    assert all(isinstance(each, Event | Damaged | LeftOut) for each in events(data))
