"""Activity, replies, what slips and what is due."""

from datetime import date

import pytest

from salestrack.domain.facts import Ask, Currencies, Limit, Morning
from salestrack.domain.filters import Filter
from salestrack.store import Store

USD = Currencies("USD", "USD")
TODAY = date(2026, 3, 18)
WEEK = (date(2026, 3, 16), TODAY)
LIMITS = {stage: Limit(14, date(2026, 3, 4)) for stage in (1, 2, 3, 4)}


class Book:
    """A book that is written row by row."""

    def __init__(self, store: Store) -> None:
        self.store = store
        for number in (1, 2):
            row = {"name": f"Customer {number}", "key": f"customer {number}", "created_op": 1}
            store.engine.insert("customers", row)

    def done(self, kind: str, on: str, **more: object) -> int:
        row = {"kind": kind, "done": 1, "happened_on": on, "customer_id": 1, "logged_at": "2026-03-18T09:00:00"}
        return self.store.engine.insert("activities", {**row, "created_op": 1, **more})

    def plan(self, kind: str, due: str, **more: object) -> int:
        row = {"kind": kind, "done": 0, "due_on": due, "customer_id": 1, "logged_at": "2026-03-18T09:00:00"}
        return self.store.engine.insert("activities", {**row, "created_op": 1, **more})

    def deal(self, amount: int | None, since: str = "2026-03-10", **more: object) -> int:
        row = {
            "title": "Website", "pipeline_id": 1, "stage_id": 1, "status": "open", "amount": amount, "currency": "USD",
            "stage_since": since, "created_on": since, "customer_id": 1, "created_op": 1,
        }  # fmt: skip
        return self.store.engine.insert("deals", row | more)


@pytest.fixture
def ledger(store) -> Book:
    return Book(store)


def ask(*spans, by=None) -> Ask:
    return Ask(spans=spans or (WEEK,), own=len(spans) or 1, by=by, currencies=USD)


def test_activities_are_counted_by_the_day_they_happened_and_what_came_of_them(ledger):
    ledger.done("call", "2026-03-16", seconds=90, outcome="connected")
    ledger.done("call", "2026-03-17", seconds=30, outcome="no answer")
    ledger.done("call", "2026-03-17")
    ledger.done("call", "2026-03-15", seconds=600, outcome="connected")
    ledger.done("meeting", "2026-03-18")
    ledger.done("meeting", "2026-03-18", outcome="no-show")
    ledger.done("demo", "2026-03-18", outcome="no-show")
    ledger.plan("call", "2026-03-18")
    (row,) = ledger.store.facts.activity(ask()).rows
    assert (row.activities, row.calls, row.call_seconds, row.connected, row.outcomes) == (6, 3, 120, 1, 2)
    assert (row.meetings, row.demos, row.emails) == (1, 0, 0)


def test_a_reply_is_a_mail_back_within_two_weeks_and_counts_once_a_person(ledger):
    for number in (1, 2, 3):
        row = {"name": f"Contact {number}", "key": f"contact {number}", "customer_id": 1, "created_op": 1}
        ledger.store.engine.insert("contacts", row)
    spans = ((date(2026, 2, 1), date(2026, 2, 28)),)
    for day in ("2026-02-02", "2026-02-03"):
        ledger.done("email", day, direction="out", contact_id=1)
    ledger.done("email", "2026-02-10", direction="in", contact_id=1)
    ledger.done("email", "2026-02-02", direction="out", contact_id=2)
    ledger.done("email", "2026-02-17", direction="in", contact_id=2)
    ledger.done("email", "2026-02-02", contact_id=3)
    ledger.done("email", "2026-02-16", direction="in", contact_id=3)
    ledger.done("email", "2026-02-20", customer_id=2)
    (row,) = ledger.store.facts.replies(ask(*spans)).rows
    assert (row.mailed, row.replied) == (4, 2)


def test_a_deal_slips_when_it_is_overdue_or_nothing_is_planned_or_all_is_quiet(ledger):
    fine = ledger.deal(100, since="2026-01-01", expected_on="2026-04-01")
    ledger.plan("call", "2026-03-20", deal_id=fine)
    overdue = ledger.deal(200, expected_on="2026-03-17")
    ledger.plan("call", "2026-03-20", deal_id=overdue)
    ledger.deal(400, since="2026-03-17")
    ledger.deal(800, since="2026-01-01")
    fresh = ledger.deal(1600, since="2026-01-01")
    ledger.done("call", "2026-03-10", deal_id=fresh)
    ledger.deal(None, since=None)
    slips = ledger.store.facts.slipping(TODAY, Filter(), LIMITS).rows
    found = {(s.overdue, s.stale, s.stepless): (s.deals, s.priced, s.amount) for s in slips}
    assert found == {
        (True, False, False): (1, 1, 200),
        (False, False, True): (3, 2, 2000),
        (False, True, True): (1, 1, 800),
    }


