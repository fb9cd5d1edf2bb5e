"""Bars and sparklines made of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.render.bars import bar, sparkline


@pytest.mark.parametrize(
    ("fraction", "drawn"),
    [
        (None, ""),
        (0, ""),
        (-1, ""),
        (float("nan"), ""),
        (0.0001, "▏"),
        (0.5, "██"),
        (0.53125, "██▏"),
        (0.96875, "███▉"),
        (1, "████"),
        (7.5, "████"),
    ],
)
def test_a_bar_counts_in_eighths_of_a_character(fraction, drawn):
    assert bar(fraction, 4) == drawn


def test_a_bar_in_ascii_is_made_of_number_signs():
    assert bar(0.5, 4, unicode=False) == "##"
    assert bar(0.001, 4, unicode=False) == "#"


@given(st.floats(), st.integers(1, 50), st.booleans())
def test_a_bar_is_never_wider_than_its_room(fraction, width, unicode):
    assert len(bar(fraction, width, unicode=unicode)) <= width


def test_a_sparkline_runs_from_the_smallest_to_the_largest_and_shows_gaps():
    assert sparkline([0, None, 3.5, 7]) == "▁ ▅█"
    assert sparkline([0, None, 7], unicode=False) == "_ #"
    assert sparkline([5, 5]) == "▁▁"
    assert sparkline([None]) == " "
    assert sparkline([]) == ""
