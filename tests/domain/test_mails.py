"""Subjects and ids of messages as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.mails import LONGEST_ID, base_subject, id_of, is_reply, one_line


@pytest.mark.parametrize(
    ("subject", "base", "reply"),
    [
        ("Offer", "Offer", False),
        ("Re: Offer", "Offer", True),
        ("AW: Re[2]: Fwd:  Offer", "Offer", True),
        ("RE : SV: Offer", "Offer", True),
        ("Reminder: Offer", "Reminder: Offer", False),
        ("回复：Offer", "Offer", True),
        ("", "", False),
    ],
)
def test_a_subject_is_the_same_without_what_replies_put_before_it(subject, base, reply):
    assert base_subject(subject) == base
    assert is_reply(subject) is reply


def test_an_id_is_compared_without_its_brackets_and_kept_short():
    assert id_of(" <a@b>\n") == "a@b"
    assert len(id_of("<" + "x" * 5000 + ">")) < LONGEST_ID
    assert id_of("<" + "x" * 5000 + ">") == id_of("x" * 5000)


@given(st.text())
def test_a_line_is_printable_and_short(text):
    line = one_line(text)

    assert line.isprintable()
    assert len(line) <= 300
    assert base_subject(line) == base_subject(base_subject(line))
