"""Control characters get into no book, and what an old book holds of them keeps no export from coming back."""

import json
import sqlite3

import pytest

from salestrack.domain.texts import plain

WRITTEN = "a\0b\x1b[1m\vc\rd\r\ne\tf\x7f\x9f"
KEPT = "ab[1m\nc\nd\r\ne\tf"


def test_a_text_loses_its_control_characters_and_keeps_its_lines():
    assert plain(WRITTEN) == KEPT
    assert plain(KEPT) == KEPT


def test_no_control_character_gets_into_the_book(run, rows):
    run("log note Acme - --new -d 2026-03-02", stdin=WRITTEN, ok=True)
    run(["log", "note", "Acme", "x\x01y"], ok=True)
    run(["sell", "5", "Acme", "ti\x07tle", "--ref", "R\x02"], ok=True)
    run(["contact", "add", "Jo", "Acme", "--role", "\x04", "--note", "n\x05"], ok=True)
    run(["deal", "add", "5", "Acme", "Plan"], ok=True)
    run(["deal", "edit", "d1", "--note", "as\x06 said"], ok=True)

    assert [[bytes.fromhex(note).decode()] for (note,) in rows("SELECT hex(note) FROM activities")] == [[KEPT], ["xy"]]
    assert rows("SELECT title, ref FROM sales") == [["title", "R"]]
    assert rows("SELECT n.role, n.note, d.note FROM contacts n JOIN deals d") == [["", "n", "as said"]]


def test_an_import_leaves_them_out(run, rows, tmp_path):
    file = tmp_path / "calls.csv"
    file.write_bytes(b"date,kind,customer,note\n2026-03-02,call,Acme,a\x01b\x0bc\n")
    run(f"import {file} --as activities --new customers", ok=True)

    assert [bytes.fromhex(note) for (note,) in rows("SELECT hex(note) FROM activities")] == [b"ab\nc"]


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.csv --excel"])
def test_what_an_old_book_holds_of_them_is_left_out_of_its_exports_which_come_back(run, rows, book, tmp_path, name):
    run("log note Acme plain --new -d 2026-03-02", ok=True)
    with sqlite3.connect(book) as old:
        old.execute("UPDATE activities SET note = ?", (WRITTEN,))
    file = tmp_path / name.partition(" ")[0]
    run(f"export activities -o {tmp_path}/{name}", ok=True)
    new = f"--db {tmp_path}/new.db"
    run(f"{new} init --currency USD", ok=True)
    run(f"{new} import {file} --new customers", ok=True)

    answer = run(f"{new} sql 'SELECT note FROM activities' -f json", ok=True)
    assert json.loads(answer.stdout)["rows"] == [{"note": KEPT}]


def test_wide_signs_of_a_formula_are_guarded_for_a_spreadsheet_and_come_back(run, tmp_path):
    for text in ("＝3+3", "＋1", "－1", "＠x"):
        run(["log", "note", "Acme", text, "--new", "-d", "2026-03-02"], ok=True)
    file = tmp_path / "a.csv"
    run(f"export activities --excel -o {file}", ok=True)

    assert [line.split(",")[-2] for line in file.read_text("utf-8-sig").splitlines()[1:]] == [
        "'＝3+3", "'＋1", "'－1", "'＠x",
    ]  # fmt: skip
    assert "4 same" in run(f"import {file}", ok=True).stdout
