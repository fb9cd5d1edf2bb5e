"""import FOLDER or FILE.zip: bring a whole book back, or in."""

import shlex
import sys
from contextlib import nullcontext
from dataclasses import fields
from typing import Any, get_type_hints

from salestrack.cli.context import Context
from salestrack.cli.output import Output
from salestrack.domain.imports import Imported
from salestrack.errors import UsageError
from salestrack.services.answers import Answer

_EVERYBODYS = frozenset({"dry_run", "fmt", "output", "on_conflict"})


def check_options(asked: Any) -> None:
    """Raise UsageError for an option that says how a table is to be read: a book says all of that itself."""
    given = [field.name for field in fields(asked) if getattr(asked, field.name) not in (field.default, [], None)]
    if wrong := sorted(set(given) - _EVERYBODYS):
        info = get_type_hints(type(asked), include_extras=True)[wrong[0]].__metadata__[0]
        option = (info.default, *info.param_decls)[-1]  # inside Annotated, Typer keeps the first name as the default
        raise UsageError(
            f"{option} is for tables, not for a whole book", hint="leave it out: a book says all by itself"
        )
    if asked.on_conflict not in {None, "update", "skip"}:
        raise UsageError(
            f"--on-conflict {asked.on_conflict} is not for a whole book",
            hint="update takes what the other book says; skip, as without it, keeps what was edited here",
        )


def bring_book(run: Context, file: str, asked: Any, *, output: Output) -> None:
    """Bring in the files of a whole book as `asked` on the command, and say what came of it."""
    from salestrack.render.import_books import book_document
    from salestrack.services.foreign.bringing import import_book

    with _bar(run, file) as told:
        theirs_wins = asked.on_conflict == "update"
        result = import_book(run.store, file, dry_run=asked.dry_run, theirs_wins=theirs_wins, told=told)
    if output.format or output.file:
        book = ("--db", run.options.db) if run.options.db else ()
        wins = ("--on-conflict", "update") if theirs_wins else ()
        run.show(book_document(result, shlex.join(("salestrack", *book, "import", file, *wins))), output)
    else:
        run.say(Answer(_parts(result), result.op, result.notes))


def _parts(result: Imported) -> tuple[str, ...]:
    from salestrack.render.import_books import WHOLE, said

    counts, more = result.counts, said(result)
    rehearsal = ("nothing was written",) if result.dry_run else ()
    if more[:1] == (WHOLE,):  # into an empty one
        return (*rehearsal, f"{result.file}: {more[0]}", *more[1:])
    became = f"{counts.new:,} new, {counts.changed:,} changed, {counts.same:,} same"
    became += f", {counts.left_out:,} left out" if counts.left_out else ""
    ref = (result.ref,) if result.ref else ()
    noun = "record" if counts.read == 1 else "records"
    return (*rehearsal, *ref, f"{result.file}: {counts.read:,} {noun} read", became, *more)


def _bar(run: Context, file: str) -> Any:
    if not sys.stderr.isatty() or run.options.quiet:
        return nullcontext()
    from salestrack.render.progress import progress_bar

    return progress_bar(sys.stderr, run.screen(), file)
