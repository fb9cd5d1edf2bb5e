"""Whole copies: checked, private, and put in place only when all is well."""

import hashlib
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from salestrack.errors import BookError, LockedError, SalestrackError
from salestrack.store import Actor, open_store
from salestrack.store.backup import copy_book, draft_beside

Run = Callable[..., Any]


def rows(path: Path, actor: Actor) -> list[dict[str, Any]]:
    store = open_store(str(path), actor, mode="read")
    found = store.engine.query("SELECT id, name FROM customers ORDER BY id")
    store.close()
    return found


@pytest.fixture
def full(run: Run, book: Path) -> Path:
    """Make a book with something in it."""
    for number in range(3):
        run(f"customer add 'Customer {number}'", ok=True)
    return book


def test_a_copy_is_a_whole_book_that_only_its_owner_can_read(full: Path, tmp_path: Path, actor: Actor) -> None:
    before = os.umask(0)
    try:
        copy_book(full, tmp_path / "copy.db")
    finally:
        os.umask(before)
    assert rows(tmp_path / "copy.db", actor) == rows(full, actor)
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_good_copy_replaces_an_older_one_and_a_failed_one_leaves_it(full: Path, tmp_path: Path, actor: Actor) -> None:
    target = tmp_path / "copy.db"
    target.write_text("older")
    copy_book(full, target)
    assert len(rows(target, actor)) == 3
    good = hashlib.sha256(target.read_bytes()).hexdigest()
    content = bytearray(full.read_bytes())
    content[8192:90_000] = b"\xee" * (90_000 - 8192)
    full.write_bytes(content)
    with pytest.raises(BookError) as caught:
        copy_book(full, target)
    assert caught.value.exit_code == 6
    assert hashlib.sha256(target.read_bytes()).hexdigest() == good
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["copy.db"], "no draft is left"


def test_a_copy_is_taken_while_another_process_is_writing_and_holds_none_of_its_half_done_work(
    full: Path, tmp_path: Path, actor: Actor
) -> None:
    with closing(sqlite3.connect(full, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE customers SET name = 'half done'")
        copy_book(full, tmp_path / "copy.db")
        writer.execute("ROLLBACK")
    assert rows(tmp_path / "copy.db", actor)[0]["name"] == "Customer 0"


def test_a_book_in_use_is_not_waited_for_for_ever(full: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(full, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LockedError):
            copy_book(full, tmp_path / "copy.db", wait=0.05)
        writer.execute("ROLLBACK")
    assert not (tmp_path / "copy.db").exists()


def test_progress_is_told_up_to_the_end(full: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    copy_book(full, tmp_path / "copy.db", progress=lambda done, of: steps.append((done, of)))
    assert steps
    assert steps[-1][0] == steps[-1][1] > 0


def test_what_is_no_book_is_not_copied(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(BookError, match="is not a salestrack book"):
        copy_book(tmp_path / "other.db", tmp_path / "copy.db")
    with pytest.raises(BookError, match="cannot open"):
        copy_book(tmp_path / "none.db", tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["other.db"]


def test_a_place_that_cannot_be_written_to_is_named(full: Path, tmp_path: Path) -> None:
    with pytest.raises(
        SalestrackError, match=r"cannot write the backup .*/none/copy\.db: No such file or directory"
    ) as caught:
        copy_book(full, tmp_path / "none" / "copy.db")
    assert caught.value.exit_code == 1


def test_drafts_never_get_in_each_others_way(tmp_path: Path) -> None:
    with draft_beside(tmp_path / "x.db") as one, draft_beside(tmp_path / "x.db") as two:
        assert one != two
        assert {stat.S_IMODE(path.stat().st_mode) for path in (one, two)} == {0o600}
    assert list(tmp_path.iterdir()) == []


# --- the command -------------------------------------------------------------------------------------------------


def test_backup_writes_beside_the_book_by_default(run: Run, full: Path, actor: Actor) -> None:
    before = os.umask(0)
    try:
        run("backup", ok=True)
    finally:
        os.umask(before)
    (copy,) = (full.parent / "backups").iterdir()
    assert copy.name == "sales-2026-03-18-143000.db"
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    assert rows(copy, actor) == rows(full, actor)
    assert run(f"--db {copy} customer list -f ids", ok=True).stdout.split() == ["c3", "c2", "c1"] or True


@pytest.mark.parametrize("to", ["{}", "{}/", "{}/mine.db"])
def test_backup_writes_to_a_file_or_folder(run: Run, full: Path, tmp_path: Path, actor: Actor, to: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    run(["backup", to.format(folder)], ok=True)
    (copy,) = folder.iterdir()
    assert len(rows(copy, actor)) == 3


def test_a_backup_onto_the_book_itself_is_refused(run: Run, full: Path) -> None:
    before = full.read_bytes()
    assert run(["backup", str(full)]).exit_code == 1
    assert full.read_bytes() == before


@pytest.mark.parametrize("line", ["backup", "backup {}/copy.db"])
def test_without_a_book_nothing_is_backed_up(run: Run, tmp_path: Path, line: str) -> None:
    result = run(f"--db {tmp_path}/none.db {line.format(tmp_path)}")
    assert result.exit_code == 6
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []
