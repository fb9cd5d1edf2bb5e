"""What a command does not need is not loaded: start-up is a feature, and modules can be counted where time cannot."""

import subprocess
import sys

import pytest

from salestrack.cli.commands import ENTRIES

# Each costs from 5 ms to more than all the rest of a short command.
HEAVY = frozenset(
    {
        "charset_normalizer", "dateutil.parser", "dateutil.rrule", "dateutil.tz", "email", "jinja2", "numpy", "pandas",
        "platformdirs", "pydantic", "pygments", "rich", "smtplib", "sqlite_utils", "ssl", "tabulate", "tomllib",
        "unittest", "xml", "zoneinfo",
    }
)  # fmt: skip

LISTING = """
import sys
sys.argv[0] = "salestrack"
try:
    from salestrack.__main__ import main
    main()
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """Run a command in a process of its own and return the modules that it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", LISTING, *words],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[:500]
    return set(done.stderr.splitlines())


@pytest.fixture
def started(run) -> None:
    """Fill the book with a customer, an open deal and a planned call."""
    run("deal add 12000 Acme Website --new", ok=True)
    run("plan call Acme fri", ok=True)


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["path"],
        ["log", "call", "Acme", "asked", "for", "an", "offer", "--for", "15m", "--next", "+2d"],
        ["plan", "meeting", "Acme", "mon"],
        ["done", "a1", "agreed"],
        ["move", "d1", "proposal"],
        ["push", "d1", "eom"],
        ["won", "d1", "11500"],
        ["lost", "d1", "price"],
        ["sell", "350", "Acme", "Banners"],
        ["undo"],
    ],
    ids=lambda words: words[0],
)
def test_a_short_command_loads_nothing_heavy(started, words):
    assert loaded(*words) & HEAVY == set()


def test_help_loads_no_command(started):
    targets = {entry.target.partition(":")[0] for entry in ENTRIES.values() if entry.target}
    modules = loaded("--help")

    assert modules & {f"salestrack.cli.{module}" for module in targets} == set()
    assert "sqlite3" not in modules


def test_a_list_off_a_terminal_draws_without_rich(started):
    assert loaded("deal", "list") & {"rich", "pygments", "sqlite_utils", "pydantic", "numpy"} == set()
