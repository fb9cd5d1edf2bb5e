import json

import pytest


@pytest.fixture
def busy(run):
    """Make a book with twelve stale deals."""
    for number in range(12):
        run(f"deal add {number + 1}00 Acme{number} Deal -d 2026-01-02 --new", ok=True)
    return run


def refs(result) -> list[str]:
    return result.stdout.split()


def test_ten_lines_and_how_many_more(busy):
    out = busy("today", ok=True).stdout
    assert "2 more (salestrack today --all)" in out
    assert len(refs(busy("today -f ids", ok=True))) == 10
    assert refs(busy("today -f ids", ok=True))[0] == "d12"
    everything = busy("today --all", ok=True).stdout
    assert "more (" not in everything
    assert len(refs(busy("today --all -f ids", ok=True))) == 12
    assert len(refs(busy("t -n 3 -f ids", ok=True))) == 3
    assert busy("today --all -n 3").exit_code == 2


def test_json_has_the_rows_how_many_more_and_the_month(busy):
    made = json.loads(busy("today -f json", ok=True).stdout)
    assert made["schema"] == "salestrack/actions@1"
    assert made["more"] == 2
    assert made["month"]["actual"]["amount"] == "0.00"
    assert set(made["rows"][0]) == {
        "ref", "what", "amount", "reason", "reach", "score", "note", "command", "urgency", "customer", "deal", "contact",
        "phone",
    }  # fmt: skip


def test_the_summary_has_the_same_list(busy):
    busy("plan call Acme3 today", ok=True)
    today = json.loads(busy("today -n 5 -f json", ok=True).stdout)["rows"]
    assert json.loads(busy("report -f json", ok=True).stdout)["actions"] == today
    assert today[0]["ref"] == "a1"


def test_without_a_command_it_is_todays_list(busy):
    assert busy("", ok=True).stdout == busy("today", ok=True).stdout


def test_filters_narrow_it(busy):
    busy("customer add Lead", ok=True)
    assert refs(busy("today --customer Acme3 -f ids", ok=True)) == ["d4"]
    assert len(refs(busy("today --stage lead --all -f ids", ok=True))) == 12
    assert "c13" in refs(busy("today --all -f ids", ok=True))


def test_the_commands_can_be_pasted(run):
    run("deal add 100 Acme Website -d 2026-03-17 --new", ok=True)
    run("deal add 100 Best Shop -d 2026-03-10 --close 2026-03-17 --new", ok=True)
    run("deal add 100 Cafe Menu -d 2026-02-10 --new", ok=True)
    run("deal add 100 Deli Sign -d 2026-03-10 --close 2026-03-20 --next 2026-03-19 --new", ok=True)
    run("plan call Eden today --new", ok=True)
    run("deal add 100 Fox Card --new", ok=True)
    run("won d5", ok=True)
    run("sell 10.50 Fox --deal d5", ok=True)
    rows = json.loads(run("today -f json", ok=True).stdout)["rows"]
    assert {row["urgency"] for row in rows} == {"due", "overdue", "closing", "lead", "unbilled", "stale"}
    for row in rows:
        run(row["command"].removeprefix("salestrack "), ok=True)
    assert refs(run("today -f ids", ok=True)) == ["d4", "d2", "d1"]  # no next step is planned for the last two


def test_a_day_that_is_not_worked_is_said(run, monkeypatch):
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-21")
    assert run("today", ok=True).stdout.startswith("Sat 2026-03-21, not a working day\n")


def test_a_won_deal_with_a_step_and_not_billed_in_full_stands_there_once(run):
    run("deal add 100 Fox Card --new", ok=True)
    run("won d1", ok=True)
    run("sell 40 Fox --deal d1", ok=True)
    run("plan call d1 today", ok=True)
    rows = json.loads(run("today -f json", ok=True).stdout)["rows"]
    assert [(row["ref"], row["reason"]) for row in rows] == [("a1", "call due today; billed in part")]
    run("done a1", ok=True)
    assert refs(run("today -f ids", ok=True)) == ["d1"]


def test_a_customer_called_the_day_before_the_deal_was_noted_is_no_lead_that_nobody_called(run):
    run("log call Fox 'wants cards' -d yesterday --new", ok=True)
    run("deal add 100 Fox Card", ok=True)
    row = json.loads(run("today -f json", ok=True).stdout)["rows"][0]
    assert (row["ref"], row["urgency"]) == ("d1", "no next step")
