"""owner add, list, edit and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.fielding import field_values
from salestrack.cli.listing import RetiredOptions, show_list
from salestrack.cli.options import FieldOption, packed
from salestrack.services import owners

OwnerArgument = Annotated[
    str, typer.Argument(metavar="OWNER", help="The person as they are called now.", show_default=False)
]
EmailOption = Annotated[str | None, typer.Option("--email", metavar="E", help="Their e-mail address.")]


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What they are called.", show_default=False)],
    *,
    email: EmailOption = None,
    field: FieldOption = None,
) -> None:
    """Add a person who sells, or bring a retired one back."""
    run = run_of(ctx)
    run.say(owners.add_owner(run.store, name, email=email, fields=field_values(run, field)))


@packed(RetiredOptions, "options")
def list_(ctx: typer.Context, *, options: RetiredOptions) -> None:
    """List the people who sell, and what is theirs."""
    show_list(run_of(ctx), "owners", options)


def edit(
    ctx: typer.Context,
    owner: OwnerArgument,
    *,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Their new name.")] = None,
    email: EmailOption = None,
    default: Annotated[bool, typer.Option("--default", help="What is recorded is theirs unless it says so.")] = False,
    field: FieldOption = None,
) -> None:
    """Rename a person, or make them the owner of what is recorded in this book."""
    run = run_of(ctx)
    change = owners.Change(name=name, email=email, default=default, fields=field_values(run, field))
    run.say(owners.edit_owner(run.store, owner, change))


def rm(
    ctx: typer.Context,
    owner: OwnerArgument,
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="OTHER", help="Who takes over open deals, next steps and customers.")
    ] = None,
) -> None:
    """Retire a person; with --to another one takes over, in the same operation."""
    run = run_of(ctx)
    run.say(owners.retire_owner(run.store, owner, to=to, on=run.today))
