"""deal split and deal merge."""

from typing import Annotated

import typer

from salestrack.cli.context import joined, run_of
from salestrack.cli.options import DealArgument
from salestrack.domain.money import parse_amount
from salestrack.services import reshaping
from salestrack.services.who import find_deal


def split(
    ctx: typer.Context,
    deal: DealArgument,
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="How much of it goes to the new deal.", show_default=False)
    ],
    title: Annotated[
        list[str], typer.Argument(metavar="TITLE...", help="What the new deal is called.", show_default=False)
    ],
) -> None:
    """Take a part of an open deal out as a deal of its own, as old as the first; its past is divided in proportion."""
    run = run_of(ctx)
    found = find_deal(run.store, deal, ask=run.ask)
    part = parse_amount(amount, currency=found.currency, decimal=run.config.decimal)
    run.say(reshaping.split_deal(run.store, found, part, joined(title, ask=False) or ""))


def merge(
    ctx: typer.Context,
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="The deal to keep.", show_default=False)],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The deal that goes into it.", show_default=False)],
) -> None:
    """Make two open deals one; amounts add up on every past day, calls, sales, people and tags come along."""
    run = run_of(ctx)
    kept, gone = (find_deal(run.store, text, ask=run.ask) for text in (keep, other))
    run.say(reshaping.merge_deals(run.store, kept, gone))
