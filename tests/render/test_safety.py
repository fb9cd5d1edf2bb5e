"""What a name must not be able to do to a terminal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.render.safety import safe, safe_json

ANYTHING = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë 株式会社 👩‍💻", "Zoë 株式会社 👩‍💻"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x9b1m\x7f", r"\x9b1m\x7f"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud83d", r"\ud83d"),
    ],
)
def test_what_could_steer_a_terminal_is_spelled_out(text, shown):
    assert safe(text) == shown


@given(ANYTHING)
def test_a_safe_text_stays_as_it_is_and_can_be_encoded(text):
    once = safe(text)
    assert safe(once) == once
    assert "\n" not in once
    once.encode("utf-8")


@given(ANYTHING)
def test_safe_json_says_the_same(text):
    written = safe_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert "\x9b" not in written
    assert "\u202e" not in written
