"""A book while a big file is imported: others go on, and an import that is interrupted, killed or out of room leaves nothing."""

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from tests.test_concurrency import check_book, limited, python

from salestrack.services.imports.overtaking import MOST_AGAIN
from salestrack.store import Actor

Run = Callable[..., Any]
IMPORTER = """
import os, sys
from salestrack.cli import program
from salestrack.importers.table import Table
from salestrack.store.imports import Imports
chunks, insert, put = Table.chunks, Imports.insert, Imports.put
def told(word):
    os.write(1, word)
    sys.stdin.readline()  # goes on when the test says so
def reading(self):
    for at, chunk in enumerate(chunks(self)):
        if at == 10 and "reading" in sys.argv[1]:
            told(b"reading\\n")
        yield chunk
def writing(self, kind):
    insert(self, kind)
    if "writing" in sys.argv[1]:
        told(b"writing\\n")
Table.chunks, Imports.insert = reading, writing
sys.exit(program().main(sys.argv[2:], prog_name="salestrack"))
"""
MANY = 100_000


def deals_file(folder: Path, rows: int) -> Path:
    """Return a file of many deals."""
    path = folder / "deals.csv"
    lines = (f"{n},Deal {n},Customer {n % 900},Won,{n}.50,2025-01-05,2025-0{n % 9 + 1}-10\n" for n in range(rows))
    path.write_text("id,title,customer,stage,amount,created,closed\n" + "".join(lines))
    return path


@pytest.fixture
def big_file(tmp_path: Path) -> Path:
    """Return a file that is read in more than ten pieces."""
    return deals_file(tmp_path, 25_000)


def importing(stops: str, file: Path, *words: str) -> "subprocess.Popen[str]":
    """Start an import that waits in the middle of what is named, until a line is written to it."""
    return python(IMPORTER, stops, "import", str(file), "--as", "deals", "--new", "customers", *words)


