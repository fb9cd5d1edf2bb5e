"""profile list, show, save and rm; import list and import undo."""

import json

import pytest

from salestrack.importers.profiles import Shelf

FILE = "Nr,When,Net\n1,2026-03-01,10\n2,2026-03-02,x\n,,\nTotal,,\n"
PROFILE = (
    'kind = "sales"\nabout = "Odd till"\nmatch = ["Nr", "When"]\nid = "Nr"\n[columns]\ndate = "When"\namount = "Net"\n'
    '[[leave_out]]\ncolumn = "Nr"\nis = "Total"\nwhy = "the total"\n[money]\nnet = "Net has no tax in it"\n'
)


@pytest.fixture
def odd(tmp_path, run, book):
    """Return a file, and keep a profile that knows it."""
    (tmp_path / "odd.toml").write_text(PROFILE)
    run(f"profile save odd {tmp_path}/odd.toml", ok=True)
    path = tmp_path / "till.csv"
    path.write_text(FILE.replace("x", "5"))
    return path


def test_profiles_are_listed_the_users_own_among_them(odd, run):
    shown = json.loads(run("profile list -f json", ok=True).stdout)

    assert shown["schema"] == "salestrack/profiles@1"
    assert {row["name"] for row in shown["rows"]} == {*Shelf().shipped, "odd"}
    assert [row["about"] for row in shown["rows"] if row["name"] == "odd"] == ["Odd till"]


@pytest.mark.parametrize("name", sorted(Shelf().shipped))
def test_every_profile_says_what_it_does(run, book, name):
    said = json.loads(run(f"profile show {name} -f json", ok=True).stdout)["rows"]

    assert {"holds", "recognised", "identity", "column"} <= {row["part"] for row in said}


def test_show_says_in_words_what_is_read_left_out_and_counted(odd, run):
    said = run("profile show odd", ok=True).stdout

    for text in (
        "by the columns Nr, When",
        "rows where Nr is Total: the total",
        "Net has no tax in it",
        "are read by their headers",
    ):
        assert text in said
    assert run("profile show odd --toml", ok=True).stdout == PROFILE


def test_a_profile_is_kept_beside_the_config_file_and_goes_again(odd, run, tmp_path):
    path = tmp_path / "config" / "salestrack" / "profiles" / "odd.toml"

    assert path.read_text() == PROFILE
    assert run(f"profile save odd {tmp_path}/odd.toml").exit_code == 1
    run(f"profile save odd {tmp_path}/odd.toml --replace", ok=True)
    run("profile rm odd", ok=True)
    assert not path.exists()
    assert run("profile rm odd").exit_code == 4
    assert run("profile rm hubspot-deals").exit_code == 1


def test_a_wrong_profile_is_told_with_its_key_where_it_is_used(odd, run, tmp_path):
    (tmp_path / "config" / "salestrack" / "profiles" / "odd.toml").write_text(PROFILE + "\n[formt]\n")
    refused = run(f"import {odd}")

    assert refused.exit_code == 1
    assert "profiles/odd.toml: formt is unknown" in refused.stderr
    assert "hint: mend it, or say which one reads the file" in refused.stderr
    run(f"import {odd} --as sales --profile none --map date=When --map amount=Net", ok=False)


def test_the_profile_is_named_in_the_answer_the_list_and_the_json(odd, run):
    assert "till.csv: 4 sales read as odd · 2 new" in run(f"import {odd}", ok=True).stdout
    shown = json.loads(run("import list -f json", ok=True).stdout)["rows"]
    assert [(row["id"], row["profile"], row["why"]) for row in shown] == [("i1", "odd", "blank: 1, the total: 1")]
    assert all(
        row["read"] == row["new"] + row["changed"] + row["same"] + row["rejected"] + row["left_out"] for row in shown
    )


def test_an_import_is_taken_back_by_its_number(odd, run, rows):
    run(f"import {odd}", ok=True)
    run("customer add Acme", ok=True)

    assert "2 records: 2 undone" in run("import undo 1", ok=True).stdout
    assert rows("SELECT count(*) FROM sales") == [["0"]]
    assert rows("SELECT count(*) FROM customers") == [["1"]]
    assert "o2 is undone already, by o4" in run("import undo 1").stderr
    assert run("import undo i9").exit_code == 4
    assert run("import undo s1").exit_code == 2
    (row,) = json.loads(run("import list -f json", ok=True).stdout)["rows"]
    assert (row["id"], row["undone"]) == ("i1", "o4")


def test_a_file_called_like_a_verb_is_written_with_its_folder(odd, run, monkeypatch):
    monkeypatch.chdir(odd.parent)
    odd.rename(odd.parent / "list")

    assert "4 sales read as odd" in run("import ./list", ok=True).stdout
    assert "till" not in run("import list", ok=True).stdout


def test_import_shows_its_own_options_and_its_verbs(run):
    said = run("import --help", ok=True).stdout

    assert "--profile" in said
    assert "import list: List the imports" in said
    assert "Usage: salestrack import undo" in run("import undo --help", ok=True).stdout
    assert run("import").exit_code == 2


def test_what_was_said_once_is_kept(run, book, tmp_path, rows):
    (tmp_path / "a.csv").write_text("Nr,When,Sum\n1,5/3/2026,10\n")
    said = run(
        f"import {tmp_path}/a.csv --as sales --map id=Nr --map amount=Sum --map date=When --date-format dmy --set channel=shop --save-profile till"
    )

    assert "saved as the profile till" in said.stderr
    (tmp_path / "b.csv").write_text("Nr,When,Sum\n2,6/3/2026,11\n")
    assert "read as till" in run(f"import {tmp_path}/b.csv", ok=True).stdout
    assert rows("SELECT on_date, amount, channel FROM sales ORDER BY id") == [
        ["2026-03-05", "1000", "shop"], ["2026-03-06", "1100", "shop"],
    ]  # fmt: skip
    refused = run(f"import {tmp_path}/b.csv --save-profile till")
    assert (refused.exit_code, "there is a profile till already" in refused.stderr) == (1, True)
