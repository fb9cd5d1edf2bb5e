"""follow-up add, list and rm: next steps that follow by themselves."""

from typing import Annotated

import typer

from salestrack.cli.context import joined, run_of
from salestrack.cli.listing import ListOptions
from salestrack.cli.options import NoteArgument, packed
from salestrack.cli.output import Output
from salestrack.services import follow_ups


def add(
    ctx: typer.Context,
    after: Annotated[
        str,
        typer.Argument(
            metavar="AFTER", help="A kind of activity, or the stage that a deal enters.", show_default=False
        ),
    ],
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What is to be done then.", show_default=False)],
    wait: Annotated[
        str, typer.Argument(metavar="WAIT", help="How much later: +2d, +1w, +3wd (working days).", show_default=False)
    ],
    note: NoteArgument = None,
    *,
    pipeline: Annotated[
        str | None, typer.Option("--pipeline", metavar="P", help="Where several have a stage of that name.")
    ] = None,
) -> None:
    """Add a rule: after a demo, call two days later is `follow-up add demo call +2d`. The same again changes it.

    A word that is both a kind and a stage is written kind:NAME or stage:NAME. A day that is not worked moves to the next
    one that is. Where a command names the next step itself (--next) the rule rests; --no-follow-up leaves it out.
    """
    run = run_of(ctx)
    run.say(follow_ups.add_rule(run.store, after, kind, wait, joined(note), pipeline=pipeline))


@packed(ListOptions, "options")
def list_(ctx: typer.Context, *, options: ListOptions) -> None:
    """List the rules with their numbers."""
    from salestrack.render.rules import follow_ups_document

    run = run_of(ctx)
    document = follow_ups_document(run.reader.follow_ups.all(), as_of=run.today)
    run.show(document, Output.of(options.fmt, options.output))


def rm(
    ctx: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", min=1, help="As follow-up list shows it.", show_default=False)
    ],
) -> None:
    """Remove a rule; the steps that it planned stay."""
    run = run_of(ctx)
    run.say(follow_ups.remove_rule(run.store, number))
