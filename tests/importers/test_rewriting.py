"""What profiles do to cells before they are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.importers.rewriting import RULES, rewritten


@pytest.mark.parametrize(
    ("rule", "cell", "text"),
    [
        ("html", "<p>Wants pricing by Friday</p>", "Wants pricing by Friday"),
        ("html", "<p>One</p><p>Two &amp; three</p>", "One\nTwo & three"),
        ("html", "a<br>b<br/>c", "a\nb\nc"),
        ("html", "2 < 3 and 5 > 4", "2 < 3 and 5 > 4"),
        ("html", "<script>x</script>", "x"),
        ("html", "plain", "plain"),
        ("first", "Bill; Peter", "Bill"),
        ("first", ";; 12 ;13", "12"),
        ("first", "", ""),
        ("share", "0.4", "40"),
        ("share", "1", "100"),
        ("share", "0.155", "15.5"),
        ("share", "40", "40"),
        ("share", "", ""),
        ("whole", "42.5", "42"),
        ("whole", "10", "10"),
        ("whole", "10%", "10"),
        ("whole", "many", "many"),
        ("apostrophe", "'00123", "00123"),
    ],
)
def test_a_rule_makes_of_a_cell_what_it_says(rule, cell, text):
    assert rewritten(rule, [cell, cell]) == [text, text]


@given(st.sampled_from(sorted(RULES)), st.text())
def test_no_cell_is_too_odd(rule, cell):
    assert isinstance(rewritten(rule, [cell])[0], str)
