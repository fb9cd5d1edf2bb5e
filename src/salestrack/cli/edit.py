"""edit, and the edit of every noun: one function, asked for by the kinds that it takes."""

from collections.abc import Callable
from typing import Any

import typer

from salestrack.cli.context import run_of
from salestrack.cli.editing import EVERY, options_for, refs_argument, run_edit
from salestrack.cli.options import packed


def _command(letter: str | None, text: str) -> Callable[..., None]:
    """Return the command that edits one kind of record, or every kind."""

    def command(ctx: typer.Context, refs: list[str], *, options: Any) -> None:
        run_edit(run_of(ctx), refs, letter, options)

    command.__doc__ = text
    command.__annotations__["refs"] = refs_argument(letter)
    return packed(options_for(letter or EVERY), "options")(command)


_SAME = "`-` empties a field. Without options your editor opens."
edit = _command(None, f"Change records of any kind: each option on every record that is named. {_SAME}")
customer = _command("c", f"Change customers; a former name still finds them. {_SAME}")
contact = _command("n", f"Change people at customers. {_SAME}")
deal = _command("d", f"Change deals as of a day, or correct a typing error from the start. {_SAME}")
activity = _command("a", f"Change activities and planned steps. {_SAME}")
sale = _command("s", f"Change sales and refunds; tax and lines follow the amount. {_SAME}")
product = _command("p", f"Change products; what was sold keeps its price. {_SAME}")
quota = _command("q", f"Change targets. {_SAME}")
