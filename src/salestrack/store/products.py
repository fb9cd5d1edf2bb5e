"""What is sold, with list prices."""

from salestrack.domain.money import Money
from salestrack.domain.names import clean, fold
from salestrack.domain.products import Product
from salestrack.errors import AmbiguousError, NotFoundError, RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.names import Names


class Products:
    """The products table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: int) -> Product:
        """Return one product; NotFoundError when there is none."""
        for row in self._engine.query(
            "SELECT id, name, sku, price, currency, tax_rate FROM products WHERE id = ?", (key,)
        ):
            return _loaded(row)
        raise NotFoundError(f"there is no product p{key}", hint="salestrack product list shows the ids")

    def resolve(self, text: str) -> Product:
        """Return the product that a name, article number or id stands for.

        Raises NotFoundError with similar names, or AmbiguousError with the candidates.
        """
        if found := self._engine.query("SELECT id FROM products WHERE sku = ? AND removed_on IS NULL", (text,)):
            return self.get(found[0]["id"])
        if text[:1] in "pP" and text[1:].isdecimal() and text.isascii() and len(text) < 18:
            return self.get(int(text[1:]))
        names = Names(self._engine)
        rows = names.records("products", text)
        if len(rows) == 1:
            return self.get(rows[0]["id"])
        if rows:
            fitting = ", ".join(f"{row['name']} (p{row['id']})" for row in rows[:5])
            raise AmbiguousError(f"'{text}' could be {fitting}", hint="type more of the name, or the id")
        near = names.suggestions("products", text)
        hint = f"did you mean {' or '.join(near)}?" if near else "salestrack product add makes one"
        raise NotFoundError(f"no product is called '{text}'", hint=hint)

    def add(self, product: Product, *, currency: str, op: int) -> Product:
        """Store a new product and return it with its id; RuleError when the name or article number is taken."""
        name = clean(product.name, "product's name")
        taken = self._engine.query(
            "SELECT id, name FROM products WHERE removed_on IS NULL AND (key = ? OR sku = ?)", (fold(name), product.sku)
        )
        if taken:
            raise RuleError(f"there is already a product {taken[0]['name']} (p{taken[0]['id']})")
        row: Row = {"name": name, "key": fold(name), "sku": product.sku, "tax_rate": product.tax_rate, "created_op": op}
        row["price"] = product.price.minor if product.price else None
        row["currency"] = product.price.currency if product.price else currency
        return self.get(self._engine.insert("products", row))

    def save(self, product: Product) -> Product:
        """Store what changed in a product; RuleError when its name or article number is another one's."""
        name = clean(product.name, "product's name")
        taken = self._engine.query(
            "SELECT id, name FROM products WHERE removed_on IS NULL AND (key = ? OR sku = ?) AND id <> ?",
            (fold(name), product.sku, product.id),
        )
        if taken:
            raise RuleError(f"there is already a product {taken[0]['name']} (p{taken[0]['id']})")
        row: Row = {"name": name, "key": fold(name), "sku": product.sku, "tax_rate": product.tax_rate}
        row["price"] = product.price.minor if product.price else None
        row |= {"currency": product.price.currency} if product.price else {}
        before = self._engine.query("SELECT * FROM products WHERE id = ?", (product.id,))[0]
        self._engine.update("products", product.id, {c: v for c, v in row.items() if before[c] != v})
        return self.get(product.id)


def _loaded(row: Row) -> Product:
    price = Money(row["price"], row["currency"]) if row["price"] is not None else None
    return Product(id=row["id"], name=row["name"], sku=row["sku"], price=price, tax_rate=row["tax_rate"])
