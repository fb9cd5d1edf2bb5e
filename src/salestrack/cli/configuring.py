"""config list, get, set, unset, edit and check."""

from pathlib import Path
from typing import Annotated

import typer

from salestrack import config
from salestrack.cli.context import Context, run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.errors import UsageError
from salestrack.render.settings import problems_document, settings_document
from salestrack.services import configuring
from salestrack.services.answers import Answer
from salestrack.services.config_checks import check as check_config

SettingArgument = Annotated[
    str, typer.Argument(metavar="SETTING", help="Like date-order or closed-until.", show_default=False)
]


def list_(ctx: typer.Context, *, format_: FormatOption = None, output: OutputOption = None) -> None:
    """List every setting, its value and where that comes from: option, environment, file, book or default."""
    run = run_of(ctx)
    store = run.reader if _has_book(run) else None
    rows = [each._asdict() for each in configuring.settings(run.config, _given(run), store)]
    notes = [f"your own settings stand in {run.config.path}"]
    notes += [] if store else [f"there is no book at {run.path}, so its settings are not shown"]
    notes += [f"{name}: {meaning}" for name, meaning in config.VARIABLES.items()]
    run.show(settings_document(rows, notes), Output.of(format_, output))


def get(ctx: typer.Context, name: SettingArgument) -> None:
    """Print the value of one setting, an empty line where it has none."""
    run, name = run_of(ctx), configuring.spelled(name)
    store = run.reader if configuring.is_of_book(name) else None
    typer.echo(configuring.setting(name, run.config, _given(run), store).value or "")


def set_(
    ctx: typer.Context,
    name: SettingArgument,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="- takes it out.", show_default=False)],
) -> None:
    """Change a setting: of the book in the book, and undo takes it back; your own in your config file."""
    run, name = run_of(ctx), configuring.spelled(name)
    if configuring.is_of_book(name):
        run.say(configuring.set_in_book(run.store, name, value, run.words))
    else:
        run.config = config.bare(run.options.config)  # what is wrong in the file can be mended here
        run.say(configuring.set_in_file(run.config.path, name, value))


def unset(ctx: typer.Context, name: SettingArgument) -> None:
    """Take a setting out, so that its default holds."""
    set_(ctx, name, configuring.NONE)


def edit(ctx: typer.Context) -> None:
    """Open your config file in $VISUAL or $EDITOR; it takes effect only when nothing in it is wrong."""
    from salestrack.cli.config_editing import edit_file

    run = run_of(ctx)
    path = config.place(run.options.config)
    typer.echo(f"{path} · {'saved' if edit_file(path, run.ask) else 'not changed'}")


def check(ctx: typer.Context, *, format_: FormatOption = None, output: OutputOption = None) -> None:
    """Check your config file and the environment; what is wrong stands with its line."""
    run = run_of(ctx)
    run.config = config.bare(run.options.config)  # what is checked cannot be relied on
    found = check_config(run.config.path)
    if found.rows or format_ or output:
        run.show(problems_document(found.rows, found.notes), Output.of(format_, output))
    if found.rows:
        count = f"{len(found.rows)} problem{'' if len(found.rows) == 1 else 's'}"
        raise UsageError(f"{count} in your settings", hint="salestrack config edit")
    if not (format_ or output):
        run.say(Answer((f"{run.config.path}", "nothing is wrong"), None, tuple(found.notes)))


def _has_book(run: Context) -> bool:
    return "://" in run.path or Path(run.path).expanduser().exists()


def _given(run: Context) -> configuring.Given:
    wait = None if run.options.wait is None else f"{run.options.wait:g}"
    return {"book": run.options.db, "color": run.options.color, "wait": wait}
