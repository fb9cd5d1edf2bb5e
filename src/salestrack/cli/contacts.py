"""contact add, list, edit and merge."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.fielding import field_values
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import FieldOption, NewOption, WhoArgument, YesOption, packed
from salestrack.domain.customers import Contact
from salestrack.services import contacts
from salestrack.services.merging import merge_contacts
from salestrack.services.who import find_who


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the person is called.", show_default=False)],
    who: WhoArgument,
    *,
    email: Annotated[str | None, typer.Option("--email", metavar="E", help="Their e-mail address.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="P", help="Their phone number.")] = None,
    role: Annotated[str | None, typer.Option("--role", metavar="R", help="Like buyer.")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Anything worth keeping.")] = None,
    field: FieldOption = None,
    new: NewOption = False,
) -> None:
    """Add a person at a customer."""
    run = run_of(ctx)
    found = find_who(run.store, who, new=new, ask=run.ask)
    contact = Contact(name=name, email=email, phone=phone, role=role, note=note)
    run.say(contacts.add_contact(run.store, contact, found, fields=field_values(run, field), on=run.today, ask=run.ask))


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List people with the customers they work for."""
    list_options(run_of(ctx), "contacts", filters)


def merge(
    ctx: typer.Context,
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="The person to keep.", show_default=False)],
    others: Annotated[
        list[str], typer.Argument(metavar="OTHER...", help="Other entries of the same person.", show_default=False)
    ],
    *,
    yes: YesOption = False,
) -> None:
    """Make several entries of one person one; calls, deals and addresses come along."""
    run = run_of(ctx)
    run.say(merge_contacts(run.store, keep, others, ask=run.ask, yes=yes))
