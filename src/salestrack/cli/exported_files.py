"""The one file that an export is written to: whole or not at all, for the owner alone, and never over anything else."""

import gzip
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

import typer

from salestrack.cli.context import Context
from salestrack.cli.output import new_file, refuse_database, unwritten
from salestrack.errors import RuleError

HEAD = 4096
"""Characters of a file that say whether it is an export."""
BLOCK = 1 << 16
PACKED = ".gz"
_SAME = str.maketrans(";\t", ",,")


def marks(kind: str, header: tuple[str, ...]) -> tuple[str, ...]:
    """Return the beginnings by which an earlier export of a kind is known."""
    first = header[0]
    return (",".join(header), f'{{"{first}": ', f'{{"schema": "salestrack/export.{kind}@1"')


def target_of(output: str | None, name: str) -> Path | None:
    """Return the file to write, None for standard output; in a folder it gets its usual name."""
    if output in {None, "-"}:
        return None
    path = Path(str(output))
    return path / name if path.is_dir() else path


def write(run: Context, pieces: Iterable[str], target: Path | None, known: tuple[str, ...], *, total: int = 0) -> None:
    """Write text to its place: a file whole or not at all; standard output once the book is no longer read."""
    if target is None:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as spool:
            _fill(run, spool, pieces, total)
            spool.seek(0)
            while text := spool.read(BLOCK):  # whoever reads slowly keeps nobody from the book
                typer.echo(text, nl=False)
        return
    _check_export(target, known)
    # A device or a pipe is written to; a draft put in its place would take it away from everybody.
    draft = target.with_name(f".{target.name}.{os.getpid()}.new") if target.is_file() or not target.exists() else target
    try:
        with new_file(draft, like=target) as raw, _text(raw, packed=target.suffix.lower() == PACKED) as file:
            _fill(run, file, pieces, total)
        said = _said(target, draft) if draft != target else f"wrote {target}"
        if draft != target:
            draft.replace(target)
    except OSError as error:
        raise unwritten(target, error) from error
    finally:
        if draft != target:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    run.remark(said)


@contextmanager
def _text(raw: IO[bytes], *, packed: bool) -> Iterator[IO[str]]:
    """Give a file to write text to; packed, the same text gives the same bytes."""
    whole: IO[bytes] = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if packed else raw  # type: ignore[assignment]
    with whole, io.TextIOWrapper(whole, encoding="utf-8", newline="") as text:
        yield text


def _fill(run: Context, file: IO[str], pieces: Iterable[str], total: int) -> None:
    """Write pieces, and show on a terminal how far it is."""
    from salestrack.services.exporting.progress import Progress

    with bar(run, "export") as told:
        progress = Progress(total, told if total else None)
        for piece in pieces:
            file.write(piece)
            progress.wrote(piece.count("\n"), len(piece))


def _check_export(target: Path, known: tuple[str, ...]) -> None:
    """Raise RuleError where a file would take the place of one that is no export of the same kind."""
    refuse_database(target)
    if not target.is_file():
        return
    try:
        head = _head(target)
    except OSError:
        return  # what cannot be read is refused, or not, where it is written
    if head and not head.translate(_SAME).startswith(tuple(mark.translate(_SAME) for mark in known)):
        raise RuleError(f"{target} is no export of this kind and stays as it is", hint="name another file")


def _head(path: Path) -> str:
    with _opened(path) as file:
        try:
            return file.read(HEAD).decode("utf-8-sig", errors="replace")
        except (EOFError, gzip.BadGzipFile):
            return "\N{REPLACEMENT CHARACTER}"  # called packed, and is not


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix.lower() == PACKED else path.open("rb")  # type: ignore[return-value]


def _said(target: Path, draft: Path) -> str:
    """Return what became of a file: written, replaced, or replaced by one with fewer rows than it had."""
    if not target.exists() or not target.stat().st_size:
        return f"wrote {target}"
    try:
        had, has = _rows(target), _rows(draft, packed=target.suffix.lower() == PACKED)
    except (OSError, EOFError):
        return f"replaced {target}"
    fewer = f" ({has:,} row{'s' * (has != 1)}; it had {had:,})" if has < had else ""
    return f"replaced {target}{fewer}"


def _rows(path: Path, *, packed: bool | None = None) -> int:
    """Return how many rows an export has; none for a calendar or a ledger, which have no rows."""
    packed = path.suffix.lower() == PACKED if packed is None else packed
    with gzip.open(path) if packed else path.open("rb") as file:
        first = file.readline().removeprefix(b"\xef\xbb\xbf")
        if first.startswith((b"BEGIN:VCALENDAR", b"; salestrack")):
            return 0
        if first.startswith(b'{"schema"'):
            return sum(1 for _ in file) - 1
        if first.startswith(b"{"):
            return 1 + sum(1 for _ in file)
        count = quotes = 0
        for line in file:
            quotes += line.count(b'"')
            count += quotes % 2 == 0  # a line end between quotes is one of a cell
        return count


def has_bar(run: Context) -> bool:
    """Say whether somebody sits there who would see how far it is."""
    return sys.stderr.isatty() and not run.options.quiet


@contextmanager
def bar(run: Context, label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give what draws a bar on a terminal, None elsewhere."""
    drawn: AbstractContextManager[Callable[[int, int], None] | None] = nullcontext()
    if has_bar(run):
        from salestrack.render.progress import progress_bar

        drawn = progress_bar(sys.stderr, run.screen(), label)
    with drawn as told:
        yield told
