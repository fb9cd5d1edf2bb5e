"""The history as a document."""

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
        """When."""

    @property
    def who(self) -> str:
        """By whom."""

    @property
    def what(self) -> str:
        """What, in a sentence."""

    @property
    def state(self) -> str:
        """Whether it was undone."""


def history_document(lines: Sequence[Line]) -> Document:
    """Return operations as a list, the latest first."""
    columns = (
        Column(name="id", title="Op", kind="ref"),
        Column(name="at", title="When"),
        Column(name="who", title="Who", wide=True),
        Column(name="what", title="What", shrink=True),
        Column(name="state", title="State", only_json=not any(line.state for line in lines)),
    )
    rows = [(line.ref, line.at, line.who, line.what, line.state or "done") for line in lines]
    return Document(schema="salestrack/history@1", columns=columns, rows=rows)
