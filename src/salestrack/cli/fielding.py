"""From `--field NAME=VALUE` on a command that records something to the values of the new record."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salestrack.cli.context import Context

if TYPE_CHECKING:
    from salestrack.services.fields import Values


def field_values(run: Context, texts: Sequence[str] | None) -> "Values | None":
    """Return the values that the options hold, None for none; whether they fit is seen when they are written."""
    if not texts:
        return None
    # Fetched only where a field is set: recording a call need not pay for it.
    from salestrack.services.fields import Values

    return Values(tuple(texts), run.words, run.config.decimal)
