"""doctor: what is wrong in the book."""

from pathlib import Path
from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.render.doctor import doctor_document
from salestrack.services.doctor import examine

FOUND = 5


def doctor(
    ctx: typer.Context,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is safe to mend.")] = False,
    whole: Annotated[bool, typer.Option("--all", help="Every finding, not a few of each kind.")] = False,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Look for what is wrong in the book: doubles, what is counted twice, dates, totals, and the file itself.

    Ends with exit code 5 when there is something left to mend.
    """
    run = run_of(ctx)
    store = run.store if fix else run.reader
    findings = examine(store, Path(run.path).expanduser(), now=run.now, fix=fix)
    to = Output.of(fmt, output)
    run.show(doctor_document(findings, as_of=run.today, whole=whole or to != Output()), to)
    if any(not finding.fixed for finding in findings):
        raise typer.Exit(FOUND)
