"""product add, list and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.fielding import field_values
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import FieldOption, YesOption, packed
from salestrack.domain.lines import parse_percent
from salestrack.domain.money import parse_amount
from salestrack.domain.products import Product
from salestrack.services.answers import Answer
from salestrack.services.removal import products_of, remove


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    price: Annotated[
        str | None, typer.Argument(metavar="[PRICE]", help="List price, net of tax.", show_default=False)
    ] = None,
    *,
    sku: Annotated[str | None, typer.Option("--sku", metavar="SKU", help="Article number.")] = None,
    tax: Annotated[
        str | None, typer.Option("--tax", metavar="RATE", help="Sales tax on top, like 19%; the book's by default.")
    ] = None,
    field: FieldOption = None,
) -> None:
    """Add a product."""
    run = run_of(ctx)
    store = run.store
    currency = store.settings.book.currency
    money = (
        parse_amount(price, currency=currency, decimal=run.config.decimal, what="price") if price is not None else None
    )
    rate = format(parse_percent(tax, "tax rate").normalize(), "f") if tax is not None else None
    with store.operation("added") as op:
        saved = store.products.add(Product(name=name, sku=sku, price=money, tax_rate=rate), currency=currency, op=op.id)
        fields = field_values(run, field)
        told = fields.put(store, "product", saved.id, op=op) if fields else []
        op.touch(saved.ref)
    shown = [saved.price] if saved.price else []
    run.say(
        Answer(
            (saved.ref, saved.name, *shown, *([sku] if sku else []), *([f"{rate} % tax"] if rate else []), *told), op.id
        )
    )


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List products."""
    list_options(run_of(ctx), "products", filters)


def rm(
    ctx: typer.Context,
    products: Annotated[
        list[str], typer.Argument(metavar="PRODUCT...", help="Names, article numbers or ids.", show_default=False)
    ],
    *,
    yes: YesOption = False,
) -> None:
    """Take products off the list; what they were sold by keeps them, and one that was never sold is gone."""
    run = run_of(ctx)
    run.say(remove(run.store, products_of(run.store, products), everything=False, on=run.today, ask=run.ask, yes=yes))
