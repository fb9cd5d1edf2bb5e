"""Several files, folders and archives in one command: in their order, all or none, in one operation."""

import gzip
import json
import zipfile

import pytest
from tests.cli.test_imports_vendors import tables

CUSTOMERS = "Customer ID,Company\nA1,Acme\nA2,Bolt\n"
DEALS = "Deal ID,Deal name,Stage,Company,Amount\nD1,Big,Lead,A1,100\nD2,Small,Won,A2,50\n"
PROFILES = {
    "x-deals": 'kind = "deals"\nsource = "x"\nmatch = ["Deal ID", "Deal name"]\nid = "Deal ID"\n[cells]\ncustomer = "id"\n',
    "x-customers": 'kind = "customers"\nsource = "x"\nmatch = ["Customer ID"]\nid = "Customer ID"\n',
}


@pytest.fixture
def folder(tmp_path, run, book):
    """Return a folder with files that refer to each other, whose profiles are known."""
    for name, text in PROFILES.items():
        (tmp_path / f"{name}.toml").write_text(text)
        run(f"profile save {name} {tmp_path}/{name}.toml", ok=True)
    found = tmp_path / "weekly"
    found.mkdir()
    (found / "a-deals.csv").write_text(DEALS)
    (found / "b-customers.csv").write_text(CUSTOMERS)
    return found


def linked(rows):
    return rows("SELECT d.title, c.name, d.amount FROM deals d JOIN customers c ON c.id = d.customer_id ORDER BY d.id")


LINKED = [["Big", "Acme", "10000"], ["Small", "Bolt", "5000"]]


def test_a_folder_comes_in_in_the_order_in_which_its_files_refer_to_each_other(folder, run, rows):
    said = run(f"import {folder}", ok=True)

    assert [line.split(" · ")[0] for line in said.stdout.splitlines()] == ["i1", "i2", "2 files: 4 rows read"]
    assert said.stdout.splitlines()[0].startswith("i1 · b-customers.csv: 2 customers read as x-customers · 2 new")
    assert linked(rows) == LINKED


def test_several_words_are_several_files_in_any_order(folder, run, rows):
    run(f"import {folder}/a-deals.csv {folder}/b-customers.csv", ok=True)

    assert linked(rows) == LINKED


def test_one_undo_takes_all_of_them_back(folder, run, rows):
    before = tables(rows)
    run(f"import {folder}", ok=True)

    said = run("undo", ok=True).stdout
    assert "imported 2 files · i1 to i2: 4 new, 0 changed" in said
    assert tables(rows) == before


def test_a_second_time_nothing_is_new_and_no_operation_is_left(folder, run, rows):
    run(f"import {folder}", ok=True)
    before, count = tables(rows), rows("SELECT count(*) FROM operations")
    said = run(f"import {folder}", ok=True).stdout

    assert said.splitlines()[-1] == "2 files: 4 rows read · 0 new, 0 changed, 4 same"
    assert (tables(rows), rows("SELECT count(*) FROM operations")) == (before, count)


def test_a_bad_row_in_the_last_file_leaves_nothing_of_the_first(folder, run, rows):
    before = tables(rows)
    (folder / "a-deals.csv").write_text(DEALS + "D3,Bad,Nowhere,A1,5\n")
    refused = run(f"import {folder}")

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "a-deals.csv: line 4, Stage 'Nowhere': no stage is called that" in refused.stderr
    assert "nothing was written: 1 of 3 rows of a-deals.csv cannot go in" in refused.stderr
    assert tables(rows) == before


def test_rejects_go_into_a_folder_by_the_name_of_their_file(folder, run, rows, tmp_path):
    (folder / "a-deals.csv").write_text(DEALS + "D3,Bad,Nowhere,A1,5\n")
    said = run(f"import {folder} --rejects {tmp_path}/bad")

    assert said.exit_code == 3
    assert linked(rows) == LINKED
    assert [path.name for path in (tmp_path / "bad").iterdir()] == ["a-deals.csv"]
    assert "D3,Bad,Nowhere" in (tmp_path / "bad" / "a-deals.csv").read_text()
    assert "1 rejected" in said.stdout.splitlines()[-1]


def test_a_rehearsal_sees_what_the_files_before_would_bring_and_writes_nothing(folder, run, rows):
    before = tables(rows)
    said = run(f"import {folder} -n", ok=True).stdout

    assert "Rehearsal: nothing was written" in said
    assert f"to do it: salestrack import {folder}" in said
    assert tables(rows) == before


def test_an_archive_is_like_a_folder_and_its_files_have_its_name(folder, run, rows, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"export/{path.name}")
        archive.writestr("export/logo.png", b"\x89PNG")
    said = run(f"import {tmp_path}/x.zip", ok=True)

    assert "i1 · x.zip/export/b-customers.csv: 2 customers read" in said.stdout
    assert "x.zip/logo.png is no table" in said.stderr
    assert linked(rows) == LINKED
    assert "2 same" in run(f"import {tmp_path}/x.zip/export/a-deals.csv", ok=True).stdout


