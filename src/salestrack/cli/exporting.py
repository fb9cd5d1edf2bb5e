"""export: take data out of the book."""

import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from salestrack.cli.context import Context, run_of
from salestrack.cli.filtering import Conditions, resolved
from salestrack.cli.options import packed
from salestrack.cli.output import refuse_database
from salestrack.domain.filters import Filter
from salestrack.domain.periods import Period, parse_period
from salestrack.errors import RuleError, SalestrackError, UsageError

FORMATS = ("csv", "jsonl", "json")
SHEETS = ("xlsx", "xls", "ods")
"""What spreadsheet programs write themselves, and no CSV file may be called."""
HEAD = 4096
"""Bytes of a file that say whether it is an export."""
BLOCK = 1 << 16


@dataclass(frozen=True, kw_only=True)
class ExportOptions(Conditions):
    """What narrows an export, and what it is written as and where to."""

    period: Annotated[
        str | None,
        typer.Argument(metavar="[PERIOD]", show_default=False, help="month, 2026Q1, 30d, a..b ..."),
    ] = None
    sort: Annotated[str | None, typer.Option("--sort", metavar="FIELD", help="-FIELD for the other way round.")] = None
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="So many at most.")] = None
    fmt: Annotated[
        str | None, typer.Option("-f", "--format", metavar="FORMAT", help="csv, jsonl or json; csv by default.")
    ] = None
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE|FOLDER|-", help="Where to; its ending says the format."),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for `-o ""`, as a script writes it whose variable is empty."""
        if self.output == "":
            raise UsageError("-o names nothing", hint="-o FILE, or -o - for standard output")


@packed(ExportOptions, "given")
def export(
    ctx: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND|all]",
            help="deals, sales, lines, activities, customers, contacts, products, quotas, history, or all of the book.",
            show_default=False,
        ),
    ] = None,
    *,
    excel: Annotated[bool, typer.Option("--excel", help="A CSV file that spreadsheet programs open as it is.")] = False,
    ics: Annotated[bool, typer.Option("--ics", help="Planned steps for a calendar.")] = False,
    hledger: Annotated[
        bool, typer.Option("--hledger", help="A journal of sales by customer and product for hledger.")
    ] = False,
    given: ExportOptions,
) -> None:
    """Take data out of the book as files: CSV, JSON Lines, or a folder with everything."""
    run, what = run_of(ctx), _known(what)
    if ics or hledger:
        _for_programs(run, _shifted(what, given, ics=ics, excel=excel), ics=ics, hledger=hledger)
    elif what is None:
        raise UsageError("what is to be exported?", hint="deals, sales, activities, customers ... or all -o FOLDER")
    elif what == "all":
        _refuse_filters(given, excel=excel)
        _all(run, given)
    else:
        _kind(run, what, given, excel=excel)


def _known(what: str | None) -> str | None:
    """Return a kind as it is called where a word means one (Deal, ACTIVITY), else the word as it is."""
    from salestrack.services.exporting.kinds import KINDS

    singular = {"activity": "activities"} | {kind.removesuffix("s"): kind for kind in KINDS}
    word = (what or "").strip().lower()
    return word if word in (*KINDS, "all") else singular.get(word, what)


def _kind(run: Context, kind: str, given: ExportOptions, *, excel: bool) -> None:
    """Write the rows of one kind."""
    from salestrack.services.exporting.kinds import export_rows, header_of, several_products
    from salestrack.services.exporting.lines import with_lines
    from salestrack.services.exporting.still import still

    name, header = _format(given, excel=excel), header_of(kind)
    chosen = resolved(run, given, _period(run, given))
    total = min(_count(run, kind, chosen), given.limit or sys.maxsize) if _has_bar(run) else 0
    marks = _marks(kind, header)
    target = _target(given.output, f"{kind}.{name}")
    with still(run.reader) as book:
        exported = export_rows(book, kind, chosen, sort=given.sort, limit=given.limit)
        exported = exported if name == "csv" else with_lines(book, exported)
        _write(run, _pieces(run, name, exported, excel=excel), target, marks, total=total)
    if name == "csv" and (several := several_products(run.reader, kind, chosen)):
        noun = kind if several != 1 else kind.removesuffix("s")
        stand = "stand" if several != 1 else "stands"
        where = "salestrack export lines has each, and -f jsonl keeps them"
        run.remark(f"{several:,} {noun} with several products {stand} without them; {where}")


