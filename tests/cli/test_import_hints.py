"""What a refusal proposes works when it is typed just so, whatever stands in the cell."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salestrack.importers.typed import adding, as_word, value_option

Run = Callable[..., Any]
# kind, header, cells, what is typed: a further option, or a command before the same import again
PROPOSED = [
    ("deals", "title,stage", ["A", "Leed"], "--value"),
    ("deals", "title,stage", ["A", "Nope"], "--new stages"),
    ("deals", "title,stage", ["A", "Is Won, yes"], "--value"),
    ("deals", "title,stage,pipeline", ["A", "Lead", "New biz's"], "salestrack pipeline add"),
    ("deals", "title,stage,pipeline", ["A", "Lead", "Nord"], "salestrack pipeline add"),
    ("deals", "title,stage,pipeline", ["A", "Lead", "Nord"], "--value"),
    ("deals", "title,stage,customer", ["A", "Lead", "O'Brien & Sohn"], "--value"),
    ("deals", "title,stage,customer", ["A", "Lead", "O'Brien & Sohn"], "--new customers"),
    ("deals", "title,stage,customer", ["A", "Lead", "two"], "--value"),
    ("deals", "title,stage,customer,contact", ["A", "Lead", "Acme", "Tom"], "--value"),
    ("deals", "title,stage,amount,currency", ["A", "Lead", "5", "Euro"], "--value"),
    ("deals", "title,stage,product", ["A", "Lead", "Biuld"], "--value"),
    ("sales", "date,amount,customer,deal", ["2026-01-01", "5", "Acme", "Big"], "--value"),
    ("sales", "date,amount,customer,email", ["2026-01-01", "5", "Acme", "z@other.example"], "--value"),
    ("sales", "date,amount,customer,email", ["2026-01-01", "5", "Acme", "z@other.example"], "--new customers"),
    ("activities", "date,kind", ["2026-01-01", "fax"], "--value"),
    ("activities", "date,kind", ["2026-01-01", "house call"], "salestrack kind add"),
    ("activities", "date,kind,direction", ["2026-01-01", "call", "up"], "--value"),
    ("activities", "date,kind,done", ["2026-01-01", "call", "per'haps"], "--value"),
]  # fmt: skip


@pytest.fixture
def ready(run: Run) -> Run:
    """Return a call on a book with names that are easily mistaken, or several people's."""
    for line in (
        "customer add Acme --email info@acme.example", "customer add 'O\\'Brien & Son'", "customer add Blue --alias two", "customer add Red",
        "contact add Tom Acme", "contact add Tom Acme --new", "product add Build 5", "deal add 100 Acme Big", "deal add 100 Acme Big",
    ):  # fmt: skip
        run(line.replace("'O\\'Brien & Son'", '"O\'Brien & Son"'), ok=True)
    run("import - --as customers --source x", stdin="id,name,alias\nR,Red,two\n", ok=True)
    return run


@pytest.mark.parametrize(("kind", "header", "cells", "typed"), PROPOSED, ids=[f"{n:02}" for n in range(len(PROPOSED))])
def test_a_hint_does_what_it_promises(
    ready: Run, tmp_path: Path, kind: str, header: str, cells: list[str], typed: str
) -> None:
    file = tmp_path / "f.csv"
    quoted = ",".join(f'"{cell}"' for cell in cells)
    file.write_text(f"{header}\n{quoted}\n")
    first = ready(f"import {file} --as {kind}").stderr.splitlines()[0]
    assert first.startswith("f.csv: line 2, ")
    start = first.index(typed)
    words = shlex.split(first[start:].partition(";")[0])
    if typed.startswith("salestrack"):
        ready(words[1:], ok=True)
        words = []
    assert "1 new" in ready(["import", str(file), "--as", kind, *words[:2]], ok=True).stdout


def test_a_meaning_that_nothing_has_is_told_with_the_cell_that_was_given_it(run: Run) -> None:
    text = "title,stage\nA,Offen\n"
    result = run(["import", "-", "--as", "deals", "--value", "stage:Offen=Leed"], stdin=text).stderr
    assert "stage 'Offen': means 'Leed', and no stage is called that; " in result
    assert "did you mean Lead? --value 'stage:Offen=Lead' in place of what you said; " in result
    run(["import", "-", "--as", "deals", "--value", "stage:Offen=Lead"], stdin=text, ok=True)


