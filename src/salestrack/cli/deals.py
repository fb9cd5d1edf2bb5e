"""deal add and list."""

from dataclasses import dataclass
from typing import Annotated

import typer

from salestrack.cli.context import Context, run_of
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


@dataclass(frozen=True, kw_only=True)
class DealOptions:
    """What may be said of a new deal besides its amount, customer and title."""

    stage: Annotated[
        str | None, typer.Option("--stage", metavar="S", help="The stage it is in; the first by default.")
    ] = None
    pipeline: Annotated[str | None, typer.Option("--pipeline", metavar="P", help="The first one by default.")] = None
    close: Annotated[str | None, typer.Option("--close", metavar="DATE", help="When it is expected to close.")] = None
    probability: ProbabilityOption = None
    owner: Annotated[str | None, typer.Option("--owner", metavar="O", help="Whose deal it is.")] = None
    source: Annotated[str | None, typer.Option("--source", metavar="S", help="Where it came from.")] = None
    product: ProductOption = None
    discount: DiscountOption = None
    next_on: NextOption = None
    alone: NoFollowUpOption = False
    every: EveryOption = None
    until: UntilOption = None
    worth: Annotated[
        str | None,
        typer.Option(
            "--worth", metavar="AMOUNT", help="What a repeating deal counts in the pipeline; its first year by default."
        ),
    ] = None
    date: DateOption = None
    tag: TagOption = None
    field: FieldOption = None
    new: NewOption = False


@packed(DealOptions, "asked")
def add(
    ctx: typer.Context,
    amount: Annotated[
        str,
        typer.Argument(metavar="AMOUNT|-", help="Net of tax; - while it is not known.", show_default=False),
    ],
    who: WhoArgument,
    title: Annotated[list[str], typer.Argument(metavar="TITLE...", help="What it is about.", show_default=False)],
    *,
    asked: DealOptions,
) -> None:
    """Open a deal; with --every the amount is that of each time."""
    run = run_of(ctx)
    deal = _new_deal(run, amount, " ".join(title), asked)
    found = find_who(run.store, who, following=title[0], new=asked.new, ask=run.ask)
    run.say(deals.add_deal(run.store, found, deal, now=run.now))


def _new_deal(run: Context, amount: str, title: str, asked: DealOptions) -> deals.NewDeal:
    """Return what was typed as values; products say the amount where it is not known."""
    store, decimal = run.store, run.config.decimal
    currency = store.settings.book.currency
    money = None if amount == "-" else parse_amount(amount, currency=currency, decimal=decimal)
    paid = money.currency if money else currency
    lines = lines_for(store, asked.product or [], asked.discount, currency=paid, decimal=decimal)
    priced = total(lines) if money is None else None
    planned = None if asked.next_on == NO_STEP else asked.next_on
    return deals.NewDeal(
        title=title,
        amount=Money(priced, currency) if priced is not None else money,
        on=parse_past(asked.date, run.words) if asked.date is not None else run.today,
        stage=asked.stage,
        pipeline=asked.pipeline,
        expected_on=parse_future(asked.close, run.words, "close date") if asked.close is not None else None,
        probability=asked.probability,
        owner_id=store.owners.resolve(asked.owner) if asked.owner else run.owner_id,
        source=asked.source,
        lines=lines,
        tags=tuple(asked.tag or ()),
        fields=field_values(run, asked.field),
        next_on=parse_future(planned, run.words, "next step") if planned is not None else None,
        follow=not asked.alone and asked.next_on != NO_STEP,
        repeating=repeating(run, asked.every, asked.until, asked.worth),
    )


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List deals."""
    list_options(run_of(ctx), "deals", filters)
