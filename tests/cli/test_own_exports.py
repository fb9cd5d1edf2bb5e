"""The program's own exports coming back into the book that wrote them, edited or not, and into another one."""

import csv
import io
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.services.whole_books import ODD, Book, full_book, odd_book

from salestrack.importers.profiles import Shelf, recognised
from salestrack.services.demo import fill

KINDS = ("deals", "sales", "activities", "customers", "contacts", "products", "quotas", "history")
NOUNS = ("deal", "sale", "activity", "customer", "contact", "product", "quota")
Change = dict[str, str]


@pytest.fixture
def full(tmp_path: Path) -> Book:
    return full_book(tmp_path / "full.db")


def exported(book: Book, folder: Path, *words: str) -> Path:
    """Export every kind of record into a folder."""
    folder.mkdir()
    for kind in KINDS:
        book.run("export", kind, "-o", str(folder / f"{kind}.csv"), *words, ok=True)
    return folder


def listed(book: Book, folder: Path) -> Path:
    """Print every list as CSV into a folder."""
    folder.mkdir()
    for noun in NOUNS:
        more = ("all",) if noun == "sale" else ()
        said = book.run(noun, "list", *more, "--format", "csv", ok=True).stdout
        (folder / f"{noun}.csv").write_text(said, newline="")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def edited(book: Book, file: Path, kind: str, changes: dict[str, Change]) -> Path:
    """Export a kind of record and change some cells, as in a spreadsheet."""
    text = book.run("export", kind, ok=True).stdout
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    for row in found:
        row.update(changes.get(row["id"], {}))
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    return file


def cells(book: Book, kind: str, ref: str) -> dict[str, str]:
    text = book.run("export", kind, ok=True).stdout
    return next(row for row in csv.DictReader(io.StringIO(text, newline="")) if row["id"] == ref)


def summary(said: str) -> str:
    return said.splitlines()[-1].partition(" · ")[2]


@pytest.mark.parametrize("words", [(), ("--excel",)])
def test_all_exports_come_back_in_one_command_and_change_nothing(tmp_path, words):
    book = odd_book(tmp_path / "odd.db", [*ODD, "'=quoted sum", "''twice", "'tis", "-12.50", "+49 30 1"])
    before, first = book.tables(), exported(book, tmp_path / "first", *words)

    said = book.run("import", str(first), ok=True)

    assert "0 new, 0 changed" in summary(said.stdout)
    assert "left out" not in said.stdout
    assert said.stderr == ""
    assert book.tables() == before
    assert contents(exported(book, tmp_path / "second", *words)) == contents(first)


def test_the_lists_as_csv_are_the_same_records(tmp_path):
    book = odd_book(tmp_path / "odd.db", list(ODD))

    said = book.run("import", str(listed(book, tmp_path / "lists")), ok=True)

    assert "0 new, 0 changed" in summary(said.stdout)
    assert "left out, a further time of a sale that repeats: 2" in said.stdout
    assert "differ" not in said.stdout + said.stderr


def test_the_sample_book_comes_back_unchanged(tmp_path, store, book):
    fill(store, today=date(2026, 3, 18))
    sample = Book.__new__(Book)
    sample.path = book
    first = exported(sample, tmp_path / "first")

    said = sample.run("import", str(first), "--on-conflict", "update", ok=True).stdout

    assert "entered:" in (first / "deals.csv").read_text()
    assert "0 new, 0 changed" in summary(said)
    assert "left out" not in said
    assert contents(exported(sample, tmp_path / "second")) == contents(first)


def test_with_a_decimal_comma_both_ways_of_writing_come_back(full, tmp_path):
    full.line("config set decimal ,")
    sheet = exported(full, tmp_path / "sheet", "--excel")

    assert ";1200,00;" in (sheet / "deals.csv").read_text()
    for folder in (sheet, exported(full, tmp_path / "plain")):
        said = full.run("import", str(folder), ok=True).stdout
        assert "0 new, 0 changed" in summary(said)
        assert "left out" not in said


