"""Keys that stay, prints that tell a change."""

from hypothesis import given
from hypothesis import strategies as st

from salestrack.importers.identity import Identity, numbered
from salestrack.importers.kinds import KINDS


def identity(kind: str, *fields: str, reading: str = "") -> Identity:
    return Identity(KINDS[kind], fields, reading)


def test_an_id_is_the_key():
    cells = {"id": [" A1 ", ""], "stage": ["Won", "Lost"]}
    assert identity("deals", "id", "stage").keys(cells) == ["A1", ""]


def test_without_an_id_the_key_is_a_hash_that_later_columns_do_not_change():
    few = identity("deals", "title", "customer", "stage").keys({"title": ["T"], "customer": ["C"], "stage": ["Won"]})
    more = identity("deals", "title", "customer", "stage", "owner", "amount").keys(
        {"title": ["T"], "customer": ["C"], "stage": ["Lost"], "owner": ["O"], "amount": ["5"]}
    )
    assert few == more
    assert few[0].startswith("v1:")


def test_the_hash_of_a_kind_never_changes():
    cells = {"date": ["2026-03-01"], "customer": ["Acme"], "amount": ["12.00"]}
    assert identity("sales", *cells).keys(cells) == ["v1:e82a5fafe550cbc51cb33f89"]


def test_equal_rows_are_numbered():
    assert numbered(["a", "b", "a"], lambda _: {}) == ["a", "b", "a:2"]
    assert numbered(["a", "a"], lambda _: {"a": 3}) == ["a:4", "a:5"]


def test_customers_products_and_quotas_go_by_what_names_them():
    assert identity("customers", "name").keys({"name": ["ACME, Inc."]}) == ["acme inc"]
    assert identity("products", "name", "sku").keys({"name": ["Web", "Care"], "sku": ["W-1", ""]}) == ["w 1", "care"]
    assert not identity("quotas", "period", "target").numbered
    assert identity("sales", "date", "amount").numbered


def test_a_print_changes_with_any_cell_and_with_the_way_of_reading():
    cells = {"id": ["1"], "stage": ["Won"], "amount": ["5"]}
    (first,) = identity("deals", *cells).prints(cells)
    assert -(2**63) <= first < 2**63
    assert list(identity("deals", *reversed(cells)).prints(cells)) == [first]
    assert list(identity("deals", *cells).prints({**cells, "amount": ["6"]})) != [first]
    assert list(identity("deals", *cells, reading="dmy").prints(cells)) != [first]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(0, 29))
def test_numbers_are_the_same_wherever_the_file_is_cut_into_chunks(keys, cut):
    seen: dict[str, int] = {}
    found = []
    for part in (keys[:cut], keys[cut:]):
        found += numbered(part, lambda wanted: {key: seen[key] for key in wanted if key in seen})
        for key in part:
            seen[key] = seen.get(key, 0) + 1
    assert found == numbered(keys, lambda _: {})
    assert len(set(found)) == len(found)
