"""Whose a record is, and who there: fields that customers' deals, sales and activities share."""

from collections.abc import Mapping
from typing import Any

from salestrack.domain.reach import checked_email, checked_phone
from salestrack.errors import NotFoundError, RuleError
from salestrack.services.edits.fields import Field, Given, contact_name, customer_name
from salestrack.services.who import find_who
from salestrack.store import Store

EMAIL = Field(
    "email", lambda _, record: record.email, lambda _, __, text: {"email": checked_email(text)}, {"email": None}
)
PHONE = Field(
    "phone", lambda _, record: record.phone, lambda _, __, text: {"phone": checked_phone(text)}, {"phone": None}
)


def customer_field(*, named: bool = True) -> Field:
    """Return the field that says which customer a record belongs to; one named by a contact brings the contact along."""
    empty: dict[str, Any] = {"customer_id": None}
    return Field(
        "customer",
        lambda store, record: customer_name(store, record.customer_id),
        _customer_with_contact if named else _customer,
        {**empty, "contact_id": None} if named else empty,
    )


def contact_field() -> Field:
    """Return the field that says who at the customer a record is about."""
    return Field(
        "contact", lambda store, record: contact_name(store, record.contact_id), _contact, {"contact_id": None}
    )


def refuse_other_customer(store: Store, deal_id: int | None, customer_id: int | None, *, ref: str) -> None:
    """Raise RuleError when a record names a deal of another customer than its own."""
    if deal_id is None:
        return
    deal = store.deals.get(deal_id)
    if deal.customer_id != customer_id:
        whose = customer_name(store, customer_id) or "nobody"
        raise RuleError(
            f"{deal.ref} belongs to {deal.customer or 'nobody'}, and {ref} to {whose}",
            hint="change --deal and --customer together, or --deal - to leave the deal",
        )


def _customer(given: Given, _: Any, text: str) -> Mapping[str, Any]:
    found = find_who(given.store, text, new=False, ask=None).who
    if found is None or found.customer_id is None:
        raise NotFoundError(f"'{text}' belongs to no customer")
    return {"customer_id": found.customer_id}


def _customer_with_contact(given: Given, record: Any, text: str) -> Mapping[str, Any]:
    columns = dict(_customer(given, record, text))
    found = find_who(given.store, text, new=False, ask=None).who
    if found and found.contact_id:
        return {**columns, "contact_id": found.contact_id}
    # A person at the former customer is nobody at the new one.
    return columns if columns["customer_id"] == record.customer_id else {**columns, "contact_id": None}


def _contact(given: Given, record: Any, text: str) -> Mapping[str, Any]:
    found = _at_customer(given.store, record.customer_id, text)
    if found is None:
        who = given.store.names.who(text)
        if who.contact_id is None:
            raise NotFoundError(f"'{text}' is no contact", hint="salestrack contact list shows them, like n12")
        found = who.contact_id
    contact = given.store.contacts.get(found)
    if contact.customer_id != record.customer_id:
        raise RuleError(
            f"{contact.name} is at {customer_name(given.store, contact.customer_id) or 'no customer'}, "
            f"not at {customer_name(given.store, record.customer_id) or 'nobody'}",
            hint=f"--customer n{found} changes both",
        )
    return {"contact_id": found}


def _at_customer(store: Store, customer_id: int | None, text: str) -> int | None:
    """Return the one contact of a customer with just this name, whoever else in the book has it."""
    if customer_id is None:
        return None
    wanted = " ".join(text.split()).casefold()
    found = [row["id"] for row in store.customers.contacts(customer_id) if row["name"].casefold() == wanted]
    return int(found[0]) if len(found) == 1 else None
