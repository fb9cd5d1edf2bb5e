"""A sentence with amounts: a plain text by itself, and in a person's style when asked."""

import json

from salestrack.domain.money import Money, NumberStyle
from salestrack.domain.sentences import Sentence, said

COMMA = NumberStyle(",")


def test_a_sentence_is_its_text_with_plain_amounts() -> None:
    sentence = Sentence(Money(123450, "USD"), " of s1, not ", Money(5, "JPY"))
    assert sentence == "1,234.50 USD of s1, not 5 JPY"
    assert json.dumps([sentence]) == '["1,234.50 USD of s1, not 5 JPY"]'
    assert sentence.said(COMMA) == said(sentence, COMMA) == "1.234,50 USD of s1, not 5 JPY"


def test_sentences_are_made_of_sentences() -> None:
    each = [Sentence(f"line {n} ", Money(n * 1000, "EUR")) for n in (1, 2)]
    whole = Sentence("it lacks ", Sentence.joined(", ", each), "; look")
    assert whole.said(COMMA) == "it lacks line 1 10,00 EUR, line 2 20,00 EUR; look"
    assert Sentence.joined(", ", []) == ""


def test_other_texts_are_said_as_they_are() -> None:
    assert said("1,234.50 USD", COMMA) == "1,234.50 USD"
