"""A full folder for temporary files: what failed is what is said, and the book is as it was."""

import gzip
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from salestrack.errors import NoRoomError, SalestrackError
from salestrack.store import Store
from salestrack.store.export_return import Returning, open_returning
from salestrack.store.staging import open_staging, staging_area
from salestrack.store.temporary import refusal, temporary_folder

Run = Callable[..., Any]
ROWS = 120_000


def full() -> sqlite3.Error:
    """Return SQLite's error for a disk that is full."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE t (a)")
        with pytest.raises(sqlite3.Error) as raised:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    connection.close()
    return raised.value


@pytest.mark.parametrize("several", [False, True])
def test_no_failing_rollback_hides_that_there_is_no_room(store: Store, several: bool) -> None:
    def fill() -> None:
        with open_staging(store.engine, ()) as area:
            store.engine.value("PRAGMA staging.max_page_count = 30")
            area.add("faults", ("line", "reason"), [(1, "x" * 1000)] * 20_000)

    if several:
        with pytest.raises(SalestrackError, match="full"), staging_area(store.engine), store.operation("imported"):
            fill()
    else:
        with pytest.raises(NoRoomError, match="the folder for temporary files is full"):
            fill()
    assert not store.engine.in_transaction
    with store.operation("added") as op:  # the connection serves on
        store.engine.insert("owners", {"name": "Ann", "created_op": op.id})
    with open_staging(store.engine, ()):
        pass


def test_a_whole_book_that_finds_no_room_is_refused_in_the_same_words(store: Store) -> None:
    rows = [(number, "x" * 1000, f"{number}") for number in range(20_000)]

    def fill(returning: Returning) -> None:
        store.engine.value("PRAGMA staging.max_page_count = 80")
        returning.add("customers", ("id", "name", "key"), rows)

    with pytest.raises(NoRoomError), open_returning(store.engine) as returning:
        fill(returning)
    assert store.engine.value("PRAGMA foreign_keys") == 1
    assert store.engine.value("SELECT 1 FROM pragma_database_list WHERE name = 'staging'") is None


def test_without_the_lock_nothing_else_can_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SQLITE_TMPDIR", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    error = full()
    told = refusal(error, tmp_path / "book.db", locked=False)
    assert told
    assert str(tmp_path) in told.message
    assert told.hint == "name another one that has room: TMPDIR=FOLDER salestrack ..."
    assert refusal(error, tmp_path / "book.db", locked=True) is None  # it may be the book's own disk
    assert refusal(sqlite3.OperationalError("no such table: x"), tmp_path / "book.db", locked=False) is None


def test_the_folder_is_the_one_that_sqlite_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "nowhere"))
    assert temporary_folder() == (tmp_path, "TMPDIR")
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    assert temporary_folder() == (tmp_path, "SQLITE_TMPDIR")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with room for 3 MB, where the system lets us make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
        )
    except OSError:
        pytest.skip("there is no mount here")
    if made.returncode:
        pytest.skip("only root may mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("file", ["big.csv", "big.csv.gz", "-"])
@pytest.mark.parametrize("variable", ["TMPDIR", "SQLITE_TMPDIR"])
def test_an_import_names_the_folder_that_is_full(
    run: Run, book: Path, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, file: str
) -> None:
    text = "Id,Date,Customer,Amount\n" + "".join(f"{n},2026-03-01,Acme,{n}.50\n" for n in range(ROWS))
    (tmp_path / "big.csv").write_text(text)
    (tmp_path / "big.csv.gz").write_bytes(gzip.compress(text.encode()))
    before = book.read_bytes()
    monkeypatch.setenv(variable, str(small_disk))
    words = [sys.executable, "-m", "salestrack", "import", file, "--as", "sales", "--new", "customers"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, input=text, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"salestrack: the folder for temporary files is full: {small_disk}; nothing was written\n"
        f"hint: name another one that has room: {variable}=FOLDER salestrack ...\n"
    )
    assert book.read_bytes() == before
    assert list(small_disk.iterdir()) == []
