"""The schema and its steps: whole or not at all, one after another, with a backup before."""

import errno
import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from salestrack.errors import BookError, RuleError
from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor
from salestrack.store.migrations import history, make_book, statements
from salestrack.store.opening import connect
from salestrack.store.sqlite_file import APPLICATION_ID, SCHEMA_VERSION
from salestrack.store.triggers import JOURNALLED, NAMED

Run = Callable[..., Any]

# A program of the future: the same one with one more step in its history.
FUTURE = """
import sys, time
from pathlib import Path
from salestrack.store import migrations, opening, sqlite_file
sqlite_file.SCHEMA_VERSION = opening.SCHEMA_VERSION = migrations.SCHEMA_VERSION = 4

@migrations.history()
def m004_phones(db):
    db.execute("ALTER TABLE owners ADD COLUMN phone TEXT")
    time.sleep(float(sys.argv[2]))
    if sys.argv[3:] == ["fail"]:
        db.execute("INSERT INTO nothing VALUES (1)")
    if sys.argv[3:] == ["die"]:
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)

from salestrack.errors import SalestrackError
try:
    engine = opening.connect(Path(sys.argv[1]), mode="read" if sys.argv[3:] == ["read"] else "write")
    print(engine.value("PRAGMA user_version"), "phone" in engine.columns("owners"))
except SalestrackError as error:
    print(type(error).__name__, error)
"""


