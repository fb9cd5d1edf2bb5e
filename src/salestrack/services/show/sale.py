"""The pages of a sale or refund, and of an activity."""

from datetime import date
from typing import Any

from salestrack.domain.money import Money
from salestrack.domain.sales import Sale
from salestrack.services.show.page import Asker, Page, Section, joined, lines


def page(asker: Asker, key: int) -> Page:
    """Return everything about a sale or a refund; NotFoundError when there is none."""
    store = asker.store
    sale = store.sales.get(key)
    fields = _fields(asker, sale)
    sections = (lines(store.sales.lines(key), sale.amount.currency), _refunds(asker, key))
    title = f"{sale.id_text} {sale.title or sale.kind}"
    return Page("sale", sale.id_text, title, _head(asker, sale), fields, _drawn(asker, sale, fields), sections)


def _fields(asker: Asker, sale: Sale) -> dict[str, Any]:
    """Return what programs get, by name."""
    currency = sale.amount.currency
    refunded = asker.store.sales.refunded(sale.id)
    tax = Money(sale.tax, currency) if sale.tax is not None else None
    return {
        "id": sale.id_text,
        "kind": sale.kind,
        "customer": sale.customer,
        "title": sale.title,
        "date": sale.on_date,
        "amount": sale.amount,
        "tax": tax,
        "tax_rate": f"{sale.tax_rate} %" if sale.tax_rate else None,
        "deal": f"d{sale.deal_id}" if sale.deal_id else None,
        "refund_of": f"s{sale.refund_of}" if sale.refund_of else None,
        "refunded": Money(refunded, currency) if refunded else None,
        "ref": sale.ref,
        "channel": sale.channel,
        "tags": asker.tags("sale", sale.id),
        "note": sale.note,
        "customer_id": f"c{sale.customer_id}" if sale.customer_id else None,
        "gross": sale.amount + tax if tax else None,
        "fee": Money(sale.fee, currency) if sale.fee is not None else None,
        "owner": asker.owner_name(sale.owner_id),
        "fields": asker.custom("sale", sale.id),
    }


def _drawn(asker: Asker, sale: Sale, fields: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return what people read, line by line."""
    currency = sale.amount.currency
    deal = asker.store.deals.get(sale.deal_id) if sale.deal_id and not sale.refund_of else None
    return (
        ("Customer", f"{sale.customer} (c{sale.customer_id})" if sale.customer_id else None),
        ("Date", asker.day(sale.on_date)),
        ("Net", asker.money(sale.amount)),
        ("Tax", joined(asker.money(fields["tax"]), fields["tax_rate"])),
        ("Gross", asker.money(fields["gross"])),
        ("Fee", asker.money(fields["fee"])),
        ("Invoice of", f"{deal.ref} {deal.title} ({deal.stage.name})" if deal else None),
        ("Refund of", fields["refund_of"]),
        ("Refunded", _refunded(asker, sale, fields["refunded"])),
        ("Repeats", asker.repeats(asker.store.schedules.of("sale", sale.id), currency)),
        ("Reference", sale.ref),
        ("Channel", sale.channel),
        ("Owner", asker.owner(fields["owner"])),
        ("Tags", fields["tags"]),
        *asker.custom_lines(fields["fields"]),
        ("Note", sale.note),
    )


def _refunded(asker: Asker, sale: Sale, given: Money | None) -> str | None:
    """Return what was given back and what is left of all that the sale came to so far."""
    if given is None:
        return None
    schedules, paid = asker.store.schedules, sale.amount
    if schedules.of("sale", sale.id):
        paid = Money(schedules.booked("sale", sale.id, asker.today)[0], paid.currency)
    return f"{asker.money(given)}, {asker.money(paid - given)} left"


def _head(asker: Asker, sale: Sale) -> tuple[str, ...]:
    what = "refund of " if sale.kind == "refund" else ""
    pieces = (f"{what}{asker.money(sale.amount)}", sale.customer, str(sale.on_date) if sale.on_date else None)
    return (" · ".join(piece for piece in pieces if piece),)


def _refunds(asker: Asker, key: int) -> Section:
    rows = [
        {
            "id": f"s{row['id']}",
            "date": date.fromisoformat(row["on_date"]) if row["on_date"] else None,
            "amount": Money(row["amount"], row["currency"]),
        }
        for row in asker.store.overviews.ask("refunds", key)
    ]
    return Section("refunds", rows)
