from datetime import date

import pytest

from salestrack.domain.facts import Candidate
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.actions import actions

WEDNESDAY, FRIDAY = date(2026, 3, 18), date(2026, 3, 20)


def candidate(ref: str, kind: str, deal: int | None = None, **more) -> Candidate:
    row = {
        "title": "Website", "customer": "Acme", "due_on": None, "expected_on": None, "quiet_since": None, "next_on": None,
        "limit": 14, "currency": "USD", "amount": 100, "probability": 50,
    }  # fmt: skip
    return Candidate(ref=ref, deal_id=deal, kind=kind, **(row | more))


def made(steps=(), deals=(), today=WEDNESDAY, calendar=None, **more):
    return actions(steps, deals, today=today, calendar=calendar or WorkCalendar(), **more).rows


@pytest.mark.parametrize(
    ("due", "reason"),
    [("2026-03-18", "call due today"), ("2026-03-17", "call 1 day late"), ("2026-03-08", "call 10 days late")],
)
def test_a_step_that_is_due_says_since_when_and_how_to_close_it(due, reason):
    (row,) = made([candidate("a7", "call", due_on=due)])
    assert (row.ref, row.what, row.reason, row.command) == ("a7", "Acme: Website", reason, "salestrack done a7")


def test_a_step_of_an_overdue_deal_says_both_and_the_deal_stands_once():
    step = candidate("a7", "call", 3, due_on="2026-03-18", expected_on="2026-03-11")
    deal = candidate("d3", "overdue", 3, expected_on="2026-03-11")
    (row,) = made([step], [deal])
    assert row.reason == "call due today; close 7 days late"


@pytest.mark.parametrize(
    ("deal", "reason", "command"),
    [
        (candidate("d3", "overdue", 3, expected_on="2026-03-11"), "close 7 days late; no next step", "push d3 +2w"),
        (
            candidate("d3", "overdue", 3, expected_on="2026-03-17", next_on="2026-03-19"),
            "close 1 day late",
            "push d3 +2w",
        ),
        (
            candidate("d3", "stale", 3, quiet_since="2026-02-16"),
            "quiet for 30 days (limit 14)",
            "plan call d3 tomorrow",
        ),
        (candidate("d3", "stepless", 3), "no next step", "plan call d3 tomorrow"),
    ],
)
def test_each_thing_that_is_wrong_has_its_reason_and_a_command_to_paste(deal, reason, command):
    (row,) = made(deals=[deal])
    assert (row.reason, row.command) == (reason, f"salestrack {command}")


def test_the_next_step_falls_on_a_working_day():
    (row,) = made(deals=[candidate("d3", "stepless", 3)], today=FRIDAY)
    assert row.command == "salestrack plan call d3 mon"
    holidays = WorkCalendar(off=frozenset(date(2026, 3, day) for day in range(19, 28)))
    (row,) = made(deals=[candidate("d3", "stepless", 3)], calendar=holidays)
    assert row.command == "salestrack plan call d3 2026-03-30"


def test_promises_come_first_and_the_list_is_as_long_as_asked():
    steps = [candidate("a1", "call", due_on="2026-03-18")]
    deals = [candidate("d3", "overdue", 3), candidate("d4", "stale", 4, quiet_since="2026-01-01")]
    assert [row.ref for row in made(steps, deals)] == ["a1", "d3", "d4"]
    assert [row.ref for row in made(steps, deals, most=2)] == ["a1", "d3"]


def test_a_name_is_not_said_twice():
    assert made(deals=[candidate("d3", "stepless", 3, title="Acme website")])[0].what == "Acme website"
    assert made(deals=[candidate("d3", "stepless", 3, title="")])[0].what == "Acme"
    assert made(deals=[candidate("d3", "stepless", 3, customer=None)])[0].what == "Website"
