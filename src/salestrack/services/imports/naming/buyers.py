"""Who bought and what, in the orders of a shop: people by their address first, products by their article number."""

from collections.abc import Collection
from typing import Any

from salestrack.domain.names import clean, email_key, fold
from salestrack.errors import SalestrackError
from salestrack.services.imports.naming.names import Naming
from salestrack.services.imports.naming.namesakes import Payers
from salestrack.services.imports.naming.people import Person, customer_of
from salestrack.store.matching import Match
from salestrack.store.staging import Fresh


class Buyers(Payers):
    """The customer of an order from (name, address, number): by the address or number, else by the name.

    A shop knows its buyers by their addresses, and the name on a bill may be anybody's. Without any of them the order
    has no customer.
    """

    def learn(self, cells: Collection[tuple[Any, ...]]) -> None:
        """Look up addresses, then names; who is only in the same file is found by the address too."""
        wanted = {email_key(cell[1].strip()) for cell in cells if cell[1].strip()}
        self._staged = self.reading.staging.fresh_by("email_key", wanted) if wanted and self.may_create else {}
        self._mine: dict[str, str] = {}
        super().learn(cells)

    def _decide(self, cell: Any, person: Person, named: list[Match], reached: list[Match]) -> None:
        key = email_key(person.email) if person.email else ""
        if reached:
            self._by_address(cell, person, named, reached)
        elif named or not key or not self.may_create:
            super()._decide(cell, person, named, reached)
        elif key in self._staged:
            self.known[cell] = (self._staged[key], None)
        elif key in self._mine:
            self._waiting[cell] = self._mine[key]
        else:
            super()._decide(cell, person, named, reached)
            if cell in self._waiting:
                self._mine[key] = self._waiting[cell]

    def _by_address(self, cell: Any, person: Person, named: list[Match], reached: list[Match]) -> None:
        customers = {customer_of(match) for match in reached}
        if len(customers) > 1:  # an address that several share
            customers = customers & {match.id for match in named} or customers
        if len(customers) > 1:
            self.refuse(cell, self.several(reached, "c", person.name))
            return
        customer = customers.pop()
        contacts = [m.id for m in reached if m.customer_id is not None and m.customer_id == customer]
        self.known[cell] = (customer or None, contacts[0] if contacts else None)


class Articles(Naming):
    """The product of an order's line from (name, article number): by the number, else by the name."""

    table, noun = "products", "product"

    def learn(self, cells: Collection[tuple[str, str]]) -> None:
        """Look up products."""
        texts = {cell: (self.meant(cell[0]), cell[1].strip()) for cell in cells}
        numbers = {sku for _, sku in texts.values() if sku}
        skus = self.reading.matching.products("sku", numbers | {name for name, _ in texts.values() if name})
        names = self.reading.matching.products("key", {fold(name) for name, _ in texts.values() if name})
        staged = self.reading.staging.fresh_by("sku", numbers) if numbers and self.may_create else {}
        ids = self.by_id([n for n, _ in texts.values() if n not in skus and fold(n) not in names], "p", "products")
        mine: dict[str, str] = {}
        for cell, (name, sku) in texts.items():
            if name in ids:
                self.known[cell] = ids[name]
                continue
            found = skus.get(sku) or names.get(fold(name)) or skus.get(name) or []
            if len(found) == 1 or not (name or sku):
                self.known[cell] = found[0].id if found else None
            elif found:
                self.refuse(cell, self.several(found, "p", name))
            elif sku in staged:
                self.known[cell] = staged[sku]
            elif sku in mine:
                self._waiting[cell] = mine[sku]
            elif not self.may_create:
                self.unknown(cell, name or sku)
            else:
                self._add(cell, name or sku, sku, mine)
        self.known |= self.created()

    def _add(self, cell: tuple[str, str], name: str, sku: str, mine: dict[str, str]) -> None:
        try:
            key = fold(clean(name))
        except SalestrackError as error:
            self.refuse(cell, error.message)
            return
        self.wait(cell, key, Fresh(name, currency=self.reading.currency, sku=sku or None))
        if sku and cell in self._waiting:
            mine[sku] = key
