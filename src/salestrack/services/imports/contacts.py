"""People at customers, of a file, as staged rows; those whom the book has already are taken over, not doubled."""

from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.domain.names import clean, email_key, fold, phone_key
from salestrack.importers.cells import Parsed
from salestrack.services.imports.columns import custom_fields
from salestrack.services.imports.naming.alone import customers_alone
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

        self._records: Sequence[int | None] = ()

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        self._records = batch.records
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
        found = [
            _one(emails.get(email or "", []), customer)
            or _one(_fitting(names.get(name or "", []), email, customer, known), customer)
            for email, name, customer in rows
        ]
        self._join_customers(columns, found)
        return found

    def _join_customers(self, columns: dict[str, Sequence[Any]], found: Sequence[int | None]) -> None:
        """Let new persons without a customer be contacts of the customers that they are, by the address or name."""
        if self._reading.is_own:
            return
        records = self._records or [None] * len(found)
        rows = zip(columns["name_key"], columns["email_key"], columns["customer_id"], found, records, strict=True)
        people = [
            None if customer or one or record or not name else (name, email or "")
            for name, email, customer, one, record in rows
        ]
        same = customers_alone(self._reading, {person for person in people if person})
        mine = [same[person] if person else [] for person in people]
        pairs = zip(columns["customer_id"], mine, strict=True)
        columns["customer_id"] = [each[0].id if len(each) == 1 else customer for customer, each in pairs]

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
