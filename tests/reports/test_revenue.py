from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.facts import Billing, Currencies, Key, Revenue, Worth
from salestrack.domain.money import Money
from salestrack.domain.periods import parse_period
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.frames import Frame, frame
from salestrack.reports.groups import merged
from salestrack.reports.revenue import RevenueFacts, revenue

USD = Currencies("USD", "USD")
WORDS = Words(date(2026, 3, 18))


def days(by: str | None = None, versus="none", period: str = "2026Q1") -> Frame:
    return frame(parse_period(period, WORDS), by=by, versus=versus, words=WORDS, calendar=WorkCalendar())


def sold(
    amount: int, kind: str = "deal", *, span: int = 0, key: str | None = None, records: int = 1, **worth
) -> Revenue:
    given = {"currency": "USD", "rate": None, "priced": records, "amount": amount, "left": 0, "left_amount": 0} | worth
    return Revenue(span, Key(key), kind, records, Worth(**given))


def made(rows, frame_: Frame, currencies=USD, **more):
    return revenue(RevenueFacts(rows=rows, whole=merged(rows, frame_), **more), frame_, currencies)


def test_refunds_lower_the_amount_and_are_counted_apart():
    totals = made([sold(9_000, records=2), sold(500, "sale"), sold(-200, "refund")], days()).totals
    assert (totals.amount, totals.sales, totals.refunds) == (Money(9_300, "USD"), 3, 1)


def test_every_stretch_of_time_has_its_row_also_an_empty_one():
    report = made([sold(10, span=0), sold(30, span=2)], days("month"))
    assert [(row.key, row.amount.minor) for row in report.rows] == [("2026-01", 10), ("2026-02", 0), ("2026-03", 30)]
    assert (report.rows[2].period.start, report.rows[2].period.end) == (date(2026, 3, 1), date(2026, 3, 18))


def test_the_weeks_of_two_months_are_set_side_by_side():
    report = made([sold(10, span=0), sold(8, span=3)], days("week", versus="prev", period="month"))
    # March 2026 has three weeks by the 18th, and so many of February stand beside them.
    assert [(row.amount.minor, row.before.minor) for row in report.rows[:1]] == [(10, 0)]
    assert sum(row.before.minor for row in report.rows) <= 8


def test_change_is_a_share_of_what_was_before():
    rows = [sold(150), sold(100, span=1)]
    assert made(rows, days(versus="prev")).totals.change == 0.5
    assert made([sold(150)], days(versus="prev")).totals.change is None
    assert made([sold(150)], days()).totals.change is None


def test_keys_come_by_money_and_no_value_comes_last():
    rows = [sold(5, key="b"), sold(9, key="a"), sold(900)]
    assert [row.key for row in made(rows, days("source")).rows] == ["a", "b", None]


def test_two_customers_of_one_name_stay_two_rows():
    rows = [Revenue(0, Key("Smith", number), "sale", 1, Worth("USD", None, 1, 5, 0, 0)) for number in (1, 2)]
    assert len(made(rows, days("customer")).rows) == 2


def test_what_is_still_to_bill():
    report = made([], days(), billing=[Billing(7, "Website", "Acme", "USD", 900, 450)])
    (one,) = report.to_bill
    assert (one.ref, one.rest) == ("d7", Money(450, "USD"))


def test_the_formula_says_what_the_sum_is_made_of():
    report = made([sold(9_000_00), sold(500_00, "sale"), sold(-200_00, "refund")], days())
    assert report.head.formulas == ("revenue = won deals 9000.00 + sales 500.00 + refunds -200.00 = 9300.00",)


def test_what_has_no_date_is_said():
    notes = made([], days(), undated_deals=1, undated_sales=2).head.notes
    assert [note.split()[0] for note in notes] == ["1", "2"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["deal", "sale", "refund"]),
            st.integers(0, 2),
            st.integers(-(10**7), 10**7),
            st.sampled_from([None, 1_100_000_000, 1_333_333_333]),
        ),
        max_size=12,
    )
)
def test_totals_are_the_sum_of_the_rows_as_printed(cases):
    rows = [sold(amount, kind, span=span, rate=rate) for kind, span, amount, rate in cases]
    report = made(rows, days("month"), Currencies("EUR", "USD"))
    assert report.totals.amount.minor == sum(row.amount.minor for row in report.rows)
    assert report.totals.sales + report.totals.refunds == len(cases)
