"""report: the numbers, each with its definition."""

from typing import Annotated, NamedTuple

import typer

from salestrack.cli.context import Context, run_of
from salestrack.cli.filtering import Conditions, resolved
from salestrack.cli.options import FormatOption, OutputOption, packed
from salestrack.cli.output import Output
from salestrack.domain.dates import Words, parse_any
from salestrack.domain.periods import Period, parse_period
from salestrack.errors import ParseError, UsageError
from salestrack.render.formats import Format
from salestrack.render.reports import explained, ids_document, report_document
from salestrack.reports.frames import Versus
from salestrack.services.reports import REPORTS, Wanted, explain, make_report


class Request(NamedTuple):
    """What `report` was asked besides filters."""

    name: str = "summary"
    period: str | None = None
    by: str | None = None
    versus: str | None = None
    as_of: str | None = None
    basis: str | None = None
    within: str | None = None
    cohort: str | None = None
    currency: str | None = None
    explain: bool = False


@packed(Conditions, "conditions")
def report(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=f"{', '.join(REPORTS)}.")] = "summary",
    period: Annotated[
        str | None, typer.Argument(metavar="[PERIOD]", show_default=False, help="week, 2026Q1, 30d, a..b, all ...")
    ] = None,
    *,
    conditions: Conditions,
    by: Annotated[str | None, typer.Option("--by", metavar="DIM", help="month, owner, product, reason ...")] = None,
    versus: Annotated[str | None, typer.Option("--vs", metavar="PERIOD", help="prev, ly, none, or a period.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As it was at the end of that day.")
    ] = None,
    basis: Annotated[
        str | None, typer.Option("--basis", metavar="B", help="revenue: deals, sales. winloss: count, value, created.")
    ] = None,
    within: Annotated[str | None, typer.Option("--within", metavar="DAYS", help="Won within so many days.")] = None,
    cohort: Annotated[
        str | None, typer.Option("--cohort", metavar="C", help="created, entered or closed in it.")
    ] = None,
    currency: Annotated[str | None, typer.Option("--currency", metavar="CODE", help="The book's by default.")] = None,
    explaining: Annotated[
        bool, typer.Option("--explain", help="Show the formulas with their numbers, the ids and the SQL.")
    ] = False,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show a report; without a name, the week so far against the same point of last week."""
    if name not in REPORTS and period is None:
        name, period = "summary", name
    request = Request(name, period, by, versus, as_of, basis, within, cohort, currency, explaining)
    show_report(run_of(ctx), request, Output.of(fmt, output), conditions)


def show_report(run: Context, request: Request, output: Output, conditions: Conditions | None = None) -> None:
    """Make a report, or the explanation of it, and print it."""
    wanted = _wanted(run, request, conditions or Conditions())
    store = run.reader
    reported = make_report(store, request.name, wanted, run.words)
    document = report_document(reported.report)
    if output.format is Format.IDS and request.name != "summary":
        document = ids_document(explain(store, reported))
    elif request.explain:
        document = explained(document, explain(store, reported))
    run.show(document, output)


def _wanted(run: Context, request: Request, conditions: Conditions) -> Wanted:
    as_of = parse_any(request.as_of, run.words) if request.as_of else None
    # On a past day, `week` is the week of that day.
    words = run.words._replace(today=as_of) if as_of else run.words
    return Wanted(
        period=_period(words, request) if request.period else None,
        by=request.by,
        versus=_versus(words, request.versus),
        as_of=as_of,
        basis=request.basis,
        within=_days(request.within) if request.within else None,
        cohort=request.cohort,
        currency=request.currency,
        only=resolved(run, conditions, None),
    )


def _period(words: Words, request: Request) -> Period:
    try:
        return parse_period(request.period or "", words)
    except ParseError as error:
        if request.name == "summary":
            raise UsageError(
                f"'{request.period}' is neither a report nor a period", hint=f"reports: {', '.join(REPORTS)}"
            ) from error
        raise


def _versus(words: Words, text: str | None) -> Versus | None:
    match text:
        case None | "prev" | "ly" | "none":
            return text
        case _:
            return parse_period(text, words)


def _days(text: str) -> int:
    digits = text.removesuffix("d")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 5:
        raise UsageError(f"--within '{text}' is not a number of days", hint="write 90d")
    return int(digits)
