"""Reports over books that were written with commands: the cases that the issue and METRICS name."""

import json
from datetime import date

import pytest

from salestrack.domain.dates import Words
from salestrack.domain.filters import Filter
from salestrack.domain.money import Money
from salestrack.domain.periods import parse_period
from salestrack.errors import UsageError
from salestrack.services.reports import REPORTS, Wanted, explain, make_report, next_steps
from salestrack.store import open_store

TODAY = date(2026, 3, 18)
WORDS = Words(TODAY)


@pytest.fixture
def ask(book, actor):
    """Return a function that makes a report over the book as it is now."""

    def call(name: str, period: str | None = None, today: date = TODAY, **wanted):
        words = Words(today)
        given = parse_period(period, words) if period else None
        store = open_store(str(book), actor, mode="read")
        try:
            return make_report(store, name, Wanted(period=given, **wanted), words).report
        finally:
            store.close()

    return call


@pytest.fixture
def write(run):
    """Return a function that runs command lines, all of which must succeed."""

    def call(*lines: str) -> None:
        for line in lines:
            run(line, ok=True)

    return call


def counts(row) -> tuple[int, ...]:
    return row.entered, row.advanced, row.back, row.lost, row.open


def test_four_deals_enter_lead_one_moves_on_two_are_lost_one_stays(write, ask):
    write(*(f"deal add 100 Acme 'Deal {number}' --new" for number in range(4)))
    write("move d1 Qualified", "lost d2 price", "lost d3 timing")
    lead = ask("conversion").rows[0]
    assert counts(lead) == (4, 1, 0, 2, 1)
    assert (lead.rate.value, round(lead.resolved_rate.value, 2)) == (0.25, 0.33)


def test_a_deal_won_out_of_the_first_stage_counts_in_every_stage_between(write, ask):
    write("deal add 100 Acme Website --new", "won d1")
    report = ask("conversion")
    assert [counts(row) for row in report.rows] == [(1, 1, 0, 0, 0)] * 4
    assert report.overall.value == 1.0


def test_a_deal_that_goes_back_and_is_lost_on_the_same_day_is_back_where_it_came_from(write, ask):
    write("deal add 100 Acme Website --new", "move d1 Proposal", "move d1 Qualified", "lost d1 price")
    rows = ask("conversion").rows
    assert [counts(row) for row in rows[:3]] == [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0), (1, 0, 1, 0, 0)]


@pytest.mark.parametrize("cohort", ["created", "entered"])
def test_a_reopened_deal_is_not_won_and_has_entered_only_where_it_was(write, ask, cohort):
    write("deal add 100 Acme Website --new", "won d1", "reopen d1")
    report = ask("conversion", cohort=cohort)
    assert (report.entered, report.won) == (1, 0)
    assert [counts(row) for row in report.rows] == [(1, 0, 0, 0, 1)] + [(0, 0, 0, 0, 0)] * 3
    assert ask("revenue").totals.amount == Money(0, "USD")


def test_a_win_is_booked_once_whatever_was_invoiced_when(write, ask):
    write(
        "deal add 9000 Acme Website --new -d 2026-01-05",
        "sell 4500 Acme -d 2026-02-10 --deal d1",
        "won d1 -d 2026-03-10",
    )
    at = date(2026, 5, 31)
    assert [row.amount.minor for row in ask("revenue", "2026", at, by="month").rows] == [0, 0, 900_000, 0, 0]
    sold = ask("revenue", "2026", at, by="month", basis="sales")
    assert [row.amount.minor for row in sold.rows] == [0, 450_000, 0, 0, 0]
    (one,) = ask("revenue", "2026", at).to_bill
    assert (one.ref, one.rest) == ("d1", Money(450_000, "USD"))


def test_a_sale_of_no_deal_counts_on_its_date_and_a_refund_on_its_own(write, ask):
    write("sell 300 Acme --new -d 2026-01-10", "refund s1 200 -d 2026-03-02")
    rows = ask("revenue", "2026Q1", by="month").rows
    assert [(row.amount.minor, row.sales, row.refunds) for row in rows] == [(30_000, 1, 0), (0, 0, 0), (-20_000, 0, 1)]


