"""show: everything about a record."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.domain.money import NumberStyle
from salestrack.render.show import pages_document
from salestrack.services.show import find_pages


def show(
    ctx: typer.Context,
    refs: Annotated[
        list[str],
        typer.Argument(metavar="REF...", help="Ids like d12, c3 or d12,14-16; or a customer.", show_default=False),
    ],
    *,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show everything about a record: a deal with its history, a customer on one screen."""
    run = run_of(ctx)
    pages = find_pages(run.reader, refs, know=run.words, style=NumberStyle(run.config.decimal))
    run.show(pages_document(pages, as_of=run.today), Output.of(fmt, output))
