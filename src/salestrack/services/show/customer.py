"""The page of a customer, on one screen; and that of a person there."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from salestrack.domain.customers import Customer
from salestrack.domain.facts import Currencies
from salestrack.domain.money import Money
from salestrack.domain.periods import period_of
from salestrack.reports.exchange import Exchange
from salestrack.services.scores import scored
from salestrack.services.show.page import (
    LATEST,
    Asker,
    Page,
    Section,
    activities,
    activity_row,
    counted,
    joined,
    next_step,
    sold,
)


def page(asker: Asker, key: int) -> Page:
    """Return everything about a customer, or about the one that it became by a merge; NotFoundError for none."""
    store = asker.store
    kept = store.overviews.keeper(key)
    customer = store.customers.get(kept)
    found = store.activities.of_customer(kept, limit=LATEST)
    figures = _figures(asker, kept)
    custom = asker.custom("customer", kept)
    score = scored(store, [kept], on=asker.today).get(kept)
    fields = {
        **_fields(asker, customer),
        **figures,
        "score": score.points if score else None,
        "score_reasons": [{"what": what, "points": points} for what, points in score.reasons] if score else [],
        "fields": custom,
    }
    why = ", ".join(f"{what} {points:+}" for what, points in score.reasons) if score else ""
    drawn = (
        ("Also known as", fields["aliases"]),
        ("Kind", customer.kind),
        ("Phone", customer.phone),
        ("E-mail", customer.email),
        ("Country", customer.country),
        ("Source", customer.source),
        ("Score", f"{score.points} ({why})" if score and why else str(score.points) if score else None),
        ("Last contact", _last(asker, figures)),
        ("Next step", next_step(found, asker)),
        *_sums(asker, figures),
        ("Owner", asker.owner(fields["owner"])),
        ("Tags", fields["tags"]),
        *asker.custom_lines(custom),
        ("Since", asker.day(customer.created_on)),
        ("Merged", f"c{key} became {customer.ref}" if key != kept else None),
        ("Note", customer.note),
    )
    return Page("customer", customer.ref, f"{customer.ref} {customer.name}", _head(asker, customer, figures), fields,
                drawn, _sections(asker, kept, found))  # fmt: skip


def contact_page(asker: Asker, key: int) -> Page:
    """Return everything about a person at a customer; NotFoundError when there is none."""
    store = asker.store
    contact = store.contacts.get(key)
    customer = store.chronicle.name("customer_id", contact.customer_id) if contact.customer_id else None
    custom = asker.custom("contact", key)
    fields = {
        "id": contact.ref,
        "name": contact.name,
        "customer": customer,
        "customer_id": f"c{contact.customer_id}" if contact.customer_id else None,
        "role": contact.role,
        "phone": contact.phone,
        "email": contact.email,
        "note": contact.note,
        "fields": custom,
    }
    drawn = (
        ("Customer", f"{customer} (c{contact.customer_id})" if customer else None),
        ("Phone", contact.phone),
        ("E-mail", contact.email),
        *asker.custom_lines(custom),
        ("Note", contact.note),
    )
    deals = [_deal(row) for row in store.overviews.ask("contact_deals", key, most=LATEST)]
    keys = [row["id"] for row in store.overviews.ask("contact_activities", key, most=LATEST)]
    sections = (
        Section("deals", deals),
        Section("activities", [activity_row(store.activities.get(one)) for one in keys]),
    )
    head = tuple(said for said in (joined(contact.role, customer),) if said)
    return Page("contact", contact.ref, f"{contact.ref} {contact.name}", head, fields, drawn, sections)


def _fields(asker: Asker, customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.ref,
        "name": customer.name,
        "aliases": tuple(asker.store.customers.aliases(customer.id)) or None,
        "kind": customer.kind,
        "segment": customer.segment,
        "country": customer.country,
        "email": customer.email,
        "phone": customer.phone,
        "source": customer.source,
        "owner": asker.owner_name(customer.owner_id),
        "created": customer.created_on,
        "tags": asker.tags("customer", customer.id),
        "note": customer.note,
    }


def _figures(asker: Asker, key: int) -> dict[str, Any]:
    """Return what a customer's deals and sales come to, in the book's currency."""
    overviews, book = asker.store.overviews, asker.currency
    closed, opened = overviews.ask("closed", key), overviews.ask("open", key)
    rates = {row["currency"]: asker.store.settings.rate(row["currency"], asker.today) for row in opened}
    exchange = Exchange(
        currencies=Currencies(book, book), rates={currency: rate for currency, rate in rates.items() if rate}
    )
    priced = [(row["currency"], row["amount"]) for row in opened if row["amount"]]
    unrated = overviews.ask("unrated", key, end=asker.today.isoformat())
    year = period_of("year", asker.today, asker.words)
    this_year, _ = overviews.revenue(key, year.start, asker.today)
    in_all, _ = overviews.revenue(key, None, asker.today)
    last = overviews.ask("last", key)
    found = {
        "open_deals": sum(row["deals"] for row in opened),
        "open_amount": exchange.total(priced),
        "open_without_rate": _apart((code, amount) for code, amount in priced if exchange.factor(code) is None),
        "revenue_this_year": Money(this_year, book),
        "revenue": Money(in_all, book),
        "revenue_without_rate": _apart((row["currency"], row["amount"]) for row in unrated),
        "last_contact": date.fromisoformat(last[0]["happened_on"]) if last and last[0]["happened_on"] else None,
        "last_kind": last[0]["kind"] if last else None,
    }
    for status in ("won", "lost"):
        rows = [row for row in closed if row["status"] == status]
        found[f"{status}_deals"] = sum(row["deals"] for row in rows)
        found[f"{status}_amount"] = Money(sum(row["amount"] or 0 for row in rows), book)
        found[f"{status}_without_rate"] = _apart((row["currency"], row["unrated"]) for row in rows)
    return found


def _apart(amounts: Iterable[tuple[str, int | None]]) -> tuple[Money, ...] | None:
    """Return what is in no sum because no rate was known, an amount for each currency."""
    return tuple(Money(amount, currency) for currency, amount in amounts if amount) or None


def _summed(asker: Asker, figures: dict[str, Any], name: str) -> str:
    """Return a sum in the book's currency, and what no rate is known for beside it."""
    amount, apart = figures[f"{name}_amount"], _unrated(asker, figures, name)
    return " and ".join([*([str(asker.money(amount))] if amount.minor or not apart else []), *apart])


