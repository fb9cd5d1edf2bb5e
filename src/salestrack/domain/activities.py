"""What happened with a customer, and what is planned next."""

from datetime import date, time
from typing import Literal, NamedTuple

# The kinds of a new book, each with the letter that stands for it.
DEFAULT_KINDS: tuple[tuple[str, str], ...] = (
    ("call", "c"),
    ("email", "e"),
    ("meeting", "m"),
    ("visit", "v"),
    ("demo", "d"),
    ("quote", "q"),
    ("note", "n"),
    ("task", "t"),
)
CONNECTED = "connected"
NO_SHOW = "no-show"
# The outcomes that reports count by; any other word is kept as it is.
OUTCOMES = (CONNECTED, "no answer", "voicemail", "busy", "held", NO_SHOW)


def known_outcome(text: str) -> str:
    """Return an outcome in its one spelling, whatever its case, spaces and hyphens; unknown ones tidied only."""
    tidy = " ".join(text.split())
    return {_letters(known): known for known in OUTCOMES}.get(_letters(tidy), tidy)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


class Activity(NamedTuple):
    """A call, mail, meeting and so on: done with the day it happened, or planned with the day it is due."""

    kind: str
    done: bool
    logged_at: str
    id: int = 0
    customer_id: int | None = None
    customer: str | None = None
    contact_id: int | None = None
    deal_id: int | None = None
    owner_id: int | None = None
    due_on: date | None = None
    due_time: time | None = None
    happened_on: date | None = None
    happened_time: time | None = None
    seconds: int | None = None
    direction: Literal["in", "out"] | None = None
    outcome: str | None = None
    subject: str | None = None
    note: str | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like a12."""
        return f"a{self.id}"
