"""What kinds of files come in: JSON beside CSV, pipes, empty and damaged ones, rejects again and again."""

import gzip
import json
import zipfile

import pytest
from tests.cli.test_imports_vendors import tables

ROWS = [{"id": "B1", "date": "2026-03-01", "amount": 12.5}, {"id": "B2", "date": "2026-03-02", "amount": 7}]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
HEADER = "id,date,amount\n"


@pytest.fixture
def folder(tmp_path, book):
    """Return a folder with a table in it."""
    found = tmp_path / "files"
    found.mkdir()
    (found / "good.csv").write_text(f"{HEADER}A1,2026-01-05,5\n")
    return found


def amounts(rows):
    return [row[0] for row in rows("SELECT amount FROM sales ORDER BY id")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.jsonl", LINES.encode()), ("x.ndjson", LINES.encode()), ("x.json", json.dumps(ROWS).encode()), ("x.txt", LINES.encode()),
        ("x.json", json.dumps({"data": ROWS}, indent=2).encode()), ("x.jsonl.gz", gzip.compress(LINES.encode(), mtime=0)),
        ("x.jsonl", LINES.encode("utf-16")),
    ],
)  # fmt: skip
def test_json_comes_in_as_csv_does_and_again_as_the_same(run, rows, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    said = run(f"import {tmp_path}/{name} --as sales", ok=True).stdout

    assert f"{name}: 2 sales read · 2 new" in said
    assert amounts(rows) == ["1250", "700"]
    assert "2 same" in run(f"import {tmp_path}/{name} --as sales", ok=True).stdout


def test_json_comes_on_standard_input_by_profile_with_map_and_from_archives(run, rows, tmp_path):
    (tmp_path / "p.toml").write_text(
        'kind = "sales"\nmatch = ["order.no"]\nid = "order.no"\n[columns]\namount = "total"\ndate = "day"\n'
    )
    run(f"profile save p {tmp_path}/p.toml", ok=True)
    line = json.dumps({"order": {"no": 5}, "total": "3.20", "day": "2026-03-01"})
    assert "read as p · 1 new" in run("import -", stdin=line, ok=True).stdout
    run(
        "import - --as sales --profile none --map id=order.no --map amount=total --map date=day --source y",
        stdin=line,
        ok=True,
    )
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.jsonl", line.replace("5", "6"))
    assert "x.zip/a.jsonl: 1 sale read as p · 1 new" in run(f"import {tmp_path}/x.zip", ok=True).stdout
    assert amounts(rows) == ["320", "320", "320"]


def test_numbers_of_json_have_a_dot_whatever_mark_the_person_or_the_texts_have(run, rows, tmp_path):
    run("config set decimal ,", ok=True)
    run("import - --as sales", stdin='{"id": 1, "date": "2026-03-01", "amount": 1234.5, "tax": "1.50"}', ok=True)
    run(
        "import - --as sales --decimal ,",
        stdin='{"id": 2, "date": "2026-03-01", "amount": 1.25, "tax": "1.234,00"}',
        ok=True,
    )
    assert rows("SELECT amount, tax FROM sales ORDER BY id") == [["123450", "150"], ["125", "123400"]]


def test_bad_lines_of_json_are_named_set_aside_and_come_in_mended(run, rows, tmp_path):
    (tmp_path / "x.jsonl").write_text(LINES + '{"id": "B3", "date": "soon", "amount": 1}\n{"id": "B4"\n')
    refused = run(f"import {tmp_path}/x.jsonl --as sales")
    assert (refused.exit_code, amounts(rows)) == (1, [])
    assert "x.jsonl: line 3, date 'soon': is not a date" in refused.stderr
    assert "x.jsonl: line 4: is no JSON at character 12" in refused.stderr

    assert run(f"import {tmp_path}/x.jsonl --as sales --rejects {tmp_path}/bad.jsonl").exit_code == 3
    lines = (tmp_path / "bad.jsonl").read_text().splitlines()
    assert lines[0].startswith('{"_line": 3, "_error": "date: is not a date')
    assert lines[0].endswith('"id": "B3", "date": "soon", "amount": 1}')
    assert lines[1] == '{"id": "B4"'
    (tmp_path / "bad.jsonl").write_text(lines[0].replace("soon", "2026-03-03"))
    run(f"import {tmp_path}/bad.jsonl --as sales", ok=True)
    assert amounts(rows) == ["1250", "700", "100"]


@pytest.mark.parametrize("option", ["--delimiter ;", "--no-header"])
def test_options_of_csv_are_refused_with_json(run, book, option):
    refused = run(f"import - --as sales {option}", stdin=LINES)
    assert (refused.exit_code, "is for CSV, and standard input is JSON Lines" in refused.stderr) == (2, True)


def test_records_of_one_line_are_named_by_their_number(run, book):
    refused = run("import - --as sales", stdin=json.dumps([*ROWS, {"id": "B3", "date": "soon", "amount": 1}]))
    assert "standard input: record 3, date 'soon': is not a date" in refused.stderr


def test_an_empty_file_that_was_found_is_named_and_left_one_that_was_named_is_refused(folder, run, rows):
    (folder / "empty.csv").touch()
    (folder / "none.json").write_text("[]")
    (folder / "header.csv").write_text(HEADER)
    refused = run(f"import {folder}/empty.csv {folder}/good.csv --as sales")
    assert (refused.exit_code, "empty.csv is empty" in refused.stderr, amounts(rows)) == (1, True, [])

    said = run(f"import {folder} --as sales", ok=True)
    assert said.stderr == "note: empty.csv is empty\nnote: none.json is empty\n"
    assert (amounts(rows), said.stdout.splitlines()[-1][:35]) == (["500"], "2 files: 1 row read · 1 new, 0 chan")


def test_what_in_a_folder_is_not_looked_into_is_named(folder, run):
    (folder / "more").mkdir()
    (folder / "book.xlsx").touch()
    said = run(f"import {folder} --as sales", ok=True)
    assert (
        said.stderr
        == "note: book.xlsx is a workbook, which is saved as CSV first\nnote: more is a folder in it, which is not looked into\n"
    )
    assert said.stdout.splitlines()[-1].startswith("1 file: 1 row read")


def test_a_damaged_file_that_was_found_refuses_all_by_its_name(folder, run, rows, tmp_path):
    (folder / "z.csv.gz").write_bytes(gzip.compress(b"id,date,amount\n")[:-6])
    refused = run(f"import {folder} --as sales")
    assert refused.exit_code == 1
    assert "z.csv.gz is damaged" in refused.stderr
    assert "nothing of the others was written" in refused.stderr
    (folder / "z.csv.gz").unlink()
    (folder / "gone.csv").symlink_to("nowhere")
    assert "there is no file" in run(f"import {folder} --as sales").stderr
    assert amounts(rows) == []


def test_a_folder_for_rejects_is_there_only_when_it_is_needed(folder, run, tmp_path):
    bad = tmp_path / "deep" / "bad"
    run(f"import {folder} --as sales --rejects {bad}", ok=True)
    assert not (tmp_path / "deep").exists()
    (folder / "worse.csv").write_text(f"{HEADER}A2,soon,5\n")
    (folder / "z.csv").write_text(f'{HEADER}"A3,soon,5\n')
    assert run(f"import {folder} --as sales --rejects {bad}").exit_code == 1
    assert not (tmp_path / "deep").exists()
    (folder / "z.csv").unlink()
    assert run(f"import {folder} --as sales --rejects {bad}").exit_code == 3
    assert [path.name for path in bad.iterdir()] == ["worse.csv"]


def test_rejects_stay_though_nothing_else_came_in_and_what_was_there_before_stays_always(folder, run, tmp_path):
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "mine.txt").write_text("mine")
    (folder / "good.csv").write_text(f"{HEADER}A2,soon,5\n")
    assert run(f"import {folder} --as sales --rejects {bad}").exit_code == 3
    assert sorted(path.name for path in bad.iterdir()) == ["good.csv", "mine.txt"]
    refused = run(f"import {folder} --as sales --rejects {bad}")
    assert (refused.exit_code, "which is there already" in refused.stderr) == (1, True)
    assert sorted(path.name for path in bad.iterdir()) == ["good.csv", "mine.txt"]