def test_what_was_changed_in_a_spreadsheet_stays_outside_and_is_named(full, tmp_path):
    before = full.tables()
    file = edited(
        full, tmp_path / "d.csv", "deals", {"d1": {"amount": "1300", "stage": "Negotiation"}, "d2": {"note": "x"}}
    )

    said = full.run("import", str(file), ok=True)

    assert said.stdout == (
        "d.csv: 4 deals read as salestrack-deals · 0 new, 0 changed, 2 same, 2 left out · "
        "left out, differs from the book: 2\n"
    )
    assert said.stderr == (
        "note: 2 differ from the book and stay: d1 amount, stage; d2 note; --on-conflict update takes what the file says\n"
    )
    assert full.tables() == before
    assert full.run("import", str(file), "--on-conflict", "skip").stdout == said.stdout


def test_on_conflict_update_takes_what_the_file_says_and_undo_takes_it_back(full, tmp_path):
    before = {kind: full.run("export", kind, ok=True).stdout for kind in KINDS}
    deals = {
        "d1": {
            "title": "Newer site",
            "amount": "1300.00",
            "stage": "Negotiation",
            "tags": "bigger",
            "probability": "60",
        },
        "d2": {"stage": "Won"},
        "d3": {"field:motto": "go", "closed": "2026-02-21"},
    }
    sales = {
        "s1": {"amount": "100.00", "price": "100.00", "gross": "122.61", "note": "hm"},
        "s2": {"channel": "web"},
        "s4": {"customer": "Globex", "deal": "d2", "email": ""},
    }
    activities = {"a1": {"outcome": "voicemail", "duration": "20"}, "a3": {"due": "2026-03-26"}}
    customers = {"c1": {"name": "Acme Corp"}, "c3": {"country": "AT", "tags": "eu"}}
    changes = {"deals": deals, "sales": sales, "activities": activities, "customers": customers}
    files = [str(edited(full, tmp_path / f"{kind}.csv", kind, changes[kind])) for kind in changes]

    said = full.run("import", *files, "--on-conflict", "update", ok=True)

    assert summary(said.stdout) == "0 new, 10 changed, 6 same · undo: o49"
    for kind, wanted in changes.items():
        for ref, change in wanted.items():
            found = cells(full, kind, ref)
            assert {name: found[name] for name in change} == change, ref
    assert cells(full, "deals", "d2")["closed"] == "2026-03-18"
    assert cells(full, "deals", "d1")["customer"] == "Acme Corp"
    assert full.query("SELECT count(*) FROM import_keys") == [(0,)]
    assert "0 new, 0 changed, 16 same" in full.run("import", *files, ok=True).stdout
    assert "0 new, 0 changed, 16 same" in full.run("import", *files, "--on-conflict", "update", ok=True).stdout
    assert full.run("doctor", ok=True).stdout == "nothing found: the book is well\n"

    full.line("undo")

    assert {kind: full.run("export", kind, ok=True).stdout for kind in KINDS} == before


def test_on_conflict_fail_refuses_with_the_lines(full, tmp_path):
    file = edited(full, tmp_path / "d.csv", "deals", {"d1": {"amount": "1300"}, "d3": {"note": "x"}})

    said = full.run("import", str(file), "--on-conflict", "fail")

    assert said.exit_code == 1
    assert "d.csv: line 2: differs from the book: amount of d1" in said.stderr
    assert "line 4: differs from the book: note of d3" in said.stderr


def test_what_a_person_typed_gives_way_to_the_file_that_a_person_edited(full, tmp_path):
    full.line("edit d1 --note 'by hand'")
    file = edited(full, tmp_path / "d.csv", "deals", {"d1": {"note": "from the sheet"}})

    full.run("import", str(file), "--on-conflict", "update", ok=True)

    assert cells(full, "deals", "d1")["note"] == "from the sheet"


