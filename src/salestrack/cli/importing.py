"""import list and import undo."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.domain.money import NumberStyle


def list_(ctx: typer.Context, *, fmt: FormatOption = None, output: OutputOption = None) -> None:
    """List the imports, the latest first: read = new + changed + same + rejected + left out, and why rows were left out."""
    from salestrack.render.imports import imports_document
    from salestrack.services.imports.log import imports

    run = run_of(ctx)
    run.show(imports_document(imports(run.reader)), Output.of(fmt, output))


def undo(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Of the import, like i3 or 3.", show_default=False)],
) -> None:
    """Take an import back; rows that were edited or used since stay, and are counted."""
    from salestrack.services.imports.log import undo_import

    run = run_of(ctx)
    run.say(undo_import(run.store, number, style=NumberStyle(run.config.decimal)))