@pytest.mark.parametrize(("quiet_since", "stale"), [("2026-03-04", False), ("2026-03-03", True)])
def test_a_deal_is_stale_after_more_days_than_the_limit(ledger, quiet_since, stale):
    ledger.deal(100, since=quiet_since)
    (slip,) = ledger.store.facts.slipping(TODAY, Filter(), LIMITS).rows
    assert slip.stale is stale


def test_a_snoozed_deal_is_neither_stale_nor_without_a_step_but_may_be_late(ledger):
    ledger.deal(100, since="2026-01-01", snoozed_until="2026-03-19")
    ledger.deal(200, since="2026-01-01", snoozed_until="2026-03-19", expected_on="2026-03-01")
    ledger.deal(400, since="2026-01-01", snoozed_until="2026-03-18")
    slips = ledger.store.facts.slipping(TODAY, Filter(), LIMITS).rows
    assert {(s.overdue, s.stale, s.stepless): s.amount for s in slips} == {
        (True, False, False): 200,
        (False, True, True): 400,
    }


def test_what_wants_doing_comes_by_what_is_wrong_and_then_by_the_money_at_stake(ledger):
    quiet = ledger.deal(900_00, since="2026-01-01")
    small, large = ledger.deal(1_00, expected_on="2026-03-01"), ledger.deal(5_00, expected_on="2026-03-01")
    new = ledger.deal(999_00, since="2026-03-17")
    unknown = ledger.deal(None, expected_on="2026-03-01")
    foreign = ledger.deal(3_00, expected_on="2026-03-01", currency="EUR")
    rows = morning(ledger).rows
    assert [row.deal_id for row in rows] == [foreign, large, small, unknown, quiet, new]
    assert [row.urgency for row in rows] == [1, 1, 1, 1, 5, 6]
    few = morning(ledger, most=1).rows
    assert ([row.deal_id for row in few], few[0].everything) == ([foreign, quiet, new], 6)


def test_steps_that_are_due_leave_out_what_was_snoozed_or_is_still_to_come(ledger):
    deal = ledger.deal(100)
    due, with_money = ledger.plan("call", "2026-03-18"), ledger.plan("demo", "2026-03-17", deal_id=deal)
    ledger.plan("call", "2026-03-19")
    ledger.plan("call", "2026-03-01", snoozed_until="2026-03-19", customer_id=2)
    back = ledger.plan("call", "2026-03-01", snoozed_until="2026-03-18", customer_id=2)
    answer = morning(ledger)
    assert [row.step_id for row in answer.rows] == [with_money, back, due]
    assert answer.rows[0].deal_id == deal
    assert set(ledger.store.facts.ids(answer)) == {f"a{due}", f"a{with_money}", f"a{back}"}


def morning(ledger, **more):
    about = Morning(
        today=TODAY, due_until=TODAY, week_end=date(2026, 3, 22), lead_from=date(2026, 2, 16), won_from=date(2025, 12, 18), limits=LIMITS,
        worths={"USD": 1.0, "EUR": 2.0},
    )  # fmt: skip
    return ledger.store.facts.today(about, Filter(), **({"most": 10} | more))


def test_how_long_a_stage_usually_takes_is_learnt_from_closed_deals(ledger):
    won = ledger.deal(100, since="2026-02-11", status="won", stage_id=5, closed_on="2026-02-11")
    still = ledger.deal(100, since="2026-02-01")
    for deal, until in ((won, "2026-02-11"), (still, "2026-03-01")):
        version = {"deal_id": deal, "seq": 1, "from_on": "2026-02-01", "stage_since": "2026-02-01", "to_on": until}
        row = {**version, "stage_id": 1, "currency": "USD", "created_op": 1}
        ledger.store.engine.insert("deal_history", row)
    rows = ledger.store.facts.usual_visits(TODAY).rows
    assert [(row.stage_id, row.ended, row.days, row.visits) for row in rows] == [(1, True, 10, 1)]


def test_quotas_are_those_whose_period_touches_the_days(ledger):
    for start, end in (("2026-01-01", "2026-01-31"), ("2026-03-01", "2026-03-31"), ("2026-01-01", "2026-12-31")):
        row = {"metric": "revenue", "start_on": start, "end_on": end, "target": 100, "currency": "USD", "created_op": 1}
        ledger.store.engine.insert("quotas", row)
    found = ledger.store.facts.quotas(TODAY, TODAY, Filter()).rows
    assert [(quota.start_on.month, quota.end_on.month) for quota in found] == [(1, 12), (3, 3)]
