"""Custom fields of a file: each column read by the type of its field; a field that the book lacks will be one of text."""

from collections.abc import Mapping

from salestrack.domain.fields import Field, check_name, fitting, stored
from salestrack.domain.quoting import quoted
from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.cells import Column, Numeric, Parsed
from salestrack.importers.dates import DateReader
from salestrack.importers.json_values import Number
from salestrack.importers.kinds import CUSTOM, Kind
from salestrack.importers.mapping import FileMapping, Mapped
from salestrack.importers.quantities import refuse_doubtful
from salestrack.importers.typed import as_word
from salestrack.services.imports.request import Request
from salestrack.store import Store
from salestrack.store.fields import TABLES


def custom_names(store: Store, kind: Kind) -> tuple[str, ...]:
    """Return the names of the custom fields that a kind of record has."""
    return tuple(field.name for field in store.fields.all(kind.noun)) if kind.noun in TABLES else ()


def readers(
    store: Store,
    kind: Kind,
    mapping: FileMapping,
    request: Request,
    *,
    values: Mapping[str, Mapping[str, str]],
    currency: str,
) -> dict[str, Column[str]]:
    """Return the readers of the custom fields that a file feeds, by the names of their columns.

    UsageError for a retired field, and for a name that a new one cannot have.
    """
    found: dict[str, Column[str]] = {}
    for mapped in (mapped for mapped in mapping.fields if mapped.field.type == "custom"):
        name = mapped.field.name
        field = _field(store, kind, mapped)
        found[name] = _reader(field, request, values.get(name, {}), currency=currency)
    return found


def _field(store: Store, kind: Kind, mapped: Mapped) -> Field:
    name = mapped.field.name.removeprefix(CUSTOM)
    known = store.fields.exact(kind.noun, name)
    if known is None:
        try:
            return Field(0, kind.noun, check_name(kind.noun, name), "text")
        except UsageError as error:
            hint = f"give it another name: --map {CUSTOM}NAME=#{mapped.place + 1}"
            raise UsageError(f"column {quoted(mapped.title)}: {error.message}", hint=error.hint or hint) from None
    if known.removed_on:
        again = " ".join(map(as_word, (known.record, known.name, known.type, *known.choices)))
        raise UsageError(f"the field {known.label} is retired", hint=f"salestrack field add {again} brings it back")
    return known


def _reader(field: Field, request: Request, values: Mapping[str, str], *, currency: str) -> Column[str]:
    if field.type == "date":
        return Parsed(DateReader(request.date_format).read, values)

    def read(text: str) -> str:
        if field.type == "number" and not request.decimal_chosen and type(text) is not Number:
            refuse_doubtful(text, request.decimal)
        try:
            return stored(fitting(field, text, currency=currency, decimal=request.decimal))
        except SalestrackError as error:
            error.message = error.message.removeprefix(f"{field.name} ")
            raise

    return Numeric(read, request.decimal, values) if field.type in {"number", "money"} else Parsed(read, values)
