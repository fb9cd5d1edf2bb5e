from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.facts import ActivityCount, Booked, DealCount, Key, Worth
from salestrack.domain.money import Money
from salestrack.domain.periods import parse_period
from salestrack.domain.quotas import Quota
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.quota import QuotaFacts, quota_report, spans_of, targets

MARCH = (date(2026, 3, 1), date(2026, 3, 31))  # 22 working days
WEDNESDAY = date(2026, 3, 18)  # the 13th of them
CALENDAR = WorkCalendar()


def quota(amount: int, days=MARCH, *, metric="revenue", owner: int | None = None, channel: str | None = None) -> Quota:
    names = {1: "Ann", 2: "Bob", None: None}
    currency = "USD" if metric == "revenue" else None
    return Quota(
        metric=metric, start_on=days[0], end_on=days[1], target=amount, currency=currency, owner_id=owner,
        owner=names[owner], channel=channel,
    )  # fmt: skip


def booked(amount: int, span: int = 0, owner: int | None = None, channel: str | None = None, **more) -> Booked:
    given = {"currency": "USD", "rate": None, "priced": 1, "amount": amount, "left": 0, "left_amount": 0} | more
    return Booked(span, owner, channel, 1, Worth(**given))


def made(quotas, done=(), today=WEDNESDAY, period=None, calendar=CALENDAR, **more):
    wanted = targets(quotas, period, today)
    facts = QuotaFacts(spans=spans_of(wanted, today), book="USD", revenue={"USD": done}, **more)
    return quota_report(wanted, facts, calendar, today=today, period=period)


def only(report):
    (row,) = report.rows
    return row


def test_pace_is_counted_in_working_days_with_today():
    row = only(made([quota(22_000_00)], [booked(11_000_00)]))
    assert (row.elapsed_days, row.working_days) == (13, 22)
    assert (row.attainment, row.expected, row.gap) == (0.5, Money(13_000_00, "USD"), Money(11_000_00, "USD"))
    assert row.required_per_day == Money(1_222_22, "USD")
    assert row.projected == Money(18_615_38, "USD")
    assert row.status == "at risk"


@pytest.mark.parametrize(
    ("actual", "status"),
    [(14_300_00, "ahead"), (14_299_99, "on track"), (13_000_00, "on track"), (12_999_99, "at risk"),
     (10_400_00, "at risk"), (10_399_99, "behind"), (0, "behind"), (-5, "behind")],
)  # fmt: skip
def test_the_status_is_the_share_of_what_is_expected_by_now(actual, status):
    assert only(made([quota(22_000_00)], [booked(actual)])).status == status


def test_attainment_is_not_capped_and_no_gap_is_left():
    row = only(made([quota(100)], [booked(250)]))
    assert (row.attainment, row.gap.minor, row.required_per_day.minor) == (2.5, 0, 0)


def test_a_target_of_nothing_does_not_fail():
    row = only(made([quota(0)], [booked(250)]))
    assert (row.attainment, row.status, row.gap.minor) == (None, "no target", 0)


def test_without_quotas_there_are_no_rows():
    report = made([])
    assert (report.rows, report.totals) == ((), None)


def test_the_first_day_of_a_period_and_a_start_at_the_weekend():
    first = only(made([quota(22_00, (date(2026, 4, 1), date(2026, 4, 30)))], today=date(2026, 4, 1)))
    assert (first.elapsed_days, first.expected, first.status) == (1, Money(1_00, "USD"), "behind")
    sunday = only(made([quota(22_00)], today=date(2026, 3, 1)))
    assert (sunday.elapsed_days, sunday.expected.minor, sunday.projected, sunday.status) == (0, 0, None, "not started")
    lucky = only(made([quota(22_00)], [booked(5)], today=date(2026, 3, 1)))
    assert lucky.status == "ahead"


def test_the_last_day_of_a_period_leaves_no_day_for_the_rest():
    row = only(made([quota(22_00)], [booked(10_00)], today=date(2026, 3, 31)))
    assert (row.expected, row.required_per_day, row.projected) == (Money(22_00, "USD"), None, Money(10_00, "USD"))
    reached = only(made([quota(22_00)], [booked(22_00)], today=date(2026, 3, 31)))
    assert reached.required_per_day == Money(0, "USD")


def test_a_period_without_any_working_day_does_not_fail():
    weekend = (date(2026, 3, 14), date(2026, 3, 15))
    row = only(made([quota(22_00, weekend)], today=date(2026, 3, 14)))
    assert (row.expected, row.projected, row.required_per_day, row.status) == (None, None, None, "not started")
    off = WorkCalendar(off=frozenset(MARCH[0] + timedelta(days=day) for day in range(31)))
    assert only(made([quota(22_00)], calendar=off)).working_days == 0


def test_a_period_to_come_has_nothing_expected_of_it():
    period = parse_period("2026-04", Words(WEDNESDAY))
    row = only(made([quota(22_00, (date(2026, 4, 1), date(2026, 4, 30)))], period=period))
    assert (row.status, row.actual.minor, row.elapsed_days) == ("not started", 0, 0)