def _all(run: Context, given: ExportOptions) -> None:
    """Write the whole book, or all data of one customer, to a folder or zip file."""
    from salestrack.services.exporting.folder import export_book
    from salestrack.services.exporting.person import export_customer

    if given.output == "-" or not (given.output or given.customer):
        more = f" --customer {shlex.quote(given.customer[0])}" if given.customer else ""
        what = "one customer's data is several files" if given.customer else "the whole book is many files"
        raise UsageError(what, hint=f"salestrack export all{more} -o FOLDER, or -o FILE.zip")
    run.all_or_nothing = True
    if given.customer:
        if len(given.customer) > 1:
            raise UsageError("one customer at a time", hint="salestrack export all --customer c12 -o FOLDER")
        key = resolved(run, given, None).customers[0]
        written = export_customer(run.reader, key, Path(given.output or f"customer-c{key}"))
        run.all_or_nothing = False
        run.remark(written.text)
        return
    with _bar(run, "export") as told:
        written = export_book(run.reader, Path(str(given.output)), told)
        run.all_or_nothing = False
    run.remark(written.text)


def _for_programs(run: Context, given: ExportOptions, *, ics: bool, hledger: bool) -> None:
    """Write planned steps for a calendar, or sales for a bookkeeping program."""
    if ics and hledger:
        raise UsageError("--ics and --hledger are two exports", hint="ask for one of them")
    if given.fmt or given.sort or given.limit:
        raise UsageError(
            "-f, --sort and --limit have no say in --ics and --hledger: they are formats themselves",
            hint="leave them out",
        )
    from salestrack.services.exporting.still import still

    chosen = resolved(run, given, _period(run, given))
    if ics:
        if chosen.statuses:
            raise UsageError("a calendar holds open steps", hint="leave out --open, --won and --lost")
        from salestrack.services.exporting import calendar

        pieces = calendar.calendar(run.reader, chosen)
        _write(run, pieces, _target(given.output, "steps.ics"), ("BEGIN:VCALENDAR",))
        remarks = calendar.left_out(run.reader, chosen)
    else:
        from salestrack.services.exporting import hledger as ledger

        with still(run.reader) as book:
            pieces = ledger.journal(book, chosen, today=run.today)
            _write(run, pieces, _target(given.output, "sales.journal"), (ledger.JOURNAL,))
            remarks = ledger.left_out(book, chosen, today=run.today)
    for remark in remarks:
        run.remark(remark)


def _shifted(what: str | None, given: ExportOptions, *, ics: bool, excel: bool) -> ExportOptions:
    """Take the first word as the period, since there is no kind to name."""
    from salestrack.services.exporting.kinds import KINDS

    if excel:
        raise UsageError("--excel is about CSV", hint="leave out one of the two")
    option, holds, name = ("--ics", "planned steps", "steps.ics") if ics else ("--hledger", "sales", "sales.journal")
    hint = f"salestrack export {option} {given.period or '2026'} -o {name}"
    if what in KINDS:
        raise UsageError(f"{option} takes no kind: it holds {holds}", hint=hint)
    if what and given.period:
        raise UsageError(f"'{what}' is not needed here", hint=hint)
    return replace(given, period=what or given.period)


def _format(given: ExportOptions, *, excel: bool) -> str:
    ending = Path(given.output or "").suffix.removeprefix(".").lower()
    name = (given.fmt or (ending if ending in FORMATS else "csv")).lower()
    if name in SHEETS or ending in SHEETS:
        raise UsageError(
            f"exports are {', '.join(FORMATS)}, not {name if name in SHEETS else ending}",
            hint="--excel -o FILE.csv writes what spreadsheet programs open as it is",
        )
    if name not in FORMATS:
        raise UsageError(f"exports are {', '.join(FORMATS)}, not '{name}'", hint="lists know more formats")
    if excel and name != "csv":
        raise UsageError("--excel is about CSV", hint="leave out one of the two")
    return name


def _period(run: Context, given: ExportOptions) -> Period | None:
    return parse_period(given.period, run.words) if given.period else None


