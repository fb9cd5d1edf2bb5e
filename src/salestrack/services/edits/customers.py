"""Editing customers; a former name stays an alias, so that old papers find them."""

from collections.abc import Sequence

from salestrack.domain.customers import Customer, checked_name
from salestrack.domain.names import fold
from salestrack.services.answers import Part
from salestrack.services.customers import id_note
from salestrack.services.edits import Note
from salestrack.services.edits.fields import Act, Field, Kind, owner_field, text_field
from salestrack.services.edits.people import EMAIL, PHONE
from salestrack.store import Store

_FIELDS = (
    Field("name", lambda _, customer: customer.name, lambda _, __, text: {"name": checked_name(text)}, None),
    text_field("kind", hint="like company or person"),
    EMAIL,
    PHONE,
    text_field("segment"),
    text_field("country"),
    text_field("source"),
    owner_field(),
    Field(
        "created",
        lambda _, customer: customer.created_on,
        lambda given, _, text: {"created_on": given.past(text, "day of creation")},
        {"created_on": None},
    ),
    text_field("note", one_line=False),
)


def _save(store: Store, before: Customer, after: Customer, act: Act) -> Sequence[Part]:
    if after == before:
        return ()
    twin = store.names.exact_customer(after.name, than=before.id) if fold(after.name) != fold(before.name) else None
    store.customers.save(before, after)
    if fold(after.name) == fold(before.name):
        return ()
    known = {fold(alias) for alias in store.customers.aliases(before.id)}
    if fold(before.name) not in known:
        store.customers.add_alias(before.id, before.name, op=act.op.id)
    notes = [Note(f"{before.name} still finds {after.ref}")]
    if note := id_note(after.name, after.ref):
        notes.append(Note(note))
    if twin is not None:
        notes.append(Note(f"{after.name} is also the name of c{twin} (salestrack customer merge c{twin} {after.ref})"))
    return notes


KIND = Kind(
    letter="c",
    noun="customer",
    fields=_FIELDS,
    get=lambda store, key: store.customers.get(key),
    label=lambda _, customer: customer.name,
    save=_save,
    touched=lambda _: (),
)
