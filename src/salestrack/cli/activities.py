"""activity list, and snooze."""

from typing import Annotated

import typer

from salestrack.cli.context import joined, run_of
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import NoteArgument, packed
from salestrack.domain.dates import parse_future


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List activities, done and planned."""
    list_options(run_of(ctx), "activities", filters)


def snooze(
    ctx: typer.Context,
    ref: Annotated[
        str,
        typer.Argument(metavar="REF", help="A step like a12, a deal d12, or a customer.", show_default=False),
    ],
    date: Annotated[
        str, typer.Argument(metavar="DATE", help="When it comes back; - or today wakes it.", show_default=False)
    ],
    why: NoteArgument = None,
) -> None:
    """Keep a planned step, a deal or a customer out of today's list until a day; a step keeps its due date."""
    from salestrack.services import snoozing

    run = run_of(ctx)
    until = None if date == "-" else parse_future(date, run.words)
    found = snoozing.find_snoozable(run.store, ref)
    run.say(snoozing.snooze(run.store, found, until, joined(why), now=run.now))
