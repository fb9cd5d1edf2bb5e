"""Whole copies of a book: written beside the target, checked, and only then put in place."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from salestrack.errors import BookError, SalestrackError
from salestrack.store.sqlite import explain, raw_connection


def copy_book(source: Path, target: Path, *, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy source to target as one checked file with mode 0600; an existing target is replaced only when all is well.

    Raises BookError when the copy does not pass its check and SalestrackError when it cannot be written.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        draft.chmod(0o600)
        _copy(source, draft, progress)
        _flush(draft)
        draft.replace(target)
        _flush(target.parent)
    except sqlite3.Error as error:
        raise explain(error, source) from error
    except OSError as error:
        raise SalestrackError(f"cannot write the backup {target}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def _copy(source: Path, draft: Path, progress: Callable[[int, int], None] | None) -> None:
    reader = raw_connection(source, "ro", 5.0)
    writer = raw_connection(draft, "rw", 5.0)
    try:
        step = (lambda _, remaining, total: progress(total - remaining, total)) if progress else None
        reader.backup(writer, pages=2000 if progress else -1, progress=step)
        verdict = writer.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise BookError(f"the copy of {source} did not pass its check: {verdict}")
    finally:
        writer.close()
        reader.close()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
