"""Logging what happened, planning what comes next, and marking it done."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from salestrack.domain.activities import Activity
from salestrack.domain.dates import format_day
from salestrack.domain.durations import format_minutes
from salestrack.errors import RuleError
from salestrack.services.answers import Answer, Ask
from salestrack.services.follow_ups import follow
from salestrack.services.who import Found, find_deal, find_who
from salestrack.store import Operation, Store

if TYPE_CHECKING:
    from salestrack.domain.recurring import Every
    from salestrack.services.fields import Values


class Step(NamedTuple):
    """A next step: what, when, and a note."""

    kind: str
    on: date
    at: time | None = None
    note: str | None = None
    every: "Every | None" = None
    """How often it repeats, until a day or without end."""
    until: date | None = None
    fields: "Values | None" = None


class Happening(NamedTuple):
    """What a person says happened: the kind, day and time, length in minutes, and how it went."""

    kind: str
    on: date
    at: time | None
    minutes: int | None = None
    direction: Literal["in", "out"] | None = None
    outcome: str | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    fields: "Values | None" = None
    next: Step | None = None
    follow: bool = True
    """Whether the book's follow-up rules may plan the next step, where none is named."""
    last: bool = False
    """Whether a step that repeats was the last of its kind."""
    owner_id: int | None = None
    """Who did it, where that was said: a planned step that becomes it changes hands."""


class Target(NamedTuple):
    """Whom and which deal an activity is about, and how that was decided."""

    found: Found
    deal_id: int | None
    deal: str | None
    remark: str | None


def find_target(store: Store, who: str, *, following: str, deal: str | None, new: bool, ask: Ask | None) -> Target:
    """Return the customer and the deal that the words name; the customer's only open deal is joined."""
    if deal:
        chosen = find_deal(store, deal)
        found = find_who(store, who, following=following, new=new, ask=ask)
        customer = found.who.customer_id if found.who else None
        if chosen.customer_id and chosen.customer_id != customer:
            raise RuleError(f"{chosen.ref} belongs to {chosen.customer}, not to {found.text}")
        return Target(found, chosen.id, f"{chosen.ref} {chosen.title}", None)
    found = find_who(store, who, following=following, new=new, ask=ask)
    if found.who and found.who.deal_id:
        chosen = store.deals.get(found.who.deal_id)
        return Target(found, chosen.id, f"{chosen.ref} {chosen.title}", None)
    rows = store.customers.open_deals(found.who.customer_id) if found.who and found.who.customer_id else []
    labels = [f"d{row['id']} {row['title']}" for row in rows]
    if len(rows) == 1:
        return Target(found, rows[0]["id"], labels[0], None)
    if rows and ask:
        index = ask.choose(f"{found.text} has {len(rows)} open deals. Which one is it about?", labels)
        return Target(
            found,
            None if index is None else rows[index]["id"],
            None if index is None else labels[index],
            None,
        )
    remark = (
        f"{found.text} has {len(rows)} open deals; joined to none of them (--deal d{rows[0]['id']} would)"
        if rows
        else None
    )
    return Target(found, None, None, remark)


def log(store: Store, target: Target, what: Happening, *, now: datetime, owner_id: int | None) -> Answer:
    """Record what happened; a planned step of the kind that was due becomes it."""
    with store.operation("logged") as op:
        customer = target.found.customer_id(store, on=what.on, op=op.id, owner_id=what.owner_id or owner_id)
        planned = store.activities.planned(what.kind, customer_id=customer, deal_id=target.deal_id, until=what.on)
        base = planned or Activity(
            kind=what.kind,
            customer_id=customer,
            contact_id=target.found.contact_id,
            deal_id=target.deal_id,
            owner_id=what.owner_id or owner_id,
            done=True,
            logged_at=now.isoformat(timespec="seconds"),
        )
        done = _happened(base, what)._replace(
            deal_id=base.deal_id or target.deal_id,
            contact_id=target.found.contact_id or base.contact_id,
            owner_id=what.owner_id or base.owner_id,
        )
        saved = store.activities.save(done) if planned else store.activities.add(done, op=op.id)
        op.touch(saved.ref, *_refs(saved))
        store.tags.put("activity", saved.id, list(what.tags), op=op.id) if what.tags else None
        told = what.fields.put(store, "activity", saved.id, op=op) if what.fields else []
        parts = [f"{saved.ref} {what.kind}", target.found.text, _when(what.on, what.at)]
        parts += [format_minutes(what.minutes)] if what.minutes else []
        parts += [what.outcome] if what.outcome else []
        parts += told
        if saved.deal_id:
            parts.append(f"on {target.deal or f'd{saved.deal_id}'}")
        parts += (
            [f"closes the {planned.kind} planned for {format_day(planned.due_on)}"]
            if planned and planned.due_on
            else []
        )
        notes = [target.remark] if target.remark and not saved.deal_id else []
        parts += _repeat(store, planned, saved, op, now) if planned else []
        _plan_next(store, saved, what, op, parts, notes, now)
    return Answer(tuple(parts), op.id, tuple(notes))


