"""days-off add, list, rm and holidays."""

from typing import Annotated

import typer

from salestrack.cli.context import Context, joined, run_of
from salestrack.cli.listing import ListOptions, show_list
from salestrack.cli.options import packed
from salestrack.domain.days_off import Stretch, parse_stretch
from salestrack.errors import ParseError
from salestrack.services import days_off


def add(
    ctx: typer.Context,
    days: Annotated[
        str, typer.Argument(metavar="DAYS", help="2026-08-03..2026-08-14, or one day.", show_default=False)
    ],
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="What for, like summer.", show_default=False)
    ] = None,
) -> None:
    """Add days off: they count neither in the pace of a quota nor in how long a deal was left alone."""
    run = run_of(ctx)
    run.say(days_off.add_days_off(run.store, parse_stretch(days, run.words), joined(name, ask=False)))


@packed(ListOptions, "options")
def list_(ctx: typer.Context, *, options: ListOptions) -> None:
    """List the days off."""
    show_list(run_of(ctx), "days_off", options)


def rm(
    ctx: typer.Context,
    days: Annotated[
        list[str], typer.Argument(metavar="DAYS|NAME", help="The days, or what they were for.", show_default=False)
    ],
) -> None:
    """Take days off the list; what is left of a longer stretch stays."""
    run = run_of(ctx)
    run.say(days_off.remove_days_off(run.store, _wanted(run, " ".join(days))))


def holidays(
    ctx: typer.Context,
    country: Annotated[
        str, typer.Argument(metavar="COUNTRY[-PART]", help="Like DE, DE-BY or US-CA.", show_default=False)
    ],
    years: Annotated[
        str | None, typer.Argument(metavar="[YEARS]", help="2027 or 2026..2028; this year and the next by default.")
    ] = None,
) -> None:
    """Add the public holidays of a country; those that are there already stay as they are."""
    from salestrack.services.holidays import find_place, holidays_of, parse_years

    run = run_of(ctx)
    place = find_place(country)
    found = holidays_of(place, parse_years(years, run.today))
    run.say(days_off.add_holidays(run.store, found, place.code))


def _wanted(run: Context, text: str) -> Stretch | str:
    """Return the days that a text means, or the text itself where it is no date: then it is a name."""
    try:
        return parse_stretch(text, run.words)
    except ParseError:
        return text
