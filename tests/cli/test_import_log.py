"""import list and import undo: every import with counts that add up, those that were taken back, and what goes together."""

import json

import pytest
from tests.services.whole_books import Book, full_book

COUNTS = ("new", "changed", "same", "rejected", "left_out")


@pytest.fixture
def book(tmp_path):
    book = Book(tmp_path / "one.db")
    for name, first in (("a", 1), ("b", 11), ("c", 21)):
        (tmp_path / f"{name}.csv").write_text(
            "id,date,customer,amount\n"
            + "".join(f"{n},2026-01-0{n % 9 + 1},Acme,{n}\n" for n in range(first, first + 3))
        )
    book.line("customer add Acme")
    return book


def listed(book: Book) -> dict[str, dict]:
    rows = json.loads(book.run("import", "list", "-f", "json", ok=True).stdout)["rows"]
    for row in rows:
        assert row["read"] == sum(row[name] for name in COUNTS)
    return {row["id"]: row for row in rows}


def test_files_that_came_in_together_go_together_and_that_is_said_before_and_after(book, tmp_path):
    book.run("import", *(str(tmp_path / f"{name}.csv") for name in "ab"), "--as", "sales", ok=True)
    book.run("import", str(tmp_path / "c.csv"), "--as", "sales", ok=True)
    shown = book.run("import", "list", ok=True).stdout
    assert shown.splitlines()[-1] == "i1 and i2 came in together: undoing one of them undoes them all"
    assert "Undone" not in shown
    assert {row["undone"] for row in listed(book).values()} == {None}
    result = book.run("import", "undo", "2", ok=True)
    assert "note: i2 came in together with i1: all of them are taken back" in result.stderr
    assert len(book.query("SELECT id FROM sales")) == 3
    after = listed(book)
    assert {key: row["undone"] for key, row in after.items()} == {"i1": "o5", "i2": "o5", "i3": None}
    shown = book.run("import", "list", ok=True).stdout
    assert "Undone by" in shown.splitlines()[0]
    assert "together" not in shown
    again = book.run("import", "undo", "i1")
    assert (again.exit_code, again.stderr) == (
        1, "salestrack: o3 is undone already, by o5\nhint: salestrack redo o3\n",
    )  # fmt: skip
    history = book.run("history", ok=True).stdout
    assert "imported 2 files · i1 to i2: 6 new, 0 changed · undone by o5" in history
    book.run("redo", "o3", ok=True)
    assert {row["undone"] for row in listed(book).values()} == {None}
    assert book.run("import", "undo", "i3", ok=True).stderr == ""


def test_an_import_of_which_later_work_kept_something_is_undone_too(book, tmp_path):
    book.run("import", str(tmp_path / "a.csv"), "--as", "sales", ok=True)
    book.line("edit s1 --note mine")
    assert "1 kept" in book.run("import", "undo", "i1", ok=True).stdout
    assert [row["undone"] for row in listed(book).values()] == ["o5"]


def test_a_whole_book_is_an_import_of_its_own_and_can_be_taken_back(book, tmp_path):
    other = full_book(tmp_path / "other.db")
    other.export(tmp_path / "out")
    before = book.tables()
    assert book.run("import", str(tmp_path / "out"), ok=True).stdout.startswith(
        "i1 · out: 22 records read · 21 new, 1 "
    )
    uid = other.query("SELECT value FROM settings WHERE key = 'uid'")[0][0]
    row = listed(book)["i1"]
    assert (row["kind"], row["source"], row["file"]) == ("book", f"book:{uid}", "out")
    assert (row["read"], row["new"], row["changed"]) == (22, 21, 1)
    book.line("rm d1 --all -y")
    other.line("edit d1 --note changed")
    other.line("sell 5 Globex More")
    other.export(tmp_path / "out")
    book.run("import", str(tmp_path / "out"), ok=True)
    second = listed(book)["i2"]
    assert (second["new"], second["left_out"]) == (1, 5)
    assert sum(int(part.rpartition(": ")[2]) for part in second["why"].split(", ")) == 5
    book.run("import", "undo", "i2", ok=True)
    book.line("undo o4")
    book.run("import", "undo", "1", ok=True)
    assert {key: row["undone"] is not None for key, row in listed(book).items()} == {"i1": True, "i2": True}
    after = book.tables()
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}


def test_in_a_copy_the_imports_of_the_other_book_are_listed_but_not_taken_back_one_by_one(book, tmp_path):
    book.run("import", str(tmp_path / "a.csv"), "--as", "sales", ok=True)
    book.run("import", str(tmp_path / "b.csv"), "--as", "sales", ok=True)
    book.export(tmp_path / "out")
    copy = Book(tmp_path / "copy.db")
    copy.run("import", str(tmp_path / "out"), ok=True)
    assert listed(copy) == {key: row | {"operation": "o2"} for key, row in listed(book).items()}
    assert "together" not in copy.run("import", "list", ok=True).stdout
    before = copy.tables()
    refused = copy.run("import", "undo", "i2")
    assert (refused.exit_code, copy.tables()) == (1, before)
    assert refused.stderr == (
        "salestrack: i2 was done in the book that this one was brought in from, whose history stayed there\n"
        "hint: salestrack undo o2 takes the whole book back\n"
    )
    assert "brought in a whole book of 7 records\n" in copy.run("history", ok=True).stdout
    assert "0 new, 0 changed, 3 same" in copy.run("import", str(tmp_path / "a.csv"), "--as", "sales", ok=True).stdout
    copy.run("undo", "o2", ok=True)
    assert listed(copy) == {}


def test_there_is_no_import_by_another_number(book):
    for word in ("9", "i9", "0"):
        result = book.run("import", "undo", word)
        assert result.exit_code in {2, 3, 4}
        assert len(result.stderr.splitlines()) == 2
    assert "'d1' is not an import" in book.run("import", "undo", "d1").stderr
