"""Whole or not at all: faults, interruptions, a full disk, and other writers at the same time."""

import io
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.importers.bringing import TODAY, Asker, bring, everything

from salestrack.errors import RuleError, SalestrackError
from salestrack.services.imports import Request, import_file
from salestrack.store import Store, open_store

MANY = 30_000  # enough that indexes are built afterwards


def many(rows: int = MANY) -> str:
    lines = (f"{n},Deal {n},Customer {n % 700},Won,{n}.50,2025-01-05,2025-0{n % 9 + 1}-10\n" for n in range(rows))
    return "id,title,customer,stage,amount,created,closed\n" + "".join(lines)


def bring_many(store: Store, text: str, progress: Callable[[int, int], None] | None = None):
    request = Request(file="-", kind="deals", today=TODAY, new=frozenset({"customers"}))
    return import_file(store, request, stdin=io.BytesIO(text.encode()), progress=progress)


def schema(store: Store) -> list[tuple]:
    return sorted(Asker(store)("SELECT type, name, tbl_name, sql FROM sqlite_master"), key=repr)


def test_a_big_import_leaves_the_same_schema_and_a_sound_book(store):
    before = schema(store)
    assert bring_many(store, many()).counts.new == MANY
    ask = Asker(store)
    assert schema(store) == before
    assert ask("PRAGMA integrity_check") == [("ok",)]
    assert ask("PRAGMA foreign_key_check") == []
    assert ask("SELECT count(*), count(DISTINCT deal_id) FROM deal_history") == [(2 * MANY, MANY)]
    assert ask(
        "SELECT count(*) FROM deals d JOIN import_keys k ON k.record_id = d.id AND k.key = substr(d.title, 6)"
    ) == [(MANY,)]
    assert bring_many(store, many()).counts == (MANY, 0, 0, MANY, 0, 0)
    assert ("staging",) not in ask("SELECT name FROM pragma_database_list")


def test_one_bad_row_among_many_keeps_everything_out_and_is_named(store):
    before = everything(store)
    lines = many().splitlines(keepends=True)
    lines[20_000] = lines[20_000].replace(".50,", ".5O,")
    result = bring_many(store, "".join(lines))
    assert (result.counts.rejected, result.faults[0].line, result.faults[0].cell) == (1, 20_001, "19999.5O")
    assert everything(store) == before


def test_an_interruption_while_reading_leaves_nothing(store):
    before = everything(store)
    seen = []

    def interrupt(done: int, total: int) -> None:
        seen.append(done)
        if len(seen) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_many(store, many(), interrupt)
    assert everything(store) == before
    assert ("staging",) not in Asker(store)("SELECT name FROM pragma_database_list")
    assert bring_many(store, many(10)).counts.new == 10


@pytest.mark.parametrize("table", ["customers", "deals", "deal_history", "import_keys", "imports"])
def test_a_failure_anywhere_in_the_writing_leaves_nothing(store, table):
    store.engine.execute(
        f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END"
    )
    before, shape = everything(store), schema(store)
    with pytest.raises(SalestrackError, match="broken on purpose"):
        bring_many(store, many())
    assert (everything(store), schema(store)) == (before, shape)


