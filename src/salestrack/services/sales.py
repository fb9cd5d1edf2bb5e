"""Recording money that came in, and money given back."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salestrack.domain import lines as lining
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.sales import Sale
from salestrack.errors import RuleError
from salestrack.services.answers import Answer, Ask, Part
from salestrack.services.booking import book, rate_note
from salestrack.services.who import Found, find_deal
from salestrack.store import Store


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
    if deal and deal.currency != new.amount.currency:
        raise RuleError(
            f"{deal.ref} is in {deal.currency}, and the sale in {new.amount.currency}",
            hint="a deal is billed in its own currency",
        )
    booked = book(store, new.amount, new.on)
    tax = lining.percent_of(new.amount, new.tax_rate) if new.tax_rate is not None else None
    with store.operation("sold") as op:
        sale = Sale(
            customer_id=found.customer_id(store, on=new.on, op=op.id),
            deal_id=deal.id if deal else None,
            title=new.title,
            on_date=new.on,
            amount=new.amount,
            tax=tax.minor if tax else None,
            tax_rate=str(new.tax_rate) if new.tax_rate is not None else None,
            rate=booked.rate,
            book_amount=booked.book_amount,
            ref=new.ref,
            channel=new.channel,
            owner_id=new.owner_id if new.owner_id else deal.owner_id if deal else None,
        )
        sale = store.sales.add(sale, lining.fitted(new.lines, new.amount.minor), op=op.id)
        if new.tags:
            store.tags.put("sale", sale.id, list(new.tags), op=op.id)
        refs = ([f"c{sale.customer_id}"] if sale.customer_id else []) + ([f"d{deal.id}"] if deal else [])
        op.touch(sale.id_text, *refs)
    parts: list[Part] = [
        sale.id_text,
        new.amount,
        found.text,
        *([new.title] if new.title else []),
        format_day(new.on),
    ]
    parts += [("+", tax, "tax")] if tax else []
    parts += [f"invoice of {deal.ref} {deal.title} ({deal.status})"] if deal else []
    notes = tuple(note for note in (belongs.remark, rate_note(new.amount, booked), _other_total(new)) if note)
    return Answer(tuple(parts), op.id, notes)


def _other_total(new: NewSale) -> str | None:
    """Return a remark when the products come to another amount than the sale."""
    listed = lining.total(new.lines)
    if listed is None or listed == new.amount.minor:
        return None
    return f"the products come to {Money(listed, new.amount.currency).text()}; the difference is an adjustment"


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
        left = Money(sale.amount.minor - store.sales.refunded(key), sale.amount.currency)
        if not left.minor and sale.amount.minor:
            raise RuleError(f"{sale.id_text} was given back in full already")
        back = amount or left
        if back.currency != left.currency:
            raise RuleError(f"{sale.id_text} was paid in {left.currency}, not in {back.currency}")
        if not back.minor or back.minor > left.minor:
            raise RuleError(f"{left.text()} of {sale.id_text} can be given back, not {back.text()}")
        if sale.on_date and on < sale.on_date:
            raise RuleError(f"{sale.id_text} was sold on {format_day(sale.on_date)}, after {format_day(on)}")
        taken = _refund_of(store, sale, back, note, on=on)
        taken = store.sales.add(taken, _refund_lines(store, sale, back, left), op=op.id)
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


def _refund_of(store: Store, sale: Sale, back: Money, note: str | None, *, on: date) -> Sale:
    negative = -back
    booked = book(store, negative, on)
    tax = None
    if sale.tax is not None:
        # What all refunds together should have given back by now, less what they did: cents never drift.
        share = Decimal(store.sales.refunded(sale.id) + back.minor) / sale.amount.minor
        tax = store.sales.refunded_tax(sale.id) - int((sale.tax * share).to_integral_value())
    return sale._replace(
        id=0,
        kind="refund",
        refund_of=sale.id,
        on_date=on,
        amount=negative,
        tax=tax,
        fee=None,
        rate=booked.rate,
        book_amount=booked.book_amount,
        note=note,
    )


def _refund_lines(store: Store, sale: Sale, back: Money, left: Money) -> tuple[Line, ...]:
    """Return the sale's lines scaled to what is given back, so that revenue by product goes down by it."""
    lines = store.sales.lines(sale.id)
    if not lines:
        return ()
    given = sale.amount.minor - left.minor + back.minor
    before = store.sales.refunded_lines(sale.id)
    parts = [before.get(at, 0) - (line.amount or 0) * given // sale.amount.minor for at, line in enumerate(lines)]
    parts[-1] += -back.minor - sum(parts)
    return tuple(
        line._replace(id=0, quantity=Decimal(1), price=part, amount=part)
        for line, part in zip(lines, parts, strict=True)
    )
