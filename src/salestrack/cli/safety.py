"""undo, redo, history, backup, sql: nothing is ever lost."""

from typing import Annotated

import typer

from salestrack.cli.blank import refuse_blank
from salestrack.cli.context import run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.domain.money import NumberStyle
from salestrack.services import undo as undoing

OperationArgument = Annotated[
    str | None, typer.Argument(metavar="[OP]", help="An operation like o12.", show_default=False)
]


def undo(ctx: typer.Context, operation: OperationArgument = None) -> None:
    """Take back your last command, or the operation named; what it restores must not have changed since."""
    run = run_of(ctx)
    run.say(undoing.undo(run.store, operation, style=NumberStyle(run.config.decimal)))


def redo(ctx: typer.Context, operation: OperationArgument = None) -> None:
    """Put back what was undone last, or the operation named."""
    run = run_of(ctx)
    run.say(undoing.redo(run.store, operation, style=NumberStyle(run.config.decimal)))


def history(
    ctx: typer.Context,
    ref: Annotated[
        str | None,
        typer.Argument(metavar="[REF]", help="Only about this record or customer, like d12.", show_default=False),
    ] = None,
    period: Annotated[
        str | None, typer.Argument(metavar="[PERIOD]", help="Only of these days, like week.", show_default=False)
    ] = None,
    *,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many, the latest first.")] = 20,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show what was done, by whom and what it changed, the latest first: all of it, or about one record."""
    from salestrack.render.history import history_document
    from salestrack.services.history import question, told

    run = run_of(ctx)
    asked = question(run.reader, (ref, period), limit=limit, know=run.words)
    lines = told(run.reader, asked, style=NumberStyle(run.config.decimal))
    run.show(history_document(lines, limit=limit), Output.of(fmt, output))


def backup(
    ctx: typer.Context,
    to: Annotated[
        str | None,
        typer.Argument(metavar="[DEST]", help="A file or folder; - writes to standard output.", show_default=False),
    ] = None,
) -> None:
    """Write a whole, checked copy of the book, beside it by default."""
    from salestrack.cli.copying import copy_to

    refuse_blank("the name of the copy", to)
    copy_to(run_of(ctx), to)


def sql(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT.", show_default=False)],
    *,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Ask the book in SQL; nothing can be written this way."""
    from salestrack.render.records import sql_document
    from salestrack.store.readonly import ask

    run = run_of(ctx)
    run.show(sql_document(*ask(run.path, query, wait=run.wait)), Output.of(fmt, output))
