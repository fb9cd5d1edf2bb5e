"""Whole books, and parts of them, among the files of an import: a book comes alone, and its tables are no tables to read.

Their amounts are whole minor units and their ids mean something in that book only: read as tables they would be wrong.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote

from salestrack.errors import BookError, UsageError
from salestrack.services.exporting.sources import MANIFEST, manifest_of, opened
from salestrack.services.foreign import is_book
from salestrack.store.export_book import TABLES

# What rows of a book's tables have that no export of a list has; their ids are numbers.
_MARKS = (
    {"key", "removed_on", "price"}, {"key", "merged_into"}, {"key", "customer_id"}, {"stage_id", "pipeline_id"},
    {"refund_of", "customer_id"}, {"logged_at", "customer_id"}, {"metric", "start_on", "end_on"},
    {"deal_id", "stage_id", "seq"}, {"position", "quantity", "book_amount"},
)  # fmt: skip
_LONGEST = 1 << 16
_ZIP = b"PK\x03\x04"


def refuse_parts(files: Sequence[str]) -> None:
    """Raise UsageError for a whole book among several files or inside a folder, and for a table of one named alone."""
    seen: set[Path] = set()
    for file in files:
        path = Path(file)
        whole = is_book(file)
        if whole and len(files) > 1:
            again = path.resolve() in seen
            seen.add(path.resolve())
            raise _alone(path, " and is named twice" if again or files.count(file) > 1 else "")
        if whole:
            continue
        if path.is_dir():
            _refuse_inside(path)
        elif path.is_file() and (folder := _book_of(path)):
            raise UsageError(f"{path.name} is part of a whole book", hint=f"salestrack import {folder}")


def refuse_stream(start: bytes) -> None:
    """Raise UsageError for an archive, or a table of a book, that comes from standard input: books come as files."""
    if start.startswith(_ZIP):
        raise UsageError(
            "standard input is an archive, which comes as a file", hint="save it, then: salestrack import FILE.zip"
        )
    if _is_row(start):
        raise UsageError(
            "standard input is part of a whole book, which comes as a file",
            hint="salestrack import FOLDER, or FILE.zip, that salestrack export all wrote",
        )


def _alone(path: Path, more: str = "") -> UsageError:
    return UsageError(f"{path} is a whole book{more}", hint=f"import it alone: salestrack import {quote(str(path))}")


def _refuse_inside(folder: Path) -> None:
    """Raise UsageError where a folder holds a whole book, packed or not, or tables of one beside other files."""
    there = list(_inside(folder))
    for path in there:
        if path.suffix.lower() == ".zip" and is_book(str(path)):
            raise UsageError(
                f"{folder} holds a whole book, {path.name}",
                hint=f"import it alone: salestrack import {quote(str(path))}",
            )
    for path in there:
        if path.is_file() and _is_table(path):
            raise UsageError(
                f"{path} is part of a whole book", hint="import the folder or zip file of the book by itself"
            )
    books = [path for path in there if path.is_dir() and is_book(str(path))]
    if books and all(path.is_dir() for path in there):  # unpacked one folder deeper
        raise UsageError(
            f"{folder} holds a whole book, {books[0].name}",
            hint=f"import it alone: salestrack import {quote(str(books[0]))}",
        )


def _inside(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError:  # whoever reads it says so
        return


def _book_of(path: Path) -> str | None:
    """Return what to import instead of a file that is part of a book; None where it is none."""
    if is_book(str(path.parent)):
        try:
            with opened(path.parent) as source:
                manifest = manifest_of(source)
        except BookError:
            manifest = None
        entries = manifest["files"] if isinstance(manifest, dict) else []
        known = {str(entry.get("file")) for entry in entries} | {f"{table}.jsonl" for table in TABLES}
        if path.name in known | {MANIFEST}:
            return quote(str(path.parent))
    return "FOLDER, all that salestrack export all wrote" if _is_table(path) else None


def _is_table(path: Path) -> bool:
    """Say whether a file is a table of a whole book, by its first row."""
    if path.suffix.lower() not in {".jsonl", ".json", ".ndjson"}:
        return False
    try:
        with path.open("rb") as file:
            return _is_row(file.readline(_LONGEST))
    except OSError:
        return False


def _is_row(start: bytes) -> bool:
    try:
        row = json.loads(start.partition(b"\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and type(row.get("id")) is int and any(marks <= row.keys() for marks in _MARKS)
