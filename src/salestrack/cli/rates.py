"""rate set, list and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.listing import ListOptions, YesOption, show_list
from salestrack.cli.options import packed
from salestrack.domain.dates import parse_past
from salestrack.services import rates

CurrencyArgument = Annotated[str, typer.Argument(metavar="CUR", help="A currency, like EUR.", show_default=False)]


def set_(
    ctx: typer.Context,
    currency: CurrencyArgument,
    rate: Annotated[
        str,
        typer.Argument(metavar="RATE", help="What 1 of it is worth in the book's currency: 1.08.", show_default=False),
    ],
    *,
    date: Annotated[
        str | None, typer.Option("-d", "--date", metavar="DATE", help="From this day on; today by default.")
    ] = None,
    yes: YesOption = False,
) -> None:
    """Say what a currency is worth from a day on; what closed since then without a rate gets it, nothing else changes."""
    run = run_of(ctx)
    on = parse_past(date, run.words) if date is not None else run.today
    run.say(rates.set_rate(run.store, currency, rate, on=on, decimal=run.config.decimal, ask=run.ask, yes=yes))


@packed(ListOptions, "options")
def list_(ctx: typer.Context, *, options: ListOptions) -> None:
    """List the rates: what a unit was worth in the book's currency from which day on."""
    show_list(run_of(ctx), "rates", options)


def rm(
    ctx: typer.Context,
    currency: CurrencyArgument,
    date: Annotated[
        str | None, typer.Argument(metavar="[DATE]", help="The day it counts from.", show_default=False)
    ] = None,
) -> None:
    """Remove a rate; deals and sales that were pinned at it keep it."""
    run = run_of(ctx)
    run.say(rates.remove_rate(run.store, currency, parse_past(date, run.words) if date is not None else None))
