"""What happens to deals: made, moved, pushed, won, lost, reopened."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from salestrack.domain import lines as lining
from salestrack.domain.activities import Activity
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.names import clean
from salestrack.domain.pipelines import Stage
from salestrack.errors import RuleError
from salestrack.services import reasons, recurring
from salestrack.services.answers import Answer, Part
from salestrack.services.booking import book, rate_note
from salestrack.services.calendar import day_off_note
from salestrack.services.follow_ups import follow as plan_by_rules
from salestrack.services.items import fit_lines, told_discount, total_notes
from salestrack.services.recurring import Repeating
from salestrack.services.who import Found
from salestrack.store import Operation, Store

if TYPE_CHECKING:
    from salestrack.services.fields import Values


class NewDeal(NamedTuple):
    """What `deal add` says; amount None while nobody knows it."""

    title: str
    amount: Money | None
    on: date
    stage: str | None = None
    pipeline: str | None = None
    expected_on: date | None = None
    probability: int | None = None
    owner_id: int | None = None
    source: str | None = None
    lines: tuple[Line, ...] = ()
    tags: tuple[str, ...] = ()
    fields: "Values | None" = None
    next_on: date | None = None
    repeating: Repeating | None = None
    """How it repeats; amount and lines are then those of each time."""
    follow: bool = True
    """Whether the book's follow-up rules may plan the next step, where none is named."""


def add_deal(store: Store, found: Found, new: NewDeal, *, now: datetime) -> Answer:
    """Open a deal in the first stage of its pipeline, or the one named; RuleError for a closed stage."""
    pipeline = store.stages.pipeline_id(new.pipeline)
    stage = store.stages.resolve(new.stage, pipeline_id=pipeline) if new.stage else store.stages.first(pipeline)
    if not stage.is_open:
        raise RuleError(f"a deal begins in an open stage, not in {stage.name}", hint="add it, then: salestrack won")
    each, off = new.amount, told_discount(new.lines, new.amount.currency if new.amount else "")
    remarks = total_notes(new.lines, new.lines, new.amount)
    new = _with_value(new)
    with store.operation("opened") as op:
        deal = _begun(store, found, new, stage, op)
        deal = store.deals.add(deal, on=new.on, op=op.id)
        op.touch(deal.ref, *_customer_ref(deal))
        if new.lines:
            store.deals.put_lines(deal, lining.fitted(new.lines, new.amount.minor if new.amount else None), op=op.id)
        if new.repeating and each:
            recurring.begin_deal(store, deal.id, each, new.repeating, op=op)
        if new.tags:
            store.tags.put("deal", deal.id, list(new.tags), op=op.id)
        told = new.fields.put(store, "deal", deal.id, op=op) if new.fields else []
        step = _next_step(store, deal, new.next_on, op, now)
        told += _followed(store, deal, op, on=new.on) if new.follow and not step else []
    closing = (f"closing {format_day(new.expected_on)}",) if new.expected_on else ()
    worth = (
        recurring.told_value(each, new.repeating, deal.amount, new.expected_on or new.on)
        if each and new.repeating
        else _money(deal)
    )
    parts = (deal.ref, worth, deal.label, *off, stage.name, *closing, *told, *((f"next: {step}",) if step else ()))
    notes = [note for note in (day_off_note(store, new.next_on) if new.next_on else None, *remarks) if note]
    return Answer(parts, op.id, tuple(notes))


def _begun(store: Store, found: Found, new: NewDeal, stage: Stage, op: Operation) -> Deal:
    return Deal(
        title=clean(new.title, "title"),
        customer_id=found.customer_id(store, on=new.on, op=op.id, owner_id=new.owner_id),
        customer=found.who.name if found.who else found.new_name,
        contact_id=found.who.contact_id if found.who else None,
        stage=stage,
        stage_since=new.on,
        amount=new.amount,
        currency=new.amount.currency if new.amount else store.settings.book.currency,
        probability=new.probability,
        expected_on=new.expected_on,
        owner_id=new.owner_id,
        created_on=new.on,
        source=new.source,
    )


def _with_value(new: NewDeal) -> NewDeal:
    """Return a new deal at what it counts in the pipeline: a repeating one at its first year, with that many lines."""
    if not new.repeating:
        return new
    if new.amount is None:
        raise RuleError("what repeats needs an amount", hint="name what each time is worth, like 500 --every month")
    worth = recurring.value(new.repeating, new.amount, new.expected_on or new.on)
    times = worth.minor // new.amount.minor if new.amount.minor else 1
    return new._replace(amount=worth, lines=lining.times(new.lines, max(times, 1)))


def move_deal(store: Store, deal: Deal, stage_text: str, *, on: date, follow: bool = True) -> Answer:
    """Move a deal to another stage as of a day; moving it to its won or lost stage closes it."""
    stage = store.stages.resolve(stage_text, pipeline_id=deal.stage.pipeline_id)
    if stage.kind == "won":
        return win_deal(store, deal, None, on=on, follow=follow)
    if stage.kind == "lost":
        raise RuleError(f"say why {deal.ref} was lost", hint=f"salestrack lost {deal.ref} REASON")
    with store.operation("moved") as op:
        before = store.deals.get(deal.id)
        after = store.deals.save(before, before.move_to(stage, on=on), on=on, op=op.id)
        op.touch(after.ref, *_customer_ref(after))
        told = _followed(store, after, op, on=on) if follow else []
    return Answer((after.ref, after.label, f"{before.stage.name} -> {stage.name}", format_day(on), *told), op.id)


