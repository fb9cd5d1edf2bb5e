"""Rows that are one sale: whole however the file is cut, and nothing is lost on the way."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.errors import UsageError
from salestrack.importers.grouping import Grouping, grouped, read_grouping
from salestrack.importers.table import Chunk


def chunks_of(keys, sizes):
    """Cut rows of (key, number) into chunks of some sizes, the rest in one."""
    rows = [(number + 2, [key, str(number)]) for number, key in enumerate(keys)]
    for size in [*sizes, len(rows)]:
        part, rows = rows[:size], rows[size:]
        yield Chunk([line for line, _ in part], [row for _, row in part], (), 0, 0)


@given(keys=st.lists(st.sampled_from("ab"), max_size=30), sizes=st.lists(st.integers(0, 7), max_size=6))
def test_every_row_is_in_one_group_and_groups_do_not_depend_on_how_a_file_is_cut(keys, sizes):
    cut = [group for chunk in grouped(chunks_of(keys, sizes), [0]) for group in chunk.groups]
    whole = [group for chunk in grouped(chunks_of(keys, []), [0]) for group in chunk.groups]
    assert cut == whole
    assert [line for group in cut for line in group.lines] == list(range(2, len(keys) + 2))
    assert all(len({row[0] for row in group.rows}) == 1 for group in cut)
    assert all(one.key != other.key for one, other in pairwise(cut))


def test_a_blank_cell_takes_what_the_next_row_of_the_group_has():
    chunk = Chunk([2, 3, 4], [["#1", "", "x"], ["", "web", "y"], ["#2", "pos", ""]], (), 0, 0)
    found = [chunk for chunk in grouped([chunk], [0]) if chunk.rows]
    assert [row for each in found for row in each.rows] == [["#1", "web", "x"], ["#2", "pos", ""]]


def test_a_row_that_fits_no_header_breaks_the_groups_beside_it():
    chunk = Chunk([2, 4, 5], [["#1"], ["#2"], ["#3"]], ((3, "has 9 cells"),), 0, 0)
    groups = [group for each in grouped([chunk], [0]) for group in each.groups]
    assert [group.odd for group in groups] == [3, 3, None]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"bye": ["Name"]}, r"p.toml: group.bye is unknown"),
        ({"by": [1]}, "group.by is a text or a list of texts"),
        ({"add_up": ["quantity"]}, "group.add_up cannot add up 'quantity'"),
        ({"refund_day": "never"}, "group.refund_day is noticed or sale, not 'never'"),
    ],
)
def test_what_is_wrong_in_a_profile_is_named(table, message):
    with pytest.raises(UsageError, match=message):
        read_grouping(table, "p.toml")


def test_the_columns_by_which_rows_are_grouped_must_be_there():
    assert Grouping(by=("Order No",)).places(["Date", "order no"]) == (1,)
    with pytest.raises(UsageError, match="no column 'Order No'"):
        Grouping(by=("Order No",)).places(["Date"])
