"""Recording money that came in, and money given back."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from salestrack.domain import lines as lining
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.sales import Sale
from salestrack.domain.sentences import Sentence
from salestrack.domain.taxes import Taxed, spread_by_rate, taxed
from salestrack.errors import RuleError
from salestrack.services import recurring
from salestrack.services.answers import Answer, Ask, Part
from salestrack.services.booking import book, rate_note
from salestrack.services.items import told_discount, total_notes
from salestrack.services.recurring import Repeating
from salestrack.services.who import Found, find_deal
from salestrack.store import Store

if TYPE_CHECKING:
    from salestrack.services.fields import Values


class NewSale(NamedTuple):
    """What `sell` says: the net amount, the day, and what it was for."""

    amount: Money
    on: date
    title: str | None = None
    tax_rate: Decimal | None = None
    ref: str | None = None
    channel: str | None = None
    owner_id: int | None = None
    lines: tuple[Line, ...] = ()
    tags: tuple[str, ...] = ()
    fields: "Values | None" = None
    repeating: Repeating | None = None


class Belongs(NamedTuple):
    """The deal that a sale is an invoice of, and a remark where that stays open."""

    deal: Deal | None
    remark: str | None


def find_invoiced(store: Store, found: Found, deal: str | None, *, ask: Ask | None) -> Belongs:
    """Return the deal a sale belongs to: the one named, or the one a person chooses among the customer's unbilled ones."""
    if deal:
        chosen = find_deal(store, deal)
        customer = found.who.customer_id if found.who else None
        if chosen.customer_id and chosen.customer_id != customer:
            raise RuleError(f"{chosen.ref} belongs to {chosen.customer}, not to {found.text}")
        return Belongs(chosen, None)
    if found.who and found.who.deal_id:
        return Belongs(store.deals.get(found.who.deal_id), None)
    rows = store.customers.unbilled_deals(found.who.customer_id) if found.who and found.who.customer_id else []
    if not rows:
        return Belongs(None, None)
    labels = [f"d{row['id']} {row['title']} ({row['status']})" for row in rows]
    if ask:
        index = ask.choose(f"{found.text} has deals that are not billed. Does this sale belong to one?", labels)
        return Belongs(None if index is None else store.deals.get(rows[index]["id"]), None)
    return Belongs(
        None,
        f"{found.text} has {labels[0]}; the sale stands alone and counts as revenue (--deal d{rows[0]['id']} would join it)",
    )


def sell(store: Store, found: Found, new: NewSale, belongs: Belongs) -> Answer:
    """Record a sale; as an invoice of a deal it has the deal's currency and does not count as revenue again."""
    deal = belongs.deal
    if deal:
        _refuse_unfit(deal, new)
    booked = book(store, new.amount, new.on)
    due = _taxed(store, new, lining.fitted(new.lines, new.amount.minor))
    with store.operation("sold") as op:
        sale = Sale(
            customer_id=found.customer_id(store, on=new.on, op=op.id, owner_id=new.owner_id),
            deal_id=deal.id if deal else None,
            title=new.title,
            on_date=new.on,
            amount=new.amount,
            tax=due.tax,
            tax_rate=due.rate,
            rate=booked.rate,
            book_amount=booked.book_amount,
            ref=new.ref,
            channel=new.channel,
            owner_id=new.owner_id if new.owner_id else deal.owner_id if deal else None,
        )
        sale = store.sales.add(sale, due.lines, op=op.id)
        if new.repeating:
            recurring.begin_sale(store, sale.id, new.on, new.repeating, op=op)
        if new.tags:
            store.tags.put("sale", sale.id, list(new.tags), op=op.id)
        fields = new.fields.put(store, "sale", sale.id, op=op) if new.fields else []
        refs = ([f"c{sale.customer_id}"] if sale.customer_id else []) + ([f"d{deal.id}"] if deal else [])
        op.touch(sale.id_text, *refs)
    parts = [sale.id_text, *_told(new, due, found), *fields]
    parts += [f"invoice of {deal.ref} {deal.title} ({deal.status})"] if deal else []
    notes = tuple(note for note in (belongs.remark, rate_note(new.amount, booked)) if note)
    notes += (*total_notes(new.lines, new.lines, new.amount), *_doubts(store, sale, deal))
    return Answer(tuple(parts), op.id, notes)


