"""A book while several big files come in at once: others wait for the final write alone, and nothing is lost or doubled."""

import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from tests.test_concurrency import check_book, limited, python
from tests.test_concurrent_imports import leftovers, reach

from salestrack.services.imports.apart import LONG
from salestrack.store import Actor

Run = Callable[..., Any]
# Waits, until a line is written to it, in the midst of what is named: of reading the first or second file, of writing to
# the copy, or of the final write; or when a single file is read and not yet written.
IMPORTER = """
import os, sys
from contextlib import contextmanager
from salestrack.cli import program
from salestrack.importers.table import Table
from salestrack.services.imports.writing import Writing
from salestrack.store import landing
from salestrack.store.imports import Imports
chunks, insert, later, run = Table.chunks, Imports.insert, landing.later, Writing.run
files = []
def told(word):
    if word in sys.argv[1].split():
        os.write(1, word.encode() + b"\\n")
        sys.stdin.readline()
def reading(self):
    files.append(self)
    for at, chunk in enumerate(chunks(self)):
        if at == 2:
            told(("first", "second")[(len(files) - 1) % 2])
        yield chunk
def copying(self, kind):
    insert(self, kind)
    told("copying")
@contextmanager
def writing(*args):
    with later(*args):
        yield
        told("writing")
def read(self, *args):
    told("read")
    return run(self, *args)
Table.chunks, Imports.insert, landing.later, Writing.run = reading, copying, writing, read
sys.exit(program().main(sys.argv[2:], prog_name="salestrack"))
"""
ROWS = 12_000
HEADER = "id,title,customer,stage,amount,created,closed\n"


def deals(name: str) -> str:
    """Return a file of deals with a column of its own, so that no other is an older copy of it."""
    header = HEADER.replace("\n", f",field:{name}\n")
    return header + "".join(deal(number, name).replace("\n", ",\n") for number in range(ROWS))


