"""score add, list and rm: what gives points."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.listing import ListOptions
from salestrack.cli.options import packed
from salestrack.cli.output import Output
from salestrack.services import scores


def add(
    ctx: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="segment=agency, source=..., tag=..., field:size=large, or a kind of activity.",
            show_default=False,
        ),
    ],
    points: Annotated[
        int, typer.Argument(metavar="POINTS", help="How many; -- -5 takes some away.", show_default=False)
    ],
    *,
    half_life: Annotated[
        int | None,
        typer.Option("--half-life", metavar="DAYS", min=1, help="After so many days an activity counts half."),
    ] = None,
) -> None:
    """Give customers points for what they are, or for each activity; the same again changes it.

    Deals have the score of their customer. show says what a score is made up of.
    """  # fmt: skip
    run = run_of(ctx)
    run.say(scores.add_rule(run.store, what, points, half_life=half_life))


@packed(ListOptions, "options")
def list_(ctx: typer.Context, *, options: ListOptions) -> None:
    """List what gives points, with the numbers of the rules."""
    from salestrack.render.rules import scores_document

    run = run_of(ctx)
    run.show(scores_document(run.reader.scores.rules(), as_of=run.today), Output.of(options.fmt, options.output))


def rm(
    ctx: typer.Context,
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="Its number, or what it gives points for.", show_default=False)
    ],
) -> None:
    """Take a rule away."""
    run = run_of(ctx)
    run.say(scores.remove_rule(run.store, rule))
