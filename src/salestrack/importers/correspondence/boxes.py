"""Several mailboxes as one: of a folder or an archive, one after the other, a damaged one named and passed over."""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from salestrack.domain.mails import FAULTS_OF_A_FILE, Damaged
from salestrack.errors import SalestrackError
from salestrack.importers.correspondence.gathering import Piece
from salestrack.importers.correspondence.mailboxes import Box, Part, Place, Progress, Raw, piece_of
from salestrack.importers.packed import member_of, opened_archive, unpacked, unpacked_from


class Opener:
    """Opens pieces; an archive stays open from one to the next, since its list of contents may be long."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._archives: dict[Path, ZipFile] = {}

    @contextmanager
    def opened(self, piece: Piece) -> Iterator[IO[bytes]]:
        """Open a file, unpacked where it is packed; SalestrackError where it cannot be."""
        member = member_of(piece.file)
        if member:
            if member.archive not in self._archives:
                self._archives[member.archive] = self._stack.enter_context(opened_archive(member.archive))
            with unpacked_from(self._archives[member.archive], member) as raw:
                yield raw
        elif piece.is_packed:
            with unpacked(piece.file) as raw:
                yield raw
        else:
            try:
                handle = Path(piece.file).open("rb")  # noqa: SIM115 - closed below, whose body these errors are not for
            except OSError as error:
                raise SalestrackError(f"{piece.title} cannot be read: {error.strerror or error}") from error
            with handle:
                yield handle


class Boxes:
    """The messages of several boxes; `text` reads again what `messages` told of, where `texts` are asked for.

    A single packed file, which is not one of `several`, is refused where it cannot be read.
    """

    def __init__(
        self, name: str, pieces: Sequence[Piece], opener: Opener, stack: ExitStack, *, texts: bool, several: bool
    ) -> None:
        self.name = name
        self.sha256: str | None = None
        self._several = several
        self._pieces = pieces
        self._opener = opener
        self._stack = stack
        self._texts = texts
        self._kept: dict[str, IO[bytes]] = {}
        self._messages = {piece.file: piece for piece in pieces if piece.kind == "message" and piece.is_packed}

    def messages(self, progress: Progress | None = None) -> Iterator[Raw | Damaged]:
        """Yield the messages of all boxes, each numbered in its own; a box that cannot be read as damaged."""
        for at, piece, told in each_of(self._pieces, progress):
            try:
                for raw in self._of(piece, told):
                    yield raw._replace(number=numbered(at, raw.number), file=piece.title if self._several else "")
            except SalestrackError as error:
                if not self._several:
                    raise
                yield broken(at, piece, error)

    def text(self, place: Place) -> bytes:
        """Return a message as bytes, the first megabyte of it."""
        if piece := self._messages.get(place.file):
            with self._opener.opened(piece) as handle:
                return piece_of(handle, place)
        if kept := self._kept.get(place.file):
            return piece_of(Part(kept), place)
        with Path(place.file).open("rb") as handle:
            return piece_of(handle, place)

    def _of(self, piece: Piece, progress: Progress | None) -> Iterator[Raw]:
        if piece.kind == "maildir":
            yield from Box(Path(piece.file), piece.title, kind="maildir").messages(progress)
            return
        with ExitStack() as inner:
            # Texts are read later, some hundred messages at a time: an unpacked box has to stay till then.
            keep = self._texts and piece.is_packed and piece.kind == "mbox"
            handle = (self._stack if keep else inner).enter_context(self._opener.opened(piece))
            if keep:
                self._kept[piece.file] = handle
            box = Box(Path(piece.file), piece.title, kind=piece.kind, handle=handle)
            for raw in box.messages(progress):
                yield raw._replace(flags=raw.flags or piece.flags)
            self.sha256 = None if self._several else box.sha256


def each_of(
    pieces: Sequence[Piece], progress: Progress | None
) -> Iterator[tuple[int, Piece, Callable[[int, int], None] | None]]:
    """Yield each piece with its place, and what to tell how far it is read; of all of them `progress` is told."""
    whole, before = sum(piece.size for piece in pieces), 0
    for at, piece in enumerate(pieces):
        if progress is None:
            yield at, piece, None
            continue

        def told(done: int, size: int, *, before: int = before, piece: Piece = piece) -> None:
            progress(before + done * piece.size // max(size, 1), whole)

        yield at, piece, told
        before += piece.size
        progress(before, whole)


def numbered(at: int, number: int) -> int:
    """Return the number of a message or event in the file at a place, such that no other file has the same."""
    return at * FAULTS_OF_A_FILE + number


def broken(at: int, piece: Piece, error: SalestrackError) -> Damaged:
    """Return what to say of a file that cannot be read at all; a full disk is not the file's fault, and is raised."""
    if isinstance(error.__cause__, OSError) and error.__cause__.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise error
    said = error.message
    for name in (
        piece.title,
        piece.file,
        f"{Path(piece.file).parent.name}/{Path(piece.file).name}",
        Path(piece.file).name,
    ):
        said = said.removeprefix(f"{name} ")
    return Damaged(numbered(at, 0), "", said, piece.title)
