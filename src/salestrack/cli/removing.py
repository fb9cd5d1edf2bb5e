"""rm: take records out of the book."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.options import YesOption
from salestrack.services.removal import refs_of, remove


def rm(
    ctx: typer.Context,
    refs: Annotated[list[str], typer.Argument(metavar="REF...", help="Ids like d12, or s3,s5-s7.", show_default=False)],
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Remove what hangs on them too: the deals of a customer ...")
    ] = False,
    yes: YesOption = False,
) -> None:
    """Remove records of any kind; undo brings them back, with all that was theirs."""
    run = run_of(ctx)
    found = refs_of(run.store, refs)
    run.say(remove(run.store, found, everything=everything, on=run.today, ask=run.ask, yes=yes))
