"""Persons of whom a row names no customer: the contact whom the book knows, else a customer of their own."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from salestrack.domain.names import email_key, fold
from salestrack.services.imports.naming.names import Naming
from salestrack.services.imports.naming.namesakes import APART, fits
from salestrack.services.imports.naming.people import Contacts
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.matching import Match
from salestrack.store.staging import Fresh

_NOBODY = "nobody goes by that name, and the row names no customer; --new customers adds the person as one"


class _Alone(NamedTuple):
    """A person without a customer: the name and address of the row, and the contacts who may be meant."""

    name: str
    email: str
    found: Sequence[Match]

    @property
    def key(self) -> str:
        return email_key(self.email) if self.email else ""


class _Homes(Naming):
    """The customers that persons are."""

    table, noun = "customers", "customer"

    def learn(self, cells: Collection[Any]) -> None:
        """Nothing is read here: who is to become a customer is told by `add`."""

    def add(self, cell: Any, person: _Alone, firsts: Mapping[str, str | None]) -> None:
        """Note a new customer: one for each name, or for each address of one name."""
        key = fold(person.name)
        waiting = self._entries.get(key)
        first = waiting.email_key if waiting else firsts.get(key)
        if person.key and first and not fits(person.key, {first}):
            key = f"{person.key}{APART}{key}"
        self.wait(cell, key, Fresh(person.name, person.email or None, person.key or None))


class Persons(Contacts):
    """The contact of a row from (customer id, name, customer of its record); a person alone is a customer.

    So is a contact of nobody's. Who has an address is never somebody of that name with another one.
    """

    def __init__(self, reading: Reading, field: str) -> None:
        super().__init__(reading, field)
        self._alone: dict[Any, _Alone] = {}
        self._homes = _Homes(reading, field)

    def learn(self, cells: Collection[tuple[Any, ...]]) -> None:
        """Look up contacts, then the customers that persons alone are."""
        super().learn(cells)
        if self._alone:
            self._resolve()
            self._alone.clear()

    def _decide(self, cell: tuple[Any, ...], text: str, email: str, found: list[Match]) -> None:
        if not text or cell[0] is not None or self.ids_only:
            super()._decide(cell, text, email, found)
        else:
            self._alone[cell] = _Alone(text, email, found)

    def _resolve(self) -> None:
        matching = self.reading.matching
        known = matching.contact_addresses({match.id for each in self._alone.values() for match in each.found})
        rest: dict[Any, _Alone] = {}
        for cell, person in self._alone.items():
            fitting = [m for m in person.found if not person.key or _fits(person.key, known.get(m.id))]
            if len(fitting) > 1 or (fitting and fitting[0].customer_id):
                super()._decide(cell, person.name, person.email, fitting)
            else:
                rest[cell] = person._replace(found=fitting)
        if rest:
            self._settle(rest)

    def _settle(self, people: Mapping[Any, _Alone]) -> None:
        """Find the customers that persons are, by the address, then by the name; else note new ones."""
        matching = self.reading.matching
        same_as = customers_alone(self.reading, [(fold(person.name), person.key) for person in people.values()])
        before = matching.customer_names({cell[2] for cell in people if len(cell) > 2 and cell[2]})
        firsts = self.reading.staging.fresh_addresses({fold(person.name) for person in people.values()})
        for cell, person in people.items():
            contact = person.found[0].id if person.found else None
            same = same_as[fold(person.name), person.key]
            if len(cell) > 2 and fold(person.name) in before.get(cell[2], ()):
                self.known[cell] = (contact, cell[2])
            elif len(same) == 1:
                self.known[cell] = (contact, same[0].id)
            elif same:
                self.refuse(cell, self.several(same, "c", person.name))
            elif "customers" in self.reading.request.new:
                self._homes.add(cell, person, firsts)
            else:
                self.refuse(cell, _NOBODY)
        for cell, customer in self._homes.created().items():
            self.known[cell] = (people[cell].found[0].id if people[cell].found else None, customer)
        for cell in people.keys() & self._homes.bad.keys():
            self.refuse(cell, self._homes.bad[cell])


def customers_alone(reading: Reading, people: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[Match]]:
    """Return, by folded name and address, the customers that persons are: by the address, else by the name."""
    matching = reading.matching
    reached = matching.people("email_key", {email for _, email in people if email})
    named = matching.customers({name for name, _ in people if name})
    addresses = matching.addresses({match.id for each in named.values() for match in each})
    found: dict[tuple[str, str], list[Match]] = {}
    for name, email in people:
        same = [match for match in reached.get(email, []) if match.customer_id is None]
        same = same or [match for match in named.get(name, []) if _fits_all(email, addresses.get(match.id))]
        found[name, email] = list({match.id: match for match in same}.values())
    return found


def of_record(reading: Reading, batch: Batch, customers: Sequence[int | None]) -> Sequence[int | None]:
    """Return, by row, the customer that its record has, where the row has a contact and names no customer."""
    records = {key for key in batch.records if key}
    if not records or not batch.has("contact"):
        return batch.none
    had = reading.matching.linked(reading.kind.name, records)
    rows = zip(batch.records, customers, batch.column("contact"), strict=True)
    return [had.get(key or 0) if customer is None and name.strip() else None for key, customer, name in rows]


def _fits(address: str, known: str | None) -> bool:
    return known is None or fits(address, {known})


def _fits_all(address: str, known: Collection[str] | None) -> bool:
    return not address or not known or fits(address, known)