def test_two_currencies_are_never_one_sum(write, ask):
    write("sell 300 Acme --new -d 2026-03-10", "sell 70eur Acme -d 2026-03-10")
    report = ask("revenue")
    assert report.totals.amount == Money(30_000, "USD")
    assert [(one.amount, one.count) for one in report.unconverted] == [(Money(7_000, "EUR"), 1)]
    euros = ask("revenue", currency="eur")
    assert euros.totals.amount == Money(7_000, "EUR")
    assert [(one.amount, one.count) for one in euros.unconverted] == [(Money(30_000, "USD"), 1)]


def test_an_edited_note_moves_nothing(write, ask):
    write("deal add 100 Acme Website --new -d 2026-01-05", "won d1 -d 2026-02-10")
    before = ask("revenue", "2026-02").totals
    write("log note d1 'they sent a cake'")
    assert ask("revenue", "2026-02").totals == before


def test_a_quota_has_its_pace_and_its_months_make_up_the_quarter(write, ask):
    for month in ("2026-01", "2026-02", "2026-03"):
        write(f"quota set 1000 {month}")
    write("sell 650 Acme --new -d 2026-03-10")
    (march,) = ask("quota").rows
    assert (march.actual, march.attainment, march.status) == (Money(65_000, "USD"), 0.65, "ahead")
    (quarter,) = ask("quota", "2026Q1").rows
    assert (quarter.target, quarter.actual) == (Money(300_000, "USD"), Money(65_000, "USD"))
    earlier = ask("quota", as_of=date(2026, 3, 9)).rows[0]
    assert (earlier.actual.minor, earlier.elapsed_days) == (0, 6)


def test_won_within_some_days_asks_only_deals_that_are_old_enough(write, ask):
    write(
        "deal add 100 Acme Quick --new -d 2026-01-05", "won d1 -d 2026-01-10",
        "deal add 100 Acme Slow -d 2026-01-05", "won d2 -d 2026-03-10",
        "deal add 100 Acme Young -d 2026-03-10",
    )  # fmt: skip
    report = ask("winloss", "2026Q1", within=30)
    assert (report.totals.won, report.totals.win_rate.n) == (1, 2)
    assert any(note.startswith("1 deal is younger than 30 days") for note in report.head.notes)


def test_the_week_is_compared_with_the_same_point_of_the_last(write, ask):
    write("sell 300 Acme --new -d 2026-03-17", "sell 200 Acme -d 2026-03-11", "sell 999 Acme -d 2026-03-13")
    report = ask("summary")
    totals = report.parts.revenue.totals
    assert (totals.amount.minor, totals.before.minor, totals.change) == (30_000, 20_000, 0.5)
    assert report.head.notes[0] == "Revenue is up 50 % on the same point of 2026-W11."


def test_a_summary_shows_nothing_that_is_empty(write, ask):
    empty = ask("summary")
    assert [getattr(empty.parts, name) for name in empty.parts.__slots__] == [None] * len(empty.parts.__slots__)
    assert (empty.actions.rows, empty.head.notes) == ((), ())
    write("deal add 100 Acme Website --new")
    parts = ask("summary").parts
    assert [name for name in parts.__slots__ if getattr(parts, name)] == ["pipeline", "conversion", "slipping"]


