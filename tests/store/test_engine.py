"""Macros in SQL text, and what every engine does with rows, errors and transactions."""

from pathlib import Path

import pytest

from salestrack.errors import BookError, SalestrackError, UsageError
from salestrack.store import Store
from salestrack.store.engine import expand_macros
from salestrack.store.opening import connect

MACROS = {"days_between": lambda a, b: f"<{a}|{b}>", "twice": lambda a: f"{a}{a}"}


@pytest.mark.parametrize(
    ("sql", "expanded"),
    [
        ("SELECT 1", "SELECT 1"),
        ("days_between(a, b)", "<a|b>"),
        ("1 + days_between(a,b) + 2", "1 + <a|b> + 2"),
        ("days_between(coalesce(a, b), max(c, (d)))", "<coalesce(a, b)|max(c, (d))>"),
        ("days_between(days_between(a, b), c)", "<<a|b>|c>"),
        ("twice(x) twice(y)", "xx yy"),
        ("more_days_between(a, b)", "more_days_between(a, b)"),
    ],
)
def test_a_macro_is_filled_in_with_its_arguments_whatever_brackets_they_hold(sql: str, expanded: str) -> None:
    assert expand_macros(sql, MACROS) == expanded


def test_an_unclosed_macro_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="unbalanced brackets"):
        expand_macros("SELECT days_between(a, b", MACROS)


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [("2026-03-18", "2026-03-18", 0), ("2024-02-28", "2024-03-01", 2), ("2026-03-18", "2026-03-01", -17)],
)
def test_days_between_counts_calendar_days(store: Store, first: str, second: str, days: int) -> None:
    assert store.engine.value("SELECT days_between(?, ?)", (first, second)) == days


def test_days_between_nothing_and_a_day_is_unknown(store: Store) -> None:
    assert store.engine.value("SELECT days_between(NULL, '2026-03-18')") is None


def test_rows_come_by_column_name_and_streams_as_tuples(store: Store) -> None:
    sql = "SELECT 1 AS a, 'x' AS b UNION SELECT 2, NULL ORDER BY 1"
    assert store.engine.query(sql) == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    assert list(store.engine.stream(sql)) == [(1, "x"), (2, None)]
    assert store.engine.value("SELECT id FROM deals") is None


def test_an_error_in_a_transaction_takes_back_everything_in_it(store: Store) -> None:
    with pytest.raises(SalestrackError), store.engine.transaction():
        store.engine.executemany("INSERT INTO tags (name, created_op) VALUES (?, ?)", [("web", 1), ("web", 1)])
    assert store.engine.value("SELECT count(*) FROM tags") == 0
    with store.engine.transaction():
        store.engine.insert("tags", {"name": "web", "created_op": 1})
    assert store.engine.value("SELECT count(*) FROM tags") == 1


def test_what_the_database_refuses_is_one_plain_sentence(store: Store) -> None:
    refused = pytest.raises(SalestrackError, match="the book refused the change: CHECK constraint failed")
    with refused as caught, store.engine.transaction():
        store.engine.insert("rates", {"currency": "EURO", "on_date": "2026-01-01", "rate": 1, "created_op": 1})
    assert (type(caught.value), caught.value.exit_code) == (SalestrackError, 1)


def test_a_reference_to_nothing_is_refused_at_the_end_of_the_transaction_at_the_latest(store: Store) -> None:
    with pytest.raises(SalestrackError, match="FOREIGN KEY"), store.engine.transaction():
        store.engine.insert("contacts", {"name": "A", "key": "a", "customer_id": 99, "created_op": 1})
    with pytest.raises(SalestrackError, match="FOREIGN KEY"), store.engine.transaction():
        insert_at_last(store)
    assert store.engine.value("SELECT count(*) FROM contacts") == 0


def test_a_number_beyond_64_bits_and_a_text_that_is_no_text_are_usage_errors(store: Store) -> None:
    with pytest.raises(UsageError, match="too large"):
        store.engine.value("SELECT ?", (2**63,))
    with pytest.raises(UsageError, match="not valid UTF-8"):
        store.engine.value("SELECT ?", ("\udcff",))


def insert_at_last(store: Store) -> None:
    store.engine.defer_references()
    store.engine.insert("contacts", {"name": "A", "key": "a", "customer_id": 99, "created_op": 1})


def test_references_and_parents_tell_who_refers_to_whom(store: Store) -> None:
    assert ("deal_history", "deal_id") in store.engine.references("deals")
    assert ("deal_state", "deal_id") not in store.engine.references("deals"), "it goes with its deal by itself"
    assert ("customer_id", "customers") in store.engine.parents("deals")
    assert store.engine.columns("tags") == ("id", "name", "created_op")


def test_a_column_that_does_not_exist_is_reported_with_the_book_it_was_asked_of(book: Path) -> None:
    engine = connect(book, mode="read")
    with pytest.raises(BookError, match="no such column: locked_full_readonly"):
        engine.query("SELECT locked_full_readonly FROM deals")
    engine.close()