def test_bad_rows_of_two_files_with_one_name_go_into_two_files(run, book, tmp_path):
    for name in ("jan", "feb"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_text(f"{HEADER}{name},soon,5\n")
    run(f"import {tmp_path}/jan/x.csv {tmp_path}/feb/x.csv --as sales --rejects {tmp_path}/bad")
    assert sorted(path.name for path in (tmp_path / "bad").iterdir()) == ["x-2.csv", "x.csv"]


def test_rows_rejected_again_keep_the_line_of_the_first_file_and_have_the_reason_once(run, tmp_path, book):
    (tmp_path / "x.csv").write_text(f"{HEADER}A1,2026-01-01,5\nA2,soon,5\n")
    run(f"import {tmp_path}/x.csv --as sales --rejects {tmp_path}/b1.csv")
    again = (tmp_path / "b1.csv").read_text().replace("soon", "2026-01-02").replace(",5\n", ",much\n") + ",,A9,then,5\n"
    (tmp_path / "b1.csv").write_text(again)
    run(f"import {tmp_path}/b1.csv --as sales --rejects {tmp_path}/b2.csv")
    lines = (tmp_path / "b2.csv").read_text().splitlines()
    assert lines[0] == "_line,_error,id,date,amount"
    assert lines[1].startswith('3,"amount: ')
    assert lines[1].endswith(",A2,2026-01-02,much")
    assert lines[2].startswith('3,"date: ')
    assert lines[2].endswith(",A9,then,5")


def test_a_file_that_grows_while_it_is_read_is_refused(run, rows, tmp_path, monkeypatch):
    from salestrack.importers.table import Table

    (tmp_path / "x.csv").write_text(f"{HEADER}A1,2026-01-01,5\n")
    chunk = Table._chunk

    def growing(self, *args):
        with (tmp_path / "x.csv").open("a") as file:
            file.write("A2,2026-01-02,")
        return chunk(self, *args)

    monkeypatch.setattr(Table, "_chunk", growing)
    before = tables(rows)
    refused = run(f"import {tmp_path}/x.csv --as sales")
    assert (refused.exit_code, "x.csv grew while it was read" in refused.stderr) == (1, True)
    assert tables(rows) == before


def test_a_pipe_comes_alone_and_is_read_once(run, rows, tmp_path):
    import os
    import threading
    from pathlib import Path

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=Path.write_text, args=(pipe, f"{HEADER}A1,2026-01-01,5\n"))
    writer.start()
    assert "1 new" in run(f"import {pipe} --as sales", ok=True).stdout
    writer.join()
    (tmp_path / "x.csv").write_text(f"{HEADER}A2,2026-01-01,5\n")
    assert "is a pipe, which comes alone" in run(f"import {tmp_path}/x.csv {pipe} --as sales").stderr
    assert amounts(rows) == ["500"]


