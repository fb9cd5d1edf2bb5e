"""Whole copies of a book: written beside the target, checked, and only then put in place."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from salestrack.errors import BookError, SalestrackError
from salestrack.store.explaining import explain
from salestrack.store.sqlite_file import check_book, raw_connection, read_connection


def copy_book(
    source: Path, target: Path, *, wait: float = 5.0, progress: Callable[[int, int], None] | None = None
) -> None:
    """Copy source to target as one checked file with mode 0600; an existing target is replaced only when all is well.

    Raises BookError when source is no book or the copy does not pass its check, LockedError after wait seconds,
    and SalestrackError when the copy cannot be written.
    """
    try:
        with draft_beside(target) as draft:
            _copy(source, draft, wait, progress)
            flush(draft)
            draft.replace(target)
            flush(target.parent)
    except sqlite3.Error as error:
        writing = getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
        raise explain(error, target if writing else source) from error
    except OSError as error:
        raise SalestrackError(f"cannot write the backup {target}: {error.strerror}") from error


@contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """Give an empty file of mode 0600 in the target's folder under a name of its own; it is gone at the end."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    os.close(descriptor)
    draft = Path(name)
    try:
        draft.chmod(0o600)  # whatever the umask cut off
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Make sure that a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: Path, draft: Path, wait: float, progress: Callable[[int, int], None] | None) -> None:
    reader = read_connection(source, wait)
    try:
        check_book(reader, source)
        # Taken here, where a busy book is waited for and reported: the copying itself would wait for ever.
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _fill(draft, reader, progress)
    finally:
        reader.close()


def _fill(draft: Path, reader: sqlite3.Connection, progress: Callable[[int, int], None] | None) -> None:
    writer = raw_connection(draft, "rw", 5.0)
    try:
        step = (lambda _, remaining, total: progress(total - remaining, total)) if progress else None
        reader.backup(writer, pages=2000 if progress else -1, progress=step)
        verdict = writer.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise BookError(f"the copy did not pass its check: {verdict}", hint="restore an older backup")
    finally:
        writer.close()


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, unless it is there; BookError when it cannot be made."""
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)  # whatever the umask cut off
    except OSError as error:
        raise BookError(f"cannot make the folder {folder}: {error.strerror}") from error


def remember_backup(path: Path, *, at: str, place: str) -> None:
    """Note in the book that a copy of it was made; a book that cannot be written to now goes without the note."""
    with suppress(sqlite3.Error), closing(raw_connection(path, "rw", 1.0)) as connection:
        connection.execute("INSERT INTO backups (at, place) VALUES (?, ?)", (at, place))
