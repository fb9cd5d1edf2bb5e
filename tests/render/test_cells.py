"""How single values are said to people."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from salestrack.domain.measures import Rate, Spread, Tally
from salestrack.domain.money import Money, NumberStyle
from salestrack.render.cells import Wording, cell, grid, subtitle, wording_for
from salestrack.render.document import Column, Document

WORDING = Wording(style=NumberStyle())
USD = Money(120000, "USD")
SPREAD = Spread(n=4238, median=57, mean=51.776, p90=120.0)
RATE = Rate(value=4238 / 6711, n=6711, low=0.6199, high=0.64298)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "text", "-"),
        (None, "bar", ""),
        ("1e5", "text", "1e5"),
        ("d12", "ref", "d12"),
        (True, "bool", "yes"),
        (False, "bool", "no"),
        (4238, "int", "4238"),
        (40, "percent", "40 %"),
        (1.0533, "share", "105.33 %"),
        (57.0, "days", "57"),
        (51.776, "days", "51.78"),
        (30, "days", "30"),
        (date(2017, 12, 31), "date", "2017-12-31"),
        (datetime(2017, 12, 31, 14, 30), "date", "2017-12-31 14:30"),
        (time(9, 5), "text", "09:05"),
        (("a", "b"), "text", "a, b"),
        (USD, "money", "1,200.00 USD"),
        (Tally(deals=1, amount=USD), "tally", "1 deal, 1,200.00 USD"),
        (RATE, "rate", "63.15 % (n 6711, 61.99–64.30)"),
        (Rate(value=1 / 3, n=3, low=0.0615, high=0.7923), "rate", "33.33 % (n 3, 6.15–79.23) too few"),
        (Rate(value=0.25, n=8), "rate", "25.00 % (n 8)"),
        (Rate(value=None, n=0), "rate", "- (n 0)"),
        (SPREAD, "spread", "median 57 · mean 51.78 · p90 120 (n 4238)"),
        (Spread(n=0, median=None, mean=None, p90=None), "spread", "- (n 0)"),
    ],
)
def test_a_value_is_said_in_one_way(value, kind, text):
    assert cell(value, Column(name="x", title="X", kind=kind), WORDING).text == text


def test_the_only_currency_is_said_once_and_several_in_every_cell(report, records):
    assert wording_for(report, NumberStyle()).currency == "USD"
    assert subtitle(report, wording_for(report, NumberStyle())) == (
        "365d (2017-01-01..2017-12-31) · as of 2017-12-31 · amounts in USD"
    )
    assert wording_for(records, NumberStyle()).currency is None


def test_a_percentage_has_the_digits_that_json_has():
    rate = Rate(value=0.631549999, n=9)
    text = cell(rate, Column(name="x", title="X", kind="rate"), WORDING).text
    assert text == f"{round(rate.value, 4) * 100:.2f} % (n 9)"


def test_an_ascii_screen_gets_ascii_signs_around_untouched_names():
    wording = replace(WORDING, unicode=False)
    assert cell(RATE, Column(name="x", title="X"), wording).text == "63.15 % (n 6711, 61.99-64.30)"
    assert cell(SPREAD, Column(name="x", title="X"), wording).text.startswith("median 57 | mean 51.78 |")
    assert cell("A·B – Zoë", Column(name="x", title="X"), wording).text == "A·B – Zoë"
    assert cell(0.5, Column(name="x", title="X", kind="bar"), wording).text == "######"


def test_inside_another_report_rates_and_spreads_are_brief():
    wording = WORDING.inside()
    assert cell(RATE, Column(name="x", title="X"), wording).text == "63.15 % (n 6711)"
    assert cell(SPREAD, Column(name="x", title="X"), wording).text == "median 57 (n 4238)"


@pytest.mark.parametrize(
    ("day", "text", "tone"),
    [
        (date(2026, 3, 17), "2026-03-17 !", "due"),
        (datetime(2026, 3, 17, 9), "2026-03-17 09:00 !", "due"),
        (date(2026, 3, 18), "2026-03-18", None),
    ],
)
def test_a_day_that_has_passed_is_marked_with_more_than_colour(day, text, tone):
    shown = cell(day, Column(name="x", title="X", due=True), replace(WORDING, as_of=date(2026, 3, 18)))
    assert (shown.text, shown.tone) == (text, tone)


def test_percentages_of_a_column_stand_under_each_other():
    column = Column(name="x", title="X", kind="rate")
    rows = [(Rate(value=1.0, n=9),), (Rate(value=0.095, n=21),), (Rate(value=None, n=0),)]
    table = grid(Document(schema="salestrack/report.x@1", columns=(column,), rows=rows), WORDING)
    assert [row[0].text for row in table.rows] == ["100.00 % (n 9)", "  9.50 % (n 21)", "       - (n 0)"]


def test_a_total_without_a_column_becomes_a_line_of_its_own(report):
    table = grid(report, wording_for(report, NumberStyle()))
    assert table.totals[0].text == "total"
    assert table.further == (("overdue", "1 deal, 9.00"),)


@pytest.mark.parametrize(
    ("start", "end", "label", "said"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), "2026Q1", "2026Q1 (2026-01-01..2026-03-31)"),
        (date(2026, 1, 1), date(2026, 1, 1), "today", "today (2026-01-01)"),
        (date(2026, 1, 1), date(2026, 1, 2), "2026-01-01..2026-01-02", "2026-01-01..2026-01-02"),
        (date(2026, 1, 1), None, "", "2026-01-01.."),
        (None, None, "all", "all"),
    ],
)
def test_a_period_is_said_with_its_days(start, end, label, said, report):
    period = type("Period", (), {"start": start, "end": end, "label": label})()
    document = Document(schema="salestrack/report.x@1", period=period)
    assert subtitle(document, WORDING) == said