def _doubts(store: Store, sale: Sale, deal: Deal | None) -> list[str]:
    """Return remarks on a sale that stands in the book already, and on a deal that is billed beyond its amount."""
    notes: list[str] = []
    if same := store.sales.same(sale):
        that_day = " on that day (salestrack undo takes this one back)"
        notes.append(Sentence(f"{same} is the same sale: ", sale.amount, that_day))
    elif sale.ref and (other := store.sales.with_ref(sale)):
        notes.append(f"{other} has the ref {sale.ref} too")
    if deal and deal.amount and store.schedules.of("deal", deal.id) is None:
        billed = store.sales.billed(deal.id)
        if billed > deal.amount.minor:
            total = Money(billed, deal.currency)
            notes.append(Sentence(f"{deal.ref} is worth ", deal.amount, " and billed at ", total, " now"))
    return notes


def _refuse_unfit(deal: Deal, new: NewSale) -> None:
    """Refuse an invoice in another currency than its deal's, and one that would repeat."""
    if deal.currency != new.amount.currency:
        raise RuleError(
            f"{deal.ref} is in {deal.currency}, and the sale in {new.amount.currency}",
            hint="a deal is billed in its own currency",
        )
    if new.repeating:
        raise RuleError(
            f"an invoice of {deal.ref} does not repeat", hint=f"the deal does: salestrack edit {deal.ref} --every month"
        )


def _told(new: NewSale, due: Taxed, found: Found) -> list[Part]:
    """Return what was understood of a new sale."""
    parts: list[Part] = [
        (new.amount, recurring.told(new.repeating)) if new.repeating else new.amount,
        found.text,
        *([new.title] if new.title else []),
        ("from", format_day(new.on)) if new.repeating else format_day(new.on),
    ]
    parts += told_discount(new.lines, new.amount.currency)
    if due.tax is not None:
        parts.append(("+", Money(due.tax, new.amount.currency), "tax" if due.rate else f"tax at {_rates(due.lines)}"))
    return parts


def _taxed(store: Store, new: NewSale, lines: tuple[Line, ...]) -> Taxed:
    """Return the tax of a new sale: at the rate that was typed, else that of each product, else the book's."""
    if new.tax_rate is not None:
        return taxed(new.amount, lines, [str(new.tax_rate)] * max(len(lines), 1))
    own = store.settings.book.tax_rate
    return taxed(new.amount, lines, [line.tax_rate or own for line in lines] or [own])


def _rates(lines: tuple[Line, ...]) -> str:
    """Return the rates of some lines, for answers: `7 % and 19 %`."""
    return " and ".join(f"{rate} %" for rate in sorted({line.tax_rate or "0" for line in lines}, key=Decimal))


def refund(store: Store, key: int, amount: Money | None, note: str | None, *, on: date) -> Answer:
    """Give money back for a sale, all that is left of it by default; counts on its own day.

    Raises RuleError for a refund of a refund, another currency, a day before the sale, or more than was paid.
    """
    with store.operation("refunded") as op:
        sale = store.sales.get(key)
        if sale.kind == "refund":
            raise RuleError(
                f"{sale.id_text} is itself a refund",
                hint=f"name the sale: s{sale.refund_of}" if sale.refund_of else None,
            )
        paid = _paid(store, sale, on=on)
        left = Money(paid.amount - paid.refunded, sale.amount.currency)
        back = _back(sale, paid, left, amount)
        if sale.on_date and on < sale.on_date:
            raise RuleError(f"{sale.id_text} was sold on {format_day(sale.on_date)}, after {format_day(on)}")
        taken = _refund_of(store, sale, paid, back, note=note, on=on)
        taken = store.sales.add(taken, _refund_lines(store, sale, paid, back, taken.tax), op=op.id)
        op.touch(taken.id_text, sale.id_text, *([f"c{sale.customer_id}"] if sale.customer_id else []))
    parts: list[Part] = [
        taken.id_text,
        ("refund of", back),
        f"for {sale.id_text}",
        sale.customer or "",
        format_day(on),
    ]
    rest = left.minor - back.minor
    parts += [(Money(rest, left.currency), "left")] if rest else []
    return Answer(tuple(part for part in parts if part), op.id)


