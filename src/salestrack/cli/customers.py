"""customer add and list."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.fielding import field_values
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import FieldOption, TagOption, YesOption, packed
from salestrack.domain.customers import Customer
from salestrack.services import customers
from salestrack.services.merging import merge_customers


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What they are called.", show_default=False)],
    *,
    alias: Annotated[
        list[str] | None,
        typer.Option("--alias", metavar="NAME", help="Another name; repeatable.", show_default=False),
    ] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="E", help="Their e-mail address.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="P", help="Their phone number.")] = None,
    segment: Annotated[str | None, typer.Option("--segment", metavar="S", help="Like retail.")] = None,
    country: Annotated[str | None, typer.Option("--country", metavar="C", help="Where they are.")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="S", help="Where they came from.")] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="O", help="Who looks after them; you by default.")
    ] = None,
    tag: TagOption = None,
    field: FieldOption = None,
) -> None:
    """Add a customer."""
    run = run_of(ctx)
    customer = Customer(
        name=name,
        email=email,
        phone=phone,
        segment=segment,
        country=country,
        source=source,
        owner_id=run.owned_by(owner),
        created_on=run.today,
    )
    fields = field_values(run, field)
    run.say(
        customers.add_customer(run.store, customer, aliases=alias or [], tags=tag or [], fields=fields, ask=run.ask)
    )


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List customers."""
    list_options(run_of(ctx), "customers", filters)


def merge(
    ctx: typer.Context,
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="The customer to keep.", show_default=False)],
    others: Annotated[
        list[str], typer.Argument(metavar="OTHER...", help="Other entries of the same customer.", show_default=False)
    ],
    *,
    yes: YesOption = False,
) -> None:
    """Make several entries of one customer one; deals, sales, activities and people come along, names still find it."""
    run = run_of(ctx)
    run.say(merge_customers(run.store, keep, others, ask=run.ask, yes=yes))
