"""outcome add, list and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.listing import RetiredOptions, show_list
from salestrack.cli.options import packed
from salestrack.services import outcomes


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    *,
    counts_as: Annotated[
        str | None,
        typer.Option("--counts-as", metavar="O", help="connected, no answer, voicemail, busy, held or no-show."),
    ] = None,
) -> None:
    """Add an outcome of your own, and say as which known one reports count it."""
    run = run_of(ctx)
    run.say(outcomes.add_outcome(run.store, name, counts_as=counts_as))


@packed(RetiredOptions, "options")
def list_(ctx: typer.Context, *, options: RetiredOptions) -> None:
    """List the outcomes: those that reports know, then your own."""
    show_list(run_of(ctx), "outcomes", options)


def rm(
    ctx: typer.Context,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="Its name.", show_default=False)],
) -> None:
    """Retire an outcome of your own; activities keep it."""
    run = run_of(ctx)
    run.say(outcomes.retire_outcome(run.store, outcome, on=run.today))
