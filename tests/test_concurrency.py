"""Several processes on one book, processes that are killed, full disks and closed pipes: nothing is lost or torn.

SALESTRACK_STRESS=1 kills a hundred times.
"""

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.walks import check_deals, check_ids, check_lines, check_state, dump

from salestrack.store import Actor, open_store

Run = Callable[..., Any]
STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
KILLS = 100 if STRESS else 30

# Each runs the program in its own process, many times over: starting Python each time would hide every race.
WRITER = """
import os, sys
from salestrack.cli import program
sys.stdout = open(os.devnull, "w")
number, times = sys.argv[1], int(sys.argv[2])
sys.exit(max(program().main(["log", "call", "Acme", f"{number}.{at}"], prog_name="salestrack") for at in range(times)))
"""
RACER = """
import sys, time
from salestrack.cli import program
import salestrack.cli.setup, salestrack.services.setup
while time.time() < float(sys.argv[1]):
    pass
sys.exit(program().main(["init", "-y", "--currency", "EUR", "--owner", sys.argv[2]], prog_name="salestrack"))
"""
# Forks workers and kills them: for each delay on its input, how many commands the worker had answered.
NURSERY = """
import os, signal, sys, time
from salestrack.cli import program

LINES = [
    ["deal", "add", "500", "Acme", "Site", "--product", "2xBuild@100", "--product", "Care@300", "-t", "web", "-t", "new",
     "--next", "fri"],
    ["won", "@", "450"],
    ["undo"],
    ["log", "call", "Acme", "x" * 2_000_000, "-t", "warm", "--next", "+2d"],  # long enough to be killed in its middle
]

def work(acks):
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while True:
        for line in LINES:
            os.write(acks, b"." if program().main(line, prog_name="salestrack") == 0 else b"x")

out = os.dup(1)
for line in LINES[:2]:  # loads what the commands need, before any clock runs
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    program().main(["--db", sys.argv[1], *line], prog_name="salestrack")
for delay in sys.stdin:
    answers, acks = os.pipe()
    worker = os.fork()
    if not worker:
        work(acks)
    os.close(acks)
    got = os.read(answers, 1)
    time.sleep(float(delay))
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    while more := os.read(answers, 4096):
        got += more
    os.close(answers)
    os.write(out, got + b"\\n")
"""


def python(code: str, *args: object, **options: Any) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", code, *map(str, args)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, text=True, **{**pipes, **options})


def check_book(path: Path, actor: Actor) -> list[dict[str, Any]]:
    """Check that a book is whole, and return its operations."""
    store = open_store(str(path), actor)
    engine = store.engine
    assert engine.value("PRAGMA integrity_check") == "ok"
    assert engine.query("PRAGMA foreign_key_check") == []
    assert engine.query("SELECT op, paused FROM journal_session") == [{"op": None, "paused": 0}]
    rows = dump(store)
    for check in (check_deals, check_lines, check_ids):
        check(rows)
    check_state(engine.query("SELECT * FROM deal_state ORDER BY deal_id"), rows)
    operations = engine.query("SELECT * FROM operations ORDER BY id")
    store.close()
    return operations


def test_two_processes_writing_at_once_lose_nothing_and_fail_never(run: Run, book: Path, actor: Actor) -> None:
    run("customer add Acme", ok=True)
    both = [python(WRITER, number, 200) for number in (1, 2)]
    assert [(process.communicate(timeout=120), process.returncode) for process in both] == [(("", ""), 0)] * 2
    with closing(sqlite3.connect(book)) as connection:
        notes = [row[0] for row in connection.execute("SELECT note FROM activities ORDER BY id")]
    assert sorted(notes) == sorted(f"{number}.{at}" for number in (1, 2) for at in range(200))
    for number in (1, 2):
        own = [note for note in notes if note.startswith(f"{number}.")]
        assert own == [f"{number}.{at}" for at in range(200)], "each process's own order is kept"
    assert len(check_book(book, actor)) == 402
    assert [path.name for path in book.parent.iterdir()] == [book.name]


def rows_of(book: Path, operation: dict[str, Any]) -> dict[str, int]:
    with closing(sqlite3.connect(book)) as connection:
        counts = {
            table: connection.execute(
                f"SELECT count(*) FROM {table} WHERE created_op = ?", (operation["id"],)
            ).fetchone()[0]
            for table in ("deals", "deal_history", "deal_lines", "deal_tags", "activities", "activity_tags")
        }
    return {table: count for table, count in counts.items() if count}


WHOLE = {
    "opened": {"deals": 1, "deal_history": 1, "deal_lines": 2, "deal_tags": 2, "activities": 1},
    "won": {"deal_history": 1, "deal_lines": 1},
    "logged a call with": {"activities": 2, "activity_tags": 1},
    "undid": {},
}


