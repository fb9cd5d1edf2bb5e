"""Two weeks' exports of one thing in one command: the newest file counts, whatever the files are called."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HEAD = "Record ID,Deal Name,Deal Stage,Create Date,Amount\n"
OLD = "1,Box,Lead,2026-03-01,100\n2,Cup,Lead,2026-03-01,200\n3,Pot,Lead,2026-03-02,300\n"
NEW = "1,Box,Proposal,2026-03-01,150\n2,Cup,Lead,2026-03-01,200\n4,Jug,Lead,2026-03-09,400\n"
WEEK = 7 * 86400.0
LEFT_OUT = "left out, an older copy of the row in {}: {}"


def written(folder: Path, name: str, text: str, *, ago: float = 0.0) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    at = 1_770_000_000 - ago
    os.utime(path, (at, at))
    return path


def deals(rows: Any) -> list[list[str]]:
    return rows("SELECT d.title, s.name, d.amount FROM deals d JOIN stages s ON s.id = d.stage_id ORDER BY d.title")


WANTED = [["Box", "Proposal", "15000"], ["Cup", "Lead", "20000"], ["Jug", "Lead", "40000"], ["Pot", "Lead", "30000"]]


@pytest.mark.parametrize(("new", "old"), [("deals (1).csv", "deals.csv"), ("deals.csv", "deals (1).csv")])
def test_the_newest_file_counts_and_a_second_run_changes_nothing(
    run: Run, rows: Any, tmp_path: Path, new: str, old: str
) -> None:
    folder = tmp_path / "exports"
    written(folder, new, HEAD + NEW)
    written(folder, old, HEAD + OLD, ago=WEEK)
    first = run(["import", str(folder)], ok=True).stdout
    assert LEFT_OUT.format(new, 1) in first
    assert deals(rows) == WANTED
    assert rows("SELECT count(*) FROM deal_history") == [["4"]]
    second = run(["import", str(folder)], ok=True).stdout
    assert "2 files: 6 rows read · 0 new, 0 changed, 5 same, 1 left out" in second
    assert deals(rows) == WANTED


def test_next_weeks_file_beside_the_others_counts_then(run: Run, rows: Any, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    written(folder, "b.csv", HEAD + OLD, ago=2 * WEEK)
    run(["import", str(folder)], ok=True)
    written(folder, "c.csv", HEAD + NEW, ago=WEEK)
    run(["import", str(folder)], ok=True)
    written(folder, "a.csv", HEAD + "1,Box,Negotiation,2026-03-01,175\n")
    assert "1 changed" in run(["import", str(folder)], ok=True).stdout.splitlines()[-1]
    assert deals(rows)[0] == ["Box", "Negotiation", "17500"]
    assert "0 new, 0 changed" in run(["import", str(folder)], ok=True).stdout.splitlines()[-1]


def test_what_only_the_columns_of_an_older_file_tell_apart_is_no_other_record(
    run: Run, rows: Any, tmp_path: Path
) -> None:
    written(
        tmp_path,
        "new.csv",
        "Record ID,Deal Name,Deal Stage,Create Date,Amount,Deal owner\n1,Box,Proposal,2026-03-01,150,Mia\n",
    )
    written(tmp_path, "old.csv", HEAD + OLD, ago=WEEK)
    run(["import", str(tmp_path / "new.csv"), str(tmp_path / "old.csv")], ok=True)
    assert deals(rows)[0] == ["Box", "Proposal", "15000"]


def test_files_of_the_same_time_are_refused_where_they_differ(run: Run, rows: Any, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    written(folder, "a.csv", HEAD + OLD)
    written(folder, "b.csv", HEAD + NEW, ago=30)
    refused = run(["import", str(folder)])
    assert refused.exit_code == 1
    assert (
        "b.csv: line 2: says something else than its row in a.csv, and both files were written at the same time"
        in refused.stderr
    )
    assert rows("SELECT count(*) FROM deals") == [["0"]]
    written(folder, "b.csv", HEAD + OLD)
    assert "3 new, 0 changed, 3 same" in run(["import", str(folder)], ok=True).stdout


def test_in_an_archive_the_times_of_its_files_count(run: Run, rows: Any, tmp_path: Path) -> None:
    path = tmp_path / "w.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(zipfile.ZipInfo("a.csv", (2026, 3, 16, 8, 0, 0)), HEAD + NEW)
        packed.writestr(zipfile.ZipInfo("b.csv", (2026, 3, 9, 8, 0, 0)), HEAD + OLD)
    assert LEFT_OUT.format("w.zip/a.csv", 1) in run(["import", str(path)], ok=True).stdout
    assert deals(rows) == WANTED


ORDERS = "Name,Financial Status,Email,Billing Name,Lineitem name,Lineitem quantity,Lineitem price,Total,Taxes,Refunded Amount,Paid at\n"
LATER = (
    "#1,refunded,a@x.example,Ann,Mug,1,10.00,30.00,0,30.00,2026-03-01\n#1,,,,Tee,1,20.00,,,,\n"
    "#2,paid,b@x.example,Bo,Mug,5,10.00,50.00,0,0.00,2026-03-02\n"
)
BEFORE = (
    "#1,paid,a@x.example,Ann,Mug,1,10.00,30.00,0,0.00,2026-03-01\n#1,,,,Tee,1,20.00,,,,\n"
    "#2,pending,b@x.example,Bo,Mug,5,10.00,50.00,0,0.00,\n"
)


def test_orders_of_several_rows_are_left_out_whole_and_none_is_called_gone(run: Run, rows: Any, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    written(folder, "orders (1).csv", ORDERS + LATER)
    written(folder, "orders.csv", ORDERS + BEFORE, ago=WEEK)
    for _ in range(2):
        answer = run(["import", str(folder)], ok=True)
        assert LEFT_OUT.format("orders (1).csv", 2) in answer.stdout
        assert "still in the book" not in answer.stderr
        assert rows("SELECT kind, amount FROM sales ORDER BY kind, id") == [
            ["refund", "-3000"], ["sale", "3000"], ["sale", "5000"],
        ]  # fmt: skip


def test_two_shops_in_one_folder_are_still_told_apart(run: Run, tmp_path: Path) -> None:
    text = "id,date,customer,amount\n1001,2026-03-{},{},10\n"
    written(tmp_path / "x", "a.csv", text.format("01", "Ann"))
    written(tmp_path / "x", "b.csv", text.format("02", "Bo"), ago=WEEK)
    refused = run(["import", str(tmp_path / "x"), "--as", "sales", "--new", "customers"])
    assert "is another order in the book" in refused.stderr


def test_rows_without_ids_and_months_that_follow_each_other_come_in_as_before(
    run: Run, rows: Any, tmp_path: Path
) -> None:
    head = "date,customer,amount\n"
    written(tmp_path / "x", "a.csv", head + "2026-03-01,Ann,10\n2026-03-02,Bo,20\n")
    written(tmp_path / "x", "b.csv", head + "2026-03-02,Bo,20\n2026-03-03,Bo,25\n")
    answer = run(["import", str(tmp_path / "x"), "--as", "sales", "--new", "customers"], ok=True).stdout
    assert "2 files: 4 rows read · 3 new, 0 changed, 1 same" in answer


def test_price_lists_by_name_are_copies_too(run: Run, rows: Any, tmp_path: Path) -> None:
    written(tmp_path / "x", "a.csv", "sku,name,price\nM1,Mug,12\n")
    written(tmp_path / "x", "b.csv", "sku,name,price\nM1,Mug,10\nT1,Tee,20\n", ago=WEEK)
    for _ in range(2):
        run(["import", str(tmp_path / "x"), "--as", "products"], ok=True)
        assert rows("SELECT name, price FROM products ORDER BY 1") == [["Mug", "1200"], ["Tee", "2000"]]
