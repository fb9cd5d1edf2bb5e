"""Two people of one name: kept apart where their addresses differ, since merging is easy and parting is not."""

from collections.abc import Collection, Mapping
from typing import Any

from salestrack.domain.addresses import domain_of, is_free, same_company
from salestrack.domain.names import email_key, fold
from salestrack.services.imports.naming.people import People, Person, entry_of
from salestrack.services.imports.reading import Reading
from salestrack.store.matching import Match, Matches
from salestrack.store.staging import Fresh

APART = "\x1f"
"""Stands between what tells the further bearers of a name apart and that name, in the keys of new customers."""


def fits(address: str, known: Collection[str]) -> bool:
    """Say whether an address may be of somebody with these ones: one of them, of the same company, or none is known."""
    return not known or address in known or any(same_company(address, other) for other in known)


def meant(named: list[Match], address: str | None, known: Mapping[int, Collection[str]]) -> list[Match]:
    """Return who of those that go by a name may have an address; those who are known to, before those without any."""
    if not address:
        return named
    fitting = [match for match in named if fits(address, known.get(match.id, ()))]
    return [match for match in fitting if match.id in known] or fitting


class Payers(People):
    """The customer of a sale from (name, address, number): by the name, unless the address is of somebody else.

    Who has the name and other addresses, none of the same company, is not meant; an alias says who is, whatever the
    address. A customer without any address goes with the first one that the file has for the name.
    """

    def __init__(self, reading: Reading, field: str) -> None:
        super().__init__(reading, field)
        self._apart: set[str] = set()
        """The folded names that several new customers of this file have."""
        self._firsts: dict[str, str | None] = {}
        """The addresses of the new customers whose names the cells that are looked up have."""
        self._others: dict[Any, list[Match]] = {}
        """Who has the name of a cell and is somebody else by the address."""

    def fitting(self, people: Mapping[Any, Person], names: Matches) -> dict[Any, list[Match]]:
        """Return, by cell, who goes by a row's name and may have its address."""
        found = super().fitting(people, names)
        if self.may_create:
            new = {fold(person.text) for person in people.values() if person.email}
            self._firsts = self.reading.staging.fresh_addresses(new) if new else {}
        keys = {cell: email_key(person.email) for cell, person in people.items() if person.email and found[cell]}
        if not keys:
            return found
        matching = self.reading.matching
        known = matching.addresses({match.id for cell in keys for match in found[cell]})
        aliased = matching.aliased({fold(people[cell].name) for cell in keys})
        for cell, key in keys.items():
            fitting = meant(found[cell], key, known)
            if not any(match.id in known for match in fitting):
                fitting = aliased.get(fold(people[cell].name)) or self._claimed(key, fitting)
            if not fitting:
                self._others[cell] = found[cell]
            found[cell] = fitting
        return found

    def unknown(self, cell: Any, text: str) -> None:
        """Refuse a name that nobody has, or only somebody else."""
        others = self._others.get(cell)
        if not others:
            super().unknown(cell, text)
            return
        named = ", ".join(f"{match.name} (c{match.id})" for match in others[:5])
        option = self.option(text, f"c{others[0].id}")
        same = f"if it is the same one: {option}; else" if option else "if it is another one:"
        self.refuse(cell, f"has another address than {named}; {same} --new customers")

    def _claimed(self, key: str, found: list[Match]) -> list[Match]:
        """Return who of some customers without an address is not taken by another address of the file."""
        if not found:
            return []
        taken = self.reading.staging.claim({match.id: key for match in found})
        return [match for match in found if fits(key, {taken[match.id]})]

    def add(self, cell: Any, person: Person) -> None:
        """Note a person who is to become a customer: one for each name, or for each address of one name."""
        name, entry = fold(person.text), entry_of(person)
        if entry.email_key is None:
            if name in self._apart:
                self.refuse(cell, self._either(person.text))
            else:
                self.wait(cell, name, entry)
            return
        first = self._first(name, entry)
        if first is None or fits(entry.email_key, {first}):
            self.wait(cell, name, entry)
            return
        self._apart.add(name)
        domain = domain_of(entry.email_key)
        self.wait(cell, (entry.email_key if is_free(domain) else domain) + APART + name, entry)

    def _first(self, name: str, entry: Fresh) -> str | None:
        """Return the address of the first new customer of a name, which it gets from this row if it has none."""
        waiting = self._entries.get(name)
        if waiting:
            if waiting.email_key is None:
                self._entries[name] = waiting._replace(email=entry.email, email_key=entry.email_key)
            return waiting.email_key
        if name in self._firsts and self._firsts[name] is None:
            self.reading.staging.give_address(name, entry)
            self._firsts[name] = entry.email_key
        return self._firsts.get(name)

    def _either(self, name: str) -> str:
        return (
            "several new customers of the file go by that name, and the row has no address to tell which; "
            f"--rejects FILE sets it aside, then {self.option(name, 'c12') or 'the id in place of the name'} says which it is"
        )