@pytest.mark.stress
def test_a_killed_process_loses_no_answered_write_and_leaves_no_half_done_one(
    run: Run, book: Path, actor: Actor, tmp_path: Path
) -> None:
    for line in ("customer add Acme", "product add Build 100", "product add Care 300"):
        run(line, ok=True)
    spare = tmp_path / "spare" / "sales.db"
    run(f"--db {spare} init -y", ok=True)
    run(f"--db {spare} customer add Acme", ok=True)
    chance, answered, begun = random.Random(2), 4, 0
    with python(NURSERY, spare) as nursery:
        assert nursery.stdin
        assert nursery.stdout
        for kill in range(1, KILLS + 1):
            nursery.stdin.write(f"{chance.uniform(0, 0.05)}\n")
            nursery.stdin.flush()
            acks = nursery.stdout.readline().strip()
            assert set(acks) == {"."}, "no command failed, the first after a crash neither"
            answered += len(acks)
            operations = check_book(book, actor)
            assert answered + begun <= len(operations) <= answered + begun + 1, (
                "at most the one in work was not answered"
            )
            begun = len(operations) - answered
            for operation in operations[-8:]:
                undone = operation["undone_by"] is not None
                if operation["verb"] in WHOLE:
                    assert rows_of(book, operation) == ({} if undone else WHOLE[operation["verb"]])
            assert begun <= kill
        nursery.stdin.close()
    run("log call Acme", ok=True)
    assert [path.name for path in book.parent.iterdir()] == [book.name], "no journal is left after the next write"


def test_of_six_who_make_a_book_at_one_place_at_once_one_does(tmp_path: Path, actor: Actor) -> None:
    book = Path(os.environ["SALESTRACK_DB"])
    assert not book.parent.exists()
    start = time.time() + 1.2
    racers = [python(RACER, start, f"Owner {number}") for number in range(6)]
    ends = [(racer.communicate(timeout=60)[1], racer.returncode) for racer in racers]
    assert sorted(code for _, code in ends) == [0, 1, 1, 1, 1, 1], ends
    for said, code in ends:
        assert code == 0 or said.startswith(f"salestrack: there is already a file at {book}\n")
    assert len(check_book(book, actor)) == 1
    assert [path.name for path in book.parent.iterdir()] == [book.name], "no draft is left behind"
    with closing(sqlite3.connect(book)) as connection:
        assert connection.execute("SELECT count(*) FROM owners").fetchone() == (1,)
    assert stat.S_IMODE(book.parent.stat().st_mode) == 0o700


# --- a full disk -------------------------------------------------------------------------------------------------

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from salestrack.cli import program
sys.exit(program().main(sys.argv[2:], prog_name="salestrack"))
"""


def limited(size: int, words: list[str], text: str = "") -> tuple[int, str, str]:
    process = python(LIMITED, size, *words)
    out, err = process.communicate(text, timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize("spare", [0, 4096, 40_960])
def test_a_full_disk_is_said_in_one_line_and_leaves_the_book_as_it_was(
    run: Run, book: Path, actor: Actor, spare: int
) -> None:
    run("customer add Acme", ok=True)
    before = check_book(book, actor)
    code, out, err = limited(book.stat().st_size + spare, ["log", "call", "Acme", "-"], "x" * 300_000)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.startswith("salestrack: the disk ")
    assert "nothing was written" in err
    assert check_book(book, actor) == before
    run(["log", "call", "Acme", "-"], "x" * 300_000, ok=True)


@pytest.mark.parametrize("words", [["backup", "copy.db"], ["--db", "new.db", "init", "-y"]])
def test_a_full_disk_leaves_no_half_a_backup_and_no_half_a_book(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = sorted(path.name for path in tmp_path.iterdir())
    code, out, err = limited(100_000, words)
    assert (code, out) == (1, ""), err
    assert err.startswith("salestrack: the disk ")
    assert sorted(path.name for path in tmp_path.iterdir()) == files


# --- a closed pipe -----------------------------------------------------------------------------------------------


@contextmanager
def many_operations(book: Path) -> Iterator[None]:
    with closing(sqlite3.connect(book)) as connection, connection:
        row = "INSERT INTO operations (at, who, terminal, kind, verb, refs) VALUES ('2026-03-18', 'x', 0, 'do', 'did', '')"
        for _ in range(5000):
            connection.execute(row)
    yield


@pytest.mark.parametrize("fmt", ["table", "csv", "json"])
def test_a_closed_pipe_ends_quietly(run: Run, book: Path, fmt: str) -> None:
    with many_operations(book):
        words = [sys.executable, "-m", "salestrack", "history", "--limit", "5000", "-f", fmt]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait(60) in {0, -signal.SIGPIPE}


def test_a_reader_that_is_gone_before_the_first_word_is_no_error_either(run: Run, book: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "salestrack", "history"]
    process = subprocess.run(words, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert (process.returncode, process.stderr) == (0, b"")


def test_who_interrupts_a_command_is_told_when_it_stands_in_the_book_already(run: Run, book: Path) -> None:
    run("customer add Acme", ok=True)
    chance, known = random.Random(5), operations(book)
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-m", "salestrack", "log", "call", "Acme", "hello"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(chance.uniform(0.04, 0.12))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        written = operations(book) - known
        known += written
        assert written == (1 if "undo: o" in out or "is in the book already" in err else 0), f"{out}{err}"
        assert process.returncode in {0, 130, -signal.SIGINT, 1}


def operations(book: Path) -> int:
    with closing(sqlite3.connect(book)) as connection:
        return int(connection.execute("SELECT count(*) FROM operations").fetchone()[0])


def test_who_waits_for_a_book_in_use_can_be_interrupted(run: Run, book: Path) -> None:
    run("customer add Acme", ok=True)
    with closing(sqlite3.connect(book, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        process = subprocess.Popen(
            [sys.executable, "-m", "salestrack", "--wait", "60", "log", "call", "Acme"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)  # a third of the wait
        assert (process.returncode, out) == (130, "")
