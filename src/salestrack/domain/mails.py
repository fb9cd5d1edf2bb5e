"""What a mailbox or a calendar tells: messages, meetings and to-dos, as far as a sales book wants to know of them."""

import re
from hashlib import blake2b
from typing import Literal, NamedTuple

from salestrack.domain.addresses import Person
from salestrack.domain.imports import Imported

LONGEST_BODY = 2000  # characters of a mail that are kept
LONGEST_SUBJECT = 300
LONGEST_ID = 200
FAULTS_OF_A_FILE = 10**9
"""Where several files are read together, the numbers of what is in the second one begin behind this one."""
# What mail programs put before a subject, in the languages they speak.
_PREFIX = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|rif|tr|rv|odp|ynt|res|enc|fw|fwd|wg|doorst|vl|továbbítás|回复|转发|返信)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*",
    re.IGNORECASE,
)


class Event(NamedTuple):
    """A mail, a meeting or a to-do with the people on the other side, the nearest first.

    `on` is a day as text (YYYY-MM-DD), `time` HH:MM, both of this machine's zone. Of the people, the first `close`
    took part themselves: those may become customers. `bulk`: nobody wrote it to these people in particular.
    `parent` is the message that it answers, `thread` the first of them all, where it says; `links` tell which message
    answers which, as (child, parent), as far as it knows. `place` is where its text is found again. `cancelled` ones
    did not, or will not, take place; `quiet` ones are told only where the book has them.
    """

    number: int
    key: str
    kind: Literal["email", "meeting", "task"]
    subject: str | None
    on: str
    done: bool = True
    time: str | None = None
    seconds: int | None = None
    direction: Literal["in", "out"] | None = None
    people: tuple[Person, ...] = ()
    close: int = 0
    bulk: bool = False
    thread: str | None = None
    parent: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    note: str | None = None
    place: tuple[str, int, int] | None = None
    cancelled: bool = False
    quiet: bool = False


class Damaged(NamedTuple):
    """A message or an event that cannot be read: its number in the file, its subject as far as it has one, and why.

    `file` names the file where several are read together.
    """

    number: int
    subject: str
    reason: str
    file: str = ""


class LeftOut(NamedTuple):
    """A message or an event that is none for a sales book, and why."""

    number: int
    reason: str


class Stranger(NamedTuple):
    """Somebody whom the book does not know: how often they wrote or were written to, and the customer of their domain."""

    person: Person
    times: int
    customer: str | None = None


class Brought(NamedTuple):
    """What came of a mailbox or a calendar: the import, what was read, and the people whom the book does not know.

    `cancelled` counts the planned steps that were taken out because they were called off, `window` the days between
    which what repeats was read. `several`: how many messages became activities of several customers,
    `threaded`: how many activities of the book turned out to belong to another thread.
    """

    imported: Imported
    noun: str
    strangers: tuple[Stranger, ...] = ()
    stranger_count: int = 0
    cancelled: int = 0
    window: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    several: int = 0
    threaded: int = 0


def base_subject(subject: str) -> str:
    """Return a subject without what replies and forwards put before it."""
    text = subject
    while found := _PREFIX.match(text):
        text = text[found.end() :]
    return " ".join(text.split())


def is_reply(subject: str) -> bool:
    """Say whether a subject is that of a reply or a forward."""
    return bool(_PREFIX.match(subject))


def one_line(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """Return a text on one line without signs that no line should hold, cut where it is overlong."""
    tidy = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return tidy if len(tidy) <= longest else f"{tidy[: longest - 1]}…"


def id_of(text: str) -> str:
    """Return the id of a message or an event as it is compared; an overlong one stands as its hash."""
    tidy = "".join(text.split()).strip("<>")
    return tidy if tidy.isprintable() and len(tidy) <= LONGEST_ID else hashed(tidy)


def hashed(*parts: str) -> str:
    """Return a short text that stands for some others, the same on every machine."""
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()


def step_ending(book: str) -> str:
    """Return how the ids end that the planned steps of a book have in calendars; `book` is its uid."""
    return f"@{book}.salestrack"
