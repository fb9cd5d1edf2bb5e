"""What SQLite's errors mean, as the sentences and exit codes that people and scripts see."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from salestrack.errors import BookError, LockedError, SalestrackError, UsageError

PERMISSIONS = "check the permissions of the file and its folder"


def no_book(path: Path) -> BookError:
    """Return what is said of a file that is something else."""
    return BookError(f"{path} is not a salestrack book", hint="name another file with --db")


def _locked(path: Path) -> LockedError:
    return LockedError(f"{path} is in use by another process", hint="try again, or wait longer: --wait 30")


_SENTENCES: dict[int, Callable[[Path], SalestrackError]] = {
    sqlite3.SQLITE_BUSY: _locked,
    sqlite3.SQLITE_LOCKED: _locked,
    sqlite3.SQLITE_NOTADB: no_book,
    sqlite3.SQLITE_CORRUPT: lambda path: BookError(
        f"{path} is damaged", hint="restore a backup; the file was left as it is"
    ),
    sqlite3.SQLITE_READONLY: lambda path: BookError(f"the book {path} is read-only", hint=PERMISSIONS),
    sqlite3.SQLITE_CANTOPEN: lambda path: BookError(f"cannot open {path}", hint=PERMISSIONS),
    sqlite3.SQLITE_PERM: lambda path: BookError(f"cannot open {path}", hint=PERMISSIONS),
    sqlite3.SQLITE_FULL: lambda path: SalestrackError(f"the disk that holds {path} is full; nothing was written"),
    sqlite3.SQLITE_IOERR: lambda path: SalestrackError(f"the disk failed while using {path}; nothing was written"),
    sqlite3.SQLITE_TOOBIG: lambda path: UsageError(f"a text is too long for {path}"),
}


def explain(error: sqlite3.Error, path: Path) -> SalestrackError:
    """Turn SQLite's error into the sentence and exit code that the user sees."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest says which
    if code in _SENTENCES:
        return _SENTENCES[code](path)
    if isinstance(error, sqlite3.IntegrityError):
        return SalestrackError(f"the book refused the change: {error}")
    return BookError(f"{path}: {error}")
