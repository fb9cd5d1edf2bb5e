"""Formulas in spreadsheets: the apostrophe that keeps texts from being one comes off again, and only that one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.formulas import guarded, told_apart, unguarded

TEXTS = st.text(st.sampled_from("'=+-@＝＋－＠\t\r12,. aZ"), max_size=8)


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1+1", "'=1+1"), ("+49 30", "'+49 30"), ("-12.50", "-12.50"), ("-12,50", "-12,50"), ("'tis", "'tis"), ("", "")],
)
def test_formulas_get_an_apostrophe_and_numbers_do_not(text, written):
    assert guarded(text) == written


@pytest.mark.parametrize("text", ["'=x", "''=x", "'-5"])
def test_a_text_that_looks_guarded_gets_one_more_wherever_it_is_written(text):
    assert guarded(text) == told_apart(text) == f"'{text}"


@given(TEXTS)
def test_both_ways_of_writing_are_read_as_they_were(text):
    assert unguarded(guarded(text)) == text
    assert unguarded(told_apart(text)) == text


@given(TEXTS)
def test_what_is_guarded_begins_with_no_sign_unless_it_is_a_number(text):
    written = guarded(text)
    assert not written.startswith(("=", "@", "＝", "＋", "－", "＠", "\t", "\r"))
    assert not written.startswith(("+", "-")) or written[1:].replace(",", ".").replace(".", "", 1).isdigit()
