"""The file of an export: what it is called says its format, it is its owner's alone, and what it replaces is said."""

import gzip
import json
import stat
from pathlib import Path

import pytest


@pytest.fixture
def sold(run):
    run("sell 5 Acme a --new -d 2026-03-02", ok=True)
    run("sell 6 Beta b --new -d 2026-03-03", ok=True)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", ["s.csv", "s.json", "s.jsonl", "s.tsv", "s.csv.gz", "s.json.gz"])
def test_an_answer_says_what_a_file_replaced_and_with_how_many_rows_fewer(run, sold, tmp_path, name):
    file = tmp_path / name
    run(["log", "note", "Acme", 'two\nlines and "quotes"'], ok=True)
    run(["sell", "7", "Acme", 'a "b"\nc', "-d", "2026-03-04"], ok=True)
    assert run(f"export sales -o {file}", ok=True).stderr == f"note: wrote {file}\n"
    assert run(f"export sales -o {file}", ok=True).stderr == f"note: replaced {file}\n"
    answer = run(f"export sales --customer Beta -o {file}", ok=True)
    assert answer.stderr == f"note: replaced {file} (1 row; it had 3)\n"


def test_the_ending_says_the_format(run, sold, tmp_path):
    for name in ("s.tsv", "s.csv", "s.csv.gz", "s", "s.TSV"):
        run(f"export sales 2026-03-02 -o {tmp_path / name}", ok=True)
    comma = run("export sales 2026-03-02", ok=True).stdout
    assert (tmp_path / "s.csv").read_text() == (tmp_path / "s").read_text() == comma
    assert (tmp_path / "s.tsv").read_text() == (tmp_path / "s.TSV").read_text() == comma.replace(",", "\t")
    assert gzip.decompress((tmp_path / "s.csv.gz").read_bytes()).decode() == comma
    assert run("export sales 2026-03-02 -f tsv", ok=True).stdout == comma.replace(",", "\t")
    again = (tmp_path / "s.csv.gz").read_bytes()
    run(f"export sales 2026-03-02 -o {tmp_path}/s.csv.gz", ok=True)
    assert (tmp_path / "s.csv.gz").read_bytes() == again
    for name in ("s.tsv", "s.csv.gz"):
        assert "1 same" in run(f"import {tmp_path / name}", ok=True).stdout


@pytest.mark.parametrize("name", ["s.txt", "s.ics", "s.csv.bak", "s.zip", "s.txt.gz"])
def test_an_unknown_ending_is_refused_unless_the_format_is_said(run, sold, tmp_path, name):
    file = tmp_path / name
    refused = run(f"export sales -o {file}")
    assert refused.exit_code == 2
    assert "the endings are .csv, .tsv, .jsonl, .json, each also with .gz" in refused.stderr
    assert not file.exists()
    run(f"export sales -f csv -o {file}", ok=True)
    assert file.exists()


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.tar.gz", "a.txt"])
def test_the_whole_book_makes_no_folder_of_a_files_name(run, sold, tmp_path, name):
    refused = run(f"export all -o {tmp_path / name} ")
    assert refused.exit_code == 2
    assert f"-o {tmp_path}/a.zip, or -o {tmp_path}/a" in refused.stderr
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("line", ["export sales -o {}/no/s.csv", "export all -o {}/no/b.zip"])
def test_a_missing_folder_is_named(run, sold, tmp_path, line):
    assert f"hint: there is no folder {tmp_path}/no; make it first" in run(line.format(tmp_path)).stderr


def test_new_files_are_for_their_owner_alone_and_others_keep_their_mode(run, sold, tmp_path):
    for line in ("export sales -o {}", "export --hledger -o {}.journal", "sale list -o {}.csv"):
        file = tmp_path / line.split()[-1].format("x")
        run(line.format(tmp_path / "x"), ok=True)
        assert mode(file) == 0o600
        file.chmod(0o640)
        run(line.format(tmp_path / "x"), ok=True)
        assert mode(file) == 0o640


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_no_archive_takes_the_place_of_another_book_or_of_another_kind(run, sold, tmp_path, name):
    out, other = tmp_path / name, f"--db {tmp_path}/other.db"
    run(f"{other} init --currency USD", ok=True)
    run(f"{other} sell 5 Acme x --new", ok=True)
    run(f"export all -o {out}", ok=True)
    for line, said in (
        (f"{other} export all -o {out}", "holds an export of another book and stays as it is"),
        (f"export all --customer Beta -o {out}", "holds a whole book and stays as it is"),
    ):
        refused = run(line)
        assert refused.exit_code == 1
        assert f"{out} {said}" in refused.stderr
        assert "hint: name another" in refused.stderr
    run(f"export all -o {out}", ok=True)  # of the same book it does
    run(f"{other} import {out} -n", ok=True)


def test_no_hand_out_takes_the_place_of_another_ones(run, sold, tmp_path):
    out, other = tmp_path / "J", f"--db {tmp_path}/other.db"
    run(f"{other} init --currency USD", ok=True)
    run(f"{other} sell 5 Acme x --new", ok=True)
    run(f"export all --customer Acme -o {out}", ok=True)
    for line, said in (
        (f"export all --customer Beta -o {out}", "holds what was handed out of c1"),
        (f"export all -o {out}", "holds what was handed out of c1"),
        (f"{other} export all --customer Acme -o {out}", "holds an export of another book"),
    ):
        assert f"{out} {said} and stays as it is" in run(line).stderr
    run(f"export all --customer Acme -o {out}", ok=True)
    assert json.loads((out / "manifest.json").read_text())["customer"] == "c1"


def test_a_hand_out_says_whom_it_is_about_and_who_else_is_in_it(run, tmp_path):
    run("contact add Jane Acme --email jane@acme.example --new", ok=True)
    run("contact add Umit Acme", ok=True)
    by_address = run(f"export all --customer jane@acme.example -o {tmp_path}/J", ok=True)
    assert by_address.stderr.splitlines() == [
        f"note: wrote {tmp_path}/J: all about Acme (c1): 3 rows in 4 files",
        "note: Jane (n1) is a contact of Acme: all of Acme is in it, 1 other contact too",
    ]
    assert run(f"export all --customer Acme -o {tmp_path}/J", ok=True).stderr.count("note:") == 1


@pytest.mark.parametrize("line", ["export all --ics", "export all --hledger"])
def test_what_is_for_programs_is_no_whole_book(run, line):
    assert run(line).exit_code == 2


def test_a_piped_table_is_no_wider_than_its_own_lines(run, sold):
    run(["log", "note", "Acme", "long " * 500], ok=True)
    lines = run("activity list", ok=True).stdout.splitlines() + run("sale list", ok=True).stdout.splitlines()
    assert lines == [line.rstrip() for line in lines]
    run("log note Acme short", ok=True)
    assert sorted(map(len, run("activity list", ok=True).stdout.splitlines()))[-2] < 100
