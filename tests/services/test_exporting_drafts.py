"""Exports that are killed, interrupted, or two at once: one whole export stands in the end, and nothing beside it."""

import os
import signal
from pathlib import Path

import pytest
from tests.services.whole_books import Book, tree

from salestrack.errors import RuleError
from salestrack.services.exporting.drafts import drafted, uninterrupted
from salestrack.services.exporting.places import Whose, replacing

fcntl = pytest.importorskip("fcntl")

WHOSE = Whose("0" * 32)


def uid(book):
    return book.query("SELECT value FROM settings WHERE key = 'uid'")[0][0]


@pytest.fixture
def book(tmp_path):
    made = Book(tmp_path / "b.db")
    made.line("sell 10 Acme x --new")
    return made


def beside(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name.startswith("."))


def test_what_killed_exports_left_is_taken_away_by_the_next_one(book, tmp_path):
    book.export(tmp_path / "out")
    for name in (".out.abcdefgh.new", ".out.abcdefgh.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "customers.jsonl").write_text("secret")
    (tmp_path / ".b.zip.12345678.new").write_text("half")
    for name in (".other.abcdefgh.old", ".out.mine.old"):
        (tmp_path / name).mkdir()
    book.export(tmp_path / "out")
    book.run("export", "all", "-o", str(tmp_path / "b.zip"), ok=True)
    assert beside(tmp_path) == [".other.abcdefgh.old", ".out.mine.old"]


def test_an_earlier_export_goes_only_when_the_new_one_stands(book, tmp_path):
    (tmp_path / ".out.abcdefgh.old").mkdir()
    with pytest.raises(RuleError), replacing(tmp_path / "out", top="x", whose=WHOSE):
        raise RuleError("no")
    assert beside(tmp_path) == [".out.abcdefgh.old"]


def test_what_another_export_still_writes_to_stays(book, tmp_path):
    with drafted(tmp_path / "out", folder=True) as draft, drafted(tmp_path / "b.zip", folder=False) as packed:
        book.export(tmp_path / "out")
        book.run("export", "all", "-o", str(tmp_path / "b.zip"), ok=True)
        assert draft.is_dir()
        assert packed.is_file()
    assert beside(tmp_path) == []


def test_of_two_exports_at_once_the_later_one_stands_whole(book, tmp_path):
    with replacing(tmp_path / "out", top="x", whose=Whose(uid(book))) as place:
        book.export(tmp_path / "out")
        with place.file("manifest.json") as file:
            file.write(b"{}")
    assert list(tree(tmp_path / "out")) == ["manifest.json"]
    assert beside(tmp_path) == []


def overtaken(folder):
    with replacing(folder, top="x", whose=WHOSE) as place:
        with place.file("manifest.json") as file:
            file.write(b"{}")
        folder.mkdir()
        (folder / "diary.txt").write_text("mine")


def test_what_came_to_the_place_meanwhile_stays(tmp_path):
    with pytest.raises(RuleError, match=r"diary\.txt"):
        overtaken(tmp_path / "out")
    assert list(tree(tmp_path / "out")) == ["diary.txt"]
    assert beside(tmp_path) == []


def test_an_interruption_at_the_swap_comes_too_late_and_an_end_waits_for_it():
    seen = []
    usual = signal.signal(signal.SIGTERM, lambda *_: seen.append("ended"))
    try:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            seen.append("swapped")
        assert seen == ["swapped", "ended"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, usual)
