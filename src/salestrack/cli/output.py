"""Where documents go: to the terminal as it is, to a pipe whole, or to a file."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import typer

from salestrack.cli.blank import refuse_blank
from salestrack.config import Config
from salestrack.domain.money import NumberStyle
from salestrack.errors import RuleError, SalestrackError, UsageError
from salestrack.render.document import Document
from salestrack.render.formats import Format, Screen, format_for_path, printer

SQLITE_HEADER = b"SQLite format 3\0"


class Output(NamedTuple):
    """What -f and -o asked for."""

    format: Format | None = None
    file: str | None = None

    @classmethod
    def of(cls, format_name: str | None, file: str | None) -> "Output":
        """Read the two options; UsageError for a format that does not exist, and for a file without a name."""
        refuse_blank("-o", file)
        if format_name is None:
            return cls(None, file)
        try:
            return cls(Format(format_name.lower()), file)
        except ValueError:
            known = ", ".join(Format)
            raise UsageError(f"'{format_name}' is not a format", hint=f"one of: {known}") from None


def show(document: Document, output: Output, *, config: Config, color: str | None) -> bool:
    """Print a document by the person's settings; a file is replaced only when all of it could be written.

    Return whether a file was.
    """
    to_file = output.file not in {None, "-"}
    chosen = output.format or (format_for_path(str(output.file)) if to_file else Format.TABLE)
    screen = None if to_file or not sys.stdout.isatty() else screen_of(config, color)
    text = printer(chosen, screen, style=NumberStyle(config.decimal))(document)
    text = text if text.endswith("\n") or not text else text + "\n"
    if to_file:
        refuse_config(Path(str(output.file)), config.path)
        return write_file(Path(str(output.file)), text)
    typer.echo(text, nl=False)
    return False


def screen_of(config: Config, color: str | None) -> Screen:
    """Return what the terminal can show; color is what the command line says of it."""
    choice = color or config.color
    plain = config.no_color or config.dumb
    colored = choice == "always" or (choice == "auto" and not plain)
    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 200))
    return Screen(width=width, color=colored, unicode=config.unicode)


def refuse_database(path: Path) -> None:
    """Raise RuleError where a file would take the place of a database: the book itself, or a copy of one."""
    if not path.is_file():
        return
    try:
        with path.open("rb") as file:
            is_database = file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:
        return  # what cannot be read is refused, or not, where it is written
    if is_database:
        raise RuleError(f"{path} is a database and stays as it is", hint="name another file")


def refuse_config(path: Path, config: Path) -> None:
    """Raise RuleError where a file would take the place of the program's own config file."""
    if path.resolve() == config.resolve():
        raise RuleError(f"{path} is the config file and stays as it is", hint="name another file")


def write_file(path: Path, text: str) -> bool:
    """Write text to a file through a draft beside it, so that an interrupted run leaves the old one.

    Return whether it took the place of another one.
    """
    refuse_database(path)
    replaced = path.is_file() and path.stat().st_size > 0
    # A device or a pipe is written to; a draft put in its place would take it away from everybody.
    draft = path.with_name(f".{path.name}.{os.getpid()}.new") if path.is_file() or not path.exists() else path
    try:
        with new_file(draft, like=path) as file:
            file.write(text.encode())
        if draft != path:
            draft.replace(path)
    except OSError as error:
        if draft != path:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        raise unwritten(path, error) from error
    return replaced


def new_file(path: Path, *, like: Path) -> IO[bytes]:
    """Open a file to write that only its owner may read, or whoever may read the one whose place it takes."""
    mode = like.stat().st_mode & 0o777 if like.is_file() else None
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    if mode is not None and path != like:
        with suppress(OSError):  # a disk that knows no modes
            path.chmod(mode)
    return file


def unwritten(path: Path, error: OSError) -> SalestrackError:
    """Return the error for a file that cannot be written."""
    hint = f"there is no folder {path.parent}; make it first" if isinstance(error, FileNotFoundError) else None
    return SalestrackError(f"cannot write {path}: {error.strerror}", hint=hint)
