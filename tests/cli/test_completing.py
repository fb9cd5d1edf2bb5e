"""What is offered while a word is typed, in every place where a command takes one."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from salestrack.cli import program
from salestrack.cli.completing import FILES, SHELLS, candidates, kind_of
from salestrack.services.completion import FIXED, KNOWN, LIVE, VALUE

# Words that nobody but the person knows: amounts, new names, notes, numbers.
FREE = frozenset({
    "AMOUNT", "C", "CHOICE", "COLUMN", "COUNTRY-PART", "DAY", "DAYS", "DUR", "E", "FIELD:FROM=TO", "FIELD=COLUMN",
    "FORMAT", "K", "KIND", "LIST", "MONTH", "N", "NAME", "NOTE", "NUMBER", "O", "OLD=NEW", "PERCENT", "POINTS", "PRICE",
    "QUERY", "R", "RATE", "REF", "ROLE", "RULE", "SIGN", "SKU", "STAGE=DATE", "TARGET", "TEXT", "TITLE", "WHAT",
    "X", "YEARS",
})  # fmt: skip


def commands(group, path=()):
    for name in group.entries:
        found = group.get_command(None, name)
        if hasattr(found, "entries"):
            yield from commands(found, (*path, name))
        else:
            yield (*path, name), found


def offered(*words: str) -> list[str]:
    return [word for word, _ in candidates(words)[1]]


def test_every_word_that_a_command_takes_is_completed_or_known_to_be_free():
    forgotten = []
    for path, command in commands(program()):
        for parameter in command.params:
            if getattr(parameter, "is_flag", False):
                continue
            kind = kind_of(path, parameter)
            plain = (parameter.metavar or "").replace("...", "").replace("[", "").replace("]", "").removesuffix("|-")
            known = kind in {FILES, VALUE} or "|" in kind or kind in FIXED or kind in KNOWN or kind in LIVE
            if not (known if kind else plain in FREE):
                forgotten.append((" ".join(path), parameter.opts, plain))

    assert forgotten == []


@pytest.fixture
def filled(run):
    run("deal add 12000 Acme 'New site' --new -t web", ok=True)
    run("deal add 700 'Northwind GmbH' Banners --new", ok=True)
    run("deal add 50 Nobel Card --new", ok=True)
    run("lost d3 price", ok=True)
    run("customer add 'Old Acme Works'", ok=True)
    run("plan call Acme fri", ok=True)
    run("log email Nobel", ok=True)
    run("sell 5 Nobel Stamp", ok=True)
    run("product add 'Logo kit' 100", ok=True)
    run("owner add Ana", ok=True)
    run(["contact", "add", "Nora Berg", "Acme"], ok=True)
    return run


CASES = [
    (["mov"], ["move"]),
    (["deal", "l"], ["list"]),
    (["log", "c"], ["call", "c"]),
    (["log", "call", "ac"], ["Acme"]),
    (["l", "c", "no"], ["Nobel", "Nora Berg", "Northwind GmbH"]),
    (["log", "call", "gmb"], ["Northwind GmbH"]),
    (["log", "call", "c2"], ["c2"]),
    (["log", "-d", "tue", "call", "ac"], ["Acme"]),
    (["log", "call", "Acme", "--deal", "d"], ["d2", "d1"]),
    (["log", "call", "Acme", "--next-kind", "m"], ["meeting", "m"]),
    (["won", "d"], ["d2", "d1"]),
    (["won", "n"], ["Northwind GmbH"]),
    (["won", "1"], ["1"]),
    (["move", "d1", "prop"], ["Proposal"]),
    (["move", "d1", "proposal", ""], []),
    (["lost", "d1", "co"], ["competitor"]),
    (["reopen", ""], ["d3"]),
    (["done", ""], ["a1"]),
    (["refund", ""], ["s1"]),
    (["sell", "5", "Acme", "--product", "3xlo"], ["3xLogo kit"]),
    (["deal", "list", "--stage", "q"], ["Qualified"]),
    (["deal", "list", "--stage=q"], ["--stage=Qualified"]),
    (["deal", "list", "--tag", ""], ["web"]),
    (["deal", "list", "-t", ""], ["web"]),
    (["deal", "list", "--owner", "a"], ["Ana"]),
    (["deal", "list", "--pipeline", ""], ["sales"]),
    (["deal", "list", "last-m"], ["last-month"]),
    (["deal", "list", "-f", "j"], ["json", "jsonl"]),
    (["report", "re"], ["revenue", "recurring"]),
    (["report", "revenue", "last-q"], ["last-quarter"]),
    (["report", "revenue", "--by", "cust"], ["customer"]),
    (["show", "d"], ["d3", "d2", "d1"]),
    (["undo", "o2"], ["o2"]),
    (["config", "set", "cl"], ["closed-until"]),
    (["config", "set", "week-start", "s"], ["sun", "sat"]),
    (["config", "set", "color", "n"], ["never"]),
    (["config", "set", "default-owner", ""], ["Ana"]),
    (["completion", ""], list(SHELLS)),
    (["log", "call", "Acme", "--", "--ne"], []),
    (["log", "call", "Acme", "--next-k"], ["--next-kind"]),
    (["--db", "x", "mov"], ["move"]),
]


def test_a_word_is_completed_by_what_it_stands_for(filled):
    assert {" ".join(words): offered(*words) for words, _ in CASES} == {
        " ".join(words): found for words, found in CASES
    }


def test_files_are_left_to_the_shell():
    assert candidates(["deal", "list", "-o", "x"]) == (FILES, [])
    assert candidates(["import", ""]) == (FILES, [])


def test_an_option_is_offered_with_what_it_means():
    assert ("--next", "When the next step is due.") in candidates(["log", "call", "Acme", "--ne"])[1]


def test_own_fields_end_with_the_sign_of_equality(run):
    run("field add customer size number", ok=True)

    assert offered("customer", "list", "--field", "s") == ["size="]


def test_what_was_taken_away_is_not_offered(filled, book):
    filled("reason rm price", ok=True)
    filled("customer merge Acme 'Old Acme Works' -y", ok=True)

    assert "price" not in offered("lost", "d1", "")
    assert offered("log", "call", "old")[:1] in ([], ["Old Acme Works"])  # its old name still finds it


def ask(*words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "salestrack", "--complete", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_zsh_and_fish_get_a_word_and_its_description_a_line(filled):
    assert ask("zsh", "won", "d") == (0, "d2\tBanners · Northwind GmbH\nd1\tNew site · Acme\n", "")
    assert ask("fish", "deal", "list", "-o", "") == (0, ":files\n", "")


@pytest.mark.parametrize("spoil", ["locked", "older", "newer", "damaged", "missing", "config"])
def test_a_book_that_cannot_be_read_gives_no_words_and_no_error(filled, book: Path, tmp_path: Path, spoil):
    with sqlite3.connect(book, isolation_level=None) as other:
        if spoil == "locked":
            other.execute("BEGIN EXCLUSIVE")
        elif spoil in {"older", "newer"}:
            other.execute(f"PRAGMA user_version = {1 if spoil == 'older' else 99}")
        elif spoil == "damaged":
            book.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
        elif spoil == "missing":
            book.unlink()
        elif spoil == "config":
            (tmp_path / "config" / "salestrack").mkdir(parents=True)
            (tmp_path / "config" / "salestrack" / "config.toml").write_text("what = ")
        _, out, err = ask("zsh", "won", "")
        assert (out, err) == ("", "")
        assert ask("zsh", "mov") == (0, "move\tMove a deal to another stage.\n", "")
    other.close()
    if spoil == "older":
        assert sqlite3.connect(book).execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.parametrize(
    "words", [[], [""], ["bash"], ["bash", "", "", ""], ["bash", "'"], ["zsh"], ["tcsh", "x"], ["zsh", "\udcff", ""]]
)
def test_whatever_is_asked_nothing_is_said_on_stderr(words):
    assert ask(*words)[2] == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed(run, shell):
    script = run(["completion", shell], ok=True).stdout

    assert f"--complete {shell}" in script
    assert "strk" in script


def test_a_shell_that_is_not_known_is_refused(run):
    assert (
        run("completion tcsh").stderr
        == "salestrack: there is no completion for 'tcsh'\nhint: one of: bash, zsh, fish\n"
    )


def test_what_is_offered_depends_on_what_stands_before(run):
    for line in (
        "pipeline add Partners --stages 'Talk 10, Deal 50'",
        "deal add 5 Acme Site --new",
        "deal add 5 Acme Shop --pipeline partners",
        "field add deal size text",
        "field add customer tier text",
        "plan call Acme fri",
        "log email Acme -t vip",
    ):
        run(line, ok=True)
    assert offered("move", "d2", "") == ["Talk", "Deal", "Won", "Lost"]
    assert "Proposal" in offered("deal", "edit", "d1", "--stage", "")
    assert offered("field", "edit", "deal", "") == ["size"]
    assert {"no-show", "connected"} <= set(offered("log", "call", "Acme", "--outcome", ""))
    assert offered("follow-up", "add", "pro") == ["Proposal"]
    assert "+3wd" in offered("follow-up", "add", "demo", "call", "+")
    assert offered("score", "add", "ta") == ["task", "tag="]
    assert offered("score", "add", "tag=") == ["tag=vip"]
    assert offered("score", "add", "field:") == ["field:tier="]
    assert offered("snooze", "")[:3] == ["a1", "d2", "d1"]
    assert offered("snooze", "a") == ["a1"]
    assert offered("snooze", "ac") == ["Acme"]
