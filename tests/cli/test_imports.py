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
    assert first.startswith("deals.csv: line 3, amount '5O0': is not an amount; write it like 1200")
    assert rest == [
        "salestrack: nothing was written: 1 of 2 rows cannot go in",
        "hint: mend them, or set them aside with --rejects FILE",
    ]
    assert run("deal list -f ids").stdout == ""


def test_rows_with_the_same_fault_are_one_line_and_are_all_set_aside(run, tmp_path):
    text = "id,product,stage\n1,GTX Pro,Lead\n"
    run("import - --as deals --new products", stdin=text, ok=True)
    text += "".join(f"{n},GTXPrp,Lead\n" for n in range(2, 1502)) + "2000,GTX Pro,Won,7\n2001,,\n"
    result = run(f"import - --as deals --rejects {tmp_path}/bad.csv", stdin=text)
    first, *rest = result.stderr.splitlines()
    assert first.startswith(
        "standard input: line 3 and 1,499 more, product 'GTXPrp': no product goes by that name; did you mean GTX Pro?"
    )
    assert [line.removeprefix("standard input: ")[:10] for line in rest] == [
        "line 1503:", "line 1504,", "salestrack", "hint: mend",
    ]  # fmt: skip
    assert (tmp_path / "bad.csv").read_text().count("did you mean GTX Pro?") == 1500
    faults = json.loads(run("import - --as deals -f json", stdin=text).stderr)["details"]["faults"]
    assert [fault["rows"] for fault in faults] == [1500, 1, 1]


def test_an_unknown_pipeline_is_named_once_with_what_mends_it(run):
    text = "id,pipeline,stage\n1,Sales Pipeline,Lead\n2,Sales Pipeline,Won\n3,,Lead\n"
    first = run("import - --as deals", stdin=text).stderr.splitlines()[0]
    assert first.startswith(
        "standard input: line 2 and 1 more, pipeline 'Sales Pipeline': no pipeline is called that; known: "
    )
    assert first.endswith("; to add it: salestrack pipeline add 'Sales Pipeline'")
    value = first.partition("--value ")[2].partition(";")[0]
    assert "3 new" in run(f"import - --as deals --value {value}", stdin=text, ok=True).stdout


def test_only_the_first_twenty_are_named_with_the_count_of_the_rest(run):
    text = "id,stage\n" + "".join(f"{n},Nope {n}\n" for n in range(30))
    lines = run("import - --as deals", stdin=text).stderr.splitlines()
    assert len([line for line in lines if line.startswith("standard input: line ")]) == 20
    assert "standard input: and 10 more rows" in lines


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


@pytest.mark.parametrize("dry_run", ["", " -n"])
@pytest.mark.parametrize("which", ["input", "link", "book", "mended"])
def test_rejects_never_replace_a_file_that_is_there(run, deals, tmp_path, book, which, dry_run):
    mended = tmp_path / "mended.csv"
    mended.write_text("mended by hand")
    (tmp_path / "link.csv").symlink_to(deals)
    target = {"input": deals, "link": tmp_path / "link.csv", "book": book, "mended": mended}[which]
    deals.write_text(DEALS.replace("500", "5O0"))
    before = target.read_bytes()
    result = run(f"import {deals} --as deals --new customers --rejects {target}{dry_run}")
    assert (result.exit_code, result.stdout, target.read_bytes()) == (1, "", before)
    assert result.stderr.startswith(f"salestrack: --rejects names {target}, ")
    hint = (
        "name another file"
        if which in {"input", "link"}
        else "if it holds rows of an earlier import, mend and import it"
    )
    assert f"hint: {hint}" in result.stderr
    assert run("deal list -f ids").stdout == ""


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
        "rows": 1,
    }


def test_a_rehearsal_shows_how_cells_are_understood_and_the_command(run, deals):
    result = run(f"import {deals} --as deals --new customers --value 'stage:Lead=Proposal' -n", ok=True)
    for words in (
        "Rehearsal with deals.csv: nothing was written",
        "added 1 customer: Acme",
        "1,700.00 USD in 2 rows",
        "Lead -> Proposal",
        "Acme -> Acme (new)",
        "1200 -> 1,200.00 USD",
    ):
        assert words in result.stdout
    command = next(line for line in result.stdout.splitlines() if line.startswith("to do it: "))
    assert run(command.removeprefix("to do it: salestrack "), ok=True).stdout.startswith("i1 · deals.csv: 2 deals read")


