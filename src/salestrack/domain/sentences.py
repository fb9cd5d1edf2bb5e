"""Sentences with amounts in them: plain as data, and in a person's own style where a person reads them."""

from collections.abc import Iterable
from itertools import chain
from typing import Self

from salestrack.domain.money import Money, NumberStyle


class Sentence(str):
    """A text made of parts, some of which are money: as a text it has amounts as `Money.text` writes them.

    So it goes wherever a text goes; whoever prints it for people asks `said` for the person's decimal mark.
    """

    parts: tuple[str | Money, ...]

    def __new__(cls, *parts: str | Money) -> Self:
        """Put parts together, those of other sentences as they are."""
        flat = tuple(chain.from_iterable(part.parts if isinstance(part, Sentence) else (part,) for part in parts))
        self = super().__new__(cls, "".join(part.text() if isinstance(part, Money) else part for part in flat))
        self.parts = flat
        return self

    def said(self, style: NumberStyle) -> str:
        """Return it with its amounts in a style."""
        return "".join(part.text(style) if isinstance(part, Money) else part for part in self.parts)

    @classmethod
    def joined(cls, between: str, texts: Iterable[str | Money]) -> Self:
        """Return texts as one, with a sign between them."""
        parts = list(chain.from_iterable((between, text) for text in texts))
        return cls(*parts[1:])


def said(text: str, style: NumberStyle) -> str:
    """Return a text as a person reads it."""
    return text.said(style) if isinstance(text, Sentence) else text
