"""import: bring in a CSV file."""

import io
import shlex
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from salestrack.cli.context import Context, run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output, screen_of
from salestrack.domain.imports import Imported
from salestrack.errors import RejectedRowsError, RuleError, UsageError
from salestrack.render.formats import Format
from salestrack.services.answers import Answer

MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column feeds a field; repeatable.", show_default=False),
]
ValueOption = Annotated[
    list[str] | None,
    typer.Option("--value", metavar="FIELD:FROM=TO", help="What a cell stands for; repeatable.", show_default=False),
]


def import_(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="A CSV file; - reads standard input.", show_default=False)
    ],
    *,
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="KIND", help="deals, sales, activities, customers, products or quotas."),
    ] = None,
    maps: MapOption = None,
    values: ValueOption = None,
    new: Annotated[
        list[str] | None,
        typer.Option(
            "--new", metavar="KINDS", help="What may be created: customers,products,stages.", show_default=False
        ),
    ] = None,
    date_format: Annotated[
        str | None, typer.Option("--date-format", metavar="FORMAT", help="dmy, mdy or a pattern like %d.%m.%Y.")
    ] = None,
    decimal: Annotated[
        str, typer.Option("--decimal", metavar="MARK", help="The decimal mark of amounts: . or ,")
    ] = ".",
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Of amounts that name none; the book's by default.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", metavar="SIGN", help="Between cells; found in the header by default.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="UTF-8 by default.")] = None,
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Where it comes from: ids are told apart by it.")
    ] = "csv",
    on_conflict: Annotated[
        str, typer.Option("--on-conflict", metavar="HOW", help="For rows that changed: update, skip or fail.")
    ] = "update",
    rejects: Annotated[
        str | None,
        typer.Option("--rejects", metavar="FILE", help="Import the good rows and set the bad ones aside here."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would happen; write nothing.")] = False,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Bring in a CSV file: all of its rows or, when one of them cannot be read, none."""
    from salestrack.services.imports import Request, import_file
    from salestrack.services.imports.request import creatable, on_conflict_of, source_name

    run, chosen = run_of(ctx), Output.of(fmt, output)
    request = Request(
        file=file,
        kind=as_,
        today=run.today,
        maps=tuple(maps or ()),
        values=tuple(values or ()),
        new=creatable(new or ()),
        date_format=date_format,
        decimal=_mark(decimal),
        currency=currency,
        delimiter=delimiter,
        encoding=encoding,
        source=source_name(source),
        on_conflict=on_conflict_of(on_conflict),
        rejects=Path(rejects) if rejects else None,
        dry_run=dry_run,
    )
    with _progress(run, file) as told:
        result = import_file(run.store, request, stdin=_standard_input(), progress=told)
    _answer(run, result, chosen, command=_command(run, request.words()))


def _answer(run: Context, result: Imported, output: Output, *, command: str) -> None:
    """Print what came of it, then end with the exit code that says so."""
    from salestrack.render.imports import fault_lines, fault_rows, import_document

    if not result.refused or result.dry_run:
        if output.format or output.file or result.dry_run:
            run.show(import_document(result, command), output)
        else:
            run.say(Answer(_parts(result), result.op, result.notes))
    if result.faults and not _wants_json(output):
        typer.echo("\n".join(fault_lines(result)), err=True)
    details = {"faults": fault_rows(result.faults), "rejected": result.fault_count, "read": result.counts.read}
    if result.refused:
        raise RuleError(
            f"nothing was written: {result.fault_count} of {result.counts.read} rows cannot go in",
            hint="mend them, or set them aside with --rejects FILE",
            details=details,
        )
    if result.fault_count:
        where = f"set aside in {result.rejects}" if result.rejects else "would be set aside"
        raise RejectedRowsError(
            f"{result.fault_count} of {result.counts.read} rows {where}",
            hint="mend them there, then import that file with the same options" if result.rejects else None,
            details=details,
        )


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
    return (*ref, f"{result.file}: {counts.read} {result.kind} read", ", ".join(said), *told(result))


def _mark(text: str) -> str:
    if text not in {".", ","}:
        raise UsageError(f"--decimal is . or , and not '{text}'")
    return text


def _standard_input() -> IO[bytes]:
    return getattr(sys.stdin, "buffer", None) or io.BytesIO(sys.stdin.read().encode())


def _progress(run: Context, file: str) -> Any:
    if not sys.stderr.isatty() or run.options.quiet:
        return nullcontext()
    from salestrack.render.progress import progress_bar

    return progress_bar(sys.stderr, screen_of(run, sys.stderr), Path(file).name)


def _command(run: Context, words: tuple[str, ...]) -> str:
    """Return the command line that does what was rehearsed."""
    book = ("--db", run.options.db) if run.options.db else ()
    return shlex.join(("salestrack", *book, "import", *words))
