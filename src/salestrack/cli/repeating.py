"""Options of what repeats: of a new sale or deal, and of an edit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from salestrack.cli.context import Context
from salestrack.domain.dates import parse_coming
from salestrack.errors import UsageError

if TYPE_CHECKING:
    from salestrack.services.edits import Change
    from salestrack.services.recurring import Repeating

EveryOption = Annotated[
    str | None,
    typer.Option("--every", metavar="HOW-OFTEN", help="It repeats: month, quarter, year, '2 weeks'."),
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="The last day on which it falls due; no end by default.")
]


@dataclass(frozen=True, kw_only=True)
class RepeatOptions:
    """What an edit changes about a repeating sale or deal."""

    every: Annotated[
        str | None,
        typer.Option("--every", metavar="HOW-OFTEN", help="It repeats: month, quarter, '2 weeks'; - no more."),
    ] = None
    until: Annotated[
        str | None,
        typer.Option("--until", "--end", metavar="DATE", help="The last day on which it falls due; - for no end."),
    ] = None
    price: Annotated[
        str | None, typer.Option("--price", metavar="AMOUNT", help="What each time is worth from a day on.")
    ] = None
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="From when on the price holds; today by default.")
    ] = None
    pause: Annotated[
        str | None, typer.Option("--pause", metavar="DATE", help="Nothing falls due from that day on.")
    ] = None
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="DATE", help="It falls due again from that day on.")
    ] = None


def repeating(run: Context, every: str | None, until: str | None, worth: str | None = None) -> "Repeating | None":
    """Return how a new sale or deal repeats, None when it does not; UsageError for an end without a rhythm."""
    if every is None:
        if until is not None or worth is not None:
            raise UsageError("--until and --worth are about what repeats", hint="add --every month")
        return None
    # Fetched here: most sales and deals happen once.
    from salestrack.domain.money import parse_amount
    from salestrack.domain.recurring import parse_every
    from salestrack.services.recurring import Repeating

    currency, decimal = run.store.settings.book.currency, run.config.decimal
    return Repeating(
        parse_every(every),
        parse_coming(until, run.words, "end") if until is not None else None,
        parse_amount(worth, currency=currency, decimal=decimal, what="worth") if worth is not None else None,
    )


def repeat_changes(run: Context, given: RepeatOptions) -> "list[Change]":
    """Return what an edit changes about what repeats, in the order in which it makes sense; nothing when not asked."""
    if not any(vars(given).values()):
        return []
    from salestrack.domain.recurring import parse_every
    from salestrack.services import recurring

    if given.since is not None and given.price is None:
        raise UsageError("--from says from when on a price holds", hint="add --price 600")
    changes: list[Change] = []
    if given.every is not None:
        changes.append(recurring.EveryChange(None if given.every == "-" else parse_every(given.every)))
    if given.until is not None:
        changes.append(
            recurring.UntilChange(None if given.until == "-" else parse_coming(given.until, run.words, "end"))
        )
    resume = parse_coming(given.resume, run.words, "day") if given.resume is not None else None
    pause = parse_coming(given.pause, run.words, "day") if given.pause is not None else None
    if resume and not (pause and pause < resume):
        changes.append(recurring.ResumeChange(resume))
    if given.price is not None:
        since = parse_coming(given.since, run.words, "day") if given.since is not None else None
        changes.append(recurring.PriceChange(given.price, run.config.decimal, since))
    if pause:
        changes.append(recurring.PauseChange(pause))
    if resume and pause and pause < resume:
        changes.append(recurring.ResumeChange(resume))
    return changes
