"""The full-text indexes say what the tables say, after whatever was done, undone, removed or migrated."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from salestrack.domain.customers import Customer
from salestrack.domain.search import wanted
from salestrack.store import Store, search_customers
from salestrack.store.triggers import SEARCHED, index_texts, search_triggers

Run = Callable[..., Any]
KINDS = ("customers", "contacts", "deals", "sales", "activities", "products")


def terms(connection: sqlite3.Connection) -> dict[str, list[tuple[str, int]]]:
    return {
        kind: sorted(connection.execute(f"SELECT DISTINCT term, doc FROM search_{kind}_words").fetchall())
        for kind in KINDS
    }


def rebuilt(connection: sqlite3.Connection) -> dict[str, list[tuple[str, int]]]:
    """Return the terms of indexes made anew from the tables, in a transaction that is taken back."""
    connection.execute("BEGIN")
    for kind in KINDS:
        connection.execute(f"INSERT INTO search_{kind} (search_{kind}) VALUES ('delete-all')")
    index_texts(connection)
    found = terms(connection)
    connection.execute("ROLLBACK")
    return found


def check(book: Path) -> None:
    with closing(sqlite3.connect(book, isolation_level=None)) as connection:
        assert terms(connection) == rebuilt(connection)
        for kind in KINDS:
            connection.execute(f"INSERT INTO search_{kind} (search_{kind}) VALUES ('integrity-check')")


@pytest.mark.parametrize("seed", range(3))
def test_the_indexes_hold_what_the_tables_hold_after_random_operations_and_undo(
    run: Run, book: Path, seed: int
) -> None:
    pick = random.Random(seed)
    run("customer add Acme --alias ac --email hi@acme.example --phone '+49 30 5550123'", ok=True)
    run("product add Build 100", ok=True)
    lines = [
        "deal add 100 Acme 'Überholung der Küche'", "deal add 100 Neu{n} Shop --new", "log call acme 'spoke about {n}'",
        "sell 10 acme Karten {n}", "plan call acme +3d", "deal edit d1 --title Anders{n}", "deal edit d2 --note 'n {n}'",
        "lost d1 price 'too dear {n}'", "reopen d1", "undo", "redo", "undo o{n}", "refund s1 5 broken", "rm d1 -y", "rm a1",
        "customer edit c1 --name Akme{n}", "customer merge c2 c1 -y", "sale edit s1 --ref R-{n}", "rm n1",
        "contact add 'Zoë {n}' acme --phone 0305550{n}77",
    ]  # fmt: skip
    for number in range(60):
        run(pick.choice(lines).format(n=number))
    check(book)


def test_a_row_whose_text_becomes_empty_leaves_the_index_and_comes_back(store: Store, book: Path) -> None:
    with store.operation("added") as op:
        key = store.engine.insert(
            "activities",
            {"kind": "note", "done": 1, "logged_at": "2026-03-18T14:30:00", "note": "x", "created_op": op.id},
        )
        store.engine.update("activities", key, {"note": None})
        store.engine.update("activities", key, {"note": "", "subject": "about it"})
        store.engine.update("activities", key, {"subject": None})
        store.engine.update("activities", key, {"note": "back"})
    check(book)
    assert [row["id"] for row in store.search.find("activities", wanted(["back"]), limit=5)[0]] == [key]


def test_the_rows_of_an_older_book_are_put_into_the_indexes(run: Run, book: Path) -> None:
    run("deal add 100 Acme Website --new", ok=True)
    with closing(sqlite3.connect(book, isolation_level=None)) as connection:
        before = terms(connection)
        for table, searched in SEARCHED.items():
            for name in search_triggers(table, searched):
                connection.execute(f"DROP TRIGGER {name}")
        for kind in KINDS:
            connection.execute(f"INSERT INTO search_{kind} (search_{kind}) VALUES ('delete-all')")
        index_texts(connection)
        assert terms(connection) == before


def test_what_was_recorded_last_comes_first_and_no_more_than_asked_is_fetched(store: Store) -> None:
    with store.operation("added") as op:
        for number in range(30):
            row = {"kind": "note", "done": 1, "logged_at": "2026-03-18", "note": f"word {number}", "created_op": op.id}
            store.engine.insert("activities", row)
    rows, more = store.search.find("activities", wanted(["wor"]), limit=5)
    assert [row["id"] for row in rows] == [30, 29, 28, 27, 26]
    assert more
    rows, more = store.search.find("activities", wanted(["wor"]), limit=None)
    assert (len(rows), more) == (30, False)


def test_a_search_walks_an_index_backwards_and_sorts_nothing(store: Store) -> None:
    plan = store.engine.query(
        'EXPLAIN QUERY PLAN SELECT rowid FROM search_deals WHERE search_deals MATCH \'("a" OR "b")\' ORDER BY rowid DESC'
    )
    assert len(plan) == 1
    assert plan[0]["detail"].startswith("SCAN search_deals VIRTUAL TABLE INDEX")


def test_a_beginning_that_very_many_words_share_is_left_to_the_index(store: Store) -> None:
    with store.operation("added") as op:
        for number in range(260):
            row = {"kind": "note", "done": 1, "logged_at": "2026-03-18", "note": f"w{number:04}", "created_op": op.id}
            store.engine.insert("activities", row)
    rows, _ = store.search.find("activities", wanted(["w0"]), limit=None)
    assert len(rows) == 260


@pytest.mark.parametrize("kind", sorted(search_customers.KINDS))
def test_the_records_of_a_customer_are_walked_along_an_index_without_sorting(store: Store, kind: str) -> None:
    for sql in search_customers.OF_CUSTOMER[kind]:
        plan = " ".join(row["detail"] for row in store.engine.query(f"EXPLAIN QUERY PLAN {sql}", (1, 10)))
        assert f"USING COVERING INDEX {kind}_customer" in plan or f"USING INDEX {kind}_customer" in plan, plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


def test_a_customer_with_many_records_and_a_name_of_many_stop_somewhere(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.operation("added") as op:
        for number in range(30):
            key = store.customers.add(Customer(name=f"Branch {number}"), op=op.id).id
            row = {"kind": "note", "done": 1, "logged_at": "2026-03-18T14:30:00", "created_op": op.id}
            for day in (1, 2, 3):
                text = {"note": f"tea {day}", "happened_on": f"2026-03-0{day}"}
                store.engine.insert("activities", {**row, **text, "customer_id": key})
    found, more = store.search.find("activities", wanted(["branch", "tea"]), limit=100)
    assert (len(found), more) == (60, True), "twenty customers at the most"
    assert len(store.search.find("activities", wanted(["branch", "tea"]), limit=None)[0]) == 90
    monkeypatch.setattr(search_customers, "MOST_RECORDS", 2)
    found, more = store.search.find("activities", wanted(["branch", "29", "tea"]), limit=100)
    assert ([row["note"] for row in found], more) == (["tea 3", "tea 2"], True)


def test_what_stopped_early_without_a_find_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_customers, "MOST_RECORDS", 1)
    for line in ("deal add 5 Acme Old --new", "deal add 5 Acme New"):
        run(line, ok=True)
    said = run("find acme old --kind deal", ok=True)
    assert (said.stdout, said.stderr) == (
        "none\n", "note: nothing has 'acme old' in the latest records; --all looks at every one\n"
    )  # fmt: skip
    assert run("find acme old --all -f ids", ok=True).stdout == "d1\n"
