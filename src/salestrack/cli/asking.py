"""Questions to the person at the terminal."""

from collections.abc import Sequence

import typer

from salestrack.cli.spelling import spelled


class Terminal:
    """Asks on stderr, so that answers on stdout stay data."""

    def choose(self, question: str, options: Sequence[str], *, needed: bool = False) -> int | None:
        """Return the index of the chosen option, None for none of them, which is no answer where one is needed."""
        typer.echo(spelled(question), err=True)
        for number, option in enumerate(options, 1):
            typer.echo(f"  {number}  {spelled(option)}", err=True)
        while True:
            text = self._line(f"1-{len(options)}: " if needed else f"1-{len(options)}, or Enter for none: ")
            if not text and not needed:
                return None
            if text.isdecimal() and 1 <= int(text) <= len(options):
                return int(text) - 1

    def confirm(self, question: str) -> bool:
        """Return whether the answer was yes."""
        return self._line(f"{question} [y/N] ").lower() in {"y", "yes"}

    def text(self, question: str, default: str) -> str:
        """Return what was typed, the default for nothing."""
        return self._line(f"{question} [{default}] ") or default

    def _line(self, prompt: str) -> str:
        typer.echo("\n".join(map(spelled, prompt.split("\n"))), err=True, nl=False)
        try:
            return input().strip()
        except EOFError:
            raise typer.Abort from None
