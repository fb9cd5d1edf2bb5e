from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.facts import Currencies, DealCount, Key, MiddleDeal, Worth
from salestrack.domain.money import Money
from salestrack.domain.periods import parse_period
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.frames import Frame, frame
from salestrack.reports.groups import merged
from salestrack.reports.winloss import WinLossFacts, winloss

USD, EUR = Currencies("USD", "USD"), Currencies("EUR", "USD")
WORDS = Words(date(2026, 3, 18))


def days(by: str | None = None, versus="none", period: str = "2026Q1") -> Frame:
    return frame(parse_period(period, WORDS), by=by, versus=versus, words=WORDS, calendar=WorkCalendar())


def count(status: str, deals: int, amount: int = 0, *, span: int = 0, key: str | None = None, **worth) -> DealCount:
    given = {"currency": "USD", "rate": None, "priced": deals, "amount": amount, "left": 0, "left_amount": 0} | worth
    return DealCount(span, Key(key), status, deals, Worth(**given))


def made(rows, frame_: Frame, currencies=USD, middle=(), **options):
    facts = WinLossFacts(rows=rows, whole=merged(rows, frame_), middle=middle, whole_middle=middle)
    return winloss(facts, frame_, currencies, **options)


@pytest.mark.parametrize(
    ("won", "lost", "value", "few"), [(0, 0, None, True), (1, 0, 1.0, True), (2, 2, 0.5, True), (3, 2, 0.6, False)]
)
def test_the_rate_is_of_those_decided_and_says_when_they_are_too_few(won, lost, value, few):
    rate = made([count("won", won), count("lost", lost)], days()).totals.win_rate
    assert (rate.value, rate.n, rate.too_few) == (value, won + lost, few)


def test_the_basis_of_value_weighs_with_money_and_has_no_interval():
    report = made([count("won", 1, 300_00), count("lost", 3, 100_00)], days(), basis="value")
    rate = report.totals.win_rate
    assert (rate.value, rate.n, rate.low) == (0.75, 4, None)
    assert "300.00 / (300.00 + 100.00)" in report.head.formulas[0]


def test_the_basis_of_creation_divides_by_everybody():
    rows = [count("won", 3), count("lost", 7), count("open", 90)]
    rate = made(rows, days(), basis="created").totals.win_rate
    assert (rate.value, rate.n) == (0.03, 100)


def test_the_average_leaves_out_what_has_no_known_amount():
    row = count("won", 4, 900_00, priced=3)
    middle = [MiddleDeal(0, Key(None), Worth("USD", None, 1, amount, 0, 0)) for amount in (100_00, 200_01)]
    report = made([row], days(), middle=middle)
    assert report.totals.average_deal == Money(300_00, "USD")
    assert report.totals.median_deal == Money(150_00, "USD")  # 150.005, to the even cent


def test_nothing_won_has_no_average():
    totals = made([count("lost", 2)], days()).totals
    assert (totals.average_deal, totals.median_deal, totals.won_amount) == (None, None, Money(0, "USD"))


def test_keys_come_by_money_and_no_value_comes_last():
    rows = [count("won", 1, 5, key="b"), count("won", 1, 9, key="a"), count("won", 9, 900)]
    assert [row.key for row in made(rows, days("owner")).rows] == ["a", "b", None]


def test_months_come_in_order_with_their_empty_ones():
    rows = [count("won", 1, 5, span=2), count("lost", 1, span=0)]
    report = made(rows, days("month"))
    assert [(row.key, row.won, row.lost) for row in report.rows] == [
        ("2026-01", 0, 1),
        ("2026-02", 0, 0),
        ("2026-03", 1, 0),
    ]


def test_the_period_before_stands_beside_each_row_and_is_in_no_total():
    rows = [count("won", 2, 20), count("lost", 1), count("won", 5, 50, span=1), count("won", 1, 9, span=1, key="gone")]
    report = made(rows, days("owner", versus="prev"))
    gone = next(row for row in report.rows if row.key == "gone")
    assert (gone.won, gone.won_before) == (0, 1)
    assert (report.totals.won, report.totals.won_before, report.totals.won_amount) == (2, 6, Money(20, "USD"))


def test_without_a_comparison_there_is_nothing_before():
    totals = made([count("won", 2)], days()).totals
    assert (totals.won_before, totals.win_rate_before, totals.won_amount_before) == (None, None, None)


def test_a_deal_in_two_tags_counts_once_in_the_total_and_the_report_says_overlap():
    rows = [count("won", 1, 100, key="hot"), count("won", 1, 100, key="big")]
    facts = WinLossFacts(rows=rows, whole=[count("won", 1, 100)])
    report = winloss(facts, days("tag"), USD)
    assert (report.totals.won, report.totals.won_amount) == (1, Money(100, "USD"))
    assert any("overlap" in note for note in report.head.notes)


def test_money_without_a_rate_is_named_and_in_no_sum():
    rows = [
        count("won", 2, 100, currency="EUR", priced=1, left=1, left_amount=70),
        count("open", 1, left=1, left_amount=5),
    ]
    report = made(rows, days())
    assert report.totals.won_amount == Money(100, "USD")
    assert [(one.currency, one.amount.minor, one.count) for one in report.unconverted] == [("EUR", 70, 1)]


def test_what_has_no_date_is_said():
    facts = WinLossFacts(rows=[], whole=[], undated=3, maturing=4)
    notes = winloss(facts, days(), USD, basis="created", within=90).head.notes
    assert [note.split()[0] for note in notes] == ["3", "4"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["won", "lost"]),
            st.sampled_from(["a", "b", None]),
            st.integers(1, 9),
            st.integers(0, 10**7),
            st.sampled_from([None, 1_100_000_000, 1_333_333_333]),
        ),
        max_size=12,
    )
)
def test_totals_are_the_sum_of_the_rows_as_printed(cases):
    rows = [count(status, deals, amount, key=key, rate=rate) for status, key, deals, amount, rate in cases]
    report = made(rows, days("owner"), EUR)
    assert report.totals.won == sum(row.won for row in report.rows)
    assert report.totals.lost == sum(row.lost for row in report.rows)
    assert report.totals.won_amount.minor == sum(row.won_amount.minor for row in report.rows)
    assert report.totals.lost_amount.minor == sum(row.lost_amount.minor for row in report.rows)
