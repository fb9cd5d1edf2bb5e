"""Editing the people at customers."""

from collections.abc import Sequence

from salestrack.domain.customers import Contact
from salestrack.services.answers import Part
from salestrack.services.edits.fields import Act, Kind, name_field, text_field
from salestrack.services.edits.people import EMAIL, PHONE, customer_field
from salestrack.store import Store

_FIELDS = (
    name_field("contact's name", "name"),
    customer_field(named=False),
    EMAIL,
    PHONE,
    text_field("role"),
    text_field("note", one_line=False),
)


def _save(store: Store, before: Contact, after: Contact, _: Act) -> Sequence[Part]:
    if after != before:
        store.contacts.save(after)
    return ()


KIND = Kind(
    letter="n",
    noun="contact",
    fields=_FIELDS,
    get=lambda store, key: store.contacts.get(key),
    label=lambda _, contact: contact.label,
    save=_save,
    touched=lambda contact: (f"c{contact.customer_id}",) if contact.customer_id else (),
)
