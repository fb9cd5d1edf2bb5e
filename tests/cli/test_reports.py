"""Reports from the command line: the figures that a careful seller would check by hand."""

import csv
import io
import json

import pytest


@pytest.fixture
def report(run):
    """Return a report's JSON."""

    def call(line):
        return json.loads(run(f"report {line} -f json", ok=True).stdout)

    return call


@pytest.fixture
def four_leads(run):
    """Four deals enter Lead; one moves on, two are lost, one stays."""
    for number in range(4):
        run(f"deal add 1000 Customer{number} Title{number} --new -d 2026-03-02", ok=True)
    run("move d1 qualified -d 2026-03-05", ok=True)
    run("lost d2 price -d 2026-03-06", ok=True)
    run("lost d3 timing -d 2026-03-07", ok=True)


def row(document, **wanted):
    """Return the only row with these values."""
    found = [one for one in document["rows"] if all(one[name] == value for name, value in wanted.items())]
    assert len(found) == 1, document["rows"]
    return found[0]


def test_a_loss_is_never_an_advance(four_leads, report):
    lead = row(report("conversion"), stage="Lead")
    assert [lead[name] for name in ("entered", "advanced", "back", "lost", "open")] == [4, 1, 0, 2, 1]
    assert lead["rate"]["value"] == 0.25
    assert lead["resolved_rate"] == {**lead["resolved_rate"], "value": 0.3333, "n": 3}


def test_a_deal_from_the_first_stage_to_won_counts_in_every_stage_between(run, report):
    run("deal add 500 Acme Website --new -d 2026-03-02", ok=True)
    run("won d1", ok=True)
    found = report("conversion")
    assert [(one["stage"], one["entered"], one["advanced"]) for one in found["rows"]] == [
        ("Lead", 1, 1),
        ("Qualified", 1, 1),
        ("Proposal", 1, 1),
        ("Negotiation", 1, 1),
    ]
    assert found["totals"]["won"] == 1


def test_stage_names_with_spaces_to_and_other_letters_stand_in_reports(run, report):
    run("stage add 'Ready to Close' --before negotiation", ok=True)
    run("stage add 'Übergabe – später' --before negotiation", ok=True)
    run("deal add 500 Acme Website --new", ok=True)
    run("move d1 'ready to close'", ok=True)
    run("move d1 'übergabe'", ok=True)
    assert row(report("conversion"), stage="Ready to Close")["advanced"] == 1
    assert row(report("pipeline"), stage="Übergabe – später")["deals"] == 1


def months(document):
    return [one["amount"]["amount"] for one in document["rows"]]


def test_a_deal_and_its_invoices_count_once_and_a_refund_on_its_day(run, report):
    when = "--today 2026-05-20"
    run(f"{when} deal add 9000 Acme System --new -d 2026-02-01", ok=True)
    run(f"{when} sell 4500 acme Deposit --deal d1 --tax 19% -d 2026-02-10", ok=True)
    run(f"{when} won d1 -d 2026-03-12", ok=True)
    run(f"{when} sell 4500 acme Rest --deal d1 --tax 19% -d 2026-04-08", ok=True)
    run(f"{when} refund s2 200 -d 2026-05-20", ok=True)
    asked = f"revenue 2026-02-01..2026-05-31 --by month {when}"
    assert months(report(asked)) == ["0.00", "9000.00", "0.00", "-200.00"]
    assert months(report(f"{asked} --basis sales")) == ["4500.00", "0.00", "4500.00", "-200.00"]
    run(f"{when} deal edit d1 --note edited", ok=True)
    assert months(report(asked)) == ["0.00", "9000.00", "0.00", "-200.00"]
    run(f"{when} sell 70 acme Poster -d 2026-04-02", ok=True)
    assert months(report(asked)) == ["0.00", "9000.00", "70.00", "-200.00"]
    run(f"{when} reopen d1", ok=True)
    assert months(report(asked))[1:3] == ["0.00", "70.00"]


def test_two_currencies_are_never_one_sum(run, report):
    run("sell 100 Acme --new", ok=True)
    run("sell 100eur acme", ok=True)
    found = report("revenue month")
    assert found["totals"]["amount"] == {"amount": "100.00", "minor": 10000, "currency": "USD"}
    assert (
        found["unconverted"] == [{"currency": "EUR", "amount": "100.00", "count": 1}]
        or found["unconverted"][0]["amount"]["amount"] == "100.00"
    )
    euros = report("revenue month --currency EUR")
    assert euros["totals"]["amount"]["amount"] == "100.00"
    assert euros["unconverted"][0]["currency"] == "USD"


@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-02", "2026-03-31", "2026-04-01"])
@pytest.mark.parametrize("target", ["0", "1000"])
def test_a_quota_does_not_fail_on_the_edges_of_its_period(run, target, day):
    run(f"quota set {target} 2026-03", ok=True)
    run("sell 400 Acme --new -d 2026-03-01 --today 2026-03-01", ok=True)
    document = json.loads(run(f"report quota 2026-03 --today {day} -f json", ok=True).stdout)
    assert document["rows"][0]["actual"]["amount"] == "400.00"
    assert document["rows"][0]["attainment"] == (None if target == "0" else 0.4)
    run(f"report --today {day}", ok=True)


