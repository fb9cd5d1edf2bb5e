"""What the command line asks of an import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from salestrack.errors import UsageError

CREATABLE = ("customers", "products", "stages")
CONFLICTS = ("update", "skip", "fail")

OnConflict = Literal["update", "skip", "fail"]


class Family(NamedTuple):
    """Files of one command that say the same kind of thing by the same ids: their number, and which of all files it is.

    `files` are the name and the time of each file of the command.
    """

    number: int
    place: int
    files: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One import as it was asked for; `today` dates what the file says without a date of its own.

    `usual_decimal` is the mark that holds where none is named.
    """

    file: str
    kind: str | None
    today: date
    maps: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    new: frozenset[str] = frozenset()
    date_format: str | None = None
    decimal: str = ""
    """The mark; empty: as the profile says, else the person's usual one."""
    decimal_chosen: bool = False
    """Whether a person, a profile or an export of our own says the mark, and it is not only the usual one."""
    usual_decimal: str = "."
    currency: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    source: str = ""
    """Empty: as the profile says, else `csv`."""
    constants: tuple[str, ...] = ()
    cents: bool = False
    header: bool | None = None
    """Whether the first row names the columns; None: as the profile says, else it does."""
    profile: str | None = None
    """The name of a profile, `none` for no profile; None: the one that the headers call for."""
    save_as: str | None = None
    """The name of the profile that keeps what is said here."""
    profiles: Path | None = None
    """The folder of the user's own profiles."""
    on_conflict: OnConflict | None = None
    """What becomes of rows that say something else than the book; None: a vendor's update it, the book's own do not."""
    rejects: Path | None = None
    full: bool = False
    """The file holds all that its source has: what it lacks is reported."""
    goes_on: bool = False
    """A later file of the same command goes on where this one ends; only the last one can say what all of them lack."""
    family: Family | None = None
    """Other files of the same command may hold the same records, as they were at another time."""
    dry_run: bool = False

    def words(self) -> tuple[str, ...]:
        """Return the words of the command line that asks for just this, without a rehearsal."""
        found = [self.file, *(("--as", self.kind) if self.kind else ())]
        found += ["--profile", self.profile] if self.profile else []
        for option, texts in (("--map", self.maps), ("--value", self.values), ("--set", self.constants)):
            found += [word for text in texts for word in (option, text)]
        if self.new:
            found += ["--new", ",".join(word for word in CREATABLE if word in self.new)]
        given = {
            "--date-format": self.date_format,
            "--decimal": self.decimal or None,
            "--currency": self.currency,
            "--delimiter": self.delimiter,
            "--encoding": self.encoding,
            "--source": self.source,
            "--on-conflict": self.on_conflict,
            "--rejects": str(self.rejects) if self.rejects else None,
        }
        found += ["--cents"] if self.cents else []
        found += ["--full"] if self.full else []
        found += ["--no-header"] if self.header is False else []
        return (*found, *(word for option, text in given.items() if text for word in (option, text)))


def creatable(texts: Sequence[str]) -> frozenset[str]:
    """Read `--new customers,products`; UsageError for what an import does not create on its own."""
    words = [word.strip().lower() for text in texts for word in text.split(",") if word.strip()]
    for word in words:
        if word not in CREATABLE:
            raise UsageError(
                f"--new takes {', '.join(CREATABLE)}, not '{word}'",
                hint="owners, tags, sources and reasons are added as they are found",
            )
    return frozenset(words)


def on_conflict_of(text: str) -> OnConflict:
    """Read `--on-conflict`; UsageError for another word."""
    for known in CONFLICTS:
        if text == known:
            return known  # type: ignore[return-value]  # one of the three literals
    raise UsageError(f"--on-conflict is {', '.join(CONFLICTS)}, not '{text}'")


def source_name(text: str) -> str:
    """Return the name of a source tidied; UsageError for none."""
    name = " ".join(text.split())
    if not name or len(name) > 60 or not name.isprintable():
        raise UsageError("--source takes a short name", hint="for example --source hubspot")
    return name
