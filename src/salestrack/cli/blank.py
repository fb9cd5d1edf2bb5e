"""Words that ought to name a file and are empty: a variable of a script that is not set."""

from salestrack.errors import UsageError


def refuse_blank(what: str, *given: str | None) -> None:
    """Raise UsageError where one of some texts is given and empty; `what` says whose it is."""
    if any(text is not None and not text.strip() for text in given):
        raise UsageError(f"{what} is empty", hint="is a variable of your script not set?")
