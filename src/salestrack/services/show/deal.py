"""The page of a deal: where it stands, how it came there, and what belongs to it."""

from itertools import pairwise
from typing import Any

from salestrack.domain.deals import Deal
from salestrack.domain.history import Version
from salestrack.domain.money import Money
from salestrack.services.show.page import (
    LATEST,
    Asker,
    Page,
    Section,
    activities,
    away,
    counted,
    joined,
    lines,
    next_step,
    sold,
)

_RAW = frozenset({"to", "stage", "amount", "probability", "expected"})


def page(asker: Asker, key: int) -> Page:
    """Return everything about a deal; NotFoundError when there is none."""
    store = asker.store
    deal = store.deals.get(key)
    found = store.activities.of_deal(deal.id, limit=LATEST)
    sales = store.sales.of_deal(deal.id)
    billed = sum(row["amount"] for row in sales if row["kind"] == "sale")
    contact = store.contacts.get(deal.contact_id) if deal.contact_id else None
    custom = asker.custom("deal", deal.id)
    schedule = store.schedules.of("deal", deal.id)
    fields = {
        **_fields(asker, deal),
        "customer_id": f"c{deal.customer_id}" if deal.customer_id else None,
        "contact": contact.name if contact else None,
        "contact_phone": contact.phone if contact else None,
        "contact_email": contact.email if contact else None,
        "stage_since": deal.stage_since,
        "billed": Money(billed, deal.currency),
        "to_bill": _to_bill(asker, deal, billed),
        "fields": custom,
    }
    customer = f"{deal.customer} (c{deal.customer_id})" if deal.customer_id else None
    drawn = (
        ("Customer", customer),
        ("Contact", joined(contact.name, contact.role, contact.phone, contact.email) if contact else None),
        *_standing(asker, deal),
        ("Next step", next_step(found, asker) or ("none" if deal.stage.is_open else None)),
        ("Snoozed", _snoozed(asker, deal)),
        ("Billed", _billing(asker, deal, billed) if sales or deal.status == "won" else None),
        ("Repeats", asker.repeats(schedule, deal.currency)),
        ("Owner", asker.owner(deal.owner)),
        ("Source", joined(deal.source, deal.campaign)),
        ("Tags", fields["tags"]),
        *asker.custom_lines(custom),
        ("Note", deal.note),
    )
    among = store.overviews.count("of_deal", deal.id) if len(found) == LATEST else len(found)
    sections = (
        lines(store.deals.lines(deal.id), deal.currency),
        _history(asker, deal),
        activities(found, among),
        Section("sales", [sold(row) for row in sales], frozenset({"kind"} if not _refunds(sales) else ())),
    )
    return Page("deal", deal.ref, f"{deal.ref} {deal.title}", _head(asker, deal), fields, drawn, sections)


def _refunds(sales: list[dict[str, Any]]) -> bool:
    return any(row["kind"] == "refund" for row in sales)


def _fields(asker: Asker, deal: Deal) -> dict[str, Any]:
    end = deal.closed_on or asker.today
    days = (asker.today - deal.stage_since).days if deal.stage_since and deal.stage.is_open else None
    return {
        "id": deal.ref,
        "title": deal.title,
        "customer": deal.customer,
        "stage": deal.stage.name,
        "days_in_stage": days,
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
        "tags": asker.tags("deal", deal.id),
        "note": deal.note,
    }


def _head(asker: Asker, deal: Deal) -> tuple[str, ...]:
    """Return where the deal stands in one line."""
    chance = deal.probability if deal.probability is not None else deal.stage.probability
    said = [asker.money(deal.amount) or "amount not known", deal.stage.name]
    if deal.stage.is_open:
        said.append(f"{chance} %{' (its own)' if deal.probability is not None else ''}")
        if deal.expected_on:
            late = (asker.today - deal.expected_on).days
            when = f"{counted(late, 'day')} overdue" if late > 0 else away(-late)
            said.append(f"close {deal.expected_on}, {when}")
    elif deal.reason:
        said.append(deal.reason)
    return (" · ".join(said),)


