from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.facts import Flow, StageRow, Visit
from salestrack.domain.periods import Period
from salestrack.reports.conversion import ConversionFacts, conversion

TODAY = date(2026, 3, 18)
YEAR = Period(start=date(2025, 3, 19), end=TODAY, label="365d")
NAMES = ("Lead", "Ready to Close", "Vorschlag für später", "Negotiation")
STAGES = (
    *(StageRow(at + 1, 1, "sales", name, at, "open", 10, None, removed=False) for at, name in enumerate(NAMES)),
    StageRow(5, 1, "sales", "Won", 4, "won", 100, None, removed=False),
    StageRow(6, 1, "sales", "Lost", 5, "lost", 0, None, removed=False),
)


def flow(top: int, status: str, deals: int = 1, *, won: bool | None = None, at_top: bool = True, stage=None) -> Flow:
    return Flow(1, stage, top, status == "won" if won is None else won, status, at_top, deals)


def made(*flows: Flow, stages=STAGES, visits=(), **more):
    facts = ConversionFacts(flow=flows, visits=visits, stages=stages)
    return conversion(facts, YEAR, today=TODAY, **more)


def counts(row) -> tuple[int, ...]:
    return row.entered, row.advanced, row.back, row.lost, row.open


def test_a_loss_is_no_advance():
    lead = made(flow(1, "open"), flow(0, "lost", 2), flow(0, "open")).rows[0]
    assert counts(lead) == (4, 1, 0, 2, 1)
    assert lead.rate.value == 0.25
    assert round(lead.resolved_rate.value, 2) == 0.33
    assert lead.resolved_rate.n == 3


def test_a_deal_won_out_of_the_first_stage_counts_in_every_stage_between():
    report = made(flow(-1, "won"))
    assert [counts(row) for row in report.rows] == [(1, 1, 0, 0, 0)] * 4
    assert (report.entered, report.won, report.overall.value) == (1, 1, 1.0)


def test_skipped_stages_are_filled_in():
    report = made(flow(3, "open"))
    assert [counts(row) for row in report.rows] == [(1, 1, 0, 0, 0)] * 3 + [(1, 0, 0, 0, 1)]


def test_a_deal_that_went_back_advanced_from_where_it_is_now():
    report = made(flow(1, "open", at_top=False), flow(1, "lost", at_top=False))
    assert [counts(row) for row in report.rows[:3]] == [(2, 2, 0, 0, 0), (2, 0, 2, 0, 0), (0, 0, 0, 0, 0)]


def test_a_deal_that_is_open_again_is_open_where_it_is_and_entered_nothing_after():
    report = made(flow(0, "open", won=False))
    assert [counts(row) for row in report.rows[:2]] == [(1, 0, 0, 0, 1), (0, 0, 0, 0, 0)]
    assert (report.entered, report.won) == (1, 0)


def test_to_be_in_a_pipeline_is_to_have_entered_its_first_stage():
    assert counts(made(flow(-1, "lost")).rows[0]) == (1, 0, 0, 1, 0)


def test_nobody_is_thought_to_have_passed_a_removed_stage_but_its_visitors_did():
    stages = tuple(stage._replace(removed=stage.id == 2) for stage in STAGES)
    passed = made(flow(2, "open"), stages=stages)
    assert [row.stage for row in passed.rows] == [NAMES[0], NAMES[2], NAMES[3]]
    visited = made(flow(2, "open"), flow(2, "open", stage=2), flow(1, "lost"), stages=stages)
    assert counts(visited.rows[1]) == (2, 1, 0, 1, 0)
    assert visited.entered == 2


def test_the_cohort_of_a_stage_counts_by_stage_and_its_totals_by_the_first():
    report = made(flow(1, "won", stage=1), flow(1, "lost", 2, stage=2), cohort="entered")
    assert [row.entered for row in report.rows] == [1, 2, 0, 0]
    assert (report.entered, report.won) == (1, 1)


def test_days_in_stage_leave_open_visits_out_and_show_them_apart():
    visits = [Visit(1, True, 10, 2), Visit(1, True, 30, 1), Visit(1, False, 90, 1)]
    row = made(flow(0, "open"), visits=visits).rows[0]
    assert (row.days.n, row.days.median) == (3, 10)
    assert (row.waiting.n, row.waiting.median) == (1, 90)


def test_days_that_were_not_asked_for_are_none():
    assert made(flow(0, "open"), visits=None).rows[0].days is None


def test_a_stage_nobody_entered_has_no_rate():
    assert made(flow(0, "lost")).rows[1].rate.value is None


def test_without_deals_there_are_no_rows():
    report = made()
    assert (report.rows, report.entered, report.overall.value) == ((), 0, None)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_stage_will_do(name):
    assert name in [row.stage for row in made(flow(3, "open")).rows]


@given(
    st.lists(
        st.tuples(
            st.integers(-1, 3),
            st.sampled_from(["open", "won", "lost"]),
            st.integers(1, 50),
            st.booleans(),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_what_became_of_those_who_entered_adds_up_and_nobody_is_counted_twice(cases):
    flows = [
        flow(top, status, deals, won=ever or status == "won", at_top=at_top)
        for top, status, deals, ever, at_top in cases
    ]
    report = made(*flows)
    everybody = sum(one.deals for one in flows)
    for at, row in enumerate(report.rows):
        assert row.entered == row.advanced + row.back + row.lost + row.open
        assert row.entered == sum(one.deals for one in flows if one.won or max(one.top, 0) >= at)
        assert row.advanced == sum(one.deals for one in flows if one.won or max(one.top, 0) > at)
    assert report.entered == everybody
    if report.rows:
        assert report.rows[0].entered == everybody
        entered = [row.entered for row in report.rows]
        assert entered == sorted(entered, reverse=True)
