"""A whole book goes out and comes back: equal bytes, equal tables, and nothing half done when the folder is damaged."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.whole_books import ODD, Book, full_book, odd_book, tree

TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20),
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXTS, min_size=2, max_size=4), currency=st.sampled_from(["USD", "JPY", "KWD"]))
def test_what_goes_out_comes_back_equal_to_the_byte(texts, currency):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = odd_book(folder / "one.db", [text for text in texts if text.strip()], "USD")
        first = book.export(folder / "out")
        assert book.export(folder / "again") == first
        other = Book(folder / "two.db", currency)
        fresh = other.tables()
        other.run("import", str(folder / "out"), ok=True)
        assert other.tables() == book.tables()
        assert other.export(folder / "back") == first
        assert other.run("doctor").exit_code == book.run("doctor").exit_code
        other.run("undo", ok=True)
        assert other.tables() == fresh
        other.run("redo", ok=True)
        assert other.export(folder / "back") == first


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Return a full book and the folder that it went out to."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        book = full_book(folder / "full.db")
        book.export(folder / "out")
    return book, folder / "out"


def test_every_table_has_rows_or_the_test_would_prove_little(exported):
    book, _ = exported
    empty = {table for table, rows in book.tables().items() if not rows}
    assert empty <= {
        "activity_contacts",
        "deal_contacts",
        "activity_tags",
        "schedule_changes",
        "imports",
        "import_keys",
    }


def copied(folder: Path, target: Path) -> Path:
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def edit_manifest(folder: Path, change) -> None:
    path = folder / "manifest.json"
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


def seal(folder: Path, table: str) -> None:
    """Give a changed file the checksum of an unchanged one: then only what is in it can give it away."""
    from hashlib import sha256

    raw = (folder / f"{table}.jsonl").read_bytes()

    def change(found) -> None:
        entry = next(each for each in found["files"] if each["table"] == table)
        entry |= {"sha256": sha256(raw).hexdigest(), "rows": raw.count(b"\n")}

    edit_manifest(folder, change)


def replaced(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / f"{table}.jsonl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    seal(folder, table)


DAMAGE = {
    "a missing file": (lambda f: (f / "deals.jsonl").unlink(), "lacks the file deals.jsonl"),
    "a flipped byte": (lambda f: flip(f / "customers.jsonl"), "customers.jsonl is"),
    "a line cut off": (
        lambda f: (f / "sales.jsonl").write_bytes((f / "sales.jsonl").read_bytes()[:-20]), "sales.jsonl is damaged",
    ),
    "a line missing": (
        lambda f: (f / "deals.jsonl").write_bytes(b"".join((f / "deals.jsonl").read_bytes().splitlines(keepends=True)[1:])),
        "deals.jsonl is not what was written",
    ),
    "a newer schema": (
        lambda f: edit_manifest(f, lambda m: m["book"].update(schema_version=99)), "written by a newer salestrack",
    ),
    "another format": (lambda f: edit_manifest(f, lambda m: m.update(schema="salestrack/book@2")), "an export of another kind"),
    "a manifest that is no JSON": (lambda f: (f / "manifest.json").write_text("{"), "manifest"),
    "a manifest of somebody else": (lambda f: (f / "manifest.json").write_text('{"name": "npm"}'), "manifest"),
    "a manifest without a table": (
        lambda f: edit_manifest(f, lambda m: m["files"].pop(3)), "manifest.json is damaged: it lacks",
    ),
    "a file outside the folder": (
        lambda f: edit_manifest(f, lambda m: m["files"][0].update(file="../owners.jsonl")), "lacks the file",
    ),
    "a reference into nothing": (
        lambda f: replaced(f, "deals", '"customer_id":1', '"customer_id":999'), "refers to one that customers.jsonl lacks",
    ),
    "a value that no book can hold": (lambda f: replaced(f, "deals", '"open"', '"ajar"'), "deals.jsonl is damaged"),
    "a fraction": (lambda f: replaced(f, "sales", '"amount":11900', '"amount":119.5'), "sales.jsonl is damaged: line 1"),
    "a number beyond all": (
        lambda f: replaced(f, "sales", '"amount":11900', '"amount":99999999999999999999999'), "sales.jsonl is damaged",
    ),
    "a lone surrogate": (lambda f: replaced(f, "deals", "New site", "New \\ud800"), "deals.jsonl is damaged"),
    "fields that are no JSON": (
        lambda f: replaced(f, "deals", '"fields":"{', '"fields":"['),
        "the custom fields of the row with id",
    ),
    "an unknown column": (lambda f: replaced(f, "tags", '"name"', '"nome"'), "tags.jsonl is damaged: line 1 has other"),
    "another book's settings": (lambda f: replaced(f, "settings", '"USD"', '"EUR"'), "are of two different books"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_folder_is_refused_by_name_and_nothing_is_written(exported, tmp_path, what):
    damage, said = DAMAGE[what]
    folder = copied(exported[1], tmp_path / "damaged")
    damage(folder)
    for name in ("empty.db", "other.db"):
        book = Book(tmp_path / name)
        if name == "other.db":
            book.line("customer add Own")
        before = book.path.read_bytes()
        result = book.run("import", str(folder))
        assert result.exit_code == 6, result.stderr
        assert said in result.stderr
        assert result.stderr.count("\n") <= 2
        assert book.path.read_bytes() == before


def test_no_id_of_a_removed_record_is_given_out_again(exported, tmp_path):
    _, folder = exported
    book = Book(tmp_path / "two.db")
    book.run("import", str(folder), ok=True)
    assert book.line("quota set 5 2026-07").stdout.startswith("q4 ")


def test_a_second_import_into_the_copy_changes_nothing_and_one_that_differs_is_refused(exported, tmp_path):
    _, folder = exported
    book = Book(tmp_path / "two.db")
    book.run("import", str(folder), ok=True)
    before = book.path.read_bytes()
    assert ", 0 changed, " in book.run("import", str(folder), ok=True).stdout
    assert book.path.read_bytes() == before
    book.line("customer add Extra")
    result = book.run("import", str(folder))
    assert result.exit_code == 1
    assert "export of this book itself" in result.stderr


def test_a_rehearsal_writes_nothing(exported, tmp_path):
    book = Book(tmp_path / "two.db")
    before = book.path.read_bytes()
    assert "nothing was written" in book.run("import", str(exported[1]), "-n", ok=True).stdout
    assert book.path.read_bytes() == before


def test_the_next_file_of_a_shop_goes_on_as_before_and_edits_by_hand_stay(tmp_path):
    book = Book(tmp_path / "one.db")
    file = tmp_path / "deals.csv"
    file.write_text(
        "id,title,customer,stage,amount\nx1,First,Acme,Lead,100\nx2,Second,Acme,Lead,200\nx3,Third,Acme,Lead,5\n"
    )
    book.run("import", str(file), "--as", "deals", "--new", "customers", ok=True)
    book.line("edit d1 --title 'My own'")
    book.line("rm d3 -y")
    book.export(tmp_path / "out")
    copy = Book(tmp_path / "two.db")
    copy.run("import", str(tmp_path / "out"), ok=True)
    assert copy.export(tmp_path / "back") == tree(tmp_path / "out")
    for each in (book, copy):
        assert "0 new, 0 changed, 2 same" in each.run("import", str(file), "--as", "deals", ok=True).stdout
    file.write_text(
        "id,title,customer,stage,amount\nx1,Theirs,Acme,Lead,150\nx2,Second,Acme,Lead,200\nx3,Third,Acme,Lead,6\nx4,New,Acme,Lead,7\n"
    )
    for each in (book, copy):
        each.run("import", str(file), "--as", "deals", ok=True)
    wanted = [(1, "My own", 15000), (2, "Second", 20000), (4, "New", 700)]
    for each in (book, copy):
        assert each.query("SELECT id, title, amount FROM deals ORDER BY id") == wanted


def test_rows_without_ids_are_known_in_the_copy_though_they_were_edited_or_removed_and_are_written_anew(tmp_path):
    book = Book(tmp_path / "one.db")
    file, anew = tmp_path / "sales.csv", tmp_path / "anew.csv"
    file.write_text(
        "date,customer,product,quantity,amount\n" + "".join(f"2026-03-0{n},Acme,Tea,{n},{n}0\n" for n in range(1, 7))
    )
    anew.write_text(
        "Amount,Date,Product,Quantity,Customer\n"
        + "".join(f"{n}0.00,0{n}.03.2026,TEA,{n}.0,Acme\n" for n in range(1, 7))
    )
    book.run("import", str(file), "--as", "sales", "--new", "customers,products", ok=True)
    for line in ("edit s1 --amount 11", "edit s2 --product 7xTea", "rm s3 -y", "edit s4 --date 2026-02-01", "rm s4 -y"):
        book.line(line)
    copies = [book]
    for place in ("two", "three"):
        folder = tmp_path / f"to-{place}"
        exported = copies[-1].export(folder)
        copies.append(Book(tmp_path / f"{place}.db"))
        copies[-1].run("import", str(folder), ok=True)
        assert copies[-1].export(tmp_path / f"back-{place}") == exported
    for each in copies:
        before = each.query("SELECT * FROM v_sales"), each.query("SELECT * FROM v_lines")
        answer = each.run("import", str(anew), "--as", "sales", ok=True).stdout
        assert "0 new, 0 changed, 4 same, 2 left out" in answer
        assert (each.query("SELECT * FROM v_sales"), each.query("SELECT * FROM v_lines")) == before


def test_a_removed_record_leaves_in_an_export_no_more_than_knows_it_again(tmp_path):
    book = Book(tmp_path / "one.db")
    (tmp_path / "sales.csv").write_text("date,customer,amount,note\n2026-03-01,Acme,10,secret\n")
    book.run("import", str(tmp_path / "sales.csv"), "--as", "sales", "--new", "customers", ok=True)
    book.line("edit s1 --note hidden")
    book.line("rm s1 -y")
    text = b"".join(book.export(tmp_path / "out").values())
    assert b"secret" not in text
    assert b"hidden" not in text


def test_a_closed_book_comes_back_closed_and_its_import_can_be_taken_back(tmp_path):
    book = full_book(tmp_path / "one.db")
    book.line("config set closed_until 2026-02-28")
    book.export(tmp_path / "out")
    copy = Book(tmp_path / "two.db")
    fresh = copy.tables()
    copy.run("import", str(tmp_path / "out"), ok=True)
    assert copy.tables() == book.tables()
    assert copy.run("sell", "5", "Acme", "-d", "2026-02-01").exit_code == 1
    copy.run("undo", ok=True)
    assert copy.tables() == fresh


def test_words_that_changed_places_in_the_other_book_do_not_get_in_each_others_way(tmp_path):
    book = Book(tmp_path / "one.db")
    for old, new in (("price", "x"), ("timing", "price"), ("x", "timing")):
        book.line(f"reason edit {old} --name {new}")
    for old, new in (("visit", "xx"), ("quote", "visit"), ("xx", "quote")):
        book.line(f"kind edit {old} --name {new}")
    book.export(tmp_path / "out")
    copy = Book(tmp_path / "two.db")
    copy.run("import", str(tmp_path / "out"), ok=True)
    assert copy.tables() == book.tables()


def test_only_an_export_is_ever_replaced(exported, tmp_path):
    book, _ = exported
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "diary.txt").write_text("dear diary")
    result = book.run("export", "all", "-o", str(mine))
    assert (result.exit_code, tree(mine)) == (1, {"diary.txt": b"dear diary"})
    book.run("export", "all", "-o", str(tmp_path / "new"), ok=True)
    book.run("export", "all", "-o", str(tmp_path / "new"), ok=True)
    (tmp_path / "new" / "note.txt").write_text("mine")
    assert "note.txt" in book.run("export", "all", "-o", str(tmp_path / "new")).stderr
    (tmp_path / "file").write_text("mine")
    assert book.run("export", "all", "-o", str(tmp_path / "file")).exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine", "new"]


def test_a_big_book_is_read_from_a_copy_that_is_gone_afterwards(exported, tmp_path, monkeypatch):
    book, folder = exported
    monkeypatch.setattr("salestrack.services.exporting.still.BIG", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    assert book.export(tmp_path / "again") == tree(folder)
    plain = book.run("export", "deals", ok=True).stdout
    monkeypatch.setattr("salestrack.services.exporting.still.copy_pages", lambda *_: False)  # as on a full disk
    assert book.run("export", "deals", ok=True).stdout == plain
    assert list((tmp_path / "temp").iterdir()) == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_happened_to_a_folder_it_is_imported_whole_or_refused(exported, tmp_path_factory, data):
    """Bytes flipped, cut out or doubled, once with checksums that give it away and once with such that do not."""
    base = tmp_path_factory.mktemp("fuzz")
    folder = copied(exported[1], base / "damaged")
    table = data.draw(
        st.sampled_from(["deals", "sales", "stages", "settings", "custom_fields", "schedules", "manifest"])
    )
    path = folder / ("manifest.json" if table == "manifest" else f"{table}.jsonl")
    raw = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    match data.draw(st.sampled_from(["flip", "cut", "double", "digit"])):
        case "flip":
            raw[at] ^= data.draw(st.integers(1, 255))
        case "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        case "double":
            raw[at:at] = raw[at : at + 30]
        case "digit":
            raw = bytearray(bytes(raw).replace(b"1", b"9", data.draw(st.integers(1, 5))))
    path.write_bytes(bytes(raw))
    if table != "manifest" and data.draw(st.booleans()):
        seal(folder, table)
    for name, own in (("empty.db", ()), ("other.db", ("customer add Own",))):
        book = Book(base / name)
        for line in own:
            book.line(line)
        before = book.tables()
        result = book.run("import", str(folder))
        assert result.exit_code in {0, 1, 6}, result.stderr
        if result.exit_code:
            assert book.tables() == before
        else:
            assert book.run("report").exit_code == 0
            assert book.run("doctor").exit_code in {0, 5}


def test_a_folder_with_another_programs_manifest_is_no_book(tmp_path):
    from salestrack.services.foreign import is_book

    (tmp_path / "manifest.json").write_text('{"name": "shop"}')
    assert not is_book(str(tmp_path))
    assert not is_book(str(tmp_path / "nowhere"))
    book = Book(tmp_path / "one.db")
    book.export(tmp_path / "out")
    assert is_book(str(tmp_path / "out"))
    assert is_book(str(tmp_path / "out" / "manifest.json"))
