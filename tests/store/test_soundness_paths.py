"""Whatever is written while SQLite asks nothing is looked at before it stays, wherever an import writes it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from salestrack.errors import SalestrackError
from salestrack.store import Store, staging
from salestrack.store.staging import Staging, open_staging, staging_area

DEAL = {"title": "Site", "pipeline_id": 1, "stage_id": 1, "status": "open", "currency": "USD", "created_op": 1}
ACTIVITY = {"kind": "call", "done": 0, "logged_at": "2026-03-18T10:00:00", "created_op": 1}
NOBODY = 99


@pytest.fixture(autouse=True)
def one_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a single row be looked at as a million would."""
    monkeypatch.setattr(staging, "INDEX_LATER_FROM", 1)


@pytest.fixture
def area(store: Store) -> Iterator[Staging]:
    """Give the staging of an import into a book with a customer, a contact, a deal, an activity and a tag."""
    with store.operation("made") as op:
        made = {"created_op": op.id}
        customer = store.engine.insert("customers", {"name": "Acme", "key": "acme", **made})
        store.engine.insert("contacts", {"name": "Ann", "key": "ann", "customer_id": customer, **made})
        store.engine.insert("deals", {**DEAL, "customer_id": customer})
        store.engine.insert("activities", {**ACTIVITY, "customer_id": customer})
        store.engine.insert("tags", {"name": "web", **made})
    with open_staging(store.engine, ()) as area:
        yield area


@contextmanager
def importing(store: Store, area: Staging) -> Iterator[None]:
    with area.references_later(1, store.operation("imported", kind="import")):
        yield


def check_strict(store: Store) -> None:
    """Check that the connection asks every row again, and that no wrong one is in the book."""
    engine = store.engine
    assert not engine.in_transaction
    assert engine.query("PRAGMA main.foreign_key_check") == []
    assert engine.value("PRAGMA main.integrity_check") == "ok"
    for wrong, why in (({"owner_id": NOBODY}, "FOREIGN KEY"), ({"amount": -1}, "CHECK")):
        with pytest.raises(SalestrackError, match=why):
            engine.insert("deals", {**DEAL, **wrong})


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("deals", {**DEAL, "owner_id": NOBODY}),
    ("deal_history", {"deal_id": NOBODY, "seq": 1, "stage_id": 1, "currency": "USD", "created_op": 1}),
    ("deal_history", {"deal_id": 1, "seq": 9, "stage_id": NOBODY, "currency": "USD", "created_op": 1}),
    ("deal_contacts", {"deal_id": 1, "contact_id": NOBODY, "created_op": 1}),
    ("deal_tags", {"deal_id": NOBODY, "tag_id": 1, "created_op": 1}),
    ("deal_tags", {"deal_id": 1, "tag_id": NOBODY, "created_op": 1}),
    ("customer_tags", {"customer_id": 1, "tag_id": NOBODY, "created_op": 1}),
    ("activity_tags", {"activity_id": NOBODY, "tag_id": 1, "created_op": 1}),
    ("activity_contacts", {"activity_id": 1, "contact_id": NOBODY, "created_op": 1}),
    ("customer_aliases", {"customer_id": NOBODY, "name": "A", "key": "a", "created_op": 1}),
    ("activities", {**ACTIVITY, "deal_id": NOBODY}),  # from which deal_state is made
    ("schedules", {"deal_id": NOBODY, "every": "1m", "created_op": 1}),
    ("operations", {"at": "", "who": "", "terminal": 0, "kind": "undo", "verb": "", "target": NOBODY}),
]


@pytest.mark.parametrize("place", ["in the bulk", "after it"])
@pytest.mark.parametrize(("table", "row"), WRONG)
def test_a_new_row_that_refers_to_nothing_is_refused_wherever_it_is_written(
    store: Store, area: Staging, place: str, table: str, row: dict[str, Any]
) -> None:
    bulk = area.indexed_later(("deals",), 1) if place == "in the bulk" else nullcontext()
    with pytest.raises(SalestrackError, match=f"new {table} with"), importing(store, area), bulk:
        store.engine.insert(table, row)
    check_strict(store)


@pytest.mark.parametrize(
    ("table", "change"),
    [("deals", {"owner_id": NOBODY}), ("contacts", {"customer_id": NOBODY}), ("activities", {"deal_id": NOBODY})],
)
def test_a_changed_row_that_refers_to_nothing_is_refused(
    store: Store, area: Staging, table: str, change: dict[str, Any]
) -> None:
    with pytest.raises(SalestrackError, match=f"{table} with"), importing(store, area):
        store.engine.update(table, 1, change)
    check_strict(store)


