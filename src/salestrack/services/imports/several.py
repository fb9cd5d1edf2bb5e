"""Several files, a folder or an archive in one command: in the order in which they refer to each other, all or none.

They come in within one operation, which holds the book's lock from the first file to the last: a file can only be read
once those it refers to are in the book, and what is there has to go again when a later file is refused. So one `undo`
takes all of them back. A single big file does not take this way: it is read without a lock.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from salestrack.domain.imports import Imported, counted
from salestrack.errors import NotFoundError, RuleError, SalestrackError, UsageError
from salestrack.importers.kinds import UNKNOWN
from salestrack.importers.packed import TABLES, is_zip, members
from salestrack.importers.rejects import check_free
from salestrack.importers.source import Progress
from salestrack.services.imports import bring, opened
from salestrack.services.imports.plans import check_words, planned
from salestrack.services.imports.request import Request
from salestrack.store import Operation, Store
from salestrack.store.staging import staging_area

ORDER = ("customers", "contacts", "products", "quotas", "deals", "history", "activities", "sales")
"""What others refer to comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What came of several files: a result for each in the order they came in; the last is the refused one, if any.

    `unread` says of files in a folder or archive why they were not read.
    """

    results: tuple[Imported, ...]
    unread: tuple[str, ...] = ()
    op: int | None = None

    @property
    def refused(self) -> Imported | None:
        """The file because of which nothing was written."""
        return next((result for result in self.results if result.refused), None)


class _TakenBack(Exception):  # noqa: N818 - no error: it ends a transaction that was a rehearsal, refused, or empty
    """Takes back a transaction in good order."""


def is_several(files: Sequence[str]) -> bool:
    """Say whether words mean more than one file: several words, a folder, or an archive."""
    return len(files) > 1 or any(Path(file).is_dir() or is_zip(file) for file in files)


def import_files(
    store: Store, request: Request, files: Sequence[str], *, stdin: IO[bytes], progress: Progress | None = None
) -> Together:
    """Import several files as one request says; `--rejects` names a folder then.

    Raises UsageError for a file that no profile knows where `--as` does not say what it holds, unless it was only found
    in a folder or archive: then it is named and left.
    """
    check_words(request)
    if request.save_as:
        raise UsageError("--save-profile keeps what is said of one file", hint="name that file alone")
    found, unread = _sorted(store, request, list(_found(files)), stdin)
    results: list[Imported] = []
    try:
        with staging_area(store.engine), store.operation("imported", kind="import") as op:
            for each in found:
                results.append(_one(store, each, stdin, op, progress))
                if results[-1].refused:
                    raise _TakenBack
            if request.dry_run or not any(result.id for result in results):
                raise _TakenBack
            op.verb = f"imported {len(results)} files"
    except _TakenBack:
        _drop_rejects(results)
        results = [replace(result, id=None, op=None) for result in results]
        store.stages.refresh()
    except BaseException:
        _drop_rejects(results)
        raise
    return Together(results=tuple(results), unread=tuple(unread), op=next((r.op for r in results if r.op), None))


def _one(store: Store, request: Request, stdin: IO[bytes], op: Operation, progress: Progress | None) -> Imported:
    with opened(request, stdin) as (source, table, profile):
        plan = planned(store, request, table.header, profile)
        try:
            return bring(store, plan, source, table, progress=progress, within=op)
        except SalestrackError as error:
            if source.name not in error.message:
                error.message = f"{source.name}: {error.message}"
            raise


def _drop_rejects(results: Sequence[Imported]) -> None:
    """Take away the rows that were set aside of files of which nothing came in."""
    for result in results:
        if result.rejects and result.id is not None:
            with suppress(OSError):
                Path(result.rejects).unlink()


def _found(files: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield the files that words mean, and whether each was named itself."""
    for file in files:
        path = Path(file)
        if file == "-":
            raise UsageError("standard input comes alone", hint="name it without other files")
        if is_zip(file):
            yield from ((f"{file}/{name}", False) for name in members(path))
        elif path.is_dir():
            inside = (each for each in sorted(path.iterdir()) if each.is_file() and not each.name.startswith("."))
            for each in inside:
                yield from _found([str(each)]) if is_zip(str(each)) else ((str(each), False),)
        elif path.exists():
            yield file, True
        else:
            raise SalestrackError(f"there is no file {file}")


def _sorted(
    store: Store, request: Request, files: Sequence[tuple[str, bool]], stdin: IO[bytes]
) -> tuple[list[Request], list[str]]:
    """Return a request for each file in the order of what they hold, and why others are not read."""
    found: list[tuple[int, Request]] = []
    unread: list[str] = []
    for file, was_named in files:
        each = replace(request, file=file, rejects=_rejects(request, file))
        if not was_named and not file.lower().removesuffix(".gz").endswith(TABLES):
            unread.append(f"{_title(file)} is no table")
            continue
        with opened(each, stdin) as (_, table, profile):
            try:
                plan = planned(store, each, table.header, profile)
            except UsageError as error:
                if was_named or request.kind or request.profile:
                    error.message = f"{_title(file)}: {error.message}"
                    raise
                unknown = "no profile knows its columns, and --as does not say what it holds"
                why = unknown if error.message == UNKNOWN else error.message
                unread.append(f"{_title(file)} is not read: {why}")
                continue
        found.append((ORDER.index(plan.kind.name), each))
    if not found:
        hint = "; ".join(unread[:3]) or "it holds no files"
        raise NotFoundError("there is nothing in it that can be read", hint=hint)
    found.sort(key=lambda entry: entry[0])
    _refuse_equal([each.file for _, each in found])
    later = [each for each, _ in found[1:]]
    return [replace(each, goes_on=place in later[at:]) for at, (place, each) in enumerate(found)], unread


def _rejects(request: Request, file: str) -> Path | None:
    """Return where the bad rows of one of several files go: a file of its name in the folder that --rejects names."""
    if request.rejects is None:
        return None
    if request.rejects.exists() and not request.rejects.is_dir():
        raise RuleError(
            f"--rejects names {request.rejects}, which is no folder", hint="several files need a folder for it"
        )
    if not request.dry_run:
        try:
            request.rejects.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SalestrackError(f"cannot make {request.rejects}: {error.strerror or error}") from error
    target = request.rejects / Path(file).name.removesuffix(".gz")
    check_free(target, file)
    return target


def _refuse_equal(files: Sequence[str]) -> None:
    seen: set[Path] = set()
    for file in files:
        path = Path(file).resolve()
        if path in seen:
            raise UsageError(f"{file} is named twice")
        seen.add(path)


def _title(file: str) -> str:
    path = Path(file)
    archive = next((parent.name for parent in path.parents if parent.suffix.lower() == ".zip"), None)
    return f"{archive}/{path.name}" if archive else path.name


def summary(together: Together) -> str:
    """Return all that came of several files in one line."""
    counts = [result.counts for result in together.results]
    said = [f"{sum(each.new for each in counts)} new", f"{sum(each.changed for each in counts)} changed"]
    said.append(f"{sum(each.same for each in counts)} same")
    for name in ("rejected", "left_out"):
        if count := sum(getattr(each, name) for each in counts):
            said.append(f"{count} {name.replace('_', ' ')}")
    rows = counted(sum(each.read for each in counts), "rows")
    return f"{len(counts)} files: {rows} read · {', '.join(said)}"
