"""Several files read in a copy of the book: what comes of it is, row by row, what comes of reading them under its lock."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_own_exports import exported, other_book
from tests.conftest import Result
from tests.services.whole_books import Book, full_book

from salestrack.services.imports import apart
from salestrack.services.imports.overtaking import MOST_AGAIN
from salestrack.store import indexing_later, staging
from salestrack.store.triggers import JOURNALLED, SEARCHED

Line = tuple[str, ...]
DEALS = "id,title,customer,stage,amount,tags\n"
# What another person does while the files are read.
NOTHING: Sequence[Line] = ()
ELSEWHERE = (
    ("log", "call", "Acme", "hello"),
    ("deal", "add", "70", "Globex", "Something else"),
    ("sell", "30", "Globex", "Talk"),
    ("product", "add", "Gadget", "5"),
)
# The same where rows have ids like d5: those of the book must not be others then.
BESIDE = (("edit", "s1", "--note", "mine"), ("owner", "add", "Cleo"), ("edit", "c1", "--country", "FR"))
IN_THE_WAY = {
    "the same customer": ("customer", "add", "Zed"),
    "a record that changes": ("edit", "d2", "--title", "By hand"),
    "a record that is referred to": ("customer", "merge", "Acme", "Globex", "-y"),
    "a stage": ("stage", "add", "Called", "--before", "Won"),
    "closed books": ("config", "set", "closed-until", "2025-12-31"),
    "a removal": ("rm", "d2", "--all", "-y"),
}


@pytest.fixture
def weekly(tmp_path: Path) -> Path:
    """Return a folder with all that a book exports, a week after the same was brought into the book `there.db`."""
    first = full_book(tmp_path / "first.db")
    there = other_book(tmp_path)
    there.path = there.path.rename(tmp_path / "there.db")
    words = ("--new", "customers,products,stages")
    there.run("import", str(exported(first, tmp_path / "before")), *words, ok=True)
    for line in (
        "edit d1 --title Newer", "won d2", "refund s2 5", "customer add Zed --alias Zett -t new", "sell 33 Zed More --ref R-9",
        "log call Zed again --next fri", "deal add 44 Zed Start -t big", "contact add Pat Acme",
        "edit s1 --note changed", "product add Thing 3", "edit c3 --country FR",
    ):  # fmt: skip
        first.line(line)
    there.run("edit", "d2", "--note", "by hand", ok=True)
    there.run("log", "call", "Acme", "by hand", ok=True)
    return exported(first, tmp_path / "after")


def both_ways(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: Sequence[str],
    others: Sequence[Line],
    times: list[int] | None = None,
) -> list[Any]:
    """Return what an import says and leaves, after others wrote with the lock, and while they write without it."""
    found = []
    for alone in (True, False):
        read_apart(monkeypatch, always=not alone)
        book = Book.__new__(Book)
        book.path = tmp_path / "same.db"
        shutil.copy(tmp_path / "there.db", book.path)
        with monkeypatch.context() as patch:
            if alone:
                write(book, others)
            else:
                before(patch, lambda: write(book, others), count=times)  # noqa: B023 - called within this round
            said = book.run("import", *words, "--new", "customers,products,stages", "--on-conflict", "update")
        found.append((said, everything(book)))
        assert said.exit_code == 0, said.stderr
        book.run("undo", ok=True)
    return found


def read_apart(monkeypatch: pytest.MonkeyPatch, *, always: bool = True) -> None:
    """Let all files be read in a copy, or none."""
    monkeypatch.setattr(apart, "LONG", 0 if always else 1 << 60)
    monkeypatch.setattr(apart, "MOST_TO_COPY", 1 << 60)


def before(patch: pytest.MonkeyPatch, act: Callable[[], None], times: int = 1, count: list[int] | None = None) -> None:
    """Let something happen before the first times that what was read is written to the book; count all of them."""
    done = [] if count is None else count
    land = apart.land

    def landing(*args: Any) -> Any:
        done.append(1)
        if len(done) <= times:
            act()
        return land(*args)

    patch.setattr(apart, "land", landing)


def write(book: Book, lines: Sequence[Line]) -> None:
    for line in lines:
        book.run(*line, ok=True)


def everything(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of a book, and every word of its indexes."""
    with closing(sqlite3.connect(book.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
        tables = [
            *JOURNALLED,
            "operations",
            "journal",
            "deal_state",
            *(f"{each.fts}_words" for each in SEARCHED.values()),
        ]
        found = {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables}
        schema = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
        return found | {"schema": connection.execute(schema).fetchall()}


def assert_same(found: list[tuple[Result, dict[str, Any]]]) -> None:
    (said, tables), (said_apart, tables_apart) = found
    assert (said.stdout, said.stderr) == (said_apart.stdout, said_apart.stderr)
    for table, rows in tables.items():
        assert rows == tables_apart[table], table


def test_a_week_of_changes_comes_in_as_it_does_under_the_lock(monkeypatch, tmp_path, weekly):
    for others in (NOTHING, BESIDE):
        found = both_ways(monkeypatch, tmp_path, [str(weekly)], others)
        assert_same(found)
        assert " 0 new" not in found[0][0].stdout.splitlines()[-1]
        assert " 0 changed" not in found[0][0].stdout.splitlines()[-1]


def test_what_somebody_else_does_to_the_same_records_makes_the_files_be_read_again(monkeypatch, tmp_path, weekly):
    for what, line in IN_THE_WAY.items():
        times: list[int] = []
        assert_same(both_ways(monkeypatch, tmp_path, [str(weekly)], [line], times))
        assert len(times) == 2, what


def test_many_rows_come_in_with_their_indexes_and_words(monkeypatch, tmp_path):
    for module in (staging, indexing_later):
        monkeypatch.setattr(module, "INDEX_LATER_FROM", 300)
    book = Book(tmp_path / "there.db")
    write(book, [("customer", "add", "Acme"), ("customer", "add", "Globex")])
    files = []
    for name, first in (("a", 0), ("b", 300)):  # some rows are in both, and differ
        files.append(tmp_path / f"{name}.csv")
        rows = (f"{n},Deal {n} {name},Customer {n % 50},Lead,{n}.5,t{n % 3}\n" for n in range(first, first + 400))
        files[-1].write_text(DEALS + "".join(rows))
    os.utime(files[0], (0, 0))  # the other one is newer

    for others in (NOTHING, ELSEWHERE):
        found = both_ways(monkeypatch, tmp_path, [*map(str, files), "--as", "deals"], others)
        assert_same(found)
        assert "700 new, 0 changed, 0 same, 100 left out" in found[1][0].stdout


def two_files(tmp_path: Path) -> list[str]:
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for number, file in enumerate(files):
        file.write_text(f"{DEALS}{number},Deal {number},Zed,Lead,5,t\n")
    return [*map(str, files), "--as", "deals", "--new", "customers"]


def test_files_that_are_overtaken_each_time_come_in_under_the_lock(monkeypatch, tmp_path):
    book = Book(tmp_path / "there.db")
    names = iter(("Called", "Met", "Shown"))
    read_apart(monkeypatch)
    before(monkeypatch, lambda: book.line(f"stage add '{next(names)}' --before Won"), 9)

    assert "2 new, 0 changed, 0 same" in book.run("import", *two_files(tmp_path), ok=True).stdout
    assert book.query("SELECT count(*) FROM stages WHERE name IN ('Called', 'Met', 'Shown')") == [(MOST_AGAIN,)]
    assert book.query("SELECT count(*) FROM deals") == [(2,)]


def test_ids_of_new_records_in_what_is_said_are_those_of_the_book(monkeypatch, tmp_path):
    book = Book(tmp_path / "there.db")
    read_apart(monkeypatch)
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("id,name\n1,Bauer GmbH\n")
    other.write_text("id,name\n2,Bauer\n")
    before(monkeypatch, lambda: book.line("customer add Somebody"))

    said = book.run("import", str(one), str(other), "--as", "customers", ok=True)

    assert "Bauer (c3) and Bauer GmbH (c2)" in said.stderr
    assert book.query("SELECT id, name FROM customers ORDER BY id")[1:] == [(2, "Bauer GmbH"), (3, "Bauer")]


def test_a_rehearsal_and_a_refused_file_take_no_lock_at_all(monkeypatch, tmp_path):
    book = Book(tmp_path / "there.db")
    read_apart(monkeypatch)
    files = two_files(tmp_path)
    state = book.path.read_bytes()
    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "Rehearsal: nothing was written" in book.run("--wait", "0", "import", *files, "-n", ok=True).stdout
        (tmp_path / "b.csv").write_text(f"{DEALS}1,Deal,Zed,Nowhere,5,t\n")
        refused = book.run("--wait", "0", "import", *files)
    assert refused.exit_code == 1
    assert "nothing was written: 1 of 1 row of b.csv cannot go in" in refused.stderr
    assert book.path.read_bytes() == state


def test_without_room_for_a_copy_files_come_in_under_the_lock(monkeypatch, tmp_path):
    book = Book(tmp_path / "there.db")
    read_apart(monkeypatch)
    monkeypatch.setattr("salestrack.store.shadow._filled", lambda *_: None)

    assert "2 new, 0 changed, 0 same" in book.run("import", *two_files(tmp_path), ok=True).stdout
