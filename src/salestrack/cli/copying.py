"""Where a backup goes: beside the book, to a file or folder, or to standard output."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from salestrack.errors import BookError, RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store.backup import copy_book, private_folder, remember_backup

if TYPE_CHECKING:
    from salestrack.cli.context import Context


def copy_to(run: "Context", to: str | None) -> None:
    """Copy the book and say where; UsageError for the book itself or a terminal as the target."""
    book = Path(run.path).expanduser()
    if not book.is_file():
        raise BookError(f"there is no book at {book}", hint="salestrack init makes one")
    if to == "-":
        if sys.stdout.isatty():
            raise UsageError("a backup is no text for a terminal", hint="salestrack backup - > sales.backup")
        _stream(book, run.wait)
        remember_backup(book, at=_moment(run), place="standard output")
        return
    target = _target(run, book, to)
    if target.exists():
        raise RuleError(f"there is already a file at {target}", hint="name another file, or a folder to write into")
    run.all_or_nothing = True
    copy_book(book, target, wait=run.wait)
    run.all_or_nothing = False
    remember_backup(book, at=_moment(run), place=str(target.absolute()))
    run.say(Answer((f"backup {target}", f"{target.stat().st_size:,} bytes", "checked"), None))


def _moment(run: "Context") -> str:
    return run.now.isoformat(timespec="seconds")


def _target(run: "Context", book: Path, to: str | None) -> Path:
    name = f"{book.stem}-{run.now:%Y-%m-%d-%H%M%S}.db"
    if to is None:
        folder = book.parent / "backups"
        private_folder(folder)
        return folder / name
    chosen = Path(to).expanduser()
    return chosen / name if chosen.is_dir() or to.endswith("/") else chosen


def _stream(book: Path, wait: float) -> None:
    with tempfile.TemporaryDirectory(prefix="salestrack-") as folder:
        draft = Path(folder) / "copy.db"
        copy_book(book, draft, wait=wait)
        with draft.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        typer.echo("", nl=False)
