"""What an action says when it is done, and what it may ask before."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from salestrack.domain.money import PLAIN_STYLE, Money, NumberStyle
from salestrack.domain.sentences import said

# A piece of an answer: text, an amount that is written in the person's own style, or several of them in a row.
Part = str | Money | tuple[str | Money, ...]


class Answer(NamedTuple):
    """One line on what was understood and written, the operation that undoes it, and remarks worth a line of their own."""

    parts: tuple[Part, ...]
    op: int | None
    notes: tuple[str, ...] = ()

    def line(self, style: NumberStyle = PLAIN_STYLE) -> str:
        """Return the line as it is printed."""
        undo = (f"undo: o{self.op}",) if self.op else ()
        return " · ".join((*(_said(part, style) for part in self.parts), *undo))


class Ask(Protocol):
    """Puts a question to the person at the terminal."""

    def choose(self, question: str, options: Sequence[str], *, needed: bool = False) -> int | None:
        """Return the index of the chosen option, None for none of them, which is no answer where one is needed."""

    def confirm(self, question: str) -> bool:
        """Return whether the answer was yes."""


def _said(part: Part, style: NumberStyle) -> str:
    if isinstance(part, Money):
        return part.text(style)
    return said(part, style) if isinstance(part, str) else " ".join(_said(piece, style) for piece in part)