def win_deal(store: Store, deal: Deal, amount: Money | None, *, on: date, follow: bool = True) -> Answer:
    """Close a deal as won on a day, at another amount when one is given; what it is worth is pinned at that day's rate."""
    with store.operation("won") as op:
        before = store.deals.get(deal.id)
        stage = store.stages.closing(before.stage.pipeline_id, "won")
        after = before.move_to(stage, on=on)
        schedule = store.schedules.of("deal", before.id)
        if schedule:
            schedule, amount = recurring.win(store, schedule, amount, on=on, op=op)
        if amount:
            after = after._replace(amount=amount, currency=amount.currency)
        booked = book(store, after.amount, on)
        after = after._replace(rate=booked.rate, book_amount=booked.book_amount)
        after = store.deals.save(before, after, on=on, op=op.id)
        fit_lines(store, after, op)
        op.touch(after.ref, *_customer_ref(after))
        left = _left_planned(store, after)
        told = _followed(store, after, op, on=on) if follow else []
    notes = [note for note in (rate_note(after.amount, booked), _unknown_amount(after), left) if note]
    was: list[Part] = [("was", before.amount)] if before.amount and before.amount != after.amount else []
    worth = recurring.told_won(schedule, after.amount, on) if schedule and after.amount else _money(after)
    return Answer((after.ref, "won", worth, *was, after.label, format_day(on), *told), op.id, tuple(notes))


def lose_deal(
    store: Store,
    deal: Deal,
    reason: str | None,
    note: str | None,
    *,
    on: date,
    new_reason: bool,
    follow: bool = True,
) -> Answer:
    """Close a deal as lost on a day for one of the book's reasons; new_reason adds the reason first.

    RuleError without a reason where the book wants one.
    """
    with store.operation("lost") as op:
        before = store.deals.get(deal.id)
        stage = store.stages.closing(before.stage.pipeline_id, "lost")
        key = reasons.reason_for(store, before, reason, new=new_reason, op=op)
        text = "\n".join(part for part in (before.note, note) if part) or None
        after = before.move_to(stage, on=on)._replace(reason_id=key, note=text)
        booked = book(store, after.amount, on)
        after = after._replace(rate=booked.rate, book_amount=booked.book_amount)
        after = store.deals.save(before, after, on=on, op=op.id)
        fit_lines(store, after, op)
        op.touch(after.ref, *_customer_ref(after))
        left = _left_planned(store, after)
        told = _followed(store, after, op, on=on) if follow else []
    why = (after.reason,) if after.reason else ()
    parts = (after.ref, "lost", _money(after), after.label, *why, format_day(on), *told)
    return Answer(parts, op.id, (left,) if left else ())


def reopen_deal(store: Store, deal: Deal, *, on: date, follow: bool = True) -> Answer:
    """Open a closed deal again in the stage it was closed from; its booking is taken out."""
    with store.operation("reopened") as op:
        before = store.deals.get(deal.id)
        if before.closed_on and on < before.closed_on:
            raise RuleError(f"{before.ref} was closed on {format_day(before.closed_on)}, after {format_day(on)}")
        stage_id = store.deals.last_open_stage(before.id)
        stage = store.stages.get(stage_id) if stage_id else store.stages.first(before.stage.pipeline_id)
        stage = store.stages.standing(stage)
        after = store.deals.save(before, before.reopen(stage, on=on), on=on, op=op.id)
        fit_lines(store, after, op)
        op.touch(after.ref, *_customer_ref(after))
        told = _followed(store, after, op, on=on) if follow else []
    return Answer((after.ref, "reopened", _money(after), after.label, f"in {stage.name}", *told), op.id)


def _followed(store: Store, deal: Deal, op: Operation, *, on: date) -> list[str]:
    """Plan what the book's rules say for the stage that a deal entered on a day."""
    return plan_by_rules(
        store,
        op,
        stage_id=deal.stage.id,
        deal_id=deal.id,
        customer_id=deal.customer_id,
        contact_id=deal.contact_id,
        owner_id=deal.owner_id,
        on=on,
        now=store.actor.now(),
    )


def _money(deal: Deal) -> Part:
    return deal.amount or "amount not known"


def _unknown_amount(deal: Deal) -> str | None:
    if deal.amount:
        return None
    return f"{deal.ref} has no amount, so it adds nothing to revenue (salestrack deal edit {deal.ref} --amount 1200)"


def _left_planned(store: Store, deal: Deal) -> str | None:
    """Return a remark on the steps that are still planned on a deal which has ended."""
    steps = [step for step in store.activities.of_deal(deal.id, limit=3) if not step.done and step.due_on]
    told = ", ".join(f"{step.ref} {step.kind} {format_day(step.due_on)}" for step in steps if step.due_on)
    return f"still planned: {told}" if told else None


def _customer_ref(deal: Deal) -> tuple[str, ...]:
    return (f"c{deal.customer_id}",) if deal.customer_id else ()


def _remark(deal: Deal, text: str, *, on: date, now: datetime) -> Activity:
    logged = now.isoformat(timespec="seconds")
    return Activity(
        kind="note",
        customer_id=deal.customer_id,
        deal_id=deal.id,
        owner_id=deal.owner_id,
        done=True,
        happened_on=on,
        logged_at=logged,
        note=text,
    )


def _next_step(store: Store, deal: Deal, on: date | None, op: Operation, now: datetime) -> str | None:
    if on is None:
        return None
    step = _remark(deal, "", on=on, now=now)._replace(kind="task", done=False, happened_on=None, due_on=on, note=None)
    saved = store.activities.add(step, op=op.id)
    op.touch(saved.ref)
    return f"task {format_day(on)} ({saved.ref})"