def _standing(asker: Asker, deal: Deal) -> list[tuple[str, Any]]:
    """Return how long the deal has been where it is, and how long it lives or lived."""
    since = deal.stage_since
    found: list[tuple[str, Any]] = []
    if deal.stage.is_open and since:
        found.append(("In stage", f"{counted((asker.today - since).days, 'day')}, since {since}"))
    if deal.closed_on:
        found.append(("Closed", asker.day(deal.closed_on)))
    if deal.created_on:
        end = deal.closed_on or asker.today
        found.append(("Age", f"{counted((end - deal.created_on).days, 'day')}, opened {deal.created_on}"))
    return found


def _snoozed(asker: Asker, deal: Deal) -> str | None:
    rows = asker.store.overviews.ask("snoozed", deal.id, today=asker.today.isoformat())
    return f"until {rows[0]['snoozed_until']}" if rows else None


def _to_bill(asker: Asker, deal: Deal, billed: int) -> Money | None:
    if deal.amount is None or deal.status == "lost" or (deal.stage.is_open and not billed):
        return None
    whole, schedules = deal.amount.minor, asker.store.schedules
    if deal.status == "won" and schedules.of("deal", deal.id):
        whole, _ = schedules.booked("deal", deal.id, asker.today)
    return Money(max(whole - billed, 0), deal.currency)


def _billing(asker: Asker, deal: Deal, billed: int) -> str:
    left = _to_bill(asker, deal, billed)
    rest = f", {asker.money(left)} to bill" if left and left.minor else ""
    return f"{asker.money(Money(billed, deal.currency))}{rest}"


def _history(asker: Asker, deal: Deal) -> Section:
    versions = asker.store.deals.versions(deal.id)
    told_rows = [{**_version(asker, version), "what": ""} for version in versions]
    if told_rows:
        told_rows[0]["what"] = _begun(asker, versions[0])
    for row, (before, after) in zip(told_rows[1:], pairwise(versions), strict=True):
        row["what"] = _step(asker, before, after)
    return Section("history", told_rows, _RAW, flowing=True)


def _version(asker: Asker, version: Version) -> dict[str, Any]:
    return {
        "from": version.from_on,
        "to": version.to_on,
        "stage": asker.store.stages.get(version.stage_id).name,
        "amount": _amount(version),
        "probability": version.probability,
        "expected": version.expected_on,
    }


def _begun(asker: Asker, first: Version) -> str:
    stage = asker.store.stages.get(first.stage_id).name
    close = f"close {first.expected_on}" if first.expected_on else None
    since = None if first.from_on else "nobody knows since when"
    return joined(f"in {stage}", asker.money(_amount(first)), close, since) or stage


def _step(asker: Asker, before: Version, after: Version) -> str:
    """Return what changed from one version to the next."""
    said = []
    if before.stage_id != after.stage_id:
        left, entered = (asker.store.stages.get(version.stage_id) for version in (before, after))
        old, new = left.name, entered.name
        if left.pipeline_id != entered.pipeline_id:
            old, new = f"{left.pipeline}, {old}", f"{entered.pipeline}, {new}"
        stay = (after.from_on - before.stage_since).days if after.from_on and before.stage_since else None
        said.append(f"{old} -> {new}" + (f" after {counted(stay, 'day')}" if stay is not None else ""))
    if _amount(before) != _amount(after):
        said.append(f"amount {asker.money(_amount(before)) or 'none'} -> {asker.money(_amount(after)) or 'none'}")
    if before.expected_on != after.expected_on:
        later = (
            before.expected_on and after.expected_on and f"{after.expected_on:%Y-%m}" > f"{before.expected_on:%Y-%m}"
        )
        said.append(f"{'pushed' if later else 'close'} {before.expected_on or 'none'} -> {after.expected_on or 'none'}")
    if before.probability != after.probability:
        old, new = (f"{p} %" if p is not None else "the stage's" for p in (before.probability, after.probability))
        said.append(f"probability {old} -> {new}")
    if before.owner_id != after.owner_id:
        old, new = (asker.owner_name(key) or "nobody" for key in (before.owner_id, after.owner_id))
        said.append(f"owner {old} -> {new}")
    return ", ".join(said) or "as before"


def _amount(version: Version) -> Money | None:
    return Money(version.amount, version.currency) if version.amount is not None else None
