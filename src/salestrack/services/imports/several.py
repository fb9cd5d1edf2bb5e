"""Several files, a folder or an archive in one command: in the order in which they refer to each other, all or none.

They come in within one operation: a file can only be read once those it refers to are in the book, and what is there has
to go again when a later file is refused. So one `undo` takes all of them back. Where reading takes long, all of this is
done in a copy of the book (`apart.py`), and nobody waits for more than the writing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from salestrack.domain.imports import Imported, counted
from salestrack.errors import EmptyFileError, NotFoundError, SalestrackError, UsageError
from salestrack.importers.kinds import UNKNOWN
from salestrack.importers.mapping import map_columns
from salestrack.importers.packed import is_zip
from salestrack.importers.source import Progress
from salestrack.services.imports import bring
from salestrack.services.imports.apart import done_apart
from salestrack.services.imports.copies import with_copies
from salestrack.services.imports.finding import found_files, no_table, refuse_equal, title_of
from salestrack.services.imports.opening import opened, plan_of
from salestrack.services.imports.plans import check_words
from salestrack.services.imports.rejects_folder import RejectsFolder
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
    in a folder or archive: then it is named and left, as an empty one is. One that is damaged is refused wherever it
    was found: it may hold anything.
    """
    check_words(request)
    if request.save_as:
        raise UsageError("--save-profile keeps what is said of one file", hint="name that file alone")
    folder = RejectsFolder(request.rejects, dry_run=request.dry_run)
    found, unread = _sorted(store, request, list(found_files(files)), stdin, folder)
    results: list[Imported] = []
    with folder:
        try:
            done_apart(store, found, results, lambda book: _bring(book, found, results, stdin, progress))
        except _TakenBack:
            if results[-1].refused:
                _drop_rejects(results)
            results = [replace(result, id=None, op=None) for result in results]
            store.stages.refresh()
        except BaseException:
            _drop_rejects(results)
            raise
    results = _said_once(results)
    return Together(results=tuple(results), unread=tuple(unread), op=next((r.op for r in results if r.op), None))


def _bring(
    store: Store, found: Sequence[Request], results: list[Imported], stdin: IO[bytes], progress: Progress | None
) -> int:
    """Bring the files in one after the other within one operation, and return it; _TakenBack where nothing is to stay."""
    _drop_rejects(results)
    results.clear()
    with (
        staging_area(store.engine),
        with_copies(store, found, stdin) as requests,
        store.operation("imported", kind="import") as op,
    ):
        for each in requests:
            results.append(_one(store, each, stdin, op, progress))
            if results[-1].refused:
                raise _TakenBack
        if found[0].dry_run or not any(result.id for result in results):
            raise _TakenBack
        op.verb = f"imported {counted(len(results), 'files')}"
    return op.id


def _one(store: Store, request: Request, stdin: IO[bytes], op: Operation, progress: Progress | None) -> Imported:
    with opened(request, stdin) as (source, table, profile):
        plan = plan_of(store, request, table, profile)
        try:
            return bring(store, plan, source, table, progress=progress, within=op)
        except SalestrackError as error:
            if source.name not in error.message:
                error.message = f"{source.name}: {error.message}"
            raise


def _drop_rejects(results: Sequence[Imported]) -> None:
    """Take away the rows that were set aside of files of which nothing comes in after all."""
    for result in results:
        if result.rejects:
            with suppress(OSError):
                Path(result.rejects).unlink()


def _sorted(
    store: Store, request: Request, files: Sequence[tuple[str, bool]], stdin: IO[bytes], folder: RejectsFolder
) -> tuple[list[Request], list[str]]:
    """Return a request for each file in the order of what they hold, and why others are not read."""
    found: list[tuple[int, str, Request]] = []
    unread: list[str] = []
    for file, was_named in files:
        each = replace(request, file=file)
        why = "" if was_named else no_table(file)
        kind, source = ("", "") if why else _kind_of(store, each, stdin, was_named=was_named)
        if kind in ORDER:
            found.append((ORDER.index(kind), source, replace(each, rejects=folder.place(file))))
        else:
            unread.append(why or kind)
    if not found:
        hint = "; ".join(unread[:3]) or "it holds no files"
        raise NotFoundError("there is nothing in it that can be read", hint=hint)
    found.sort(key=lambda entry: entry[0])
    refuse_equal([each.file for *_, each in found])
    later = [(place, source) for place, source, _ in found[1:]]  # of one kind and vendor: together they are whole
    return [
        replace(each, goes_on=(place, source) in later[at:]) for at, (place, source, each) in enumerate(found)
    ], unread


def _kind_of(store: Store, request: Request, stdin: IO[bytes], *, was_named: bool) -> tuple[str, str]:
    """Return what a file holds and of whom; or a sentence, why it is left, for one that was only found.

    What is damaged, encrypted or may not be read is refused wherever it was found: nobody knows what it holds.
    """
    title = title_of(request.file)
    # Such a file need not be a table: what is none is left.
    perhaps = not was_named and request.file.lower().removesuffix(".gz").endswith((".json", ".txt"))
    try:
        with opened(request, stdin) as (_, table, profile):
            plan = plan_of(store, request, table, profile)
            if perhaps:
                map_columns(plan.kind, table.header, request.maps, given=plan.given)
            return plan.kind.name, plan.request.source
    except EmptyFileError as error:
        if was_named:
            raise
        return error.message, ""
    except UsageError as error:
        if was_named or ((request.kind or request.profile) and not perhaps):
            error.message = error.message if title in error.message else f"{title}: {error.message}"
            raise
        unknown = "no profile knows its columns, and --as does not say what it holds"
        why = unknown if error.message == UNKNOWN else error.message.removeprefix(f"{title}: ")
        return f"{title} is not read: {why}", ""
    except SalestrackError as error:
        if not was_named:
            error.message += "; nothing of the others was written"
            error.hint = error.hint or "mend it, take it away, or name the others one by one"
        raise


def _said_once(results: Sequence[Imported]) -> list[Imported]:
    """Return the results with each remark of their plans on the first that has it."""
    seen: set[str] = set()
    found = []
    for result in results:
        found.append(replace(result, notes=tuple(note for note in result.notes if note not in seen)))
        seen.update(result.notes)
    return found


def summary(together: Together) -> str:
    """Return all that came of several files in one line."""
    counts = [result.counts for result in together.results]
    said = [f"{sum(each.new for each in counts)} new", f"{sum(each.changed for each in counts)} changed"]
    said.append(f"{sum(each.same for each in counts)} same")
    for name in ("rejected", "left_out"):
        if count := sum(getattr(each, name) for each in counts):
            said.append(f"{count} {name.replace('_', ' ')}")
    rows = counted(sum(each.read for each in counts), "rows")
    return f"{counted(len(counts), 'files')}: {rows} read · {', '.join(said)}"
