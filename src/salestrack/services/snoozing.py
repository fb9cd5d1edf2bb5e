"""Keeping a step, a deal or a customer out of today's list until a day."""

from datetime import date, datetime

from salestrack.domain.activities import Activity
from salestrack.domain.dates import format_day
from salestrack.domain.refs import AT, Ref, parse_ref
from salestrack.errors import NotFoundError, RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.services.calendar import day_off_note
from salestrack.store import Store


def find_snoozable(store: Store, text: str) -> Ref:
    """Return the step, deal or customer that text names; a bare number is a step, `@` the one touched last."""
    if text == AT:
        text = store.journal.last_ref("adc") or text
    ref = parse_ref(text, "a")
    if ref and ref.letter in "adc" and ref.id:
        return ref
    if ref and ref.letter not in "@n":
        raise UsageError(f"'{text}' cannot be snoozed", hint="name a planned step, a deal or a customer: a12, d12, c12")
    who = store.names.who(text)
    if not (who.deal_id or who.customer_id):
        raise NotFoundError(f"'{text}' belongs to no customer")
    return Ref("d", who.deal_id) if who.deal_id else Ref("c", who.customer_id or 0)


def snooze(store: Store, ref: Ref, until: date | None, why: str | None, *, now: datetime) -> Answer:
    """Keep a record out of sight until a day; None, and any day up to today, brings it back.

    A step keeps the day on which it is due; why is kept as a note. Raises RuleError for what is over.
    """
    today = now.date()
    awake = until is None or until <= today
    with store.operation("woke" if awake else "snoozed") as op:
        label, customer, deal = _about(store, ref)
        _refuse_later(store, ref, None if awake else until)
        before = store.snoozes.until(str(ref))
        asleep = before is not None and before > today
        if awake and not asleep:
            raise RuleError(f"{ref} is not snoozed")
        if not awake and before is not None and before == until:
            raise RuleError(f"{ref} is snoozed until {format_day(before)} already")
        store.snoozes.put(str(ref), None if awake else until)
        op.touch(str(ref), *([f"c{customer}"] if customer and ref.letter != "c" else []))
        if why:
            note = _note(store, why, customer, deal, now)
            op.touch(store.activities.add(note, op=op.id).ref)
    if awake or until is None:
        return Answer((*label, "awake again"), op.id)
    was = (f"was {format_day(before)}",) if before and asleep else ()
    parts = (*label, f"back on {format_day(until)}", *was)
    notes = (day_off_note(store, until), _with_it(store, ref, until))
    return Answer(parts, op.id, tuple(note for note in notes if note))


def _about(store: Store, ref: Ref) -> tuple[tuple[str, ...], int | None, int | None]:
    """Return a record in words, with its customer and deal; RuleError when there is nothing to wait for."""
    if ref.letter == "a":
        step = store.activities.get(ref.id)
        if step.done:
            raise RuleError(f"{step.ref} is done, and out of sight already")
        due = (f"due {format_day(step.due_on)}",) if step.due_on else ()
        who = (step.customer,) if step.customer else ()
        return (f"{step.ref} {step.kind}", *who, *due), step.customer_id, step.deal_id
    if ref.letter == "d":
        deal = store.deals.get(ref.id)
        if deal.status == "lost":
            raise RuleError(f"{deal.ref} is lost, and out of sight already", hint=f"salestrack reopen {deal.ref}")
        return (deal.ref, deal.label), deal.customer_id, deal.id
    customer = store.customers.get(ref.id)
    return (customer.ref, customer.name), customer.id, None


def _refuse_later(store: Store, ref: Ref, until: date | None) -> None:
    """Refuse to put off a step that is due only after that day: it is out of sight until then by itself."""
    due = store.activities.get(ref.id).due_on if ref.letter == "a" else None
    if until and due and due > until:
        raise RuleError(
            f"{ref} is due on {format_day(due)}, after {format_day(until)}, and out of sight until then",
            hint=f"another day for it: salestrack activity edit {ref} -d {until}",
        )


def _with_it(store: Store, ref: Ref, until: date) -> str | None:
    """Return a remark on the steps that a snoozed deal or customer keeps out of sight although they fall due before."""
    if ref.letter == "a":
        return None
    of = store.activities.of_deal if ref.letter == "d" else store.activities.of_customer
    steps = [step for step in of(ref.id, limit=5) if not step.done and step.due_on and step.due_on < until]
    told = ", ".join(f"{step.ref} {step.kind} {format_day(step.due_on)}" for step in steps if step.due_on)
    return f"out of sight with it: {told}" if told else None


def _note(store: Store, text: str, customer: int | None, deal: int | None, now: datetime) -> Activity:
    owner = store.deals.get(deal).owner_id if deal else store.customers.get(customer).owner_id if customer else None
    return Activity(
        kind="note",
        customer_id=customer,
        deal_id=deal,
        owner_id=owner,
        done=True,
        happened_on=now.date(),
        logged_at=now.isoformat(timespec="seconds"),
        note=text,
    )
