"""Exports that filled another book: what comes later from the first one, and the second one's own."""

from pathlib import Path

from tests.services.whole_books import Book


def two_books(tmp_path: Path) -> tuple[Book, Book]:
    """Return a book and one that was filled from its export of sales and then went on by itself."""
    first, second = Book(tmp_path / "first.db"), Book(tmp_path / "second.db")
    for day in (1, 2, 3):
        first.run("sell", str(day * 10), "Acme", "-d", f"2026-03-0{day}", "--new", ok=True)
    first.run("export", "sales", "-o", str(tmp_path / "1.csv"), ok=True)
    second.run("import", str(tmp_path / "1.csv"), "--new", "customers", ok=True)
    second.run("sell", "77", "Zed", "-d", "2026-03-10", "--new", ok=True)
    second.run("rm", "s4", "-y", ok=True)
    second.run("sell", "88", "Acme", "-d", "2026-03-12", ok=True)
    return first, second


def test_the_next_export_of_a_book_that_filled_another_one_brings_its_own_new_records(tmp_path):
    first, second = two_books(tmp_path)
    first.run("sell", "55", "Acme", "-d", "2026-03-11", ok=True)
    first.run("sell", "99", "Acme", "-d", "2026-03-12", ok=True)
    first.run("export", "sales", "-o", str(tmp_path / "2.csv"), ok=True)

    said = second.run("import", str(tmp_path / "2.csv"), "--on-conflict", "update", ok=True)

    assert " · 2 new, 0 changed, 3 same" in said.stdout
    assert (
        second.run("sql", "SELECT amount FROM sales WHERE id = 5", "--format", "csv", ok=True).stdout.split()[-1]
        == "8800"
    )
    assert "0 new, 0 changed, 5 same" in second.run("import", str(tmp_path / "2.csv"), ok=True).stdout


def test_a_book_that_was_filled_from_another_one_knows_its_own_export(tmp_path):
    _, second = two_books(tmp_path)
    before = second.tables()
    second.run("export", "sales", "-o", str(tmp_path / "own.csv"), ok=True)

    assert "0 new, 0 changed, 4 same" in second.run("import", str(tmp_path / "own.csv"), ok=True).stdout
    assert second.tables() == before
    second.run("rm", "s5", "-y", ok=True)
    assert " 0 new, 0 changed, 3 same" in second.run("import", str(tmp_path / "own.csv"), ok=True).stdout