def test_closed_books_stay_closed(full, tmp_path):
    full.line("config set closed-until 2026-03-06")
    file = edited(full, tmp_path / "s.csv", "sales", {"s1": {"amount": "1.00"}})

    said = full.run("import", str(file), "--on-conflict", "update")

    assert said.exit_code == 1
    assert "closed until 2026-03-06" in said.stderr
    assert cells(full, "sales", "s1")["amount"] == "119.00"


def test_a_row_that_got_the_name_of_another_one_does_not_become_one_with_it(full, tmp_path):
    before = full.tables()
    file = edited(full, tmp_path / "c.csv", "customers", {"c3": {"name": "Acme", "tags": "eu"}})

    said = full.run("import", str(file))

    assert said.exit_code == 1
    assert "line 3, id 'c3': has the name of c1, which is a row of its own; merging joins two records" in said.stderr
    assert full.tables() == before


def test_a_blank_cell_erases_nothing_and_is_named(full, tmp_path):
    file = edited(full, tmp_path / "s.csv", "sales", {"s1": {"channel": "", "ref": ""}})

    said = full.run("import", str(file), "--on-conflict", "update", ok=True)

    assert "0 new, 0 changed, 5 same" in said.stdout
    assert said.stderr == "note: 1 row is blank where the book says something, which stays: s1 channel, ref\n"


def test_a_price_alone_does_not_change_what_a_sale_came_to(full, tmp_path):
    file = edited(full, tmp_path / "s.csv", "sales", {"s1": {"price": "90.00"}})

    said = full.run("import", str(file), "--on-conflict", "update", ok=True)

    assert "0 changed, 4 same, 1 left out" in said.stdout
    assert said.stderr == "note: 1 differs in what an import does not change: s1 price\n"


def test_a_quantity_changes_the_line_and_not_the_amount(full, tmp_path):
    file = edited(full, tmp_path / "s.csv", "sales", {"s1": {"quantity": "2"}})

    full.run("import", str(file), "--on-conflict", "update", ok=True)

    assert [cells(full, "sales", "s1")[name] for name in ("quantity", "amount", "gross")] == ["2", "119.00", "141.61"]


def test_an_unreadable_cell_stays_outside_and_is_a_fault_where_it_is_to_go_in(full, tmp_path):
    file = edited(full, tmp_path / "d.csv", "deals", {"d1": {"amount": "lots"}})

    assert "1 differs from the book and stays: d1 amount;" in full.run("import", str(file), ok=True).stderr
    said = full.run("import", str(file), "--on-conflict", "update")
    assert said.exit_code == 1
    assert "d.csv: line 2, amount 'lots':" in said.stderr


def test_what_was_removed_or_merged_since_does_not_come_back(full, tmp_path):
    folder = exported(full, tmp_path / "out")
    full.line("rm d3 s4 a2 -y")
    full.line("customer merge c1 c3 -y")
    before = full.tables()

    for words in ((), ("--on-conflict", "update")):
        said = full.run("import", str(folder), *words, ok=True).stdout
        assert "customers: 1 same" not in said
        assert "left out, merged into another record: 1" in said
        assert said.count("left out, removed by hand: 1") == 3
        assert "left out, of a deal that was removed by hand: 2" in said
        assert "8 files: 28 rows read · 0 new, 0 changed, 22 same, 6 left out" in said
    assert full.tables() == before


def test_a_whole_file_names_what_the_book_has_beside_it(full, tmp_path):
    file = tmp_path / "d.csv"
    full.run("export", "deals", "-o", str(file), ok=True)
    full.line("deal add 7 Acme Fresh")

    said = full.run("import", str(file), "--full", ok=True).stdout

    assert said == "d.csv: 4 deals read as salestrack-deals · 0 new, 0 changed, 4 same · 1 not in the file: d5\n"


