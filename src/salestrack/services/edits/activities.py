"""Editing what happened, and what is planned."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from salestrack.domain.activities import Activity
from salestrack.domain.dates import parse_moment
from salestrack.domain.durations import format_minutes, parse_duration
from salestrack.errors import ParseError, UsageError
from salestrack.services.answers import Part
from salestrack.services.edits.fields import Act, Field, Given, Kind, owner_field, text_field
from salestrack.services.edits.people import contact_field, customer_field, refuse_other_customer
from salestrack.services.who import find_deal
from salestrack.store import Store


def _date(_: Store, activity: Activity) -> date | None:
    on, at = (activity.happened_on, activity.happened_time) if activity.done else (activity.due_on, activity.due_time)
    return datetime.combine(on, at) if on and at else on


def _dated(given: Given, activity: Activity, text: str) -> Mapping[str, Any]:
    if activity.done:
        on, at = given.moment(text)
        return {"happened_on": on, "happened_time": at}
    on, at = _planned(given, activity, text)
    return {"due_on": on, "due_time": at}


def _planned(given: Given, activity: Activity, text: str) -> tuple[date, time | None]:
    """Return the day for which a step is planned, and its time: a time alone stays on the day."""
    words, _, last = text.strip().rpartition(" ")
    if ":" not in last:
        return given.future(text, "date"), None
    at = parse_moment(last, given.words, None)[1]
    if not words and not activity.due_on:
        raise ParseError(f"'{text}' is a time without a day", hint="write it like 'fri 14:30'")
    return (given.future(words, "date") if words else activity.due_on or given.words.today), at


def _deal(store: Store, activity: Activity) -> str | None:
    return f"d{activity.deal_id} {store.deals.get(activity.deal_id).title}" if activity.deal_id else None


def _in_deal(given: Given, activity: Activity, text: str) -> Mapping[str, Any]:
    deal = find_deal(given.store, text)
    joined: dict[str, Any] = {"deal_id": deal.id}
    return joined if activity.customer_id else {**joined, "customer_id": deal.customer_id}


def _direction(_: Given, __: Activity, text: str) -> Mapping[str, Any]:
    if text not in ("in", "out"):
        raise UsageError(f"'{text}' is not a direction", hint="in: they came to us; out: we went to them")
    return {"direction": text}


_FIELDS = (
    Field(
        "kind",
        lambda _, activity: activity.kind,
        lambda given, _, text: {"kind": given.store.activities.kind(text)},
        None,
    ),
    customer_field(),
    contact_field(),
    Field("deal", _deal, _in_deal, {"deal_id": None}),
    Field("date", _date, _dated, None, "with a time, where it is known"),
    Field(
        "duration",
        lambda _, activity: format_minutes(activity.seconds // 60) if activity.seconds else None,
        lambda _, __, text: {"seconds": parse_duration(text) * 60},
        {"seconds": None},
    ),
    Field("direction", lambda _, activity: activity.direction, _direction, {"direction": None}, "in or out"),
    Field(
        "outcome",
        lambda _, activity: activity.outcome,
        lambda given, _, text: {"outcome": given.store.outcomes.resolve(text)},
        {"outcome": None},
    ),
    owner_field(),
    text_field("subject"),
    text_field("note", one_line=False),
)


def _save(store: Store, before: Activity, after: Activity, _: Act) -> Sequence[Part]:
    if after != before:
        refuse_other_customer(store, after.deal_id, after.customer_id, ref=after.ref)
        store.activities.save(after)
    return ()


def _touched(activity: Activity) -> tuple[str, ...]:
    return tuple(f"{letter}{key}" for letter, key in (("c", activity.customer_id), ("d", activity.deal_id)) if key)


KIND = Kind(
    letter="a",
    noun="activity",
    fields=_FIELDS,
    get=lambda store, key: store.activities.get(key),
    label=lambda _, activity: f"{activity.kind} · {activity.customer}" if activity.customer else activity.kind,
    save=_save,
    touched=_touched,
)
