"""Customers, their other names and their contacts."""

from typing import Any

from salestrack.domain.customers import Customer
from salestrack.domain.names import clean, email_key, fold, phone_key
from salestrack.domain.texts import plain_row
from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso

_COLUMNS = "id, name, kind, email, phone, segment, country, source, owner_id, note, created_on"


class Customers:
    """The customers table and what hangs on it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: int) -> Customer:
        """Return one customer; NotFoundError when there is none."""
        for row in self._engine.query(f"SELECT {_COLUMNS} FROM customers WHERE id = ?", (key,)):
            return Customer(**{**row, "created_on": day(row["created_on"])})
        raise NotFoundError(f"there is no customer c{key}", hint="salestrack customer list shows the ids")

    def keeper(self, key: int) -> int:
        """Return the id of the customer that an id stands for today: itself, or the one that it was merged into."""
        while (into := self._engine.value("SELECT merged_into FROM customers WHERE id = ?", (key,))) is not None:
            key = int(into)
        return key

    def add(self, customer: Customer, *, op: int) -> Customer:
        """Store a new customer and return it with its id."""
        name = clean(customer.name, "customer's name")
        row: Row = {
            **plain_row(customer._asdict()),
            "name": name,
            "created_on": iso(customer.created_on),
            "created_op": op,
        }
        del row["id"]
        key = self._engine.insert("customers", {**row, **keys(name, customer.email, customer.phone)})
        return self.get(key)

    def save(self, before: Customer, after: Customer) -> Customer:
        """Store what differs between two states of a customer and return it as it stands now."""
        row: Row = {
            **plain_row(after._asdict()),
            "created_on": iso(after.created_on),
            **keys(after.name, after.email, after.phone),
        }
        was = self._engine.query("SELECT * FROM customers WHERE id = ?", (before.id,))[0]
        self._engine.update("customers", before.id, {c: v for c, v in row.items() if was[c] != v})
        return self.get(before.id)

    def add_alias(self, customer_id: int, name: str, *, op: int) -> None:
        """Let a customer be found by another name as well."""
        tidy = clean(name, "alias")
        self._engine.insert(
            "customer_aliases", {"customer_id": customer_id, "name": tidy, "key": fold(tidy), "created_op": op}
        )

    def drop_alias(self, customer_id: int, name: str) -> bool:
        """Take one of a customer's other names away; return whether it had it."""
        rows = self._engine.query(
            "SELECT id FROM customer_aliases WHERE customer_id = ? AND key = ?", (customer_id, fold(name))
        )
        for row in rows:
            self._engine.delete("customer_aliases", row["id"])
        return bool(rows)

    def by_email(self, key: str) -> int | None:
        """Return the id of the customer with an address, given as it is compared; None when there is none."""
        found = self._engine.value(
            "SELECT coalesce(merged_into, id) FROM customers WHERE email_key = ? ORDER BY id LIMIT 1", (key,)
        )
        return None if found is None else int(found)

    def by_phone(self, key: str) -> int | None:
        """Return the id of the customer with a phone number, given as it is compared; None when there is none."""
        found = self._engine.value("SELECT id FROM customers WHERE phone_key = ? ORDER BY id LIMIT 1", (key,))
        return None if found is None else int(found)

    def aliases(self, key: int) -> list[str]:
        """Return a customer's other names."""
        rows = self._engine.query("SELECT name FROM customer_aliases WHERE customer_id = ? ORDER BY id", (key,))
        return [row["name"] for row in rows]

    def contacts(self, key: int) -> list[Row]:
        """Return the people at a customer: id, name, role, email, phone."""
        return self._engine.query(
            "SELECT id, name, role, email, phone FROM contacts WHERE customer_id = ? ORDER BY name, id", (key,)
        )

    def open_deals(self, key: int) -> list[Row]:
        """Return a customer's open deals: id, title, amount, currency."""
        return self._engine.query(
            "SELECT id, title, amount, currency FROM deals WHERE customer_id = ? AND status = 'open' ORDER BY id",
            (key,),
        )

    def unbilled_deals(self, key: int) -> list[Row]:
        """Return a customer's open deals, and the won ones that sales do not cover yet: id, title, status."""
        return self._engine.query(
            "SELECT d.id, d.title, d.status FROM deals d WHERE d.customer_id = ? AND (d.status = 'open' OR d.status = 'won' "
            "AND d.amount > coalesce((SELECT sum(s.amount) FROM sales s WHERE s.deal_id = d.id AND s.kind = 'sale'), 0)) "
            "ORDER BY d.id",
            (key,),
        )


def keys(name: str, email: str | None, phone: str | None) -> dict[str, Any]:
    """Return the columns by which a customer or contact is looked up."""
    return {
        "key": fold(name),
        "email_key": email_key(email) if email else None,
        "phone_key": phone_key(phone) if phone else None,
    }
