from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.facts import Age, Currencies, OpenDeals, StageRow
from salestrack.domain.measures import Tally
from salestrack.domain.money import Money
from salestrack.reports.exchange import Exchange
from salestrack.reports.pipeline import PipelineFacts, pipeline

TODAY = date(2026, 3, 18)
EXCHANGE = Exchange(currencies=Currencies("USD", "USD"), rates={"EUR": 1_250_000_000})
STAGES = (
    StageRow(1, 1, "sales", "Lead", 0, "open", 10, None, removed=False),
    StageRow(2, 1, "sales", "Demo", 1, "open", 30, None, removed=True),
    StageRow(3, 1, "sales", "Proposal", 2, "open", 50, None, removed=False),
    StageRow(4, 1, "sales", "Won", 3, "won", 100, None, removed=False),
    StageRow(9, 2, "partners", "Talk", 0, "open", 20, None, removed=False),
)


def some(stage: int, amount: int, percent: int, currency: str = "USD", **more) -> OpenDeals:
    given = {"overdue": False, "undated": False, "stepless": False, "dated": True, "deals": 1, "unknown": 0} | more
    return OpenDeals(stage_id=stage, currency=currency, amount=amount, weighted=amount * percent, **given)


def made(deals, ages=(), **more):
    return pipeline(PipelineFacts(deals=deals, ages=ages, stages=STAGES), EXCHANGE, today=TODAY, **more)


def test_every_open_stage_of_a_pipeline_in_use_has_a_row():
    assert [row.stage for row in made([some(1, 100, 10)]).rows] == ["Lead", "Proposal"]


def test_deals_in_a_removed_stage_keep_their_row_and_are_in_the_total():
    report = made([some(1, 100, 10), some(2, 200, 30)])
    assert [(row.stage, row.deals) for row in report.rows] == [("Lead", 1), ("Demo", 1), ("Proposal", 0)]
    assert (report.totals.deals, report.totals.amount) == (2, Money(300, "USD"))


def test_a_pinned_probability_counts_and_the_stages_own_is_shown():
    (row, *_) = made([some(1, 100_00, 10), some(1, 100_00, 80)]).rows
    assert (row.probability, row.weighted) == (10, Money(90_00, "USD"))


def test_weighted_amounts_are_rounded_half_even_in_each_row():
    report = made([some(1, 5, 10), some(3, 3, 50)])
    assert [row.weighted.minor for row in report.rows] == [0, 2]
    assert report.totals.weighted.minor == 2


def test_other_currencies_are_converted_at_the_latest_rate_and_what_has_none_stands_apart():
    report = made([some(1, 100_00, 10), some(1, 100_00, 10, "EUR"), some(1, 7_00, 10, "CHF")])
    assert report.totals.amount == Money(225_00, "USD")
    assert [(one.currency, one.amount.minor, one.count) for one in report.unconverted] == [("CHF", 7_00, 1)]
    assert report.totals.deals == 3


def test_what_deals_lack_is_counted_with_its_money():
    report = made(
        [
            some(1, 100, 10, overdue=True, stepless=True),
            some(1, 200, 10, undated=True),
            some(3, 400, 50, stepless=True, deals=2),
        ]
    )
    assert report.overdue == Tally(deals=1, amount=Money(100, "USD"))
    assert report.undated == Tally(deals=1, amount=Money(200, "USD"))
    assert report.without_next_step == Tally(deals=3, amount=Money(500, "USD"))


def test_a_past_day_knows_no_plans_and_says_what_nobody_dated():
    report = made([some(1, 100, 10), some(1, 900, 10, dated=False, deals=5)], as_of=date(2026, 1, 31))
    assert report.without_next_step is None
    assert report.head.as_of == date(2026, 1, 31)
    assert report.totals.deals == 1
    assert report.head.notes[0].startswith("5 deals")


def test_unknown_amounts_are_said():
    assert made([some(1, 0, 10, unknown=3, deals=3)]).head.notes == (
        "3 deals have no amount yet and add nothing to the sums",
    )


def test_the_median_age_is_that_of_the_stage():
    report = made([some(1, 100, 10)], [Age(1, 10, 1), Age(1, 20, 1), Age(3, 5, 1)])
    assert [row.median_age_days for row in report.rows] == [15, 5]
    assert report.totals.median_age_days == 10


def test_an_empty_pipeline_has_no_rows():
    report = made([])
    assert report.rows == ()
    assert report.totals.amount == Money(0, "USD")


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 3, 9]), st.integers(0, 10**9), st.integers(0, 100), st.sampled_from(["USD", "EUR"])
        ),
        max_size=15,
    )
)
def test_totals_are_the_sum_of_the_rows_as_printed(cases):
    report = made([some(*case) for case in cases])
    for name in ("deals", "amount", "weighted"):
        values = [getattr(row, name) for row in report.rows]
        total = getattr(report.totals, name)
        assert total == sum(values, type(total)(0, "USD") if name != "deals" else 0)
    rates = {"USD": Fraction(1), "EUR": Fraction(5, 4)}
    for row in report.rows:
        ids = [stage.id for stage in STAGES if stage.name == row.stage]
        exact = sum(amount * percent * rates[currency] for s, amount, percent, currency in cases if s in ids)
        assert row.weighted.minor == round(exact / 100)
