"""Everything the book knows about a record, on one page."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from salestrack.domain.activities import Activity
from salestrack.domain.deals import Deal
from salestrack.domain.filters import Filter
from salestrack.domain.history import Version
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.refs import AT, Ref, parse_ref, parse_refs
from salestrack.errors import NotFoundError, UsageError
from salestrack.store import Store

LATEST = 10  # activities and sales on a page


class Page(NamedTuple):
    """A record: its kind and ref, its fields in order, and what hangs on it as named lists of rows."""

    kind: str
    ref: str
    fields: dict[str, Any]
    sections: dict[str, list[dict[str, Any]]]


def find_pages(store: Store, words: Sequence[str], *, today: date) -> list[Page]:
    """Return a page for each id, or for the customer that the words name.

    Raises NotFoundError, AmbiguousError, or UsageError for an id of something that has no page.
    """
    return [_page(store, ref, today) for word in words for ref in _refs(store, word)]


def _refs(store: Store, word: str) -> list[Ref]:
    if word == AT:
        found = store.journal.recent(limit=1)
        word = next((ref for ref in (found[0].refs if found else ()) if ref[0] in "cdsap"), word)
    if word[-1:].isdigit() and (parse_ref(word, None) or "," in word or "-" in word):
        return parse_refs(word, None)
    who = store.names.who(word)
    if who.customer_id is None:
        raise NotFoundError(f"{who.text} belongs to no customer")
    return [Ref("c", who.customer_id)]


def _page(store: Store, ref: Ref, today: date) -> Page:
    if ref.letter == "d":
        return _deal(store, ref, today)
    if ref.letter == "c":
        return _customer(store, ref)
    if ref.letter == "s":
        return _sale(store, ref)
    if ref.letter == "a":
        return _activity(store, ref)
    if ref.letter == "p":
        product = store.products.get(ref.id)
        fields: dict[str, Any] = {"id": product.ref, "name": product.name, "sku": product.sku, "price": product.price}
        return Page("product", str(ref), fields, {})
    if ref.letter == "q":
        quota = store.quotas.get(ref.id)
        target = Money(quota.target, quota.currency) if quota.currency else quota.target
        fields = {
            "id": quota.ref,
            "metric": quota.metric,
            "start": quota.start_on,
            "end": quota.end_on,
            "target": target,
        }
        return Page("quota", str(ref), {**fields, "owner": quota.owner, "channel": quota.channel}, {})
    raise UsageError(f"'{ref}' has no page of its own", hint="salestrack history o12 tells of an operation")


def _deal(store: Store, ref: Ref, today: date) -> Page:
    deal = store.deals.get(ref.id)
    end = deal.closed_on or today
    fields = {
        "id": deal.ref,
        "title": deal.title,
        "customer": deal.customer,
        "stage": deal.stage.name,
        "days_in_stage": (today - deal.stage_since).days if deal.stage_since and deal.stage.is_open else None,
        "amount": deal.amount,
        "probability": deal.probability if deal.probability is not None else deal.stage.probability,
        "pinned": deal.probability is not None,
        "expected": deal.expected_on,
        "created": deal.created_on,
        "closed": deal.closed_on,
        "age_days": (end - deal.created_on).days if deal.created_on else None,
        "lost_reason": deal.reason,
        "owner": deal.owner,
        "source": deal.source,
        "tags": tuple(store.tags.of("deal", deal.id)) or None,
        "note": deal.note,
    }
    sections = {
        "lines": [_line(line, deal.currency) for line in store.deals.lines(deal.id)],
        "history": _history(store, deal),
        "activities": [_row(activity) for activity in store.activities.of_deal(deal.id, limit=LATEST)],
        "sales": [_sold(row) for row in store.sales.of_deal(deal.id)],
    }
    return Page("deal", deal.ref, fields, sections)


def _customer(store: Store, ref: Ref) -> Page:
    customer = store.customers.get(ref.id)
    deals = store.lists.rows("deals", Filter(customers=(customer.id,)), limit=LATEST)
    sales = store.lists.rows("sales", Filter(customers=(customer.id,)), sort="-date", limit=LATEST)
    fields = {
        "id": customer.ref,
        "name": customer.name,
        "aliases": tuple(store.customers.aliases(customer.id)) or None,
        "segment": customer.segment,
        "country": customer.country,
        "email": customer.email,
        "phone": customer.phone,
        "source": customer.source,
        "created": customer.created_on,
        "tags": tuple(store.tags.of("customer", customer.id)) or None,
        "note": customer.note,
    }
    sections = {
        "contacts": [{**row, "id": f"n{row['id']}"} for row in store.customers.contacts(customer.id)],
        "deals": [_listed(row) for row in deals],
        "activities": [_row(activity) for activity in store.activities.of_customer(customer.id, limit=LATEST)],
        "sales": [_sold({**row, "on_date": row["date"]}) for row in sales],
    }
    return Page("customer", customer.ref, fields, sections)


def _sale(store: Store, ref: Ref) -> Page:
    sale = store.sales.get(ref.id)
    currency = sale.amount.currency
    fields = {
        "id": sale.id_text,
        "kind": sale.kind,
        "customer": sale.customer,
        "title": sale.title,
        "date": sale.on_date,
        "amount": sale.amount,
        "tax": Money(sale.tax, currency) if sale.tax is not None else None,
        "tax_rate": f"{sale.tax_rate} %" if sale.tax_rate else None,
        "deal": f"d{sale.deal_id}" if sale.deal_id else None,
        "refund_of": f"s{sale.refund_of}" if sale.refund_of else None,
        "refunded": Money(given, currency) if (given := store.sales.refunded(sale.id)) else None,
        "ref": sale.ref,
        "channel": sale.channel,
        "tags": tuple(store.tags.of("sale", sale.id)) or None,
        "note": sale.note,
    }
    return Page(
        "sale",
        sale.id_text,
        fields,
        {"lines": [_line(line, currency) for line in store.sales.lines(sale.id)]},
    )


def _activity(store: Store, ref: Ref) -> Page:
    activity = store.activities.get(ref.id)
    fields = {
        **_row(activity),
        "customer": activity.customer,
        "deal": f"d{activity.deal_id}" if activity.deal_id else None,
        "minutes": activity.seconds // 60 if activity.seconds else None,
        "direction": activity.direction,
        "logged": activity.logged_at,
        "tags": tuple(store.tags.of("activity", activity.id)) or None,
        "note": activity.note,
    }
    return Page("activity", activity.ref, fields, {})


def _line(line: Line, currency: str) -> dict[str, Any]:
    price = Money(line.price, currency) if line.price is not None else None
    amount = Money(line.amount, currency) if line.amount is not None else None
    return {
        "what": line.product or line.name,
        "quantity": str(line.quantity),
        "price": price,
        "amount": amount,
    }


def _history(store: Store, deal: Deal) -> list[dict[str, Any]]:
    return [_version(store, version) for version in store.deals.versions(deal.id)]


def _version(store: Store, version: Version) -> dict[str, Any]:
    return {
        "from": version.from_on,
        "to": version.to_on,
        "stage": store.stages.get(version.stage_id).name,
        "amount": Money(version.amount, version.currency) if version.amount is not None else None,
        "probability": version.probability,
        "expected": version.expected_on,
    }


def _row(activity: Activity) -> dict[str, Any]:
    time = activity.happened_time or activity.due_time
    return {
        "id": activity.ref,
        "kind": activity.kind,
        "state": "done" if activity.done else "planned",
        "date": activity.happened_on if activity.done else activity.due_on,
        "time": time.isoformat("minutes") if time else None,
        "outcome": activity.outcome,
        "note": activity.note,
    }


def _sold(row: dict[str, Any]) -> dict[str, Any]:
    on = date.fromisoformat(row["on_date"]) if row["on_date"] else None
    amount = Money(row["amount"], row["currency"])
    return {"id": f"s{row['id']}", "date": on, "kind": row["kind"], "amount": amount, "title": row["title"]}


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    on = row["closed_on"] or row["expected_on"]
    amount = Money(row["amount"], row["currency"]) if row["amount"] is not None else None
    return {"id": f"d{row['id']}", "title": row["title"], "stage": row["stage"], "amount": amount,
            "close": date.fromisoformat(on) if on else None}  # fmt: skip
