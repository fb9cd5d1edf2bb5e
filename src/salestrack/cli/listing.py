"""Lists of how the book is kept: short, without filters, in every format."""

from dataclasses import dataclass
from typing import Annotated

import typer

from salestrack.cli.context import Context
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output

YesOption = Annotated[bool, typer.Option("-y", "--yes", help="Do it without asking.")]


@dataclass(frozen=True, kw_only=True)
class ListOptions:
    """In which format, and where to."""

    fmt: FormatOption = None
    output: OutputOption = None


@dataclass(frozen=True, kw_only=True)
class RetiredOptions(ListOptions):
    """The same, and whether what is retired is wanted too."""

    retired: Annotated[bool, typer.Option("--retired", help="With those that are retired.")] = False


def show_list(run: Context, kind: str, options: ListOptions) -> None:
    """Show a list of one kind; what is retired stays out unless it is asked for."""
    from salestrack.render.process import process_document

    rows = run.reader.lists.kept(kind)
    if not getattr(options, "retired", True):
        rows = [row for row in rows if not row["removed_on"]]
    fields = run.reader.fields.all("owner") if kind == "owners" else ()
    run.show(process_document(kind, rows, as_of=run.today, fields=fields), Output.of(options.fmt, options.output))