def test_a_full_disk_leaves_nothing(store):
    bring_many(store, many(50))
    before = everything(store)
    pages = store.engine.value("PRAGMA page_count")
    store.engine.value(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(SalestrackError, match="full; nothing was written"):
        bring_many(store, many())
    assert everything(store) == before
    assert Asker(store)("PRAGMA integrity_check") == [("ok",)]


def test_others_can_write_while_a_file_is_read(store, book, actor):
    def write(done: int, total: int) -> None:
        if done == total:
            other = open_store(str(book), actor, wait=0)
            bring(other, "name\nSomebody else\n", "customers", source="other")
            other.close()

    assert bring_many(store, many(100), write).counts.new == 100
    assert Asker(store)("SELECT count(*) FROM customers") == [(101,)]


def test_what_somebody_else_imported_meanwhile_is_not_doubled(store, book, actor):
    def write(done: int, total: int) -> None:
        other = open_store(str(book), actor, wait=0)
        bring_many(other, many(100))
        other.close()

    assert bring_many(store, many(100), write).counts.same == 100  # it was read again
    assert Asker(store)("SELECT count(*) FROM deals") == [(100,)]
    assert bring_many(store, many(100)).counts.same == 100


@pytest.mark.parametrize("other_source", ["crm", "shop"])
@pytest.mark.parametrize("other_kind", ["customers", "deals"])
def test_a_customer_that_another_import_made_meanwhile_is_not_doubled(store, book, actor, other_source, other_kind):
    def write(done: int, total: int) -> None:
        other = open_store(str(book), actor, wait=0)
        text = {"customers": "id,name\nX,Acme\n", "deals": "id,customer,stage\nX,Acme,Lead\n"}[other_kind]
        bring(other, text, other_kind, source=other_source, new="customers")
        other.close()

    request = Request(file="-", kind="customers", today=TODAY, source="crm")
    import_file(store, request, stdin=io.BytesIO(b"id,name\nY,Acme\n"), progress=write)  # which reads it again
    two = (other_kind, other_source) == ("customers", "crm")  # two ids of one source are two customers
    assert Asker(store)("SELECT name FROM customers") == [("Acme",)] * (1 + two)


def test_two_imports_at_once_end_as_one_after_the_other(book, actor):
    outcomes = []

    def work() -> None:
        store = open_store(str(book), actor, wait=30)
        try:
            outcomes.append(bring_many(store, many(3000)).counts.new)
        except RuleError as error:
            outcomes.append(error.message)
        store.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = open_store(str(book), actor)
    assert Asker(store)("SELECT count(*), count(DISTINCT title) FROM deals") == [(3000, 3000)]
    assert 3000 in outcomes
    store.close()


def test_a_rehearsal_goes_the_whole_way_and_writes_nothing(store):
    before = everything(store)
    result = bring(store, many(20), new="customers", dry_run=True)
    assert (result.counts.new, result.op, result.id) == (20, None, None)
    assert [(each.what, each.number) for each in result.created] == [("customers", 20)]
    assert everything(store) == before
    assert Asker(store)("SELECT max(id) FROM operations") == [(1,)]


def test_bad_rows_are_set_aside_mended_and_brought_in(store, tmp_path):
    lines = many(50).splitlines(keepends=True)
    lines[10] = lines[10].replace("9.50,", "9.5O,")
    bad = tmp_path / "bad.csv"
    result = bring(store, "".join(lines), new="customers", rejects=bad)
    assert result.counts == (50, 49, 0, 0, 1, 0)
    assert bad.read_text().splitlines()[1].startswith('11,"amount: is not an amount')

    bad.write_text(bad.read_text().replace("9.5O", "9.50"))
    assert bring(store, bad.read_text(), new="customers").counts == (1, 1, 0, 0, 0, 0)
    assert bring(store, bad.read_text(), new="customers").counts == (1, 0, 0, 1, 0, 0)
    assert bring(store, many(50), new="customers").counts == (50, 0, 0, 50, 0, 0)


def test_rejects_that_cannot_be_written_keep_the_book_as_it_was(store, tmp_path):
    before = everything(store)
    with pytest.raises(SalestrackError, match="cannot write"):
        bring(store, "id,stage\n1,Lead\n2,Nope\n", rejects=tmp_path / "no" / "where.csv")
    assert everything(store) == before


@pytest.mark.parametrize("kind", ["customers", "products", "deals", "sales", "activities", "quotas"])
def test_a_damaged_file_is_imported_right_or_refused_but_nothing_crashes_and_nothing_is_half(store, kind):
    good = (Path(__file__).parents[2] / "examples" / f"{kind}.csv").read_bytes()
    chance = random.Random(kind)
    before = everything(store)
    for _ in range(60):
        request = Request(
            file="-",
            kind=kind,
            today=TODAY,
            new=frozenset({"customers", "products", "stages"}),
            dry_run=True,
            encoding=chance.choice([None, None, None, "cp1252", "utf-16"]),
        )
        with suppress(SalestrackError):
            result = import_file(store, request, stdin=io.BytesIO(damaged(good, chance)))
            assert result.counts.read == sum(result.counts[1:])
    assert everything(store) == before


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few accidents: cut, flipped, repeated, or with something foreign in them."""
    for _ in range(chance.randint(1, 4)):
        place, length = chance.randrange(len(data) + 1), chance.randint(0, 60)
        foreign = chance.choice(
            [b'"', b"\n", b"\r", b",,", b";", b"\xff\xfe", b"\xe9", b"\0", b"-", b"=", b"\xe2\x82\xac", b"9" * 25]
        )
        data = chance.choice(
            [
                data[:place],
                data[:place] + data[place + length :],
                data[:place] + data[place : place + length] * 2 + data[place + length :],
                data[:place] + foreign + data[place:],
                data[:place] + bytes(chance.randrange(256) for _ in range(3)) + data[place + 3 :],
                data.replace(b",", b";", chance.randint(1, 9)),
                data.splitlines(keepends=True)[0] + data if data else data,
            ]
        )
    return data
