"""A file whose name is empty, as a variable that is not set makes it, is refused and never the folder one stands in."""

import pytest


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('import ""', "the name of the file"),
        ('import " "', "the name of the file"),
        ('import sales.csv ""', "the name of the file"),
        ('import sales.csv --rejects ""', "--rejects"),
        ('import sales.csv -o ""', "-o"),
        ('report pipeline -o ""', "-o"),
        ('deal list -o " "', "-o"),
        ('backup ""', "the name of the copy"),
        ('profile save shop ""', "the name of the file"),
        ('--config "" today', "--config"),
        ('--db " " today', "--db"),
    ],
)
def test_a_name_that_is_empty_is_refused(book, run, rows, tmp_path, monkeypatch, line, what):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here" / "sales.csv").write_text("date,amount\n2026-03-01,10.00\n", encoding="utf-8")

    said = run(line, ok=False)

    assert said.exit_code == 2
    assert said.stderr == f"salestrack: {what} is empty\nhint: is a variable of your script not set?\n"
    assert rows("SELECT id FROM sales") == []
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["sales.csv"]


def test_rejected_rows_go_to_a_file_and_never_to_one_called_by_a_dash(book, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_text("date,amount\n2026-03-01,ten\n", encoding="utf-8")

    said = run("import sales.csv --rejects -", ok=False)

    assert said.stderr == "salestrack: --rejects needs the name of a file\nhint: for example --rejects rejected.csv\n"
    assert not (tmp_path / "-").exists()
