"""Adding people at customers without making doubles."""

from datetime import date
from typing import TYPE_CHECKING

from salestrack.domain.customers import Contact
from salestrack.domain.reach import checked_email, checked_phone
from salestrack.errors import RuleError
from salestrack.services.answers import Answer, Ask
from salestrack.services.who import Found
from salestrack.store import Store

if TYPE_CHECKING:
    from salestrack.services.fields import Values


def add_contact(
    store: Store, contact: Contact, found: Found, *, fields: "Values | None" = None, on: date, ask: Ask | None
) -> Answer:
    """Add a person at a customer; one that looks like a known one asks at a terminal and warns elsewhere."""
    if found.who and found.who.customer_id is None:
        raise RuleError(f"{found.text} belongs to no customer", hint="name the customer this person works for")
    contact = contact._replace(
        email=checked_email(contact.email) if contact.email is not None else None,
        phone=checked_phone(contact.phone) if contact.phone is not None else None,
    )
    known = found.who.customer_id if found.who else None
    twin = _twin(store, contact._replace(customer_id=known)) if known else None
    if twin and ask and not ask.confirm(f"{twin} looks like the same person. Add {contact.name} all the same?"):
        raise RuleError("nothing was added")
    with store.operation("added") as op:
        customer = found.customer_id(store, on=on, op=op.id)
        saved = store.contacts.add(contact._replace(customer_id=customer), op=op.id)
        told = fields.put(store, "contact", saved.id, op=op) if fields else []
        op.touch(saved.ref, f"c{customer}")
    at = saved.customer if found.who else f"{saved.customer} (new)"
    details = [text for text in (saved.role, saved.email, saved.phone) if text]
    notes = (
        (f"{twin} looks like the same person (salestrack contact merge {twin.split()[0]} {saved.ref})",) if twin else ()
    )
    return Answer((saved.ref, saved.name, f"at {at}", *details, *told), op.id, notes)


def _twin(store: Store, contact: Contact) -> str | None:
    """Return a person at the same customer with the same name, address or number, as `n3 Ann (ann@acme.example)`."""
    for known in store.contacts.alike(contact):
        reach = known.email or known.phone
        return f"{known.ref} {known.name}" + (f" ({reach})" if reach else "")
    return None
