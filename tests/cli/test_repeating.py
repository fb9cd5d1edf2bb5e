"""What repeats, from the command line: sold, won, changed, given back, undone; and what every report says of it."""

import csv
import json
from datetime import date

import pytest

from salestrack.domain.recurring import Every, occurrences

MONTHS = [f"2025-{month:02}" for month in range(10, 13)] + ["2026-01", "2026-02", "2026-03"]


@pytest.fixture
def data(run):
    """Ask for a report or list as JSON."""

    def call(line: str):
        return json.loads(run(f"{line} -f json", ok=True).stdout)

    return call


def by_month(data, period: str = "2025-10..2026-03") -> dict[str, int]:
    return {row["key"]: row["amount"]["minor"] for row in data(f"report revenue {period} --by month")["rows"]}


def test_a_retainer_is_booked_month_by_month_and_reports_end_today(run, data):
    run("sell 500 acme Retainer --every month -d 2025-10-31 --new", ok=True)
    run("sell 100 globex Care --every '2 weeks' -d 2026-01-05 --until 2026-02-20 --new", ok=True)
    expected = dict.fromkeys(MONTHS, 0)
    for every, start, until, amount in (
        (Every(months=1), date(2025, 10, 31), date(2026, 3, 18), 50_000),
        (Every(days=14), date(2026, 1, 5), date(2026, 2, 20), 10_000),
    ):
        for day in occurrences(every, start, until):
            expected[f"{day:%Y-%m}"] += amount
    assert by_month(data) == expected
    assert expected["2026-03"] == 0  # the 31st is still to come
    assert "after" not in run("report revenue 2026", ok=True).stdout


def test_revenue_of_every_month_is_that_of_the_listed_sales(run, data, tmp_path):
    run("sell 500 acme Retainer --every month -d 2025-10-31 --new --tax 19%", ok=True)
    run("sell 70 acme Book -d 2026-02-03", ok=True)
    run("refund s1 120 -d 2026-02-20", ok=True)
    for month, amount in by_month(data).items():
        path = tmp_path / f"{month}.csv"
        run(f"sale list {month} -o {path}", ok=True)
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert sum(round(float(row["amount"]) * 100) for row in rows) == amount


def test_past_months_keep_their_price(run, data):
    run("sell 500 acme Retainer --every month -d 2025-10-15 --new", ok=True)
    run("edit s1 --price 600 --from 2026-01-01", ok=True)
    run("edit s1 --pause 2026-02-10", ok=True)
    run("edit s1 --resume 2026-03-01", ok=True)
    assert list(by_month(data).values()) == [50_000, 50_000, 50_000, 60_000, 0, 60_000]


def test_a_repeating_deal_is_its_first_year_in_the_pipeline_and_books_each_time_once_won(run, data):
    answer = run("deal add 500 acme Support --every month -d 2025-12-01 --new", ok=True).stdout
    assert "500.00 USD every month, 6,000.00 USD in the first year" in answer
    assert data("deal list --open")["rows"][0]["amount"]["minor"] == 600_000
    assert by_month(data)["2026-01"] == 0
    run("won d1 550 -d 2026-01-20", ok=True)
    assert list(by_month(data).values()) == [0, 0, 0, 55_000, 55_000, 0]
    won = data("report winloss 2026")["totals"]
    assert won["won"] == 1
    assert data("deal list")["rows"][0]["amount"]["minor"] == 12 * 55_000
    run("reopen d1", ok=True)
    assert sum(by_month(data).values()) == 0


def test_a_deal_may_say_what_it_is_worth(run):
    answer = run("deal add 500 acme Support --every month --worth 18000 --new", ok=True).stdout
    assert "18,000.00 USD" in answer
    assert "1,000.00 USD in all" in run("deal add 500 acme Trial --every month --until 2026-05-01", ok=True).stdout


def test_what_is_to_bill_of_a_repeating_deal_is_what_fell_due(run, data):
    run("deal add 500 acme Support --every month -d 2025-12-01 --new", ok=True)
    run("won d1 -d 2026-01-20", ok=True)
    run("sell 300 acme Invoice --deal d1", ok=True)
    row = data("report revenue 2026")["to_bill"][0]
    assert (row["amount"]["minor"], row["billed"]["minor"]) == (100_000, 30_000)


def test_no_more_is_given_back_than_fell_due(run):
    run("sell 500 acme Retainer --every month -d 2026-01-15 --new", ok=True)
    assert "say how much" in run("refund s1").stderr
    assert "1,500.00 USD of s1 can be given back" in run("refund s1 1500.01").stderr
    run("refund s1 1200", ok=True)
    assert "300.00 USD of s1 can be given back" in run("refund s1 400").stderr