def reach(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdout
    assert process.stdout.readline() == f"{word}\n"


def leftovers(book: Path, temporary: Path) -> list[str]:
    """Return the files beside the book, and in the folder of temporary ones."""
    return sorted(path.name for folder in (book.parent, temporary) for path in folder.iterdir() if path != book)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder where the program and SQLite put what is temporary."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    return folder


def test_while_a_big_file_is_imported_others_go_on_recording(
    run: Run, book: Path, temporary: Path, tmp_path: Path
) -> None:
    run("customer add Acme", ok=True)
    with importing("reading", deals_file(tmp_path, MANY)) as process:
        assert process.stdin
        reach(process, "reading")
        for number in range(3):  # nobody waits at all while the file is read
            run(f"--wait 0 log call Acme early.{number}", ok=True)
        process.stdin.write("\n")
        process.stdin.flush()
        for number in range(7):  # nor longer than for the final write after that
            run(f"--wait 5 log call Acme late.{number}", ok=True)
            time.sleep(0.2)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert f"{MANY} deals read · {MANY} new" in out
    assert leftovers(book, temporary) == []
    with closing(sqlite3.connect(book)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
        assert connection.execute(
            "SELECT (SELECT count(*) FROM activities), (SELECT count(*) FROM deals)"
        ).fetchone() == (10, MANY)


@pytest.mark.parametrize("place", ["reading", "writing"])
@pytest.mark.parametrize("rejects", [False, True])
def test_an_interrupted_import_leaves_nothing_behind(
    run: Run, book: Path, actor: Actor, big_file: Path, temporary: Path, tmp_path: Path, place: str, rejects: bool
) -> None:
    run("customer add Acme", ok=True)
    with big_file.open("a") as file:
        file.write("x,One with a fault,Acme,Nowhere,,,\n" if rejects else "")
    before, files = book.read_bytes(), sorted(tmp_path.iterdir())
    words = ["--rejects", str(tmp_path / "bad.csv")] if rejects else []
    with importing(place, big_file, *words) as process:
        reach(process, place)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "salestrack: interrupted; nothing was written\n"
    assert book.read_bytes() == before
    assert leftovers(book, temporary) == []
    assert sorted(tmp_path.iterdir()) == files
    run("--wait 0 log call Acme", ok=True)


@pytest.mark.parametrize("place", ["reading", "writing"])
def test_a_killed_import_leaves_the_book_as_it_was(
    run: Run, book: Path, actor: Actor, big_file: Path, temporary: Path, place: str
) -> None:
    run("customer add Acme", ok=True)
    before = check_book(book, actor)
    with importing(place, big_file) as process:
        reach(process, place)
        process.kill()
        process.communicate(timeout=60)
    assert check_book(book, actor) == before
    run("--wait 0 log call Acme", ok=True)
    assert leftovers(book, temporary) == []


@pytest.mark.parametrize("size", [300_000, 3_000_000])
def test_a_disk_that_fills_up_during_an_import_leaves_nothing_behind(
    run: Run, book: Path, actor: Actor, big_file: Path, temporary: Path, tmp_path: Path, size: int
) -> None:
    run("customer add Acme", ok=True)
    before, files = book.read_bytes(), sorted(tmp_path.iterdir())
    room = len(before) + size
    code, out, err = limited(room, ["import", str(big_file), "--as", "deals", "--new", "customers"])
    assert (code, out) == (1, "")
    assert err.startswith("salestrack: the disk ")
    assert "nothing was written" in err
    assert book.read_bytes() == before
    assert leftovers(book, temporary) == []
    assert sorted(tmp_path.iterdir()) == files
    check_book(book, actor)


def test_one_file_imported_four_times_at_once_comes_in_once(
    run: Run, book: Path, actor: Actor, big_file: Path, temporary: Path
) -> None:
    run("customer add Acme", ok=True)
    with ExitStack() as stack:
        four = [stack.enter_context(importing("reading", big_file, "--wait", "60")) for _ in range(4)]
        for process in four:  # each has seen a book without a single deal
            reach(process, "reading")
        for process in four:
            assert process.stdin
            process.stdin.write("\n" * (1 + MOST_AGAIN))
            process.stdin.flush()
        said = [process.communicate(timeout=120) for process in four]
    assert [(process.returncode, err) for process, (_, err) in zip(four, said, strict=True)] == [(0, "")] * 4
    assert (
        sorted(out.splitlines()[-1].partition(" · ")[2].partition(" · ")[0] for out, _ in said)[:3]
        == ["0 new, 0 changed, 25000 same"] * 3
    )
    assert [out for out, _ in said if "25000 new, 0 changed, 0 same" in out]
    assert len(check_book(book, actor)) == 3
    assert leftovers(book, temporary) == []


def test_a_lost_reason_that_two_imports_bring_is_there_once(run: Run, book: Path, tmp_path: Path) -> None:
    run("customer add Acme", ok=True)
    big, one = tmp_path / "big.csv", tmp_path / "one.csv"
    header = "id,title,customer,stage,closed,lost_reason\n"
    big.write_text(header + "".join(f"{n},Deal {n},Acme,Lost,2025-03-10,Too dear\n" for n in range(25_000)))
    one.write_text(f"{header}one,Another,Acme,Lost,2025-03-10,Too dear\n")
    with importing("reading", big) as process:
        reach(process, "reading")
        run(f"import {one} --as deals", ok=True)
        out, err = process.communicate("\n\n", timeout=120)
    assert (process.returncode, err) == (0, "")
    assert "25000 new" in out


def test_bad_rows_are_set_aside_once_by_an_import_that_reads_again(
    run: Run, book: Path, big_file: Path, tmp_path: Path
) -> None:
    run("customer add Acme", ok=True)
    one = deals_file(tmp_path, 1).rename(tmp_path / "one.csv")
    deals_file(tmp_path, 25_000)
    with big_file.open("a") as file:
        file.write("x,One with a fault,Acme,Nowhere,,,\n")
    with importing("reading", big_file, "--rejects", str(tmp_path / "bad.csv")) as process:
        reach(process, "reading")
        run(f"import {one} --as deals --new customers", ok=True)
        out, err = process.communicate("\n\n", timeout=120)
    assert process.returncode == 3
    assert "24999 new, 0 changed, 1 same, 1 rejected" in out
    assert "set aside in" in err
    assert (tmp_path / "bad.csv").read_text().count("One with a fault") == 1


def test_an_import_that_is_overtaken_each_time_gives_up(run: Run, book: Path, big_file: Path, tmp_path: Path) -> None:
    run("customer add Acme", ok=True)
    header, *lines = big_file.read_text().splitlines(keepends=True)
    one = tmp_path / "one.csv"
    with importing("reading", big_file) as process:
        assert process.stdin
        for number in range(1 + MOST_AGAIN):
            reach(process, "reading")
            one.write_text(header + lines[number])
            run(f"import {one} --as deals --new customers", ok=True)
            process.stdin.write("\n")
            process.stdin.flush()
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert err.startswith("salestrack: the book got ")
    assert err.endswith(" while the file was read; nothing was written\nhint: run it again\n")
    with closing(sqlite3.connect(book)) as connection:
        assert connection.execute("SELECT count(*) FROM deals").fetchone() == (1 + MOST_AGAIN,)
