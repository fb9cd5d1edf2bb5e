"""today: what matters now, one ranked list."""

from typing import Annotated

import typer

from salestrack.cli.context import Context, run_of
from salestrack.cli.filtering import Conditions, resolved
from salestrack.cli.options import FormatOption, OutputOption, packed
from salestrack.cli.output import Output
from salestrack.errors import UsageError
from salestrack.render.reports import report_document
from salestrack.services.reports import next_steps

MOST = 10


@packed(Conditions, "conditions")
def today(
    ctx: typer.Context,
    *,
    conditions: Conditions,
    everything: Annotated[bool, typer.Option("--all", help="Everything, not only the first ten.")] = False,
    number: Annotated[
        int | None, typer.Option("-n", metavar="N", min=1, help="So many at most.", show_default=False)
    ] = None,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show what matters today, each deal and customer once, with the reason and the command to paste.

    Steps that are due come first, then deals that should have closed, that close this week, leads that nobody called,
    deals that are won and not billed, stale ones, and those without a next step; the most money first.
    """
    if everything and number:
        raise UsageError("--all and -n exclude each other")
    most = None if everything else number or MOST
    show_today(run_of(ctx), Output.of(fmt, output), conditions, most=most)


def show_today(run: Context, output: Output, conditions: Conditions | None = None, *, most: int | None = MOST) -> None:
    """Print the list of next steps."""
    only = resolved(run, conditions or Conditions(), None)
    run.show(report_document(next_steps(run.reader, run.words, only, most=most).report), output)