def _back(sale: Sale, paid: "_Paid", left: Money, amount: Money | None) -> Money:
    """Return what is given back, all that is left by default; RuleError where that cannot be."""
    if paid.repeats and amount is None:
        raise RuleError(f"{sale.id_text} repeats", hint=f"say how much: salestrack refund {sale.id_text} AMOUNT")
    if not left.minor and sale.amount.minor:
        raise RuleError(f"{sale.id_text} was given back in full already")
    back = amount or left
    if back.currency != left.currency:
        raise RuleError(f"{sale.id_text} was paid in {left.currency}, not in {back.currency}")
    if not back.minor or back.minor > left.minor:
        raise RuleError(Sentence(left, f" of {sale.id_text} can be given back, not ", back))
    return back


class _Paid(NamedTuple):
    """What a sale came to so far, in minor units: every time that it fell due, and what was given back of it."""

    amount: int
    tax: int | None
    refunded: int
    repeats: bool


def _paid(store: Store, sale: Sale, *, on: date) -> _Paid:
    refunded = store.sales.refunded(sale.id)
    if store.schedules.of("sale", sale.id) is None:
        return _Paid(sale.amount.minor, sale.tax, refunded, repeats=False)
    return _Paid(*store.schedules.booked("sale", sale.id, on), refunded, repeats=True)


def _refund_of(store: Store, sale: Sale, paid: _Paid, back: Money, *, note: str | None, on: date) -> Sale:
    negative = -back
    booked = book(store, negative, on)
    tax = None
    if paid.tax is not None:
        # What all refunds together should have given back by now, less what they did: cents never drift.
        share = Decimal(paid.refunded + back.minor) / paid.amount
        tax = store.sales.refunded_tax(sale.id) - int((paid.tax * share).to_integral_value())
    return sale._replace(
        id=0,
        kind="refund",
        refund_of=sale.id,
        on_date=on,
        amount=negative,
        tax=tax,
        fee=None,
        cost=None,
        rate=booked.rate,
        book_amount=booked.book_amount,
        note=note,
    )


def _refund_lines(store: Store, sale: Sale, paid: _Paid, back: Money, tax: int | None) -> tuple[Line, ...]:
    """Return the sale's lines scaled to what is given back with its tax, so that revenue by product goes down by it."""
    lines = store.sales.lines(sale.id)
    if not lines:
        return ()
    before = store.sales.refunded_lines(sale.id)
    # Of every line as much as all refunds together should have given back by now, less what they did: cents never drift.
    nets = spread_by_rate(paid.refunded + back.minor, lines, [line.amount or 0 for line in lines])
    parts = [before.get(at, (0, 0))[0] - net for at, net in enumerate(nets)]
    parts[-1] += -back.minor - sum(parts)
    taxes: list[int | None] = [None] * len(lines)
    if tax is not None:
        whole = store.sales.refunded_tax(sale.id) - tax
        due = spread_by_rate(whole, lines, [line.tax or 0 for line in lines])
        shares = [before.get(at, (0, 0))[1] - one for at, one in enumerate(due)]
        shares[-1] += tax - sum(shares)
        taxes = list(shares)
    return tuple(
        line._replace(id=0, quantity=Decimal(1), price=part, amount=part, tax=share)
        for line, part, share in zip(lines, parts, taxes, strict=True)
    )
