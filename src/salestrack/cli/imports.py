"""import: bring in a CSV file."""

import io
import shlex
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from salestrack.cli.blank import refuse_blank
from salestrack.cli.context import Context, run_of
from salestrack.cli.options import FormatOption, OutputOption, packed
from salestrack.cli.output import Output
from salestrack.cli.spelling import spelled
from salestrack.domain.imports import Imported, counted
from salestrack.errors import RejectedRowsError, RuleError, SalestrackError, UsageError
from salestrack.render.formats import Format
from salestrack.services.answers import Answer

if TYPE_CHECKING:
    from salestrack.services.imports import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How a file is to be read, and what is to become of its rows."""

    kind: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="KIND", help="deals, history, sales, activities, customers, contacts, products or quotas."
        ),
    ] = None
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="NAME", help="How to read it; found by the headers. none: as headers say."),
    ] = None
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help="Which column feeds a field; repeatable.", show_default=False
        ),
    ] = None
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--value", metavar="FIELD:FROM=TO", help="What a cell stands for; repeatable.", show_default=False
        ),
    ] = None
    constants: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="What every row says; repeatable.", show_default=False),
    ] = None
    new: Annotated[
        list[str] | None,
        typer.Option(
            "--new", metavar="KINDS", help="What may be created: customers,products,stages.", show_default=False
        ),
    ] = None
    date_format: Annotated[
        str | None, typer.Option("--date-format", metavar="FORMAT", help="dmy, mdy or a pattern like %d.%m.%Y.")
    ] = None
    decimal: Annotated[
        str | None,
        typer.Option("--decimal", metavar="MARK", help="The decimal mark of amounts, . or , ; yours by default."),
    ] = None
    cents: Annotated[bool, typer.Option("--cents", help="Amounts are whole numbers of cents.")] = False
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Of amounts that name none; the book's by default.")
    ] = None
    delimiter: Annotated[
        str | None,
        typer.Option("--delimiter", metavar="SIGN", help="Between cells: , ; tab | space; found by default."),
    ] = None
    no_header: Annotated[bool, typer.Option("--no-header", help="The first row is data: columns are #1, #2 ...")] = (
        False
    )
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="UTF-8 by default.")] = None
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="NAME", help="Where it comes from: ids are told apart by it; csv by default."),
    ] = None
    on_conflict: Annotated[
        str | None,
        typer.Option(
            "--on-conflict",
            metavar="HOW",
            help="For rows that changed: update, skip or fail; your own exports change nothing by default.",
        ),
    ] = None
    rejects: Annotated[
        str | None,
        typer.Option("--rejects", metavar="FILE", help="Import the good rows and set the bad ones aside here."),
    ] = None
    full: Annotated[
        bool, typer.Option("--full", help="The file is all that its source has: name records that it lacks now.")
    ] = False
    me: Annotated[
        list[str] | None,
        typer.Option(
            "--me", metavar="EMAIL", help="Your address, of a mailbox or calendar; repeatable.", show_default=False
        ),
    ] = None
    bodies: Annotated[bool, typer.Option("--bodies", help="Of mails and meetings, keep the text too.")] = False
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Of a calendar, the first day; 90 days ago by default.")
    ] = None
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Of a calendar, the last day; in 60 days by default.")
    ] = None
    save_profile: Annotated[
        str | None,
        typer.Option("--save-profile", metavar="NAME", help="Keep what you say here as a profile of yours."),
    ] = None
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would happen; write nothing.")] = False
    fmt: FormatOption = None
    output: OutputOption = None


@packed(ImportOptions, "asked")
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...|-", help="A file, several, a folder or a .zip; - reads standard input.", show_default=False
        ),
    ],
    *,
    asked: ImportOptions,
) -> None:
    """Bring in files, a folder or an archive: all of their rows or, when one of them cannot be read, none."""
    from salestrack.cli.correspondence import MailOptions, boxes_in, bring_correspondence, check_options
    from salestrack.services.foreign import is_book
    from salestrack.services.foreign.recognising import refuse_parts, refuse_stream
    from salestrack.services.imports import import_file
    from salestrack.services.imports.several import is_several

    refuse_blank("the name of the file", *files)
    file, run_of(ctx).all_or_nothing = files[0], True
    if len(files) == 1 and is_book(file):  # what `export all` wrote
        from salestrack.cli import foreign

        foreign.check_options(asked)
        foreign.bring_book(run_of(ctx), file, asked, output=Output.of(asked.fmt, asked.output))
        return
    refuse_parts(files)
    if boxes := boxes_in(files, _standard_input if asked.me else None):
        check_options(asked, boxes[0])
        names = ("bodies", "since", "until", "source", "dry_run")
        options = MailOptions(
            me=tuple(asked.me or ()), new=tuple(asked.new or ()), **{n: getattr(asked, n) for n in names}
        )
        bring_correspondence(run_of(ctx), boxes, options, Output.of(asked.fmt, asked.output))
        return
    check_options(asked, None)
    run, output, request = run_of(ctx), Output.of(asked.fmt, asked.output), _request(run_of(ctx), file, asked)
    if is_several(files):
        _bring_several(run, request, files, output)
        return
    stdin = _standard_input()
    if file == "-" and sys.stdin.isatty():
        run.remark("reading standard input; it ends with Ctrl-D")
    elif file == "-" and isinstance(stdin, io.BufferedReader):
        refuse_stream(stdin.peek())
    with _progress(run, file) as told:
        result = import_file(run.store, request, stdin=stdin, progress=told)
    _answer(run, result, output, command=_command(run, request.words()))


def _bring_several(run: Context, request: "Request", files: list[str], output: Output) -> None:
    """Bring in several files, and say what came of each and of all of them."""
    from salestrack.render.imports import fault_lines, several_document
    from salestrack.services.imports.several import import_files, summary

    with _progress(run, f"{files[0]} ...") as told:
        result = import_files(run.store, request, files, stdin=_standard_input(), progress=told)
    refused = result.refused
    if not refused and (request.dry_run or output.format or output.file):
        command = _command(run, (*files, *request.words()[1:]))
        run.show(several_document(result.results, command, result.unread), output)
    elif not refused:
        from salestrack.render.imports import remarks

        for each in result.results:
            run.say(Answer(_parts(each), None, remarks(each)))
        run.say(Answer((summary(result),), result.op, result.unread))
    for each in result.results if refused is None else (refused,):
        if each.faults and not _wants_json(output):
            typer.echo("\n".join(map(spelled, fault_lines(each))), err=True)
    if refused:
        raise _ending(refused, of=refused.file)
    if bad := [each for each in result.results if each.fault_count]:
        count = sum(each.fault_count for each in bad)
        raise RejectedRowsError(f"{count} {'row' if count == 1 else 'rows'} set aside in {request.rejects}")


def _request(run: Context, file: str, asked: ImportOptions) -> "Request":
    """Return what is asked for, each word of it checked."""
    from salestrack.services.imports.request import Request, creatable, on_conflict_of, source_name

    if asked.decimal not in {None, ".", ","}:
        raise UsageError(f"--decimal is . or , and not '{asked.decimal}'")
    refuse_blank("--rejects", asked.rejects)
    if asked.rejects == "-":
        raise UsageError("--rejects needs the name of a file", hint="for example --rejects rejected.csv")
    return Request(
        file=file,
        kind=asked.kind,
        today=run.today,
        maps=tuple(asked.maps or ()),
        values=tuple(asked.values or ()),
        new=creatable(asked.new or ()),
        date_format=asked.date_format,
        decimal=asked.decimal or "",
        usual_decimal=run.config.decimal,
        cents=asked.cents,
        header=False if asked.no_header else None,
        constants=tuple(asked.constants or ()),
        profile=asked.profile,
        save_as=asked.save_profile,
        profiles=run.config.path.parent / "profiles",
        currency=asked.currency,
        delimiter=asked.delimiter,
        encoding=asked.encoding,
        source=source_name(asked.source) if asked.source is not None else "",
        on_conflict=on_conflict_of(asked.on_conflict) if asked.on_conflict is not None else None,
        rejects=Path(asked.rejects) if asked.rejects else None,
        full=asked.full,
        dry_run=asked.dry_run,
    )


def _answer(run: Context, result: Imported, output: Output, *, command: str) -> None:
    """Print what came of it, then end with the exit code that says so."""
    from salestrack.render.imports import fault_lines, import_document, remarks

    if not result.refused or result.dry_run:
        if output.format or output.file or result.dry_run:
            run.show(import_document(result, command), output)
        else:
            run.say(Answer(_parts(result), result.op, remarks(result)))
    if result.faults and not _wants_json(output):
        typer.echo("\n".join(map(spelled, fault_lines(result))), err=True)
    if result.fault_count:
        raise _ending(result)


def _ending(result: Imported, *, of: str = "") -> SalestrackError:
    """Return the error that says how many rows are not in, and where they are."""
    from salestrack.render.imports import fault_rows

    count = f"{result.fault_count} of {result.counts.read} {'row' if result.counts.read == 1 else 'rows'}"
    count += f" of {of}" if of else ""
    details = {"faults": fault_rows(result.faults), "rejected": result.fault_count, "read": result.counts.read}
    if result.refused:
        hint = f"mend them, or set them aside with --rejects {'FOLDER' if of else 'FILE'}"
        if result.conflicting:
            but = ", but for what was edited by hand;" if result.kept_count else ","
            hint = f"--on-conflict update takes what the file says{but} skip leaves them"
            hint = "--on-conflict skip leaves all that changed" if result.frozen else hint
        return RuleError(f"nothing was written: {count} cannot go in", hint=hint, details=details)
    if not result.rejects:
        return RejectedRowsError(f"{count} would be set aside", details=details)
    hint = "mend them there, then import that file with the same options"
    hint += " but --full" if result.gone is not None else ""
    return RejectedRowsError(f"{count} set aside in {result.rejects}", hint=hint, details=details)


def _wants_json(output: Output) -> bool:
    """Say whether errors go to a program, which finds the faults in the details of the one error object."""
    return output.format in {Format.JSON, Format.JSONL} or str(output.file or "").endswith((".json", ".jsonl"))


def _parts(result: Imported) -> tuple[str, ...]:
    """Return the one line on what came of it; all of it, since cron mails whatever stands on stderr."""
    from salestrack.render.imports import told

    counts = result.counts
    said = [f"{counts.new} new", f"{counts.changed} changed", f"{counts.same} same"]
    said += [f"{counts.rejected} rejected"] if counts.rejected else []
    said += [f"{counts.left_out} left out"] if counts.left_out else []
    ref = (result.ref,) if result.ref else ()
    read = counted(counts.read, result.kind if result.made is None else "rows")
    how = f" as {result.profile}" if result.profile else ""
    return (*ref, f"{result.file}: {read} read{how}", ", ".join(said), *told(result))


def _standard_input() -> IO[bytes]:
    """Return standard input as bytes; what replaces it in a test may only have text."""
    return getattr(sys.stdin, "buffer", None) or io.BytesIO(sys.stdin.read().encode())


def _progress(run: Context, file: str) -> Any:
    if not sys.stderr.isatty() or run.options.quiet:
        return nullcontext()
    from salestrack.render.progress import progress_bar

    return progress_bar(sys.stderr, run.screen(), Path(file).name)


def _command(run: Context, words: tuple[str, ...]) -> str:
    """Return the command line that does what was rehearsed."""
    book = ("--db", run.options.db) if run.options.db else ()
    return shlex.join(("salestrack", *book, "import", *words))
