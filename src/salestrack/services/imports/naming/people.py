"""Whom a row is about: the customer and the contact, by name, address, number or id."""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from salestrack.domain.names import email_key, fold, phone_key
from salestrack.services.imports.naming.names import Naming
from salestrack.services.imports.reading import Reading
from salestrack.store.matching import Known, Match, Matches
from salestrack.store.staging import Fresh

_ADDRESSED = re.compile(r"([^@]*[^@\s(<]) *[ (<]([^()<>\s@]+@[^()<>\s@]+)[)>]?")
"""A name with an address behind it, as CRMs write it."""


_MARKS = {"-", "--", "---", "–", "—", "n/a", "none"}


def is_nobody(text: str) -> bool:
    """Say whether a text is what people write where there is no name."""
    return text.strip().casefold() in _MARKS


def _address(text: str) -> str:
    found = _ADDRESSED.fullmatch(text)
    return found[2] if found else ""


class Imported(Naming):
    """Names that may be ids by which a customer or contact was imported; a mark for nobody is none."""

    def meant(self, cell: str) -> str:
        """Return the name that a cell stands for; empty for what people write where there is none."""
        text = super().meant(cell)
        return "" if text == cell.strip() and is_nobody(text) and not self.reading.is_own else text

    def imported(self, cell: Any, known: Known) -> bool:
        """Take what an id of the source stands for; refuse it where that was removed since."""
        self.known[cell] = known.record_id
        if not known.exists:
            self.refuse(cell, f"names a {self.noun} that was removed from the book")
        return known.exists


class Customers(Imported):
    """The customer of a row, from a name alone."""

    table, noun = "customers", "customer"

    def learn(self, cells: Collection[str]) -> None:
        """Look up names."""
        texts = {cell: self.meant(cell) for cell in cells}
        matches = by_names(self.reading, set(texts.values()))
        rest = [text for text in texts.values() if text and not matches[text]]
        keys = self.by_key(rest, "customers")
        ids = self.by_id([text for text in rest if text not in keys], "c", "customers")
        for cell, text in texts.items():
            found = matches[text]
            if known := keys.get(text):
                self.imported(cell, known)
            elif not text or text in ids or len(found) == 1:
                self.known[cell] = (found[0].id if found else ids[text]) if text else None
            elif found:
                self.refuse(cell, self.several(found, "c", text))
            elif not self.may_create:
                self.unknown(cell, text)
            else:
                self.wait(cell, fold(text), Fresh(text))
        self.known |= self.created()


class Person(NamedTuple):
    """What a row says about a customer."""

    name: str
    email: str
    phone: str

    @property
    def text(self) -> str:
        """The first that it says."""
        return self.name or self.email or self.phone


def entry_of(person: Person) -> Fresh:
    """Return what a new customer begins with."""
    email, phone = person.email or None, person.phone or None
    return Fresh(person.text, email, email and email_key(email), phone, phone and phone_key(phone))


class People(Imported):
    """The customer and contact of a row from (name, address, number, customer): by the name, else by the other two.

    Where several customers have the name, the address or number decides; where the customer is known already, it is
    that one. A value is (customer id, contact id).
    """

    table, noun = "customers", "customer"

    def learn(self, cells: Collection[tuple[Any, ...]]) -> None:
        """Look up names, addresses and numbers together."""
        mine = {cell: cell[3] for cell in cells if len(cell) > 3 and cell[3]}
        if mine:
            self._learn_linked(mine)
            cells = [cell for cell in cells if cell not in mine]
        people = {cell: Person(self.meant(cell[0]), cell[1].strip(), cell[2].strip()) for cell in cells}
        names = by_names(self.reading, {person.name for person in people.values()})
        matching = self.reading.matching
        emails = matching.people("email_key", {email_key(p.email) for p in people.values() if p.email})
        phones = matching.people("phone_key", {key for p in people.values() if (key := phone_key(p.phone))})
        rest = [person.name for person in people.values() if person.name and not names[person.name]]
        keys = self.by_key(rest, "customers")
        ids = self.by_id([name for name in rest if name not in keys], "c", "customers")
        fitting = self.fitting(people, names)
        for cell, person in people.items():
            named = fitting[cell]
            if known := keys.get(person.name):
                if not self.imported(cell, known):
                    continue
                named = [Match(known.record_id, person.name)]
            if person.name in ids:
                named = [Match(ids[person.name], person.name)]
            reached = emails.get(email_key(person.email)) if person.email else None
            self._decide(cell, person, named, reached or phones.get(phone_key(person.phone) or "") or [])
        self.known |= {cell: (key, None) for cell, key in self.created().items()}

    def _learn_linked(self, mine: Mapping[Any, int]) -> None:
        """Take the customers that rows have already, and those of their contacts that have the address or number."""
        matching = self.reading.matching
        emails = matching.people("email_key", {email_key(cell[1].strip()) for cell in mine if cell[1].strip()})
        phones = matching.people("phone_key", {key for cell in mine if (key := phone_key(cell[2].strip()))})
        for cell, customer in mine.items():
            reached = emails.get(email_key(cell[1].strip())) or phones.get(phone_key(cell[2].strip()) or "") or []
            contacts = [match.id for match in reached if match.customer_id == customer]
            self.known[cell] = (customer, contacts[0] if contacts else None)

    def fitting(self, people: Mapping[Any, Person], names: Matches) -> dict[Any, list[Match]]:
        """Return, by cell, whom a row may mean of those who go by its name: all of them."""
        return {cell: names[person.name] for cell, person in people.items()}

    def _decide(self, cell: Any, person: Person, named: list[Match], reached: list[Match]) -> None:
        """Decide whom a row means, given who goes by its name and who has its address or number."""
        owners = {customer_of(match) for match in reached}
        if len(named) > 1:
            named = [match for match in named if match.id in owners] or named
        found = named or reached
        customers = {customer_of(match) for match in found}
        if not any(person):
            self.known[cell] = (None, None)
        elif len(customers) > 1:
            self.refuse(cell, self.several(found, "c", person.name))
        elif customers:
            customer = customers.pop()
            contacts = [m.id for m in reached if m.customer_id is not None and m.customer_id == customer]
            self.known[cell] = (customer or None, contacts[0] if contacts else None)
        elif not self.may_create:
            self.unknown(cell, person.text)
        else:
            self.add(cell, person)

    def unknown(self, cell: Any, text: str) -> None:
        """Refuse a name that means nothing, or an address or number that nobody has."""
        if cell[0].strip():
            super().unknown(cell, text)
            return
        what = "address" if cell[1].strip() else "number"
        self.refuse(cell, f"no {self.noun} has that {what}; --new {self.table} adds those that are missing")

    def add(self, cell: Any, person: Person) -> None:
        """Note a person who is to become a customer: one for each name."""
        self.wait(cell, fold(person.text), entry_of(person))


