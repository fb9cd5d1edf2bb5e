"""The tables beside the book that rows of a file are staged in."""

import pytest

from salestrack.store import Store, staging
from salestrack.store.staged import Staged
from salestrack.store.staging import AT_ONCE, Fresh, open_staging

LINES = range(1, 2 * AT_ONCE + 4)
INDEXES = "SELECT name FROM main.sqlite_master WHERE type = 'index' AND tbl_name = 'deals' AND sql IS NOT NULL"


def test_columns_become_rows_whether_or_not_their_number_divides_evenly(store: Store) -> None:
    for size in (1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, len(LINES)):
        with open_staging(store.engine, ("title",)) as area:
            titles = [f"Site {line}" for line in LINES[:size]]
            area.add_columns("rows", {"line": LINES[:size], "title": titles})
            rows = store.engine.query("SELECT line, title FROM staging.rows ORDER BY line")
        assert [(row["line"], row["title"]) for row in rows] == list(zip(LINES[:size], titles, strict=True))


def test_columns_of_different_lengths_are_refused(store: Store) -> None:
    with open_staging(store.engine, ("title",)) as area, pytest.raises(ValueError, match="size"):
        area.add_columns("rows", {"line": LINES, "title": ["Site"]})


def test_only_columns_that_no_row_was_staged_with_become_null(store: Store) -> None:
    with open_staging(store.engine, ("title", "note", "source")) as area:
        area.add_columns("rows", {"line": [1, 2], "title": ["Site", "App"]})
        area.add("rows", ("line", "source"), [(3, "fair")])
        sql = area.without_blanks("SELECT r.line, r.title, r.note, r.source, other.note FROM staging.rows r")
    assert sql == "SELECT r.line, r.title, NULL, r.source, other.note FROM staging.rows r"


def test_an_index_of_a_blank_column_stays_and_the_others_are_made_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "INDEX_LATER_FROM", 1)
    before = {row["name"] for row in store.engine.query(INDEXES)}
    with (
        open_staging(store.engine, ("title", "customer_id", "contact_id")) as area,
        store.operation("imported", kind="import"),
    ):
        area.add_columns("rows", {"line": [1], "title": ["Site"], "customer_id": [None]})
        with area.indexed_later(("deals",), 1):
            assert {row["name"] for row in store.engine.query(INDEXES)} == {"deals_contact"}
    assert {row["name"] for row in store.engine.query(INDEXES)} == before


def test_new_names_keep_all_that_is_known_of_them(store: Store) -> None:
    with open_staging(store.engine, ()) as area:
        assert area.fresh("customers", {"acme": Fresh("Acme"), "b": Fresh("B", phone="1")}) == {"acme": -1, "b": -2}
        assert area.fresh("customers", {"b": Fresh("B"), "c": Fresh("C", email="c@c.io")}) == {"b": -2, "c": -3}
        rows = Staged(store.engine).created("customers")
        assert [row["name"] for row in Staged(store.engine).created("customers", 2)] == ["Acme", "B"]
    assert [(row["no"], row["key"], row["email"], row["phone"]) for row in rows] == [
        (1, "acme", None, None),
        (2, "b", None, "1"),
        (3, "c", "c@c.io", None),
    ]


@pytest.mark.parametrize("states", [[0], [1, 1, 1], [0, 2, 0, 1, 2], []])
def test_rows_are_counted_by_their_state_with_the_rows_of_the_file_they_are_made_of(
    store: Store, states: list[int]
) -> None:
    with open_staging(store.engine, ()) as area:
        area.add("rows", ("line", "state", "rows"), [(line, state, line) for line, state in enumerate(states, 1)])
        found = Staged(store.engine).counts()
    lines = {state: [line for line, each in enumerate(states, 1) if each == state] for state in states}
    assert found == {state: (len(mine), sum(mine)) for state, mine in lines.items()}
