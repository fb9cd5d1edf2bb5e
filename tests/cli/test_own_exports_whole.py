"""Each kind exported as a file of its own, and all files imported into an empty book: it says the same again.

SALESTRACK_STRESS=1 tries many more books. What such files do not hold is in docs/importing.md, "Your own exports".
"""

import os
import shlex
import sqlite3
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.whole_books import ODD, Book, tree

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
KINDS = ("customers", "contacts", "products", "quotas", "deals", "history", "activities", "sales")
FORMATS = {"csv": (), "xl.csv": ("--excel",), "jsonl": (), "json": ()}

# What a book has to know before records can come into it; the exports of single kinds do not bring it.
PROCESS = """
rate set EUR 1.0837 -d 2025-01-01
rate set JPY 0.0067 -d 2025-01-01
owner add Ana
owner add Ben
field add customer motto text
field add customer since date
field add deal worth money
field add deal motto text
field add deal color choice red green
field add sale paid yes/no
field add activity room text
field add contact level number
field add product shelf text
stage add Trial --probability 60 --before Negotiation
kind add webinar
"""
RECORDS = """
product add Widget 19.99 --tax 7%
product add Setup 100 --field shelf=A1
product add Gadget 12.34eur --sku G-1
customer add Acme --email info@acme.example --phone '+49 30 1234567' --segment agency --owner Ana -t vip --field motto=fast
customer add Globex --country DE --alias 'G; Inc' --alias 'G, Ltd' -t 'a;b' -t 'e|f' -t '"q"' --field since=2025-02-03
contact add 'Mia Berg' Acme --email mia@acme.example --role buyer --field level=3
contact add 'Ole; Olsen' Globex --phone 123456
quota set 5000 2026Q1
quota set 20 2026-03 --metric calls --owner Ben
deal add 1200 Acme 'New site' -d 2026-01-10 --close 2026-04-01 --owner Ana --field worth=5eur -t big --product Widget@1200
deal add 500eur Globex Shop -d 2026-02-01 --source web --stage Trial --field color=red
deal add 90000jpy Acme Japan -d 2026-02-03
deal add 100 Acme Care --every month -d 2026-01-05 --worth 1200
deal add - Globex Vague -d 2026-01-12 --probability 40 --owner Ben
move d1 qualified -d 2026-01-20
move d1 proposal -d 2026-02-01
won d3 -d 2026-02-20
won d4 -d 2026-01-20
edit d4 --pause 2026-06-01
edit d5 --amount 70 -d 2026-01-20
edit d5 --owner - -d 2026-01-25
edit d5 --probability - -d 2026-01-27
move d5 negotiation -d 2026-02-01
move d5 proposal -d 2026-02-01
lost d5 price -d 2026-02-03
snooze d1 2026-06-20
snooze c2 2026-06-21
log call Acme 'first words' -d '2026-03-02 09:30' --for 15m --outcome connected --deal d1 --field room=A1
log webinar Globex -d 2026-03-04 --in -t 'x;y'
plan meeting Globex 2026-03-25 bring papers
plan call Globex 2026-03-27 'ring; up' --every week
sell 119 Acme Hosting --tax 19% --ref R-1 --channel shop -d 2026-03-05 --product Widget@119 -t 'p;q' --field paid=yes
sell 50eur Globex Care -d 2026-01-15 --every month --until 2026-12-31
edit s2 --price 60eur --from 2026-04-01
sell 30000jpy Globex Talk -d 2026-03-06
sell 10 Acme Extra -d 2026-03-07 --deal d1
sell - Globex --product 3xWidget@19.99 --tax 7% -d 2026-03-09
refund s1 20 broken -d 2026-03-10
refund s5 7 -d 2026-03-11
edit s1 --fee 3.50 --cost 12
"""
# Several lines in a record, which only JSON holds.
LINED = """
deal add - Acme Kit -d 2026-03-01 --product 3xWidget@19.99 --product Setup@1140.03 --discount 10%
deal add - Acme Tools -d 2026-03-01 --product 3xWidget@19.99
sell - Globex --product 2xWidget@19.99 --product Setup --tax 19% --discount 3% -d 2026-03-09
sell - Globex --product 2xWidget@19.99 --discount 10% -d 2026-03-09
"""
COFFEES = "date,amount,customer,title\n2026-03-08 08:10,3.50,Globex,Coffee\n2026-03-08 15:20,3.50,Globex,Coffee\n"

