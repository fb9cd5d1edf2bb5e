"""move, push, won, lost, reopen: a deal on its way."""

import datetime as dt
from typing import Annotated

import typer

from salestrack.cli.context import Context, joined, run_of
from salestrack.cli.options import DateOption, DealArgument, NoFollowUpOption, NoteArgument
from salestrack.domain.dates import parse_future, parse_past
from salestrack.domain.money import parse_amount
from salestrack.services import deals
from salestrack.services.pushes import push_deal
from salestrack.services.reasons import ask_reason
from salestrack.services.who import find_deal


def move(
    ctx: typer.Context,
    deal: DealArgument,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="The stage it is in now.", show_default=False)],
    *,
    date: DateOption = None,
    alone: NoFollowUpOption = False,
) -> None:
    """Move a deal to another stage, today or as of a day in the past."""
    run = run_of(ctx)
    found = find_deal(run.store, deal, ask=run.ask)
    run.say(deals.move_deal(run.store, found, stage, on=_on(run, date), follow=not alone))


def push(
    ctx: typer.Context,
    deal: DealArgument,
    to: Annotated[str, typer.Argument(metavar="DATE", help="When it is expected to close now.", show_default=False)],
    why: NoteArgument = None,
) -> None:
    """Expect a deal to close on another day; the old date stays in its history."""
    run = run_of(ctx)
    day = parse_future(to, run.words)
    found = find_deal(run.store, deal, ask=run.ask)
    run.say(push_deal(run.store, found, day, joined(why), on=run.today, now=run.now))


def won(
    ctx: typer.Context,
    deal: DealArgument,
    amount: Annotated[str | None, typer.Argument(metavar="[AMOUNT]", help="What it was won for.")] = None,
    *,
    date: DateOption = None,
    alone: NoFollowUpOption = False,
) -> None:
    """Close a deal as won, for its amount or another one."""
    run = run_of(ctx)
    found = find_deal(run.store, deal, ask=run.ask)
    money = parse_amount(amount, currency=found.currency, decimal=run.config.decimal) if amount is not None else None
    run.say(deals.win_deal(run.store, found, money, on=_on(run, date), follow=not alone))


def lost(
    ctx: typer.Context,
    deal: DealArgument,
    reason: Annotated[
        str | None,
        typer.Argument(metavar="REASON", help="One of the book's reasons, like price.", show_default=False),
    ] = None,
    note: NoteArgument = None,
    *,
    date: DateOption = None,
    new_reason: Annotated[bool, typer.Option("--new-reason", help="Add the reason to the book's list.")] = False,
    alone: NoFollowUpOption = False,
) -> None:
    """Close a deal as lost, with the reason."""
    run = run_of(ctx)
    found = find_deal(run.store, deal, ask=run.ask)
    if reason is None:
        reason = ask_reason(run.store, found, run.ask)
    why = joined(note)
    day = _on(run, date)
    run.say(deals.lose_deal(run.store, found, reason, why, on=day, new_reason=new_reason, follow=not alone))


def reopen(ctx: typer.Context, deal: DealArgument, *, date: DateOption = None, alone: NoFollowUpOption = False) -> None:
    """Open a closed deal again, in the stage it was closed from."""
    run = run_of(ctx)
    found = find_deal(run.store, deal, ask=run.ask)
    run.say(deals.reopen_deal(run.store, found, on=_on(run, date), follow=not alone))


def _on(run: Context, text: str | None) -> dt.date:
    return parse_past(text, run.words) if text is not None else run.today