def test_a_period_without_a_working_day_and_no_quota_do_not_fail(run, report):
    assert report("quota")["rows"] == []
    run("quota set 100 2026-03-21..2026-03-22", ok=True)
    found = row(report("quota 2026-03-21..2026-03-22"), metric="revenue")
    assert found["required_per_day"] is None


def test_overdue_undated_and_without_next_step_are_lines_of_their_own(run, report):
    run("deal add 100 A One --new --close 2026-03-01 -d 2026-02-01", ok=True)
    run("deal add 200 B Two --new", ok=True)
    run("deal add 300 C Three --new --close eom --next +2d", ok=True)
    totals = report("pipeline")["totals"]
    assert (totals["overdue"]["deals"], totals["overdue"]["amount"]["amount"]) == (1, "100.00")
    assert (totals["undated"]["deals"], totals["undated"]["amount"]["amount"]) == (1, "200.00")
    assert totals["without_next_step"]["deals"] == 2
    assert totals["amount"]["amount"] == "600.00"
    assert totals["weighted"]["amount"] == "60.00"


def test_the_pipeline_of_a_past_day_shows_what_was_true_then(run, report):
    run("deal add 100 A One --new -d 2026-02-01", ok=True)
    run("deal edit d1 --amount 900 -d 2026-03-01", ok=True)
    run("move d1 proposal -d 2026-03-10", ok=True)
    run("won d1 -d 2026-03-15", ok=True)
    assert row(report("pipeline --as-of 2026-02-15"), stage="Lead")["amount"]["amount"] == "100.00"
    assert row(report("pipeline --as-of 2026-03-05"), stage="Lead")["amount"]["amount"] == "900.00"
    assert row(report("pipeline --as-of 2026-03-14"), stage="Proposal")["deals"] == 1
    assert report("pipeline --as-of 2026-03-15")["totals"]["deals"] == 0
    assert report("pipeline --as-of 2026-01-31")["totals"]["deals"] == 0


@pytest.mark.parametrize(
    "name", ["", "pipeline", "quota", "conversion", "winloss", "cycle", "revenue", "activity", "slipping"]
)
def test_an_empty_book_is_no_error_in_any_report_or_format(run, name):
    for form in ("table", "plain", "json", "md", "html", "ids"):
        run(f"report {name} -f {form}", ok=True)
    if name:
        for form in ("csv", "tsv", "jsonl"):
            run(f"report {name} -f {form}", ok=True)
    run(f"report {name} --explain", ok=True)


def test_json_csv_and_table_say_the_same(four_leads, run, report):
    by = "winloss 2026-03 --by segment"
    data = report(by)["rows"]
    cells = list(csv.DictReader(io.StringIO(run(f"report {by} -f csv", ok=True).stdout)))
    assert [(str(one["won"]), str(one["lost"])) for one in data] == [(one["won"], one["lost"]) for one in cells]
    assert data[0]["lost_amount"]["amount"] == cells[0]["lost_amount"] == "2000.00"
    assert "2,000.00" in run(f"report {by}", ok=True).stdout


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("report fortnight", 2),
        ("report winloss fortnight", 2),
        ("report winloss --by nonsense", 2),
        ("report winloss --basis nonsense", 2),
        ("report pipeline --cohort created", 2),
        ("report pipeline --as-of 2027-01-01", 2),
        ("report winloss --within many", 2),
        ("report revenue --currency XYZ", 2),
        ("report summary -f csv", 2),
        ("report winloss --vs fortnight", 2),
    ],
)
def test_an_unknown_report_period_or_option_is_a_usage_error_and_never_everything(run, line, code):
    result = run(line)
    assert (result.exit_code, result.stdout) == (code, "")


def test_the_explanation_has_formula_ids_and_sql(four_leads, run):
    shown = run("report winloss --explain", ok=True).stdout
    assert "win rate = 0 / (0 + 2)" in shown
    assert "d2 d3" in shown
    assert "SELECT" in shown
    data = json.loads(run("report winloss --explain -f json", ok=True).stdout)
    assert data["explain"]["facts"][0]["ids"] == ["d2", "d3"]


def test_today_lists_steps_with_the_command_to_paste(run):
    run("deal add 100 Acme Website --new", ok=True)
    run("plan call d1 today bring figures", ok=True)
    shown = run("today", ok=True).stdout
    assert "salestrack done a1" in shown
    assert run("", ok=True).stdout == shown


def test_the_key_is_the_first_column_of_revenue(run):
    run("sell 300 Acme --new", ok=True)
    assert run("report revenue --by month -f csv", ok=True).stdout.splitlines()[0].startswith("key,")


def test_what_is_compared_is_named_by_its_days(run):
    run("deal add 100 Acme Website --new", ok=True)
    run("won d1", ok=True)
    assert "Won 2026-02-01..2026-02-18" in run("report winloss month --vs prev", ok=True).stdout


def test_on_a_past_day_the_words_for_periods_are_those_of_that_day(run):
    run("sell 300 Acme --new -d 2026-02-10", ok=True)
    assert "300.00" in run("report revenue month --as-of 2026-02-12", ok=True).stdout
    assert "300.00" not in run("report revenue month --as-of 2026-02-09", ok=True).stdout
