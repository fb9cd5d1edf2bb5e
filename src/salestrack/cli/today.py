"""today: what matters now, one ranked list."""

from typing import Annotated

import typer

from salestrack.cli.context import Context, run_of
from salestrack.cli.filtering import Conditions, resolved
from salestrack.cli.options import FormatOption, OutputOption, packed
from salestrack.cli.output import Output
from salestrack.render.reports import report_document
from salestrack.services.reports import next_steps

MOST = 10


@packed(Conditions, "conditions")
def today(
    ctx: typer.Context,
    *,
    conditions: Conditions,
    everything: Annotated[bool, typer.Option("--all", help="Every step, not only the first ten.")] = False,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show what matters today: due steps first, then deals that slip, each with the command to paste."""
    show_today(run_of(ctx), Output.of(fmt, output), conditions, most=None if everything else MOST)


def show_today(run: Context, output: Output, conditions: Conditions | None = None, *, most: int | None = MOST) -> None:
    """Print the list of next steps."""
    only = resolved(run, conditions or Conditions(), None)
    run.show(report_document(next_steps(run.reader, run.words, only, most=most).report), output)
