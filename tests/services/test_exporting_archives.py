"""A whole book as one zip file: the same bytes, read as a book again, and refused whole where somebody tampered with it."""

import json
import random
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.services.whole_books import Book, full_book, tree


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a full book, its folder and its zip file, which no test changes."""
    folder = tmp_path_factory.mktemp("packed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        book = full_book(folder / "full.db")
        book.export(folder / "out")
        book.run("export", "all", "-o", str(folder / "out.zip"), ok=True)
    return book, folder / "out", folder / "out.zip"


def packed(target: Path, files: dict[str, bytes], **more) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw, **more)
    return target


def test_the_archive_holds_the_files_of_the_folder_and_is_the_same_at_any_time(made, tmp_path, monkeypatch):
    book, folder, archive = made
    with zipfile.ZipFile(archive) as found:
        assert found.testzip() is None
        files = {entry.filename: found.read(entry) for entry in found.infolist()}
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {name.rpartition("/")[2]: raw for name, raw in files.items()} == tree(folder)
    assert {name.partition("/")[0] for name in files} == {"salestrack-book"}
    monkeypatch.setenv("SALESTRACK_TODAY", "2029-01-01T10:00:00")
    result = book.run("export", "all", "-o", str(tmp_path / "other name.ZIP"), ok=True)
    assert result.stderr.endswith("rows in 37 files\n")
    assert (tmp_path / "other name.ZIP").read_bytes() == archive.read_bytes()
    assert stat.S_IMODE((tmp_path / "other name.ZIP").stat().st_mode) == 0o600


@pytest.mark.parametrize("top", ["salestrack-book/", "", "my book/", "a\\", "deep/er/"])
def test_it_comes_back_as_the_same_book_however_it_was_packed(made, tmp_path, top):
    _, folder, archive = made
    files = {top + name: raw for name, raw in tree(folder).items()}
    extra = (
        {} if "\\" in top else {f"__MACOSX/{top}._deals.jsonl": b"?", f"{top}.DS_Store": b"?", "read me.txt": b"hello"}
    )
    mine = packed(tmp_path / "mine.zip", {**extra, **files})
    copy = Book(tmp_path / "copy.db", "EUR")
    result = copy.run("import", str(mine), ok=True)
    assert result.stdout.startswith("mine.zip: the whole book · 2 products")
    copy.run("export", "all", "-o", str(tmp_path / "again.zip"), ok=True)
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_into_another_book_it_comes_as_a_foreign_one_and_twice_is_once(made, tmp_path):
    other = Book(tmp_path / "other.db")
    other.line("customer add Initech")
    before = other.tables()
    first = other.run("import", str(made[2]), ok=True)
    assert "22 records read · 22 new, 0 changed, 0 same" in first.stdout
    assert "0 new, 0 changed, 22 same" in other.run("import", str(made[2]), ok=True).stdout
    assert "0 new, 0 changed, 22 same" in other.run("import", str(made[1]), ok=True).stdout
    other.run("import", "undo", "i1", ok=True)
    after = other.tables()
    assert after == before


def renamed(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    found = json.loads(files["manifest.json"])
    found["files"][0]["file"] = name
    return {**files, "manifest.json": json.dumps(found).encode()}


def without(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {each: raw for each, raw in files.items() if each != name}


HOSTILE = {
    "a path that leads out": lambda files: {**files, "../../etc/cron.d/x": b"evil"},
    "a path that leads out by backslashes": lambda files: {**files, "..\\x": b"evil"},
    "an absolute path": lambda files: {**files, "/etc/passwd": b"evil"},
    "a drive": lambda files: {**files, "C:/x": b"evil"},
    "a bomb": lambda files: {**files, "sales.jsonl": b" " * (65 << 20)},
    "a missing file": lambda files: without(files, "deals.jsonl"),
    "a file of other content": lambda files: {
        **files, "deals.jsonl": files["deals.jsonl"].replace(b"New site", b"Old site"),
    },
    "no manifest": lambda files: without(files, "manifest.json"),
    "a manifest that names a path": lambda files: renamed(files, "../owners.jsonl"),
    "a manifest that is none": lambda files: {**files, "manifest.json": b"{"},
    "two books": lambda files: {f"{top}/{name}": raw for top in "ab" for name, raw in files.items()},
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("a path that leads out", "names a file outside of itself: ../../etc/cron.d/x"),
        ("a path that leads out by backslashes", "names a file outside of itself: ../x"),
        ("an absolute path", "names a file outside of itself: /etc/passwd"),
        ("a drive", "names a file outside of itself: C:/x"),
        ("a bomb", "unpacks to more than 200 times its size"),
        ("a missing file", "lacks the file deals.jsonl"),
        ("a file of other content", "deals.jsonl is not what was written"),
        ("no manifest", "holds files of a whole book, but no manifest.json"),
        ("a manifest that names a path", "lacks the file ../owners.jsonl"),
        ("a manifest that is none", "is damaged, or no manifest of an export"),
        ("two books", "holds several exports"),
    ],
)
def test_a_hostile_or_damaged_archive_is_refused_by_name_and_nothing_is_written(made, tmp_path, what, said):
    bad = packed(tmp_path / "bad.zip", HOSTILE[what](tree(made[1])))
    book = Book(tmp_path / "book.db")
    before = book.tables()
    result = book.run("import", str(bad))
    assert (result.exit_code, result.stdout) == (6, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 2  # the sentence, and what to do
    assert book.tables() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.zip", "book.db"]


def test_a_folder_without_its_manifest_is_refused_with_what_to_do(made, tmp_path):
    for name, raw in tree(made[1]).items():
        if name != "manifest.json":
            (tmp_path / "cut").mkdir(exist_ok=True)
            (tmp_path / "cut" / name).write_bytes(raw)
    result = Book(tmp_path / "book.db").run("import", str(tmp_path / "cut"))
    assert result.exit_code == 6
    assert "holds files of a whole book, but no manifest.json" in result.stderr
    assert "hint: copy the whole folder once more, or export the book again" in result.stderr


def test_the_same_name_twice_an_odd_packing_and_a_password_are_refused(made, tmp_path):
    files, book = tree(made[1]), Book(tmp_path / "book.db")
    with (
        zipfile.ZipFile(packed(tmp_path / "twice.zip", files), "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("deals.jsonl", b"")
    assert "holds deals.jsonl twice" in book.run("import", str(tmp_path / "twice.zip")).stderr
    raw = bytearray(packed(tmp_path / "locked.zip", files).read_bytes())
    for at in range(len(raw) - 4):
        if raw[at : at + 4] == b"PK\x01\x02":
            raw[at + 8] |= 1
        if raw[at : at + 4] == b"PK\x03\x04":
            raw[at + 6] |= 1
    (tmp_path / "locked.zip").write_bytes(raw)
    result = book.run("import", str(tmp_path / "locked.zip"))
    assert (result.exit_code, "locked.zip is encrypted" in result.stderr) == (6, True)
    for at in range(len(raw) - 4):
        if raw[at : at + 4] == b"PK\x01\x02":
            raw[at + 8], raw[at + 10] = 0, 99
        if raw[at : at + 4] == b"PK\x03\x04":
            raw[at + 6], raw[at + 8] = 0, 99
    (tmp_path / "odd.zip").write_bytes(raw)
    result = book.run("import", str(tmp_path / "odd.zip"))
    assert (result.exit_code, "manifest.json in " in result.stderr) == (6, True), result.stderr
    assert len(book.tables()["customers"]) == 0


def test_whatever_happened_to_the_bytes_it_is_imported_whole_or_refused(made, tmp_path):
    _, folder, archive = made
    good = archive.read_bytes()
    book = Book(tmp_path / "book.db")
    before = book.tables()
    chance = random.Random(7)
    for number in range(60):
        raw = bytearray(good)
        if number % 3 == 0:
            del raw[chance.randrange(len(raw)) :]
        else:
            for _ in range(1 + number % 4):
                raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        (tmp_path / "bad.zip").write_bytes(raw)
        result = book.run("import", str(tmp_path / "bad.zip"))
        if result.exit_code == 0:  # the change was where nobody looks, such as a time
            book.run("undo", ok=True)
        else:
            assert result.exit_code in {1, 2, 4, 6}, result.stderr
            assert len(result.stderr.splitlines()) <= 2, result.stderr
        assert book.tables() == before
    assert tree(folder)


@pytest.mark.parametrize("what", ["text", "an archive of others", "a folder"])
def test_only_an_export_is_ever_replaced(made, tmp_path, what):
    book, folder, archive = made
    target = tmp_path / "x.zip"
    if what == "text":
        target.write_bytes(b"precious")
    elif what == "a folder":
        target.mkdir()
    else:
        packed(target, {**tree(folder), "holiday.jpg": b"precious"})
    before = target.is_file() and target.read_bytes()
    result = book.run("export", "all", "-o", str(target))
    assert (result.exit_code, "stays as it is" in result.stderr) == (1, True)
    assert (target.is_file() and target.read_bytes()) == before
    if target.is_file():
        target.write_bytes(archive.read_bytes())
        refused = book.run("export", "all", "--customer", "Globex", "-o", str(target))
        assert "holds a whole book and stays as it is" in refused.stderr
        book.run("export", "all", "-o", str(target), ok=True)
        assert target.read_bytes() == archive.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from salestrack.cli import program
sys.exit(program().main(sys.argv[1:], prog_name="salestrack"))
"""


