"""Customers, their contacts, and who a word on the command line stands for."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A company or person who buys."""

    id: int = 0
    name: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person at a customer."""

    id: int = 0
    name: str
    customer_id: int | None = None
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    note: str | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like n12."""
        return f"n{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whom a WHO names: a customer, perhaps through a contact or a deal. customer_id None: a deal without customer."""

    customer_id: int | None
    name: str
    contact_id: int | None = None
    contact: str | None = None
    deal_id: int | None = None

    @property
    def text(self) -> str:
        """Return the name for an answer, the contact first where one was named."""
        return f"{self.contact}, {self.name}" if self.contact and self.contact != self.name else self.name
