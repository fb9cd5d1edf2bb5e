"""The history as a document: a sentence for each operation."""

from collections.abc import Sequence
from typing import Protocol

from salestrack.render.document import Column, Document


class Line(Protocol):
    """One operation as it is shown."""

    @property
    def ref(self) -> str:
        """The operation's id."""

    @property
    def at(self) -> str:
        """When, for programs."""

    @property
    def when(self) -> str:
        """When, with the weekday."""

    @property
    def who(self) -> str:
        """By whom."""

    @property
    def verb(self) -> str:
        """What was done, in a word."""

    @property
    def what(self) -> str:
        """What, in a sentence."""

    @property
    def changes(self) -> tuple[str, ...]:
        """What it changed, each by itself."""

    @property
    def state(self) -> str:
        """By what it was undone, empty for what is in force."""


def history_document(lines: Sequence[Line], *, limit: int) -> Document:
    """Return operations as sentences, the latest first; who did it is said where it was more than one."""
    alone = len({line.who for line in lines}) == 1
    columns = (
        Column(name="id", title="Op", kind="ref"),
        Column(name="at", title="At", only_json=True),
        Column(name="when", title="When", only_drawn=True),
        Column(name="who", title="Who", only_json=alone),
        Column(name="what", title="What"),
        Column(name="verb", title="Verb", only_json=True),
        Column(name="changes", title="Changes", only_json=True),
        Column(name="state", title="State", only_json=True),
        Column(name="undone", title="Undone", only_drawn=True),
    )
    rows = [
        (
            line.ref,
            line.at,
            line.when,
            line.who,
            line.what,
            line.verb,
            line.changes,
            line.state or "done",
            line.state or None,
        )
        for line in lines
    ]
    notes = (f"the latest {limit}; --limit N shows more",) if len(rows) == limit and limit > 1 else ()
    return Document(schema="salestrack/history@1", columns=columns, rows=rows, notes=notes, flowing=True)