def test_by_default_the_running_quotas_stand_the_shortest_first():
    quarter, april = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30))
    report = made([quota(9, quarter), quota(1), quota(5, april)])
    assert [(row.start, row.end) for row in report.rows] == [MARCH, quarter]


def months(amounts, owner=None):
    words = Words(WEDNESDAY)
    periods = [parse_period(f"2026-{month:02}", words) for month in range(1, len(amounts) + 1)]
    return [quota(amount, (p.start, p.end), owner=owner) for amount, p in zip(amounts, periods, strict=True)]


def test_months_that_make_up_the_quarter_asked_for_add_up_and_the_report_says_so():
    period = parse_period("2026Q1", Words(WEDNESDAY))
    report = made(months([100, 200, 300]), [booked(150)], period=period)
    row = only(report)
    assert (row.start, row.end, row.target.minor, row.actual.minor) == (period.start, period.end, 600, 150)
    assert report.head.notes == ("targets of 3 parts of the period are added up",)


def test_a_quota_of_just_the_period_stands_before_its_parts():
    period = parse_period("2026Q1", Words(WEDNESDAY))
    report = made([*months([100, 200, 300]), quota(500, (period.start, period.end))], period=period)
    assert only(report).target.minor == 500


def test_parts_with_a_hole_between_them_stand_by_themselves():
    period = parse_period("2026Q1", Words(WEDNESDAY))
    january, _, march = months([100, 200, 300])
    assert [row.target.minor for row in made([january, march], period=period).rows] == [100, 300]


def test_owners_and_channels_count_their_own_and_the_book_counts_everything():
    done = [booked(5, owner=1), booked(7, owner=2, channel="shop"), booked(11)]
    quotas = [quota(100), quota(100, owner=1), quota(100, channel="shop")]
    report = made(quotas, done)
    assert {(row.owner, row.channel): row.actual.minor for row in report.rows} == {
        (None, None): 23, ("Ann", None): 5, (None, "shop"): 7,
    }  # fmt: skip
    assert report.totals is None


def test_targets_of_owners_add_up_where_they_do_not_overlap():
    report = made([quota(100, owner=1), quota(300, owner=2)], [booked(50, owner=1), booked(70, owner=2)])
    assert (report.totals.target.minor, report.totals.actual.minor, report.totals.attainment) == (400, 120, 0.3)


def test_numbers_of_deals_and_calls_have_targets_too():
    nothing = Worth("USD", None, 0, 0, 0, 0)
    deals = [DealCount(0, Key("Ann", 1), "won", 3, nothing), DealCount(0, Key("Ann", 1), "lost", 9, nothing)]
    calls = [ActivityCount(0, Key("Ann", 1), 9, 7, 0, 0, 0, 0, 2, 0)]
    quotas = [quota(10, metric="won"), quota(11, metric="calls", owner=1), quota(4, metric="meetings", owner=2)]
    report = made(quotas, deals=deals, activities=calls)
    assert {row.metric: row.actual for row in report.rows} == {"won": 3, "calls": 7, "meetings": 0}
    row = next(row for row in report.rows if row.metric == "calls")
    assert (row.expected, row.required_per_day, row.projected) == (6.5, 0.44, 11.85)


def test_money_without_a_rate_is_named_once_though_two_periods_hold_it():
    left = {"currency": "EUR", "priced": 0, "left": 1, "left_amount": 5}
    quarter = (date(2026, 1, 1), date(2026, 3, 31))
    done = [booked(0, span, **left) for span in (0, 1)]
    report = made([quota(9, quarter), quota(1)], done)
    assert [(one.currency, one.amount.minor, one.count) for one in report.unconverted] == [("EUR", 5, 1)]


@given(
    st.integers(0, 10**9), st.integers(-(10**9), 10**10), st.integers(0, 45), st.sets(st.integers(0, 30), max_size=31)
)
def test_no_day_and_no_number_makes_it_fail_and_the_working_days_add_up(target, actual, day, off):
    today = MARCH[0] + timedelta(days=day)
    calendar = WorkCalendar(off=frozenset(MARCH[0] + timedelta(days=number) for number in off))
    period = parse_period("2026-03", Words(WEDNESDAY))
    row = only(made([quota(target)], [booked(actual)], today=today, period=period, calendar=calendar))
    total = sum(calendar.is_working(MARCH[0] + timedelta(days=number)) for number in range(31))
    assert (row.working_days, 0 <= row.elapsed_days <= total) == (total, True)
    if total:
        assert row.expected.minor == round(Fraction(target * row.elapsed_days, total))
    if day >= 30 and total and target:
        assert (row.status in {"ahead", "on track"}) == (actual >= target)


def test_the_quotas_of_a_period_come_by_their_start_then_the_shorter_first():
    year, quarter = (date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 4, 1), date(2026, 6, 30))
    months = [(date(2026, 4, 1), date(2026, 4, 30)), (date(2026, 5, 1), date(2026, 5, 31))]
    days = [quarter, months[1], months[0]]
    found = targets([quota(1, span) for span in days], parse_period("2026", Words(WEDNESDAY)), WEDNESDAY)
    assert [(one.start, one.end) for one in found] == [months[0], quarter, months[1]]
    assert [one.start for one in targets([quota(1, year)], None, WEDNESDAY)] == [year[0]]
