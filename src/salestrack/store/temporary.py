"""The folder in which SQLite keeps what is temporary, and what to say when it is full."""

import os
import sqlite3
from pathlib import Path

from salestrack.errors import NoRoomError, SalestrackError

NO_ROOM = 1 << 20
"""Bytes; with less room than this a disk is full: temporary files grow in steps that are smaller."""
_VARIABLES = ("SQLITE_TMPDIR", "TMPDIR")
_USUAL = ("/var/tmp", "/usr/tmp", "/tmp", ".")


def refusal(error: sqlite3.Error, book: Path, *, locked: bool) -> SalestrackError | None:
    """Return the error to show where temporary files found no room, None where it is anything else.

    SQLite does not say which file it was: without the lock on the book it can be no other, else the fuller disk tells.
    """
    if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_FULL:
        return None
    folder, variable = temporary_folder()
    there, beside = _room(folder) < NO_ROOM, _room(book.parent) < NO_ROOM
    if (locked and there == beside) or (beside and not there):
        return None
    return NoRoomError(folder, variable=variable)


def temporary_folder() -> tuple[Path, str]:
    """Return where SQLite puts temporary files, and the variable that decides it."""
    for variable in _VARIABLES:
        if (folder := os.environ.get(variable)) and _serves(folder):
            return Path(folder), variable
    usual = next((folder for folder in _USUAL if _serves(folder)), ".")
    return Path(usual), "TMPDIR"


def _serves(folder: str) -> bool:
    return Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _room(folder: Path) -> int:
    """Return how many bytes can still be written there; more than any disk has where the system does not say."""
    try:
        found = os.statvfs(folder)
    except (AttributeError, OSError):
        return 1 << 62
    return found.f_bavail * found.f_frsize
