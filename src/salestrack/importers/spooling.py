"""Bytes that can be read only once, in a nameless temporary file: it vanishes with the program, whatever happens."""

import errno
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from salestrack.errors import NoRoomError, SalestrackError

BLOCK = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def spooled(blocks: Iterable[bytes], name: str) -> Iterator[IO[bytes]]:
    """Copy blocks to a temporary file and give it from its start; NoRoomError where they find no room.

    What reading the blocks raises goes through; `name` is what messages call them.
    """
    with _temporary(name) as raw:
        _fill(raw, blocks, name)
        yield raw


def blocks_of(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield what a stream holds; SalestrackError where it cannot be read."""
    try:
        while block := stream.read(BLOCK):
            yield block
    except OSError as error:
        raise SalestrackError(f"cannot read {name}: {error.strerror or error}") from error


def _temporary(name: str) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:  # no folder takes it
        raise SalestrackError(f"cannot read {name}: {error.strerror or error}") from error


def _fill(raw: IO[bytes], blocks: Iterable[bytes], name: str) -> None:
    for block in blocks:
        try:
            raw.write(block)
            raw.flush()
        except OSError as error:
            with suppress(OSError):  # what is still buffered finds no room either
                raw.close()
            if error.errno in _FULL:
                raise NoRoomError(tempfile.gettempdir()) from error
            raise SalestrackError(f"cannot read {name}: {error.strerror or error}") from error
    raw.seek(0)
