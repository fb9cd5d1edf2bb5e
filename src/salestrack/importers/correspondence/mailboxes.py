"""Mailboxes: one file of many messages (mbox), a folder of one file each (Maildir), or a single saved message.

Heads are read one by one and texts only where they are asked for, so a box of any size takes no more memory.
"""

import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, NamedTuple

from salestrack.errors import SalestrackError

BLOCK = 1 << 20
LONGEST_HEAD = 1 << 18
LONGEST_TEXT = 1 << 20
_KEPT = 4096  # bytes of a block that are looked at again with the next one
# A line that begins a message: at its end a time and a year or, after a blank line, a single word; a header follows.
_DATED = re.compile(rb"From [^\r\n]{0,400}\d\d:\d\d[^\r\n]{0,100}\r?\n(?=>?From |[!-9;-~]{1,100}[ \t]*:|\r?\n)")
_PLAIN = re.compile(rb"(?<=\n)\r?\nFrom [^\s]{0,400}[ \t]*\r?\n(?=>?From |[!-9;-~]{1,100}[ \t]*:)")
# One that says who, which weekday, month, day, time and year is one after a blank line, whatever follows: damage too.
_WHOLE = re.compile(
    rb"(?<=\n)\r?\nFrom [^\r\n]{0,400}[ \t](?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} \d\d:\d\d(?::\d\d)?"
    rb"(?: [A-Z]{1,5}| [+-]\d{4})? \d{4}(?: [A-Z]{1,5}| [+-]\d{4})?[ \t]*\r?\n"
)
_FIRST = re.compile(rb"From [^\r\n]{0,500}\r?\n")
# What tells a box from a table with a column "From ...".
_BOX = re.compile(
    rb"From (?:[^\r\n]{0,400}\d\d:\d\d[^\r\n]{0,100}\r?\n|[^\s,;]{0,400}[ \t]*\r?\n[!-9;-~]{1,100}[ \t]*:)"
)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\A\r?\n")
FOLDERS = ("cur", "new")
MAILDIR_TEMPORARY = "tmp"
ASIDE = {
    **dict.fromkeys(
        ("trash", "deleted messages", "deleted items", "papierkorb", "gelöscht", "gelöschte elemente", "corbeille",
         "éléments supprimés", "papelera", "elementos eliminados", "cestino", "posta eliminata", "prullenbak", "lixeira"),
        "in the trash",
    ),
    **dict.fromkeys(
        ("spam", "junk", "junk e-mail", "bulk mail", "indésirables", "courrier indésirable", "correo no deseado",
         "posta indesiderata", "ongewenste e-mail", "lixo eletrônico"),
        "spam",
    ),
    **dict.fromkeys(
        ("drafts", "draft", "templates", "unsent messages", "entwürfe", "vorlagen", "brouillons", "borradores", "bozze",
         "concepten", "rascunhos"),
        "drafts",
    ),
}  # fmt: skip
"""Folders and labels of mail that nobody sent or kept, by their usual names in some languages."""

Progress = Callable[[int, int], None]


class Place(NamedTuple):
    """Where a message stands: its file, and from where to where in it."""

    file: str
    start: int
    end: int


class Raw(NamedTuple):
    """A message as it stands in its box: its number there, its head, its place, and the flags that its name carries.

    `file` names its box where several are read together.
    """

    number: int
    head: bytes
    place: Place
    flags: str = ""
    file: str = ""


