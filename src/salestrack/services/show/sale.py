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
    currency = sale.amount.currency
    given = Money(refunded, currency) if (refunded := store.sales.refunded(sale.id)) else None
    tax = Money(sale.tax, currency) if sale.tax is not None else None
    deal = store.deals.get(sale.deal_id) if sale.deal_id else None
    schedule = store.schedules.of("sale", key)
    custom = asker.custom("sale", key)
    fields: dict[str, Any] = {
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
        "refunded": given,
        "ref": sale.ref,
        "channel": sale.channel,
        "tags": asker.tags("sale", key),
        "note": sale.note,
        "customer_id": f"c{sale.customer_id}" if sale.customer_id else None,
        "gross": sale.amount + tax if tax else None,
        "fee": Money(sale.fee, currency) if sale.fee is not None else None,
        "owner": asker.owner_name(sale.owner_id),
        "fields": custom,
    }
    paid = Money(store.schedules.booked("sale", key, asker.today)[0], currency) if schedule else sale.amount
    left = f", {asker.money(paid - given)} left" if given else ""
    drawn = (
        ("Customer", f"{sale.customer} (c{sale.customer_id})" if sale.customer_id else None),
        ("Date", asker.day(sale.on_date)),
        ("Net", asker.money(sale.amount)),
        ("Tax", joined(asker.money(tax), fields["tax_rate"])),
        ("Gross", asker.money(fields["gross"])),
        ("Fee", asker.money(fields["fee"])),
        ("Invoice of", f"{deal.ref} {deal.title} ({deal.stage.name})" if deal and not sale.refund_of else None),
        ("Refund of", fields["refund_of"]),
        ("Refunded", f"{asker.money(given)}{left}" if given else None),
        ("Repeats", asker.repeats(schedule, currency)),
        ("Reference", sale.ref),
        ("Channel", sale.channel),
        ("Owner", asker.owner(fields["owner"])),
        ("Tags", fields["tags"]),
        *asker.custom_lines(custom),
        ("Note", sale.note),
    )
    sections = (lines(store.sales.lines(key), currency), _refunds(asker, key))
    return Page("sale", sale.id_text, f"{sale.id_text} {sale.title or sale.kind}", _head(asker, sale), fields, drawn,
                sections)  # fmt: skip


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