def test_a_rehearsal_shows_tags_people_and_blank_cells_as_they_will_stand(run):
    text = "id,customer,contact,stage,tags,created\n1,Acme,Jan Kowal,Lead,big,\n2,,,Lead,,2026-01-05\n"
    data = json.loads(run("import - --as deals --new customers -n -f json", ok=True, stdin=text).stdout)
    shown = {row["field"]: [sample["value"] for sample in row["samples"]] for row in data["mapping"]}
    assert (shown["contact"], shown["tags"], shown["created"]) == (
        ["Jan Kowal (new)", ""], ["big (new)", ""], ["", "2026-01-05"],
    )  # fmt: skip
    run("import - --as deals --new customers", ok=True, stdin=text)
    text = "id,kind,date,customer,email,contact,deal,done\n1,call,2026-01-05,Acme,jan@acme.example,Jan Kowal,d1,yes\n"
    data = json.loads(run("import - --as activities -n -f json", ok=True, stdin=text).stdout)
    shown = {row["field"]: [sample["value"] for sample in row["samples"]] for row in data["mapping"]}
    found = [shown[name] for name in ("customer", "email", "contact", "deal", "done")]
    assert found == [["Acme"], ["jan@acme.example"], ["Jan Kowal"], ["d1"], ["yes"]]
    table = run("import - --as deals --new customers -n", ok=True, stdin="id,stage,tags\n7,Lead,\n").stdout
    assert "-> " not in table


def test_a_rehearsal_with_bad_rows_ends_as_the_real_thing_would(run, tmp_path):
    text = "id,stage\n1,Nope\n2,Lead\n"
    refused = run("import - --as deals -n", stdin=text)
    assert (refused.exit_code, "Columns" in refused.stdout) == (1, True)
    assert refused.stderr.startswith("standard input: line 2, stage 'Nope'")
    result = run(f"import - --as deals -n --rejects {tmp_path}/bad.csv", stdin=text)
    assert (result.exit_code, (tmp_path / "bad.csv").exists()) == (3, False)


def test_one_of_a_kind_is_singular_in_the_answer_and_in_the_history(run):
    text = "id,kind,date\n1,call,2026-01-05\n"
    assert ": 1 activity read · " in run("import - --as activities", ok=True, stdin=text).stdout
    assert "imported 1 activity · i1 standard input: 1 new" in run("history").stdout
    assert "1 of 1 row cannot go in" in run("import - --as deals", stdin="id,stage\n1,Nope\n").stderr
    text = "id,stage\n1,Lead\n2,Lead\n"
    run("import - --as deals", ok=True, stdin=text)
    run("import - --as deals", ok=True, stdin=text.replace("2,Lead", "2,Proposal") + "3,Lead\n4,Lead\n")
    assert "imported 2 and updated 1 deal · i3" in run("history").stdout


def test_an_undo_that_keeps_rows_names_them_and_how_to_finish_and_that_works(run, deals, rows):
    run(f"import {deals} --as deals --new customers", ok=True)
    run("deal edit d1 --title Renamed", ok=True)
    done = run("undo o2", ok=True)
    assert (
        "3 records: 1 undone, 2 kept, 0 failed · kept because later work changed or uses them: c1, d1 · redo"
        in done.stdout
    )
    assert done.stderr == "note: undo the later work, then: salestrack redo o2; salestrack undo o2\n"
    for line in ("undo o3", "redo o2", "undo o2"):
        last = run(line, ok=True)
    assert ("3 undone, 0 kept, 0 failed" in last.stdout, last.stderr) == (True, "")
    assert rows("SELECT (SELECT count(*) FROM deals), (SELECT count(*) FROM customers)") == [["0", "0"]]


def test_a_redo_after_the_file_came_again_says_so(run, deals):
    for line in (f"import {deals} --as deals --new customers", "undo o2", f"import {deals} --as deals --new customers"):
        run(line, ok=True)
    result = run("redo o2")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot redo o2: the file was imported again since, by o4" in result.stderr
    assert "hint: salestrack undo o4 first" in result.stderr


def test_new_stages_are_named_with_their_probability_and_how_to_set_it(run):
    text = "id,stage\n1,First Call\n2,Pilot\n"
    told = "added 2 stages: First Call 10 %, Pilot 10 % (salestrack stage edit 'First Call' --probability 40)"
    assert told in run("import - --as deals --new stages -n", ok=True, stdin=text).stdout
    assert told in run("import - --as deals --new stages", ok=True, stdin=text).stdout
    run("stage edit 'First Call' --probability 40", ok=True)


