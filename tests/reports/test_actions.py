from datetime import date

import pytest

from salestrack.domain.facts import Todo
from salestrack.domain.money import Money
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.actions import URGENCIES, actions

WEDNESDAY, FRIDAY = date(2026, 3, 18), date(2026, 3, 20)


def todo(urgency: str, deal: int | None = None, **more) -> Todo:
    row = dict.fromkeys(Todo._fields) | {
        "urgency": URGENCIES.index(urgency), "deal_id": deal, "customer_id": 1, "limit": 14, "value": 5000.0,
        "everything": 1, "title": "Website" if deal else None, "customer": "Acme", "amount": 100, "currency": "USD",
    }  # fmt: skip
    return Todo(**(row | more))


def made(*found, today=WEDNESDAY, calendar=None, **more):
    return actions(found, today=today, calendar=calendar or WorkCalendar(), **more).rows


@pytest.mark.parametrize(
    ("due", "reason"),
    [("2026-03-18", "call due today"), ("2026-03-17", "call 1 day late"), ("2026-03-08", "call 10 days late")],
)
def test_a_step_that_is_due_says_since_when_and_how_to_close_it(due, reason):
    (row,) = made(todo("due", 3, step_id=7, kind="call", due_on=due, next_on=due))
    assert (row.ref, row.what, row.reason, row.command) == ("a7", "Acme: Website", reason, "salestrack done a7")


def test_a_step_says_what_is_to_be_done_and_how_many_more_are_due():
    step = todo("due", step_id=7, kind="call", due_on="2026-03-18", step_note="ask for\nthe board", steps=3)
    assert made(step)[0].reason == "call due today: ask for the board (and 2 more due)"


@pytest.mark.parametrize(
    ("one", "reason", "command"),
    [
        (todo("overdue", 3, expected_on="2026-03-11"), "close 7 days late; no next step", "push d3 +2w"),
        (todo("overdue", 3, expected_on="2026-03-17", next_on="2026-03-19"),
         "close 1 day late; next step tomorrow", "push d3 +2w"),
        (todo("closing", 3, expected_on="2026-03-20", next_on="2026-03-19"),
         "closes Fri; next step tomorrow", "show d3"),
        (todo("closing", 3, expected_on="2026-03-18"), "closes today; no next step", "plan call d3 tomorrow"),
        (todo("lead", 3, lead_on="2026-03-17"), "not called yet, new yesterday", "log call d3"),
        (todo("lead", lead_on="2026-03-08"), "not called yet, new 10 days ago", "log call c1"),
        (todo("unbilled", 3, unbilled=100, since="2026-03-18"), "won today, not billed", "sell 1 d3"),
        (todo("unbilled", 3, unbilled=75, since="2026-03-10"), "won 8 days ago, billed in part", "sell 0.75 d3"),
        (todo("stale", 3, stale_since="2026-02-16"), "quiet for 30 days (limit 14)", "plan call d3 tomorrow"),
        (todo("no next step", 3), "no next step", "plan call d3 tomorrow"),
        (todo("due", 3, step_id=7, kind="call", due_on="2026-03-18", expected_on="2026-03-11", next_on="2026-03-18"),
         "call due today; close 7 days late", "done a7"),
    ],
)  # fmt: skip
def test_each_thing_that_is_wrong_has_its_reasons_and_a_command_to_paste(one, reason, command):
    (row,) = made(one)
    assert (row.reason, row.command) == (reason, f"salestrack {command}")


def test_what_is_at_stake_in_a_won_deal_is_what_is_left_to_bill():
    assert made(todo("unbilled", 3, unbilled=75, since="2026-03-10"))[0].amount == Money(75, "USD")


def test_the_next_step_falls_on_a_working_day():
    assert made(todo("no next step", 3), today=FRIDAY)[0].command == "salestrack plan call d3 mon"
    holidays = WorkCalendar(off=frozenset(date(2026, 3, day) for day in range(19, 28)))
    assert made(todo("no next step", 3), calendar=holidays)[0].command == "salestrack plan call d3 2026-03-30"


def test_urgency_comes_before_money_and_the_list_is_as_long_as_asked():
    found = [todo(urgency, number, value=number * 1000.0) for number, urgency in enumerate(URGENCIES, start=1)]
    shuffled = [found[at]._replace(everything=7) for at in (3, 6, 0, 2, 5, 1, 4)]
    assert [row.urgency for row in made(*shuffled)] == list(URGENCIES)
    few = actions(shuffled, today=WEDNESDAY, calendar=WorkCalendar(), most=2)
    assert ([row.urgency for row in few.rows], few.more) == (["due", "overdue"], 5)


def test_the_score_decides_between_equal_sums_and_comes_first_for_leads():
    stale = [todo("stale", 1, customer_id=1, value=10.0), todo("stale", 2, customer_id=2, value=10.0),
             todo("stale", 3, customer_id=3, value=20.0)]  # fmt: skip
    leads = [todo("lead", 4, customer_id=1, value=99.0), todo("lead", 5, customer_id=2, value=None)]
    rows = made(*stale, *leads, scores={1: 5, 2: 50, 3: 0})
    assert [row.deal for row in rows] == ["d5", "d4", "d3", "d2", "d1"]
    assert [row.score for row in rows] == [50, 5, 0, 50, 5]
    assert {row.score for row in made(*stale)} == {None}


def test_an_unknown_amount_comes_after_a_known_one():
    rows = made(todo("stale", 1, value=None, amount=None), todo("stale", 2, value=0.0))
    assert [row.deal for row in rows] == ["d2", "d1"]
    assert rows[1].amount is None


def test_a_name_is_not_said_twice():
    assert made(todo("no next step", 3, title="Acme website"))[0].what == "Acme website"
    assert made(todo("no next step", 3, title=""))[0].what == "Acme"
    assert made(todo("no next step", 3, customer=None))[0].what == "Website"
    assert made(todo("due", step_id=7, kind="task", customer=None, due_on="2026-03-18"))[0].what == "task"


def test_the_note_of_the_deal_comes_before_one_about_its_customer():
    assert made(todo("stale", 3, deal_note="of the deal", customer_note="of Acme"))[0].note == "of the deal"
    assert made(todo("stale", 3, customer_note="of Acme"))[0].note == "of Acme"