@pytest.mark.parametrize("cell", ["", "a=b", "x" * 61, "a\x1b[31m", "a\nb"])
def test_a_cell_that_cannot_be_typed_gets_no_option(cell: str) -> None:
    assert value_option("stage", cell, "Lead") == ""


@pytest.mark.parametrize("text", ["plain", "two words", "it's", "it's $5 `x`", "a!b", '"q"', "'", "ä€"])
def test_words_keep_together_in_a_shell(text: str) -> None:
    assert shlex.split(value_option("stage", text, "Lead")) == ["--value", f"stage:{text}=Lead"]
    assert shlex.split(adding("pipeline", text).partition(": ")[2])[3:] == [text]
    assert shlex.split(as_word(text)) == [text]


def test_a_name_that_no_command_takes_is_left_to_the_reader() -> None:
    assert adding("kind", "-x") == adding("kind", "a\x07") == "to add it: salestrack kind add NAME"


def test_several_files_are_told_of_a_folder_for_their_bad_rows(run: Run, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("title,stage\nA,Nope\n")
    result = run(f"import {tmp_path}/a.csv {tmp_path}/b.csv --as deals")
    assert result.stderr.endswith("hint: mend them, or set them aside with --rejects FOLDER\n")
    assert run(f"import {tmp_path}/a.csv {tmp_path}/b.csv --as deals --rejects {tmp_path}/bad").exit_code == 3


def test_a_custom_field_that_the_kind_cannot_have_is_a_column_that_is_not_read(run: Run) -> None:
    result = run("import - --as quotas", stdin="period,target,field:x\n2026,5,1\n", ok=True)
    assert result.stderr == "note: columns that are not read: field:x\n"


def test_a_header_that_is_no_name_of_a_field_is_named_with_another_way(run: Run) -> None:
    text = "name,field:\x1b[31m\nAnn,red\n"
    result = run("import - --as customers", stdin=text)
    assert result.stderr == (
        "salestrack: column 'field:\ufffd[31m': the field's name holds a control character\n"
        "hint: give it another name: --map field:NAME=#2\n"
    )
    assert (
        "added 1 field: colour"
        in run(["import", "-", "--as", "customers", "--map", "field:colour=#2"], stdin=text, ok=True).stdout
    )


def test_columns_of_stages_that_nobody_has_are_told_together_each_with_a_way_out(run: Run) -> None:
    text = "title,stage,entered:Leed,entered:Far away\nA,Lead,2026-01-01,\n"
    refused = run("import - --as deals", stdin=text).stderr
    assert "column entered:Leed: no stage is called that; known: Lead, " in refused
    assert refused.splitlines()[0].endswith("; nor is there one for entered:Far away")
    hint = refused.splitlines()[1]
    assert "did you mean Lead? --map entered:Lead=entered:Leed; --new stages adds open ones; " in hint
    out = shlex.split(hint.partition("to leave these columns out: ")[2])
    assert out == ["--map", "entered:Leed=", "--map", "entered:Far away="]
    run(["import", "-", "--as", "deals", *out], stdin=text, ok=True)
    run(["import", "-", "--as", "deals", "--map", "entered:Lead=entered:Leed", *out[2:]], stdin=text, ok=True)


def test_a_stage_that_was_removed_is_brought_back_rather_than_added(run: Run) -> None:
    run("stage add Extra", ok=True)
    run("stage rm Extra", ok=True)
    text = "title,stage\nA,extra\n"
    refused = run("import - --as deals --new stages", stdin=text).stderr.splitlines()[0]
    command = refused.partition("it was removed, to bring it back: ")[2]
    run(shlex.split(command)[1:], ok=True)
    run("import - --as deals", stdin=text, ok=True)


def test_a_retired_field_is_brought_back_by_what_the_hint_says(run: Run) -> None:
    run(["field", "add", "customer", "shoe size", "choice", "very big", "it's small"], ok=True)
    run(["field", "rm", "customer", "shoe size"], ok=True)
    text = "name,field:shoe size\nAnn,very big\n"
    refused = run("import - --as customers", stdin=text).stderr
    assert "the field customer.shoe size is retired" in refused
    run(shlex.split(refused.partition("hint: ")[2].partition(" brings it back")[0])[1:], ok=True)
    run("import - --as customers", stdin=text, ok=True)
