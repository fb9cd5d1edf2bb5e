"""The least that a Typer program can be: what a start-up costs before salestrack adds anything."""

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command()
def hello(name: str) -> None:
    """Greet someone."""
    typer.echo(f"hello {name}")


@app.command()
def goodbye(name: str) -> None:
    """Take leave of someone."""
    typer.echo(f"goodbye {name}")


if __name__ == "__main__":
    app()
