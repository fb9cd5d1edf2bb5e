"""One customer's data: every row about them, found here by walking the references of the tables, and none about others."""

import json
import sqlite3
import zipfile
from collections import defaultdict
from contextlib import closing

import pytest
from tests.services.whole_books import Book, full_book, tree

from salestrack.store.triggers import JOURNALLED

RECORDS = ("customers", "contacts", "deals", "sales", "activities")
LETTERS = dict(zip(RECORDS, "cndsa", strict=True))


def partake(made: Book) -> None:
    """Let people take part in a deal and in calls, as mails and meetings with several people do."""
    with closing(sqlite3.connect(made.path)) as base, base:
        for table, record, people in (("deal", 1, (1, 2, 3)), ("activity", 1, (1, 3)), ("activity", 4, (1, 2))):
            name = {"activity": "activity_contacts", "deal": "deal_contacts"}[table]
            for one in people:
                base.execute(
                    f"INSERT OR IGNORE INTO {name} ({table}_id, contact_id, created_op) VALUES (?, ?, 1)",
                    (record, one),
                )


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("person")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        made = full_book(folder / "full.db")
        for line in (
            "contact add 'Zed Partner' Globex --email zed@globex.example", "contact add 'Kim Other' Acme",
            "deal add 70 Acme 'Joint work'", "log call 'Mia Berg' 'with both'", "edit a1 -t warm",
            "plan call Acme 2026-04-01 --every month", "edit s2 --price 60 --from 2026-03-01",
            "customer add Umbrella --email secret@umbrella.example --phone 999888777", "edit c4 --note secret",
            "sell 77 Umbrella secret", "deal add 5 Umbrella secret", "log call Umbrella secret",
        ):  # fmt: skip
            made.line(line)
        partake(made)
        (folder / "d.csv").write_text(
            "id,customer,title,amount,stage,email\n1,Acme,From a file,100,Lead,x@acme.example\n2,Umbrella,secret,1,Lead,\n"
        )
        made.run("import", str(folder / "d.csv"), "--as", "deals", ok=True)
        (folder / "h.csv").write_text("id,deal,date,stage,amount\nh1,1,2026-01-01,Lead,50\n")
        made.run("import", str(folder / "h.csv"), "--as", "history")
        made.line("deal edit d7 --note mine")
    return made


def read(book: Book) -> tuple[dict, dict]:
    """Return the rows of every table, and by which columns they refer to which."""
    with closing(sqlite3.connect(book.path)) as base:
        base.row_factory = sqlite3.Row
        tables = {table: base.execute(f"SELECT * FROM {table}").fetchall() for table in (*JOURNALLED, "hand_set")}
        parents = {
            table: [(row["from"], row["table"]) for row in base.execute(f"PRAGMA foreign_key_list({table})")]
            for table in tables
        }
    return tables, parents


def walked(book: Book, key: int) -> dict[str, set[int]]:
    """Return the ids of all rows about a customer: those that refer to it, or to a row about it, however far away.

    A record that belongs to another customer is none of them; a row between a record and a person of theirs is.
    """
    tables, parents = read(book)
    found: dict[str, set[int]] = defaultdict(set, {"customers": {key}})
    before = 0
    while before != sum(map(len, found.values())):
        before = sum(map(len, found.values()))
        for table, rows in tables.items():
            for row in rows:
                refers = any(
                    row[column] in found[parent]
                    for column, parent in parents[table]
                    if parent in (*RECORDS, "schedules")
                )
                theirs = table in RECORDS and "customer_id" in row.keys() and row["customer_id"] is not None  # noqa: SIM118
                if refers and (not theirs or row["customer_id"] in found["customers"]):
                    found[table].add(row["id"])
                kind = {"history": "deals"}.get(row["kind"], row["kind"]) if table == "import_keys" else ""
                if (kind and row["record_id"] in found[kind]) or (
                    table == "hand_set" and row["row_id"] in found[row["tbl"]]
                ):
                    found[table].add(row["id"])
    return {table: ids for table, ids in found.items() if ids}


@pytest.mark.parametrize("key", [1, 3, 4])
def test_every_row_about_a_customer_goes_out_and_none_about_others(book, tmp_path, key):
    book.run("export", "all", "--customer", f"c{key}", "-o", str(tmp_path / "one"), ok=True)
    document = json.loads((tmp_path / "one" / "customer.json").read_text(encoding="utf-8"))
    mine = {table: {int(str(row["id"]).lstrip("cndsa")) for row in rows} for table, rows in document["rows"].items()}
    assert mine == walked(book, key)
    if key == 1:
        assert set(mine) >= {
            "customers", "customer_aliases", "customer_tags", "contacts", "deals", "deal_history", "deal_lines", "deal_tags",
            "sales", "sale_lines", "sale_tags", "activities", "activity_tags", "schedules", "import_keys",
        }  # fmt: skip
        assert {row["name"] for row in document["rows"]["customers"]} == {"Acme", "Acme Inc"}
        assert document["customer"]["alias"]
    for table, letter in LETTERS.items():
        if table == "customers":
            continue
        assert {row["id"] for row in document.get(table, ())} == {f"{letter}{one}" for one in mine.get(table, ())}
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "one").iterdir())
    for secret in ("secret", "Umbrella", "999888777"):
        assert (secret in text) == (key == 4)
    assert ("acme" in text.lower()) == (key == 1)


def test_as_a_zip_file_it_is_the_same(book, tmp_path):
    book.run("export", "all", "--customer", "Acme", "-o", str(tmp_path / "one"), ok=True)
    result = book.run("export", "all", "--customer", "Acme", "-o", str(tmp_path / "one.zip"), ok=True)
    assert result.stderr.startswith(f"note: wrote {tmp_path / 'one.zip'}: ")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {name.removeprefix("customer-c1/"): archive.read(name) for name in archive.namelist()} == tree(
            tmp_path / "one"
        )
    refused = book.run("import", str(tmp_path / "one.zip"))
    assert (refused.exit_code, "handed out of one customer" in refused.stderr) == (6, True)


def test_a_customer_of_whom_nothing_is_known_but_the_name_goes_out_too(tmp_path):
    book = Book(tmp_path / "one.db")
    book.line("customer add Bare")
    result = book.run("export", "all", "--customer", "Bare", "-o", str(tmp_path / "bare"), ok=True)
    assert result.stderr == f"note: wrote {tmp_path / 'bare'}: all about Bare (c1): 1 row in 3 files\n"
