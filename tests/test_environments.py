"""Everywhere a shell may be: an ASCII locale, no home, no terminal, narrow and wide ones, no colour, a pipe that closes."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path

import pytest
from tests.conftest import run_line

LOOKS = (
    "today",
    "report",
    "report pipeline",
    "report revenue year --by month",
    "report conversion",
    "report activity",
    "deal list",
    "sale list",
    "activity list",
    "customer list",
    "show d1",
    "show 'Zürich Öl'",
    "find website",
    "history",
    "history d1",
    "stage list",
    "config list",
    "doctor",
    "deal list --help",
)
WRITES = ("log call zürich 'said “yes” — 5 €'", "sell 12.50 'Zürich Öl' Kaffee ☕", "push d1 2026-05-04 später")
BEGINNING = """
deal add 12000 'Zürich Öl' 'New website with a rather long title that nobody would cut' --new --close 2026-03-10
deal add 700eur Acme Shop --new
log call zürich 'asked for references, and whether we could begin in April' --next fri
log email acme sent --outcome connected
sell 350 'Blue Harbor Café' Cards --new
quota set 5000 2026Q1
lost d2 price
"""


@pytest.fixture
def told(book: Path) -> Path:
    for line in BEGINNING.strip().splitlines():
        assert run_line(line).exit_code == 0, line
    return book


def shell(line: str, environ: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run a shell line in which `salestrack` is the program."""
    script = f'salestrack() {{ "{sys.executable}" -m salestrack "$@"; }}; {line}'
    return subprocess.run(["bash", "-c", script], capture_output=True, env=environ, timeout=60, check=False)


def environ(**changes: str | None) -> dict[str, str]:
    merged = {**os.environ, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def sound(result: subprocess.CompletedProcess[bytes], line: str) -> str:
    err = result.stderr.decode("utf-8")
    assert result.returncode in {0, 5}, f"{line}: exit {result.returncode}\n{err}"
    assert "Traceback" not in err, line
    assert "unexpected" not in err, line
    return result.stdout.decode("utf-8")


@pytest.mark.parametrize("line", [*LOOKS, *WRITES])
def test_an_ascii_locale_is_no_hindrance(told: Path, line: str) -> None:
    poor = environ(LC_ALL="C", LANG="C", PYTHONUTF8=None, PYTHONIOENCODING=None, PYTHONCOERCECLOCALE="0")
    said = sound(shell(f"salestrack {line}", poor), line)
    assert said
    if line in LOOKS:
        assert said == sound(shell(f"salestrack {line}", environ(LC_ALL="C", LANG="C")), line)


@pytest.mark.parametrize("line", ["today", "deal list", "config list", WRITES[0], "sell 5 acme"])
def test_a_machine_without_home_works_on_the_book_that_is_named(told: Path, line: str) -> None:
    homeless = environ(HOME=None, XDG_CONFIG_HOME=None, XDG_DATA_HOME=None, USER=None, LOGNAME=None)
    sound(shell(f"salestrack {line}", homeless), line)
    nowhere = environ(HOME="/nonexistent", XDG_CONFIG_HOME=None, XDG_DATA_HOME=None)
    sound(shell(f"salestrack {line}", nowhere), line)


@pytest.mark.parametrize("line", ["deal list", "today", "sell 5 acme", "log call acme hello"])
def test_closed_standard_streams_are_survived(told: Path, line: str) -> None:
    for closed in ("<&-", "2>&-", "<&- 2>&-"):
        result = shell(f"salestrack {line} {closed}", environ())
        assert result.returncode == 0, f"{line} {closed}: {result.stderr.decode()}"
    assert shell(f"salestrack {line} >&-", environ()).returncode in {0, 1}


@pytest.mark.parametrize("line", LOOKS)
def test_a_reader_that_has_seen_enough_ends_it_quietly(told: Path, line: str) -> None:
    result = shell(f"set -o pipefail; salestrack {line} | head -1", environ())
    assert result.stderr == b""
    assert result.returncode in {0, 5}
    assert result.stdout.count(b"\n") <= 1


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("line", LOOKS)
def test_no_line_is_wider_than_the_terminal(told: Path, line: str, columns: int) -> None:
    shown = on_terminal(line, columns, TERM="xterm-256color")
    for text in plain(shown).splitlines():
        # A command to paste is never broken, and a word that is longer than the terminal cannot be.
        longest = max((width(word) for word in text.split()), default=0)
        allowed = max(columns, longest + 8) if "--help" not in line else max(columns, 50)  # Typer's own layout
        assert width(text) <= allowed or "salestrack " in text, f"{width(text)}: {text!r}"


@pytest.mark.parametrize("line", ["today", "report", "deal list", "show d1"])
def test_no_color_and_dumb_terminals_are_obeyed(told: Path, line: str) -> None:
    assert "\x1b[" in on_terminal(line, 80, TERM="xterm-256color") or line == "deal list"
    assert "\x1b[" not in on_terminal(line, 80, TERM="xterm-256color", NO_COLOR="1")
    assert "\x1b[" not in on_terminal(line, 80, TERM="dumb")


def on_terminal(line: str, columns: int, **changes: str) -> str:
    """Run a look on a pseudo-terminal so wide and return what was drawn."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    setting = environ(**{"LC_ALL": "C.UTF-8", "COLUMNS": None, "NO_COLOR": None, **changes})
    script = f'"{sys.executable}" -m salestrack {line}'
    process = subprocess.Popen(["bash", "-c", script], stdin=side, stdout=side, stderr=side, env=setting)
    os.close(side)
    shown = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # the other side has closed
            break
        if not part:
            break
        shown += part
    os.close(main)
    assert process.wait(20) in {0, 5}, shown.decode()
    return shown.decode("utf-8").replace("\r\n", "\n")


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def width(text: str) -> int:
    return sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 0 if unicodedata.combining(sign) else 1 for sign in text
    )
