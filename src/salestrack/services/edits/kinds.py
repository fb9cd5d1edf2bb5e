"""The kinds of record that can be edited, each fetched when it is first asked for."""

from functools import cache
from importlib import import_module

from salestrack.domain.refs import Ref
from salestrack.errors import UsageError
from salestrack.services.edits.fields import Kind

_MODULES = {
    "c": "customers", "n": "contacts", "d": "deals", "s": "sales", "a": "activities", "p": "products", "q": "quotas",
}  # fmt: skip
LETTERS = "".join(_MODULES)


def kind_of(ref: Ref) -> Kind:
    """Return how a record is edited; UsageError for an import or an operation."""
    if ref.letter not in _MODULES:
        raise UsageError(
            f"{ref} is an {ref.kind}, which cannot be edited", hint="salestrack history tells what was done"
        )
    return of_letter(ref.letter)


@cache
def of_letter(letter: str) -> Kind:
    """Return how the kind of record with a letter is edited."""
    kind: Kind = import_module(f"salestrack.services.edits.{_MODULES[letter]}").KIND
    return kind
