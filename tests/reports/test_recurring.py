"""MRR: what repeats is worth a month, and how that moved; checked against a plain loop over days."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.facts import Currencies, Key
from salestrack.domain.periods import parse_period
from salestrack.domain.recurring import Every
from salestrack.domain.schedules import Price, Recurrence, Schedule
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.exchange import Exchange
from salestrack.reports.frames import Frame, frame
from salestrack.reports.recurring import RecurringReport, recurring

TODAY = date(2026, 6, 30)
WORDS = Words(TODAY)
CALENDAR = WorkCalendar()
USD = Exchange(currencies=Currencies("USD", "USD"), rates={"EUR": 1_100_000_000})


def days_of(period: str, by: str | None = "month") -> Frame:
    return frame(parse_period(period, WORDS), by=by, versus="none", words=WORDS, calendar=CALENDAR)


def retainer(customer: int | None, amount: int, start: date, until: date | None = None, **more) -> Recurrence:
    schedule = Schedule(more.get("every", Every(months=1)), id=1, sale_id=1, start=start, until=until, amount=amount)
    schedule = schedule._replace(prices=tuple(more.get("prices", ())))
    key = Key(f"customer {customer}", customer)
    return Recurrence(f"s{start.toordinal()}", customer, None, None, key, more.get("currency", "USD"), schedule)


def moved(report: RecurringReport) -> list[tuple[int, ...]]:
    names = ("before", "new", "returned", "expansion", "contraction", "churned", "mrr")
    return [tuple(getattr(row, name).minor for name in names) for row in (*report.rows, report.totals)]


def test_new_expansion_contraction_and_churn_stand_in_the_months_in_which_they_happened():
    rows = [
        retainer(1, 500, date(2026, 1, 31), prices=[Price(date(2026, 3, 1), 600), Price(date(2026, 4, 1), 550)]),
        retainer(2, 300, date(2026, 2, 1), date(2026, 3, 20)),
    ]
    assert moved(recurring(rows, days_of("2026-01..2026-04"), USD)) == [
        (0, 500, 0, 0, 0, 0, 500),
        (500, 300, 0, 0, 0, 0, 800),
        (800, 0, 0, 100, 0, 300, 600),
        (600, 0, 0, 0, 50, 0, 550),
        (0, 800, 0, 100, 50, 300, 550),
    ]


def test_a_second_retainer_of_a_customer_is_expansion_and_its_end_contraction():
    rows = [retainer(1, 500, date(2026, 1, 5)), retainer(1, 200, date(2026, 2, 5), date(2026, 2, 28))]
    assert moved(recurring(rows, days_of("2026-02..2026-03"), USD))[:2] == [
        (500, 0, 0, 200, 0, 0, 700),
        (700, 0, 0, 0, 200, 0, 500),
    ]


def test_whoever_comes_back_after_a_pause_is_not_new():
    prices = [Price(date(2026, 2, 10), None), Price(date(2026, 4, 1), 500)]
    report = recurring([retainer(1, 500, date(2026, 1, 5), prices=prices)], days_of("2026-01..2026-04"), USD)
    assert moved(report)[:4] == [
        (0, 500, 0, 0, 0, 0, 500),
        (500, 0, 0, 0, 0, 500, 0),
        (0, 0, 0, 0, 0, 0, 0),
        (0, 0, 500, 0, 0, 0, 500),
    ]
    assert (report.rows[1].customer_churn.value, report.rows[1].customer_churn.n) == (1.0, 1)


def test_a_year_is_worth_a_twelfth_a_month_and_other_money_comes_at_the_latest_rate():
    rows = [
        retainer(1, 120_000, date(2026, 1, 5), every=Every(months=12)),
        retainer(2, 10_000, date(2026, 1, 5), currency="EUR"),
        retainer(3, 10_000, date(2026, 1, 5), currency="GBP"),
    ]
    report = recurring(rows, days_of("2026-02", None), USD)
    assert report.totals.mrr.minor == 10_000 + 11_000
    assert report.totals.arr.minor == 12 * 21_000
    assert [(one.currency, one.amount.minor, one.count) for one in report.unconverted] == [("GBP", 10_000, 1)]


def test_churn_is_of_those_who_were_there_at_the_start():
    rows = [retainer(n, 100, date(2026, 1, 1), date(2026, 3, 10) if n < 2 else None) for n in range(1, 11)]
    rows.append(retainer(11, 100, date(2026, 3, 5)))
    row = recurring(rows, days_of("2026-03", None), USD).rows[0]
    assert (row.customers_before, row.customers_lost, row.customers) == (10, 1, 10)
    assert (row.customer_churn.value, row.customer_churn.n) == (0.1, 10)
    assert row.revenue_churn.value == pytest.approx(0.1)


days = st.dates(date(2025, 6, 1), date(2026, 6, 30))
prices = st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 5_000))), max_size=3, unique_by=lambda p: p[0])
retainers = st.builds(
    lambda customer, amount, start, length, changes, every: retainer(
        customer,
        amount,
        start,
        start + timedelta(days=length) if length is not None else None,
        prices=[Price(*price) for price in sorted(changes, key=lambda price: price[0])],
        every=every,
    ),
    st.integers(1, 3),
    st.integers(1, 5_000),
    days,
    st.one_of(st.none(), st.integers(0, 300)),
    prices,
    st.sampled_from([Every(months=1), Every(months=3), Every(months=12), Every(days=7)]),
)


def worth(one: Recurrence, on: date) -> int:
    """Return what a retainer is worth a month, from its dates alone."""
    plan = one.schedule
    if plan.start is None or on < plan.start or (plan.until and on > plan.until):
        return 0
    price: int | None = plan.amount
    for from_on, amount in plan.prices:
        price = amount if from_on <= on else price
    each = Fraction(price or 0)
    return round(each / plan.every.months if plan.every.months else each * 365 / 12 / plan.every.days)


@settings(max_examples=100, deadline=None)
@given(st.lists(retainers, max_size=6), st.sampled_from(["month", "week", "quarter", None, "customer"]))
def test_movements_add_up_in_every_row_and_rows_to_the_totals(rows, by):
    report = recurring(rows, days_of("2026-01..2026-06", by), USD)
    found = moved(report)
    for before, new, returned, expansion, contraction, churned, mrr in found:
        assert before + new + returned + expansion - contraction - churned == mrr
    for column in range(1, 6):
        assert sum(line[column] for line in found[:-1]) == found[-1][column]
    if by in {"month", "week", "quarter"}:
        assert [line[0] for line in found[1:-1]] == [line[6] for line in found[:-2]]
    for row in report.rows if by != "customer" else ():
        assert row.mrr.minor == sum(worth(one, row.period.end) for one in rows)
        assert row.before.minor == sum(worth(one, row.period.start - timedelta(days=1)) for one in rows)
