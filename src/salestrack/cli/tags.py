"""tag list, edit and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.listing import ListOptions, YesOption, show_list
from salestrack.cli.options import packed
from salestrack.services import tags

TagArgument = Annotated[str, typer.Argument(metavar="TAG", help="The tag as it is called now.", show_default=False)]


@packed(ListOptions, "options")
def list_(ctx: typer.Context, *, options: ListOptions) -> None:
    """List the tags, and on how many records they stand."""
    show_list(run_of(ctx), "tags", options)


def edit(
    ctx: typer.Context,
    tag: TagArgument,
    *,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Its new name.", show_default=False)],
    yes: YesOption = False,
) -> None:
    """Rename a tag; with the name of another one the two become one."""
    run = run_of(ctx)
    run.say(tags.edit_tag(run.store, tag, name, ask=run.ask, yes=yes))


def rm(ctx: typer.Context, tag: TagArgument, *, yes: YesOption = False) -> None:
    """Take a tag off everything it stands on."""
    run = run_of(ctx)
    run.say(tags.remove_tag(run.store, tag, ask=run.ask, yes=yes))
