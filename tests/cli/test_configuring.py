import json
import os
from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "salestrack" / "config.toml"


@pytest.fixture
def editor(tmp_path: Path, monkeypatch):
    """Make an editor that puts a text in place of what it opens."""

    def make(text: str | None, code: int = 0) -> None:
        wanted, program = tmp_path / "wanted", tmp_path / "editor"
        wanted.write_text(text or "")
        program.write_text(f"#!/bin/sh\n{'' if text is None else f'cat {wanted} > $1'}\nexit {code}\n")
        program.chmod(0o755)
        monkeypatch.setenv("EDITOR", str(program))

    return make


def settings(run, *words: str) -> dict[str, dict[str, str]]:
    rows = json.loads(run([*words, "config", "list", "-f", "json"], ok=True).stdout)["rows"]
    return {row["name"]: row for row in rows}


def test_the_list_says_where_each_value_comes_from(run, file, monkeypatch):
    run("config set date-order dmy", ok=True)
    run("config set stale-days 21", ok=True)
    monkeypatch.setenv("SALESTRACK_OWNER", "Ana")

    found = settings(run, "--wait", "9")

    assert {name: (found[name]["value"], found[name]["source"]) for name in found} == {
        "book": (os.environ["SALESTRACK_DB"], "environment"),
        "decimal": (".", "default"),
        "date-order": ("dmy", "file"),
        "owner": ("Ana", "environment"),
        "color": ("auto", "default"),
        "wait": ("9", "option"),
        "currency": ("USD", "book"),
        "week-start": ("mon", "book"),
        "fiscal-start": ("jan", "book"),
        "working-days": ("mon-fri", "book"),
        "closed-until": (None, "default"),
        "tax-rate": (None, "default"),
        "reason-required": ("yes", "default"),
        "default-owner": (None, "default"),
        "stale-days": ("21", "book"),
    }


@pytest.mark.parametrize("form", ["table", "plain", "csv", "tsv", "json", "jsonl", "md", "html"])
def test_the_list_is_printed_in_every_format(run, form):
    assert "closed-until" in run(["config", "list", "-f", form], ok=True).stdout


def test_without_a_book_a_persons_own_settings_are_there(run, tmp_path):
    missing = str(tmp_path / "none.db")

    assert "currency" not in settings(run, "--db", missing)
    assert run(["--db", missing, "config", "set", "decimal", ","], ok=True).exit_code == 0
    assert run(["--db", missing, "config", "get", "decimal"], ok=True).stdout == ",\n"
    assert run(["--db", missing, "config", "get", "currency"]).exit_code == 6
    assert run(["--db", missing, "config", "set", "week-start", "sun"]).exit_code == 6


def test_get_prints_the_value_alone(run):
    assert run("config get currency", ok=True).stdout == "USD\n"
    assert run("config get WEEK_START", ok=True).stdout == "mon\n"
    assert run("config get tax-rate", ok=True).stdout == "\n"


def test_a_name_that_is_no_setting_is_refused_with_the_likeliest_one(run):
    refused = run("config set closed-util 2026-01-31")

    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (2, "hint: did you mean closed-until?")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("week-start", "Sunday", "week start mon -> sun"),
        ("fiscal_start", "4", "fiscal start jan -> apr"),
        ("working-days", "mon,wed,fri", "working days mon-fri -> mon,wed,fri"),
        ("tax-rate", "8.875 %", "tax rate none -> 8.875"),
        ("reason-required", "no", "reason required yes -> no"),
        ("stale-days", "30", "stale days none -> 30"),
        ("currency", "eur", "currency USD -> EUR"),
        ("closed-until", "2026-02-28", "closed until none -> 2026-02-28"),
    ],
)
def test_a_setting_of_the_book_is_one_operation_that_undo_takes_back(run, rows, name, value, shown):
    before = rows("SELECT key, value FROM settings ORDER BY key")

    assert run(["config", "set", name, value], ok=True).stdout == f"{shown} · undo: o2\n"
    run("undo", ok=True)
    assert rows("SELECT key, value FROM settings ORDER BY key") == before
    run("redo", ok=True)
    old, new = shown.split()[-3::2]
    assert run(["config", "get", name], ok=True).stdout == f"{new}\n"
    if name != "currency":
        run(["config", "unset", name], ok=True)
        assert run(["config", "get", name], ok=True).stdout == ("\n" if old == "none" else f"{old}\n")


def test_what_is_so_already_writes_nothing(run, rows):
    assert run("config set week-start mon", ok=True).stdout == "week start: mon already\n"
    assert run("config unset closed-until", ok=True).stdout == "closed until: none already\n"
    assert rows("SELECT count(*) FROM operations") == [["1"]]


