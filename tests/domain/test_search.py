"""What texts ask for, and where a text has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.search import plain, snippet, wanted, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café Müller", ["cafe", "muller"]),
        ("a-b c_d e.f", ["a", "b", "c", "d", "e", "f"]),
        ("e\u0301cole", ["ecole"]),
        ("*** \u201c\u201d 🎉 \u202e", []),
        ("+49 (30) 555-0123", ["49", "30", "555", "0123"]),
        ("שלום 東京", ["שלום", "東京"]),
    ],
)
def test_words_are_runs_of_letters_and_digits_without_case_and_accents(text: str, words: list[str]) -> None:
    assert [word.key for word in words_of(text)] == words


@given(st.text())
def test_any_text_can_be_asked_for_and_its_words_stand_where_they_say(text: str) -> None:
    asked = wanted([text])
    assert set(asked.words) <= {word.key for word in words_of(text)}
    assert all(plain(text[word.start : word.end]) == word.key for word in words_of(text))


def test_quotation_marks_make_a_phrase_and_so_does_a_text_with_a_space() -> None:
    assert wanted(["new", "site"]).phrases == ()
    assert wanted(["new site"]).phrases == (("new", "site"),)
    assert wanted(['a "new site" b']).phrases == (("new", "site"),)
    assert wanted(['a "new site" b']).words == ("a", "new", "site", "b")
    assert wanted(['"one"']).phrases == ()


def test_a_phrase_stands_side_by_side_and_its_last_word_may_be_a_beginning() -> None:
    asked = wanted(["the new web"])
    assert asked.fits("We sell THE NEW Website")
    assert not asked.fits("the web is new")
    assert not asked.fits("the new")


def test_only_a_text_without_letters_may_be_a_telephone_number() -> None:
    assert wanted(["555", "0123"]).digits == "5550123"
    assert wanted(["+49 30 5550123"]).digits == "305550123"
    assert wanted(["123"]).digits is None
    assert wanted(["inv", "5550123"]).digits is None


@given(st.text(min_size=1), st.sampled_from(["shop", "ümlaut"]), st.text())
def test_a_snippet_has_the_word_that_was_found(before: str, word: str, after: str) -> None:
    piece = snippet(f"{before} {word} {after}", [plain(word)])
    assert piece is not None
    assert any(found.key.startswith(plain(word)) for found in words_of(piece))


def test_a_snippet_of_a_long_text_is_cut_around_the_match_and_says_so() -> None:
    piece = snippet("word " * 100 + "needle " + "more " * 100, ["needle"])
    assert piece is not None
    assert piece.startswith("...")
    assert piece.endswith("...")
    assert len(piece) <= 80
    assert snippet("nothing here", ["needle"]) is None
