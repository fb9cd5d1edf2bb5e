"""Files that come packed: `.gz`, and the files in a `.zip`, which are called archive.zip/name.csv and may be `.gz` again."""

import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from salestrack.errors import SalestrackError
from salestrack.importers.spooling import spooled

BLOCK = 1 << 20
ZIP_START = b"PK"
LARGEST_GROWTH = 200
"""So many times its packed size may a file have: text packs to a tenth, what packs to less than this is a bomb."""
ALWAYS_ALLOWED = 64 << 20  # bytes; so small that it harms nothing, however well it is packed
UNREADABLE = (OSError, EOFError, ValueError, LookupError, RuntimeError, struct.error, zlib.error, zipfile.BadZipFile)
"""What opening or reading a damaged archive may raise; a version or method that is not known is a RuntimeError."""
TABLES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json")


class Member(NamedTuple):
    """A file in an archive."""

    archive: Path
    name: str

    @property
    def title(self) -> str:
        """How messages name it."""
        return f"{self.archive.name}/{self.name}"


def member_of(file: str) -> Member | None:
    """Return the member that a path like archive.zip/name.csv means, None for any other path."""
    path = Path(file)
    for parent in path.parents:
        if parent.suffix.lower() == ".zip" and parent.is_file():
            return Member(parent, path.relative_to(parent).as_posix())
    return None


def is_zip(file: str) -> bool:
    """Say whether a path is an archive of files."""
    return file.lower().endswith(".zip") and Path(file).is_file()


def is_gzip(file: str) -> bool:
    """Say whether a path is a packed file."""
    return file.lower().endswith(".gz") and Path(file).is_file()


def members(archive: Path) -> list[str]:
    """Return the names of the files in an archive, in its order, without folders and what systems leave in them."""
    return [name for name, _ in entries(archive)]


def entries(archive: Path) -> list[tuple[str, int]]:
    """Return the names of the files in an archive as `members` does, and how many bytes each takes there."""
    with opened_archive(archive) as packed:
        found = [(entry.filename, entry.compress_size) for entry in packed.infolist() if not entry.is_dir()]
    return [each for each in found if not each[0].startswith("__MACOSX/") and not Path(each[0]).name.startswith(".")]


def start_of(file: str, size: int) -> bytes:
    """Return the first bytes of a file that may be packed; none where it cannot be read."""
    try:
        if member := member_of(file):
            with (
                zipfile.ZipFile(member.archive) as packed,
                packed.open(member.name) as inside,
                _gunzipped(inside, member.name) as text,
            ):
                return text.read(size)
        with gzip.open(file) if is_gzip(file) else Path(file).open("rb") as plain:
            return plain.read(size)
    except UNREADABLE:
        return b""  # who unpacks it says why


@contextmanager
def unpacked(file: str) -> Iterator[IO[bytes]]:
    """Unpack a `.gz`, or a file in a `.zip`, to a nameless temporary file.

    SalestrackError for a damaged or encrypted one, and for one that unpacks to far more than text does.
    """
    member = member_of(file)
    if member is None:
        with gzip.open(file) as stream, _spooled(stream, Path(file).name, Path(file).stat().st_size) as raw:
            yield raw
        return
    with opened_archive(member.archive) as packed, unpacked_from(packed, member) as raw:
        yield raw


@contextmanager
def unpacked_from(packed: zipfile.ZipFile, member: Member) -> Iterator[IO[bytes]]:
    """Unpack a file of an opened archive as `unpacked` does."""
    try:
        entry = packed.getinfo(member.name)
    except KeyError:
        raise SalestrackError(f"there is no {member.name} in {member.archive.name}") from None
    if entry.flag_bits & 1:
        raise SalestrackError(f"{member.title} is encrypted", hint="unpack it, and name the file")
    try:
        inside = packed.open(entry)
    except UNREADABLE as error:
        raise _damaged(member.title, error) from error
    with (
        inside,
        _gunzipped(inside, member.name) as text,
        _spooled(text, member.title, entry.compress_size) as raw,
    ):
        yield raw


def _gunzipped(stream: IO[bytes], name: str) -> AbstractContextManager[IO[bytes]]:
    """Return a stream, or by its name as `.gz` what is packed in it."""
    if not name.lower().endswith(".gz"):
        return nullcontext(stream)
    return cast("AbstractContextManager[IO[bytes]]", gzip.GzipFile(fileobj=stream))


@contextmanager
def opened_archive(archive: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; SalestrackError for what is none."""
    try:
        packed = zipfile.ZipFile(archive)
    except UNREADABLE as error:
        text, hint = why_unread(archive, error)
        raise SalestrackError(text, hint=hint) from error
    with packed:
        yield packed


def why_unread(archive: Path, error: Exception) -> tuple[str, str | None]:
    """Return why an archive could not be opened and what to do about it: one that was cut still begins as archives do."""
    if reason := getattr(error, "strerror", None):
        return f"cannot read {archive}: {reason}", None
    if start_of(str(archive), len(ZIP_START)) == ZIP_START:
        return f"{archive.name} is damaged or not complete", "copy it once more, or export the book again"
    return f"cannot read {archive}: it is no zip file", None


@contextmanager
def _spooled(stream: Any, name: str, size: int) -> Iterator[IO[bytes]]:
    with spooled(_blocks(stream, name, max(ALWAYS_ALLOWED, size * LARGEST_GROWTH)), name) as raw:
        yield raw


def _blocks(stream: Any, name: str, most: int) -> Iterator[bytes]:
    written = 0
    try:
        while block := stream.read(BLOCK):
            written += len(block)
            if written > most:
                raise SalestrackError(
                    f"{name} unpacks to more than {LARGEST_GROWTH} times its size",
                    hint="if it is what it should be, unpack it and name the file",
                )
            yield block
    except UNREADABLE as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> SalestrackError:
    reason = " ".join(str(error).split())
    return SalestrackError(f"{name} is damaged, or packed in a way that is not known: {reason}")
