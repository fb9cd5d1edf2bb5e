import pytest

from salestrack.domain.quoting import quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("acme", "'acme'"),
        ("", "''"),
        ("a\nb\x00", "'a�b�'"),
        ("\ud800", "'�'"),
        ("x" * 40, f"'{'x' * 40}'"),
        ("x" * 5000, f"'{'x' * 39}…'"),
    ],
)
def test_a_quoted_word_is_short_and_printable(text, shown):
    assert quoted(text) == shown