def future(*args: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", textwrap.dedent(FUTURE), *map(str, args)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert err == ""
    return out.strip()


def schema(book: Path) -> tuple[int, set[str], list[str]]:
    with closing(sqlite3.connect(book)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        columns = [row[1] for row in connection.execute("PRAGMA table_info(owners)")]
    return version, names, columns


def as_of_schema(path: Path, steps: int) -> None:
    """Make a book as the program of an older schema left it: the first steps of the history, and nothing since."""
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection, recursive_triggers=False, execute_plugins=False)
        history.apply(db, stop_before=history_names()[steps])
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {steps}")
        connection.commit()


def history_names() -> list[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        return [step.name for step in history.pending(Database(connection))]


def shape(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        columns = [(table, *row) for (table,) in tables for row in connection.execute(f"PRAGMA table_xinfo({table})")]
        others = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' ORDER BY type, name"
        ).fetchall()
        return columns + others


def test_a_book_of_the_first_schema_becomes_one_like_a_new_book(tmp_path: Path, book: Path) -> None:
    old = tmp_path / "old.db"
    as_of_schema(old, 1)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("INSERT INTO owners (name, created_op) VALUES ('Ana', 1)")
        connection.commit()
    with closing(connect(old, mode="write")) as engine:
        assert engine.value("SELECT name FROM owners") == "Ana"
        assert engine.value("PRAGMA user_version") == SCHEMA_VERSION
    assert shape(old) == shape(book)


def test_every_table_keeps_a_journal_and_every_name_stands_in_the_index(book: Path) -> None:
    triggers = schema(book)[1]
    assert {f"journal_{table}_{act}" for table in JOURNALLED for act in ("update", "delete")} <= triggers
    assert {f"names_{table}_{act}" for table in NAMED for act in ("insert", "update", "delete")} <= triggers


def test_tables_are_strict_without_floating_point_and_ids_are_never_reused(book: Path) -> None:
    with closing(sqlite3.connect(book)) as connection:
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "AND name NOT LIKE 'name_search%' AND name NOT LIKE 'search_%' AND name <> '_sqlite_migrations'"
        ).fetchall()
    loose = [name for name, sql in tables if not sql.rstrip().endswith("STRICT") or "REAL" in sql]
    reused = [name for name, sql in tables if "AUTOINCREMENT" not in sql]
    assert loose == []
    assert set(reused) == {"journal_session", "deal_state", "closed_books"}


def test_every_reference_is_looked_up_through_an_index_where_records_are_many(book: Path) -> None:
    """Removing a record looks for rows that refer to it: without an index an undone import would take for ever."""
    few = {"owners", "pipelines", "stages", "lost_reasons", "tags", "products", "operations"}
    bare = []
    with closing(sqlite3.connect(book)) as connection:
        for table in JOURNALLED:
            for row in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
                parent, column = row[2], row[3]
                plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = 1").fetchall()
                if parent not in few and not any(step[3].startswith("SEARCH") for step in plan):
                    bare.append((table, column))
    assert bare == []


def test_a_script_is_cut_into_its_statements_triggers_and_all() -> None:
    script = (
        "-- a; b\nCREATE TABLE a (x);\n\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n    SELECT 1;\nEND;\n-- the end\n"
    )
    assert [part.split()[-1] for part in statements(script)] == ["(x);", "END;"]


def test_an_existing_file_is_never_replaced(book: Path, actor: Actor, tmp_path: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(RuleError, match="there is already a file at"):
        new_book(book, Answers(currency="EUR"), actor)
    assert book.read_bytes() == before
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RuleError):
        new_book(tmp_path / "notes.txt", Answers(currency="EUR"), actor)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    with pytest.raises(BookError, match="cannot make the folder"):
        new_book(tmp_path / "notes.txt" / "sales.db", Answers(currency="EUR"), actor)


def test_a_book_that_could_not_be_filled_is_not_there(tmp_path: Path) -> None:
    def fill(_: object) -> None:
        raise RuleError("no")

    with pytest.raises(RuleError, match="no"):
        make_book(tmp_path / "sales.db", fill)
    assert list(tmp_path.iterdir()) == []


def test_a_book_can_be_made_where_there_are_no_links(
    tmp_path: Path, actor: Actor, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a memory stick, whose file system knows none."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "stick" / "sales.db"
    new_book(path, Answers(currency="EUR"), actor)
    assert [each.name for each in path.parent.iterdir()] == ["sales.db"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    run(f"--db {path} customer add Acme", ok=True)
    with pytest.raises(RuleError, match="there is already a file at"):
        new_book(path, Answers(currency="EUR"), actor)


@pytest.mark.parametrize("mode", ["write", "read"])
def test_an_older_book_is_migrated_after_a_backup_whoever_opens_it(run: Run, book: Path, mode: str) -> None:
    run("customer add Acme", ok=True)
    assert finished(future(book, 0, mode)) == "4 True"
    version, triggers, columns = schema(book)
    assert (version, columns[-1]) == (4, "phone")
    with closing(sqlite3.connect(book)) as connection:
        assert connection.execute("SELECT name FROM customers").fetchall() == [("Acme",)]
        image = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_owners_update'").fetchone()[0]
    assert "'phone', OLD.phone" in image, "the triggers know the new column"
    copy = book.with_name("sales.db.schema-3.backup")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert schema(copy)[0] == 3
    assert len(triggers) == len(schema(copy)[1])


@pytest.mark.parametrize("how", ["fail", "die"])
def test_a_step_that_fails_or_is_killed_leaves_the_older_book_and_its_backup(run: Run, book: Path, how: str) -> None:
    run("customer add Acme", ok=True)
    process = future(book, 0, how)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode == 0) == (how == "fail")
    assert how == "die" or out.startswith("BookError")
    assert run("customer list", ok=True).stdout.count("Acme") == 1
    assert schema(book)[0] == 3
    assert schema(book)[2][-1] != "phone"
    assert finished(future(book, 0)) == "4 True"


def test_two_processes_that_migrate_at_once_do_it_once(run: Run, book: Path) -> None:
    run("customer add Acme", ok=True)
    both = [future(book, 0.3, mode) for mode in ("write", "read")]
    assert [finished(process) for process in both] == ["4 True", "4 True"]
    with closing(sqlite3.connect(book)) as connection:
        steps = connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [name for (name,) in steps] == ["m001_foundation", "m002_daily_use", "m003_going_out", "m004_phones"]
