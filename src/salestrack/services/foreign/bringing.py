"""Bringing a whole book in: into an empty one as it was, into any other as what somebody else wrote."""

from collections.abc import Callable
from dataclasses import replace

from salestrack.domain.imports import Counts, Created, Imported
from salestrack.errors import RuleError
from salestrack.services.exporting.sources import MANIFEST, Source, opened
from salestrack.services.foreign import KIND, RECORDS, place_of
from salestrack.services.foreign.reading import Manifest, read_manifest, stage
from salestrack.services.rehearsal import NothingToKeep
from salestrack.store import Store
from salestrack.store.export_return import Returning, open_returning

MOST_NAMED = 3
Told = Callable[[int, int], None]


def import_book(
    store: Store, file: str, *, dry_run: bool = False, theirs_wins: bool = False, told: Told | None = None
) -> Imported:
    """Bring in a book from its folder or zip file and return what came of it; BookError names what is damaged.

    Then nothing is written. Where `theirs_wins`, what was set here of records of both gives way to what the file says.
    Raises RuleError for an export of this book itself that differs from it: there is no telling which side is newer.
    """
    with opened(place_of(file)) as source, open_returning(store.engine) as returning:
        manifest = read_manifest(source)
        stage(source, manifest, returning, told)
        if returning.book_is_empty():
            result = _into_empty(store, source, manifest, returning, dry_run=dry_run)
        elif store.settings.book.uid == manifest.uid:
            result = _same_book(source, manifest, returning, dry_run=dry_run)
        else:
            from salestrack.services.foreign.merging import merge

            result = merge(store, source.path, manifest, dry_run=dry_run, theirs_wins=theirs_wins)
        return replace(result, notes=(*result.notes, *_strange(source, manifest)))


def _strange(source: Source, manifest: Manifest) -> tuple[str, ...]:
    """Return a remark on files that stand beside those of the book and are none of it."""
    known = {MANIFEST, *(file.name for file in manifest.files)}
    others = sorted(name for name in source.names - known if not name.startswith("."))
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return (f"no part of the book, and not read: {', '.join(others[:MOST_NAMED])}{more}",) if others else ()


def name_of(source: Source) -> str:
    """Return what the list of imports calls a book."""
    return source.path.name or str(source.path)


def _into_empty(store: Store, source: Source, manifest: Manifest, returning: Returning, *, dry_run: bool) -> Imported:
    """Make an empty book equal to the one in the files, in one operation."""
    counts = {table: returning.count(table) for table in RECORDS}
    before = store.settings.book.currency
    total, done = sum(counts.values()), None
    try:
        with store.operation("brought in a whole book", kind="import") as op:
            if not returning.book_is_empty():
                raise RuleError("the book got its first records while the files were read", hint="run it again")
            returning.take_over(manifest.last_ids, op=op.id)
            op.verb = f"brought in a whole book of {total:,} record{'s' * (total != 1)}"
            if dry_run:
                raise NothingToKeep
            done = op.id
    except NothingToKeep:
        pass
    created = tuple(Created(table, count, ()) for table, count in counts.items() if count)
    result = _imported(source, manifest, Counts(total, new=total), op=done, dry_run=dry_run, created=created)
    if before == manifest.currency:
        return result
    changed = f"the currency of this book {'would become' if dry_run else 'became'} {manifest.currency}, as in that one"
    return replace(result, notes=(f"{changed}; it was {before}",))


def _same_book(source: Source, manifest: Manifest, returning: Returning, *, dry_run: bool) -> Imported:
    """Say that an export of this book changes nothing; RuleError where it would."""
    if differing := returning.differing():
        raise RuleError(
            f"{source.path} is an export of this book itself, and {differing:,} row{'s are' if differing != 1 else ' is'} "
            f"no longer the same; there is no telling which {'are' if differing != 1 else 'is'} right",
            hint=f"to have it beside: salestrack --db NEW.db init, then salestrack --db NEW.db import {source.path}",
        )
    total = sum(returning.count(table) for table in RECORDS)
    return _imported(source, manifest, Counts(total, same=total), dry_run=dry_run)


def _imported(
    source: Source,
    manifest: Manifest,
    counts: Counts,
    *,
    op: int | None = None,
    dry_run: bool,
    created: tuple[Created, ...] = (),
) -> Imported:
    return Imported(
        kind=KIND, source=manifest.source, file=name_of(source), counts=counts, op=op, dry_run=dry_run,
        created=created, encoding="utf-8", delimiter="none",
    )  # fmt: skip
