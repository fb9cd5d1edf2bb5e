"""deal add, list and edit."""

from typing import Annotated, Any

import typer

from salestrack.cli.context import Context, joined, run_of
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import (
    DateOption,
    DealArgument,
    DiscountOption,
    NewOption,
    NextOption,
    ProductOption,
    TagOption,
    WhoArgument,
    packed,
)
from salestrack.domain.dates import parse_future, parse_past
from salestrack.domain.lines import total
from salestrack.domain.money import Money, parse_amount
from salestrack.errors import UsageError
from salestrack.services import deals
from salestrack.services.items import lines_for
from salestrack.services.who import find_deal, find_who

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
    date: DateOption = None,
    tag: TagOption = None,
    new: NewOption = False,
) -> None:
    """Open a deal."""
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
        next_on=parse_future(next_on, run.words, "next step") if next_on is not None else None,
    )
    found = find_who(store, who, following=title[0], new=new, ask=run.ask)
    run.say(deals.add_deal(store, found, deal, now=run.now))


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List deals."""
    list_options(run_of(ctx), "deals", filters)


def edit(
    ctx: typer.Context,
    deal: DealArgument,
    *,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="What it is about.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", metavar="AMOUNT", help="- for not known.")] = None,
    close: Annotated[str | None, typer.Option("--close", metavar="DATE", help="Expected close; - for none.")] = None,
    probability: Annotated[
        str | None,
        typer.Option("--probability", metavar="PERCENT", help="Pin it; - follows the stage again."),
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="O", help="- for nobody.")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="S", help="Where it came from; - for none.")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A remark; - for none.")] = None,
    date: Annotated[
        str | None,
        typer.Option("-d", "--date", metavar="WHEN", help="Since when it is so; today by default."),
    ] = None,
    correct: Annotated[
        bool, typer.Option("--correct", help="It was always so: rewrite the history from the start.")
    ] = False,
) -> None:
    """Change a deal as of a day, or correct a typing error from the start."""
    run = run_of(ctx)
    found = find_deal(run.store, deal, ask=run.ask)
    changes = _texts(title=title, source=source, note=joined([note]) if note else None)
    if amount is not None:
        money = None if amount == "-" else parse_amount(amount, currency=found.currency, decimal=run.config.decimal)
        changes |= {"amount": money} | ({"currency": money.currency} if money else {})
    if close is not None:
        changes["expected_on"] = None if close == "-" else parse_future(close, run.words, "close date")
    if probability is not None:
        changes["probability"] = _percent(probability)
    if owner is not None:
        changes |= _owner(run, owner)
    if not changes:
        raise UsageError("nothing to change", hint="for example --amount 1200, --close eom, --title 'New website'")
    if correct and date is not None:
        raise UsageError("--correct is about the whole past, --date about a day of it", hint="give one of them")
    on = parse_past(date, run.words) if date is not None else run.today
    run.say(deals.edit_deal(run.store, found, changes, on=on, correct=correct))


def _texts(**given: str | None) -> dict[str, Any]:
    return {name: None if text == "-" else text for name, text in given.items() if text is not None}


def _percent(text: str) -> int | None:
    if text == "-":
        return None
    if not text.rstrip("%").isdecimal() or int(text.rstrip("%")) > 100:
        raise UsageError(f"'{text}' is not a probability", hint="write an integer percentage from 0 to 100")
    return int(text.rstrip("%"))


def _owner(run: Context, text: str) -> dict[str, Any]:
    return {"owner_id": None if text == "-" else run.store.owners.resolve(text)}