# What a table holds that another book may count or know otherwise.
OWN = {"id", "created_op", "logged_at", "product_id", "tag_id"}
TABLES = (
    "customers",
    "customer_aliases",
    "contacts",
    "products",
    "quotas",
    "deals",
    "deal_history",
    "sales",
    "activities",
)
REPEATING = (
    "SELECT h.sale_id, h.deal_id, h.activity_id, h.every, h.from_on, h.until_on, h.amount, c.from_on, c.amount "
    "FROM schedules h LEFT JOIN schedule_changes c ON c.schedule_id = h.id ORDER BY 1, 2, 3, 8"
)
FALLING_DUE = "SELECT deal_id, sale_id, nth, on_date, amount, book_amount FROM occurrences ORDER BY 1, 2, 3"


class Bases(NamedTuple):
    """Books to copy, since making one takes its time: one that knows the process and has no record, and one with all."""

    empty: Book
    full: Book


@pytest.fixture(scope="module")
def bases(tmp_path_factory) -> Bases:
    folder = tmp_path_factory.mktemp("bases")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        empty = Book(folder / "empty.db")
        for line in PROCESS.strip().splitlines():
            empty.line(line)
        return Bases(empty, filled(copied(empty, folder / "full.db")))


def copied(book: Book, path: Path) -> Book:
    """Return a copy of a book."""
    with closing(sqlite3.connect(book.path)) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    copy = Book.__new__(Book)
    copy.path = path
    return copy


def filled(book: Book) -> Book:
    """Put records of each kind into a book."""
    for line in RECORDS.strip().splitlines():
        book.line(line)
    coffees = book.path.with_suffix(".coffees")
    coffees.write_text(COFFEES)
    book.run("import", str(coffees), "--as", "sales", ok=True)
    return book


def with_texts(book: Book, texts: list[str]) -> Book:
    """Put odd texts wherever a text may stand; what the book refuses stays out."""
    for text in texts:
        book.run("customer", "add", text, "--alias", f"{text} too", "--segment", text, "-t", text, "--note", text)
        book.run("deal", "add", "77.70eur", "Acme", text, "--source", text, "-t", text, "--field", f"motto={text}")
        book.run("edit", "d1", "--note", text, "--campaign", text)
        book.run("sell", "10.01", "Acme", text, "--channel", text, "--ref", text, "-t", text)
        book.run("log", "call", "Acme", "--outcome", text, "--", text)
        book.run("contact", "add", text, "Acme", "--role", text, "--note", text)
        book.run("product", "add", text, "12.34", "--sku", text)
    return book


def exported(book: Book, folder: Path, form: str) -> dict[str, bytes]:
    """Export every kind into a folder and return the bytes of every file."""
    folder.mkdir()
    for kind in KINDS:
        book.run("export", kind, *FORMATS[form], "-o", str(folder / f"{kind}.{form}"), ok=True)
    return tree(folder)


def said(book: Book, *, lines: bool) -> dict[str, list[tuple[object, ...]]]:
    """Return what the tables of a book say, but for the ids that it gave by itself."""
    found = {"repeating": book.query(REPEATING), "due": book.query(FALLING_DUE)}
    for table in (*TABLES, *(("deal_lines", "sale_lines") if lines else ())):
        names = [name for _, name, *_ in book.query(f"PRAGMA table_info({table})") if name not in OWN]
        found[table] = sorted(book.query(f"SELECT {', '.join(names)} FROM {table}"), key=repr)
    return found


