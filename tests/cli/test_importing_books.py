"""import of whole books: never read as tables, never among other files, and what they change is said in words."""

import subprocess
import sys

import pytest
from tests.services.whole_books import Book


@pytest.fixture
def book(tmp_path):
    made = Book(tmp_path / "p.db", "EUR")
    made.line("product add Design 2500")
    made.line("sell 10 Acme x --new")
    return made


@pytest.fixture
def other(tmp_path):
    return Book(tmp_path / "q.db", "EUR")


CSV = "id,date,customer,amount\n1,2026-02-01,Beta,5\n"


def refused(book, *words):
    before = book.path.read_bytes()
    result = book.run("import", *map(str, words))
    assert result.exit_code == 2
    assert book.path.read_bytes() == before
    return result.stderr


def test_a_book_comes_neither_beside_other_files_nor_from_a_folder_of_them(book, other, tmp_path):
    (tmp_path / "dl").mkdir()
    archive, table = tmp_path / "dl" / "b.zip", tmp_path / "dl" / "sales.csv"
    book.run("export", "all", "-o", str(archive), ok=True)
    table.write_text(CSV)
    alone = f"import it alone: salestrack import {archive}"
    assert alone in refused(other, archive, table)
    assert alone in refused(other, table, archive)
    assert alone in refused(other, tmp_path / "dl")
    assert "is named twice" in refused(other, archive, archive)
    assert other.query("SELECT count(*) FROM products") == [(0,)]


def test_a_table_of_a_book_is_no_table(book, other, tmp_path):
    book.export(tmp_path / "x" / "out")
    for name in ("products", "sales", "tags", "quotas"):
        text = refused(other, tmp_path / "x" / "out" / f"{name}.jsonl")
        assert f"{name}.jsonl is part of a whole book" in text
        assert f"salestrack import {tmp_path / 'x' / 'out'}" in text
    assert f"salestrack import {tmp_path / 'x' / 'out'}" in refused(other, tmp_path / "x"), "one folder deeper"
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose" / "p.jsonl").write_bytes((tmp_path / "x" / "out" / "products.jsonl").read_bytes())
    (tmp_path / "loose" / "sales.csv").write_text(CSV)
    assert "is part of a whole book" in refused(other, tmp_path / "loose")
    assert "is part of a whole book" in refused(other, tmp_path / "loose" / "p.jsonl")


def test_an_export_of_a_list_is_a_table(book, tmp_path):
    book.run("export", "products", "-o", str(tmp_path / "products.jsonl"), ok=True)
    assert "1 same" in book.run("import", str(tmp_path / "products.jsonl"), ok=True).stdout
    assert book.query("SELECT price FROM products") == [(250000,)]