class Part(io.RawIOBase):
    """A place of its own in a file that others read too, such as an unpacked one without a name."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self._at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place; `whence` as in files."""
        self._at = self._handle.seek(offset, whence) if whence == io.SEEK_END else offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Read on from there."""
        self._handle.seek(self._at)
        data = self._handle.read(size)
        self._at += len(data)
        return data


class Box:
    """An opened mailbox: its name, its messages, and once they are read the hash of its file.

    With a `handle` it is read from there, and not from its path.
    """

    def __init__(self, path: Path, name: str, *, kind: str, handle: IO[bytes] | None = None) -> None:
        self.name = name
        self._path = path
        self._kind = kind
        self._handle = handle
        self.sha256: str | None = None

    def messages(self, progress: Progress | None = None) -> Iterator[Raw]:
        """Yield the messages in the order of the box; SalestrackError when it cannot be read."""
        try:
            yield from (self._in_folder if self._kind == "maildir" else self._in_file)(progress)
        except OSError as error:
            raise SalestrackError(f"cannot read {self.name}: {error.strerror or error}") from error

    def text(self, place: Place) -> bytes:
        """Return a message as bytes, the first megabyte of it."""
        if self._handle:
            return piece_of(Part(self._handle), place)
        with Path(place.file).open("rb") as handle:
            return piece_of(handle, place)

    def _in_file(self, progress: Progress | None) -> Iterator[Raw]:
        file = str(self._path)
        with self._opened() as scanned, self._opened() as read:
            size = read.seek(0, io.SEEK_END)
            begin, number = 0, 0
            for start, end in self._starts(scanned):
                if start > 0:  # the first message begins with the file; what stands before a later one is one too
                    number += 1
                    yield _raw(number, read, Place(file, begin, start))
                begin = end
                if progress:
                    progress(min(start, size), size)
            if size > begin:
                yield _raw(number + 1, read, Place(file, begin, size))
            if progress:
                progress(size, size)

    def _opened(self) -> IO[bytes] | Part:
        return Part(self._handle) if self._handle else self._path.open("rb")

    def _starts(self, handle: IO[bytes] | Part) -> Iterator[tuple[int, int]]:
        """Yield where the lines that begin messages begin and end; a single message has none."""
        digest, window, offset, seen = sha256(), b"", 0, -1
        block = handle.read(BLOCK)
        while block:
            following = handle.read(BLOCK)
            digest.update(block)
            window += block
            for start, end in _lines(window, first=offset == 0) if self._kind == "mbox" else ():
                # What stands at the edge may go on in the next block, with which it is looked at again.
                if offset + start > seen and (not following or end < len(window) - _KEPT):
                    seen = offset + start
                    yield offset + start, offset + end
            cut = max(0, len(window) - 2 * _KEPT)
            offset, window, block = offset + cut, window[cut:], following
        self.sha256 = digest.hexdigest()

    def _in_folder(self, progress: Progress | None) -> Iterator[Raw]:
        files = sorted(_files(self._path))
        for number, file in enumerate(files, 1):
            if progress:
                progress(number * BLOCK, len(files) * BLOCK)  # of files, not of bytes
            size = file.stat().st_size
            with file.open("rb") as handle:
                yield _raw(number, handle, Place(str(file), 0, size))._replace(flags=flags_of(file.name))


def flags_of(name: str) -> str:
    """Return the flags that the name of a file in a Maildir carries; zip programs write what stands before them anew."""
    found = re.search(r"[:;!_-]2,([A-Za-z]*)$", name)
    return found.group(1) if found else ""


def begins_mailbox(start: bytes) -> bool:
    """Say whether these are the first bytes of a mailbox."""
    return bool(_BOX.match(start))


def piece_of(handle: IO[bytes] | Part, place: Place) -> bytes:
    """Return a message as bytes, the first megabyte of it."""
    handle.seek(place.start)
    return handle.read(min(place.end - place.start, LONGEST_TEXT))


def mail_kind(file: str) -> str | None:
    """Return mbox, maildir or message for what looks like one, None for everything else."""
    path = Path(file)
    if path.is_dir():
        if any((path / folder).is_dir() for folder in FOLDERS):
            return "maildir"
        return "mbox" if (path / "mbox").is_file() else None  # Apple Mail exports a folder with the file in it
    ending = path.suffix.lower()
    if ending in {".mbox", ".mbx"}:
        return "mbox"
    if ending == ".eml":
        return "message"
    try:
        with path.open("rb") as handle:
            start = handle.read(_KEPT)
    except OSError:
        return None  # who reads it says why
    return "mbox" if begins_mailbox(start) else None


@contextmanager
def open_box(file: str, stdin: IO[bytes]) -> Iterator[Box]:
    """Open a mailbox; standard input for `-` is copied to a temporary file first. SalestrackError when there is none."""
    if file == "-":
        with tempfile.TemporaryDirectory(prefix="salestrack-") as folder:
            path = Path(folder) / "box"
            with path.open("wb") as handle:
                shutil.copyfileobj(stdin, handle, BLOCK)
            yield Box(path, "standard input", kind="mbox")
        return
    path = Path(file)
    if not path.exists():
        raise SalestrackError(f"there is no file {file}")
    kind = mail_kind(file)
    if path.is_dir() and kind is None:
        raise SalestrackError(f"{file} is a folder without mail", hint="a Maildir has the folders cur and new")
    inner = path / "mbox" if path.is_dir() and kind == "mbox" else path
    yield Box(inner, path.name or str(path), kind=kind or "mbox")


def _lines(window: bytes, *, first: bool) -> Iterator[tuple[int, int]]:
    """Yield where lines that begin messages begin and end in a piece of a box; `first` of all if it is the first."""
    if first and (found := _FIRST.match(window)):
        yield found.span()
    place = window.find(b"\nFrom ")
    while place >= 0:
        if found := _DATED.match(window, place + 1):
            yield found.span()
        else:
            before = place - 1 if window[place - 1 : place] == b"\r" else place
            if found := _PLAIN.match(window, before) or _WHOLE.match(window, before):
                yield place + 1, found.end()
        place = window.find(b"\nFrom ", place + 1)


def _raw(number: int, handle: IO[bytes] | Part, place: Place) -> Raw:
    handle.seek(place.start)
    start = handle.read(min(place.end - place.start, LONGEST_HEAD))
    found = _END_OF_HEAD.search(start)
    return Raw(number, start[: found.end()] if found else start, place)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the message files of a Maildir and of the folders in it, without trash, junk and drafts."""
    for part in FOLDERS:
        if (folder / part).is_dir():
            yield from (file for file in (folder / part).iterdir() if file.is_file() and file.name[0] != ".")
    for inner in folder.iterdir():
        if inner.is_dir() and inner.name not in {*FOLDERS, MAILDIR_TEMPORARY} and (inner / "cur").is_dir():
            name = re.split(r"[./]", inner.name)[-1]
            if name.casefold() not in ASIDE:
                yield from _files(inner)
