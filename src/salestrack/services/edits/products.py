"""Editing products; what was sold keeps the price of its day."""

from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.domain.products import Product
from salestrack.services.answers import Part
from salestrack.services.edits.fields import Act, Field, Given, Kind, name_field, tax_rate, text_field
from salestrack.store import Store


def _price(given: Given, product: Product, text: str) -> Mapping[str, Any]:
    currency = product.price.currency if product.price else given.store.settings.book.currency
    return {"price": given.money(text, currency, "price")}


_FIELDS = (
    name_field("product's name", "name"),
    text_field("sku", hint="article number"),
    Field(
        "tax",
        lambda _, product: f"{product.tax_rate} %" if product.tax_rate else None,
        lambda _, __, text: {"tax_rate": tax_rate(text)},
        {"tax_rate": None},
        "a rate, like 19%; the book's where it is empty",
    ),
    Field("price", lambda _, product: product.price, _price, {"price": None}, "list price, net of tax"),
)


def _save(store: Store, before: Product, after: Product, _: Act) -> Sequence[Part]:
    if after != before:
        store.products.save(after)
    return ()


KIND = Kind(
    letter="p",
    noun="product",
    fields=_FIELDS,
    get=lambda store, key: store.products.get(key),
    label=lambda _, product: product.name,
    save=_save,
    touched=lambda _: (),
)
