"""A record with everything about it as a document: its fields one a line, then what hangs on it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from salestrack.domain.money import Money
from salestrack.render.document import Column, Document, Kind

_TITLES = {
    "id": "Id",
    "expected": "Expected close",
    "days_in_stage": "Days in stage",
    "age_days": "Age in days",
    "sku": "Article no.",
    "pinned": "Probability pinned",
}
_PERCENT = {"probability"}
_REFS = {"id"}
_MONEY = {"amount", "tax", "price", "refunded"}
_DATES = {"date", "created", "closed", "expected", "from", "to", "close", "start", "end"}
_SHRINK = {"title", "note", "what"}


class Page(Protocol):
    """What is shown of a record."""

    @property
    def kind(self) -> str:
        """deal, customer ..."""

    @property
    def ref(self) -> str:
        """Its id."""

    @property
    def fields(self) -> dict[str, Any]:
        """Its fields in order."""

    @property
    def sections(self) -> dict[str, list[dict[str, Any]]]:
        """What hangs on it, by name."""


def pages_document(pages: Sequence[Page], *, as_of: date) -> Document:
    """Return one record as a document, or several as its parts."""
    if len(pages) == 1:
        return _page(pages[0], as_of)
    return Document(schema="salestrack/records@1", as_of=as_of, parts=tuple(_page(page, as_of) for page in pages))


def _page(page: Page, as_of: date) -> Document:
    columns = tuple(_column(name, value) for name, value in page.fields.items())
    sections = {name: _section(name, rows, as_of) for name, rows in page.sections.items()}
    return Document(
        schema=f"salestrack/{page.kind}@1",
        columns=columns,
        rows=[page.fields],
        as_of=as_of,
        extra={name: section for name, section in sections.items() if section.rows} | _empty(sections),
        upright=True,
    )


def _empty(sections: Mapping[str, Document]) -> dict[str, Any]:
    """Sections without rows stay in JSON as empty lists, and out of sight elsewhere."""
    return {name: [] for name, section in sections.items() if not section.rows}


def _section(name: str, rows: Sequence[dict[str, Any]], as_of: date) -> Document:
    names = list(rows[0]) if rows else []
    columns = tuple(_column(column, None) for column in names)
    return Document(schema=f"salestrack/{name}@1", title=name.capitalize(), columns=columns, rows=rows, as_of=as_of)


def _column(name: str, value: Any) -> Column:
    kind: Kind = "text"
    if name in _MONEY or isinstance(value, Money):
        kind = "money"
    elif name in _DATES:
        kind = "date"
    elif name in _PERCENT:
        kind = "percent"
    elif name in _REFS:
        kind = "ref"
    elif isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, int):
        kind = "int"
    return Column(
        name=name,
        title=_TITLES.get(name, name.capitalize().replace("_", " ")),
        kind=kind,
        shrink=name in _SHRINK,
    )
