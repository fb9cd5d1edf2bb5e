"""Opening a book that is missing, foreign, damaged, locked or newer: the exit code, one sentence, nothing touched."""

import hashlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from salestrack.errors import BookError, LockedError
from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor, open_store
from salestrack.store.explaining import explain
from salestrack.store.opening import connect
from salestrack.store.sqlite_file import SCHEMA_VERSION

MODES = ("read", "write")
READS = ["deal list", "history", "report pipeline", "sql 'SELECT 1'"]
WRITES = ["customer add Acme", "undo"]


def fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return what a folder holds: each file's content, mode and time of change."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            stat.S_IMODE(path.stat().st_mode),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def untouched(folder: Path, *, but: tuple[str, ...] = ()) -> Iterator[None]:
    before = fingerprint(folder)
    yield
    assert {name: print_ for name, print_ in fingerprint(folder).items() if name not in but} == before


def python(code: str, *args: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a Python program of its own with the paths it needs as arguments."""
    words = [sys.executable, "-c", textwrap.dedent(code), *map(str, args)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, **options)  # type: ignore[call-overload]


# As root nothing is read-only; without its capabilities it is bound by a file's mode like everybody else.
UNPRIVILEGED = """
import ctypes, os, sys
if os.geteuid() == 0:
    ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())
