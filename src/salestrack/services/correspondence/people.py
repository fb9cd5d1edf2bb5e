"""Who the people of a mail or a meeting are: by their address, else by the domain of a customer."""

from collections.abc import Collection
from typing import NamedTuple

from salestrack.domain.addresses import Mine, Person, domain_of, is_free, is_machine, name_of, parents_of, untagged
from salestrack.domain.names import fold
from salestrack.services.correspondence.asked import Asked
from salestrack.store.correspondence import Correspondence
from salestrack.store.matching import Match, Matches, Matching
from salestrack.store.staging import Fresh, Staging


class Who(NamedTuple):
    """A customer, and the contact there where the person is one. Ids below zero are of the same import."""

    customer_id: int
    contact_id: int | None = None


class People:
    """Finds people some hundred at a time, and adds those whom nobody knows where that is asked for."""

    def __init__(self, matching: Matching, staging: Staging, book: Correspondence, asked: Asked) -> None:
        self._matching = matching
        self._staging = staging
        self._book = book
        self._new = asked.new
        self._added: dict[str, Who] = {}
        self._found: Matches = {}
        self._names: Matches = {}
        self._domains = _domains(book, asked.mine)

    def learn(self, people: Collection[Person]) -> None:
        """Look up the people of the next messages together."""
        addresses = {address for person in people for address in (person.address, untagged(person.address))}
        self._found = self._matching.people("email_key", addresses)
        unknown = {fold(person.name) for person in people if person.name and person.address not in self._found}
        self._names = self._matching.contacts(unknown)

    def by_address(self, person: Person) -> Who | None:
        """Return who has an address, else who has it without its tag; None for nobody, or for several customers."""
        bare = untagged(person.address)
        for address in (person.address, bare):
            if address in self._added:
                return self._added[address]
            if address in self._found:
                break
        found = self._found.get(person.address) or self._found.get(bare, [])
        customers = {_customer(match) for match in found} - {0}
        if len(customers) != 1:
            return None
        contacts = [match.id for match in found if match.customer_id]
        return Who(customers.pop(), contacts[0] if contacts else None)

    def by_domain(self, person: Person) -> Who | None:
        """Return the one customer who has a domain, and the contact there who has just this name."""
        for domain in parents_of(domain_of(person.address)):
            if customer := self._domains.get(domain):
                named = [match for match in self._names.get(fold(person.name), []) if match.customer_id == customer]
                return Who(customer, named[0].id if person.name and len(named) == 1 else None)
        return None

    def add(self, person: Person) -> Who | None:
        """Add somebody: a contact at the customer of the domain, else a customer; None where neither is asked for."""
        if is_machine(person.address) or not self._new:
            return None
        person = Person(person.address, self._book.called(person.address) or person.name)
        found = self.by_domain(person)
        if found and found.contact_id:
            return found
        name = name_of(person)
        customer = found.customer_id if found else self._same_name(name)
        if customer:
            who = Who(customer, self._add_contact(person, name, customer))
        elif "customers" in self._new:
            who = Who(self._add_customer(person, name))
        else:
            return None
        self._added[person.address] = who
        return who

    def _same_name(self, name: str) -> int | None:
        """Return the one customer who goes by just this name; a person with two addresses is still one."""
        if "customers" not in self._new:
            return None
        if fresh := self._added.get(f"\0{fold(name)}"):
            return fresh.customer_id
        found = self._matching.customers([fold(name)]).get(fold(name), [])
        return found[0].id if len(found) == 1 else None

    def _add_customer(self, person: Person, name: str) -> int:
        key = fold(name)
        made = self._staging.fresh("customers", {key: Fresh(name, person.address, person.address)})[key]
        self._added[f"\0{key}"] = Who(made)
        domain = domain_of(person.address)
        if not is_free(domain):
            self._domains.setdefault(domain, made)
        return made

    def _add_contact(self, person: Person, name: str, customer: int) -> int:
        key = f"{customer}\x1f{fold(name)}"
        entry = Fresh(name, person.address, person.address, parent=customer)
        return self._staging.fresh("contacts", {key: entry})[key]


def _domains(book: Correspondence, mine: Mine) -> dict[str, int | None]:
    """Return whose domains the book knows; None for one that several customers share."""
    found: dict[str, int | None] = {}
    for domain, customer in book.domains():
        if not is_free(domain) and domain not in mine.domains:
            found[domain] = customer if found.get(domain, customer) == customer else None
    return found


def _customer(match: Match) -> int:
    return match.id if match.customer_id is None else match.customer_id
