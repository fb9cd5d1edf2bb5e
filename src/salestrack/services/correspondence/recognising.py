"""Whether a file, a folder or an archive holds mail or calendars: a look at names and first bytes, before all else."""

from pathlib import Path
from typing import IO, NamedTuple

from salestrack.errors import SalestrackError
from salestrack.importers.correspondence.gathering import (
    CALENDARS,
    PACKED,
    Gathered,
    Piece,
    begins_calendar,
    gather,
    kind_of,
)
from salestrack.importers.correspondence.mailboxes import mail_kind
from salestrack.importers.packed import is_gzip, is_zip, start_of

_START = 4096
_MOST_NAMED = 5


class Found(NamedTuple):
    """Mail, or a calendar. `pieces` are set where it comes packed, or `several` together from a folder or an archive."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    several: bool = False
    notes: tuple[str, ...] = ()


def correspondence_in(file: str, *, anyway: bool = False) -> list[Found]:
    """Return the mail and the calendars that a word of the command line means; none for everything else.

    A folder or an archive may hold both. One with tables too is left to the import of tables, unless `anyway`.
    SalestrackError for one that cannot be opened.
    """
    path = Path(file)
    if file.lower().endswith(PACKED) and path.is_file():
        raise SalestrackError(
            f"{path.name} is an archive that is not read",
            hint="unpack it, and import the folder; a .zip is read as it is",
        )
    try:
        if is_zip(file) or (path.is_dir() and mail_kind(file) is None):
            gathered = gather(file)
            if anyway:
                _refuse_packed(path.name, gathered)
            return [] if gathered.tables and not anyway else _several(gathered)
        if is_gzip(file):
            kind = kind_of(path.name, lambda: start_of(file, _START))
            piece = Piece(file, path.name, kind or "", path.stat().st_size)
            return [Found(_of(kind), (piece,))] if kind in {"mbox", "message", "calendar"} else []
        if path.is_file():
            with path.open("rb") as handle:
                if path.suffix.lower() in CALENDARS or begins_calendar(handle.read(_START)):
                    return [Found("calendar")]
        regular = path.is_file() or path.is_dir()  # what a pipe holds would be used up by looking
        return [Found("mail")] if regular and mail_kind(file) else []
    except (OSError, ValueError):
        return []  # who reads it says why


def correspondence_on(stream: IO[bytes]) -> str:
    """Return mail or calendar for what comes on standard input, of which nothing is used up."""
    peek = getattr(stream, "peek", None)
    if peek is not None:
        start = bytes(peek(_START))
    else:
        start = stream.read(_START)
        stream.seek(0)
    return "calendar" if begins_calendar(start) else "mail"


def _refuse_packed(name: str, gathered: Gathered) -> None:
    """Raise SalestrackError where all that may be mail or a calendar is packed in a way that is not read."""
    if gathered.packed and not (gathered.mail or gathered.calendars):
        raise SalestrackError(
            f"all that may be mail in {name} is packed once more: {_few(gathered.packed)}",
            hint="unpack it, and import the folder",
        )


def _several(gathered: Gathered) -> list[Found]:
    notes = [f"not read, since it is no mail that was sent or kept: {_few(gathered.aside)}"] if gathered.aside else []
    if gathered.tables:
        them = (
            "is a table: import it by itself" if len(gathered.tables) == 1 else "are tables: import them by themselves"
        )
        notes.append(f"{_few(gathered.tables)} {them}")
    if gathered.packed:
        notes.append(f"not read, since packed once more: {_few(gathered.packed)}; unpack first")
    found = [("mail", gathered.mail), ("calendar", gathered.calendars)]
    kept = [Found(kind, pieces, several=True) for kind, pieces in found if pieces]
    return [kept[0]._replace(notes=tuple(notes)), *kept[1:]] if kept else []


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _of(kind: str | None) -> str:
    return "calendar" if kind == "calendar" else "mail"
