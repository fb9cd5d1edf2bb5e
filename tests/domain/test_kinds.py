import pytest

from salestrack.domain.activities import DEFAULT_KINDS
from salestrack.domain.kinds import FIXED_KINDS, check_kind_free, check_not_fixed, first_free, read_letter
from salestrack.errors import RuleError, UsageError


def test_the_kinds_that_are_known_by_name_are_kinds_of_a_new_book():
    assert set(FIXED_KINDS) <= {name for name, _ in DEFAULT_KINDS}


@pytest.mark.parametrize("name", ["call", "email", "meeting", "demo", "note", "task"])
def test_what_reports_count_by_name_keeps_its_name(name):
    with pytest.raises(RuleError, match=f"{name} cannot be renamed"):
        check_not_fixed(name, "renamed")


def test_the_letter_of_a_new_kind_is_the_first_one_of_its_name_that_is_free():
    assert first_free("survey", {"s", "u"}) == "r"
    assert first_free("Überprüfung", set()) == "ü"
    assert first_free("aa", {"a"}) is None


@pytest.mark.parametrize("text", ["", "ab", "-", "@", " ", "İ"])
def test_a_letter_is_one_letter_or_digit(text):
    with pytest.raises(UsageError, match="is not one letter"):
        read_letter(text)
    assert read_letter(" X ") == "x"


def test_a_kind_of_one_letter_would_be_read_as_a_short_form():
    with pytest.raises(UsageError, match="two letters or more"):
        check_kind_free("x", set())
