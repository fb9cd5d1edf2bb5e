"""What was found as a document: one table, grouped by the kind of record."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from salestrack.render.document import Column, Document


class Hit(Protocol):
    """A record that was found."""

    @property
    def ref(self) -> str:
        """Its id."""

    @property
    def kind(self) -> str:
        """customer, deal ..."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def customer(self) -> str | None:
        """Whose it is."""

    @property
    def date(self) -> date | None:
        """Its day."""

    @property
    def text(self) -> str | None:
        """The piece of text that was found."""


def find_document(hits: Sequence[Hit], more: Sequence[str], *, as_of: date) -> Document:
    """Return what was found as a list; `more` are the kinds of which not all is shown."""
    columns = (
        Column(name="id", title="Id", kind="ref"),
        Column(name="kind", title="Kind", only_json=True),
        Column(name="name", title="Name", shrink=True),
        Column(name="customer", title="Customer", shrink=True, only_json=not any(hit.customer for hit in hits)),
        Column(name="date", title="Date", kind="date", only_json=not any(hit.date for hit in hits)),
        Column(name="text", title="Text", shrink=True, only_json=not any(hit.text for hit in hits)),
    )
    rows = [(hit.ref, hit.kind, hit.name, hit.customer, hit.date, hit.text) for hit in hits]
    notes = (f"there are more {_listed(more)}; --limit N shows more of each, --all everything",) if more else ()
    return Document(
        schema="salestrack/find@1", columns=columns, rows=rows, as_of=as_of, notes=notes, extra={"more": list(more)}
    )


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
