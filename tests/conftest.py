"""A temporary book for every test, and the program run in-process the way a shell would."""

import csv
import io
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

from salestrack.cli import program
from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor, Store, open_store

NOW = datetime(2026, 3, 18, 14, 30)  # a Wednesday


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden sessions be rewritten."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*.test")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: the processes that share the tests must find the same names, and packed bytes hold the time."""
    return argname if isinstance(val, bytes) else None


class Result(NamedTuple):
    """What a command line came to."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture(autouse=True)
def private_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep every test away from the settings and the book of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("SALESTRACK_") and name != "SALESTRACK_TEST_DATA"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("SALESTRACK_DB", str(tmp_path / "book" / "sales.db"))
    monkeypatch.setenv("SALESTRACK_TODAY", NOW.isoformat())
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("USER", "tester")
    monkeypatch.setenv("TZ", "UTC")  # of this machine, as far as mails and meetings go
    time.tzset()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real exports; tests that need it skip elsewhere, and fail in CI, which must provide it."""
    folder = os.environ.get("SALESTRACK_TEST_DATA")
    if not folder:
        absent = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        absent("SALESTRACK_TEST_DATA does not say where the real exports are")
    return Path(folder)


@pytest.fixture
def actor() -> Actor:
    return Actor("tester", terminal=False, now=lambda: NOW)


@pytest.fixture
def book(tmp_path: Path, actor: Actor) -> Path:
    """Make an empty book in US dollars."""
    path = tmp_path / "book" / "sales.db"
    new_book(path, Answers(currency="USD"), actor)
    return path


@pytest.fixture
def store(book: Path, actor: Actor) -> Iterator[Store]:
    opened = open_store(str(book), actor)
    yield opened
    opened.close()


def run_line(line: str | list[str], stdin: str = "") -> Result:
    """Run one command line in this process and return what it printed."""
    words = shlex.split(line) if isinstance(line, str) else line
    out, err = io.StringIO(), io.StringIO()
    with mock.patch.object(sys, "stdin", io.StringIO(stdin)), redirect_stdout(out), redirect_stderr(err):
        code = program().main(words, prog_name="salestrack")
    return Result(code, out.getvalue(), err.getvalue())


@pytest.fixture
def run(book: Path) -> Callable[..., Result]:
    """Run command lines against an empty book, as off a terminal; `ok=True` fails the test on any other exit code."""

    def call(line: str | list[str], stdin: str = "", *, ok: bool = False) -> Result:
        result = run_line(line, stdin)
        if ok:
            assert result.exit_code == 0, f"{line}\n{result.stdout}{result.stderr}"
        return result

    return call


@pytest.fixture
def rows(run: Callable[..., Result]) -> Callable[[str], list[list[str]]]:
    """Ask the book in SQL and get rows of text, an empty text for what is not known."""

    def call(question: str) -> list[list[str]]:
        answer = run(["sql", question, "-f", "csv"], ok=True).stdout
        return list(csv.reader(answer.splitlines()))[1:]

    return call
