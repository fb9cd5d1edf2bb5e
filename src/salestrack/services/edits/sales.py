"""Editing sales and refunds: tax, lines and worth follow the amount, refunds follow their sale."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from salestrack.domain import lines as lining
from salestrack.domain.dates import format_day
from salestrack.domain.lines import Line
from salestrack.domain.money import Money, NumberStyle
from salestrack.domain.sales import Sale
from salestrack.domain.sentences import Sentence
from salestrack.domain.taxes import Taxed, taxed
from salestrack.errors import RuleError
from salestrack.services.answers import Part
from salestrack.services.booking import Booked, book, rate_note
from salestrack.services.edits import Note
from salestrack.services.edits.fields import Act, Field, Given, Kind, Value, owner_field, tax_rate, text_field
from salestrack.services.edits.people import customer_field, refuse_other_customer
from salestrack.services.who import find_deal
from salestrack.store import Store

# What a refund has from its sale, and keeps in common with it.
_SHARED = ("customer_id", "deal_id", "owner_id", "channel")


def _amount(given: Given, sale: Sale, text: str) -> Mapping[str, Any]:
    money = given.money(text, sale.amount.currency, "amount")
    return {"amount": -money if sale.kind == "refund" else money}


def _deal(store: Store, sale: Sale) -> Value:
    return f"d{sale.deal_id} {store.deals.get(sale.deal_id).title}" if sale.deal_id else None


def _in_deal(given: Given, sale: Sale, text: str) -> Mapping[str, Any]:
    deal = find_deal(given.store, text)
    joined: dict[str, Any] = {"deal_id": deal.id}
    return joined if sale.customer_id else {**joined, "customer_id": deal.customer_id}


def _tax(_: Store, sale: Sale) -> Value:
    if sale.tax is None:
        return None
    money = Money(sale.tax, sale.amount.currency)
    return f"{sale.tax_rate} % ({money.text()})" if sale.tax_rate else money


def _tax_typed(sale: Sale, decimal: str) -> str:
    if sale.tax_rate:
        return f"{sale.tax_rate}%".replace(".", decimal)
    return "" if sale.tax is None else Money(sale.tax, sale.amount.currency).text(NumberStyle(decimal))


def _taxed(_: Given, sale: Sale, text: str) -> Mapping[str, Any]:
    rate = tax_rate(text)
    return {"tax_rate": rate, "tax": lining.percent_of(sale.amount, Decimal(rate)).minor}


def _beside(name: str) -> Field:
    """Return a field that holds an amount beside the net one, in the sale's currency."""

    def read(given: Given, sale: Sale, text: str) -> Mapping[str, Any]:
        money = given.money(text, sale.amount.currency, name)
        if money.currency != sale.amount.currency:
            raise RuleError(f"{sale.id_text} is in {sale.amount.currency}, and its {name} is too")
        return {name: money.minor}

    def get(_: Store, sale: Sale) -> Value:
        minor = getattr(sale, name)
        return None if minor is None else Money(minor, sale.amount.currency)

    return Field(name, get, read, {name: None})


_FIELDS = (
    text_field("title"),
    customer_field(named=False),
    Field("deal", _deal, _in_deal, {"deal_id": None}),
    Field("date", lambda _, sale: sale.on_date, lambda given, _, text: {"on_date": given.past(text, "date")}, None),
    Field("amount", lambda _, sale: sale.amount, _amount, None, "net of tax"),
    Field("tax", _tax, _taxed, {"tax": None, "tax_rate": None}, "a rate, like 19%", typed=_tax_typed),
    _beside("fee"),
    _beside("cost"),
    text_field("ref", hint="the number of the invoice or order"),
    text_field("channel"),
    owner_field(),
    text_field("note", one_line=False),
)


def _save(store: Store, before: Sale, after: Sale, act: Act) -> Sequence[Part]:
    return () if after == before else _written(store, before, after, _due(store, before, after), act)


def relined(store: Store, sale: Sale, lines: Sequence[Line], act: Act, *, taxed: bool) -> Sequence[Part]:
    """Store a sale, at the amount that it has by now, with other lines and the tax that they come to.

    taxed: the sale's rate was named for all of them; else each product has its own. RuleError for a refund, and where
    money was given back, since that is told by the lines that were sold.
    """
    before = store.sales.get(sale.id)
    if sale.kind == "refund":
        of = f"s{sale.refund_of}" if sale.refund_of else "a sale"
        raise RuleError(f"{sale.id_text} gives back {of} and has its products", hint=f"salestrack edit {of}")
    if refunds := store.sales.refunds(sale.id):
        raise RuleError(
            f"money was given back for {sale.id_text} by {refunds[0].id_text}, so its products stay as they were sold",
            hint=f"salestrack rm {refunds[0].id_text} takes that back",
        )
    return _written(store, before, sale, _due_of(store, sale, lines, named=taxed), act)


def _due_of(store: Store, sale: Sale, lines: Sequence[Line], *, named: bool) -> Taxed:
    """Return the tax of new lines: at a named rate, else each product's own, else the sale's; none where it had none."""
    kept = sale.tax_rate if sale.tax_rate or sale.tax is None else store.settings.book.tax_rate
    own = {line.product_id: store.products.get(line.product_id).tax_rate for line in lines if line.product_id}
    rates = [kept if named else own.get(line.product_id or 0) or kept for line in lines] or [kept]
    if sale.tax is not None and not any(rates):
        return Taxed(sale.tax, None, tuple(lines))
    return _untaxed(lines) if not any(rates) else taxed(sale.amount, lines, rates)


