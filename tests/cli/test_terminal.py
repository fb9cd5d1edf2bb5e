"""At a real terminal: questions are asked, answers are coloured, undo means one's own last act there."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def at_terminal(book: Path) -> Callable[..., tuple[int, str]]:
    """Run a command line on a pseudo-terminal, type the answers, and return the exit code and all that was shown."""

    def call(words: list[str], *answers: str, columns: int = 100) -> tuple[int, str]:
        main, side = pty.openpty()
        environ = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
        process = subprocess.Popen(
            [sys.executable, "-m", "salestrack", *words],
            stdin=side,
            stdout=side,
            stderr=side,
            env=environ,
            close_fds=True,
        )
        os.close(side)
        shown = _talk(main, process, list(answers))
        return process.wait(10), shown

    return call


def _talk(main: int, process: "subprocess.Popen[bytes]", answers: list[str]) -> str:
    shown = b""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        ready, _, _ = select.select([main], [], [], 0.1)
        if ready:
            try:
                part = os.read(main, 65536)
            except OSError:  # the other side has closed
                break
            if not part:
                break
            shown += part
            if answers and shown.rstrip(b" ").endswith((b":", b"]", b"none:")):
                os.write(main, answers.pop(0).encode() + b"\n")
        elif process.poll() is not None:
            break
    os.close(main)
    return shown.decode().replace("\r\n", "\n")


def test_with_two_open_deals_a_person_is_asked(run, rows, at_terminal):
    run("deal add 1200 Acme Website --new", ok=True)
    run("deal add 500 Acme Shop", ok=True)
    code, shown = at_terminal(["log", "call", "acme"], "2")
    assert code == 0
    assert "Which one is it about?" in shown
    assert "on d2 Shop" in shown
    assert rows("SELECT deal_id FROM activities") == [["2"]]


def test_enter_joins_none_of_them(run, rows, at_terminal):
    run("deal add 1200 Acme Website --new", ok=True)
    run("deal add 500 Acme Shop", ok=True)
    assert at_terminal(["log", "call", "acme"], "")[0] == 0
    assert rows("SELECT deal_id FROM activities") == [[""]]


def test_an_unknown_customer_is_asked_about_with_similar_names(run, rows, at_terminal):
    run("customer add Acme", ok=True)
    code, shown = at_terminal(["log", "call", "Acmee"], "n")
    assert code == 4
    assert "New customer 'Acmee'? Similar: Acme." in shown
    assert at_terminal(["log", "call", "Birch"], "y")[0] == 0
    assert rows("SELECT name FROM customers ORDER BY id") == [["Acme"], ["Birch"]]


def test_a_sale_beside_an_open_deal_is_asked_about(run, rows, at_terminal):
    run("deal add 9000 Acme Website --new", ok=True)
    code, shown = at_terminal(["sell", "4500", "acme"], "1")
    assert code == 0
    assert "invoice of d1" in shown
    assert rows("SELECT deal_id FROM sales") == [["1"]]


def test_no_input_never_asks(run, at_terminal):
    run("deal add 1200 Acme Website --new", ok=True)
    run("deal add 500 Acme Shop", ok=True)
    code, shown = at_terminal(["--no-input", "log", "call", "acme"])
    assert code == 0
    assert "Which one" not in shown


def test_undo_at_a_terminal_takes_back_what_was_done_there_and_not_what_cron_did(run, rows, at_terminal):
    assert at_terminal(["customer", "add", "Typed"])[0] == 0
    run("customer add FromCron", ok=True)
    code, shown = at_terminal(["undo"])
    assert code == 0
    assert "undid o2" in shown
    assert rows("SELECT name FROM customers") == [["FromCron"]]


def test_a_list_fits_the_width_of_the_terminal(run, at_terminal):
    run(
        "deal add 1200 'A customer with a very long name indeed Ltd' 'And a title that goes on and on and on' --new",
        ok=True,
    )
    for columns in (40, 80, 200):
        shown = at_terminal(["--color", "never", "deal", "list"], columns=columns)[1]
        assert max(len(line) for line in shown.splitlines()) <= columns


def test_colour_is_for_terminals_and_no_color_is_obeyed(run, at_terminal, monkeypatch):
    run("deal add 1200 Acme Website --new --close 2026-03-20", ok=True)
    assert "\x1b[" in at_terminal(["deal", "list"])[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in at_terminal(["deal", "list"])[1]
    assert "\x1b[" not in run("deal list", ok=True).stdout


def test_init_asks_and_writes_nothing_before_the_last_answer(at_terminal, tmp_path):
    path = tmp_path / "new" / "book.db"
    code, shown = at_terminal(["--db", str(path), "init"], "EUR", "sun", ",")
    assert code == 0
    assert "Currency" in shown
    assert path.exists()
    code, shown = at_terminal(["--db", str(tmp_path / "asked.db"), "init"], "XYZ", "CHF", "someday", "sun", ".")
    assert code == 0
    assert shown.count("Currency") == shown.count("First day") == 2
    assert "currency CHF" in shown


def test_why_a_deal_was_lost_is_asked_until_a_reason_is_chosen_where_the_book_wants_one(run, rows, at_terminal):
    run("deal add 1200 Acme Website --new", ok=True)
    run("config set reason-required yes", ok=True)
    code, shown = at_terminal(["lost", "d1"], "", "1")
    assert code == 0
    assert "Enter for none" not in shown
    assert rows("SELECT status, reason_id IS NOT NULL FROM deals") == [["lost", "1"]]
