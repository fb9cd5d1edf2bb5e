"""What is sold."""

from dataclasses import dataclass

from salestrack.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product or service with its list price, None when it has none."""

    id: int = 0
    name: str
    sku: str | None = None
    price: Money | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like p12."""
        return f"p{self.id}"
