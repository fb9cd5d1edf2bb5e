"""sell and refund: money in, money back."""

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer

from salestrack.cli.context import Context, joined, run_of
from salestrack.cli.fielding import field_values
from salestrack.cli.options import (
    ByOption,
    DateOption,
    DealOption,
    DiscountOption,
    FieldOption,
    NewOption,
    NoteArgument,
    ProductOption,
    TagOption,
    WhoArgument,
)
from salestrack.cli.repeating import EveryOption, UntilOption, repeating
from salestrack.domain.dates import parse_past
from salestrack.domain.lines import Line, parse_percent, total
from salestrack.domain.money import Money, parse_amount
from salestrack.domain.quoting import quoted
from salestrack.domain.refs import AT, parse_ref
from salestrack.errors import RuleError, UsageError
from salestrack.services import sales
from salestrack.services.items import lines_for
from salestrack.services.who import find_who

MOST_REPEATED = 6  # words of a note that a hint says again


def sell(
    ctx: typer.Context,
    amount: Annotated[
        str,
        typer.Argument(metavar="AMOUNT", help="Net of tax; - takes the products' total.", show_default=False),
    ],
    who: WhoArgument,
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[WHAT]...", help="What was sold.", show_default=False)
    ] = None,
    *,
    date: DateOption = None,
    deal: DealOption = None,
    product: ProductOption = None,
    discount: DiscountOption = None,
    tax: Annotated[str | None, typer.Option("--tax", metavar="RATE", help="Sales tax on top, like 19%.")] = None,
    ref: Annotated[str | None, typer.Option("--ref", metavar="REF", help="The number of the invoice or order.")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="C", help="Where it was sold: shop, direct ...")
    ] = None,
    every: EveryOption = None,
    until: UntilOption = None,
    owner: ByOption = None,
    tag: TagOption = None,
    field: FieldOption = None,
    new: NewOption = False,
) -> None:
    """Record a sale, net of tax; with --every it repeats."""
    run = run_of(ctx)
    store = run.store
    currency, decimal = store.settings.book.currency, run.config.decimal
    money = None if amount == "-" else parse_amount(amount, currency=currency, decimal=decimal)
    lines = lines_for(store, product or [], discount, currency=money.currency if money else currency, decimal=decimal)
    money = money or _total(lines, currency)
    found = find_who(store, who, following=(what or [""])[0], new=new, ask=run.ask)
    sale = sales.NewSale(
        amount=money,
        on=parse_past(date, run.words) if date is not None else run.today,
        title=joined(what, ask=False),
        tax_rate=parse_percent(tax, "tax rate") if tax is not None else None,
        ref=ref,
        channel=channel,
        owner_id=run.owned_by(owner),
        lines=lines,
        tags=tuple(tag or ()),
        fields=field_values(run, field),
        repeating=repeating(run, every, until),
    )
    run.say(sales.sell(store, found, sale, sales.find_invoiced(store, found, deal, ask=run.ask)))


def refund(
    ctx: typer.Context,
    sale: Annotated[str, typer.Argument(metavar="SALE", help="The id of the sale, like s12.", show_default=False)],
    amount: Annotated[str | None, typer.Argument(metavar="[AMOUNT]", help="All that is left of it by default.")] = None,
    note: NoteArgument = None,
    *,
    date: DateOption = None,
) -> None:
    """Give money back for a sale; it counts on its own day."""
    run = run_of(ctx)
    text = (run.store.journal.last_ref("s") or sale) if sale == AT else sale
    ref = parse_ref(text, "s")
    if ref is None or ref.letter != "s" or not ref.id:
        raise UsageError(f"'{sale}' is not the id of a sale", hint="salestrack sale list shows them, like s12")
    money = _given_back(run, ref.id, amount, note or []) if amount is not None else None
    on = parse_past(date, run.words) if date is not None else run.today
    run.say(sales.refund(run.store, ref.id, money, joined(note), on=on))


def _given_back(run: Context, key: int, amount: str, note: Sequence[str]) -> Money:
    """Return the amount of a refund; UsageError with what is left of the sale where a note stands in its place."""
    paid = run.store.sales.get(key)
    if any(sign.isdigit() for sign in amount):
        return parse_amount(amount, currency=paid.amount.currency, decimal=run.config.decimal)
    left = Money(paid.amount.minor - run.store.sales.refunded(key), paid.amount.currency)
    whole = left.minor > 0 and run.store.schedules.of("sale", key) is None
    number = left.plain().removesuffix(".00").replace(".", run.config.decimal) if whole else "AMOUNT"
    words = "NOTE" if "'" in amount else shlex.join([amount, *note[:MOST_REPEATED]])
    more = " ..." if len(note) > MOST_REPEATED else ""
    raise UsageError(
        f"{quoted(amount)} is not an amount; that comes before the note",
        hint=f"salestrack refund {paid.id_text} {number} {words}{more}",
    )


def _total(lines: tuple[Line, ...], currency: str) -> Money:
    amount = total(lines)
    if amount is None:
        raise RuleError(
            "- takes the total of the products, and there is none",
            hint="name an amount, or --product 3xBuild@2500",
        )
    return Money(amount, currency)
