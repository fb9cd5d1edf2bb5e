"""kind add, list, edit and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.listing import RetiredOptions, show_list
from salestrack.cli.options import packed
from salestrack.services import kinds

LetterOption = Annotated[
    str | None, typer.Option("--letter", metavar="X", help="Its short form; by default a free letter of its name.")
]


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    *,
    letter: LetterOption = None,
) -> None:
    """Add a kind of activity, or bring a retired one back."""
    run = run_of(ctx)
    run.say(kinds.add_kind(run.store, name, letter=letter))


@packed(RetiredOptions, "options")
def list_(ctx: typer.Context, *, options: RetiredOptions) -> None:
    """List the kinds of activity with their letters."""
    show_list(run_of(ctx), "kinds", options)


def edit(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Its name or letter.", show_default=False)],
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Its new name, also for what was logged.")
    ] = None,
    letter: Annotated[str | None, typer.Option("--letter", metavar="X", help="Its new letter; - for none.")] = None,
) -> None:
    """Rename a kind or change its letter; what reports count by name keeps its name."""
    run = run_of(ctx)
    run.say(kinds.edit_kind(run.store, kind, kinds.Change(name=name, letter=letter)))


def rm(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Its name or letter.", show_default=False)],
) -> None:
    """Retire a kind of your own; what was logged stays, and its letter is free."""
    run = run_of(ctx)
    run.say(kinds.retire_kind(run.store, kind, on=run.today))
