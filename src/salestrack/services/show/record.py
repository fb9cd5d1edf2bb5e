"""The pages of an activity, a product and a quota."""

from datetime import date
from typing import Any

from salestrack.domain.money import Money
from salestrack.domain.periods import Period
from salestrack.domain.quotas import Quota
from salestrack.reports.quota import QuotaRow
from salestrack.services.recurring import told
from salestrack.services.reports import Wanted, make_report
from salestrack.services.show.page import Asker, Page, activity_row, counted, joined


def activity_page(asker: Asker, key: int) -> Page:
    """Return everything about an activity or a planned step; NotFoundError when there is none."""
    store = asker.store
    activity = store.activities.get(key)
    contact = store.contacts.get(activity.contact_id) if activity.contact_id else None
    deal = store.deals.get(activity.deal_id) if activity.deal_id else None
    custom = asker.custom("activity", key)
    schedule = store.schedules.of("activity", key)
    fields: dict[str, Any] = {
        **activity_row(activity),
        "customer": activity.customer,
        "deal": f"d{activity.deal_id}" if activity.deal_id else None,
        "minutes": activity.seconds // 60 if activity.seconds else None,
        "direction": activity.direction,
        "logged": activity.logged_at,
        "tags": asker.tags("activity", key),
        "note": activity.note,
        "customer_id": f"c{activity.customer_id}" if activity.customer_id else None,
        "contact": contact.name if contact else None,
        "subject": activity.subject,
        "owner": asker.owner_name(activity.owner_id),
        "fields": custom,
    }
    when = joined(asker.day(fields["date"]), fields["time"])
    drawn = (
        ("Customer", f"{activity.customer} (c{activity.customer_id})" if activity.customer_id else None),
        ("Contact", joined(contact.name, contact.phone, contact.email) if contact else None),
        ("Deal", f"{deal.ref} {deal.title} ({deal.stage.name})" if deal else None),
        ("When" if activity.done else "Due", when),
        ("Lasted", f"{fields['minutes']} min" if fields["minutes"] else None),
        ("Outcome", activity.outcome),
        ("Direction", {"in": "from them", "out": "to them"}.get(activity.direction or "")),
        ("Repeats", told(schedule) if schedule else None),
        ("Logged", activity.logged_at.replace("T", " ")[:16]),
        ("Owner", asker.owner(fields["owner"])),
        ("Tags", fields["tags"]),
        *asker.custom_lines(custom),
        ("Subject", activity.subject),
        ("Note", activity.note),
    )
    head = (f"{'done' if activity.done else 'planned'} · {fields['date'] or 'no date'}",)
    title = f"{activity.ref} {activity.kind}"
    return Page("activity", activity.ref, title, head, fields, drawn)


def product_page(asker: Asker, key: int) -> Page:
    """Return a product with what was sold of it; NotFoundError when there is none."""
    store = asker.store
    product = store.products.get(key)
    gone = store.overviews.removed_on(key)
    custom = asker.custom("product", key)
    fields: dict[str, Any] = {
        "id": product.ref,
        "name": product.name,
        "sku": product.sku,
        "price": product.price,
        "removed": date.fromisoformat(gone) if gone else None,
        "fields": custom,
    }
    lines = []
    for record, label in (("deal", "won deals"), ("sale", "sales")):
        row = store.overviews.sold(key, record, asker.currency)
        amount = Money(row["amount"] or 0, asker.currency)
        fields |= {f"{record}_lines": row["lines"], f"{record}_amount": amount}
        if row["lines"]:
            last = f", the last {row['last_on']}" if row["last_on"] else ""
            lines.append((f"In {label}", f"{row['quantity']:g} for {asker.money(amount)}{last}"))
    lines = lines or [("Sold", "nothing yet")]
    drawn = (
        ("Article no.", product.sku),
        ("List price", asker.money(product.price)),
        *lines,
        ("Taken off the list", asker.day(fields["removed"])),
        *asker.custom_lines(custom),
    )
    return Page("product", product.ref, f"{product.ref} {product.name}", (), fields, drawn)


def quota_page(asker: Asker, key: int) -> Page:
    """Return a target with how much of it is reached; NotFoundError when there is none."""
    quota = asker.store.quotas.get(key)
    target = Money(quota.target, quota.currency) if quota.currency else quota.target
    row = _reached(asker, quota)
    fields: dict[str, Any] = {
        "id": quota.ref,
        "metric": quota.metric,
        "start": quota.start_on,
        "end": quota.end_on,
        "target": target,
        "owner": quota.owner,
        "channel": quota.channel,
        "actual": row.actual if row else None,
        "attainment": row.attainment if row else None,
        "status": row.status if row else None,
    }
    share = f", {asker.number(row.attainment * 100)} % of it" if row and row.attainment is not None else ""
    drawn = (
        ("Owner", quota.owner),
        ("Channel", quota.channel),
        ("Days", f"{quota.start_on}..{quota.end_on}"),
        ("Target", _said(asker, target)),
        ("Reached", f"{_said(asker, row.actual)}{share}" if row else None),
        ("Status", row.status if row else None),
        ("Required", f"{_said(asker, row.required_per_day)} a working day" if row and row.required_per_day else None),
        ("Projected", _said(asker, row.projected) if row and row.projected is not None else None),
    )
    return Page("quota", quota.ref, f"{quota.ref} {quota.metric} quota", (), fields, drawn)


def _reached(asker: Asker, quota: Quota) -> QuotaRow | None:
    """Return the row of the quota report about this target alone."""
    period = Period(start=quota.start_on, end=quota.end_on, label="")
    rows: tuple[QuotaRow, ...] = make_report(asker.store, "quota", Wanted(period=period), asker.words).report.rows
    what = (quota.metric, quota.owner, quota.channel, quota.start_on, quota.end_on)
    for row in rows:
        if (row.metric, row.owner, row.channel, row.start, row.end) == what:
            return row
    return None


def _said(asker: Asker, amount: Money | int | float) -> str:
    if isinstance(amount, Money):
        return asker.money(amount) or ""
    return counted(amount, "", "").strip() if isinstance(amount, int) else f"{amount:.1f}"