def other_book(tmp_path: Path) -> Book:
    """Make a book whose records have the ids of others."""
    book = Book(tmp_path / "other.db")
    for line in (
        "stage add Trial --before Negotiation", "stage edit Qualified --name Checked", "kind add webinar",
        "customer add Zeta", "deal add 5 Zeta 'Other thing' -d 2026-01-01", "sell 77 Zeta Stuff -d 2026-01-02",
        "log call Zeta -d 2026-01-03", "contact add Bob Zeta", "product add Gizmo 3",
    ):  # fmt: skip
        book.line(line)
    return book


def test_the_export_of_another_book_comes_in_as_new_whatever_its_ids(full, tmp_path):
    folder, other = exported(full, tmp_path / "out"), other_book(tmp_path)

    said = other.run("import", str(folder), ok=True)

    assert "28 rows read · 28 new, 0 changed, 0 same" in said.stdout
    assert "note: 1 row taken for another book's: d1 is something else here\n" in said.stderr
    mine = other.query("SELECT d.title, s.amount FROM sales s JOIN deals d ON d.id = s.deal_id")
    assert mine == [("New site", 1000)]
    refund = "SELECT o.ref, r.amount FROM sales r JOIN sales o ON o.id = r.refund_of"
    assert other.query(refund) == [("R-1", -2000)]
    history = "SELECT h.amount FROM deal_history h JOIN deals d ON d.id = h.deal_id WHERE d.title = 'Other thing'"
    assert other.query(history) == [(500,)]

    again = other.run("import", str(folder), ok=True)
    assert "28 rows read · 0 new, 0 changed, 28 same" in again.stdout
    own = other.run("import", str(exported(other, tmp_path / "own")), ok=True)
    assert "35 rows read · 0 new, 0 changed, 35 same" in own.stdout


def test_an_empty_book_takes_all_of_it_history_included(full, tmp_path):
    folder, empty = exported(full, tmp_path / "out"), Book(tmp_path / "empty.db")
    for line in ("stage add Trial --before Negotiation", "stage edit Qualified --name Checked", "kind add webinar"):
        empty.line(line)

    said = empty.run("import", str(folder), ok=True).stdout

    assert "left out" not in said
    assert [row[1:] for row in history_of(empty)] == [row[1:] for row in history_of(full)]
    assert "28 rows read · 0 new, 0 changed, 28 same" in empty.run("import", str(folder), ok=True).stdout


def history_of(book: Book) -> list[list[str]]:
    return list(csv.reader(io.StringIO(book.run("export", "history", ok=True).stdout)))


def test_a_reference_of_another_book_means_nothing_of_this_one(full, tmp_path):
    folder, other = exported(full, tmp_path / "out"), other_book(tmp_path)

    said = other.run("import", str(folder / "sales.csv"), "--new", "customers,products")

    assert said.exit_code == 1
    assert "line 5, deal 'd1': means nothing here: the file is another book's" in said.stderr


def test_two_other_books_are_told_apart_by_a_source(full, tmp_path):
    folder, other = exported(full, tmp_path / "out"), other_book(tmp_path)
    other.run("import", str(folder), ok=True)
    third = Book(tmp_path / "third.db")
    third.line("customer add Yolo")
    third.run("export", "customers", "-o", str(tmp_path / "yolo.csv"), ok=True)

    said = other.run("import", str(tmp_path / "yolo.csv"))

    assert said.exit_code == 1
    assert "line 2, id 'c1': came in from another file of salestrack as c2, which is something else" in said.stderr
    named = other.run("import", str(tmp_path / "yolo.csv"), "--source", "yacht", ok=True)
    assert "1 new" in named.stdout


def test_renamed_columns_get_a_remark_and_the_profile_by_name_reads_them(full, tmp_path):
    text = full.run("export", "deals", ok=True).stdout
    file = tmp_path / "mine.csv"
    file.write_text(text.replace("created", "born", 1).replace("every", "_every", 1))

    said = full.run("import", str(file), "--as", "deals", "-n", ok=True)
    assert "ids like d1 look like salestrack's own" in said.stdout
    assert "look like" not in full.run("import", str(file), "--as", "deals", "-n", "--source", "x", ok=True).stdout
    named = full.run("import", str(file), "--profile", "salestrack-deals", "--map", "created=born", ok=True)
    assert "0 new, 0 changed, 4 same" in named.stdout


