"""Kinds of activity: their letters, and the ones that the program itself knows by name."""

from collections.abc import Collection

from salestrack.domain.quoting import quoted
from salestrack.errors import RuleError, UsageError

# What reports count by name, and what the program itself writes: their names stay, so that their meaning does.
FIXED_KINDS: dict[str, str] = {
    "call": "reports and targets count calls by this name",
    "email": "reports count mails and replies by this name",
    "meeting": "reports and targets count meetings by this name",
    "demo": "reports count demos by this name",
    "note": "remarks on deals are kept under this name",
    "task": "next steps of new deals are kept under this name",
}


def check_kind_free(name: str, letters: Collection[str]) -> None:
    """Raise UsageError for a name of one sign: it would be read as a letter."""
    if len(name) == 1:
        taken = f"; {name} is a letter already" if name.lower() in letters else ""
        raise UsageError(f"a kind's name has two letters or more{taken}", hint="one letter is its short form: --letter")


def read_letter(text: str) -> str:
    """Return the letter that stands for a kind, in lower case; UsageError for anything but one letter or digit."""
    letter = text.strip().lower()
    if len(letter) != 1 or not letter.isalnum():
        raise UsageError(f"{quoted(text)} is not one letter", hint="for example --letter x, or --letter - for none")
    return letter


def first_free(name: str, taken: Collection[str]) -> str | None:
    """Return the first letter of a name that stands for no kind yet; None when all do."""
    return next((sign for sign in name.lower() if sign.isalnum() and sign not in taken), None)


def check_not_fixed(name: str, act: str) -> None:
    """Raise RuleError when a kind is one that the program knows by name."""
    if why := FIXED_KINDS.get(name):
        raise RuleError(f"{name} cannot be {act}: {why}", hint="its letter may change: --letter")
