"""What a big import has looked at all at once: the same rules that SQLite would ask of each row."""

from collections.abc import Iterator
from typing import Any

import pytest

from salestrack.errors import SalestrackError
from salestrack.store import Store, staging
from salestrack.store.soundness import require_sound
from salestrack.store.staging import open_staging

DEAL = {"title": "Site", "pipeline_id": 1, "stage_id": 1, "status": "open", "currency": "USD", "created_op": 1}
VERSION = {"deal_id": 1, "seq": 1, "stage_id": 1, "currency": "USD", "created_op": 1}
LINE = {"deal_id": 1, "position": 0, "kind": "product", "created_op": 1}


@pytest.fixture
def lenient(store: Store) -> Iterator[Store]:
    """Give a store with one deal, in which SQLite asks nothing of the rows that are written."""
    store.engine.insert("deals", DEAL)
    store.engine.execute("PRAGMA foreign_keys = OFF")
    store.engine.execute("PRAGMA ignore_check_constraints = ON")
    yield store
    store.engine.execute("PRAGMA ignore_check_constraints = OFF")
    store.engine.execute("PRAGMA foreign_keys = ON")


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("deals", {**DEAL, "status": "gone"}, "status = 'open'"),
        ("deals", {**DEAL, "amount": -1}, "amount >= 0"),
        ("deals", {**DEAL, "closed_on": "2026-03-01"}, "status <> 'open' OR closed_on IS NULL"),
        ("deals", {**DEAL, "created_on": "1.3.2026"}, "created_on GLOB '????-??-??'"),
        ("deals", {**DEAL, "currency": "$"}, "length(currency) = 3"),
        ("deals", {**DEAL, "snoozed_until": "soon"}, "snoozed_until GLOB"),
        ("deals", {**DEAL, "customer_id": 7}, "customer_id NOT IN (SELECT id FROM main.customers)"),
        ("deals", {**DEAL, "stage_id": 99}, "stage_id NOT IN (SELECT id FROM main.stages)"),
        ("deal_history", {**VERSION, "deal_id": 2}, "deal_id NOT IN (SELECT id FROM main.deals)"),
        ("deal_history", {**VERSION, "from_on": "2026-03-02", "to_on": "2026-03-01"}, "from_on <= to_on"),
        ("deal_lines", {**LINE, "kind": "gift"}, "kind = 'product'"),
        ("deal_lines", {**LINE, "product_id": 5}, "product_id NOT IN (SELECT id FROM main.products)"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_the_rule(
    lenient: Store, table: str, row: dict[str, Any], rule: str
) -> None:
    before = lenient.engine.value(f"SELECT coalesce(max(id), 0) FROM {table}")
    bad = lenient.engine.insert(table, row)
    with pytest.raises(SalestrackError) as refused:
        require_sound(lenient.engine, table, before)
    assert rule in refused.value.message
    require_sound(lenient.engine, table, bad)  # what was there before is none of the question


@pytest.mark.parametrize(("there", "wanted"), [((1, 2, 3), 4), ((1, 3, 4), 2), ((2, 3, 4), 1), ((), 1)])
def test_many_references_are_refused_like_few_whether_ids_have_gaps_or_not(
    lenient: Store, there: tuple[int, ...], wanted: int
) -> None:
    for key in there:
        lenient.engine.insert("customers", {"id": key, "name": f"C{key}", "key": f"c{key}", "created_op": 1})
    before = lenient.engine.value("SELECT max(id) FROM deals")
    for key in (*there, None, *there, None):
        lenient.engine.insert("deals", {**DEAL, "customer_id": key})
    require_sound(lenient.engine, "deals", before)
    lenient.engine.insert("deals", {**DEAL, "customer_id": wanted})
    with pytest.raises(SalestrackError, match=r"customer_id NOT IN \(SELECT id FROM main.customers\)"):
        require_sound(lenient.engine, "deals", before)


def test_a_row_that_keeps_the_rules_passes(lenient: Store) -> None:
    lenient.engine.insert(
        "deals", {**DEAL, "status": "won", "closed_on": "2026-03-01", "amount": 0, "probability": 100}
    )
    lenient.engine.insert("deal_history", {**VERSION, "from_on": "2026-03-01", "to_on": "2026-03-01"})
    lenient.engine.insert("deal_lines", LINE)
    for table in ("deals", "deal_history", "deal_lines"):
        require_sound(lenient.engine, table, 0)


def test_a_transaction_with_a_broken_reference_is_taken_back_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "INDEX_LATER_FROM", 1)
    with (
        open_staging(store.engine, ()) as area,
        pytest.raises(SalestrackError, match="new deals with owner_id"),
        area.references_later(1, store.operation("imported", kind="import")),
        area.indexed_later(("deals",), 1),
    ):
        store.engine.insert("deals", {**DEAL, "owner_id": 99})
    assert not store.engine.query("SELECT id FROM deals")
    assert store.engine.value("PRAGMA foreign_keys") == 1
    assert store.engine.value("PRAGMA ignore_check_constraints") == 0
    assert (
        store.engine.value("SELECT count(*) FROM sqlite_master WHERE name IN ('deals_customer', 'search_deals_insert')")
        == 2
    )


def test_a_few_rows_are_looked_at_one_by_one(store: Store) -> None:
    operation = store.operation("imported", kind="import")
    with (
        open_staging(store.engine, ()) as area,
        pytest.raises(SalestrackError, match="FOREIGN KEY"),
        area.references_later(staging.INDEX_LATER_FROM - 1, operation),
    ):
        store.engine.insert("deals", {**DEAL, "owner_id": 99})
