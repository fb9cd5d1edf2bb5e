"""Several entries in one cell: what is written is read again, and any program's cell as it always was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.entries import entries_of, joined


@pytest.mark.parametrize(
    ("cell", "entries"),
    [
        ("a; b,a | c", ("a", "b", "c")),
        ("  new   customer ,, ;", ("new customer",)),
        ("", ()),
        ('"a;b", c', ("a;b", "c")),
        ('"a, b" ; """q""" | d', ("a, b", '"q"', "d")),
        ('12" vinyl, x', ('12" vinyl', "x")),
        ('"so called" friends, x', ('"so called" friends', "x")),
        ('"never closed, x', ('"never closed', "x")),
        ('a, "", b', ("a", "b")),
    ],
)
def test_entries_stand_between_commas_semicolons_or_bars_and_in_quotation_marks_where_they_hold_some(cell, entries):
    assert entries_of(cell) == entries


def test_only_what_needs_quotation_marks_gets_them():
    assert joined(["vip", "a;b", 'so "called"', '"q"']) == 'vip, "a;b", so "called", """q"""'
    assert joined([]) == ""


TIDY = st.text(st.sampled_from("ab ,;|\"'é"), min_size=1).map(lambda text: " ".join(text.split())).filter(bool)


@given(st.lists(TIDY, unique=True))
def test_what_is_written_is_read_again(entries):
    assert entries_of(joined(entries)) == tuple(entries)
