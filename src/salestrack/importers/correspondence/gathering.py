"""What lies in a folder or an archive: mailboxes, saved messages and calendars, packed ones too, and tables beside."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from salestrack.domain.mails import one_line
from salestrack.errors import SalestrackError
from salestrack.importers.correspondence.mailboxes import (
    ASIDE,
    BLOCK,
    FOLDERS,
    MAILDIR_TEMPORARY,
    begins_mailbox,
    flags_of,
)
from salestrack.importers.packed import entries, is_gzip, is_zip, start_of

CALENDARS = (".ics", ".ical", ".icalendar")
_ENDINGS = {".mbox": "mbox", ".mbx": "mbox", ".eml": "message"} | dict.fromkeys(CALENDARS, "calendar")
_TABLES = {".csv", ".tsv", ".jsonl", ".ndjson"}
# What is no mail and no calendar; everything else is looked into.
_OTHER = {".html", ".htm", ".json", ".pdf", ".jpg", ".jpeg", ".png", ".gif", ".vcf", ".msf", ".pst", ".zip", ".xlsx"}
PACKED = (".tgz", ".tar", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
"""Endings of archives that are not read."""
_START = 4096


class Piece(NamedTuple):
    """A mailbox, a message or a calendar: its path (archive.zip/name in an archive), how messages name it, what it is.

    `size` is that of the file as it lies there; `flags` are those that a Maildir writes into the name.
    """

    file: str
    title: str
    kind: str
    size: int
    flags: str = ""

    @property
    def is_packed(self) -> bool:
        """Say whether it has to be unpacked."""
        return is_gzip(self.file) or not Path(self.file).exists()


class Gathered(NamedTuple):
    """What was found; `aside` names what lies in the trash and the like, `tables` what only a table import reads.

    `packed` names archives that are not read, those in an archive too.
    """

    mail: tuple[Piece, ...] = ()
    calendars: tuple[Piece, ...] = ()
    aside: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()


def gather(file: str) -> Gathered:
    """Return the mailboxes and calendars of a folder with all folders in it, or of an archive, in order of their names.

    SalestrackError for an archive or a folder that cannot be opened.
    """
    path = Path(file)
    try:
        found = list(_in_archive(path, path.name) if is_zip(file) else _in_folder(path, ""))
    except OSError as error:
        raise SalestrackError(f"cannot read {error.filename or file}: {error.strerror or error}") from error
    kinds: dict[str, list[Piece]] = {}
    for piece in found:
        kinds.setdefault(piece.kind, []).append(piece)
    mail = sorted(piece for kind in ("maildir", "mbox", "message") for piece in kinds.get(kind, ()))
    aside, tables, packed = (tuple(each.title for each in kinds.get(kind, ())) for kind in ("aside", "table", "packed"))
    return Gathered(tuple(mail), tuple(sorted(kinds.get("calendar", ()))), aside, tables, packed)


def begins_calendar(start: bytes) -> bool:
    """Say whether these are the first bytes of a calendar."""
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return text[:15].upper() == b"BEGIN:VCALENDAR"


def kind_of(name: str, start: Callable[[], bytes]) -> str | None:
    """Return mbox, message, calendar, table or packed for a file by its name, else by its first bytes; else None."""
    if name.lower().endswith(PACKED):
        return "packed"
    bare = name.lower().removesuffix(".gz")
    ending = PurePosixPath(bare).suffix
    if kind := _ENDINGS.get(ending):
        return kind
    if ending in _TABLES:
        return "table"
    if ending in _OTHER:
        return None
    first = start()
    return "calendar" if begins_calendar(first) else "mbox" if begins_mailbox(first) else None


def _in_folder(folder: Path, inside: str) -> Iterator[Piece]:
    if any((folder / name).is_dir() for name in FOLDERS):
        yield Piece(str(folder), inside or folder.name, "maildir", BLOCK)
        return
    for path in sorted(folder.iterdir()):
        title = one_line(f"{inside}/{path.name}" if inside else path.name)
        if path.name.startswith(".") or path.is_symlink():
            continue
        if _is_aside(path.name):
            yield Piece(str(path), title, "aside", 0)
        elif path.is_dir():
            box = path / "mbox"  # Apple Mail exports a folder with the file in it
            yield from ((_piece(str(box), title, "mbox"),) if box.is_file() else _in_folder(path, title))
        elif is_zip(str(path)):
            yield from _in_archive(path, title)
        elif kind := kind_of(path.name, lambda file=str(path): start_of(file, _START)):  # type: ignore[misc]
            yield _piece(str(path), title, kind)


def _in_archive(archive: Path, title: str) -> Iterator[Piece]:
    for name, size in entries(archive):
        parts = PurePosixPath(name).parts
        file, called = f"{archive}/{name}", one_line(f"{title}/{name}")
        if MAILDIR_TEMPORARY in parts[:-1] and len(parts) > 1:
            continue
        aside = next((part for part in parts if _is_aside(part)), None)
        if aside:
            yield Piece(file, called, "aside", 0)
        elif len(parts) > 1 and parts[-2] in FOLDERS:
            yield Piece(file, called, "message", size, flags_of(parts[-1]))
        elif name.lower().endswith(".zip"):
            yield Piece(file, called, "packed", size)
        elif kind := kind_of(name, lambda file=file: start_of(file, _START)):  # type: ignore[misc]
            yield Piece(file, called, kind, size)


def _piece(file: str, title: str, kind: str) -> Piece:
    return Piece(file, title, kind, Path(file).stat().st_size)


def _is_aside(name: str) -> bool:
    """Say whether a mailbox or a folder is one of mail that nobody sent or kept, by its usual names."""
    bare = re.sub(r"\.(mbox|mbx|sbd|mbox\.gz)$", "", name.casefold()).strip("[].")
    return re.split(r"[./]", bare)[-1] in ASIDE
