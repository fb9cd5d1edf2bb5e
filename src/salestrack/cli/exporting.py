"""export: take data out of the book."""

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from salestrack.cli.context import Context, run_of
from salestrack.cli.exported_files import bar, has_bar, marks, target_of, write
from salestrack.cli.filtering import Conditions, resolved
from salestrack.cli.options import packed
from salestrack.domain.filters import Filter
from salestrack.domain.periods import Period, parse_period
from salestrack.errors import UsageError

FORMATS = ("csv", "tsv", "jsonl", "json")
SHEETS = ("xlsx", "xls", "ods")
"""What spreadsheet programs write themselves, and no CSV file may be called."""
CELLS = ("csv", "tsv")
"""Formats that have no room for several products of a record."""
FILES = {
    *FORMATS,
    *SHEETS,
    "gz",
    "tar",
    "tgz",
    "bz2",
    "tbz2",
    "xz",
    "txz",
    "zst",
    "7z",
    "rar",
    "txt",
    "db",
    "sqlite",
    "ics",
}
"""Endings that say of a name that it is one file, and no folder."""


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
        str | None, typer.Option("-f", "--format", metavar="FORMAT", help="csv, tsv, jsonl or json; csv by default.")
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
    total = min(_count(run, kind, chosen), given.limit or sys.maxsize) if has_bar(run) else 0
    target = target_of(given.output, f"{kind}.{name}")
    with still(run.reader) as book:
        exported = export_rows(book, kind, chosen, sort=given.sort, limit=given.limit)
        exported = exported if name in CELLS else with_lines(book, exported)
        write(run, _pieces(run, name, exported, excel=excel), target, marks(kind, header), total=total)
    if name in CELLS and (several := several_products(run.reader, kind, chosen)):
        noun = kind if several != 1 else kind.removesuffix("s")
        stand = "stand" if several != 1 else "stands"
        where = "salestrack export lines has each, and -f jsonl keeps them"
        run.remark(f"{several:,} {noun} with several products {stand} without them; {where}")


def _all(run: Context, given: ExportOptions) -> None:
    """Write the whole book, or all data of one customer, to a folder or zip file."""
    from salestrack.services.exporting.folder import export_book
    from salestrack.services.exporting.person import export_customer, others_inside

    _refuse_file(given.output)
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
        run.remark(written.text, *others_inside(run.reader, run.reader.names.who(given.customer[0])))
        return
    with bar(run, "export") as told:
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
        write(run, pieces, target_of(given.output, "steps.ics"), ("BEGIN:VCALENDAR",))
        remarks = calendar.left_out(run.reader, chosen)
    else:
        from salestrack.services.exporting import hledger as ledger

        with still(run.reader) as book:
            pieces = ledger.journal(book, chosen, today=run.today)
            write(run, pieces, target_of(given.output, "sales.journal"), (ledger.JOURNAL,))
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
    if what in (*KINDS, "all"):
        raise UsageError(f"{option} takes no kind: it holds {holds}", hint=hint)
    if what and given.period:
        raise UsageError(f"'{what}' is not needed here", hint=hint)
    return replace(given, period=what or given.period)


def _format(given: ExportOptions, *, excel: bool) -> str:
    """Return the format that -f or the ending of the file says."""
    asked = given.fmt.lower() if given.fmt else None
    ending = _ending(given.output)
    for word in (asked, ending):
        if word in SHEETS:
            hint = "--excel -o FILE.csv writes what spreadsheet programs open as it is"
            raise UsageError(f"exports are {', '.join(FORMATS)}, not {word}", hint=hint)
    if asked and asked not in FORMATS:
        raise UsageError(f"exports are {', '.join(FORMATS)}, not '{given.fmt}'", hint="lists know more formats")
    if not asked and ending not in {*FORMATS, ""}:
        endings = ", ".join(f".{each}" for each in FORMATS)
        raise UsageError(
            f"no format is called .{ending}; the endings are {endings}, each also with .gz",
            hint=f"-f csv -o {shlex.quote(str(given.output))} writes CSV all the same",
        )
    name = asked or ending or "csv"
    if excel and name != "csv":
        raise UsageError("--excel is about CSV", hint="leave out one of the two")
    return name


def _ending(output: str | None) -> str:
    """Return the ending of a file that says its format, without a dot; a folder, a device and standard output have none."""
    path = Path(output or "")
    if output in {None, "-"} or (path.exists() and not path.is_file()):
        return ""
    path = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return path.suffix.removeprefix(".").lower()


def _refuse_file(output: str | None) -> None:
    """Raise UsageError where the whole book is to be written to what is called one file, and no zip file."""
    path = Path(output or "")
    if path.suffix.removeprefix(".").lower() in FILES and not path.exists():
        name = path.name.split(".")[0] or "book"
        raise UsageError(
            f"export all writes a folder or a zip file, and {path.name} is called neither",
            hint=f"-o {shlex.quote(str(path.with_name(name + '.zip')))}, or -o {shlex.quote(str(path.with_name(name)))}",
        )


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
    return csv_pieces(exported.columns, exported.rows, sheet, delimiter="\t" if name == "tsv" else ",")


def _count(run: Context, kind: str, chosen: Filter) -> int:
    from salestrack.store.export import Exports

    return Exports(run.reader.engine).count(kind, chosen)
