"""What an action says when it is done, and what it may ask before."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Answer(NamedTuple):
    """One line on what was understood and written, the operation that undoes it, and remarks worth a line of their own."""

    parts: tuple[str, ...]
    op: int | None
    notes: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Return the line as it is printed."""
        undo = (f"undo: o{self.op}",) if self.op else ()
        return " · ".join((*self.parts, *undo))


class Ask(Protocol):
    """Puts a question to the person at the terminal."""

    def choose(self, question: str, options: Sequence[str]) -> int | None:
        """Return the index of the chosen option, None for none of them."""

    def confirm(self, question: str) -> bool:
        """Return whether the answer was yes."""
