"""People at customers."""

from typing import Any

from salestrack.domain.customers import Contact
from salestrack.domain.names import clean, email_key, fold, phone_key
from salestrack.domain.texts import plain_row
from salestrack.errors import NotFoundError
from salestrack.store.customers import keys
from salestrack.store.engine import Engine, Row

_COLUMNS = "n.id, n.customer_id, c.name AS customer, n.name, n.email, n.phone, n.role, n.note"
_SELECT = f"SELECT {_COLUMNS} FROM contacts n LEFT JOIN customers c ON c.id = n.customer_id"


class Contacts:
    """The contacts table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: int) -> Contact:
        """Return one contact; NotFoundError when there is none."""
        for contact in self._read("WHERE n.id = ?", (key,)):
            return contact
        raise NotFoundError(f"there is no contact n{key}", hint="salestrack contact list shows the ids")

    def add(self, contact: Contact, *, op: int) -> Contact:
        """Store a new contact and return it with its id."""
        key = self._engine.insert("contacts", {**_dumped(contact), "created_op": op})
        return self.get(key)

    def save(self, contact: Contact) -> Contact:
        """Store what changed in a contact and return it as it stands now."""
        row = _dumped(contact)
        before = self._engine.query("SELECT * FROM contacts WHERE id = ?", (contact.id,))[0]
        self._engine.update("contacts", contact.id, {c: v for c, v in row.items() if before[c] != v})
        return self.get(contact.id)

    def alike(self, contact: Contact) -> list[Contact]:
        """Return the people at the contact's customer who have the same name, address or phone number."""
        marks = {
            "key": fold(contact.name),
            "email": email_key(contact.email) if contact.email else None,
            "phone": phone_key(contact.phone) if contact.phone else None,
            "customer": contact.customer_id,
            "id": contact.id,
        }
        return self._read(
            "WHERE n.customer_id IS :customer AND n.id <> :id "
            "AND (n.key = :key OR n.email_key = :email OR n.phone_key = :phone) ORDER BY n.id LIMIT 5",
            marks,
        )

    def _read(self, where: str, params: Any) -> list[Contact]:
        return [Contact(**row) for row in self._engine.query(f"{_SELECT} {where}", params)]


def _dumped(contact: Contact) -> Row:
    name = clean(contact.name, "contact's name")
    row: Row = {"customer_id": contact.customer_id, "name": name, "email": contact.email, "phone": contact.phone}
    row |= {"role": contact.role, "note": contact.note}
    return plain_row(row) | keys(name, contact.email, contact.phone)