def test_a_book_from_standard_input_is_asked_for_as_a_file(book, other, tmp_path):
    book.run("export", "all", "-o", str(tmp_path / "b.zip"), ok=True)
    command = [sys.executable, "-m", "salestrack", "--db", str(other.path), "import", "-"]
    with (tmp_path / "b.zip").open("rb") as piped:
        result = subprocess.run(command, stdin=piped, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert "standard input is an archive, which comes as a file" in result.stderr


def test_theirs_wins_where_that_is_said_and_is_undone_as_one(book, other, tmp_path):
    book.line("deal add 100 Acme Site -d 2026-03-01")
    book.export(tmp_path / "out")
    other.line("sell 1 Own x --new")
    other.run("import", str(tmp_path / "out"), ok=True)
    other.line("deal edit d1 --amount 111")
    book.line("edit d1 --amount 120")
    book.export(tmp_path / "out")
    result = other.run("import", str(tmp_path / "out"), ok=True)
    assert "1 kept as edited by hand: d1 amount" in result.stdout
    assert f"salestrack import {tmp_path / 'out'} --on-conflict update" in result.stderr
    assert other.query("SELECT amount FROM deals") == [(11100,)]
    before = other.tables()
    result = other.run("import", str(tmp_path / "out"), "--on-conflict", "update", ok=True)
    assert "changed: d1 amount" in result.stdout
    assert other.query("SELECT amount FROM deals") == [(12000,)]
    other.run("undo", ok=True)
    assert other.tables() == before
    assert "--on-conflict fail is not for a whole book" in refused(other, tmp_path / "out", "--on-conflict", "fail")


def test_a_deal_won_there_is_won_here_at_the_amount_that_was_set_here(book, other, tmp_path):
    book.line("deal add 100 Acme Site -d 2026-03-01 --product 1xDesign@100")
    book.export(tmp_path / "out")
    other.line("sell 1 Own x --new")
    other.run("import", str(tmp_path / "out"), ok=True)
    other.line("deal edit d1 --amount 111")
    book.line("won d1 -d 2026-03-10")
    book.export(tmp_path / "out")
    result = other.run("import", str(tmp_path / "out"), ok=True)
    assert "changed: d1 closed, stage" in result.stdout
    assert "kept" not in result.stdout, "its amount did not change there"
    assert other.query("SELECT amount, status, closed_on, book_amount FROM deals") == [
        (11100, "won", "2026-03-10", 11100)
    ]
    assert other.query("SELECT sum(amount), sum(book_amount) FROM deal_lines") == [(11100, 11100)]
    last = "SELECT h.amount, s.name FROM deal_history h JOIN stages s ON s.id = h.stage_id WHERE to_on IS NULL"
    assert other.query(last) == [(11100, "Won")]
    assert other.run("doctor").exit_code == 0


def test_prices_pauses_and_tags_that_were_set_here_stay(book, other, tmp_path):
    book.line("sell 20 Acme rep --every month -d 2026-01-01 -t theirs")
    book.export(tmp_path / "out")
    other.line("sell 1 Own x --new")
    other.run("import", str(tmp_path / "out"), ok=True)
    for line in ("edit s3 --price 25 --from 2026-02-01", "edit s3 --pause 2026-03-01", "edit s3 -t ours"):
        other.line(line)
    before = other.tables()["schedule_changes"]
    book.line("edit s2 --note hello -t more")
    book.line("edit s2 --price 22 --from 2026-02-01")
    book.export(tmp_path / "out")
    text = other.run("import", str(tmp_path / "out"), ok=True).stdout
    assert "changed: s3 note, tags" in text
    assert "1 kept as edited by hand: s3 price or pause" in text
    assert other.tables()["schedule_changes"] == before
    assert other.query("SELECT t.name FROM sale_tags s JOIN tags t ON t.id = s.tag_id WHERE sale_id = 3 ORDER BY 1") == [
        ("more",), ("ours",), ("theirs",),
    ]  # fmt: skip


def test_what_comes_into_an_empty_book_of_another_currency_is_said(book, tmp_path):
    book.export(tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    empty = Book(tmp_path / "e.db", "USD")
    result = empty.run("import", str(tmp_path / "out"), "-n", ok=True)
    assert "would become EUR" in result.stderr + result.stdout
    result = empty.run("import", str(tmp_path / "out"), ok=True)
    assert "the currency of this book became EUR, as in that one; it was USD" in result.stderr
    assert "no part of the book, and not read: notes.txt" in result.stderr


def test_what_is_another_there_and_stays_is_named(book, other, tmp_path):
    book.line("customer add Beta")
    book.line("quota set 100 2026Q1")
    book.export(tmp_path / "out")
    other.line("product add Design 2000")
    other.line("quota set 150 2026Q1")
    other.line("sell 1 Own x --new")
    text = other.run("import", str(tmp_path / "out"), ok=True).stderr
    assert "the other book says something else, and yours stay: p1 price; q1 target" in text
    assert other.query("SELECT price FROM products UNION SELECT target FROM quotas ORDER BY 1") == [(15000,), (200000,)]
    other.line("edit p1 --sku mine")
    result = other.run("import", str(tmp_path / "out"), "--on-conflict", "update", ok=True)
    assert "changed: p1 price; q1 target" in result.stdout
    assert other.query("SELECT price, sku FROM products") == [(250000, "mine")], "they know no sku: yours stays"
    book.line("rm s1 -y")
    book.line("customer merge Acme Beta -y")
    book.export(tmp_path / "out")
    text = other.run("import", str(tmp_path / "out"), ok=True).stderr
    assert "no longer in the other book, and kept here: s2" in text
    assert "merged in the other book, and apart here: c3 into c2" in text
    assert other.query("SELECT count(*) FROM sales") == [(2,)]


def test_a_copy_of_a_book_keeps_the_tags_and_prices_that_were_set_before_it_was_made(book, other, tmp_path):
    book.line("sell 20 Acme rep --every month -d 2026-01-01 -t theirs")
    book.export(tmp_path / "out")
    other.line("sell 1 Own x --new")
    other.run("import", str(tmp_path / "out"), ok=True)
    for line in ("edit s3 --price 25 --from 2026-02-01", "edit s3 --tag ours"):
        other.line(line)
    first = other.export(tmp_path / "mine")
    copy = Book(tmp_path / "copy.db", "EUR")
    copy.run("import", str(tmp_path / "mine"), ok=True)
    assert copy.export(tmp_path / "again") == first
    book.line("edit s2 --note hello")
    book.export(tmp_path / "out")
    copy.run("import", str(tmp_path / "out"), ok=True)
    assert copy.query("SELECT from_on, amount FROM schedule_changes") == [("2026-02-01", 2500)]
    assert copy.query("SELECT count(*) FROM sale_tags") == [(2,)]
    assert copy.query("SELECT note FROM sales WHERE id = 3") == [("hello",)]