def _unrated(asker: Asker, figures: dict[str, Any], name: str) -> list[str]:
    return [f"{asker.money(one)} without a rate" for one in figures[f"{name}_without_rate"] or ()]


def _head(asker: Asker, customer: Customer, figures: dict[str, Any]) -> tuple[str, ...]:
    """Return what kind of customer it is, and what is open."""
    opened = counted(figures["open_deals"], "open deal")
    known = figures["open_amount"].minor or figures["open_without_rate"]
    amount = f", {_summed(asker, figures, 'open')}" if known else ""
    return (" · ".join(piece for piece in (customer.segment, f"{opened}{amount}") if piece),)


def _sums(asker: Asker, figures: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what was won, lost and earned, as far as there is any."""
    found: list[tuple[str, Any]] = []
    for status in ("won", "lost"):
        if figures[f"{status}_deals"]:
            deals = counted(figures[f"{status}_deals"], "deal")
            found.append((status.capitalize(), f"{deals}, {_summed(asker, figures, status)}"))
    if figures["revenue"].minor or figures["revenue_without_rate"]:
        year, in_all = asker.money(figures["revenue_this_year"]), asker.money(figures["revenue"])
        found.append(
            ("Revenue", ", ".join([f"{year} this year, {in_all} in all", *_unrated(asker, figures, "revenue")]))
        )
    return found


def _last(asker: Asker, figures: dict[str, Any]) -> str | None:
    day = asker.day(figures["last_contact"])
    return f"{day} ({figures['last_kind']})" if day else None


def _sections(asker: Asker, key: int, found: Any) -> tuple[Section, ...]:
    store = asker.store
    contacts = [{**row, "id": f"n{row['id']}"} for row in store.customers.contacts(key)]
    hidden = {name for name in ("role", "email", "phone") if not any(row.get(name) for row in contacts)}
    sales = [sold(row) for row in store.overviews.ask("sales", key, most=LATEST)]
    among = store.overviews.count("of_customer", key) if len(found) == LATEST else len(found)
    bought = store.overviews.count("sales_of_customer", key) if len(sales) == LATEST else len(sales)
    more = (f"{bought - LATEST:,} more: salestrack sale list --customer c{key}",) if bought > LATEST else ()
    kinds = frozenset({"kind"} if all(row["kind"] == "sale" for row in sales) else ())
    return (
        Section("contacts", contacts, frozenset(hidden)),
        Section("deals", [_deal(row) for row in store.overviews.ask("deals", key, most=LATEST)]),
        activities(found, among, f"salestrack activity list --customer c{key}"),
        Section("sales", sales, kinds, more),
    )


def _deal(row: dict[str, Any]) -> dict[str, Any]:
    amount = Money(row["amount"], row["currency"]) if row["amount"] is not None else None
    found = {"id": f"d{row['id']}", "title": row["title"], "stage": row["stage"], "amount": amount}
    if "close_on" in row:
        found["close"] = date.fromisoformat(row["close_on"]) if row["close_on"] else None
    return found
