"""What an undo says: column by column, and of an import the three figures that add up."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
FIGURES = re.compile(r"([\d,]+) records?: ([\d,]+) undone, ([\d,]+) kept, ([\d,]+) failed")


@pytest.fixture
def acme(run: Run) -> Run:
    run("deal add 12000 Acme Website --close 2026-03-31 --new", ok=True)
    return run


def test_an_undo_says_what_it_put_back(acme: Run) -> None:
    acme("deal edit d1 --amount 11500 --title Site", ok=True)
    assert acme("undo", ok=True).stdout == (
        "undid o3 · edited d1 Site · c1 Acme · title Site -> Website, amount 11,500.00 USD -> 12,000.00 USD · "
        "redo: salestrack redo o3\n"
    )


@pytest.mark.parametrize("since", ["deal edit d1 -t big", "deal edit d1 --note 'asked again'", "log call acme 'a word'",
                                   "plan call acme +3d", "sell 100 acme Deposit --deal d1", "deal edit d1 --probability 40"])  # fmt: skip
def test_a_mistake_of_last_week_is_undone_although_the_deal_got_something_since(
    acme: Run, monkeypatch: pytest.MonkeyPatch, rows: Callable[[str], list[list[str]]], since: str
) -> None:
    acme("deal edit d1 --amount 11500 --close 2026-05-01", ok=True)
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-25T14:30")
    acme(since, ok=True)
    acme("undo o3", ok=True)
    assert rows("SELECT amount, expected_on FROM deals") == [["1200000", "2026-03-31"]]


def test_what_cannot_be_undone_says_why_and_what_helps(acme: Run) -> None:
    acme("move d1 proposal", ok=True)
    acme("undo o3", ok=True)
    assert acme("undo o3").stderr == "salestrack: o3 is undone already, by o4\nhint: salestrack redo o3\n"
    assert acme("undo o4", ok=True).stdout.startswith("redid o3")
    assert acme("undo o1").stderr.startswith("salestrack: making the book cannot be undone")
    assert acme("redo o3").stderr.startswith("salestrack: o3 is in force")


def test_the_undo_of_an_import_counts_what_was_undone_kept_and_failed(run: Run, tmp_path: Path) -> None:
    run("customer add Acme", ok=True)
    file = tmp_path / "deals.csv"
    head = "id,title,customer,stage,amount,created\n"
    rows = [f"{n},Deal {n},Cust {n % 3},Lead,{n}00,2026-01-05\n" for n in range(1, 8)]
    file.write_text(head + "".join(rows))
    run(["import", str(file), "--as", "deals", "--new", "customers"], ok=True)
    run("move d1 proposal", ok=True)
    run("deal edit d2 -t web", ok=True)
    said = run("undo o3", ok=True).stdout
    found = FIGURES.search(said)
    assert found, said
    among, undone, kept, failed = (int(figure) for figure in found.groups())
    assert (among, kept, failed) == (10, 4, 0)  # 7 deals, 3 customers; d1 and d2 stay with their customers
    assert undone + kept + failed == among
    assert len(run("deal list -f ids", ok=True).stdout.split()) == 2


def test_the_undo_of_an_import_counts_what_it_changed_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    head = "id,title,customer,stage,amount,created\n"
    file.write_text(f"{head}1,A,Acme,Lead,100,2026-01-05\n2,B,Acme,Lead,100,2026-01-05\n")
    run(["import", str(file), "--as", "deals", "--new", "customers"], ok=True)
    file.write_text(f"{head}1,A,Acme,Lead,200,2026-01-05\n2,B,Acme,Lead,300,2026-01-05\n3,C,Acme,Lead,5,2026-01-06\n")
    run(["import", str(file), "--as", "deals"], ok=True)
    assert "3 records: 3 undone, 0 kept, 0 failed" in run("undo", ok=True).stdout
    run("redo", ok=True)
    run("deal edit d1 --amount 250", ok=True)
    assert "3 records: 2 undone, 1 kept, 0 failed · kept because later work changed or uses it: d1" in (
        run("undo o3", ok=True).stdout
    )
