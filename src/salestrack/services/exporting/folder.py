"""A whole book as a folder: one JSON Lines file a table, and a manifest that says what must be in them."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from salestrack import __version__
from salestrack.errors import RuleError, SalestrackError
from salestrack.services.exporting.progress import Progress, Told
from salestrack.services.exporting.still import still
from salestrack.store import Store
from salestrack.store.export_book import TABLES, BookRows, Table
from salestrack.store.sqlite import SCHEMA_VERSION

MANIFEST = "manifest.json"
FORMAT = "salestrack/book@1"
PERSON = "salestrack/customer@1"
"""What the manifest of one customer's data begins with: it is for reading, and not to be imported."""
TOGETHER = 1000


class Written(NamedTuple):
    """What was written: the folder, and how many rows stand in how many files."""

    folder: Path
    rows: int
    files: int


def export_book(store: Store, folder: Path, told: Told | None = None) -> Written:
    """Write the whole book to a folder that is empty, not there yet, or an earlier export; whole or not at all.

    The same book gives the same bytes. Raises RuleError where the folder holds anything else.
    """
    with replacing(folder) as draft:
        with still(store) as book, BookRows(book.engine).standing_still():
            reading = BookRows(book.engine)
            tables = [reading.table(name) for name in TABLES]
            progress = Progress(sum(table.rows for table in tables), told)
            files = [_write(draft, table, reading, progress) for table in tables]
            manifest = {"schema": FORMAT, "program": __version__, "book": _book(book), "files": files}
        write_text(draft / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return Written(folder, sum(file["rows"] for file in files), len(files) + 1)


def _book(store: Store) -> dict[str, Any]:
    values = store.settings.kept()
    return {"uid": values["uid"], "currency": values["currency"], "schema_version": SCHEMA_VERSION}


def _write(draft: Path, table: Table, reading: BookRows, progress: Progress) -> dict[str, Any]:
    """Write the file of one table and return its entry in the manifest."""
    digest, count = sha256(), 0
    name = f"{table.name}.jsonl"
    with (draft / name).open("wb") as file:
        for lines in _lines(table.columns, reading.rows(table)):
            piece = "".join(lines).encode()
            file.write(piece)
            digest.update(piece)
            count += len(lines)
            progress.wrote(len(lines), len(piece))
        _settle(file.fileno(), file.flush)
    return {"table": table.name, "file": name, "rows": count, "last_id": table.last_id, "sha256": digest.hexdigest()}


def _lines(columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> Iterator[list[str]]:
    """Yield the lines of a file some at a time; a text that JSON would let through raw and an editor break is escaped."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
    lines: list[str] = []
    for row in rows:
        line = encode(dict(zip(columns, row, strict=True)))
        if not line.isprintable():
            line = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)
        lines.append(line + "\n")
        if len(lines) == TOGETHER:
            yield lines
            lines = []
    yield lines


def write_text(path: Path, text: str) -> None:
    """Write a small file and see it to the disk."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        _settle(file.fileno(), file.flush)


def _settle(number: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(number)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of another at the end of the block, or vanishes on any error.

    Raises RuleError where that place is taken by anything but an earlier export, SalestrackError when it cannot be
    written.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - a link stays what it names
    old = _check_free(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".new", dir=folder.parent))
    except OSError as error:
        raise SalestrackError(f"cannot write {folder}: {error.strerror}") from error
    try:
        yield draft
        _swap(draft, folder, old=old)
    except OSError as error:
        raise SalestrackError(f"cannot write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _swap(draft: Path, folder: Path, *, old: bool) -> None:
    """Put the draft in place; should that fail, the earlier export is back where it was."""
    draft.chmod(0o700)
    if not old:
        with suppress(FileNotFoundError):
            folder.rmdir()  # empty, as was seen before
        draft.rename(folder)
        return
    aside = draft.with_suffix(".old")
    folder.rename(aside)
    try:
        draft.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _check_free(folder: Path) -> bool:
    """Say whether an earlier export is there; RuleError where anything else is."""
    if not os.path.lexists(folder):
        return False
    if not folder.is_dir():
        raise RuleError(f"{folder} is a file and stays as it is", hint="name a folder: -o FOLDER")
    there = {path.name for path in folder.iterdir()}
    if not there:
        return False
    manifest = manifest_of(folder)
    known = {str(entry.get("file")) for entry in manifest.get("files", ())} | {MANIFEST} if manifest else set()
    if strange := sorted(there - known):
        raise RuleError(
            f"{folder} holds what is no export and stays as it is: {', '.join(strange[:3])}",
            hint="name another folder, or an empty one",
        )
    return True


def manifest_of(folder: Path) -> Mapping[str, Any] | None:
    """Return the manifest of an export, None for a folder that is none."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(found, dict) and str(found.get("schema", "")).partition("@")[0] in {
        FORMAT.partition("@")[0], PERSON.partition("@")[0],
    }  # fmt: skip
    entries = found.get("files") if ours else None
    return found if isinstance(entries, list) and all(isinstance(one, dict) for one in entries) else None