@pytest.mark.parametrize(("kind", "header"), [("sales", "When,Amount"), ("activities", "When,Kind")])
def test_a_file_whose_days_nobody_would_read_is_refused_and_can_be_told(run, kind, header):
    text = f"{header}\n2026-03-01,{'5' if kind == 'sales' else 'call'}\n"
    refused = run(f"import - --as {kind}", stdin=text)
    wanted = "date" if kind == "sales" else "date or due"
    assert refused.exit_code == 2
    assert f"{kind} need a column for {wanted}, and no header of the file names one" in refused.stderr
    assert "--map date=COLUMN (--map date= if there is none), or of all rows: --set date=2026-03-18" in refused.stderr
    assert f"it has: {header.replace(',', ', ')}" in refused.stderr
    assert "1 new" in run(f"import - --as {kind} --map date=When", ok=True, stdin=text).stdout
    assert "1 without a date" in run(f"import - --as {kind} --map date=", ok=True, stdin=text).stdout


def test_rows_without_a_day_and_rows_from_the_future_go_in_and_are_named(run, rows):
    text = "Created date (UTC),Amount\n2026-03-01,1\n,2\n,3\n2026-03-19,4\n"
    rehearsed = run("import - --as sales -n", ok=True, stdin=text).stdout
    done = run("import - --as sales", ok=True, stdin=text)
    for answer in (rehearsed, done.stdout):
        assert "2 without a date" in answer
        assert "1 row is dated after today" in answer
    again = run("import - --as sales", ok=True, stdin=text).stdout
    assert ("without" in again, "after today" in again) == (False, False)

    text = "date,kind,done\n2026-03-20,call,\n2026-03-20,call,yes\n2026-03-01,call,\n,call,\n"
    done = run("import - --as activities", ok=True, stdin=text).stdout
    for words in ("1 dated after today taken as planned", "1 without a date", "1 row is dated after today"):
        assert words in done
    found = rows("SELECT done, happened_on, due_on FROM activities ORDER BY id")
    assert found == [["0", "", "2026-03-20"], ["1", "2026-03-20", ""], ["1", "2026-03-01", ""], ["1", "", ""]]


def test_columns_that_are_not_read_are_named_on_stderr_when_something_came_in(run):
    text = "id,stage,Colour,Mood\n1,Lead,red,good\n"
    assert run("import - --as deals", ok=True, stdin=text).stderr == "note: columns that are not read: Colour, Mood\n"
    assert run("import - --as deals", ok=True, stdin=text).stderr == ""
    told = json.loads(run("import - --as deals -f json", ok=True, stdin=text.replace("1,", "2,")).stdout)
    assert told["unused"] == ["Colour", "Mood"]


def test_a_value_that_never_comes_is_pointed_out(run, deals):
    result = run(f"import {deals} --as deals --new customers --value 'stage:Led=Lead'", ok=True)
    assert result.stderr == "note: --value stage:Led: no cell of the file says that\n"


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("import x.csv", 1, "there is no file x.csv"),
        ("import x.csv --as invoices", 2, "'invoices' cannot be imported"),
        ("import x.csv --as deals", 1, "there is no file x.csv"),
        ("import . --as deals", 4, "there is nothing in it that can be read"),
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


def test_the_persons_decimal_mark_holds_for_files_and_names_the_other_one(run, tmp_path, rows):
    file = tmp_path / "sales.csv"
    head = "customer,amount,quantity,product,date\n"
    run("config set decimal ,", ok=True)
    file.write_text(head + 'Acme,"12,345",1,Mug,2026-03-01\n')
    refused = run(["import", str(file), "--as", "sales", "--new", "customers,products"])
    assert refused.exit_code == 1
    assert "could be 12345 or 12,345; USD has 2 decimals; with --decimal . it is 12.345,00 USD" in refused.stderr
    file.write_text(head + 'Acme,"1.234,50","2,5",Mug,2026-03-01\nAcme,1.234,1,Mug,2026-03-02\n')
    run(["import", str(file), "--as", "sales", "--new", "customers,products"], ok=True)
    assert rows("SELECT amount FROM sales ORDER BY id") == [["123450"], ["123400"]]
    assert rows("SELECT quantity FROM sale_lines ORDER BY id") == [["2.5"], ["1"]]
    file.write_text(head + 'Acme,"12,345",1,Mug,2026-03-03\n')
    rehearsed = run(["import", str(file), "--as", "sales", "--decimal", ".", "-n"], ok=True).stdout
    assert "--decimal ." in rehearsed.partition("to do it: ")[2].splitlines()[0]
    run(["import", str(file), "--as", "sales", "--decimal", "."], ok=True)
    assert rows("SELECT max(amount) FROM sales") == [["1234500"]]
