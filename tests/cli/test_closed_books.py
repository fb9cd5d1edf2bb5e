"""Closed books through the commands: each refuses with one sentence, and says how to open them."""

from pathlib import Path

import pytest


@pytest.fixture
def closed(run):
    """Record a sale and a won deal in February and one of each in March, and close February."""
    run("sell 100 Acme Logo --new -d 2026-02-10 --ref R1", ok=True)
    run("deal add 500 Acme Site -d 2026-02-01", ok=True)
    run("won d1 -d 2026-02-20", ok=True)
    run("sell 50 Acme Card -d 2026-03-05", ok=True)
    run("config set closed-until 2026-02-28", ok=True)
    return run


@pytest.mark.parametrize(
    "line",
    [
        "sell 10 Acme Late -d 2026-02-28",
        "refund s1 10 -d 2026-02-27",
        "reopen d1",
        "undo o4",
        "sale edit s1 --amount 90",
        "sale edit s2 -d 2026-02-28",
        "rm s1 -y",
        "rm d1 -y",
    ],
)
def test_a_command_that_would_change_a_closed_period_is_refused(closed, rows, line):
    before = rows("SELECT count(*) FROM operations")

    refused = closed(line)

    assert refused.exit_code == 1, refused
    assert refused.stderr.startswith("salestrack: the books are closed until 2026-02-28, and this would ")
    assert rows("SELECT count(*) FROM operations") == before


@pytest.mark.parametrize(
    "line",
    [
        "sell 10 Acme Later -d 2026-03-01",
        "refund s1 10",
        "sale edit s1 --note paid",
        "customer edit Acme --segment big",
        "log call Acme -d 2026-02-10",
        "undo o5",
    ],
)
def test_what_is_later_or_no_money_is_not(closed, line):
    closed(line, ok=True)


def test_an_import_sets_aside_the_rows_of_a_closed_period(closed, rows, tmp_path: Path):
    file = tmp_path / "sales.csv"
    file.write_text("id,date,customer,amount\n1,2026-02-14,Acme,10\n2,2026-03-14,Acme,20\n3,2026-02-28,Acme,30\n")

    refused = closed(["import", str(file), "--as", "sales"])
    assert refused.exit_code == 1
    assert "line 2, date '2026-02-14': the books are closed until 2026-02-28" in refused.stderr
    assert "2 of 3 rows cannot go in" in refused.stderr

    parted = closed(["import", str(file), "--as", "sales", "--rejects", str(tmp_path / "rejects.csv")])
    assert parted.exit_code == 3
    assert rows("SELECT amount FROM sales WHERE id > 2") == [["2000"]]


def test_an_import_of_what_is_in_the_book_already_goes_through_and_a_change_names_its_line(run, rows, tmp_path: Path):
    file = tmp_path / "sales.csv"
    text = "id,date,customer,amount,note\n1,2026-02-14,Acme,10,\n2,2026-03-14,Acme,20,\n"
    file.write_text(text)
    run(["import", str(file), "--as", "sales", "--new", "customers"], ok=True)
    run("config set closed-until 2026-02-28", ok=True)

    run(["import", str(file), "--as", "sales"], ok=True)
    assert run("undo o2").exit_code == 1  # a row of it lies in the closed period
    file.write_text(text.replace("Acme,10,", "Acme,10,paid"))
    run(["import", str(file), "--as", "sales"], ok=True)
    assert rows("SELECT note FROM sales ORDER BY id") == [["paid"], [""]]

    file.write_text(text.replace("Acme,10,", "Acme,11,"))
    refused = run(["import", str(file), "--as", "sales"])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("sales.csv: line 2: the books are closed until 2026-02-28")


def test_an_imported_deal_that_closed_in_a_closed_period_is_set_aside(closed, tmp_path: Path):
    file = tmp_path / "deals.csv"
    file.write_text(
        "id,title,customer,stage,amount,created,closed\n1,A,Acme,Won,10,2026-02-01,2026-02-14\n2,B,Acme,Lead,20,2026-02-01,\n"
    )

    refused = closed(["import", str(file), "--as", "deals"])

    assert refused.exit_code == 1
    assert "line 2, closed '2026-02-14': the books are closed until 2026-02-28" in refused.stderr


def test_moving_the_end_back_is_said_aloud_and_opens_the_books(closed):
    said = closed("config set closed-until 2026-01-31", ok=True)

    assert said.stdout == "closed until 2026-02-28 -> 2026-01-31 · undo: o7\n"
    assert said.stderr == "note: opens the 28 days after 2026-01-31 again: figures that were reported may change\n"
    closed("reopen d1", ok=True)


def test_what_was_undone_before_the_closing_does_not_come_back(run):
    run("sell 100 Acme Logo --new -d 2026-02-10", ok=True)
    run("undo", ok=True)
    run("config set closed-until 2026-02-28", ok=True)

    assert "and this would add a sale of that time" in run("redo o2").stderr


def test_a_merge_moves_closed_records_and_changes_no_sum(closed):
    before = closed("report revenue 2026-02 -f json", ok=True).stdout
    closed("customer add 'Acme Inc'", ok=True)

    closed("customer merge 'Acme Inc' c1 -y", ok=True)

    assert closed("report revenue 2026-02 -f json", ok=True).stdout == before
