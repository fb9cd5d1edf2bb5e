"""The import command as a shell sees it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEALS = "id,title,customer,stage,amount\n1,Website,Acme,Lead,1200\n2,Shop,Acme,Won,500\n"


@pytest.fixture
def deals(tmp_path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(DEALS)
    return path


def test_the_answer_is_one_line_and_names_the_undo(run, deals):
    result = run(f"import {deals} --as deals --new customers", ok=True)
    assert result == (
        0,
        "i1 · deals.csv: 2 deals read · 2 new, 0 changed, 0 same · added 1 customer: Acme · undo: o2\n",
        "",
    )
    assert run(f"import {deals} --as deals").stdout == "deals.csv: 2 deals read · 0 new, 0 changed, 2 same\n"
    assert "imported 2 deals" in run("undo").stdout
    assert run("deal list -f ids").stdout == ""


def test_a_bad_row_ends_with_1_and_says_where_and_why_on_stderr(run, deals):
    deals.write_text(DEALS.replace("500", "5O0"))
    result = run(f"import {deals} --as deals --new customers")
    assert (result.exit_code, result.stdout) == (1, "")
    first, *rest = result.stderr.splitlines()
    assert first.startswith("line 3, amount '5O0': is not an amount; write it like 1200")
    assert rest == [
        "salestrack: nothing was written: 1 of 2 rows cannot go in",
        "hint: mend them, or set them aside with --rejects FILE",
    ]
    assert run("deal list -f ids").stdout == ""


def test_only_the_first_twenty_are_named_with_the_count_of_the_rest(run):
    text = "id,stage\n" + "".join(f"{n},Nope\n" for n in range(30))
    lines = run("import - --as deals", stdin=text).stderr.splitlines()
    assert len([line for line in lines if line.startswith("line ")]) == 20
    assert "and 10 more rows" in lines


def test_with_rejects_the_good_rows_go_in_and_the_exit_code_is_3(run, deals, tmp_path):
    deals.write_text(DEALS.replace("500", "5O0"))
    bad = tmp_path / "bad.csv"
    result = run(f"import {deals} --as deals --new customers --rejects {bad}")
    assert result.exit_code == 3
    assert result.stdout.startswith("i1 · deals.csv: 2 deals read · 1 new, 0 changed, 0 same, 1 rejected")
    assert f"salestrack: 1 of 2 rows set aside in {bad}" in result.stderr
    assert bad.read_text().startswith('_line,_error,id,title,customer,stage,amount\n3,"amount: is not an amount')

    bad.write_text(bad.read_text().replace("5O0", "500"))
    assert "1 new" in run(f"import {bad} --as deals", ok=True).stdout
    assert "2 same" in run("import - --as deals", stdin=DEALS).stdout


def test_no_bad_row_leaves_no_file_of_rejects(run, deals, tmp_path):
    run(f"import {deals} --as deals --new customers --rejects {tmp_path}/bad.csv", ok=True)
    assert not (tmp_path / "bad.csv").exists()


def test_json_has_every_count_and_errors_are_one_object(run, deals):
    data = json.loads(run(f"import {deals} --as deals --new customers -f json", ok=True).stdout)
    assert data["schema"] == "salestrack/import@1"
    (row,) = data["rows"]
    assert row["read"] == row["new"] + row["changed"] + row["same"] + row["rejected"] + row["left_out"] == 2
    assert (row["id"], row["operation"], row["source"]) == ("i1", "o2", "csv")
    assert data["created"] == [{"what": "customers", "count": 1, "names": ["Acme"]}]

    failed = run("import - --as deals -f json", stdin="id,stage\n1,Nope\n")
    assert (failed.exit_code, failed.stdout) == (1, "")
    error = json.loads(failed.stderr)
    assert error["details"]["faults"][0] | {"reason": ""} == {
        "line": 2,
        "column": "stage",
        "cell": "Nope",
        "reason": "",
    }


def test_a_rehearsal_shows_how_cells_are_understood_and_the_command(run, deals):
    result = run(f"import {deals} --as deals --new customers --value 'stage:Lead=Proposal' -n", ok=True)
    for words in (
        "Rehearsal with deals.csv: nothing was written",
        "added 1 customer: Acme",
        "1,700.00 USD in 2 deals",
        "Lead -> Proposal",
        "Acme -> Acme (new)",
        "1200 -> 1,200.00 USD",
    ):
        assert words in result.stdout
    command = next(line for line in result.stdout.splitlines() if line.startswith("to do it: "))
    assert run(command.removeprefix("to do it: salestrack "), ok=True).stdout.startswith("i1 · deals.csv: 2 deals read")


def test_a_rehearsal_with_bad_rows_ends_as_the_real_thing_would(run, tmp_path):
    text = "id,stage\n1,Nope\n2,Lead\n"
    refused = run("import - --as deals -n", stdin=text)
    assert (refused.exit_code, "Columns" in refused.stdout) == (1, True)
    assert refused.stderr.startswith("line 2, stage 'Nope'")
    result = run(f"import - --as deals -n --rejects {tmp_path}/bad.csv", stdin=text)
    assert (result.exit_code, (tmp_path / "bad.csv").exists()) == (3, False)


def test_a_value_that_never_comes_is_pointed_out(run, deals):
    result = run(f"import {deals} --as deals --new customers --value 'stage:Led=Lead'", ok=True)
    assert result.stderr == "note: --value stage:Led: no cell of the file says that\n"


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("import x.csv", 2, "what does the file hold?"),
        ("import x.csv --as invoices", 2, "'invoices' cannot be imported"),
        ("import x.csv --as deals", 1, "there is no file x.csv"),
        ("import . --as deals", 1, ". is a folder"),
        ("import - --as deals --new owners", 2, "--new takes customers, products, stages"),
        ("import - --as deals --on-conflict maybe", 2, "--on-conflict is update, skip, fail"),
        ("import - --as deals --decimal ';'", 2, "--decimal is . or ,"),
        ("import - --as deals --currency EURO", 2, "unknown"),
        ("import - --as deals --date-format Y", 2, "does not hold day, month and year"),
        ("import - --as deals --encoding klingon", 2, "is unknown"),
        ("import - --as deals --source ''", 2, "--source takes a short name"),
        ("import - --as deals", 1, "standard input is empty"),
    ],
)
def test_wrong_usage_is_one_line(run, line, code, sentence):
    result = run(line)
    assert (result.exit_code, result.stdout) == (code, "")
    assert sentence in result.stderr.splitlines()[0]


def test_without_a_book_nothing_is_read(tmp_path, run, deals):
    assert run(f"--db {tmp_path}/none.db import {deals} --as deals").exit_code == 6


@pytest.mark.parametrize("kind", ["customers", "products", "deals", "sales", "activities", "quotas"])
def test_the_examples_come_in_and_come_in_only_once(run, kind):
    for needed in ("customers", "products", "deals"):
        if kind in {"deals", "sales", "activities"} and needed != kind:
            run(f"import {ROOT}/examples/{needed}.csv --as {needed}", ok=True)
    first = run(f"import {ROOT}/examples/{kind}.csv --as {kind}", ok=True)
    rows = len((ROOT / f"examples/{kind}.csv").read_text().replace("Mondays,\n", "").splitlines()) - 1
    assert f"{rows} new, 0 changed, 0 same" in first.stdout
    assert f"0 new, 0 changed, {rows} same" in run(f"import {ROOT}/examples/{kind}.csv --as {kind}", ok=True).stdout


def program(*words: str) -> list[str]:
    return [str(Path(sys.executable).parent / "salestrack"), *words]


def test_ctrl_c_leaves_nothing_behind(run, book, tmp_path):
    listed = sorted(path.name for path in book.parent.iterdir())
    with subprocess.Popen(
        program("import", "-", "--as", "deals"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        process.stdin.write(b"id,stage\n" + b"1,Lead\n" * 200_000)  # far more than a pipe holds: it is being read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert sorted(path.name for path in book.parent.iterdir()) == listed
    assert run("deal list -f ids").stdout == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of a process are a Unix matter")
def test_a_full_disk_is_one_line_and_leaves_the_book_as_it_was(run, book, tmp_path):
    file = tmp_path / "big.csv"
    file.write_text("id,stage,note\n" + "".join(f"{n},Lead,{'x' * 100}\n" for n in range(20_000)))
    before = book.read_bytes()
    limited = ["/bin/sh", "-c", 'ulimit -f 2000; exec "$@"', "sh", *program("import", str(file), "--as", "deals")]
    done = subprocess.run(limited, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing was written" in done.stderr
    assert book.read_bytes() == before
    assert [path.name for path in book.parent.iterdir()] == [book.name]