def test_of_very_many_columns_only_the_first_are_named(run, book):
    names = ",".join(f"c{place}" for place in range(2000))
    said = run("import - --as sales", stdin=f"id,date,amount,{names}\n1,2026-01-01,5{',x' * 2000}\n", ok=True)
    assert said.stderr.endswith("c58, c59 and 1,940 more\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--no-header", "say which: --map amount=#1"),
        ("--map date=#2 --map amount=#3", "the first row of standard input is no header: 1, 2026-01-01, 500"),
        ("--no-header --map '#3=amount'", "the field comes first: --map 'amount=#3'"),
        ("--no-header --map amount=#3 --set date=soon", "line 1, date of every row 'soon': is not a date"),
        ("--no-header --map amount=#9", "the file has no column '#9'"),
        ("--no-header --map date=#2 --map amount=#2 --cents", "write 12.00 like 1200"),
    ],
)
def test_a_file_without_headers_is_told_of_with_the_option_that_helps(run, book, words, said):
    refused = run(f"import - --as sales {words}", stdin="1,2026-01-01,500\n")
    assert refused.exit_code in {1, 2}
    assert said in refused.stderr


def test_a_json_file_in_a_folder_that_is_no_table_is_named_and_left_even_with_as(folder, run, rows):
    (folder / "meta.json").write_text('{"made": "2026-03-01", "by": "shop"}')
    said = run(f"import {folder} --as sales", ok=True)
    assert "note: meta.json is not read: sales need a column for amount" in said.stderr
    assert amounts(rows) == ["500"]
