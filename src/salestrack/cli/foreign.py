"""import FOLDER: bring a whole book back, or in."""

import sys
from contextlib import nullcontext
from typing import Any

from salestrack.cli.context import Context
from salestrack.cli.output import Output, screen_of
from salestrack.domain.imports import Imported, counted
from salestrack.errors import BookError
from salestrack.services.answers import Answer


def bring_book(run: Context, file: str, *, dry_run: bool, output: Output) -> None:
    """Bring in the folder of a whole book, and say what came of it."""
    from salestrack.render.imports import import_document
    from salestrack.services.foreign import folder_of, has_manifest
    from salestrack.services.foreign.bringing import import_book

    if not has_manifest(folder_of(file)):
        raise BookError(f"the manifest of {folder_of(file)} is damaged, or is not that of an export")
    with _bar(run, file) as told:
        result = import_book(run.store, file, dry_run=dry_run, told=told)
    if output.format or output.file:
        run.show(import_document(result, ""), output)
    else:
        run.say(Answer(_parts(result), result.op, result.notes))


def _parts(result: Imported) -> tuple[str, ...]:
    from salestrack.render.imports import told

    counts = result.counts
    rehearsal = ("nothing was written",) if result.dry_run else ()
    said = f"{counts.new:,} new, {counts.changed:,} changed, {counts.same:,} same"
    said += f", {counts.left_out:,} left out" if counts.left_out else ""
    ref = (result.ref,) if result.ref else ()
    whole = [counted(each.number, each.what) for each in result.created if not each.names]
    if whole:  # into an empty book
        return (*rehearsal, f"{result.file}: the whole book", *whole)
    noun = "record" if counts.read == 1 else "records"
    return (*rehearsal, *ref, f"{result.file}: {counts.read:,} {noun} read", said, *told(result))


def _bar(run: Context, file: str) -> Any:
    if not sys.stderr.isatty() or run.options.quiet:
        return nullcontext()
    from salestrack.render.progress import progress_bar

    return progress_bar(sys.stderr, screen_of(run), file)
