"""Changing records, one or many, in one operation."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from salestrack.domain.refs import Ref
from salestrack.domain.sentences import Sentence
from salestrack.services.answers import Part
from salestrack.store import Operation, Store


class Note(Sentence):
    """A part of what a change returns that is no change itself but a remark, worth a line of its own."""


class Change(Protocol):
    """One thing that an edit changes, the same on every record that it names."""

    @property
    def option(self) -> str:
        """Return how it is asked for, like `--owner`; for messages."""

    @property
    def letters(self) -> str:
        """Return the kinds of record that have it, as their letters: `cd`."""

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write it on a record as of a day; return what changed, like `owner none -> Ana`, or nothing when it was so.

        A Note among the parts is printed as a remark. Raises RuleError, UsageError or NotFoundError; then nothing of
        the whole edit is written.
        """
