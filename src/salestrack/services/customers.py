"""Adding customers without making doubles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salestrack.domain.customers import Customer
from salestrack.domain.doubles import bare
from salestrack.domain.names import email_key, phone_key
from salestrack.errors import RuleError
from salestrack.services.answers import Answer, Ask
from salestrack.store import Store

if TYPE_CHECKING:
    from salestrack.services.fields import Values


def add_customer(
    store: Store,
    customer: Customer,
    *,
    aliases: Sequence[str],
    tags: Sequence[str],
    fields: "Values | None" = None,
    ask: Ask | None,
) -> Answer:
    """Add a customer with aliases and tags; one that looks like a known one asks at a terminal and warns elsewhere."""
    twin = _twin(store, customer)
    if twin and ask and not ask.confirm(f"{twin} looks like the same customer. Add {customer.name} all the same?"):
        raise RuleError("nothing was added")
    with store.operation("added") as op:
        saved = store.customers.add(customer, op=op.id)
        for alias in aliases:
            store.customers.add_alias(saved.id, alias, op=op.id)
        if tags:
            store.tags.put("customer", saved.id, list(tags), op=op.id)
        told = fields.put(store, "customer", saved.id, op=op) if fields else []
        op.touch(saved.ref)
    details = [text for text in (saved.segment, saved.country, saved.email, saved.phone) if text]
    also = [f"also {', '.join(aliases)}"] if aliases else []
    return Answer(
        (saved.ref, saved.name, *also, *details, *told),
        op.id,
        (f"{twin} looks like the same customer",) if twin else (),
    )


def _twin(store: Store, customer: Customer) -> str | None:
    """Return a known customer with the same name, address or phone number, as `Acme (c3)`."""
    key = store.names.exact_customer(customer.name)
    if key is None and customer.email:
        key = store.customers.by_email(email_key(customer.email))
    if key is None and customer.phone and (digits := phone_key(customer.phone)):
        key = store.customers.by_phone(digits)
    if key is None and (near := store.names.suggestions("customers", customer.name)):
        close = [name for name in near if bare(name) == bare(customer.name)]
        key = store.names.exact_customer(close[0]) if close else None
    return f"{store.customers.get(key).name} (c{key})" if key else None