def _written(store: Store, before: Sale, after: Sale, due: Taxed, act: Act) -> Sequence[Part]:
    refunds = store.sales.refunds(before.id)
    _check_refund(store, before, after) if before.kind == "refund" else _check_sale(before, after, refunds)
    refuse_other_customer(store, after.deal_id, after.customer_id, ref=after.id_text)
    if after.deal_id and (currency := store.deals.get(after.deal_id).currency) != after.amount.currency:
        raise RuleError(
            f"d{after.deal_id} is in {currency}, and {after.id_text} in {after.amount.currency}",
            hint="a deal is billed in its own currency",
        )
    after = after._replace(tax=due.tax, tax_rate=due.rate)
    if (after.amount, after.on_date) != (before.amount, before.on_date):
        booked = book(store, after.amount, after.on_date)
        after = after._replace(rate=booked.rate, book_amount=booked.book_amount)
    store.sales.save(before, after, due.lines, op=act.op.id)
    return (*_along(store, before, after, refunds, act), *_remarks(before, after))


def _due(store: Store, before: Sale, after: Sale) -> Taxed:
    """Return the tax of a sale as it is edited: at another rate, or at the rates that it had for another amount."""
    lines = lining.fitted(store.sales.lines(before.id), after.amount.minor)
    if (after.tax, after.tax_rate) != (before.tax, before.tax_rate):
        return taxed(after.amount, lines, [after.tax_rate] * max(len(lines), 1)) if after.tax_rate else _untaxed(lines)
    rates = [line.tax_rate or after.tax_rate for line in lines] or [after.tax_rate]
    if after.amount == before.amount or not any(rates):
        return Taxed(after.tax, after.tax_rate, lines)
    return taxed(after.amount, lines, rates)


def _untaxed(lines: Sequence[Line]) -> Taxed:
    return Taxed(None, None, tuple(line._replace(tax_rate=None, tax=None) for line in lines))


def _check_sale(before: Sale, after: Sale, refunds: Sequence[Sale]) -> None:
    if not refunds:
        return
    back = Money(-sum(refund.amount.minor for refund in refunds), before.amount.currency)
    given = Sentence(back, f" of {before.id_text} was given back")
    if after.amount.currency != before.amount.currency:
        raise RuleError(Sentence(given, f", so it stays in {before.amount.currency}"))
    if after.amount.minor < back.minor:
        raise RuleError(
            Sentence(given, ", so it cannot be ", after.amount), hint=f"salestrack edit {refunds[0].id_text}"
        )
    first = min((refund.on_date for refund in refunds if refund.on_date), default=None)
    if first and after.on_date and after.on_date > first:
        raise RuleError(f"money was given back for it on {format_day(first)}, before {format_day(after.on_date)}")


def _check_refund(store: Store, before: Sale, after: Sale) -> None:
    if before.refund_of is None:
        return
    sale = store.sales.get(before.refund_of)
    for column, name in (("customer_id", "customer"), ("deal_id", "deal")):
        if getattr(after, column) != getattr(before, column):
            raise RuleError(
                f"{before.id_text} gives back {sale.id_text} and has its {name}", hint=f"salestrack edit {sale.id_text}"
            )
    if after.amount.currency != sale.amount.currency:
        raise RuleError(f"{sale.id_text} was paid in {sale.amount.currency}, not in {after.amount.currency}")
    paid = sale.amount.minor
    if store.schedules.of("sale", sale.id) and after.on_date:
        paid, _ = store.schedules.booked("sale", sale.id, after.on_date)
    left = paid - store.sales.refunded(sale.id) - before.amount.minor
    if -after.amount.minor > left or not after.amount.minor:
        most, asked = Money(left, sale.amount.currency), -after.amount
        raise RuleError(Sentence(most, f" of {sale.id_text} can be given back, not ", asked))
    if sale.on_date and after.on_date and after.on_date < sale.on_date:
        raise RuleError(f"{sale.id_text} was sold on {format_day(sale.on_date)}, after {format_day(after.on_date)}")


def _along(store: Store, before: Sale, after: Sale, refunds: Sequence[Sale], act: Act) -> tuple[Part, ...]:
    """Give the refunds of a sale what they share with it."""
    shared = {name: getattr(after, name) for name in _SHARED if getattr(after, name) != getattr(before, name)}
    if not shared or not refunds:
        return ()
    for refund in refunds:
        store.sales.save(refund, refund._replace(**shared), store.sales.lines(refund.id), op=act.op.id)
    named = ", ".join(refund.id_text for refund in refunds)
    return (f"with {named}, which gives it back" if len(refunds) == 1 else f"with {named}, which give it back",)


def _remarks(before: Sale, after: Sale) -> list[Note]:
    notes = []
    if after.amount != before.amount and after.tax and after.tax == before.tax and not after.tax_rate:
        tax, why = Money(after.tax, after.amount.currency), ", since its rate is not known (--tax 19% works it out)"
        notes.append(Note(f"the tax of {after.id_text} stays ", tax, why))
    if unrated := rate_note(after.amount, Booked(after.rate, after.book_amount)):
        notes.append(Note(unrated))
    return notes


def _label(_: Store, sale: Sale) -> str:
    return " · ".join(text for text in (sale.customer, sale.title) if text) or sale.kind


def _touched(sale: Sale) -> tuple[str, ...]:
    return tuple(f"{letter}{key}" for letter, key in (("c", sale.customer_id), ("d", sale.deal_id)) if key)


KIND = Kind(
    letter="s",
    noun="sale",
    fields=_FIELDS,
    get=lambda store, key: store.sales.get(key),
    label=_label,
    save=_save,
    touched=_touched,
)