def _refuse_filters(given: ExportOptions, *, excel: bool) -> None:
    """Everything is everything: a part of the book would not come back as a book."""
    if given.fmt or excel:
        raise UsageError(
            f"{'--excel' if excel else '-f'} has no say in export all, whose files have their formats",
            hint=f"leave it out, or name one kind: salestrack export deals {'--excel' if excel else '-f jsonl'}",
        )
    asked = [
        name
        for name, value in vars(given).items()
        if value not in (None, False, [], ()) and name not in {"customer", "output"}
    ]
    if asked:
        raise UsageError(
            "export all takes everything, or with --customer everything of one customer",
            hint="filters narrow one kind: salestrack export deals 2026Q1 --won",
        )


def _pieces(run: Context, name: str, exported: Any, *, excel: bool) -> Iterator[str]:
    from salestrack.render.export_rows import Spreadsheet, csv_pieces, json_pieces, jsonl_pieces

    if name == "json":
        return json_pieces(exported.kind, exported.columns, exported.rows)
    if name == "jsonl":
        return jsonl_pieces(exported.columns, exported.rows)
    decimal = run.config.decimal
    sheet = Spreadsheet(";" if decimal == "," else ",", decimal) if excel else None
    return csv_pieces(exported.columns, exported.rows, sheet)


def _count(run: Context, kind: str, chosen: Filter) -> int:
    from salestrack.store.export import Exports

    return Exports(run.reader.engine).count(kind, chosen)


def _marks(kind: str, header: tuple[str, ...]) -> tuple[str, ...]:
    """Return the beginnings by which an earlier export of a kind is known."""
    first = header[0]
    return (",".join(header), f'{{"{first}": ', f'{{"schema": "salestrack/export.{kind}@1"')


def _target(output: str | None, name: str) -> Path | None:
    """Return the file to write, None for standard output; in a folder it gets its usual name."""
    if output in {None, "-"}:
        return None
    path = Path(str(output))
    return path / name if path.is_dir() else path


def _write(run: Context, pieces: Iterable[str], target: Path | None, marks: tuple[str, ...], *, total: int = 0) -> None:
    """Write text to its place: a file whole or not at all; standard output once the book is no longer read."""
    if target is None:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as spool:
            _fill(run, spool, pieces, total)
            spool.seek(0)
            while text := spool.read(BLOCK):  # whoever reads slowly keeps nobody from the book
                typer.echo(text, nl=False)
        return
    _check_export(target, marks)
    # A device or a pipe is written to; a draft put in its place would take it away from everybody.
    draft = target.with_name(f".{target.name}.{os.getpid()}.new") if target.is_file() or not target.exists() else target
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            _fill(run, file, pieces, total)
        if draft != target:
            draft.replace(target)
    except OSError as error:
        raise SalestrackError(f"cannot write {target}: {error.strerror}") from error
    finally:
        if draft != target:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    run.remark(f"wrote {target}")


def _fill(run: Context, file: IO[str], pieces: Iterable[str], total: int) -> None:
    """Write pieces, and show on a terminal how far it is."""
    from salestrack.services.exporting.progress import Progress

    with _bar(run, "export") as told:
        progress = Progress(total, told if total else None)
        for piece in pieces:
            file.write(piece)
            progress.wrote(piece.count("\n"), len(piece))


def _check_export(target: Path, marks: tuple[str, ...]) -> None:
    """Raise RuleError where a file would take the place of one that is no export of the same kind."""
    refuse_database(target)
    if not target.is_file():
        return
    try:
        with target.open("rb") as file:
            head = file.read(HEAD).decode("utf-8-sig", errors="replace")
    except OSError:
        return  # what cannot be read is refused, or not, where it is written
    if head and not head.replace(";", ",").startswith(tuple(mark.replace(";", ",") for mark in marks)):
        raise RuleError(f"{target} is no export of this kind and stays as it is", hint="name another file")


def _has_bar(run: Context) -> bool:
    return sys.stderr.isatty() and not run.options.quiet


@contextmanager
def _bar(run: Context, label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give what draws a bar on a terminal, None elsewhere."""
    bar: AbstractContextManager[Callable[[int, int], None] | None] = nullcontext()
    if _has_bar(run):
        from salestrack.render.progress import progress_bar

        bar = progress_bar(sys.stderr, run.screen(), label)
    with bar as told:
        yield told
