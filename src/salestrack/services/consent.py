"""Asking once before something that touches many records."""

from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Ask

FEW = 3
"""From so many records on a change is shown and asked about."""


def consent(what: str, *, ask: Ask | None, yes: bool) -> None:
    """Go on when -y was given or a person agrees; `what` is a sentence that says what will happen.

    UsageError where nobody can be asked, RuleError for a no.
    """
    if yes:
        return
    if ask is None:
        raise UsageError(what, hint="add -y to do it without being asked")
    if not ask.confirm(f"{what}. Go on?"):
        raise RuleError("nothing was changed")
