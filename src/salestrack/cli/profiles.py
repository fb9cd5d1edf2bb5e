"""profile list, show, save and rm."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from salestrack.cli.blank import refuse_blank
from salestrack.cli.context import Context, run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.errors import SalestrackError
from salestrack.importers.profiles import Shelf
from salestrack.services.answers import Answer

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of a profile.", show_default=False)]


def list_(ctx: typer.Context, *, fmt: FormatOption = None, output: OutputOption = None) -> None:
    """List the profiles: the shipped ones and yours."""
    from salestrack.render.profiles import profiles_document

    run = run_of(ctx)
    shelf = shelf_of(run)
    broken = [each.error.message for each in shelf.broken]
    run.show(profiles_document(shelf.all(), broken), Output.of(fmt, output))


def show(
    ctx: typer.Context,
    name: NameArgument,
    *,
    toml: Annotated[bool, typer.Option("--toml", help="Print its file, to begin one of your own with.")] = False,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Say in words what a profile reads, leaves out and counts."""
    from salestrack.render.profiles import profile_document
    from salestrack.services.imports.explaining import explained

    run = run_of(ctx)
    shelf = shelf_of(run)
    profile = shelf.get(name)
    if toml:
        typer.echo(shelf.text(profile).rstrip("\n"))
    else:
        run.show(profile_document(profile.name, explained(profile)), Output.of(fmt, output))


def save(
    ctx: typer.Context,
    name: NameArgument,
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="A TOML file; - reads standard input.", show_default=False)
    ],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of one of yours with this name.")] = False,
) -> None:
    """Keep a profile of yours from a file, after a check; one with the name of a shipped profile takes its place."""
    run = run_of(ctx)
    path = shelf_of(run).save(name, _text(file), origin="standard input" if file == "-" else file, replace=replace)
    run.say(Answer((f"saved profile {path.stem}", str(path)), None))


def rm(ctx: typer.Context, name: NameArgument) -> None:
    """Remove a profile of yours."""
    run = run_of(ctx)
    path = shelf_of(run).remove(name)
    run.say(Answer((f"removed profile {path.stem}",), None))


def shelf_of(run: Context) -> Shelf:
    """Return the profiles that this run knows."""
    return Shelf(run.config.path.parent / "profiles")


def _text(file: str) -> str:
    refuse_blank("the name of the file", file)
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SalestrackError(f"cannot read {file}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
