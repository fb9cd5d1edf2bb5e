"""A whole book as files: one JSON Lines file a table, and a manifest that says what must be in them."""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from salestrack import __version__
from salestrack.services.exporting.places import Place, Whose, replacing
from salestrack.services.exporting.progress import Progress, Told
from salestrack.services.exporting.sources import FORMAT, MANIFEST
from salestrack.services.exporting.still import still
from salestrack.store import Store
from salestrack.store.export_book import TABLES, BookRows, Table
from salestrack.store.sqlite_file import SCHEMA_VERSION

TOP = "salestrack-book"
"""The folder that the files of a book are in within a zip file."""
TOGETHER = 1000


class Written(NamedTuple):
    """What was written: where, how many rows stand in how many files, and whom they are about where that is one."""

    target: Path
    rows: int
    files: int
    about: str = ""

    @property
    def text(self) -> str:
        """Return it as a remark."""
        rows, files = (
            f"{number:,} {noun}{'s' * (number != 1)}" for number, noun in ((self.rows, "row"), (self.files, "file"))
        )
        return f"wrote {self.target}: {self.about}{rows} in {files}"


def export_book(store: Store, target: Path, told: Told | None = None) -> Written:
    """Write the whole book to a folder, or to a zip file where the name ends so; whole or not at all.

    The same book gives the same bytes. Raises RuleError where there is anything but nothing or an earlier export.
    """
    with replacing(target, top=TOP, whose=Whose(store.settings.book.uid)) as place:
        with still(store) as book, BookRows(book.engine).standing_still():
            reading = BookRows(book.engine)
            tables = [reading.table(name) for name in TABLES]
            progress = Progress(sum(table.rows for table in tables), told)
            files = [_write(place, table, reading, progress) for table in tables]
            manifest = {"schema": FORMAT, "program": __version__, "book": _book(book), "files": files}
        write_text(place, MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return Written(target, sum(file["rows"] for file in files), len(files) + 1)


def _book(store: Store) -> dict[str, Any]:
    values = store.settings.kept()
    return {"uid": values["uid"], "currency": values["currency"], "schema_version": SCHEMA_VERSION}


def _write(place: Place, table: Table, reading: BookRows, progress: Progress) -> dict[str, Any]:
    """Write the file of one table and return its entry in the manifest."""
    digest, count = sha256(), 0
    name = f"{table.name}.jsonl"
    with place.file(name) as file:
        for lines in _lines(table.columns, reading.rows(table)):
            piece = "".join(lines).encode()
            file.write(piece)
            digest.update(piece)
            count += len(lines)
            progress.wrote(len(lines), len(piece))
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


def write_text(place: Place, name: str, text: str) -> None:
    """Write a small file."""
    with place.file(name) as file:
        file.write(text.encode())