def there_and_back(book: Book, empty: Book, form: str) -> None:
    """Check that an empty book is filled by the exports of another one, and then says the same."""
    folder = book.path.parent
    first = exported(book, folder / "out", form)
    other = copied(empty, folder / "other.db")
    fresh = other.tables()

    other.run("import", str(folder / "out"), "--new", "customers,products", ok=True)

    assert exported(other, folder / "back", form) == first
    assert said(other, lines="json" in form) == said(book, lines="json" in form)
    assert other.run("doctor").stdout == book.run("doctor").stdout
    again = other.run("import", str(folder / "out"), ok=True)
    assert " 0 new, 0 changed, " in again.stdout.splitlines()[-1] + " "
    own = book.run("import", str(folder / "out"), ok=True)
    assert (" 0 new, 0 changed, " in own.stdout.splitlines()[-1] + " ", own.stderr) == (True, "")
    other.run("undo", ok=True)
    assert other.tables() == fresh


@pytest.mark.parametrize("form", FORMATS)
def test_the_exports_of_all_kinds_fill_an_empty_book_which_exports_the_same_bytes(bases, tmp_path, form):
    book = copied(bases.full, tmp_path / "book.db")
    for line in LINED.strip().splitlines() if "json" in form else ():
        book.line(line)
    there_and_back(book, bases.empty, form)


def test_what_nobody_knows_the_day_of_comes_back_without_one(bases, tmp_path):
    book = copied(bases.empty, tmp_path / "book.db")
    deals = "id,title,customer,stage,amount\n1,One,Acme,Proposal,100\n2,Two,Acme,Won,50\n"
    book.run("import", "-", "--as", "deals", "--new", "customers", stdin=deals, ok=True)
    book.line("move d1 negotiation -d 2026-03-01")
    there_and_back(book, bases.empty, "csv")


def test_a_past_that_an_import_would_infer_otherwise_comes_back_as_it_was(bases, tmp_path):
    book = copied(bases.full, tmp_path / "book.db")
    book.line("edit d4 --close 2026-09-09 -d 2026-01-05")
    book.line("edit d3 --close 2026-08-08 -d 2026-03-01")
    there_and_back(book, bases.empty, "csv")


def test_of_several_customers_of_one_name_an_id_says_which(bases, tmp_path):
    book = copied(bases.full, tmp_path / "book.db")
    header = book.run("export", "deals", ok=True).stdout.splitlines()[0]
    for key in ("c1", "c2"):
        book.line(f"edit {key} --name Renamed")
    assert "customer_id" not in header
    assert ",customer_id," in book.run("export", "deals", ok=True).stdout.splitlines()[0]
    there_and_back(book, bases.empty, "csv")


def test_that_something_repeats_otherwise_in_the_book_it_came_from_is_named(bases, tmp_path):
    book, other = copied(bases.full, tmp_path / "book.db"), copied(bases.empty, tmp_path / "other.db")
    exported(book, tmp_path / "out", "csv")
    other.run("import", str(tmp_path / "out"), "--new", "customers,products", ok=True)
    before = other.query(REPEATING)
    book.line("edit s2 --until 2027-12-31")
    exported(book, tmp_path / "later", "csv")
    said = other.run("import", str(tmp_path / "later"), ok=True)
    assert said.stderr == "note: 1 repeats otherwise in the file and stays as it is: s2\n"
    assert other.query(REPEATING) == before


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ('"kind": "product"', '"kind": "odd"', "is no list of lines as an export has it"),
        ('"minor": 4000, "currency": "USD"}, "tax"', '"minor": 1, "currency": "EUR"}, "tax"', "is no list of lines"),
        (
            '"amount": {"amount": "40.00"',
            '"amount": {"amount": "41.00"',
            "come to 46.00 USD, and the record has 45.00 USD",
        ),
    ],
)
def test_lines_that_are_none_or_come_to_something_else_are_refused(bases, tmp_path, was, becomes, why):
    book = copied(bases.empty, tmp_path / "book.db")
    for line in ("product add A 20", "product add B 5", "customer add Acme", "sell - Acme --product 2xA --product B"):
        book.line(line)
    text = book.run("export", "sales", "-f", "jsonl", ok=True).stdout
    assert was in text
    (tmp_path / "sales.jsonl").write_text(text.replace(was, becomes, 1))
    other = copied(bases.empty, tmp_path / "other.db")
    refused = other.run("import", str(tmp_path / "sales.jsonl"), "--new", "customers,products")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert why in refused.stderr
    assert other.query("SELECT count(*) FROM sales") == [(0,)]