def deal(number: int, name: str) -> str:
    return f"{name}{number},Deal {name}{number},Customer {number % 90},Won,{number}.50,2025-01-05,2025-0{number % 9 + 1}-10\n"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Return a folder with two files of deals, of the same customers."""
    folder = tmp_path / "two"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.csv").write_text(deals(name))
    assert sum(path.stat().st_size for path in folder.iterdir()) > LONG
    return folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder where the program and SQLite put what is temporary."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    return folder


def importing(stops: str, *words: object) -> "subprocess.Popen[str]":
    return python(IMPORTER, stops, "--wait", "60", "import", *words, "--as", "deals", "--new", "customers")


def go_on(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def asked(book: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(book)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
        return connection.execute(question).fetchall()


def test_nobody_waits_while_any_of_several_files_is_read(run: Run, book: Path, temporary: Path, two: Path) -> None:
    run("customer add Acme", ok=True)
    with importing("first second copying", two) as process:
        for number, place in enumerate(("first", "copying", "second", "copying")):
            reach(process, place)
            run(f"--wait 0 log call Acme {number}", ok=True)
            go_on(process)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1] == f"2 files: {2 * ROWS} rows read · {2 * ROWS} new, 0 changed, 0 same · undo: o7"
    assert leftovers(book, temporary) == []
    counts = "SELECT (SELECT count(*) FROM activities), (SELECT count(*) FROM deals), (SELECT count(*) FROM customers)"
    assert asked(book, counts) == [(4, 2 * ROWS, 91)]
    assert "imported 2 files" in run("undo", ok=True).stdout
    assert asked(book, counts) == [(4, 0, 1)]


@pytest.mark.parametrize("place", ["first", "second", "copying", "writing"])
def test_interrupted_files_leave_nothing_behind(
    run: Run, book: Path, temporary: Path, tmp_path: Path, two: Path, place: str
) -> None:
    run("customer add Acme", ok=True)
    with (two / "a.csv").open("a") as file:
        file.write("x,One with a fault,Acme,Nowhere,,,\n")
    before, files = book.read_bytes(), sorted(tmp_path.iterdir())
    with importing(place, two, "--rejects", tmp_path / "bad") as process:
        reach(process, place)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "salestrack: interrupted; nothing was written\n"
    assert book.read_bytes() == before
    assert leftovers(book, temporary) == []
    assert sorted(tmp_path.iterdir()) == files
    run("--wait 0 log call Acme", ok=True)


@pytest.mark.parametrize("place", ["second", "writing"])
def test_killed_files_leave_the_book_as_it_was(
    run: Run, book: Path, actor: Actor, temporary: Path, two: Path, place: str
) -> None:
    run("customer add Acme", ok=True)
    before = check_book(book, actor)
    with importing(place, two) as process:
        reach(process, place)
        process.kill()
        process.communicate(timeout=60)
    assert check_book(book, actor) == before
    run("--wait 0 log call Acme", ok=True)
    assert leftovers(book, temporary) == []


@pytest.mark.parametrize("size", [50_000, 1_000_000, 3_000_000, 4_500_000])
def test_a_disk_that_fills_up_leaves_nothing_behind(
    run: Run, book: Path, actor: Actor, temporary: Path, tmp_path: Path, two: Path, size: int
) -> None:
    run("customer add Acme", ok=True)
    before, files = book.read_bytes(), sorted(tmp_path.iterdir())
    code, out, err = limited(len(before) + size, ["import", str(two), "--as", "deals", "--new", "customers"])
    assert (code, out) == (1, "")
    assert err.startswith("salestrack: the ")
    assert "nothing was written" in err
    assert book.read_bytes() == before
    assert leftovers(book, temporary) == []
    assert sorted(tmp_path.iterdir()) == files
    check_book(book, actor)


def test_two_commands_with_the_same_customers_and_ids_bring_each_once(
    run: Run, book: Path, temporary: Path, tmp_path: Path, two: Path
) -> None:
    run("customer add Acme", ok=True)
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.csv").write_bytes((two / "a.csv").read_bytes())
    (other / "c.csv").write_text(deals("c"))
    with ExitStack() as stack:
        both = [stack.enter_context(importing("second", folder)) for folder in (two, other)]
        for process in both:  # each has a copy of the book without a single deal
            reach(process, "second")
        first, second = both
        said = [first.communicate("\n", timeout=120), second.communicate("\n\n", timeout=120)]
    assert [(process.returncode, err) for process, (_, err) in zip(both, said, strict=True)] == [(0, "")] * 2
    assert f"{2 * ROWS} new, 0 changed, 0 same" in said[0][0]
    assert f"{ROWS} new, 0 changed, {ROWS} same" in said[1][0]
    assert asked(book, "SELECT count(*), count(DISTINCT name) FROM customers") == [(91, 91)]
    assert asked(book, "SELECT count(*), count(DISTINCT source || kind || key) FROM import_keys") == [(3 * ROWS,) * 2]
    assert leftovers(book, temporary) == []


ORDERS = "id,date,customer,email,product,amount\n"


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ("A2,2026-01-03,Rosa,rosa@example.com,Tee,12\n", "1 1 2"),  # another order of the same new customer
        ("A2,2026-01-03,R. Lind,rosa@example.com,Cap,12\n", "1 2 2"),  # whom only the address tells
        ("A1,2026-01-02,Rosa,rosa@example.com,Tee,10\n", "1 1 1"),  # the same order
        ("A1,2026-01-02,Rosa,rosa@example.com,Tee,15\n", "1 1 1"),  # the same order, changed
    ],
    ids=["same customer", "same address", "same order", "changed order"],
)
def test_of_two_files_at_once_the_second_finds_what_the_first_has_written(
    run: Run, book: Path, tmp_path: Path, row: str, counts: str
) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text(f"{ORDERS}A1,2026-01-02,Rosa,rosa@example.com,Tee,10\n")
    other.write_text(ORDERS + row)
    words = ["--as", "sales", "--new", "customers,products"]
    with python(IMPORTER, "read", "import", other, *words) as process:
        reach(process, "read")  # and has seen an empty book
        run(f"import {one} {' '.join(words)}", ok=True)
        out, err = process.communicate("\n\n", timeout=60)
    assert process.returncode == 0, err
    count = "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM products), (SELECT count(*) FROM sales)"
    assert asked(book, count) == [tuple(map(int, counts.split()))]
    assert asked(book, "SELECT amount FROM sales ORDER BY id DESC LIMIT 1") == [(int(row.rpartition(",")[2]) * 100,)]
    assert ("0 new" in out) == (counts[-1] == "1")