def test_dates_and_amounts_as_a_spreadsheet_writes_them_again_are_the_same(full, tmp_path):
    text = full.run("export", "sales", ok=True).stdout
    found = list(csv.DictReader(io.StringIO(text)))
    for row in found:
        row["date"] = ".".join(reversed(row["date"].split("-")))
        for name in ("price", "amount", "tax", "gross", "fee", "cost"):
            row[name] = row[name].removesuffix(".00").replace(".", ",")
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(found)
    (tmp_path / "s.csv").write_text("\ufeff" + out.getvalue())

    said = full.run("import", str(tmp_path / "s.csv"), "--date-format", "dmy", ok=True)

    assert said.stdout == "s.csv: 5 sales read as salestrack-sales · 0 new, 0 changed, 5 same\n"


@pytest.mark.parametrize("words", [(), ("--decimal", ".")])
def test_semicolons_with_decimal_points_are_no_doubt(full, tmp_path, words):
    folder = exported(full, tmp_path / "out")
    for file in folder.iterdir():
        found = list(csv.reader(io.StringIO(file.read_text())))
        with file.open("w", newline="") as out:
            csv.writer(out, delimiter=";").writerows(found)

    assert "28 rows read · 0 new, 0 changed, 28 same" in full.run("import", str(folder), *words, ok=True).stdout


def test_a_rehearsal_shows_the_cells_and_amounts_in_their_currency(full, tmp_path):
    folder, empty = exported(full, tmp_path / "out"), Book(tmp_path / "empty.db")

    assert "acmeinc, Acme Inc" in full.run("import", str(folder / "customers.csv"), "-n", ok=True).stdout
    said = empty.run("import", str(folder / "products.csv"), "-n", ok=True).stdout
    assert "19.99 -> 19.99 USD" in said
    (folder / "products.csv").write_text((folder / "products.csv").read_text().replace("USD", "EUR"))
    assert "19.99 -> 19.99 EUR" in empty.run("import", str(folder / "products.csv"), "-n", ok=True).stdout


def test_a_copy_that_went_its_own_way_brings_its_own_records(full, tmp_path):
    copy = Book(tmp_path / "copy.db")
    copy.path.write_bytes(full.path.read_bytes())
    copy.line("deal add 40 Globex 'Of the copy' -d 2026-03-01")
    full.line("deal add 50 Acme 'Of the first' -d 2026-03-02")
    copy.run("export", "deals", "-o", str(tmp_path / "copy.csv"), ok=True)

    said = full.run("import", str(tmp_path / "copy.csv"), "--on-conflict", "update", ok=True)

    assert "1 new, 0 changed, 4 same" in said.stdout
    assert "1 row taken for another book's: d5 is something else here" in said.stderr
    assert "0 new, 0 changed, 5 same" in full.run("import", str(tmp_path / "copy.csv"), ok=True).stdout


@pytest.mark.parametrize("seed", range(3))
def test_any_single_cell_that_is_changed_is_found_and_taken(full, tmp_path, seed):
    pick = random.Random(seed)
    texts: dict[str, Callable[[str], str]] = {
        "title": lambda old: f"{old}!", "amount": lambda old: str(float(old or 1) + 1).removesuffix(".0"),
        "note": lambda old: f"{old} more", "source": lambda _: "fair", "owner": lambda _: "Ben",
        "expected": lambda _: "2026-06-01", "probability": lambda _: "33", "campaign": lambda _: "spring",
    }  # fmt: skip
    name = pick.choice(sorted(texts))
    ref = pick.choice(["d1", "d2"])
    old = cells(full, "deals", ref)[name]
    file = edited(full, tmp_path / "d.csv", "deals", {ref: {name: texts[name](old)}})

    assert f"1 differs from the book and stays: {ref} {name};" in full.run("import", str(file), ok=True).stderr
    assert "0 new, 1 changed, 3 same" in full.run("import", str(file), "--on-conflict", "update", ok=True).stdout
    assert "0 new, 0 changed, 4 same" in full.run("import", str(file), ok=True).stdout


