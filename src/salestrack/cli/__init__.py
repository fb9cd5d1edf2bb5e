"""Words in, one call, words out: the program's entry point."""

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from salestrack import __version__
from salestrack.cli.commands import ENTRIES, SECTIONS
from salestrack.cli.context import Context, Options
from salestrack.cli.groups import Commands

app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer hands a callback its value by position
    if wanted:
        typer.echo(f"salestrack {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    ctx: typer.Context,
    *,
    db: Annotated[str | None, typer.Option(metavar="PATH", help="The book to use.")] = None,
    config: Annotated[str | None, typer.Option(metavar="PATH", help="The config file to use.")] = None,
    today: Annotated[str | None, typer.Option(metavar="DATE", help="The day to take as today.")] = None,
    color: Annotated[str | None, typer.Option(metavar="WHEN", help="auto, always or never.")] = None,
    wait: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long to wait for a book in use.", min=0)
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing when all went well.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error came from.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback has answered already
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Keep the sales ledger for people who live in a terminal.

    Recording is a flat verb (log, sell, won); managing is a noun and a verb (deal list).
    """
    if color not in {None, "auto", "always", "never"}:
        raise typer.BadParameter("--color is auto, always or never")
    options = Options(db, config, today, color, wait, quiet, no_input, debug)
    run = Context(options)
    ctx.obj = run
    ctx.call_on_close(run.close)
    if ctx.invoked_subcommand is None:
        from salestrack.cli.start import start

        start(run)


def program() -> Commands:
    """Return the whole program as one group."""
    group = typer.main.get_command(app)
    assert isinstance(group, Commands)
    group.entries, group.sections = ENTRIES, SECTIONS
    return group


def main() -> NoReturn:
    """Run the program on this process's words and end it with the exit code."""
    if sys.stdin is None:  # closed by whoever called us: there is nobody to ask
        sys.stdin = Path(os.devnull).open()  # noqa: SIM115 - open as long as the process
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # what is said there is said to nobody
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - open as long as the process
        with suppress(AttributeError):  # a replaced stream may have no encoding of its own
            getattr(sys, name).reconfigure(encoding="utf-8", errors="replace")
    if sys.argv[1:2] == ["--complete"]:  # asked by a shell while a line is typed
        from salestrack.cli.completing import answer

        code = answer(sys.argv[2:])
    else:
        code = program().main(prog_name="salestrack")
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    gc.freeze()  # or the interpreter sweeps through everything once more at its end: a sixth of a short command
    sys.exit(code)
