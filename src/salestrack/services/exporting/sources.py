"""The files of an export where they lie: in a folder, or in a zip file that need not be unpacked."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from salestrack.errors import BookError
from salestrack.importers.packed import ALWAYS_ALLOWED, LARGEST_GROWTH, UNREADABLE, why_unread

MANIFEST = "manifest.json"
FORMAT = "salestrack/book@1"
PERSON = "salestrack/customer@1"
"""What the manifest of one customer's data begins with: it is for reading, and not to be imported."""
LONGEST_MANIFEST = 16 << 20


class Source(Protocol):
    """Where the files of an export lie."""

    path: Path

    @property
    def names(self) -> frozenset[str]:
        """The names of its files."""

    @property
    def again(self) -> str:
        """What to do where it was damaged on its way."""

    def check(self) -> None:
        """Raise BookError where no good program would have packed it so."""

    def size(self, name: str) -> int:
        """Return how many bytes a file has, unpacked."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file; OSError, or another of UNREADABLE, where that cannot be."""


class Folder:
    """The files of an export in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names = frozenset(each.name for each in path.iterdir() if each.is_file())
        self.again = "copy the whole folder once more, or export the book again"

    def check(self) -> None:
        """Find nothing: a folder is what it is."""

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        return (self.path / name).stat().st_size

    def open(self, name: str) -> IO[bytes]:
        """Open a file."""
        return (self.path / name).open("rb")


class Archive:
    """The files of an export in a zip file, at its top or in a folder of it; they are never unpacked to a place."""

    def __init__(self, path: Path, packed: zipfile.ZipFile) -> None:
        self.path = path
        self.again = f"copy {path.name} once more, or export the book again"
        self._packed = packed
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._faults: list[BookError] = []
        for entry in packed.infolist():
            self._take(entry)
        top = self._top()
        self._entries = {name.removeprefix(top): entry for name, entry in self._entries.items() if name.startswith(top)}
        self.names = frozenset(name for name in self._entries if "/" not in name)

    def check(self) -> None:
        """Raise BookError where it names places outside of itself, a file twice, or unpacks to far more than text does."""
        if self._faults:
            raise self._faults[0]

    def _take(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename.replace("\\", "/")
        parts = name.split("/")
        if ".." in parts or not parts[0] or ":" in parts[0]:
            self._fault(f"{self.path} names a file outside of itself: {_shown(name)}")
            return
        if entry.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith("."):
            return
        if name in self._entries:
            self._fault(f"{self.path} holds {_shown(name)} twice")
        if entry.flag_bits & 1:
            self._fault(f"{self.path} is encrypted", hint="unpack it and import the folder")
        if entry.file_size > max(ALWAYS_ALLOWED, entry.compress_size * LARGEST_GROWTH):
            self._fault(
                f"{_shown(name)} in {self.path} unpacks to more than {LARGEST_GROWTH} times its size",
                hint="if it is what it should be, unpack it and import the folder",
            )
        self._entries[name] = entry

    def _fault(self, text: str, *, hint: str = "nothing was read of it") -> None:
        self._faults.append(BookError(text, hint=hint))

    def _top(self) -> str:
        """Return the folder in the archive that the files are in, with its slash; nothing where they are at the top."""
        tops = sorted(name.removesuffix(MANIFEST) for name in self._entries if name.rpartition("/")[2] == MANIFEST)
        if len(tops) > 1:
            self._fault(f"{self.path} holds several exports", hint="unpack it and import one of the folders")
        if tops:
            return tops[0]
        folders = {name.rpartition("/")[0] for name in self._entries}
        return f"{folders.pop()}/".removeprefix("/") if len(folders) == 1 else ""

    def size(self, name: str) -> int:
        """Return how many bytes a file has, unpacked."""
        return self._entries[name].file_size

    def open(self, name: str) -> IO[bytes]:
        """Open a file."""
        return io.BufferedReader(self._packed.open(self._entries[name]))  # type: ignore[type-var] # reads as a raw one


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Give the files of an export in a folder or a zip file; BookError where there is neither."""
    if path.is_dir():
        try:
            folder = Folder(path)
        except OSError as error:
            raise BookError(f"cannot read {path}: {error.strerror}") from error
        yield folder
        return
    try:
        packed = zipfile.ZipFile(path)
    except UNREADABLE as error:
        text, hint = why_unread(path, error)
        raise BookError(text, hint=hint) from error
    with packed:
        yield Archive(path, packed)


def opened_file(source: Source, name: str) -> IO[bytes]:
    """Open a file of an export; BookError where the archive that it is in is damaged, OSError as for any file."""
    try:
        return source.open(name)
    except OSError:
        raise
    except UNREADABLE as error:
        raise BookError(
            f"{name} in {source.path} is damaged, or packed in a way that is not known", hint=source.again
        ) from error


def manifest_of(source: Source) -> Mapping[str, Any] | None:
    """Return the manifest of an export, None for what is none."""
    try:
        if MANIFEST not in source.names or source.size(MANIFEST) > LONGEST_MANIFEST:
            return None
        with source.open(MANIFEST) as file:
            found = json.loads(file.read(LONGEST_MANIFEST).decode())
    except (*UNREADABLE, RecursionError):
        return None
    ours = isinstance(found, dict) and str(found.get("schema", "")).partition("@")[0] in {
        FORMAT.partition("@")[0], PERSON.partition("@")[0],
    }  # fmt: skip
    entries = found.get("files") if ours else None
    return found if isinstance(entries, list) and all(isinstance(one, dict) for one in entries) else None


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:60])