def test_packed_files_in_an_archive_are_read_as_they_come(folder, run, rows, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in folder.iterdir():
            archive.writestr(f"{path.name}.gz", gzip.compress(path.read_bytes()))
        archive.writestr("old.tar.gz", gzip.compress(b"x" * 1000))
    said = run(f"import {tmp_path}/x.zip", ok=True)

    assert "i1 · x.zip/b-customers.csv.gz: 2 customers read" in said.stdout
    assert "x.zip/old.tar.gz is" in said.stderr
    assert linked(rows) == LINKED


def test_packed_files_are_read_as_they_come(folder, run, rows):
    for name in ("a-deals.csv", "b-customers.csv"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    run(f"import {folder}", ok=True)

    assert linked(rows) == LINKED


def test_json_has_a_row_for_each_file(folder, run):
    shown = json.loads(run(f"import {folder} -f json", ok=True).stdout)

    assert shown["schema"] == "salestrack/import@1"
    assert [(row["file"], row["new"]) for row in shown["rows"]] == [("b-customers.csv", 2), ("a-deals.csv", 2)]
    assert [each["profile"] for each in shown["files"]] == ["x-customers", "x-deals"]


def test_a_file_nobody_knows_is_named_in_a_folder_and_refused_by_name(folder, run, rows):
    (folder / "other.csv").write_text("Foo,Bar\n1,2\n")
    (folder / "read.me").write_text("hello")
    said = run(f"import {folder}", ok=True)

    assert "other.csv is not read: no profile knows its columns" in said.stderr
    assert "read.me is no table" in said.stderr
    refused = run(f"import {folder}/other.csv {folder}/a-deals.csv")
    assert (refused.exit_code, "other.csv: what does the file hold?" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("{0}/a-deals.csv {0}/a-deals.csv", 2, "a-deals.csv is named twice"),
        ("{0}/a-deals.csv -", 2, "standard input comes alone"),
        ("{0}/a-deals.csv {0}/nix.csv", 1, "there is no file"),
        ("{0}/empty", 4, "there is nothing in it that can be read"),
        ("{0} --save-profile x", 2, "--save-profile keeps what is said of one file"),
        ("{0} --rejects {0}/a-deals.csv", 1, "which is no folder"),
    ],
)
def test_wrong_usage_is_one_line_and_writes_nothing(folder, run, rows, words, code, said):
    (folder / "empty").mkdir()
    before = tables(rows)
    refused = run(f"import {words.format(folder)}")

    assert (refused.exit_code, said in refused.stderr) == (code, True), refused.stderr
    assert tables(rows) == before


def test_files_of_one_kind_need_no_profile_when_as_says_what_they_hold(run, rows, tmp_path, book):
    for month in ("jan", "feb"):
        (tmp_path / f"{month}.csv").write_text(f"id,date,amount\n{month}1,2026-01-05,10\n")
    run(f"import {tmp_path}/jan.csv {tmp_path}/feb.csv --as sales", ok=True)

    assert rows("SELECT sum(amount) FROM sales") == [["2000"]]


def test_a_damaged_later_file_leaves_no_rejects_of_an_earlier_one(folder, run, rows, tmp_path):
    before = tables(rows)
    (folder / "b-customers.csv").write_text(CUSTOMERS + ",Nobody\n")
    (folder / "a-deals.csv").write_text(DEALS + 'D3,"Bad,Lead,A1,5\n')
    refused = run(f"import {folder} --rejects {tmp_path}/bad")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "a-deals.csv: a quote opened on line 4 is never closed" in refused.stderr
    assert not (tmp_path / "bad").exists()
    assert tables(rows) == before


def test_an_interruption_leaves_nothing(folder, store, rows):
    from datetime import date
    from io import BytesIO

    from salestrack.services.imports import Request
    from salestrack.services.imports.several import import_files

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = tables(rows)
    request = Request(
        file="", kind=None, today=date(2026, 3, 18), profiles=folder.parent / "config" / "salestrack" / "profiles"
    )
    with pytest.raises(KeyboardInterrupt):
        import_files(store, request, [str(folder)], stdin=BytesIO(), progress=interrupt)
    assert tables(rows) == before
    assert len(import_files(store, request, [str(folder)], stdin=BytesIO()).results) == 2


def test_a_file_in_a_folder_that_two_profiles_fit_is_named_with_both(folder, run, tmp_path):
    (tmp_path / "y.toml").write_text('kind = "deals"\nmatch = ["Deal ID", "Stage"]\n')
    run(f"profile save y-deals {tmp_path}/y.toml", ok=True)

    said = run(f"import {folder}", ok=True).stderr
    assert "a-deals.csv is not read: the headers fit the profiles x-deals and y-deals equally well" in said
