"""Adding customers without making doubles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salestrack.domain.customers import Customer, checked_name, looks_like_id
from salestrack.domain.doubles import bare
from salestrack.domain.names import email_key, fold, phone_key
from salestrack.domain.reach import checked_email, checked_phone
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
    """Add a customer with aliases and tags; one that looks like a known one asks at a terminal and warns elsewhere.

    Raises RuleError for an alias by which another customer is found, UsageError for an address that is none.
    """
    customer = customer._replace(
        name=checked_name(customer.name),
        email=checked_email(customer.email) if customer.email is not None else None,
        phone=checked_phone(customer.phone) if customer.phone is not None else None,
    )
    aliases = [alias for alias in map(checked_name, aliases) if fold(alias) != fold(customer.name)]
    twin = _twin(store, customer)
    if twin and ask and not ask.confirm(f"{twin} looks like the same customer. Add {customer.name} all the same?"):
        raise RuleError("nothing was added")
    with store.operation("added") as op:
        saved = store.customers.add(customer, op=op.id)
        for alias in aliases:
            refuse_taken(store, alias, of=saved.id)
            store.customers.add_alias(saved.id, alias, op=op.id)
        if tags:
            store.tags.put("customer", saved.id, list(tags), op=op.id)
        told = fields.put(store, "customer", saved.id, op=op) if fields else []
        op.touch(saved.ref)
    details = [text for text in (saved.segment, saved.country, saved.email, saved.phone) if text]
    also = [f"also {', '.join(aliases)}"] if aliases else []
    notes = [f"{twin} looks like the same customer"] if twin else []
    notes += [note for name in (saved.name, *aliases) if (note := id_note(name, saved.ref))]
    return Answer((saved.ref, saved.name, *also, *details, *told), op.id, tuple(notes))


def refuse_taken(store: Store, alias: str, *, of: int) -> None:
    """Refuse an alias by which another customer is found: it would make the other's calls and sales ambiguous."""
    other = store.names.exact_customer(alias, than=of)
    if other is not None:
        raise RuleError(f"'{alias}' finds {store.customers.get(other).name} (c{other}) already")


def id_note(name: str, ref: str) -> str | None:
    """Return a remark on a name that is also an id, like `c12`."""
    return f"'{name}' is also how an id is written; {ref} always names this customer" if looks_like_id(name) else None


def _twin(store: Store, customer: Customer) -> str | None:
    """Return a known customer with the same name, address or phone number, as `Acme (c3)`."""
    key = store.names.exact_customer(customer.name)
    if key is None and customer.email:
        key = store.customers.by_email(email_key(customer.email))
    if key is None and customer.phone and (digits := phone_key(customer.phone)):
        key = store.customers.by_phone(digits)
    key = key if key is not None else store.names.alike(customer.name)
    if key is None and (near := store.names.suggestions("customers", customer.name)):
        close = [name for name in near if bare(name) == bare(customer.name)]
        key = store.names.exact_customer(close[0]) if close else None
    return f"{store.customers.get(key).name} (c{key})" if key else None