from salestrack.cli import program
sys.exit(program().main(sys.argv[1:], prog_name="salestrack"))
"""


# --- a book that is not there, or is none ------------------------------------------------------------------------


@pytest.mark.parametrize("line", READS + WRITES)
def test_without_a_book_every_command_says_so_and_makes_none(
    run: Callable[..., object], tmp_path: Path, line: str
) -> None:
    result = run(f"--db {tmp_path}/none/sales.db {line}")
    assert result.exit_code == 6
    assert result.stderr.startswith(f"salestrack: there is no book at {tmp_path}/none/sales.db\n")
    assert "hint: salestrack init makes one" in result.stderr
    assert not (tmp_path / "none").exists()


def text_file(path: Path) -> None:
    path.write_text("customer,amount\nAcme,1200\n" * 200)


def empty_file(path: Path) -> None:
    path.touch()


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE deals (id); PRAGMA application_id = 7; PRAGMA user_version = 1;")


def foreign_wal_database(path: Path) -> None:
    foreign_database(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("make", [text_file, empty_file, foreign_database, foreign_wal_database])
def test_what_is_no_book_is_refused_and_left_alone(
    tmp_path: Path, actor: Actor, make: Callable[[Path], None], mode: str
) -> None:
    make(tmp_path / "x.db")
    of_sqlite = ("x.db-wal", "x.db-shm")  # empty ones, which SQLite lays beside a file in that mode to read it at all
    with (
        untouched(tmp_path, but=of_sqlite),
        pytest.raises(BookError, match=r"x\.db is not a salestrack book") as caught,
    ):
        open_store(str(tmp_path / "x.db"), actor, mode=mode)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("mode", MODES)
def test_a_folder_is_no_book(tmp_path: Path, actor: Actor, mode: str) -> None:
    with pytest.raises(BookError, match="is a folder, not a book"):
        open_store(str(tmp_path), actor, mode=mode)


@pytest.mark.parametrize("line", READS + WRITES)
def test_a_newer_book_is_refused_and_left_alone(run: Callable[..., object], book: Path, line: str) -> None:
    with closing(sqlite3.connect(book)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with untouched(book.parent):
        result = run(line)
    assert result.exit_code == 6
    assert f"was written by a newer salestrack (schema {SCHEMA_VERSION + 1}" in result.stderr
    assert "hint: upgrade salestrack" in result.stderr


# --- damage ------------------------------------------------------------------------------------------------------


def flip(path: Path, start: int, length: int) -> None:
    content = bytearray(path.read_bytes())
    content[start : start + length] = bytes(byte ^ 0xFF for byte in content[start : start + length])
    path.write_bytes(content)


@pytest.mark.parametrize("line", ["customer list", "customer add Beta", "sql 'SELECT * FROM customers'", "backup"])
@pytest.mark.parametrize(("start", "length"), [(100, 3000), (8192, 200_000)], ids=["schema", "tables"])
def test_flipped_bytes_are_reported_as_damage_and_left_for_a_rescue(
    run: Callable[..., object], book: Path, line: str, start: int, length: int
) -> None:
    run("customer add Acme", ok=True)
    flip(book, start, length)
    with untouched(book.parent):
        result = run(line)
    assert (result.exit_code, result.stdout) == (6, "")
    assert "damaged" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("line", ["customer list", "customer add Beta"])
@pytest.mark.parametrize("left", [0.02, 0.5])
def test_a_truncated_book_is_reported_as_damage(run: Callable[..., object], book: Path, line: str, left: float) -> None:
    run("customer add Acme", ok=True)
    os.truncate(book, int(book.stat().st_size * left) // 4096 * 4096)
    with untouched(book.parent):
        result = run(line)
    assert result.exit_code == 6
    assert "damaged" in result.stderr


def test_a_damaged_header_is_no_database_any_more(run: Callable[..., object], book: Path) -> None:
    flip(book, 0, 16)
    with untouched(book.parent):
        result = run("deal list")
    assert result.exit_code == 6
    assert "is not a salestrack book" in result.stderr


# --- permissions -------------------------------------------------------------------------------------------------


def test_a_read_only_file_still_answers_questions_and_refuses_writes(run: Callable[..., object], book: Path) -> None:
    run("customer add Acme", ok=True)
    book.chmod(0o400)
    with untouched(book.parent):
        read = python(UNPRIVILEGED, "customer", "list")
        write = python(UNPRIVILEGED, "customer", "add", "Beta")
    assert (read.returncode, "Acme" in read.stdout) == (0, True), read.stderr
    assert write.returncode == 6
    assert write.stderr.splitlines() == [
        f"salestrack: the book {book} is read-only",
        "hint: reports still work; check the file's permissions",
    ]


def test_a_read_only_folder_still_answers_questions_and_refuses_writes(run: Callable[..., object], book: Path) -> None:
    run("customer add Acme", ok=True)
    book.parent.chmod(0o500)
    try:
        with untouched(book.parent):
            read = python(UNPRIVILEGED, "customer", "list")
            write = python(UNPRIVILEGED, "customer", "add", "Beta")
    finally:
        book.parent.chmod(0o700)
    assert (read.returncode, "Acme" in read.stdout) == (0, True), read.stderr
    assert write.returncode == 6
    assert "check the permissions of the file and its folder" in write.stderr


def test_an_unreadable_folder_is_named(run: Callable[..., object], book: Path) -> None:
    book.parent.chmod(0o000)
    try:
        read = python(UNPRIVILEGED, "customer", "list")
    finally:
        book.parent.chmod(0o700)
    assert read.returncode == 6
    assert read.stderr.startswith(f"salestrack: cannot open {book}")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_only_the_owner_may_read_a_book_whatever_the_umask(tmp_path: Path, actor: Actor, umask: int) -> None:
    path = tmp_path / "new" / "sales.db"
    before = os.umask(umask)
    try:
        new_book(path, Answers(currency="USD"), actor)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["sales.db"]


def test_a_folder_that_was_there_before_keeps_its_mode(tmp_path: Path, actor: Actor) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    new_book(tmp_path / "shared" / "sales.db", Answers(currency="USD"), actor)
    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == 0o755


def test_the_journal_beside_a_book_is_private_too(book: Path) -> None:
    before = os.umask(0)
    try:
        with closing(sqlite3.connect(book, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE settings SET value = value")
            journal = book.with_name("sales.db-journal")
            assert stat.S_IMODE(journal.stat().st_mode) == 0o600
            connection.execute("ROLLBACK")
    finally:
        os.umask(before)


# --- locks and crashes -------------------------------------------------------------------------------------------


@contextmanager
def held(book: Path, how: str) -> Iterator[None]:
    with closing(sqlite3.connect(book, isolation_level=None)) as other:
        other.execute(f"BEGIN {how}")
        yield
        other.execute("ROLLBACK")


def test_a_book_in_use_is_waited_for_and_then_named(run: Callable[..., object], book: Path) -> None:
    with held(book, "IMMEDIATE"):
        result = run("--wait 0.05 customer add Acme")
    assert result.exit_code == 7
    assert result.stderr.splitlines() == [
        f"salestrack: {book} is in use by another process",
        "hint: try again, or wait longer: --wait 30",
    ]
    assert run("customer list -f ids", ok=True).stdout == ""


def test_a_write_in_progress_elsewhere_does_not_keep_reports_from_reading(
    run: Callable[..., object], book: Path
) -> None:
    with held(book, "IMMEDIATE"):
        run("--wait 0 customer list", ok=True)


@pytest.mark.parametrize("line", ["customer list", "customer add Acme", "sql 'SELECT 1'", "history"])
def test_the_moment_of_another_ones_commit_is_waited_for(run: Callable[..., object], book: Path, line: str) -> None:
    with held(book, "EXCLUSIVE"):
        assert run(f"--wait 0.05 {line}").exit_code == 7


HOT = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 5")  # so that half-done pages reach the file
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE customers SET name = 'half done', note = hex(randomblob(20000))")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def crashed(run: Callable[..., object], book: Path) -> Path:
    """Make a book with a hot journal: somebody was killed while half of a change stood in the file."""
    for number in range(20):
        run(f"customer add 'Customer {number}'", ok=True)
    assert python(HOT, book).returncode == -signal.SIGKILL
    assert book.with_name("sales.db-journal").stat().st_size > 0
    return book


@pytest.mark.parametrize("line", ["customer list -f json", "sql 'SELECT name FROM customers' -f json", "backup"])
def test_a_report_recovers_a_hot_journal_and_shows_what_was_committed(
    run: Callable[..., object], crashed: Path, line: str
) -> None:
    result = run(line, ok=True)
    assert "half done" not in result.stdout
    assert not crashed.with_name("sales.db-journal").exists()
    with closing(sqlite3.connect(crashed)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM customers WHERE name LIKE 'Customer %'").fetchone() == (20,)


def test_a_report_that_recovers_a_hot_journal_still_cannot_write(crashed: Path) -> None:
    engine = connect(crashed, mode="read")
    with pytest.raises(BookError, match="read-only"):
        engine.execute("DELETE FROM customers")
    engine.close()


def test_the_next_write_after_a_crash_just_works(run: Callable[..., object], crashed: Path) -> None:
    run("customer add Late", ok=True)
    assert "half done" not in run("customer list", ok=True).stdout


# --- reading writes nothing --------------------------------------------------------------------------------------

REPORTS = [
    "report", "report pipeline", "report quota", "report conversion", "report winloss", "report cycle", "report revenue",
    "today", "deal list", "customer list", "sale list", "activity list", "product list", "quota list", "stage list",
    "show d1", "history", "history d1", "path", "sql 'SELECT count(*) FROM deals'",
]  # fmt: skip


def test_no_report_changes_a_byte_or_leaves_a_file(run: Callable[..., object], book: Path) -> None:
    run("log call Acme --new --next fri", ok=True)
    run("deal add 5000 Acme Site --close eom", ok=True)
    run("quota set 10000", ok=True)
    with untouched(book.parent):
        for line in REPORTS:
            run(line, ok=True)


def test_a_book_opened_to_read_refuses_every_write(book: Path, actor: Actor) -> None:
    reader = open_store(str(book), actor, mode="read")
    with untouched(book.parent), pytest.raises(BookError, match="read-only"), reader.operation("tried"):
        reader.engine.insert("tags", {"name": "web", "created_op": 1})
    reader.close()


# --- the connection ----------------------------------------------------------------------------------------------


def test_every_safeguard_is_set(book: Path) -> None:
    engine = connect(book, mode="write", wait=2.5)
    values = {
        name: engine.value(f"PRAGMA {name}") for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
    }
    assert values == {"foreign_keys": 1, "journal_mode": "delete", "synchronous": 2, "busy_timeout": 2500}
    engine.close()


def test_a_book_that_somebody_turned_to_wal_becomes_one_file_again(run: Callable[..., object], book: Path) -> None:
    with closing(sqlite3.connect(book)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    run("customer add Acme", ok=True)
    assert [path.name for path in book.parent.iterdir()] == ["sales.db"]


@pytest.mark.parametrize(
    "name", ["with space.db", "ünï.db", "50%20off.db", "what?.db", "a#b.db", "a;b&c=d.db", "'quoted'.db", "\udcff.db"]
)
def test_any_file_name_will_do(tmp_path: Path, actor: Actor, name: str) -> None:
    path = tmp_path / name
    new_book(path, Answers(currency="USD"), actor)
    for mode in MODES:
        open_store(str(path), actor, mode=mode).close()
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_path_may_be_relative_or_begin_with_two_slashes(
    book: Path, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book.parent)
    for url in ("sales.db", "./sales.db", f"/{book}"):
        open_store(url, actor).close()


def test_an_old_sqlite_is_named_in_the_error(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    with pytest.raises(BookError, match=r"salestrack needs 3\.38"):
        connect(book, mode="read")


def test_an_error_is_told_apart_by_its_code_not_by_its_words(book: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(sqlite3.OperationalError) as words:
            connection.execute("SELECT locked, full, readonly, malformed")
        assert not isinstance(explain(words.value, book), LockedError)