@pytest.mark.parametrize("target", ["x.zip", "folder"])
def test_a_full_disk_leaves_nothing_behind(made, tmp_path, target):
    words = ["--db", str(made[0].path), "export", "all", "-o", str(tmp_path / target)]
    result = subprocess.run([sys.executable, "-c", LIMITED, *words], capture_output=True, text=True, check=False)
    assert (result.returncode, "cannot write" in result.stderr) == (1, True), result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


INTERRUPTED = """
import sys, os, signal
from salestrack.services.exporting import folder
was = folder.Progress.wrote
def wrote(self, rows, size):
    was(self, rows, size)
    if self._rows > 20:
        os.kill(os.getpid(), signal.SIGINT)
folder.Progress.wrote = wrote
from salestrack.cli import program
sys.exit(program().main(sys.argv[1:], prog_name="salestrack"))
"""


@pytest.mark.parametrize("target", ["x.zip", "folder"])
def test_ctrl_c_leaves_nothing_behind_and_the_earlier_export_as_it_was(made, tmp_path, target):
    where = tmp_path / target
    made[0].run("export", "all", "-o", str(where), ok=True)
    before = where.read_bytes() if where.is_file() else tree(where)
    words = ["--db", str(made[0].path), "export", "all", "-o", str(where)]
    result = subprocess.run([sys.executable, "-c", INTERRUPTED, *words], capture_output=True, text=True, check=False)
    assert result.returncode == 130
    assert "Traceback" not in result.stderr
    assert (where.read_bytes() if where.is_file() else tree(where)) == before
    assert [path.name for path in tmp_path.iterdir()] == [target]


@pytest.mark.parametrize(
    "option", ["--as deals", "--map a=b", "--rejects r", "--full", "--new customers", "--me a@b.example"]
)
def test_a_book_takes_no_option_that_says_how_a_table_is_read(made, tmp_path, option):
    result = Book(tmp_path / "book.db").run("import", str(made[2]), *option.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"salestrack: {option.split()[0]} is for tables, not for a whole book\nhint: leave it out: a book says all by itself\n"
    )


def test_a_rehearsal_says_what_would_come_and_how_to_do_it(made, tmp_path):
    book = Book(tmp_path / "book.db", "EUR")
    shown = book.run("import", str(made[2]), "-n", "-f", "table", ok=True).stdout
    assert "the whole book: 2 products, 3 customers, 1 contact, 2 quotas, 4 deals, 5 sales, 5 activities" in shown
    assert f"to do it: salestrack --db {book.path} import {made[2]}\n" in shown
    assert not {"Columns", "reads utf-8"} & set(shown.splitlines())
    found = json.loads(book.run("import", str(made[2]), "-n", "-f", "json", ok=True).stdout)
    assert (found["rows"][0]["kind"], found["rows"][0]["new"], found["dry_run"]) == ("book", 22, True)
    assert book.tables()["customers"] == []