def test_the_currency_is_fixed_once_there_is_money(run):
    run("sell 100 Acme Logo --new", ok=True)

    refused = run("config set currency EUR")

    assert refused.exit_code == 1
    assert "USD and stays: there is money in the book" in refused.stderr


def test_the_default_owner_is_somebody_who_sells(run):
    assert run("config set default-owner Ana").exit_code == 4
    run("owner add Ana", ok=True)
    assert run("config set default-owner ana", ok=True).stdout == "default owner none -> Ana · undo: o3\n"


def test_stale_days_hold_where_a_stage_says_nothing(run):
    run("deal add 5000 Acme Site --new -d 2026-03-10", ok=True)

    def reasons() -> set[str]:
        return {row["reason"] for row in json.loads(run("report slipping -f json", ok=True).stdout)["rows"]}

    assert "stale" not in reasons()
    run("config set stale-days 5", ok=True)
    assert "stale" in reasons()


def test_a_setting_of_the_file_says_the_file_and_what_comes_before_it(run, file, monkeypatch):
    monkeypatch.setenv("SALESTRACK_OWNER", "Bo")

    said = run("config set owner Ana", ok=True)

    assert said.stdout == f"owner none -> Ana · {file}\n"
    assert said.stderr == "note: SALESTRACK_OWNER is set to Bo and comes first\n"
    assert run("config set owner -", ok=True).stdout == f"owner Ana -> none · {file}\n"


def test_a_wrong_value_can_be_mended_by_setting_it(run, file):
    file.parent.mkdir(parents=True)
    file.write_text('# mine\ncolor = "blue"\n')

    assert run("config get color").exit_code == 2
    assert run("config set color never", ok=True)
    assert file.read_text() == '# mine\ncolor = "never"\n'


def test_check_names_line_and_key_and_what_comes_before(run, file, monkeypatch):
    file.parent.mkdir(parents=True)
    file.write_text('owner = "Ana"\ncolour = "auto"\nwait = "long"\n')
    monkeypatch.setenv("SALESTRACK_OWNER", "Bo")
    monkeypatch.setenv("SALESTRACK_DECIMAL", ";")
    monkeypatch.setenv("SALESTRACK_OWNR", "Bo")

    checked = run("config check -f json")

    assert checked.exit_code == 2
    assert [(row["where"], row["line"], row["problem"], row["hint"]) for row in json.loads(checked.stdout)["rows"]] == [
        (str(file), 2, "unknown key 'colour'", "did you mean color?"),
        (str(file), 3, "wait = 'long' will not do", "seconds to wait for a book in use: from 0 to 86400"),
        ("SALESTRACK_DECIMAL", None, "';' will not do", 'the decimal mark you type: "." or ","'),
        ("SALESTRACK_OWNR", None, "nothing reads this variable", "did you mean SALESTRACK_OWNER?"),
    ]
    assert "SALESTRACK_OWNER comes before owner, which the file sets to Ana" in run("config check").stdout


def test_check_has_nothing_to_say_where_nothing_is_wrong(run, file):
    said = run("config check", ok=True)

    assert said.stdout == f"{file} · nothing is wrong\n"
    assert "every setting has its default" in said.stderr


def test_edit_saves_what_can_be_used_and_leaves_the_file_otherwise(run, file, editor):
    editor('owner = "Ana"\n')
    assert run("config edit", ok=True).stdout == f"{file} · saved\n"
    assert file.read_text() == 'owner = "Ana"\n'
    editor(None)
    assert run("config edit", ok=True).stdout == f"{file} · not changed\n"
    editor('ownr = "Ana"\n')
    refused = run("config edit")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("line 1: unknown key 'ownr'; did you mean owner?\n")
    editor('owner = "Bo"\n', code=1)
    assert run("config edit").exit_code == 1
    assert file.read_text() == 'owner = "Ana"\n'


def test_edit_begins_with_every_key_explained(run, file, editor):
    editor(None)

    run("config edit", ok=True)

    assert "# date_order = " in file.read_text()


def test_edit_without_an_editor_says_so(run, monkeypatch):
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)

    assert run("config edit").stderr == "salestrack: there is no editor to open\nhint: say which: export EDITOR=nano\n"
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    assert "cannot start the editor" in run("config edit").stderr


def test_init_writes_the_settings_it_asked_for_among_the_explained_ones(run, file, tmp_path):
    run(["--db", str(tmp_path / "b.db"), "init", "--decimal", ",", "--fiscal-start", "apr"], ok=True)

    assert '\ndecimal = ","\n' in file.read_text()
    assert settings(run, "--db", str(tmp_path / "b.db"))["fiscal-start"]["value"] == "apr"
