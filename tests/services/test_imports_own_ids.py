"""Ids like d12 among the cells of a file: a whole column is looked at for some before each cell is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.services.imports.own.agreeing import LETTERS, number_of, some_numbers


@pytest.mark.parametrize("cells", [["d12"], ["x", " D7 "], ["", "d1\t", ""], ["a\nd3", "d4"]])
def test_an_id_of_the_book_is_seen_wherever_it_stands(cells: list[str]) -> None:
    assert some_numbers(cells, "d")


@pytest.mark.parametrize("cells", [[], [""], ["D-1", "D-2"], ["12"], ["d0", "d012"], ["s12"], ["d12b"]])
def test_ids_of_other_programs_are_not_taken_for_some(cells: list[str]) -> None:
    assert not some_numbers(cells, "d")


@given(st.lists(st.text("dDs0123456789- \n\t\u00a0x", max_size=6)), st.sampled_from(sorted(LETTERS.values())))
def test_no_cell_that_is_an_id_is_missed(cells: list[str], letter: str) -> None:
    if any(number_of(cell, letter) for cell in cells):
        assert some_numbers(cells, letter)
