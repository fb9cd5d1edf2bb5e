"""import, of a mailbox or a calendar."""

import io
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, get_type_hints

import typer

from salestrack.cli.context import Context
from salestrack.cli.output import Output
from salestrack.cli.spelling import spelled
from salestrack.domain.dates import parse_any
from salestrack.errors import RejectedRowsError, UsageError
from salestrack.render.formats import Format
from salestrack.services.answers import Answer

if TYPE_CHECKING:
    from salestrack.domain.imports import Counts
    from salestrack.domain.mails import Brought
    from salestrack.services.correspondence.asked import Asked
    from salestrack.services.correspondence.recognising import Found


# Options by their names on the command: those of mail and calendars alone, and those of every import.
_OURS = {"me", "bodies", "since", "until"}
_EVERYBODYS = {"kind", "new", "source", "dry_run", "fmt", "output"}
_CALLED = {"mail": "mailbox", "calendar": "calendar"}


class MailOptions(NamedTuple):
    """What the command line says that matters for mail and calendars."""

    me: tuple[str, ...]
    bodies: bool
    since: str | None
    until: str | None
    new: tuple[str, ...]
    source: str | None
    dry_run: bool


class Opened(NamedTuple):
    """Mail or calendars as they were named, what was found there, and standard input where that is read."""

    file: str
    found: "Found"
    stdin: IO[bytes]

    @property
    def kind(self) -> str:
        """Return mail or calendar."""
        return self.found.kind


def boxes_in(files: Sequence[str], stdin: Callable[[], IO[bytes]] | None) -> list[Opened]:
    """Return files that are mailboxes or calendars, none where none is; UsageError for some of them among others.

    What comes on standard input, or in a folder with tables, may be anything: where a way to standard input is given,
    it is mail or calendars.
    """
    from salestrack.services.correspondence.recognising import Found, correspondence_in, correspondence_on

    found, strange = [], []
    for file in files:
        if file == "-":
            stream = stdin() if stdin else io.BytesIO()
            these = [Found(correspondence_on(stream))] if stdin else []
        else:
            stream, these = io.BytesIO(), correspondence_in(file, anyway=stdin is not None)
        found += [Opened(file, each, stream) for each in these]
        strange += [] if these else [file]
    if found and strange:
        raise UsageError(
            f"{found[0].file} is a {_CALLED[found[0].kind]}, {strange[0]} is not", hint="import it by itself"
        )
    first = Path(strange[0]) if strange else Path()
    if stdin and strange and (first.is_dir() or (first.is_file() and first.suffix.lower() == ".zip")):
        raise UsageError(f"there is no mailbox and no calendar in {strange[0]}", hint="tables come without --me")
    return found


def check_options(asked: Any, box: Opened | None) -> None:
    """Raise UsageError for options of tables with a mailbox or calendar, and for theirs with a table."""
    given = {field.name for field in fields(asked) if getattr(asked, field.name) not in (field.default, [], None)}
    wrong = sorted(given & _OURS if box is None else given - _OURS - _EVERYBODYS)
    if wrong:
        hints = get_type_hints(type(asked), include_extras=True)
        info = hints[wrong[0]].__metadata__[0]
        option = (info.default, *info.param_decls)[-1]  # inside Annotated, Typer keeps the first name as the default
        whose = "is for mailboxes and calendars" if box is None else f"is for tables, not for a {_CALLED[box.kind]}"
        raise UsageError(f"{option} {whose}")
    if box and asked.kind not in {None, "activities"}:
        raise UsageError(f"a {_CALLED[box.kind]} holds activities, not {asked.kind}")


def bring_correspondence(run: Context, boxes: Sequence[Opened], options: MailOptions, output: Output) -> None:
    """Import mailboxes and calendars one after the other, each undone by itself, and say what came of each."""
    from salestrack.services.correspondence.bringing import bring

    if len(boxes) > 1 and (output.format or output.file):
        raise UsageError("several boxes are several answers, and not one document", hint="import them one by one")
    endings = []
    for box in boxes:
        asked = _asked(run, box, options)
        with _progress(run, box.file) as told:
            brought = bring(run.store, asked, box.found, stdin=box.stdin, progress=told)
        endings.append(_answer(run, brought, output, asked))
    for ending in filter(None, endings):
        raise ending


def _asked(run: Context, box: Opened, options: MailOptions) -> "Asked":
    """Return what is asked for, its days read."""
    from salestrack.services.correspondence.asked import Asked
    from salestrack.services.imports.request import source_name

    days = [_day(run, text) for text in (options.since, options.until)]
    words = (word.strip().lower() for text in options.new for word in text.split(","))
    return Asked(
        file=box.file,
        kind=box.kind,
        today=run.today,
        me=options.me,
        bodies=options.bodies,
        since=days[0],
        until=days[1],
        new=frozenset(word for word in words if word),
        source=source_name(options.source) if options.source is not None else box.kind,
        owner_id=run.owner_id,
        dry_run=options.dry_run,
    )


def _day(run: Context, text: str | None) -> date | None:
    return parse_any(text, run.words) if text else None


def _answer(run: Context, brought: "Brought", output: Output, asked: "Asked") -> RejectedRowsError | None:
    """Print what came of it, and return the error that says so where something was skipped."""
    from salestrack.render.correspondence import asides, brought_document, damage_lines, said_parts, unknown_lines

    book = ("--db", run.options.db) if run.options.db else ()
    command = shlex.join(("salestrack", *book, "import", *asked.words()))
    drawn = output.format or output.file or asked.dry_run
    if drawn:
        run.show(brought_document(brought, command), output)
    else:
        run.say(Answer(said_parts(brought), brought.imported.op, asides(brought)))
        if brought.strangers and not run.options.quiet:
            typer.echo("\n".join(map(spelled, unknown_lines(brought))))
    data = output.format in {Format.JSON, Format.JSONL} or str(output.file or "").endswith((".json", ".jsonl"))
    if brought.imported.faults and not data:
        typer.echo("\n".join(map(spelled, damage_lines(brought))), err=True)
    return _ending(brought) if brought.imported.fault_count else None


def _ending(brought: "Brought") -> RejectedRowsError:
    """Return the error that says how many messages or events are not in."""
    from salestrack.render.correspondence import counted_as, faults_of

    result = brought.imported
    skipped = f"{result.fault_count:,} of {counted_as(result.counts.read, brought.noun)}"
    details = {"faults": faults_of(brought), "rejected": result.fault_count, "read": result.counts.read}
    if result.dry_run:
        return RejectedRowsError(f"{skipped} would be skipped", details=details)
    came = "nothing else was new" if result.op is None else _whereabouts(result.counts)
    return RejectedRowsError(f"{skipped} skipped; {came}", details=details)


def _whereabouts(counts: "Counts") -> str:
    """Return where the messages or events are that were not skipped."""
    there = counts.new + counts.changed + counts.same
    if not counts.left_out:
        return "the others are in the book"
    return f"{there:,} {'is' if there == 1 else 'are'} in the book, {counts.left_out:,} left out"


def _progress(run: Context, file: str) -> Any:
    if not sys.stderr.isatty() or run.options.quiet:
        return nullcontext()
    from salestrack.render.progress import progress_bar

    return progress_bar(sys.stderr, run.screen(), Path(file).name)
