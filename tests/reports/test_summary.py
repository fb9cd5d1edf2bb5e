from dataclasses import replace
from datetime import date

import pytest

from salestrack.domain.dates import Words
from salestrack.domain.facts import Booked, Currencies, Key, Revenue, Worth
from salestrack.domain.periods import parse_period
from salestrack.domain.quotas import Quota
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.actions import Action, Actions
from salestrack.reports.frames import Head, frame
from salestrack.reports.quota import QuotaFacts, quota_report, spans_of, targets
from salestrack.reports.revenue import RevenueFacts, revenue
from salestrack.reports.summary import Parts, finer, summary

TODAY = date(2026, 3, 18)
WORDS = Words(TODAY)
CALENDAR = WorkCalendar()
USD = Currencies("USD", "USD")
NOTHING = Parts(revenue=None, quota=None, winloss=None, pipeline=None, conversion=None, activity=None, slipping=None)


def todo(number: int) -> Actions:
    rows = tuple(Action(urgency="stale", ref=f"d{at}", what="x", reason="y", command="z") for at in range(number))
    return Actions(head=Head(as_of=TODAY, definition="ranked"), rows=rows)


def week(versus="prev"):
    return frame(parse_period("week", WORDS), by=None, versus=versus, words=WORDS, calendar=CALENDAR)


def sold(now: int, before: int):
    rows = [
        Revenue(span, Key(None), "sale", 1, Worth("USD", None, 1, amount, 0, 0))
        for span, amount in ((0, now), (1, before))
        if amount
    ]
    return revenue(RevenueFacts(rows=rows, whole=rows), week(), USD)


def quotas(*owners):
    start, end = date(2026, 3, 1), date(2026, 3, 31)
    given = [
        Quota(
            metric="revenue",
            start_on=start,
            end_on=end,
            target=22_00,
            currency="USD",
            owner_id=owner,
            owner=owner and f"O{owner}",
        )
        for owner in owners
    ]
    wanted = targets(given, None, TODAY)
    done = [Booked(0, None, None, 1, Worth("USD", None, 1, 11_00, 0, 0))]
    facts = QuotaFacts(spans=spans_of(wanted, TODAY), book="USD", revenue={"USD": done})
    return quota_report(wanted, facts, CALENDAR, today=TODAY, period=None)


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        (150, 100, "Revenue is up 50 % on the same point of 2026-W11."),
        (50, 100, "Revenue is down 50 % on the same point of 2026-W11."),
        (100, 100, "Revenue is the same as at the same point of 2026-W11."),
        (100, 0, "There was no revenue by the same point of 2026-W11 to compare with."),
    ],
)
def test_revenue_is_said_against_the_same_point(now, before, sentence):
    report = summary(replace(NOTHING, revenue=sold(now, before)), todo(0), week())
    assert report.head.notes == (sentence,)


def test_the_formulas_are_those_of_its_parts():
    report = summary(replace(NOTHING, revenue=sold(150, 100)), todo(0), week())
    assert report.head.formulas == ("revenue: revenue = won deals 0.00 + sales 1.50 + refunds 0.00 = 1.50",)


def test_a_week_without_revenue_has_no_part_for_it():
    assert summary(replace(NOTHING, revenue=sold(0, 0)), todo(0), week()).parts.revenue is None


def test_the_first_target_is_said_with_its_pace():
    report = summary(replace(NOTHING, quota=quotas(None)), todo(0), week())
    assert report.head.notes == ("The target for 2026-03 is at risk: 50 % reached, 59 % expected by now.",)


def test_the_book_stands_for_its_owners_and_the_rest_is_said_where_to_find():
    shown = summary(replace(NOTHING, quota=quotas(None, 1, 2)), todo(0), week()).parts.quota
    assert [row.owner for row in shown.rows] == [None]
    assert shown.head.notes == ("2 more: salestrack report quota",)
    few = summary(replace(NOTHING, quota=quotas(*range(1, 9))), todo(0), week()).parts.quota
    assert len(few.rows) == 6
    assert few.totals is None


def test_only_the_five_actions_that_matter_most_are_shown():
    first = summary(NOTHING, todo(9), week()).actions
    assert [row.ref for row in first.rows] == [f"d{at}" for at in range(5)]
    assert first.more == 4


def test_the_definition_says_what_the_period_is_compared_with():
    head = summary(NOTHING, todo(0), week()).head
    assert head.definition == "compared with the same point of 2026-W11 (2026-03-09..2026-03-11)"
    assert summary(NOTHING, todo(0), week("none")).head.definition == "each part as its own report says it"


@pytest.mark.parametrize(
    ("period", "unit"),
    [("week", "day"), ("month", "week"), ("2026Q1", "month"), ("2026", "month"), ("today", None),
     ("10d", "day"), ("60d", "week"), ("365d", "month"), ("all", None)],
)  # fmt: skip
def test_revenue_is_shown_by_the_next_finer_stretch(period, unit):
    assert finer(parse_period(period, WORDS)) == unit
