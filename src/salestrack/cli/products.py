"""product add and list."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import packed
from salestrack.domain.money import parse_amount
from salestrack.domain.products import Product
from salestrack.services.answers import Answer


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    price: Annotated[
        str | None, typer.Argument(metavar="[PRICE]", help="List price, net of tax.", show_default=False)
    ] = None,
    *,
    sku: Annotated[str | None, typer.Option("--sku", metavar="SKU", help="Article number.")] = None,
) -> None:
    """Add a product."""
    run = run_of(ctx)
    store = run.store
    currency = store.settings.book.currency
    money = parse_amount(price, currency=currency, decimal=run.config.decimal, what="price") if price else None
    with store.operation("added") as op:
        saved = store.products.add(Product(name=name, sku=sku, price=money), currency=currency, op=op.id)
        op.touch(saved.ref)
    shown = [saved.price] if saved.price else []
    run.say(Answer((saved.ref, saved.name, *shown, *([sku] if sku else [])), op.id))


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List products."""
    list_options(run_of(ctx), "products", filters)
