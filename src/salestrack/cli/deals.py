"""deal add and list."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.fielding import field_values
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import (
    NO_STEP,
    DateOption,
    DiscountOption,
    FieldOption,
    NewOption,
    NextOption,
    NoFollowUpOption,
    ProductOption,
    TagOption,
    WhoArgument,
    packed,
)
from salestrack.cli.repeating import EveryOption, UntilOption, repeating
from salestrack.domain.dates import parse_future, parse_past
from salestrack.domain.lines import total
from salestrack.domain.money import Money, parse_amount
from salestrack.services import deals
from salestrack.services.items import lines_for
from salestrack.services.who import find_who

ProbabilityOption = Annotated[
    int | None,
    typer.Option("--probability", metavar="PERCENT", min=0, max=100, help="Pin it; the stage's otherwise."),
]


def add(
    ctx: typer.Context,
    amount: Annotated[
        str,
        typer.Argument(metavar="AMOUNT|-", help="Net of tax; - while it is not known.", show_default=False),
    ],
    who: WhoArgument,
    title: Annotated[list[str], typer.Argument(metavar="TITLE...", help="What it is about.", show_default=False)],
    *,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="S", help="The stage it is in; the first by default.")
    ] = None,
    pipeline: Annotated[str | None, typer.Option("--pipeline", metavar="P", help="The first one by default.")] = None,
    close: Annotated[str | None, typer.Option("--close", metavar="DATE", help="When it is expected to close.")] = None,
    probability: ProbabilityOption = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="O", help="Whose deal it is.")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="S", help="Where it came from.")] = None,
    product: ProductOption = None,
    discount: DiscountOption = None,
    next_on: NextOption = None,
    alone: NoFollowUpOption = False,
    every: EveryOption = None,
    until: UntilOption = None,
    worth: Annotated[
        str | None,
        typer.Option(
            "--worth", metavar="AMOUNT", help="What a repeating deal counts in the pipeline; its first year by default."
        ),
    ] = None,
    date: DateOption = None,
    tag: TagOption = None,
    field: FieldOption = None,
    new: NewOption = False,
) -> None:
    """Open a deal; with --every the amount is that of each time."""
    run = run_of(ctx)
    store = run.store
    currency, decimal = store.settings.book.currency, run.config.decimal
    money = None if amount == "-" else parse_amount(amount, currency=currency, decimal=decimal)
    lines = lines_for(store, product or [], discount, currency=money.currency if money else currency, decimal=decimal)
    priced = total(lines) if money is None else None
    deal = deals.NewDeal(
        title=" ".join(title),
        amount=Money(priced, currency) if priced is not None else money,
        on=parse_past(date, run.words) if date is not None else run.today,
        stage=stage,
        pipeline=pipeline,
        expected_on=parse_future(close, run.words, "close date") if close is not None else None,
        probability=probability,
        owner_id=store.owners.resolve(owner) if owner else run.owner_id,
        source=source,
        lines=lines,
        tags=tuple(tag or ()),
        fields=field_values(run, field),
        next_on=parse_future(next_on, run.words, "next step") if next_on not in {None, NO_STEP} else None,
        follow=not alone and next_on != NO_STEP,
        repeating=repeating(run, every, until, worth),
    )
    found = find_who(store, who, following=title[0], new=new, ask=run.ask)
    run.say(deals.add_deal(store, found, deal, now=run.now))


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List deals."""
    list_options(run_of(ctx), "deals", filters)
