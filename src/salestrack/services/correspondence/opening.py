"""What is read of mail and calendars: one file, standard input, or all that lies in a folder or an archive."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from salestrack.domain.mails import Damaged, Event, LeftOut
from salestrack.errors import SalestrackError
from salestrack.importers.correspondence.boxes import Boxes, Opener, broken, each_of, numbered
from salestrack.importers.correspondence.calendars import Calendar, Reader
from salestrack.importers.correspondence.gathering import Piece
from salestrack.importers.correspondence.mailboxes import BLOCK, Box, Place, open_box
from salestrack.importers.correspondence.messages import read_body, read_message
from salestrack.importers.spooling import blocks_of, spooled
from salestrack.services.correspondence.asked import Asked
from salestrack.services.correspondence.recognising import Found
from salestrack.store.engine import Row

Progress = Callable[[int, int], None]
Told = Event | Damaged | LeftOut


class Opened(Protocol):
    """Mail or calendars that are about to be read; `series` and `notes` are whole once everything is told."""

    name: str
    series: set[str]
    notes: list[str]

    def told(self, progress: Progress | None) -> Iterator[Told]:
        """Yield everything that is there."""

    def text(self, event: Event) -> str | None:
        """Return the text of a mail."""

    def row(self) -> Row:
        """Return what the record of the import says of the file."""


def opened(asked: Asked, found: Found, stdin: IO[bytes], now: datetime) -> AbstractContextManager[Opened]:
    """Open what was found; SalestrackError where it cannot be."""
    return _mail(asked, found, stdin, now) if asked.kind == "mail" else _calendars(asked, found, stdin, now)


class _Mail:
    def __init__(self, asked: Asked, box: Box | Boxes, now: datetime) -> None:
        self.name = box.name
        self.series: set[str] = set()
        self.notes: list[str] = []
        self._mine, self._box, self._now = asked.mine, box, now

    def told(self, progress: Progress | None) -> Iterator[Told]:
        for raw in self._box.messages(progress):
            told = raw if isinstance(raw, Damaged) else read_message(raw, self._mine, self._now)
            yield told._replace(file=raw.file) if isinstance(told, Damaged) else told

    def text(self, event: Event) -> str | None:
        return read_body(self._box.text(Place(*event.place))) if event.place else None

    def row(self) -> Row:
        return {"file": self.name, "sha256": self._box.sha256}


class _Calendars:
    def __init__(self, asked: Asked, name: str, now: datetime) -> None:
        self.name = name
        self.series: set[str] = set()
        self.notes: list[str] = []
        self._asked, self._now = asked, now
        self._sha256: str | None = None

    def one(self, raw: IO[bytes], progress: Progress | None) -> Iterator[Told]:
        """Yield what is in one calendar."""
        digest, size = sha256(), 0
        while block := raw.read(BLOCK):
            size += len(block)
            digest.update(block)
        raw.seek(0)
        self._sha256 = digest.hexdigest()
        asked = self._asked
        since, until = asked.window
        strict = asked.since is not None or asked.until is not None
        calendar = Calendar(raw, size, since, until, now=self._now, mine=asked.mine, bodies=asked.bodies, strict=strict)
        reader = Reader(calendar)
        yield from reader.events(progress)
        self.series |= reader.series
        self.notes += [note for note in reader.notes if note not in self.notes]

    def text(self, event: Event) -> str | None:
        return None

    def row(self) -> Row:
        return {"file": self.name, "sha256": self._sha256}


class _OneCalendar(_Calendars):
    def __init__(self, asked: Asked, raw: IO[bytes], name: str, now: datetime) -> None:
        super().__init__(asked, name, now)
        self._raw = raw

    def told(self, progress: Progress | None) -> Iterator[Told]:
        yield from self.one(self._raw, progress)


class _SeveralCalendars(_Calendars):
    def __init__(self, asked: Asked, found: Found, opener: Opener, now: datetime) -> None:
        super().__init__(asked, _name(asked.file), now)
        self._found, self._opener = found, opener

    def told(self, progress: Progress | None) -> Iterator[Told]:
        for at, piece, far in each_of(self._found.pieces, progress):
            try:
                with self._opener.opened(piece) as raw:
                    for told in self.one(raw, far):
                        yield _of_file(told, at, piece) if self._found.several else told
            except SalestrackError as error:
                if not self._found.several:
                    raise
                yield broken(at, piece, error)

    def row(self) -> Row:
        return {"file": self.name, "sha256": None if self._found.several else self._sha256}


@contextmanager
def _mail(asked: Asked, found: Found, stdin: IO[bytes], now: datetime) -> Iterator[Opened]:
    if not found.pieces:
        with open_box(asked.file, stdin) as box:
            yield _Mail(asked, box, now)
        return
    with ExitStack() as stack:
        boxes = Boxes(_name(asked.file), found.pieces, Opener(stack), stack, texts=asked.bodies, several=found.several)
        yield _Mail(asked, boxes, now)


@contextmanager
def _calendars(asked: Asked, found: Found, stdin: IO[bytes], now: datetime) -> Iterator[Opened]:
    if not found.pieces:
        with _file(asked.file, stdin) as (raw, name):
            yield _OneCalendar(asked, raw, name, now)
        return
    with ExitStack() as stack:
        yield _SeveralCalendars(asked, found, Opener(stack), now)


@contextmanager
def _file(file: str, stdin: IO[bytes]) -> Iterator[tuple[IO[bytes], str]]:
    """Open a calendar; standard input for `-` is copied to a nameless temporary file first."""
    if file == "-":
        with spooled(blocks_of(stdin, "standard input"), "standard input") as raw:
            yield raw, "standard input"
        return
    try:
        handle = Path(file).open("rb")  # noqa: SIM115 - closed by the with below, whose body these errors are not for
    except FileNotFoundError:
        raise SalestrackError(f"there is no file {file}") from None
    except (OSError, ValueError) as error:
        raise SalestrackError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from error
    with handle:
        yield handle, Path(file).name


def _of_file(told: Told, at: int, piece: Piece) -> Told:
    if isinstance(told, LeftOut):
        return told
    placed = told._replace(number=numbered(at, told.number))
    return placed._replace(file=piece.title) if isinstance(placed, Damaged) else placed


def _name(file: str) -> str:
    path = Path(file)
    return path.name or str(path.resolve().name)