def test_next_steps_rank_what_is_due_before_what_slips(write, store):
    write(
        "deal add 100 Acme Website --new",
        "deal add 900 Best Shop --new --close 2026-03-10 -d 2026-01-10",
        "plan call Acme 2026-03-20",
        "plan call Best 2026-03-20",
        "plan demo Cafe 2026-03-18 --new",
    )
    rows = next_steps(store, WORDS, Filter()).report.rows
    assert [(row.what, row.reason) for row in rows] == [
        ("Cafe", "demo due today"),
        ("Best: Shop", "close 8 days late; next step Fri"),
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_of_an_empty_book_is_empty_and_explains_itself(store, name):
    reported = make_report(store, name, Wanted(), WORDS)
    made = explain(store, reported)
    assert made.definition
    assert all(not one.ids for one in made.evidence)


@pytest.mark.parametrize("name", sorted({"summary", "conversion", "winloss", "cycle", "revenue", "activity"}))
@pytest.mark.parametrize("period", ["all", "week", "next-month", "2026Q1", "2026-01-01..", "..2026-01-31"])
def test_every_report_takes_any_period(ask, write, name, period):
    write("deal add 100 Acme Website --new", "won d1")
    assert ask(name, period).head.period.label


@pytest.mark.parametrize(
    ("name", "by"),
    [
        (name, by)
        for name, kinds in {
            "winloss": "owner product customer segment source tag field:x day week month quarter year",
            "cycle": "owner product customer segment source tag field:x day week month quarter year",
            "revenue": "owner product customer segment source channel tag field:x day week month quarter year",
            "activity": "owner kind customer segment day week month quarter year",
        }.items()
        for by in kinds.split()
    ],
)
def test_every_split_adds_up_to_the_report_without_it(store, name, by):
    row = {"title": "x", "pipeline_id": 1, "stage_id": 5, "currency": "USD", "created_op": 1, "status": "won"}
    dates = {"created_on": "2026-01-05", "closed_on": "2026-03-10", "amount": 700, "book_amount": 700}
    store.engine.insert("deals", row | dates)
    happened = {
        "kind": "call",
        "done": 1,
        "happened_on": "2026-03-10",
        "logged_at": "2026-03-10T09:00:00",
        "created_op": 1,
    }
    store.engine.insert("activities", happened)
    for record in ("deal", "activity"):
        store.engine.insert("custom_fields", {"record": record, "name": "x", "type": "text", "created_op": 1})
    period = parse_period("2026Q1", WORDS)
    split = make_report(store, name, Wanted(period=period, by=by), WORDS).report
    whole = make_report(store, name, Wanted(period=period), WORDS).report
    assert split.totals == whole.totals
    assert len(split.rows) >= 1


@pytest.mark.parametrize(
    ("name", "wanted", "said"),
    [
        ("turnover", {}, "no report 'turnover'"),
        ("pipeline", {"by": "owner"}, "report pipeline has no --by"),
        ("cycle", {"versus": "prev"}, "report cycle has no --vs"),
        ("winloss", {"by": "weather"}, "deals cannot be split by 'weather'"),
        ("winloss", {"basis": "luck"}, "--basis 'luck' is not known"),
        ("winloss", {"basis": "value", "within": 30}, "--within counts from the creation"),
        ("winloss", {"within": 0}, "--within 0 is no number of days"),
        ("conversion", {"cohort": "all"}, "--cohort 'all' is not known"),
        ("summary", {"as_of": date(2026, 3, 17)}, "report summary has no --as-of"),
        ("pipeline", {"as_of": date(2026, 3, 19)}, "still to come"),
        ("revenue", {"currency": "XXQ"}, "currency"),
        ("revenue", {"only": Filter(kinds=("call",))}, "revenue cannot be narrowed by --kind"),
    ],
)
def test_what_a_report_does_not_know_is_a_usage_error(store, name, wanted, said):
    with pytest.raises(UsageError, match=said):
        make_report(store, name, Wanted(**wanted), WORDS)


def test_a_past_period_shows_its_own_quotas_by_its_end(write, ask):
    write("quota set 1000 2026-02", "quota set 2000 2026-03", "sell 250 Acme --new -d 2026-02-10")
    (month,) = ask("summary", "last-month").parts.quota.rows
    assert (month.target.minor, month.actual.minor, month.elapsed_days) == (100_000, 25_000, month.working_days)
    (week,) = ask("summary", "last-week", date(2026, 3, 4)).parts.quota.rows  # 23 February to 1 March
    assert (week.target.minor, week.end) == (200_000, date(2026, 3, 31))
    (february,) = ask("summary", "2026-W08").parts.quota.rows  # until 22 February
    assert (february.target.minor, february.elapsed_days) == (100_000, 15)
    (running,) = ask("summary", "week").parts.quota.rows
    assert (running.target.minor, running.elapsed_days) == (200_000, 13)


def test_a_past_day_shows_what_was_true_then(write, ask):
    write(
        "deal add 100 Acme One --new -d 2026-01-05", "won d1 -d 2026-02-10",
        "deal add 300 Acme Two -d 2026-01-05", "won d2 -d 2026-03-05",
        "sell 50 Acme -d 2026-02-11", "refund s1 20 -d 2026-03-01",
        "sell 7 Acme -d 2026-02-11 --deal d2",
        "quota set 1000 2026Q1",
        "reopen d1",
    )  # fmt: skip
    then, later = date(2026, 2, 28), date(2026, 3, 17)
    assert ask("revenue", "2026Q1").totals.amount.minor == 33_000
    assert ask("revenue", "2026Q1", as_of=later).totals.amount.minor == 43_000
    february = ask("revenue", "2026Q1", as_of=then)
    assert (february.totals.amount.minor, february.head.as_of) == (15_000, then)
    assert ask("revenue", "2026Q1", as_of=then, basis="sales").totals.amount.minor == 5_700
    won = ask("winloss", "2026Q1", as_of=then).totals
    assert (won.won, won.won_amount.minor, won.median_deal.minor) == (1, 10_000, 10_000)
    assert ask("cycle", "2026Q1", as_of=then).totals.won.median == 36
    (pace,) = ask("quota", as_of=then).rows
    assert (pace.actual.minor, pace.elapsed_days) == (15_000, 42)


def test_nothing_after_today_counts_and_it_is_said(write, ask, store):
    write("sell 300 Acme --new -d 2026-03-10")
    for number in range(2):
        row = {
            "kind": "sale",
            "amount": 100,
            "book_amount": 100,
            "currency": "USD",
            "on_date": f"2026-05-0{number + 1}",
        }
        store.engine.insert("sales", row | {"created_op": 1})
    for period in ("all", "2026"):
        report = ask("revenue", period)
        assert report.totals.amount.minor == 30_000
        assert report.head.notes == ("2 sales are dated after today and are left out",)
    assert ask("revenue", "2026Q1").head.notes == ()
    assert ask("revenue", "all", as_of=date(2026, 3, 11)).head.notes == ()


def test_discounts_are_spread_over_the_products(write, ask):
    write("product add Build 90", "product add Care 20", "deal add 100 Acme One --new --product Build --product Care")
    write("won d1")
    for name in ("revenue", "winloss"):
        report = ask(name, by="product")
        found = {row.key: getattr(row, "amount", None) or row.won_amount for row in report.rows}
        assert {key: amount.minor for key, amount in found.items()} == {"Build": 8_182, "Care": 1_818}
    assert report.totals.won == 1
    assert {row.key: row.won for row in report.rows} == {"Build": 1, "Care": 1}


def test_a_filter_that_leaves_nothing_says_so(write, ask):
    write("deal add 100 Acme One --new")
    only = Filter(stages=(1,))
    for name in ("revenue", "winloss", "cycle"):
        assert "this report is about closed ones" in ask(name, only=only).head.notes[0]
    assert ask("winloss", only=only, basis="created").head.notes == ()
    assert ask("revenue", only=only, basis="sales").head.notes == ()


def test_a_deal_billed_beyond_its_amount_is_named(write, ask):
    write("deal add 100 Acme One --new -d 2026-01-05", "won d1 -d 2026-02-10")
    write("sell 90 Acme -d 2026-02-11 --deal d1", "sell 40 Acme -d 2026-02-12 --deal d1")
    report = ask("revenue")
    assert report.to_bill == ()
    assert report.head.notes == ("d1 One is billed beyond its amount: 130.00 USD of 100.00 USD",)


def test_what_has_no_rate_is_in_no_count(write, ask):
    write("sell 300eur Acme --new", "sell 100eur Acme")
    report = ask("revenue")
    assert (report.totals.sales, report.unconverted[0].count) == (0, 2)


def test_lost_deals_by_reason_are_all_that_were_lost_and_nothing_else(run, store):
    for number, amount in enumerate((100, 20, 3, 400, 50), 1):
        run(f"deal add {amount} Acme Deal{number} --new -d 2026-02-01", ok=True)
    run("move d2 proposal", ok=True)
    for line in ("lost d1 price", "lost d2 price", "lost d3 'no answer'", "won d4", "lost d5 price"):
        run(line, ok=True)
    store.engine.update("deals", 5, {"reason_id": None})
    found = json.loads(run("report winloss --by reason -f json", ok=True).stdout)
    rows = [(row["key"], row["won"], row["lost"], row["lost_amount"]["minor"]) for row in found["rows"]]
    assert rows == [("price", 0, 2, 12000), ("no answer", 0, 1, 300), (None, 0, 1, 5000)]
    assert (found["totals"]["won"], found["totals"]["lost"]) == (0, 4)
    assert found["totals"]["lost_amount"]["minor"] == sum(row[3] for row in rows)
    assert found["totals"]["median_deal"] is None
    by_stage = json.loads(run("report winloss --by stage -f json", ok=True).stdout)["rows"]
    assert {row["key"]: (row["won"], row["lost"]) for row in by_stage} == {"Lead": (1, 3), "Proposal": (0, 1)}
    assert run("report winloss --by reason --won").exit_code == 2
