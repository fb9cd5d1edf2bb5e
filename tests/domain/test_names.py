"""How names are compared, cleaned and picked."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.names import clean, climb, email_key, first_of, fold, phone_key, pick, similar
from salestrack.errors import AmbiguousError, NotFoundError, UsageError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme", "ACME"),
        ("Acme, Inc.", "acme inc"),
        ("O'Neil & Sons", "O NEIL SONS"),
        ("Acme\u00a0Tools", "Acme Tools"),
        ("  Acme   Tools ", "acme tools"),
        ("Straße", "STRASSE"),
        ("Zu\u0308rich", "Zürich"),
        ("Ａｃｍｅ", "Acme"),
        ("ﬁnch", "FINCH"),
        ("İstanbul", "istanbul"),
        ("İSTANBUL", "ISTANBUL"),
        ("IŞIK", "ışık"),
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
        ("Ac\u00adme", "Acme"),
        ("snake_case", "snake case"),
    ],
)
def test_names_that_look_alike_to_a_person_have_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Acme", "Acmé"), ("Zürich", "Zurich"), ("A B", "AB"), ("***", "**")])
def test_names_that_differ_in_letters_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text())
def test_case_and_composition_never_matter(name: str) -> None:
    assert fold(unicodedata.normalize("NFD", name)) == fold(unicodedata.normalize("NFC", name)) == fold(name)
    assert fold(name.casefold()) == fold(name)


@given(st.text())
def test_a_key_has_single_spaces_and_holds_every_letter_and_digit(name: str) -> None:
    key = fold(name)
    assert key == " ".join(key.split())
    assert key or not any(c.isalnum() for c in name)


def test_a_name_of_signs_alone_keeps_them() -> None:
    assert fold(' "*" ') == '"*"'


@pytest.mark.parametrize(("name", "cleaned"), [("  Acme \n Tools\t", "Acme Tools"), ("x" * 200, "x" * 200)])
def test_cleaning_tidies_the_spacing(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned


@pytest.mark.parametrize(
    ("name", "problem"),
    [(" \n ", "is empty"), ("x" * 201, "has 201 characters"), ("a\x07b", "control character"), ("a\udcffb", "control")],
)
def test_what_is_no_name_is_refused_with_the_reason(name: str, problem: str) -> None:
    with pytest.raises(UsageError, match=f"the tag .*{problem}"):
        clean(name, "tag")


def test_an_address_is_compared_without_case_and_blanks() -> None:
    assert email_key(" Ann@Example.ORG ") == "ann@example.org"


@pytest.mark.parametrize(
    ("written", "also"),
    [
        ("+49 30 1234567", "030/1234567"),
        ("0049301234567", "(030) 123-45-67"),
        ("+1 (415) 555-2671", "415.555.2671"),
        ("+44 (0)20 7946 0958", "020 7946 0958"),
    ],
)
def test_a_number_is_one_number_with_or_without_its_country(written: str, also: str) -> None:
    assert phone_key(written) == phone_key(also) is not None


@pytest.mark.parametrize("text", ["", "12345", "room 12", "٠١٢٣٤٥٦٧"])
def test_too_few_digits_are_no_telephone_number(text: str) -> None:
    assert phone_key(text) is None


STAGES = [("Lead", 1), ("Lead in", 2), ("Closed to Won", 3), ("Won", 4), ("WON", 5), ("Überprüfung", 6)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lead", [1]),
        ("lead", [1]),
        ("lea", [1, 2]),
        ("lead i", [2]),
        ("in", [2]),
        ("to", [3]),
        ("osed", [3]),
        ("Won", [4]),
        ("WON", [5]),
        ("won", [4, 5]),
        ("über", [6]),
        ("PRÜF", [6]),
        ("", []),
        ("   ", []),
        ("*", []),
        ("nothing", []),
    ],
)
def test_the_first_rung_with_a_match_decides(text: str, found: list[int]) -> None:
    assert climb(text, STAGES) == found


def test_picking_needs_exactly_one() -> None:
    assert pick("over", [("Overdue", 1), ("Paid", 2)], "state") == 1
    with pytest.raises(AmbiguousError, match="'lea' could be Lead, Lead in") as several:
        pick("lea", STAGES, "stage")
    with pytest.raises(NotFoundError, match="no stage is called 'xyz'; known: Lead, Lead in") as none:
        pick("xyz", STAGES, "stage", hint="look again")
    with pytest.raises(NotFoundError, match="known: none yet"):
        pick("xyz", [], "owner")
    assert (several.value.exit_code, none.value.exit_code, none.value.hint) == (4, 4, "look again")


@given(st.text(min_size=1).filter(lambda name: name.strip()), st.lists(st.text()))
def test_a_name_always_finds_itself(name: str, others: list[str]) -> None:
    assert name in climb(name, [(each, each) for each in [*others, name]])


def test_suggestions_are_likest_first_and_never_wild() -> None:
    assert similar("Acmee", ["Acme", "Acme Tools", "Beta"])[0] == "Acme"
    assert similar("qqqq", ["Acme"]) == []


def test_a_long_list_of_names_says_how_many_more_there_are():
    names = [f"n{number}" for number in range(15)]
    assert first_of(names[:12]).endswith("n11")
    assert first_of(names).endswith("n11 and 3 more")
