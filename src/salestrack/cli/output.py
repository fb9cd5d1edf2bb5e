"""Where documents go: to the terminal as it is, to a pipe whole, or to a file."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import typer

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
        """Read the two options; UsageError for a format that does not exist."""
        if format_name is None:
            return cls(None, file)
        try:
            return cls(Format(format_name.lower()), file)
        except ValueError:
            known = ", ".join(Format)
            raise UsageError(f"'{format_name}' is not a format", hint=f"one of: {known}") from None


def show(document: Document, output: Output, *, config: Config, color: str | None) -> None:
    """Print a document by the person's settings; a file is replaced only when all of it could be written."""
    to_file = output.file not in {None, "-"}
    chosen = output.format or (format_for_path(str(output.file)) if to_file else Format.TABLE)
    screen = None if to_file or not sys.stdout.isatty() else screen_of(config, color)
    text = printer(chosen, screen, style=NumberStyle(config.decimal))(document)
    text = text if text.endswith("\n") or not text else text + "\n"
    if to_file:
        refuse_config(Path(str(output.file)), config.path)
        write_file(Path(str(output.file)), text)
    else:
        typer.echo(text, nl=False)


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


def write_file(path: Path, text: str) -> None:
    """Write text to a file through a draft beside it, so that an interrupted run leaves the old one."""
    refuse_database(path)
    # A device or a pipe is written to; a draft put in its place would take it away from everybody.
    draft = path.with_name(f".{path.name}.{os.getpid()}.new") if path.is_file() or not path.exists() else path
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        if draft != path:
            draft.replace(path)
    except OSError as error:
        if draft != path:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        raise SalestrackError(f"cannot write {path}: {error.strerror}") from error
