"""Customers, their contacts, and who a word on the command line stands for."""

from datetime import date
from typing import NamedTuple

from salestrack.domain.names import clean
from salestrack.domain.refs import AT, parse_ref
from salestrack.errors import UsageError

_NO_NAMES = ("-", AT)  # they mean something else wherever a customer is named
_OF_WHO = "cndas"


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


def checked_name(text: str) -> str:
    """Return a customer's name or alias as it is kept; UsageError for `-` and `@`, by which nobody could be named."""
    name = clean(text, "customer's name")
    if name in _NO_NAMES:
        raise UsageError(f"'{name}' is not a name")
    return name


def looks_like_id(name: str) -> bool:
    """Say whether a name is also how a record is named by its id, like `c12`."""
    read = parse_ref(name, None)
    return read is not None and read.letter in _OF_WHO
