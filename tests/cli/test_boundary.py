"""Where every error ends: one line, one hint, one exit code; never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from salestrack.cli import program
from salestrack.cli.commands import ENTRIES, SECTIONS
from salestrack.cli.groups import hoisted


def process(*words, environ=None, **more):
    """Run the program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "salestrack", *words],
        capture_output=True,
        text=True,
        timeout=30,
        env=environ,
        check=False,
        **more,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nonsense", 2),
        ("deal nonsense", 2),
        ("deal", 2),
        ("log", 2),
        ("deal list --colour", 2),
        ("deal list -f xml", 2),
        ("deal list fortnight", 2),
        ("deal list --sort nothing", 2),
        ("deal list --owner nobody", 4),
        ("deal list -o report.xyz", 2),
        ("show d1", 4),
        ("won d1", 4),
        ("undo o99", 4),
        ("undo d1", 2),
        ("undo o1", 1),
        ("redo", 4),
        ("--today never deal list", 2),
        ("--color sometimes deal list", 2),
        ("--wait -1 deal list", 2),
        ("history x", 4),
        ("sql", 2),
        ("stage edit Lead", 2),
        ("quota set many", 2),
        ("product add ''", 2),
    ],
)
def test_a_mistake_gives_one_line_and_its_exit_code(run, line, code):
    result = run(line)
    assert (result.exit_code, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr
    if line not in {"deal"}:
        first, *hints = result.stderr.splitlines()
        assert first.startswith("salestrack: ")
        assert all(hint.startswith("hint: ") for hint in hints)
        assert len(hints) <= 1


def test_without_a_book_a_write_is_refused_and_makes_none(tmp_path, monkeypatch):
    monkeypatch.setenv("SALESTRACK_DB", str(tmp_path / "none.db"))
    result = process("log", "call", "Acme", "--new")
    assert result.returncode == 6
    assert "salestrack init" in result.stderr
    assert list(tmp_path.iterdir()) == [] or not (tmp_path / "none.db").exists()
    assert "salestrack init" in process().stdout


def test_with_json_asked_for_an_error_is_json(run):
    result = run("show d7 -f json")
    error = json.loads(result.stderr)
    assert error["exit_code"] == result.exit_code == 4
    assert "d7" in error["message"]


def test_a_closed_pipe_ends_quietly(run, book):
    for _ in range(30):
        run("product add " + os.urandom(8).hex(), ok=True)
    shell = f"{sys.executable} -m salestrack --db {book} product list | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stderr == ""


def test_it_runs_in_an_empty_environment_with_an_ascii_locale(run, book):
    run(["customer", "add", "Müller & Söhne €"], ok=True)
    bare = {"PATH": os.environ["PATH"], "LANG": "C", "LC_ALL": "C"}
    result = subprocess.run(
        [sys.executable, "-m", "salestrack", "--db", str(book), "customer", "list"],
        capture_output=True, timeout=30, env=bare, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "Müller & Söhne €" in result.stdout.decode("utf-8")


def test_global_options_are_understood_anywhere_before_two_dashes(run):
    run("customer add Acme", ok=True)
    assert run("log call acme -q", ok=True).stdout == ""
    assert "2026-01-05" in run("log call acme --today 2026-01-05", ok=True).stdout
    assert hoisted(["log", "call", "x", "--", "--db", "y", "-q"]) == ["log", "call", "x", "--", "--db", "y", "-q"]
    assert hoisted(["log", "--db=a", "x", "-q"]) == ["--db=a", "-q", "log", "x"]


def test_every_command_stands_in_one_section_and_has_a_help_line(run):
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(ENTRIES)
    for entry in ENTRIES.values():
        for one in (entry, *(entry.verbs or {}).values()):
            assert one.help.endswith(".")


def test_aliases_are_fixed_and_unique():
    aliases = {entry.alias: name for name, entry in ENTRIES.items() if entry.alias}
    assert aliases == {"l": "log", "p": "plan", "s": "sell", "t": "today", "r": "report", "f": "find"}


def test_help_answers_for_every_command(run):
    group = program()
    for name, entry in ENTRIES.items():
        for verb in entry.verbs or [None]:
            words = [name, *([verb] if verb else []), "--help"]
            result = run(words)
            assert result.exit_code == 0, words
            assert "Usage: salestrack" in result.stdout, words
    assert group.entries is ENTRIES


def test_the_version_is_printed(run):
    assert run("--version").stdout.startswith("salestrack 0.")


def test_a_config_file_with_an_unknown_key_is_an_error_with_a_suggestion(run, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('decimel = ","\n')
    result = run(["--config", str(path), "deal", "list"])
    assert result.exit_code == 2
    assert "did you mean decimal?" in result.stderr
    path.write_text("decimal = 5\n")
    assert run(["--config", str(path), "deal", "list"]).exit_code == 2
    path.write_text("= broken")
    assert run(["--config", str(path), "deal", "list"]).exit_code == 2
    path.write_bytes(b"\xff\xfe")
    assert run(["--config", str(path), "deal", "list"]).exit_code == 2
    assert run(["--config", str(tmp_path / "missing.toml"), "deal", "list"]).exit_code == 2
    assert run(["--config", str(tmp_path), "deal", "list"]).exit_code == 2


def test_a_decimal_comma_is_understood_and_printed(run, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('decimal = ","\ndate_order = "dmy"\n')
    result = run(["--config", str(path), "sell", "1.200,50", "Acme", "--new", "-d", "15/3/2026"], ok=True)
    assert "Sun 2026-03-15" in result.stdout
    assert "1.200,50 USD" in result.stdout
    assert "1.200,50" in run(["--config", str(path), "sale", "list"], ok=True).stdout


def test_a_database_is_never_overwritten_by_an_answer_or_a_backup(run, book, tmp_path):
    before = book.read_bytes()
    refused = run(["deal", "list", "-f", "csv", "-o", str(book)])
    assert refused.exit_code == 1
    assert "is a database" in refused.stderr
    kept = tmp_path / "keep.txt"
    kept.write_text("keep")
    assert run(["backup", str(kept)]).exit_code == 1
    assert (book.read_bytes(), kept.read_text()) == (before, "keep")


def test_a_full_disk_behind_stdout_is_no_failure_of_what_was_written(run, book, rows):
    if not Path("/dev/full").is_char_device():
        pytest.skip("this machine has no /dev/full")
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "salestrack", "customer", "add", "Acme"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert done.returncode == 0
    assert "could not be printed" in done.stderr
    assert rows("SELECT name FROM customers") == [["Acme"]]


def test_a_closed_stdout_is_no_traceback(run, book):
    line = f"{sys.executable} -m salestrack customer add Acme >&-"
    done = subprocess.run(["bash", "-c", line], stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize(
    ("line", "said"),
    [("lgo call x", "did you mean log?"), ("deal lst", "did you mean list?"), ("reprot", "did you mean report?")],
)
def test_a_misspelt_command_gets_a_suggestion(run, line, said):
    result = run(line)
    assert result.exit_code == 2
    assert said in result.stderr


def test_an_empty_option_is_not_a_default(run):
    run("customer add Acme", ok=True)
    for line in ("log call acme -d ''", "log call acme --for ''", "--db '' deal list", "sell 5 acme -d ''"):
        assert run(line).exit_code == 2, line


def test_names_cannot_play_tricks_on_the_terminal(run):
    assert "\u202e" not in run(["customer", "add", "abc\u202edef"], ok=True).stdout


def test_an_answer_to_a_pipe_or_device_is_written_to_it_and_not_put_in_its_place(run, tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    run(["stage", "list", "-f", "csv", "-o", str(pipe)], ok=True)
    assert os.read(reader, 100).startswith(b"name,")
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["config.toml", "./more/../config.toml"])
def test_the_programs_own_config_file_is_never_replaced(run, tmp_path, name):
    config = tmp_path / "config.toml"
    config.write_text('decimal = ","\n')
    (tmp_path / "more").mkdir()
    result = run(["--config", str(config), "deal", "list", "-f", "csv", "-o", f"{tmp_path}/{name}"])
    assert result.exit_code == 1
    assert "is the config file and stays as it is" in result.stderr
    assert config.read_text() == 'decimal = ","\n'


def test_several_records_are_no_single_table(run):
    run("deal add 10 Acme One --new", ok=True)
    run("deal add 10 Acme Two", ok=True)
    result = run("show d1,d2 -f csv")
    assert result.exit_code == 2
    assert "hint: ask for one record, or use -f json" in result.stderr