def test_what_repeats_is_not_paced_in_quotas(run, data):
    run("sell 1000 acme Retainer --every month -d 2026-03-02 --new", ok=True)
    run("sell 260 acme Book -d 2026-03-10", ok=True)
    run("quota set 5000 month", ok=True)
    row = data("report quota")["rows"][0]
    assert (row["actual"]["minor"], row["contracted"]["minor"]) == (126_000, 100_000)
    assert row["projected"]["minor"] == 26_000 * 22 // 13 + 100_000  # 13 of March's 22 working days are over


def test_quotas_say_nothing_of_contracts_where_nothing_repeats(run, data):
    run("quota set 5000 month", ok=True)
    assert data("report quota")["rows"][0]["contracted"] is None


def test_on_a_past_day_only_what_had_fallen_due_counts(run, data):
    run("sell 500 acme Retainer --every month -d 2025-10-15 --new", ok=True)
    run("deal add 100 acme Support --every month -d 2025-12-01", ok=True)
    run("won d1 -d 2025-12-10", ok=True)
    report = data("report revenue 2025 --as-of 2025-12-12 --by month")
    assert report["totals"]["amount"]["minor"] == 50_000 * 2 + 10_000
    assert data("report recurring 2025-12 --as-of 2025-12-12")["totals"]["mrr"]["minor"] == 60_000


