"""Customers, their contacts, and who a word on the command line stands for."""

from datetime import date
from typing import NamedTuple


class Customer(NamedTuple):
    """A company or person who buys."""

    name: str
    id: int = 0
    kind: str | None = None
    email: str | None = None
    phone: str | None = None
    segment: str | None = None
    country: str | None = None
    source: str | None = None
    owner_id: int | None = None
    note: str | None = None
    created_on: date | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like c12."""
        return f"c{self.id}"


class Contact(NamedTuple):
    """A person at a customer."""

    name: str
    id: int = 0
    customer_id: int | None = None
    customer: str | None = None
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    note: str | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like n12."""
        return f"n{self.id}"

    @property
    def label(self) -> str:
        """Return the name with the customer's, for answers."""
        return f"{self.name}, {self.customer}" if self.customer and self.customer != self.name else self.name


class Who(NamedTuple):
    """Whom a WHO names: a customer, perhaps through a contact or a deal. customer_id None: a deal without customer."""

    customer_id: int | None
    name: str
    contact_id: int | None = None
    contact: str | None = None
    deal_id: int | None = None
    was: int | None = None
    """The id by which it was named, of a customer that was merged into this one."""

    @property
    def text(self) -> str:
        """Return the name for an answer, the contact first where one was named."""
        name = f"{self.name} (c{self.was} is c{self.customer_id} now)" if self.was else self.name
        return f"{self.contact}, {name}" if self.contact and self.contact != self.name else name
