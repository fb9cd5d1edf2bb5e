"""Rows on their way out: streamed, narrowed, and never in the way of what comes after."""

import gc
import tracemalloc

import pytest

from salestrack.domain.filters import Filter
from salestrack.errors import UsageError
from salestrack.services.exporting.kinds import KINDS, export_rows
from salestrack.store import open_store
from salestrack.store.export import Exports


def test_a_stream_that_was_left_half_read_does_not_mind_a_closed_book(site, book, actor):
    site("customer add Second", ok=True)
    store = open_store(str(book), actor)
    rows = export_rows(store, "customers", Filter()).rows
    next(rows)
    store.close()
    del rows
    gc.collect()  # what a generator raises here would fail the test


def test_what_a_kind_does_not_have_is_refused(store):
    with pytest.raises(UsageError, match="cannot be exported"):
        export_rows(store, "stages", Filter())
    with pytest.raises(UsageError, match="products cannot be narrowed by --owner"):
        export_rows(store, "products", Filter(owners=(1,)))


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_book_gives_a_header_and_no_row(store, kind):
    exported = export_rows(store, kind, Filter())
    assert exported.columns
    assert list(exported.rows) == []
    assert Exports(store.engine).count(kind, Filter()) == 0


def test_memory_does_not_grow_with_the_book(store):
    with store.operation("filled") as op:
        rows = [(f"Customer {number} {'x' * 50}", f"customer {number}", op.id) for number in range(20_000)]
        store.engine.executemany("INSERT INTO customers (name, key, created_op) VALUES (?, ?, ?)", rows)
    del rows
    tracemalloc.start()
    try:
        count = sum(1 for _ in export_rows(store, "customers", Filter()).rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 500_000
