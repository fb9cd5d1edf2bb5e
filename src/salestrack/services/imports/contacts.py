"""People at customers, of a file, as staged rows; those whom the book has already are taken over, not doubled."""

from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.domain.names import clean, email_key, fold, phone_key
from salestrack.importers.cells import Parsed
from salestrack.services.imports.columns import custom_fields
from salestrack.services.imports.naming.linked import told_apart
from salestrack.services.imports.naming.namesakes import fits
from salestrack.services.imports.naming.people import Customers
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.matching import Match

COLUMNS = (
    "name", "name_key", "customer_id", "email", "email_key", "phone", "phone_key", "role", "note", "fields",
)  # fmt: skip


class ContactRows:
    """Turns batches of raw cells into columns of staged contacts; one without a customer is a contact of nobody's."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        named = reading.values_of("name")
        self.readers: dict[str, Any] = {
            "name": Parsed(lambda text: clean(text, "name"), named, required="a contact needs a name"),
            "customer": Customers(reading, "customer"),
        }

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        names = batch.read("name", self.readers["name"])
        emails, phones = batch.line("email"), batch.line("phone")
        columns: dict[str, Sequence[Any]] = {
            "name": names,
            "name_key": [fold(name) if name else None for name in names],
            "customer_id": self._customers(batch),
            "email": emails,
            "email_key": [email_key(email) if email else None for email in emails],
            "phone": phones,
            "phone_key": [phone_key(phone) if phone else None for phone in phones],
            "role": batch.line("role"),
            "note": batch.note(),
        }
        if fields := custom_fields(batch):
            columns["fields"] = fields
        return columns

    def _customers(self, batch: Batch) -> Sequence[int | None]:
        reader = self.readers["customer"]
        if not batch.has("customer"):
            return batch.none
        told = told_apart(self._reading, batch, reader)
        cells = ["" if one else cell for one, cell in zip(told, batch.column("customer"), strict=True)]
        found = zip(told, batch.read_as("customer", reader, cells), strict=True)
        batch.values["customer"] = customers = [one or other for one, other in found]
        return customers

    def known(self, columns: dict[str, Sequence[Any]]) -> list[int | None]:
        """Return the contacts that the book has already: by address, else by name, at the same customer."""
        matching = self._reading.matching
        emails = matching.people("email_key", {key for key in columns["email_key"] if key})
        names = matching.contacts({key for key in columns["name_key"] if key})
        named = {match.id for each in names.values() for match in each}
        known = matching.contact_addresses(named) if named else {}
        rows = zip(columns["email_key"], columns["name_key"], columns["customer_id"], strict=True)
        return [
            _one(emails.get(email or "", []), customer)
            or _one(_fitting(names.get(name or "", []), email, customer, known), customer)
            for email, name, customer in rows
        ]

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Nothing hangs on a contact."""


def _fitting(
    named: Sequence[Match], email: str | None, customer: int | None, known: Mapping[int, str]
) -> Sequence[Match]:
    """Return who of those that go by a name may be meant: at the same customer all, else none with other addresses."""
    if customer or not email:
        return named
    return [match for match in named if match.id not in known or fits(email, {known[match.id]})]


def _one(found: Sequence[Match], customer: int | None) -> int | None:
    """Return the one contact among some matches that belongs to a customer; where the row names none, any one."""
    people = [match for match in found if match.customer_id is not None]
    mine = [match.id for match in people if match.customer_id == customer or customer is None or not match.customer_id]
    return mine[0] if len(mine) == 1 else None
