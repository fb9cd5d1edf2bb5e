"""Today's list over books that were written with commands; the order of twenty deals is written down by hand."""

from datetime import date

import pytest

from salestrack.domain.dates import Words
from salestrack.domain.filters import Filter
from salestrack.domain.money import Money
from salestrack.services.reports import next_steps
from salestrack.store import open_store

TODAY = date(2026, 3, 18)  # a Wednesday; the week ends on Sunday, 22 March


@pytest.fixture
def listed(book, actor):
    """Return a function that makes today's list of the book as it is now."""

    def call(today: date = TODAY, only: Filter | None = None, most: int | None = None):
        store = open_store(str(book), actor, mode="read")
        try:
            return next_steps(store, Words(today), only or Filter(), most=most).report
        finally:
            store.close()

    return call


@pytest.fixture
def write(run):
    """Return a function that runs command lines, all of which must succeed."""

    def call(*lines: str) -> None:
        for line in lines:
            run(line, ok=True)

    return call


TWENTY = """
deal add  1000 Ash   1-fresh      -d 2026-03-17 --stage qualified --new
deal add  9000 Birch 2-fresh      -d 2026-03-17 --stage qualified --new
deal add  1000 Cedar 3-stale      -d 2026-01-10 --stage qualified --new
deal add  2000 Dogwd 4-stale      -d 2026-02-10 --stage qualified --new
deal add  5000 Elm   5-late       -d 2026-03-10 --stage qualified --close 2026-03-17 --new
deal add  5000 Fir   6-late       -d 2026-03-10 --stage proposal  --close 2026-03-01 --new
deal add     - Gum   7-late       -d 2026-03-10 --stage proposal  --close 2026-03-02 --new
deal add  3000 Hazel 8-closing    -d 2026-03-10 --stage proposal  --close 2026-03-22 --new
deal add  3000 Iris  9-closing    -d 2026-03-10 --stage negotiation --close 2026-03-18 --new
deal add  3000 Jade  10-later     -d 2026-03-10 --stage proposal  --close 2026-03-23 --next 2026-03-20 --new
deal add  1000 Kale  11-due       -d 2026-03-10 --stage proposal  --next 2026-03-18 --new
deal add  4000 Lime  12-due-late  -d 2026-01-10 --stage proposal  --close 2026-03-01 --next 2026-03-16 --new
deal add   100 Maple 13-lead      -d 2026-03-16 --new
deal add   900 Nut   14-lead      -d 2026-03-17 --new
deal add   900 Oak   15-called    -d 2026-03-17 --new
deal add   900 Pine  16-old-lead  -d 2026-01-10 --new
deal add  7000 Quill 17-won       -d 2026-03-01 --new
deal add  8000 Rose  18-won       -d 2026-03-01 --new
deal add  8000 Sage  19-lost      -d 2026-03-01 --new
deal add  9999 Teak  20-snoozed   -d 2026-01-01 --close 2026-02-01 --new
log call Oak
won Quill -d 2026-03-11
won Rose -d 2026-03-12
lost Sage price
sell 8000 Rose --deal d18
sell 1000 Quill --deal d17
snooze Teak 2026-03-19
"""
ORDER = (
    "12-due-late", "11-due",  # a step is due: 4,000 at 50 % before 1,000 at 50 %
    "6-late", "5-late", "7-late",  # 5,000 at 50 %, 5,000 at 25 %, nobody knows how much
    "9-closing", "8-closing",  # 3,000 at 75 %, 3,000 at 50 %
    "14-lead", "13-lead",  # new, in the first stage, and nobody called
    "17-won",  # 6,000 are not billed
    "4-stale", "3-stale", "16-old-lead",  # 2,000 and 1,000 at 25 %, 900 at 10 %
    "2-fresh", "1-fresh", "15-called",  # 9,000 and 1,000 at 25 %, 900 at 10 %
)  # fmt: skip


def test_twenty_deals_come_in_the_order_in_which_a_seller_would_take_them(write, listed):
    write(*TWENTY.strip().splitlines())
    report = listed()
    assert [row.what.partition(": ")[2] for row in report.rows] == list(ORDER)
    assert len({row.deal for row in report.rows}) == len(ORDER)
    ten = listed(most=10)
    assert [row.ref for row in ten.rows] == [row.ref for row in report.rows[:10]]
    assert ten.more == len(ORDER) - 10


def test_each_deal_stands_once_with_everything_that_is_the_matter(write, listed):
    write(*TWENTY.strip().splitlines())
    reasons = {row.what.partition(": ")[2]: row.reason for row in listed().rows}
    assert reasons["12-due-late"] == "task 2 days late; close 17 days late"
    assert reasons["8-closing"] == "closes Sun; no next step"
    assert reasons["17-won"] == "won 7 days ago, billed in part"
    assert reasons["16-old-lead"] == "quiet for 67 days (limit 14)"


def test_what_is_snoozed_comes_back_on_its_day(write, listed):
    write("deal add 100 Acme Website -d 2026-01-01 --new", "plan call Best 2026-03-17 --new", "snooze a1 2026-03-20")
    write("customer add Cafe", "snooze Cafe 2026-03-21", "snooze Acme 2026-03-22")
    assert listed().rows == ()
    assert [row.ref for row in listed(date(2026, 3, 20)).rows] == ["a1"]
    assert [row.ref for row in listed(date(2026, 3, 21)).rows] == ["a1", "c3"]
    assert [row.ref for row in listed(date(2026, 3, 22)).rows] == ["a1", "c3", "d1"]


def test_a_snoozed_customer_keeps_its_deals_and_steps_out_of_sight(write, listed):
    write("deal add 100 Acme Website -d 2026-01-01 --next 2026-03-17 --new", "plan call Acme 2026-03-17")
    write("snooze c1 2026-03-19")
    assert listed().rows == ()
    assert len(listed(date(2026, 3, 19)).rows) == 1