def plan(store: Store, target: Target, step: Step, *, now: datetime, owner_id: int | None) -> Answer:
    """Record a next step without anything having happened yet."""
    with store.operation("planned") as op:
        customer = target.found.customer_id(store, on=now.date(), op=op.id, owner_id=owner_id)
        activity = Activity(
            kind=step.kind,
            customer_id=customer,
            contact_id=target.found.contact_id,
            deal_id=target.deal_id,
            owner_id=owner_id,
            done=False,
            due_on=step.on,
            due_time=step.at,
            logged_at=now.isoformat(timespec="seconds"),
            note=step.note,
        )
        saved = store.activities.add(activity, op=op.id)
        op.touch(saved.ref, *_refs(saved))
        parts = [f"{saved.ref} planned {step.kind}", target.found.text, _when(step.on, step.at)]
        parts += [f"on {target.deal}"] if target.deal else []
        parts += step.fields.put(store, "activity", saved.id, op=op) if step.fields else []
        parts += [_begin_repeating(store, saved, step, op)] if step.every else []
        parts += _woken(store, saved)
    notes = [note for note in (target.remark, _day_off_note(store, step.on)) if note]
    return Answer(tuple(parts), op.id, tuple(notes))


def finish(store: Store, key: int, what: Happening, *, now: datetime) -> Answer:
    """Mark a planned step as done; RuleError when it is done already."""
    with store.operation("did") as op:
        activity = store.activities.get(key)
        if activity.done:
            on = format_day(activity.happened_on) if activity.happened_on else "a day nobody noted"
            raise RuleError(f"{activity.ref} was done already, on {on}")
        saved = store.activities.save(_happened(activity, what._replace(kind=activity.kind)))
        op.touch(saved.ref, *_refs(saved))
        parts = [f"{saved.ref} {saved.kind} done", activity.customer or "", _when(what.on, what.at)]
        parts += [format_minutes(what.minutes)] if what.minutes else []
        notes: list[str] = []
        parts += _repeat(store, activity, saved, op, now, last=what.last)
        _plan_next(store, saved, what._replace(kind=activity.kind), op, parts, notes, now)
    return Answer(tuple(part for part in parts if part), op.id, tuple(notes))


def _refs(activity: Activity) -> list[str]:
    return [f"{letter}{key}" for letter, key in (("c", activity.customer_id), ("d", activity.deal_id)) if key]


def _happened(activity: Activity, what: Happening) -> Activity:
    note = "\n".join(text for text in (activity.note, what.note) if text) or None
    changes: dict[str, Any] = {"done": True, "happened_on": what.on, "happened_time": what.at, "note": note}
    changes |= {
        "direction": what.direction or activity.direction,
        "outcome": what.outcome or activity.outcome,
    }
    return activity._replace(**changes, seconds=what.minutes * 60 if what.minutes else activity.seconds)


def _plan_next(
    store: Store,
    after: Activity,
    what: Happening,
    op: Operation,
    parts: list[str],
    notes: list[str],
    now: datetime,
) -> None:
    """Plan the next step that is named, else what the book's rules say."""
    step = what.next
    if not step:
        parts += _followed(store, after, what, op, now) if what.follow else []
        return
    planned = after._replace(
        id=0,
        kind=step.kind or what.kind,
        done=False,
        due_on=step.on,
        due_time=step.at,
        happened_on=None,
        happened_time=None,
        seconds=None,
        direction=None,
        outcome=None,
        note=step.note,
        logged_at=now.isoformat(timespec="seconds"),
    )
    saved = store.activities.add(planned, op=op.id)
    op.touch(saved.ref)
    parts.append(f"next: {saved.kind} {_when(step.on, step.at)} ({saved.ref})")
    parts += _woken(store, saved)
    if note := _day_off_note(store, step.on):
        notes.append(note)


def _followed(store: Store, after: Activity, what: Happening, op: Operation, now: datetime) -> list[str]:
    return follow(
        store,
        op,
        after_kind=what.kind,
        deal_id=after.deal_id,
        customer_id=after.customer_id,
        contact_id=after.contact_id,
        owner_id=after.owner_id,
        on=what.on,
        now=now,
    )


def _repeat(
    store: Store, planned: Activity, done: Activity, op: Operation, now: datetime, *, last: bool = False
) -> list[str]:
    """Plan the next occurrence of a step that repeats."""
    if not last and not store.schedules.any("activity"):
        return []
    from salestrack.services.repeating import plan_next

    return plan_next(store, planned, done, op=op, now=now, last=last)


def _begin_repeating(store: Store, saved: Activity, step: Step, op: Operation) -> str:
    from salestrack.services.repeating import begin

    return begin(store, saved, step.every, step.until, op=op) if step.every else ""


def _woken(store: Store, step: Activity) -> list[str]:
    """Wake the deal and customer of a step that is due before their day: a promise must not be slept through."""
    asleep = [] if step.due_on is None else store.snoozes.beyond(step.due_on, _refs(step))
    for ref in asleep:
        store.snoozes.put(ref, None)
    return [f"{ref} is awake again" for ref in asleep]


def _day_off_note(store: Store, on: date) -> str | None:
    # Fetched only where a next step is planned: most lines that are logged have none.
    from salestrack.services.calendar import day_off_note

    return day_off_note(store, on)


def _when(on: date, at: time | None) -> str:
    return f"{format_day(on)} {at.isoformat('minutes')}" if at else format_day(on)
