"""Other names of customers: `--alias NAME` adds one, `--unalias NAME` takes one away."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain.customers import checked_name
from salestrack.domain.names import fold
from salestrack.domain.refs import Ref
from salestrack.errors import NotFoundError
from salestrack.services.answers import Part
from salestrack.services.customers import id_note, refuse_taken
from salestrack.services.edits import Note
from salestrack.store import Operation, Store


class AliasChange(NamedTuple):
    """Other names by which a customer is to be found, and those by which it is not any more."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """Return the option by which it was asked for."""
        return "--alias" if self.add else "--unalias"

    @property
    def letters(self) -> str:
        """Return the kind of record that has other names."""
        return "c"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Add and take away other names of one customer.

        Raises RuleError for a name by which another customer is found, NotFoundError for one that it does not have.
        """
        had = store.customers.aliases(ref.id)
        parts: list[Part] = []
        for text in self.add:
            name = checked_name(text)
            refuse_taken(store, name, of=ref.id)
            if fold(name) not in map(fold, [*had, store.customers.get(ref.id).name]):
                store.customers.add_alias(ref.id, name, op=op.id)
                parts.append(f"also {name}")
                parts += [Note(note)] if (note := id_note(name, str(ref))) else []
        for text in self.remove:
            if not store.customers.drop_alias(ref.id, text):
                known = ", ".join(had) or "none"
                raise NotFoundError(f"{ref} has no other name '{text}'; known: {known}")
            parts.append(f"no longer {text}")
        return parts
