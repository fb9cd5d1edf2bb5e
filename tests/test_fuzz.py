"""Random and hostile words on every command line: no traceback, no partial write, exit codes of the contract only.

SALESTRACK_STRESS=1 runs all 10,000 lines; a sample runs by default. A failure names the line; lines come from a seed.
"""

import hashlib
import os
import random
import shlex
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import run_line

from salestrack.cli.commands import ENTRIES
from salestrack.cli.groups import Entry, load

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
LINES, PARTS = (10_000, 20) if STRESS else (600, 6)
EXIT_CODES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 130}
DONE = {0, 3, 5}  # what may have written
# What makes a whole new book each time, or would answer for minutes, is tried less often.
SELDOM = {"demo": 0.02, "init": 0.2, "import": 0.5}

# What fits an argument or option, by a word of its metavar or name; the first that fits is taken.
FITTING: dict[str, list[str]] = {
    "kind": ["call", "email", "c", "m", "demo", "note", "task", "meeting"],
    "stage": ["Lead", "Proposal", "qual", "neg", "Won", "Lost"],
    "reason": ["price", "timing", "no budget"],
    "who": ["acme", "Acme Tools", "blue", "Zürich Öl", "O'Neil & Sons", "c1", "c2", "d1", "Nobody New"],
    "customer": ["acme", "Acme Tools", "blue", "c2"],
    "keep": ["c1", "n1", "d1"],
    "other": ["c2", "n2", "d3"],
    "deal": ["d1", "d3", "d2", "acme", "1", "@"],
    "activity": ["a1", "a3", "1", "@"],
    "sale": ["s1", "s2", "1"],
    "product": ["Build", "2xBuild", "Build@10", "p1"],
    "ref": ["d1", "d2", "c1", "a1", "s1", "p1", "q1", "n1", "o3", "d1,d3", "d1-d3", "@"],
    "op": ["o3", "o9", "3"],
    "period": ["week", "2026Q1", "2026-03", "2026-W12", "30d", "2026-01-01..2026-03-31", "all"],
    "range": ["2026-04-01..2026-04-03", "fri", "2026-05-01"],
    "date": ["today", "mon", "fri", "2026-03-15", "-3d", "+2w", "eom", "15", "-"],
    "when": ["today", "mon", "2026-03-15", "-3d", "yesterday", "tue 14:30"],
    "dur": ["15m", "90", "1h30"],
    "amount": ["1200", "1,200.50", "1.5k", "1200eur", "-", "$5"],
    "price": ["1200", "12.50", "-"],
    "target": ["5000", "12"],
    "rate": ["1.08", "19", "8.875"],
    "percent": ["40", "10%", "-"],
    "probability": ["40", "10%"],
    "every": ["month", "2 weeks", "year"],
    "format": ["json", "csv", "plain", "md", "ids", "html", "jsonl"],
    "sort": ["amount", "-id", "customer", "score"],
    "by": ["owner", "month", "product", "tag", "stage", "source"],
    "name=": ["size=4", "size>3", "size=-", "nothing=1"],
    "record": ["deal", "customer", "sale"],
    "type": ["text", "number", "money", "date", "choice", "yesno"],
    "after": ["call", "demo", "Proposal"],
    "wait": ["+2d", "+1w", "+3wd"],
    "currency": ["EUR", "CHF"],
    "code": ["EUR", "CHF"],
    "country": ["DE", "US-CA", "XX"],
    "key": ["decimal", "week-start", "closed-until", "tax-rate", "owner", "color"],
    "tag": ["web", "warm"],
    "owner": ["ana", "Ben", "-"],
    "pipeline": ["sales", "partners"],
    "score": ["segment=agency", "call"],
    "name": ["Acme", "Trial", "size", "price", "Ana", "lunch", "sales", "Lead"],
}
ODD = [
    "next mon", "5/6/2026", "2m", "2026-02-30", "12:60", "2026Q5", "..", "2026-13", "1.200", ",200", "00", "1e3", "-50", "10.999.99",
    "nan", "inf", "9" * 40, "12,14-16", "d9", "-1", "101", "a=b", "=", "x>1", "yes", "-", "1", "o1", "i1", "2026-03-20", "month", "all",
]  # fmt: skip
HOSTILE = [
    "", " ", "\t", "\n", "\0", "\x1b[31m", "'", '"', "`", "\\", "%", "%s", "{0}", "{op}", "$HOME", "; DROP TABLE deals", "--",
    "---", "-x", "--nothing", "=", "*", "NEAR(a b)", "a OR b", '"unbalanced', "🙂", "\u202eevil", "é" * 300, "x" * 5000,
    "\ud800", "٣", "１２", "ß", "İ", "None", "NULL", "true", "[]", "{}", "..", "a/b", "0x10", "1_000", "²", "1" * 400, "∞",
]  # fmt: skip
FILES = ["there.csv", "missing.csv", "folder", "new.json", "new.html", "new.csv", "odd name.md", "bad.xyz"]
GLOBALS = [
    "--quiet",
    "--no-input",
    "--today=2026-04-01",
    "--today=nonsense",
    "--color=never",
    "--wait=0",
    "--version",
    "--help",
]


