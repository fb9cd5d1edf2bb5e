"""Bringing a whole book in: into an empty one as it was, into any other as what somebody else wrote."""

from collections.abc import Callable
from pathlib import Path

from salestrack.domain.imports import Counts, Created, Imported
from salestrack.errors import RuleError
from salestrack.services.foreign import folder_of
from salestrack.services.foreign.reading import Manifest, read_manifest, stage
from salestrack.store import Store
from salestrack.store.export_return import Returning, open_returning

RECORDS = ("products", "customers", "contacts", "quotas", "deals", "sales", "activities")
Told = Callable[[int, int], None]


class NothingToKeep(Exception):  # noqa: N818 - no error: it ends a transaction that was a rehearsal, or empty
    """Takes back a transaction in good order."""


def import_book(store: Store, file: str, *, dry_run: bool = False, told: Told | None = None) -> Imported:
    """Bring in the folder of a book and return what came of it; BookError names what is damaged, and nothing is written.

    Raises RuleError for an export of this book itself that differs from it: there is no telling which side is newer.
    """
    folder = folder_of(file)
    manifest = read_manifest(folder)
    with open_returning(store.engine) as returning:
        stage(folder, manifest, returning, told)
        if returning.book_is_empty():
            return _into_empty(store, folder, manifest, returning, dry_run=dry_run)
        if store.settings.book.uid == manifest.uid:
            return _same_book(folder, returning, dry_run=dry_run)
        from salestrack.services.foreign.merging import merge

        return merge(store, folder, manifest, dry_run=dry_run)


def _into_empty(store: Store, folder: Path, manifest: Manifest, returning: Returning, *, dry_run: bool) -> Imported:
    """Make an empty book equal to the one in the folder, in one operation."""
    counts = {table: returning.count(table) for table in RECORDS}
    done = None
    try:
        with store.operation("brought in a whole book", kind="import") as op:
            if not returning.book_is_empty():
                raise RuleError("the book got its first records while the folder was read", hint="run it again")
            returning.take_over(manifest.last_ids, op=op.id)
            op.verb = f"brought in a whole book of {sum(counts.values()):,} records"
            if dry_run:
                raise NothingToKeep
            done = op.id
    except NothingToKeep:
        pass
    total = sum(counts.values())
    created = tuple(Created(table, count, ()) for table, count in counts.items() if count)
    return _imported(folder, Counts(total, new=total), op=done, dry_run=dry_run, created=created)


def _same_book(folder: Path, returning: Returning, *, dry_run: bool) -> Imported:
    """Say that an export of this book changes nothing; RuleError where it would."""
    if differing := returning.differing():
        raise RuleError(
            f"{folder} is an export of this book itself, and {differing:,} rows are no longer the same; "
            "there is no telling which are right",
            hint=f"to have it beside: salestrack --db NEW.db init, then salestrack --db NEW.db import {folder}",
        )
    total = sum(returning.count(table) for table in RECORDS)
    return _imported(folder, Counts(total, same=total), dry_run=dry_run)


def _imported(
    folder: Path, counts: Counts, *, op: int | None = None, dry_run: bool, created: tuple[Created, ...] = ()
) -> Imported:
    return Imported(
        kind="records", source="book", file=folder.name or str(folder), counts=counts, op=op, dry_run=dry_run,
        created=created, encoding="utf-8", delimiter="none",
    )  # fmt: skip
