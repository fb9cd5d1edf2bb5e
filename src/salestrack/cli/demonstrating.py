"""The demonstration: a throw-away book in a temporary folder, and its weekly report."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from salestrack.services.demo import fill
from salestrack.services.setup import Answers, new_book
from salestrack.store import open_store

if TYPE_CHECKING:
    from salestrack.cli.context import Context


def demonstrate(run: "Context") -> None:
    """Make the sample book and say how to look at it; the person's own book is not touched."""
    folder = Path(tempfile.mkdtemp(prefix="salestrack-demo-"))
    path = folder / "demo.db"
    new_book(path, Answers(currency="USD"), run.actor)
    store = open_store(str(path), run.actor)
    try:
        fill(store, today=run.today)
    finally:
        store.close()
    run.remark(f"a throw-away book with sample data: {path}")
    from salestrack.cli.context import Context
    from salestrack.cli.output import Output
    from salestrack.cli.reports import Request, show_report

    sample = Context(run.options._replace(db=str(path)))
    try:
        show_report(sample, Request(), Output())
    finally:
        sample.close()
    typer.echo("")
    typer.echo(f"look around:  export SALESTRACK_DB={path}")
    typer.echo("              salestrack today; salestrack deal list --open; salestrack report conversion")