def test_a_changed_row_that_breaks_a_check_in_the_bulk_is_refused(store: Store, area: Staging) -> None:
    with (
        pytest.raises(SalestrackError, match="deals with NOT"),
        store.operation("imported", kind="import"),
        area.indexed_later(("deals",), 1),
    ):
        store.engine.update("deals", 1, {"amount": -1})
    check_strict(store)


@pytest.mark.parametrize(
    ("table", "child"), [("customers", "contacts"), ("stages", "stage_history"), ("tags", "deal_tags")]
)
def test_a_row_that_others_refer_to_cannot_go(store: Store, area: Staging, table: str, child: str) -> None:
    store.engine.insert("deal_tags", {"deal_id": 1, "tag_id": 1, "created_op": 1})
    with pytest.raises(SalestrackError, match=f"{child} with .* that went"), importing(store, area):
        store.engine.delete(table, 1)
    check_strict(store)


@pytest.mark.parametrize("wrong", [{"owner_id": NOBODY}, {"amount": -1}])
def test_ids_below_the_last_one_given_out_are_looked_at_too(store: Store, area: Staging, wrong: dict[str, Any]) -> None:
    with store.operation("added"):
        for _ in range(5):
            store.engine.insert("deals", DEAL)
    with store.operation("removed"):
        store.engine.execute("DELETE FROM deals WHERE id > 1")
    with (
        pytest.raises(SalestrackError, match="new deals with"),
        importing(store, area),
        area.indexed_later(("deals",), 1),
    ):
        store.engine.insert("deals", {**DEAL, **wrong, "id": 3})
    check_strict(store)


def test_ids_below_the_last_one_given_out_stand_in_the_search_index(store: Store, area: Staging) -> None:
    with store.operation("added"):
        store.engine.insert("deals", {**DEAL, "id": 7, "title": "Gone"})
    with store.operation("removed"):
        store.engine.delete("deals", 7)
    with store.operation("imported", kind="import"), area.indexed_later(("deals",), 5):
        store.engine.insert("deals", {**DEAL, "id": 5, "title": "Zebra crossing"})
    assert store.engine.query("SELECT rowid FROM search_deals WHERE search_deals MATCH 'zebra'") == [{"rowid": 5}]


def test_of_several_files_the_one_with_a_wrong_row_is_taken_back_alone(store: Store) -> None:
    with staging_area(store.engine), store.operation("imported", kind="import"):
        with open_staging(store.engine, ()) as first, store.engine.savepoint(), first.indexed_later(("deals",), 1):
            store.engine.insert("deals", {**DEAL, "title": "First"})
        with (
            open_staging(store.engine, ()) as second,
            pytest.raises(SalestrackError, match="new deals with NOT"),
            store.engine.savepoint(),
            second.indexed_later(("deals",), 1),
        ):
            store.engine.insert("deals", {**DEAL, "title": "Second", "amount": -1})
    assert store.engine.query("SELECT title FROM deals") == [{"title": "First"}]
    assert store.engine.value("SELECT count(*) FROM sqlite_master WHERE name = 'search_deals_insert'") == 1
    check_strict(store)


def write_wrong_and_raise(store: Store, error: type[BaseException]) -> None:
    store.engine.insert("deals", {**DEAL, "owner_id": NOBODY, "amount": -1})
    raise error


def test_a_rehearsal_and_an_error_leave_a_strict_connection(store: Store, area: Staging) -> None:
    for error in (KeyboardInterrupt, ValueError):
        with pytest.raises(error), importing(store, area), area.indexed_later(("deals",), 1):
            write_wrong_and_raise(store, error)
        check_strict(store)
    with importing(store, area), area.indexed_later(("deals",), 1):
        store.engine.insert("deals", DEAL)
    assert store.engine.value("SELECT count(*) FROM deals") == 2
    check_strict(store)


def test_a_lock_that_is_not_got_leaves_a_strict_connection(store: Store, area: Staging) -> None:
    @contextmanager
    def refused() -> Iterator[None]:
        raise SalestrackError("in use")
        yield

    with pytest.raises(SalestrackError, match="in use"), area.references_later(1, refused()):
        pass
    check_strict(store)
