"""Records in an editor: small scripts stand in for it, and nothing that a person wrote is lost."""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.walks import dump

from salestrack.store import Store

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]
Editor = Callable[[str], None]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Make a shell script the editor; the file to edit is its last argument."""
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(drafts))
    monkeypatch.delenv("VISUAL", raising=False)

    def set_up(script: str) -> None:
        path = tmp_path / "editor.sh"
        path.write_text(f"#!/bin/sh\nfor file; do :; done\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setenv("EDITOR", str(path))

    return set_up


@pytest.fixture
def deal(run: Run) -> Run:
    for line in (
        "owner add Ana",
        "deal add 1000 Acme Website --new -d 2026-03-02 -t old",
        "log call Acme hello --deal d1 -d '2026-03-12 10:00'",
        "sell 200 Acme --deal d1 --tax 19%",
        "field add deal size number",
        "contact add Jane Acme",
        "product add Build 100",
        "quota set 5000 2026Q1",
    ):
        run(line, ok=True)
    return run


def kept(result: Any) -> str:
    """Return the text that an error says is kept."""
    found = re.search(r"what you wrote is kept in ([^\s)]+)", result.stderr)
    assert found, result.stderr
    return Path(found[1]).read_text(encoding="utf-8")


def test_what_is_changed_in_the_document_is_changed_in_the_book(
    deal: Run, rows: Rows, store: Store, editor: Editor
) -> None:
    editor(
        r"""sed -i -e 's/^amount = .*/amount = "1,250.50"/' -e 's/^close = ""/close = 2026-04-30/' """
        r"""-e 's/^owner = ""/owner = "ana"/' -e 's/"old"/"new", "big"/' -e 's/^size = ""/size = "40"/' """
        r'''-e 's/^probability = ""/probability = 40/' -e 's/^note = ""/note = """\nfirst\nsecond\n"""/' "$file" '''
    )
    answer = deal("deal edit acme --editor", ok=True).stdout
    assert answer == (
        "d1 · Acme · Website · amount 1,000.00 USD -> 1,250.50 USD · close none -> Thu 2026-04-30 · "
        "probability none -> 40 % · owner none -> Ana · note none -> first second · tag +big · tag +new · tag -old · "
        "size none -> 40 · undo: o10\n"
    )
    assert rows("SELECT amount, expected_on, probability, fields FROM deals") == [
        ["125050", "2026-04-30", "40", '{"size": "40"}']
    ]
    assert store.deals.get(1).note == "first\nsecond"


def test_undo_takes_back_what_an_editor_did_to_several_records(deal: Run, store: Store, editor: Editor) -> None:
    before = dump(store)
    editor(r"""sed -i -e 's/^note = .*/note = "seen"/' "$file" """)
    answer = deal("edit d1,c1 a1 s1 n1 --editor -y", ok=True).stdout
    assert answer.startswith("5 records · note -> seen (d1, c1, a1, s1, n1) · undo: o10")
    deal("undo", ok=True)
    assert dump(store) == before


def test_many_records_in_a_document_need_to_be_meant_too(deal: Run, store: Store, editor: Editor) -> None:
    before = dump(store)
    editor(r"""sed -i -e 's/^note = .*/note = "seen"/' "$file" """)
    result = deal("edit d1,c1 a1 --editor")
    assert (result.exit_code, "this changes 3 records" in result.stderr) == (2, True)
    assert 'note = "seen"' in kept(result)
    assert dump(store) == before


def test_an_empty_text_empties_and_a_line_taken_out_changes_nothing(deal: Run, rows: Rows, editor: Editor) -> None:
    deal("deal edit d1 --source fair --campaign spring", ok=True)
    editor(r"""sed -i -e 's/^source = .*/source = ""/' -e '/^campaign/d' -e '/^tags/d' "$file" """)
    assert "source fair -> none" in deal("edit d1 --editor", ok=True).stdout
    assert rows("SELECT source, campaign, (SELECT count(*) FROM deal_tags) FROM deals") == [["", "spring", "1"]]


def test_an_editor_with_arguments_is_understood(
    deal: Run, rows: Rows, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(r"""test "$1" = --wait && sed -i -e 's/"Website"/"Web shop"/' "$file" """)
    monkeypatch.setenv("VISUAL", f"'{sys.executable}' -c 'import subprocess, sys, os; "
                       "sys.exit(subprocess.call([os.environ[\"EDITOR\"], \"--wait\", sys.argv[-1]]))'")  # fmt: skip
    deal("edit d1 --editor", ok=True)
    assert rows("SELECT title FROM deals") == [["Web shop"]]


@pytest.mark.parametrize("ref", ["d1", "c1", "n1", "a1", "s1", "p1", "q1", "d1,c1,n1,a1,s1,p1,q1"])
def test_a_document_closed_as_it_is_changes_nothing(
    deal: Run, store: Store, editor: Editor, ref: str, tmp_path: Path
) -> None:
    before = dump(store)
    editor("true")
    result = deal(f"edit {ref} --editor")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "note: nothing was changed\n")
    assert dump(store) == before
    assert list((tmp_path / "drafts").iterdir()) == []


@pytest.mark.parametrize("ref", ["d1", "c1", "n1", "a1", "s1", "p1", "q1"])
def test_a_document_saved_anew_with_the_same_values_changes_nothing(deal: Run, editor: Editor, ref: str) -> None:
    editor("""echo '# a remark' >> "$file" """)
    result = deal(f"edit {ref} --editor")
    assert (result.exit_code, result.stderr) == (0, "note: nothing was changed\n")


@pytest.mark.parametrize(
    ("script", "code", "sentence"),
    [
        ('s/^amount = .*/amount = "1.200"/', 2, "line 10, amount: amount '1.200' could be 1200 or 1.200"),
        ('s/^close = .*/close = "soonish"/', 2, "line 11, close: "),
        ("s/^amount = .*/amount = 12 USD/", 2, "line 10: "),
        ("s/^amount/amuont/", 2, "line 10: d1 is a deal and has no 'amuont' to change"),
        ('s/^size = .*/sizes = "4"/', 2, "sizes: that is none of your own fields of d1"),
        ('s/^size = .*/size = "much"/', 2, "size: size 'much' is not a number"),
        ('s/^tags = .*/tags = "big"/', 2, "tags: write tags as a list"),
        ('s/^title = .*/title = ""/', 2, "line 5, title: the title of a deal cannot be empty"),
        ("s/^title = .*/title = true/", 2, "line 5, title: write a text in quotes"),
        ("s/^\\[d1\\]/[d7]/", 2, "line 4: 'd7' is none of the records that were opened"),
        ('s/^stage = .*/stage = "Won"/', 1, "an edit does not close a deal"),
        ('s/^owner = .*/owner = "Zoe"/', 4, "owner: no owner is called 'Zoe'"),
    ],
)
def test_a_bad_value_is_named_with_its_line_and_the_text_is_kept(
    deal: Run, store: Store, editor: Editor, script: str, code: int, sentence: str
) -> None:
    before = dump(store)
    editor(f"sed -i -e '{script}' \"$file\"")
    result = deal("edit d1 --editor")
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    assert sentence in result.stderr
    assert "[d" in kept(result)
    assert dump(store) == before


def test_what_somebody_changed_meanwhile_is_not_overwritten(deal: Run, rows: Rows, editor: Editor) -> None:
    editor(
        f"""sed -i -e 's/^amount = .*/amount = "700"/' "$file"
        {sys.executable} -m salestrack deal edit d1 --amount 1100 >/dev/null"""
    )
    result = deal("edit d1 --editor")
    assert result.exit_code == 1
    assert (
        "somebody changed d1 meanwhile: its amount is '1100.00 USD' now, not '1000.00 USD'; nothing was written"
        in result.stderr
    )
    assert 'amount = "700"' in kept(result)
    assert rows("SELECT amount FROM deals") == [["110000"]]


def test_a_change_of_another_record_meanwhile_is_none_of_our_business(deal: Run, rows: Rows, editor: Editor) -> None:
    editor(
        f"""sed -i -e 's/^amount = .*/amount = "700"/' "$file"
        {sys.executable} -m salestrack customer edit acme --phone 123456 >/dev/null"""
    )
    deal("edit d1 c1 --editor", ok=True)
    assert rows("SELECT amount, phone FROM deals, customers") == [["70000", "123456"]]


def test_an_editor_that_ends_badly_changes_nothing_and_keeps_what_was_written(
    deal: Run, store: Store, editor: Editor, tmp_path: Path
) -> None:
    before = dump(store)
    editor("exit 3")
    result = deal("edit d1 --editor")
    assert (result.exit_code, "ended with 3; nothing was changed" in result.stderr) == (1, True)
    assert list((tmp_path / "drafts").iterdir()) == []
    editor("""echo 'x = "y"' >> "$file"; exit 3""")
    assert 'x = "y"' in kept(deal("edit d1 --editor"))
    assert dump(store) == before


def test_without_an_editor_the_error_says_how_to_name_one(
    deal: Run, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "")
    assert "hint: say which: export EDITOR=nano" in deal("edit d1 --editor").stderr
    monkeypatch.setenv("EDITOR", "/nowhere/ed")
    assert "cannot start the editor /nowhere/ed" in deal("edit d1 --editor").stderr
    monkeypatch.setenv("EDITOR", "ed 'x")
    assert "a quote is not closed" in deal("edit d1 --editor").stderr


def test_options_and_the_editor_exclude_each_other(deal: Run, editor: Editor) -> None:
    editor("true")
    assert deal("edit d1 --editor --note x").exit_code == 2


def test_a_document_may_be_about_another_day(deal: Run, rows: Rows, editor: Editor) -> None:
    editor(r"""grep -q 'so since 2026-03-10' "$file" && sed -i -e 's/^amount = .*/amount = "1500"/' "$file" """)
    deal("deal edit d1 --editor -d 2026-03-10", ok=True)
    assert rows("SELECT from_on, amount FROM deal_history ORDER BY id") == [
        ["2026-03-02", "100000"],
        ["2026-03-10", "150000"],
    ]


def test_the_persons_decimal_mark_is_used(deal: Run, rows: Rows, editor: Editor, tmp_path: Path) -> None:
    config = tmp_path / "comma.toml"
    config.write_text('decimal = ","\n', encoding="utf-8")
    editor(r"""grep -q 'amount = "1000,00 USD"' "$file" && sed -i -e 's/1000,00/1000,50/' "$file" """)
    deal(f"--config {config} edit d1 --editor", ok=True)
    assert rows("SELECT amount FROM deals") == [["100050"]]


def test_texts_that_look_like_toml_survive(deal: Run, store: Store, editor: Editor) -> None:
    odd = 'say "hi" \\ [d1]\nx = """y"""\n# no remark'
    deal(["deal", "edit", "d1", "--note", odd], ok=True)
    editor(r"""sed -i -e 's/"Website"/"Shop"/' "$file" """)
    assert "title Website -> Shop · undo" in deal("edit d1 --editor", ok=True).stdout
    assert store.deals.get(1).note == odd


@pytest.mark.parametrize("end", ["exit 0", "exit 3"])
def test_an_editor_that_leaves_no_file_changes_nothing(deal: Run, store: Store, editor: Editor, end: str) -> None:
    editor(f'rm -f "$file"; {end}')
    before = dump(store)
    result = deal("edit d1 --editor")
    assert result.exit_code == 1
    assert "nothing was changed" in result.stderr
    assert dump(store) == before
