"""Where an export of several files goes: a folder, or one zip file; it is there whole, or not at all."""

import errno
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from salestrack.errors import BookError, RuleError, SalestrackError
from salestrack.services.exporting.drafts import OLD, clear, drafted, one_at_a_time, uninterrupted
from salestrack.services.exporting.sources import MANIFEST, manifest_of, opened

MOMENT = (1980, 1, 1, 0, 0, 0)
"""When every file in an archive was made, as it says there: the same book gives the same bytes at any time."""


class Place(Protocol):
    """Takes new files, one after the other."""

    def file(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Give a new file to write to."""


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        with (self._path / name).open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())


class _Archive:
    def __init__(self, packed: zipfile.ZipFile, top: str) -> None:
        self._packed = packed
        self._top = top

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        entry = zipfile.ZipInfo(f"{self._top}/{name}", MOMENT)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # wherever it is written
        entry.external_attr = 0o100600 << 16
        # How big it gets nobody knows before; with this it may pass 2 GiB.
        with self._packed.open(entry, "w", force_zip64=True) as file:
            yield file


def is_archive(path: Path) -> bool:
    """Say whether a path means one zip file rather than a folder."""
    return path.suffix.lower() == ".zip"


class Whose(NamedTuple):
    """What an export is of: the uid of its book, and of a customer's data the customer's id."""

    book: str
    customer: str | None = None


@contextmanager
def replacing(target: Path, *, top: str, whose: Whose) -> Iterator[Place]:
    """Give a place for files that takes the place of another at the end of the block, or vanishes on any error.

    In a zip file they are in a folder `top`. Raises RuleError where the place is taken by anything but an earlier
    export of the same, SalestrackError when it cannot be written.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - a link stays what it names
    try:
        with _archive(target, top, whose) if is_archive(target) else _folder(target, whose) as place:
            yield place
    except OSError as error:
        missing = isinstance(error, FileNotFoundError) and not target.parent.exists()
        hint = f"there is no folder {target.parent}; make it first" if missing else None
        raise SalestrackError(f"cannot write {target}: {error.strerror or error}", hint=hint) from error


@contextmanager
def _archive(target: Path, top: str, whose: Whose) -> Iterator[Place]:
    target = Path(os.path.realpath(target))
    _check_free_file(target, whose)
    with drafted(target, folder=False) as draft:
        with draft.open("r+b") as file:
            with zipfile.ZipFile(file, "w") as packed:
                yield _Archive(packed, top)
            file.flush()
            os.fsync(file.fileno())
        with uninterrupted():
            draft.replace(target)


@contextmanager
def _folder(folder: Path, whose: Whose) -> Iterator[Place]:
    _check_free(folder, whose)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with drafted(folder, folder=True) as draft:
        yield _Folder(draft)
        with one_at_a_time(folder.parent), uninterrupted():
            _swap(draft, folder, old=_check_free(folder, whose))  # once more: another export may stand there by now
            clear(folder, OLD)


def _swap(draft: Path, folder: Path, *, old: bool) -> None:
    """Put the draft in place; should that fail, the earlier export is back where it was."""
    draft.chmod(0o700)
    aside = draft.with_suffix(OLD)
    try:
        if old:
            folder.rename(aside)
        else:
            with suppress(FileNotFoundError):
                folder.rmdir()  # empty, as was seen before
        draft.rename(folder)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            shutil.rmtree(aside, ignore_errors=True)
            raise RuleError(
                f"another export was written to {folder} meanwhile, and stays", hint="run it again to replace that one"
            ) from error
        if old and not os.path.lexists(folder):
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _check_free(folder: Path, whose: Whose) -> bool:
    """Say whether an earlier export of the same is there; RuleError where anything else is."""
    if not os.path.lexists(folder):
        return False
    if not folder.is_dir():
        raise RuleError(f"{folder} is a file and stays as it is", hint="name a folder, or a new file that ends in .zip")
    there = {path.name for path in folder.iterdir()}
    if not there:
        return False
    with opened(folder) as source:
        manifest = manifest_of(source)
        known = _known(manifest)
    if strange := sorted(there - known):
        raise RuleError(
            f"{folder} holds what is no export and stays as it is: {', '.join(strange[:3])}",
            hint="name another folder, or an empty one",
        )
    _check_same(folder, manifest, whose, hint="name another folder")
    return True


def _check_free_file(target: Path, whose: Whose) -> None:
    """Raise RuleError where a zip file would take the place of anything but an earlier export of the same."""
    if target.is_dir():
        raise RuleError(f"{target} is a folder and stays as it is", hint="name another file")
    if not os.path.lexists(target) or (target.is_file() and not target.stat().st_size):
        return
    manifest, there = None, frozenset[str]()
    if target.is_file():
        with suppress(BookError), opened(target) as source:
            manifest, there = manifest_of(source), source.names
    known = _known(manifest)
    if not there or there - known:
        raise RuleError(f"{target} is no export and stays as it is", hint="name another file")
    _check_same(target, manifest, whose, hint="name another file")


def _check_same(target: Path, manifest: Mapping[str, Any] | None, whose: Whose, *, hint: str) -> None:
    """Raise RuleError where an export would take the place of what may be the last copy of another one."""
    there = _whose(manifest or {})
    if there.customer != whose.customer:
        what = f"what was handed out of {there.customer}" if there.customer else "a whole book"
        raise RuleError(f"{target} holds {what} and stays as it is", hint=hint)
    if there.book not in {whose.book, ""}:
        raise RuleError(f"{target} holds an export of another book and stays as it is", hint=hint)


def _whose(manifest: Mapping[str, Any]) -> Whose:
    book = manifest.get("book")
    uid = book.get("uid") if isinstance(book, dict) else book
    customer = manifest.get("customer")
    return Whose(uid if isinstance(uid, str) else "", customer if isinstance(customer, str) else None)


def _known(manifest: object) -> set[str]:
    """Return the files that an export of this manifest consists of."""
    if not isinstance(manifest, dict):
        return set()
    return {str(entry.get("file")) for entry in manifest["files"]} | {MANIFEST}
