"""What is sold."""

from typing import NamedTuple

from salestrack.domain.money import Money


class Product(NamedTuple):
    """A product or service with its list price, None when it has none."""

    name: str
    id: int = 0
    sku: str | None = None
    price: Money | None = None
    tax_rate: str | None = None
    """Sales tax in percent; None for the book's."""

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like p12."""
        return f"p{self.id}"