def test_several_steps_of_one_customer_are_one_line(write, listed):
    write("plan call Acme 2026-03-17 --new", "plan email Acme 2026-03-16", "plan call Acme 2026-03-20")
    (row,) = listed().rows
    assert (row.ref, row.reason) == ("a2", "email 2 days late (and 1 more due)")


def test_before_days_that_are_not_worked_the_steps_that_fall_on_them_are_due(write, listed):
    write("plan call Acme 2026-03-21 --new", "plan call Best 2026-03-23 --new", "plan call Cafe 2026-03-20 --new")
    assert listed(date(2026, 3, 19)).rows == ()
    assert [row.reason for row in listed(date(2026, 3, 20)).rows] == ["call due today", "call due tomorrow"]
    write("days-off add 2026-03-23")
    assert [row.reason for row in listed(date(2026, 3, 20)).rows][-1] == "call due Mon"


def test_a_lead_is_somebody_new_whom_nobody_called_and_a_note_is_no_call(write, listed):
    write("customer add Acme", "customer add Best", "customer add Cafe", "customer add Deli", "customer add Eden")
    write("log note Acme came by the fair", "log call Best", "plan call Cafe +2d", "sell 100 Deli")
    assert [row.what for row in listed().rows] == ["Acme", "Eden"]
    assert [row.command for row in listed().rows] == ["salestrack log call c1", "salestrack log call c5"]
    assert len(listed(date(2026, 4, 17)).rows) == 3  # thirty days later, and Cafe's call is due
    assert [row.what for row in listed(date(2026, 4, 18)).rows] == ["Cafe"]


def test_a_lead_whose_customer_was_called_since_is_none(write, listed):
    write("deal add 100 Acme One -d 2026-03-10 --new", "deal add 100 Acme Two -d 2026-03-10", "log call Acme")
    assert [row.urgency for row in listed().rows] == ["no next step", "no next step"]


def test_won_deals_are_only_to_be_billed_in_a_book_that_has_an_invoice(write, listed):
    write("deal add 100 Acme Website --new", "won d1", "deal add 50 Best Shop --new", "won d2")
    assert listed().rows == ()
    write("sell 20 Best --deal d2")
    rows = listed().rows
    assert [(row.ref, row.amount) for row in rows] == [("d1", Money(10000, "USD")), ("d2", Money(3000, "USD"))]
    write(*(row.command.removeprefix("salestrack ") for row in rows))
    assert listed().rows == ()


def test_a_won_deal_is_asked_about_for_ninety_days(write, listed):
    write("deal add 100 Acme Website -d 2026-01-02 --new", "won d1 -d 2026-01-02", "sell 20 Acme --deal d1")
    assert len(listed(date(2026, 4, 2)).rows) == 1
    assert listed(date(2026, 4, 3)).rows == ()


def test_a_step_of_a_deal_that_is_closed_is_still_due(write, listed):
    write("deal add 100 Acme Website --new", "plan call Acme today", "won d1")
    (row,) = listed().rows
    assert (row.ref, row.reason, row.what) == ("a1", "call due today", "Acme: Website")


def test_phone_and_note_come_along(write, listed):
    write("customer add Acme --phone 0123456", "deal add 100 Acme Website", "log call Acme wants a mock-up")
    (row,) = listed().rows
    assert (row.contact, row.phone, row.note) == (None, "0123456", "wants a mock-up")
    write("customer add Best", "contact add Ana Best --phone 0777777", "plan call Best today")
    assert [(row.contact, row.phone) for row in listed().rows] == [("Ana", "0777777"), (None, "0123456")]


def test_days_off_neither_make_a_deal_stale_nor_are_proposed(write, listed):
    write("deal add 100 Acme Website -d 2026-03-02 --stage qualified --new")
    assert listed().rows[0].urgency == "stale"
    write("days-off add 2026-03-09..2026-03-13", "days-off add 2026-03-19..2026-03-20")
    (row,) = listed().rows
    assert (row.urgency, row.command) == ("no next step", "salestrack plan call d1 mon")


def test_the_head_says_the_pace_of_the_shortest_target_or_the_revenue_of_the_month(write, listed):
    write("sell 300 Acme --new -d 2026-03-02", "sell 50 Acme -d 2026-02-27")
    month = listed().month
    assert (month.start, month.actual, month.target) == (date(2026, 3, 1), Money(30000, "USD"), None)
    write("quota set 12000 2026", "quota set 1000 2026-03")
    month = listed().month
    assert (month.actual, month.target, month.status) == (Money(30000, "USD"), Money(100000, "USD"), "behind")
    # 700.00 are left, and 9 of the 22 working days come after today.
    assert month.required_per_day == Money(7778, "USD")


def test_an_owner_sees_what_is_theirs(write, listed, book):
    write("owner add ana", "owner add bob")
    write("deal add 100 Acme Website -d 2026-01-01 --owner ana --new", "deal add 100 Best Shop --owner bob --new")
    write("quota set 500 2026-03 --owner ana", "quota set 9000 2026-03")
    mine = listed(only=Filter(owners=(1,)))
    assert [row.ref for row in mine.rows] == ["d1"]
    assert mine.month.target == Money(50000, "USD")
    assert listed().month.target == Money(900000, "USD")


def test_scores_decide_among_leads(write, listed):
    write("customer add Acme --segment shop", "customer add Best --segment agency", "deal add 900 Acme Website")
    assert [row.ref for row in listed().rows] == ["d1", "c2"]
    write("score add segment=agency 20")
    assert [(row.ref, row.score) for row in listed().rows] == [("c2", 20), ("d1", 0)]