def test_undo_gives_the_schedule_back(run, rows):
    run("sell 500 acme Retainer --every month -d 2026-01-15 --new", ok=True)
    before = rows("SELECT * FROM occurrences")
    for line in ("edit s1 --price 600 --from 2026-02-01", "edit s1 --until 2026-02-20", "edit s1 --pause 2026-02-01"):
        run(line, ok=True)
        assert rows("SELECT * FROM occurrences") != before
        run("undo", ok=True)
        assert rows("SELECT * FROM occurrences") == before
    run("undo", ok=True)
    assert rows("SELECT count(*) FROM schedules") == [["0"]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sell 5 acme --until 2026-09-01", "--every month"),
        ("sell 5 acme X --every 2m", "2 months or 2 minutes"),
        ("sell 5 acme X --every month --until 2026-01-01", "would end"),
        ("sell 5 acme X --every month --deal d1", "an invoice of d1 does not repeat"),
        ("deal add - acme X --every month", "needs an amount"),
        ("edit s1 --price 5 --from 2025-01-01", "s1 begins on"),
        ("edit s1 --resume 2026-03-01", "is not paused"),
        ("edit s2 --pause 2026-03-01", "does not repeat"),
        ("edit s1 --every year", "past months keep theirs"),
        ("report recurring --by product", "cannot be split"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(run, rows, line, said):
    run("sell 500 acme Retainer --every month -d 2026-01-15 --new", ok=True)
    run("sell 70 acme Book", ok=True)
    run("deal add 10 acme Site", ok=True)
    before = rows("SELECT * FROM occurrences"), rows("SELECT count(*) FROM operations")
    result = run(line)
    assert result.exit_code != 0
    assert said in result.stderr
    assert (rows("SELECT * FROM occurrences"), rows("SELECT count(*) FROM operations")) == before


def test_the_summary_speaks_of_mrr_only_where_something_repeats(run):
    run("sell 70 acme Book --new", ok=True)
    assert "MRR" not in run("report", ok=True).stdout
    run("sell 500 acme Retainer --every month", ok=True)
    assert "MRR" in run("report", ok=True).stdout


def test_products_share_what_fell_due_to_the_cent_at_whatever_price(run, data):
    run("product add Care 100", ok=True)
    run("product add Host 200", ok=True)
    run("sell - acme --product Care --product 2xHost --every month -d 2025-12-15 --new", ok=True)
    run("edit s1 --price 333.33 --from 2026-02-01", ok=True)
    run("deal add - globex Plan --product Care --product Host --every month -d 2025-12-01 --new", ok=True)
    run("won d1 -d 2026-01-10", ok=True)
    for period in ("2025-12", "2026-02", "2025-12..2026-03"):
        report = data(f"report revenue {period} --by product")
        whole = data(f"report revenue {period}")["totals"]["amount"]["minor"]
        assert sum(row["amount"]["minor"] for row in report["rows"]) == whole == report["totals"]["amount"]["minor"]
    care = {row["key"]: row["amount"]["minor"] for row in data("report revenue 2026-02 --by product")["rows"]}
    assert care == {"Host": 33_333 * 4 // 5 + 1 + 20_000, "Care": 33_333 // 5 + 10_000}


def test_a_deal_can_be_made_to_repeat_later_and_its_lines_still_add_up(run, data, rows):
    run("product add Care 100", ok=True)
    run("product add Host 200", ok=True)
    run("deal add - acme Plan --product Care --product Host --new", ok=True)
    answer = run("deal edit d1 --every month", ok=True).stdout
    assert "300.00 USD every month · 3,600.00 USD in the first year" in answer
    assert rows("SELECT amount, (SELECT sum(amount) FROM deal_lines) FROM deals") == [["360000", "360000"]]
    run("deal edit d1 --price 400", ok=True)
    assert rows("SELECT amount, (SELECT sum(amount) FROM deal_lines) FROM deals") == [["480000", "480000"]]
    run("undo", ok=True)
    run("undo", ok=True)
    assert rows("SELECT amount, (SELECT sum(amount) FROM deal_lines) FROM deals") == [["30000", "30000"]]


def test_targets_of_several_owners_add_up_what_is_contracted(run, data):
    for number, name in enumerate(("ana", "ben"), start=1):
        run(f"owner add {name}", ok=True)
        run(f"sell 1000 acme Retainer --every month -d 2026-03-0{number} --new", ok=True)
        run(f"sale edit s{2 * number - 1} --owner {name}", ok=True)
        run("sell 130 acme Book -d 2026-03-10", ok=True)
        run(f"sale edit s{2 * number} --owner {name}", ok=True)
        run(f"quota set 5000 month --owner {name}", ok=True)
    report = data("report quota")
    assert [row["contracted"]["minor"] for row in (*report["rows"], report["totals"])] == [100_000, 100_000, 200_000]
    assert report["totals"]["projected"]["minor"] == 26_000 * 22 // 13 + 200_000


def test_the_amount_of_what_repeats_is_asked_for_by_its_two_names(run):
    run("deal add 100 Acme Care --every month --new", ok=True)
    run("won d1", ok=True)
    refused = run("deal edit d1 --amount 900")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "salestrack: d1 repeats: 100.00 USD every month, and counts 1,200.00 USD\n"
        "hint: --price 900.00 is what each time costs, --worth 900.00 what the deal counts for\n"
    )
    edited = run("deal edit d1 --worth 900", ok=True)
    assert "worth 1,200.00 USD -> 900.00 USD" in edited.stdout
    assert edited.stderr == "", "what falls due is what it was"
    assert json.loads(run("report revenue -f json", ok=True).stdout)["rows"][0]["amount"]["amount"] == "100.00"
    run("deal add 50 Acme Once", ok=True)
    assert "does not repeat, so there is no --worth" in run("deal edit d2 --worth 9").stderr


def test_days_of_what_repeats_look_ahead_and_a_full_date_may_lie_behind(run, rows):
    run("sell 500 acme Retainer --every month -d 2026-01-15 --until '30 jun' --new", ok=True)
    assert rows("SELECT until_on FROM schedules") == [["2026-06-30"]]
    for option, told in (("--end '31 may'", "Sun 2026-05-31"), ("--price 60 --from '15 apr'", "Wed 2026-04-15")):
        assert told in run(f"edit s1 {option}", ok=True).stdout
    assert "paused from Wed 2026-05-06" in run("edit s1 --pause '6 may'", ok=True).stdout
    assert "resumed from Sun 2026-05-10" in run("edit s1 --resume '10 may'", ok=True).stdout
    assert "-> Sun 2026-02-15" in run("edit s1 --end 2026-02-15", ok=True).stdout


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ("--end 2026-01-31", "the revenue of s1 since Sun 2026-02-15 is 0.00 USD now, not 1,000.00 USD"),
        ("--price 450 --from 2026-03-01", "the revenue of s1 since Sun 2026-03-15 is 450.00 USD now, not 500.00 USD"),
        ("--pause 2026-02-01", "the revenue of s1 since Sun 2026-02-15 is 0.00 USD now, not 1,000.00 USD"),
        ("--end 2026-12-31", None),
        ("--pause 2026-04-01", None),
    ],
)
def test_a_change_that_reaches_into_the_past_says_what_it_does_to_revenue(run, data, change, note):
    run("sell 500 acme Retainer --every month -d 2026-01-15 --new", ok=True)
    before = by_month(data)
    result = run(f"edit s1 {change}", ok=True)
    assert result.stderr == (f"note: {note}\n" if note else "")
    assert (by_month(data) != before) == bool(note)


def test_a_sale_of_the_past_that_is_made_to_repeat_says_what_that_adds(run):
    run("sell 500 acme Retainer -d 2026-01-15 --new", ok=True)
    said = run("edit s1 --every month", ok=True).stderr
    assert said == "note: the revenue of s1 since Sun 2026-02-15 is 1,000.00 USD now, not 0.00 USD\n"


def test_a_pause_with_its_end_is_one_edit(run, rows):
    run("sell 500 acme Retainer --every month -d 2026-01-15 --new", ok=True)
    said = run("edit s1 --pause 2026-05-01 --resume 2026-07-01", ok=True).stdout
    assert "paused from Fri 2026-05-01 · last due Wed 2026-04-15 · resumed from Wed 2026-07-01" in said
    assert rows("SELECT from_on, amount FROM schedule_changes ORDER BY 1") == [
        ["2026-05-01", ""],
        ["2026-07-01", "50000"],
    ]
