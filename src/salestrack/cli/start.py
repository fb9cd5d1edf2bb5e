"""What the program does without a command: today's list, or three lines on how to start."""

from pathlib import Path

import typer

from salestrack.cli.context import Context


def start(run: Context) -> None:
    """Show today's list when there is a book, and how to make one otherwise."""
    if "://" in run.path or Path(run.path).expanduser().exists():
        from salestrack.cli.output import Output
        from salestrack.cli.today import show_today

        show_today(run, Output())
        return
    typer.echo("There is no book yet.")
    typer.echo("  salestrack init   makes one")
    typer.echo("  salestrack demo   shows one with sample data")
