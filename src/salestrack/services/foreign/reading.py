"""Reading the files of a book: every file against the manifest, every row into the staging tables."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import IO, Any, NamedTuple

from salestrack.domain.currencies import CURRENCIES
from salestrack.errors import BookError, SalestrackError
from salestrack.importers.packed import UNREADABLE
from salestrack.services.exporting.sources import (
    FORMAT,
    LONGEST_MANIFEST,
    MANIFEST,
    PERSON,
    Source,
    opened_file,
)  # fmt: skip
from salestrack.store.export_book import TABLES
from salestrack.store.export_return import Returning
from salestrack.store.sqlite_file import SCHEMA_VERSION

TOGETHER = 1000
LONGEST_LINE = 64 << 20
_NEEDED = ("uid", "currency", "week_start", "fiscal_start", "working_days")

Told = Callable[[int, int], None]


class File(NamedTuple):
    """What the manifest says of a file."""

    table: str
    name: str
    rows: int
    last_id: int
    sha256: str


class Manifest(NamedTuple):
    """What an export holds: which book, in which shape, and its files; `sha256` is of the manifest itself."""

    uid: str
    currency: str
    schema_version: int
    files: tuple[File, ...]
    sha256: str

    @property
    def source(self) -> str:
        """Return the source that the records of this book have in another one."""
        return f"book:{self.uid}"

    @property
    def last_ids(self) -> dict[str, int]:
        """Return the last id that each table ever gave out."""
        return {file.table: file.last_id for file in self.files}


def read_manifest(source: Source) -> Manifest:
    """Return what the files of a book say of themselves; BookError where that cannot be understood, or is too new."""
    found, digest = _parsed(source)
    try:
        book = found["book"]
        manifest = Manifest(
            str(book["uid"]),
            str(book["currency"]),
            int(book["schema_version"]),
            tuple(_file(entry) for entry in found["files"]),
            digest,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BookError(f"{_in(source, MANIFEST)} is damaged: it does not say which book and files it is of") from error
    return _checked(source, manifest)


def _parsed(source: Source) -> tuple[dict[str, Any], str]:
    """Return the manifest of a whole book as it stands there, and its checksum; BookError for anything else."""
    source.check()
    if MANIFEST not in source.names:
        raise BookError(f"{source.path} holds files of a whole book, but no {MANIFEST}", hint=source.again)
    place = _in(source, MANIFEST)
    try:
        with source.open(MANIFEST) as file:
            raw = file.read(LONGEST_MANIFEST)
        found = json.loads(raw)
        schema = str(found["schema"])
    except OSError as error:
        raise BookError(f"cannot read {place}: {error.strerror or error}") from error
    except (*UNREADABLE, KeyError, TypeError, RecursionError) as error:
        raise BookError(f"{place} is damaged, or no manifest of an export", hint=source.again) from error
    if schema == PERSON:
        hint = "salestrack export all -o FOLDER writes what can be brought in again"
        raise BookError(f"{source.path} holds what was handed out of one customer, not a book", hint=hint)
    if schema != FORMAT:
        raise BookError(
            f"{source.path} is an export of another kind ({schema[:60]}), this program knows {FORMAT}", hint=_UPGRADE
        )
    return found, sha256(raw).hexdigest()


_UPGRADE = "upgrade salestrack; nothing was written"


def _file(entry: dict[str, Any]) -> File:
    return File(
        str(entry["table"]), str(entry["file"]), int(entry["rows"]), int(entry["last_id"]), str(entry["sha256"])
    )


def _in(source: Source, name: str) -> str:
    """Return how messages name a file of an export."""
    return str(source.path / name) if source.path.is_dir() else f"{name} in {source.path}"


def _checked(source: Source, manifest: Manifest) -> Manifest:
    if manifest.schema_version > SCHEMA_VERSION:
        raise BookError(
            f"{source.path} was written by a newer salestrack (schema {manifest.schema_version}, this one knows "
            f"{SCHEMA_VERSION})",
            hint=_UPGRADE,
        )
    named = [file.table for file in manifest.files]
    missing = [table for table in TABLES if table not in named]
    if len(set(named)) != len(named) or not set(named) <= set(TABLES):
        raise BookError(f"{_in(source, MANIFEST)} is damaged: it names tables twice, or such as no book has")
    if missing and manifest.schema_version == SCHEMA_VERSION:
        raise BookError(f"{_in(source, MANIFEST)} is damaged: it lacks {', '.join(missing[:3])}")
    for file in manifest.files:
        if file.name not in source.names:
            raise BookError(f"{source.path} lacks the file {file.name}", hint=source.again)
    return manifest


def stage(source: Source, manifest: Manifest, returning: Returning, told: Told | None) -> None:
    """Read all files into the staging tables; BookError names the file, and where one can, the line that is damaged."""
    total = sum(source.size(file.name) for file in manifest.files)
    done = 0
    for file in manifest.files:
        done = _File(source, file, manifest, returning).read(done, lambda at: told and told(at, total))
    _check_whole(manifest, returning)
    returning.settle()


class _File:
    """One file on its way into its table."""

    def __init__(self, source: Source, file: File, manifest: Manifest, returning: Returning) -> None:
        self._source = source
        self._file = file
        self._returning = returning
        self._known = returning.columns(file.table)
        self._exact = manifest.schema_version == SCHEMA_VERSION
        self._digest = sha256()
        self._columns: tuple[str, ...] = ()
        self._meant: list[tuple[int, Callable[[str], bool]]] = []
        self._seen: set[Any] = set()
        self._line = 0

    def read(self, done: int, told: Callable[[int], Any]) -> int:
        """Stage every row and return how many bytes were read by now."""
        try:
            with opened_file(self._source, self._file.name) as stream:
                while rows := list(islice(self._rows(stream), TOGETHER)):
                    self._add(rows)
                    told(done + stream.tell())
                size = stream.tell()
        except OSError as error:
            raise BookError(f"cannot read {self._file.name}: {error.strerror or error}") from error
        if self._digest.hexdigest() != self._file.sha256 or self._line != self._file.rows:
            raise BookError(
                f"{self._file.name} is not what was written: its checksum differs from the manifest's",
                hint=self._source.again,
            )
        return done + size

    def _rows(self, stream: IO[bytes]) -> Iterator[tuple[Any, ...]]:
        while line := self._next(stream):
            self._digest.update(line)
            self._line += 1
            yield self._row(line)

    def _next(self, stream: IO[bytes]) -> bytes:
        try:
            return stream.readline(LONGEST_LINE)
        except OSError:
            raise
        except UNREADABLE as error:
            raise BookError(f"{self._file.name} in {self._source.path} is damaged", hint=self._source.again) from error

    def _row(self, line: bytes) -> tuple[Any, ...]:
        try:
            row = json.loads(line, parse_float=_no_float, parse_constant=_no_float)
        except (ValueError, RecursionError) as error:
            raise self._damaged("cannot be read") from error
        if not isinstance(row, dict):
            raise self._damaged("is no row")
        if not self._columns:
            self._check_columns(tuple(row))
        if tuple(row) != self._columns:
            raise self._damaged("has other columns than the lines before it")
        values = tuple(row.values())
        if not all(value is None or type(value) in {str, int} for value in values):
            raise self._damaged("holds what is neither text nor a whole number")
        self._check_meaning(values)
        return values

    def _check_meaning(self, values: tuple[Any, ...]) -> None:
        """Refuse days that no calendar has, and currencies that nobody has: the tables would take them."""
        for place, known in self._meant:
            text = values[place]
            if text is not None and text not in self._seen and not known(str(text)):
                raise self._damaged(f"has '{str(text)[:20]}' as {self._columns[place]}")
            self._seen.add(text)

    def _check_columns(self, found: tuple[str, ...]) -> None:
        if not set(found) <= set(self._known) or (self._exact and set(found) != set(self._known)):
            raise self._damaged("has other columns than the table")
        self._columns = found
        self._meant = [(place, test) for place, name in enumerate(found) if (test := _test_of(name))]

    def _add(self, rows: list[tuple[Any, ...]]) -> None:
        try:
            self._returning.add(self._file.table, self._columns, rows)
        except BookError:
            raise
        except SalestrackError as error:
            last = self._line
            why = error.message.removeprefix("the book refused the change: ")
            raise BookError(
                f"{self._file.name} is damaged: lines {last - len(rows) + 1} to {last} hold what no book can ({why})"
            ) from error

    def _damaged(self, what: str) -> BookError:
        return BookError(
            f"{self._file.name} is damaged: line {self._line} {what}",
            hint=self._source.again,
        )


def _test_of(column: str) -> Callable[[str], bool] | None:
    """Return what says whether a text may stand in a column, for those whose names tell what they hold."""
    if column == "currency":
        return CURRENCIES.__contains__
    return _is_day if column.endswith(("_on", "on_date", "_until")) else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _no_float(text: str) -> Any:
    raise ValueError(text)


def _check_whole(manifest: Manifest, returning: Returning) -> None:
    """See that the files fit each other."""
    if orphan := returning.orphans():
        table, key, parent = orphan
        raise BookError(f"{table}.jsonl is damaged: the row with id {key} refers to one that {parent}.jsonl lacks")
    if unread := returning.no_json():
        raise BookError(
            f"{unread[0]}.jsonl is damaged: the custom fields of the row with id {unread[1]} cannot be read"
        )
    settings = returning.settings()
    if missing := [name for name in _NEEDED if name not in settings]:
        raise BookError(f"settings.jsonl is damaged: it lacks {', '.join(missing)}")
    if (settings["uid"], settings["currency"]) != (manifest.uid, manifest.currency):
        raise BookError(f"settings.jsonl and {MANIFEST} are of two different books")
    if manifest.currency not in CURRENCIES:
        raise BookError(f"settings.jsonl is damaged: {manifest.currency} is no currency")


__all__ = ["Manifest", "read_manifest", "stage"]
