"""Drafts beside the place where they will stand: whose they are, and taking away those that nobody writes to any more."""

import os
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # pragma: no cover # Windows: then what a killed export left behind stays
    fcntl = None  # type: ignore[assignment]

NEW, OLD = ".new", ".old"
_WAIT = 5.0
"""Seconds to wait for another export that just takes its place; then the file system decides."""


@contextmanager
def drafted(target: Path, *, folder: bool) -> Iterator[Path]:
    """Give a new folder or file beside a target that is known as in use until the block ends, and is gone then.

    What killed exports left there before is taken away first, but for earlier exports.
    """
    clear(target, NEW)
    while True:
        draft, number = _made(target, folder=folder)
        if _lock(number) and draft.exists():  # else somebody took it for a leftover in between
            break
        os.close(number)
        _remove(draft)
    try:
        yield draft
    finally:
        _remove(draft)
        os.close(number)


def _made(target: Path, *, folder: bool) -> tuple[Path, int]:
    if not folder:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=NEW, dir=target.parent)
        return Path(name), number
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=NEW, dir=target.parent))
    return draft, os.open(draft if fcntl else os.devnull, os.O_RDONLY)


def clear(target: Path, ending: str) -> None:
    """Take away what exports to the same target left beside it that were killed; what one still writes to stays."""
    if fcntl is None:
        return
    ours = re.compile(rf"\.{re.escape(target.name)}\.[a-z0-9_]{{8}}{re.escape(ending)}")
    with suppress(OSError):
        for path in [each for each in target.parent.iterdir() if ours.fullmatch(each.name) and not each.is_symlink()]:
            with suppress(OSError):
                _clear(path)


def _clear(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        if _lock(number):
            _remove(path)
    finally:
        os.close(number)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _lock(number: int) -> bool:
    """Lock an open file or folder until it is closed, and say whether nobody else has; where locks are unknown, nobody."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let only one export at a time take its place in a folder; others wait."""
    if fcntl is None:
        yield
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + _WAIT
        while not _lock(number) and time.monotonic() < until:
            time.sleep(0.02)
        yield
    finally:
        os.close(number)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold signals that would end the program until the block is done.

    An interruption is let go then: what it would have stopped is done, and the answer says so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    ending = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    usual: dict[Any, Any] = {one: signal.signal(one, lambda number, _: came.append(number)) for one in ending}
    try:
        yield
    finally:
        for one, handler in usual.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)
        for number in came:
            if number != signal.SIGINT:
                signal.raise_signal(number)