class Words:
    """Draws the words of one line from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.commands = list(every_command(ENTRIES))
        self.hostile = 0.0
        self.weights = [SELDOM.get(path[0], 3.0 if len(path) == 1 else 1.0) for path, _ in self.commands]

    def line(self) -> list[str]:
        """Return the words of one line: a third of them fit all through, the others less and less."""
        path, entry = self.random.choices(self.commands, self.weights)[0]
        self.hostile = self.random.choice([0.0, 0.1, 0.5])
        words = [*path, *self.arguments(load(path[-1], entry))]
        if self.random.random() < 0.1:
            words.insert(self.random.randint(0, len(words)), self.random.choice(GLOBALS))
        if self.hostile and self.random.random() < 0.1:
            self.random.shuffle(words)
        if self.hostile and self.random.random() < 0.1:
            words[self.random.randrange(len(words))] = self.random.choice(HOSTILE)
        return words

    def arguments(self, command: Any) -> Iterator[str]:
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                wanted = 1 if parameter.required or self.random.random() < 0.4 else 0
                if self.random.random() < self.hostile / 4:
                    wanted = self.random.choice([0, 2, 3])
                for _ in range(wanted):
                    yield self.word(parameter)
            elif parameter.name != "help" and self.random.random() < min(0.15, 1.5 / len(command.params)):
                yield self.random.choice(parameter.opts)
                if not parameter.is_flag:
                    yield self.word(parameter)

    def word(self, parameter: Any) -> str:
        """Return a word for a parameter; for a file never one that lies outside the folder of the test."""
        hint = f"{parameter.metavar or ''} {parameter.name}".casefold()
        if any(word in hint for word in ("file", "dest", "output", "path", "folder")):
            return self.random.choice(FILES)
        if self.random.random() < self.hostile:
            odd = "".join(self.random.choices(string.printable, k=self.random.randint(1, 12)))
            return self.random.choice([self.random.choice(ODD), self.random.choice(HOSTILE), odd])
        pool = next((words for clue, words in FITTING.items() if clue in hint), None)
        return self.random.choice(pool or self.random.choice(list(FITTING.values())))


def every_command(entries: dict[str, Entry], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for name, entry in entries.items():
        if entry.verbs:
            yield from every_command(entry.verbs, (*path, name))
        else:
            yield (*path, name), entry


FIRST = """
owner add Ana
owner add Ben
field add deal size number
deal add 12000 'Acme Tools' Website --new --close eom
deal add 700eur 'Zürich Öl' Shop --new
deal add - 'Blue Harbor' Menu --new
log call acme hello --next fri
log email blue sent --outcome connected
sell 350 "O'Neil & Sons" Cards --new
product add Build 2500
quota set 5000 2026Q1
contact add 'Eve Echo' 'Acme Tools' --email eve@acme.example
contact add 'Eva Echo' 'Acme Tools'
won d2
"""


@pytest.fixture
def place(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder of its own with a book that has a little of everything, and an editor that changes nothing."""
    folder = tmp_path / "place"
    (folder / "folder").mkdir(parents=True)
    (folder / "there.csv").write_text("id,title,amount,created\n1,Web,100,2026-01-05\n2,Shop,nonsense,2026-01-06\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    for line in FIRST.strip().splitlines():
        assert run_line(line).exit_code == 0, line
    return folder


@pytest.mark.parametrize("part", range(PARTS))
def test_no_line_ends_in_a_traceback_or_half_a_write(place: Path, book: Path, part: int) -> None:
    words = Words(seed=20_260_318 + part)
    known = fingerprint(book)
    for number in range(LINES // PARTS):
        line = words.line()
        shown = f"line {number} of part {part}: {shlex.join(line)!r}"
        result = run_line(line, stdin="id,title\n7,From a pipe\n" if words.random.random() < 0.5 else "")
        assert result.exit_code in EXIT_CODES, f"{shown}: exit {result.exit_code}"
        assert "Traceback" not in result.stderr, f"{shown}\n{result.stderr}"
        assert "unexpected:" not in result.stderr, f"{shown}\n{result.stderr}"
        now = fingerprint(book)
        assert result.exit_code in DONE or now == known, f"{shown}: exit {result.exit_code}, and the book has changed"
        assert result.exit_code in DONE or result.stderr, f"{shown}: exit {result.exit_code} without a word"
        known = now
        if not book.is_file():
            pytest.fail(f"{shown}: the book is gone")
    assert run_line(["sql", "PRAGMA foreign_key_check"]).exit_code in {0, 2}
    assert run_line(["doctor", "-f", "json"]).exit_code in {0, 5}


def fingerprint(book: Path) -> str:
    """Return the bytes of the book in short: a write that was rolled back leaves every one of them as it was."""
    return hashlib.sha256(book.read_bytes()).hexdigest()