class Contacts(Imported):
    """The contact of a row from (customer id, name); one that the customer does not have is added.

    A value is (contact id, customer id): a contact alone brings its customer along.
    """

    table, noun = "contacts", "contact"

    def learn(self, cells: Collection[tuple[int | None, str]]) -> None:
        """Look up contacts by name or address."""
        whole = {cell: self.meant(cell[1]) for cell in cells}
        texts = {cell: _ADDRESSED.sub(r"\1", text) for cell, text in whole.items()}
        emails = {cell: text if "@" in text else _address(whole[cell]) for cell, text in texts.items()}
        names = self.reading.matching.contacts({fold(text) for text in texts.values() if text})
        addresses = {email_key(email) for email in emails.values() if email}
        reached = self.reading.matching.people("email_key", addresses) if addresses else {}
        rest = {text for text in texts.values() if text and fold(text) not in names}
        keys = self.by_key(rest, "contacts")
        ids = self.by_id(rest - keys.keys(), "n", "contacts")
        homes = self.reading.matching.customers_of("contacts", set(ids.values()))
        customers = self.reading.matching.customers_of("contacts", {known.record_id for known in keys.values()})
        for cell, text in texts.items():
            if known := keys.get(text):
                if self.imported(cell, known):
                    self.known[cell] = (known.record_id, cell[0] or customers.get(known.record_id))
                continue
            if text in ids and cell[0] in (None, home := homes.get(ids[text])):
                self.known[cell] = (ids[text], home)
                continue
            by_address = [m for m in reached.get(email_key(emails[cell]), []) if m.customer_id is not None]
            found = (by_address if emails[cell] else []) or names.get(fold(text), [])
            mine = [m for m in found if cell[0] is None or m.customer_id in (cell[0], 0)]
            self._decide(cell, text, emails[cell], mine)
        self.known |= {cell: (key, cell[0]) for cell, key in self.created().items()}

    def _decide(self, cell: tuple[int | None, str], text: str, email: str, found: list[Match]) -> None:
        if not text:
            self.known[cell] = (None, cell[0])
        elif len(found) == 1:
            self.known[cell] = (found[0].id, found[0].customer_id or cell[0])
        elif found:
            self.refuse(cell, self.several(found, "c", text))
        elif self.ids_only:
            self.unknown(cell, text)
        elif cell[0] is None:
            self.refuse(cell, "no contact goes by that name, and the row names no customer to add one to")
        else:
            key = f"{cell[0]}\x1f{fold(text)}"
            self.wait(cell, key, Fresh(text, email or None, email_key(email) if email else None, parent=cell[0]))


def by_names(reading: Reading, texts: Collection[str]) -> Matches:
    """Return, by text, the customers that names mean by their folded keys; one written just so comes before others."""
    keys = {text: fold(text) for text in texts if text}
    matches = reading.matching.customers(set(keys.values()))
    found: Matches = {}
    for text in texts:
        all_of = matches.get(keys[text], []) if text else []
        same = [match for match in all_of if match.name == text]
        found[text] = same if len(same) == 1 else all_of
    return found


def customer_of(match: Match) -> int:
    """Return the customer that a match is, or whose contact it is; 0 for a contact of nobody's."""
    return match.id if match.customer_id is None else match.customer_id
