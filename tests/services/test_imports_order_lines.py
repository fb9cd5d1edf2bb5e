"""The lines of an order add up to its net amount, whatever the export leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.services.imports.orders.lines import Further, Item, fitted, split_items, total

AMOUNTS = st.integers(-10_000, 10_000)
ITEMS = st.lists(
    st.builds(Item, st.integers(1, 5), st.sampled_from(["1", "2", "0.5"]), st.none(), AMOUNTS, st.integers(0, 500)),
    min_size=1,
    max_size=5,
)
FURTHER = st.builds(Further, st.integers(0, 900), st.integers(0, 300), st.integers(0, 900))


@given(items=ITEMS, further=FURTHER, net=AMOUNTS, tax=st.integers(0, 2000))
def test_lines_add_up_to_the_net_amount(items, further, net, tax):
    found = fitted(items, further, net, tax)
    assert sum(line.amount for line in found.lines) == net


@given(items=ITEMS, further=FURTHER)
def test_an_order_whose_parts_come_to_its_amount_needs_no_adjustment(items, further):
    found = fitted(items, further, total(items, further), 0)
    assert not found.rest


@given(item=st.builds(Item, st.just(1), st.just("3"), st.none(), st.none()), further=FURTHER, net=AMOUNTS)
def test_a_single_product_without_a_price_has_what_is_left(item, further, net):
    assert sum(line.amount for line in fitted([item], further, net, 0).lines) == net


def test_of_several_products_without_prices_nobody_knows_what_each_cost():
    items = [Item(1, "1", None, None), Item(2, "2", None, None)]
    assert [line.amount for line in fitted(items, Further(), 500, 0).lines] == [None, None]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1× Crew Tee, 2× Mug", [("Crew Tee", "1"), ("Mug", "2")]),
        ("1× Tee, black, 10x Mug", [("Tee, black", "1"), ("Mug", "10")]),
        ("Voucher", [("Voucher", "1")]),
        ("2.5× Flour", [("Flour", "2.5")]),
        ("", []),
    ],
)
def test_products_that_one_cell_lists_are_told_apart(text, items):
    assert split_items(text) == items