def test_the_headers_of_every_export_and_list_call_for_their_own_profile(full, tmp_path):
    profiles = Shelf().all()
    for folder in (exported(full, tmp_path / "out"), listed(full, tmp_path / "lists")):
        for file in folder.iterdir():
            with file.open(newline="") as text:
                found = recognised(profiles, next(csv.reader(text)))
            assert found is not None
            assert found.name.startswith("salestrack-")
            assert found.kind.startswith(file.stem[:-1])


def test_no_file_of_a_vendor_is_taken_for_an_own_export():
    profiles = Shelf().all()
    others = [profile for profile in profiles if not profile.name.startswith("salestrack-")]
    root = Path(__file__).parents[2]
    files = [path for name in ("examples", "tests") for path in (root / name).rglob("*.csv")]
    assert files
    for file in files:
        with file.open(newline="", encoding="utf-8-sig", errors="replace") as text:
            header = next(csv.reader(text), [])
        assert recognised(profiles, header) == recognised(others, header), file


def test_the_files_of_real_vendors_keep_their_profiles(real_data):
    profiles = Shelf().all()
    others = [profile for profile in profiles if not profile.name.startswith("salestrack-")]
    for file in real_data.rglob("*.csv"):
        with file.open(newline="", encoding="utf-8-sig", errors="replace") as text:
            header = next(csv.reader(text), [])
        assert recognised(profiles, header) == recognised(others, header), file


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "history"])
def test_rows_added_below_an_export_are_new_records_and_come_in_once(kind, full, tmp_path):
    text = full.run("export", kind, ok=True).stdout
    header, first = list(csv.reader(io.StringIO(text, newline="")))[:2]
    added = {"name": "Newcomer", "title": "Added by hand", "note": "added by hand", "email": "", "phone": "", "sku": ""}
    added |= {"amount": "41.00", "gross": "", "price": "", "quantity": "", "product": "", "tax": "", "refund_of": ""}
    added |= {"discount": "", "deal": "", "alias": "", "channel": "fair" if kind == "quotas" else "", "id": ""}
    row = [added.get(name, cell) for name, cell in zip(header, first, strict=True)]
    twice = kind in {"sales", "activities", "deals"}  # two equal rows are two records
    file = tmp_path / "added.csv"
    with file.open("w", newline="") as out:
        out.write(text)
        csv.writer(out, lineterminator="\n").writerows([row, row] if twice else [row])
    before = len(text.splitlines())
    said = full.run("import", str(file), ok=True).stdout
    assert f" · {1 + twice} new, 0 changed, " in said
    again = full.run("import", str(file), ok=True).stdout
    assert " · 0 new, 0 changed, " in again
    assert len(full.run("export", kind, ok=True).stdout.splitlines()) > before


def test_an_export_is_not_read_without_its_ids(full, tmp_path):
    full.run("export", "sales", "-o", str(tmp_path / "s.csv"), ok=True)
    refused = full.run("import", str(tmp_path / "s.csv"), "--map", "id=")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "an export of salestrack comes back by its ids" in refused.stderr


def test_a_semicolon_alone_makes_no_decimal_comma(tmp_path):
    book = Book(tmp_path / "kwd.db")
    book.run("sell", "12.345 KWD", "Acme", "--new", ok=True)
    text = book.run("export", "sales", ok=True).stdout
    (tmp_path / "s.csv").write_text(text.replace(",", ";"))
    assert "0 new, 0 changed, 1 same" in book.run("import", str(tmp_path / "s.csv"), ok=True).stdout
    (tmp_path / "s.csv").write_text(text.replace(",", ";").replace("12.345", "12,345"))
    assert "0 new, 0 changed, 1 same" in book.run("import", str(tmp_path / "s.csv"), ok=True).stdout
