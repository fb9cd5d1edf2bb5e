"""Which rows are about a person of whom nothing else says whose contact it is."""

from collections.abc import Sequence

from salestrack.services.imports.links import Deals
from salestrack.services.imports.naming.people import is_nobody
from salestrack.services.imports.reading import Batch


def alone(batch: Batch, mine: Sequence[int | None], deals: Deals) -> list[str]:
    """Return, by row, the person with the address, where nothing else says whose it is: no customer, number or deal."""
    if not batch.has("contact"):
        return [""] * len(batch)
    named = deals.named(cell.strip() for cell in batch.column("deal"))
    fields = (batch.column(name) for name in ("contact", "email", "customer", "phone", "deal"))
    return [
        ""
        if one
        or not is_blank(customer)
        or is_blank(name)
        or (phone.strip() and not email.strip())
        or deal.strip() in named
        else addressed(name.strip(), email.strip())
        for one, name, email, customer, phone, deal in zip(mine, *fields, strict=True)
    ]


def is_blank(cell: str) -> bool:
    """Say whether a cell names nobody."""
    return not cell.strip() or is_nobody(cell)


def addressed(name: str, email: str) -> str:
    """Return a name with an address behind it, as CRMs write it."""
    return f"{name} ({email})" if name and email and "@" not in name and not set("()<> ") & set(email) else name
