"""reason add, list, edit and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.listing import RetiredOptions, YesOption, show_list
from salestrack.cli.options import packed
from salestrack.services import reasons

ReasonArgument = Annotated[
    str, typer.Argument(metavar="REASON", help="The reason as it is called now.", show_default=False)
]


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
) -> None:
    """Add a reason for losing, or bring a retired one back."""
    run = run_of(ctx)
    run.say(reasons.add_reason(run.store, name))


@packed(RetiredOptions, "options")
def list_(ctx: typer.Context, *, options: RetiredOptions) -> None:
    """List the reasons, and how many deals were lost for each."""
    show_list(run_of(ctx), "reasons", options)


def edit(
    ctx: typer.Context,
    reason: ReasonArgument,
    *,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Its new name.", show_default=False)],
    yes: YesOption = False,
) -> None:
    """Rename a reason; with the name of another one the two become one."""
    run = run_of(ctx)
    run.say(reasons.rename_reason(run.store, reason, name, ask=run.ask, yes=yes))


def rm(ctx: typer.Context, reason: ReasonArgument) -> None:
    """Retire a reason: it cannot be chosen any more, and lost deals keep it."""
    run = run_of(ctx)
    run.say(reasons.retire_reason(run.store, reason, on=run.today))
