"""A real book of 8,800 deals goes out, comes back, and the next file goes on as before."""

import csv
import shlex
from pathlib import Path

import pytest
from tests.services.whole_books import Book

DEALS = "--as deals --map entered:Engaging=engage_date --map created=engage_date --value 'product:GTXPro=GTX Pro'"

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def crm(real_data, tmp_path_factory):
    """Return a book with the deals of a hardware seller, and the folder of its files."""
    folder = tmp_path_factory.mktemp("crm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2017-12-31")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        book = Book(folder / "crm.db")
        files = real_data / "maven-crm"
        book.line("stage add Prospecting --probability 10 --before Lead")
        book.line("stage add Engaging --probability 40 --before Lead")
        book.line(f"import {shlex.quote(str(files / 'products.csv'))} --as products")
        book.line(f"import {shlex.quote(str(files / 'accounts.csv'))} --as customers")
        book.line(f"import {shlex.quote(str(files / 'sales_pipeline.csv'))} {DEALS}")
        book.line("edit d1 --note 'mine' --amount 1")
    return book, files


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    monkeypatch.setenv("SALESTRACK_TODAY", "2017-12-31")


def test_the_copy_is_equal_and_takes_the_next_file_as_the_book_does(crm, tmp_path):
    book, files = crm
    first = book.export(tmp_path / "out")
    copy = Book(tmp_path / "copy.db")
    copy.run("import", str(tmp_path / "out"), ok=True)
    assert copy.export(tmp_path / "back") == first
    assert copy.tables() == book.tables()
    line = f"import {shlex.quote(str(files / 'sales_pipeline.csv'))} {DEALS}"
    assert "0 new, 0 changed, 8800 same" in copy.line(line).stdout
    report = "report winloss all -f json"
    assert copy.line(report).stdout == book.line(report).stdout


def test_as_a_foreign_book_it_comes_in_once(crm, tmp_path):
    book, _ = crm
    book.export(tmp_path / "out")
    other = Book(tmp_path / "other.db")
    other.line("customer add 'Bubba Gump'")
    said = other.run("import", str(tmp_path / "out"), ok=True).stdout
    assert "8,892 records read · 8,891 new" in said
    assert "0 new, 0 changed, 8,892 same" in other.run("import", str(tmp_path / "out"), ok=True).stdout
    won = "SELECT count(*), sum(book_amount) FROM deals WHERE status = 'won'"
    assert other.query(won) == book.query(won)


def test_an_exported_file_holds_every_deal_to_the_cent(crm, tmp_path):
    book, _ = crm
    book.run("export", "deals", "--won", "-o", str(tmp_path / "won.csv"), ok=True)
    with Path(tmp_path / "won.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = book.query("SELECT count(*), sum(amount) FROM deals WHERE status = 'won'")[0]
    assert (len(rows), sum(round(float(row["amount"]) * 100) for row in rows)) == wanted