TEXTS = st.one_of(
    st.sampled_from((*ODD, "'=quoted sum", "''twice", "-12.50", "x" * 1200, '"q", r', "1,5", "c1", "p1", "\u2028")),
    # Control characters are none of a book's own: whoever writes into it, these stay outside.
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=20),
)


# What happens to a book afterwards; what is refused did not happen. {d} {s} {a} {c} are ids, {on} is a day.
HAPPENINGS = (
    "move d{d} qualified -d {on}", "move d{d} proposal -d {on}", "move d{d} trial -d {on}", "won d{d} -d {on}",
    "lost d{d} price -d {on}", "reopen d{d} -d {on}", "edit d{d} --amount 4711 -d {on}", "edit d{d} --owner Ben -d {on}",
    "edit d{d} --owner - -d {on}", "edit d{d} --probability 30 -d {on}", "edit d{d} --probability - -d {on}",
    "edit d{d} --close 2026-09-09 -d {on}", "edit d{d} --close - -d {on}", "edit d{d} --created {on}",
    "edit d{d} --moved proposal={on}", "edit d{d} --closed {on} -y", "edit d{d} --price 55 --from {on}", "edit d{d} --pause {on}",
    "edit d{d} --until {on}", "edit s{s} --every quarter", "edit s{s} --price 5 --from {on}", "edit s{s} --until {on}",
    "edit s{s} --tax 19%", "edit s{s} --amount 99.99", "edit s{s} -d {on}", "refund s{s} 1.5 -d {on}", "done a{a} -d {on}",
    "edit a{a} -d {on}", "edit c{c} --name Renamed", "edit c{c} --owner Ben", "log call c{c} hm -d {on} --next {on} again",
    "sell 17.25jpy c{c} Thing -d {on}", "sell 17.25 c{c} Thing -d {on} --deal d{d}", "edit s{s} --tag 'n;ew'",
    "deal add 321 c{c} 'Another deal' -d {on} --stage negotiation", "push d{d} {on}", "snooze a{a} 2026-08-01",
    "edit d{d} --product 2xSetup", "edit s{s} --product Widget", "edit d{d} --contact Mia",
)  # fmt: skip
DAYS = st.dates(date(2026, 1, 1), date(2026, 4, 30)).map(str)
STEPS = st.builds(
    lambda line, d, s, a, c, on: line.format(d=d, s=s, a=a, c=c, on=on),
    st.sampled_from(HAPPENINGS), st.integers(1, 6), st.integers(1, 8), st.integers(1, 4), st.integers(1, 2), DAYS,
)  # fmt: skip


@pytest.mark.stress
@settings(max_examples=60 if STRESS else 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(STEPS, max_size=12),
    texts=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4, unique=True),
    form=st.sampled_from([*FORMATS]),
)
def test_whatever_happened_in_the_book_and_whatever_its_texts_hold(bases, steps, texts, form):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = with_texts(copied(bases.full, folder / "book.db"), texts)
        for step in steps:
            book.run(*shlex.split(step))
        there_and_back(book, bases.empty, form)
