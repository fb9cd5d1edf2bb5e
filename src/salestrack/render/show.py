"""A record with everything about it as a document: a title, its lines, then what hangs on it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from salestrack.domain.money import Money
from salestrack.render.document import CUSTOM, Column, Document, Kind

_TITLES = {"id": "Id", "from": "From", "what": "What", "email": "E-mail"}
_SECTIONS = {"deals": "Deals", "history": "History", "changes": "What changed"}
_MONEY = {"amount", "tax", "price", "refunded"}
_DATES = {"date", "created", "closed", "expected", "from", "to", "close", "start", "end"}
_SHRINK = {"title", "note", "what", "name", "email"}


class Section(Protocol):
    """Rows that hang on a record."""

    @property
    def name(self) -> str:
        """activities, sales ..."""

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Its rows."""

    @property
    def hidden(self) -> frozenset[str]:
        """Columns that only programs see."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said below it."""

    @property
    def flowing(self) -> bool:
        """Whether its rows read as sentences."""


class Page(Protocol):
    """What is shown of a record."""

    @property
    def kind(self) -> str:
        """deal, customer ..."""

    @property
    def ref(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """Its id and name."""

    @property
    def headline(self) -> tuple[str, ...]:
        """How it stands, in one line."""

    @property
    def fields(self) -> dict[str, Any]:
        """Its fields for programs."""

    @property
    def lines(self) -> tuple[tuple[str, Any], ...]:
        """What people read of them: a name and a text each; None is left out."""

    @property
    def sections(self) -> Sequence[Section]:
        """What hangs on it."""


def pages_document(pages: Sequence[Page], *, as_of: date) -> Document:
    """Return one record as a document, or several as its parts."""
    if len(pages) == 1:
        return _page(pages[0], as_of)
    parts = tuple(_page(page, as_of) for page in pages)
    return Document(schema="salestrack/records@1", title=f"{len(pages)} records", as_of=as_of, parts=parts)


def _page(page: Page, as_of: date) -> Document:
    said = [(name, value) for name, value in page.lines if value is not None]
    drawn = {f"line_{at}": value for at, (_, value) in enumerate(said)}
    fields = {name: value for name, value in page.fields.items() if name != "fields"}
    fields |= {f"{CUSTOM}{name}": value for name, value in page.fields.get("fields", {}).items()}
    columns = [_column(name, value, only_json=True) for name, value in fields.items()]
    columns += [Column(name=f"line_{at}", title=name, only_drawn=True) for at, (name, _) in enumerate(said)]
    sections = {section.name: _section(section, as_of) for section in page.sections}
    return Document(
        schema=f"salestrack/{page.kind}@1",
        title=page.title,
        headline=page.headline,
        columns=tuple(columns),
        rows=[fields | drawn],
        as_of=as_of,
        # Without rows a section stays in JSON as an empty list, and out of sight elsewhere.
        extra={name: section if section.rows else [] for name, section in sections.items()},
        upright=True,
        fielded="fields" in page.fields,
    )


def _section(section: Section, as_of: date) -> Document:
    names = list(section.rows[0]) if section.rows else []
    columns = tuple(_column(name, None, only_json=name in section.hidden) for name in names)
    return Document(
        schema=f"salestrack/{section.name}@1",
        title=_SECTIONS.get(section.name, section.name.capitalize()),
        columns=columns,
        rows=section.rows,
        as_of=as_of,
        notes=section.notes,
        flowing=section.flowing,
    )


def _column(name: str, value: Any, *, only_json: bool) -> Column:
    kind: Kind = "text"
    if name in _MONEY or isinstance(value, Money):
        kind = "money"
    elif name in _DATES:
        kind = "date"
    elif name == "id":
        kind = "ref"
    elif name == "probability":
        kind = "percent"
    elif isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, int):
        kind = "int"
    title = _TITLES.get(name, name.capitalize().replace("_", " "))
    return Column(name=name, title=title, kind=kind, shrink=name in _SHRINK, only_json=only_json)
