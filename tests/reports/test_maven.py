"""The figures that the README of the real data gives, and the same worked out from its file."""

from collections import Counter
from datetime import date
from statistics import fmean, median

import pytest

from salestrack.domain.dates import Words
from salestrack.domain.periods import parse_period
from salestrack.services.reports import Wanted, explain, make_report

pytestmark = pytest.mark.real_data

WORDS = Words(date(2017, 12, 31))


def report(store, name, period=None, **wanted):
    given = parse_period(period, WORDS) if period else None
    return make_report(store, name, Wanted(period=given, **wanted), WORDS).report


def money(text):
    return int(text.replace(",", "")) * 100


def test_won_lost_and_the_win_rate_with_its_interval(maven):
    totals = report(maven, "winloss", "all").totals
    assert (totals.won, totals.lost) == (4238, 2473)
    rate = totals.win_rate
    assert (round(rate.value, 4), rate.n, round(rate.low, 4), round(rate.high, 4)) == (0.6315, 6711, 0.6199, 0.6430)


def test_revenue_by_quarter(maven):
    found = report(maven, "revenue", "2017", by="quarter")
    assert [(row.sales, row.amount.minor) for row in found.rows] == [
        (531, money("1,134,672")), (1254, money("3,086,111")), (1257, money("2,982,255")), (1196, money("2,802,496")),
    ]  # fmt: skip
    assert found.totals.amount.minor == money("10,005,534")


@pytest.mark.parametrize(
    ("by", "figures"),
    [
        (
            "product",
            {
                "GTXPro": "3,510,578", "GTX Plus Pro": "2,629,651", "MG Advanced": "2,216,387",
                "GTX Plus Basic": "705,275", "GTX Basic": "499,263", "GTK 500": "400,612", "MG Special": "43,768",
            },
        ),
        ("segment", {"retail": "1,867,528"}),
        ("owner", {"Darcel Schlecht": "1,153,214"}),
    ],
)  # fmt: skip
def test_revenue_by_product_segment_and_owner(maven, by, figures):
    found = report(maven, "revenue", "2017", by=by)
    amounts = {row.key: row.amount.minor for row in found.rows}
    assert {key: amounts[key] for key in figures} == {key: money(text) for key, text in figures.items()}
    assert found.rows[0].key == next(iter(figures))
    assert sum(amounts.values()) == found.totals.amount.minor == money("10,005,534")


@pytest.mark.parametrize(("by", "column"), [("owner", "sales_agent"), ("product", "product"), ("customer", "account")])
def test_every_split_of_wins_and_losses_is_what_the_file_says(maven, maven_rows, by, column):
    won, lost, worth = Counter(), Counter(), Counter()
    for row in maven_rows:
        key = row[column] or None
        won[key] += row["deal_stage"] == "Won"
        lost[key] += row["deal_stage"] == "Lost"
        worth[key] += int(row["close_value"] or 0) * 100 if row["deal_stage"] == "Won" else 0
    found = report(maven, "winloss", "all", by=by)
    assert {row.key: (row.won, row.lost, row.won_amount.minor) for row in found.rows} == {
        key: (won[key], lost[key], worth[key]) for key in worth if won[key] or lost[key]
    }
    assert (found.totals.won, found.totals.won_amount.minor) == (4238, money("10,005,534"))


def test_the_average_and_the_median_deal(maven, maven_rows):
    values = [int(row["close_value"]) for row in maven_rows if row["deal_stage"] == "Won"]
    totals = report(maven, "winloss", "all").totals
    assert totals.average_deal.minor == round(fmean(values) * 100)
    assert totals.median_deal.minor == median(values) * 100


def test_the_sales_cycle(maven):
    totals = report(maven, "cycle", "all").totals
    assert (totals.won.n, totals.won.median, round(totals.won.mean, 2)) == (4238, 57, 51.78)
    assert (totals.lost.n, totals.lost.median) == (2473, 14)


def test_the_pipeline_as_it_stands(maven):
    found = report(maven, "pipeline")
    assert [(row.stage, row.probability, row.deals) for row in found.rows] == [
        ("Prospecting", 10, 500),
        ("Engaging", 40, 1589),
    ]


def test_the_pipeline_of_a_past_day_leaves_out_what_nobody_dated_and_says_so(maven):
    found = report(maven, "pipeline", as_of=date(2017, 10, 1))
    assert {row.stage: row.deals for row in found.rows} == {"Prospecting": 0, "Engaging": 2434}
    assert found.totals.deals == 2434
    assert found.head.notes[0].startswith("500 deals without any date are left out")


@pytest.mark.parametrize(
    "day", [date(2016, 10, 19), date(2016, 10, 20), date(2017, 2, 28), date(2017, 7, 4), date(2017, 12, 31)]
)
def test_the_pipeline_of_any_day_is_what_the_file_says(maven, maven_rows, day):
    on = day.isoformat()
    wanted = sum(
        bool(row["engage_date"]) and row["engage_date"] <= on and (not row["close_date"] or row["close_date"] > on)
        for row in maven_rows
    )
    found = maven.facts.pipeline(date(2017, 12, 31), Wanted().only, as_of=day)
    assert sum(row.deals for row in found.rows if row.dated) == wanted


def test_conversion_of_all_deals(maven):
    first, second = report(maven, "conversion", "all").rows
    assert (first.entered, first.advanced, first.lost, first.open) == (8800, 8300, 0, 500)
    assert (second.entered, second.advanced, second.lost, second.open) == (8300, 4238, 2473, 1589)
    assert (second.days.n, second.waiting.n) == (6711, 1589)


def test_the_summary_of_the_last_week_and_its_next_steps(maven):
    found = report(maven, "summary")
    assert found.parts.revenue.totals.amount.minor == sum(row.amount.minor for row in found.parts.revenue.rows)
    assert found.parts.quota is None
    assert found.parts.activity is None
    assert len(found.actions.rows) == 5
    assert all(row.command.startswith("salestrack plan call d") for row in found.actions.rows)


def test_an_explanation_names_the_deals_that_went_in(maven):
    reported = make_report(maven, "winloss", Wanted(period=parse_period("2017Q1", WORDS)), WORDS)
    made = explain(maven, reported)
    totals = reported.report.totals
    assert len(made.evidence[0].ids) == totals.won + totals.lost
    assert f"{totals.won} / ({totals.won} + {totals.lost})" in made.formulas[0]
    assert ":first_on" in made.evidence[0].sql
