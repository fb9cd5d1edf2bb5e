"""What happens to deals: made, moved, pushed, won, lost, reopened, edited."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from salestrack.domain import lines as lining
from salestrack.domain.activities import Activity
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.names import clean
from salestrack.errors import RuleError
from salestrack.services.answers import Answer, Part
from salestrack.services.booking import book, rate_note
from salestrack.services.calendar import day_off_note
from salestrack.services.who import Found
from salestrack.store import Operation, Store


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
    next_on: date | None = None


def add_deal(store: Store, found: Found, new: NewDeal, *, now: datetime) -> Answer:
    """Open a deal in the first stage of its pipeline, or the one named; RuleError for a closed stage."""
    pipeline = store.stages.pipeline_id(new.pipeline)
    stage = store.stages.resolve(new.stage, pipeline_id=pipeline) if new.stage else store.stages.first(pipeline)
    if not stage.is_open:
        raise RuleError(f"a deal begins in an open stage, not in {stage.name}", hint="add it, then: salestrack won")
    with store.operation("opened") as op:
        deal = Deal(
            title=clean(new.title, "title"),
            customer_id=found.customer_id(store, on=new.on, op=op.id),
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
        deal = store.deals.add(deal, on=new.on, op=op.id)
        op.touch(deal.ref, *_customer_ref(deal))
        if new.lines:
            store.deals.put_lines(deal, lining.fitted(new.lines, new.amount.minor if new.amount else None), op=op.id)
        if new.tags:
            store.tags.put("deal", deal.id, list(new.tags), op=op.id)
        step = _next_step(store, deal, new.next_on, op, now)
    closing = (f"closing {format_day(new.expected_on)}",) if new.expected_on else ()
    parts = (deal.ref, _money(deal), deal.label, stage.name, *closing, *((f"next: {step}",) if step else ()))
    notes = [note for note in (day_off_note(store, new.next_on) if new.next_on else None,) if note]
    return Answer(parts, op.id, tuple(notes))


def move_deal(store: Store, deal: Deal, stage_text: str, *, on: date) -> Answer:
    """Move a deal to another stage as of a day; moving it to its won or lost stage closes it."""
    stage = store.stages.resolve(stage_text, pipeline_id=deal.stage.pipeline_id)
    if stage.kind == "won":
        return win_deal(store, deal, None, on=on)
    if stage.kind == "lost":
        raise RuleError(f"say why {deal.ref} was lost", hint=f"salestrack lost {deal.ref} REASON")
    with store.operation("moved") as op:
        before = store.deals.get(deal.id)
        after = store.deals.save(before, before.move_to(stage, on=on), on=on, op=op.id)
        op.touch(after.ref, *_customer_ref(after))
    return Answer((after.ref, after.label, f"{before.stage.name} -> {stage.name}", format_day(on)), op.id)


def push_deal(store: Store, deal: Deal, to: date, why: str | None, *, on: date, now: datetime) -> Answer:
    """Expect a deal to close on another day, and note why; says how often and how far it was pushed in all."""
    with store.operation("pushed") as op:
        before = store.deals.get(deal.id)
        if not before.stage.is_open:
            raise RuleError(f"{before.ref} is already {before.stage.name}", hint=f"salestrack reopen {before.ref}")
        if before.expected_on == to:
            raise RuleError(f"{before.ref} is expected on {format_day(to)} already")
        after = store.deals.save(before, before._replace(expected_on=to), on=on, op=op.id)
        op.touch(after.ref, *_customer_ref(after))
        if why:
            store.activities.add(_remark(after, why, on=on, now=now), op=op.id)
        pushes, slip = _pushes(store, after)
    was = format_day(before.expected_on) if before.expected_on else "no date"
    parts = [after.ref, after.label, f"{was} -> {format_day(to)}"]
    parts += [f"push {pushes}, {slip} days in all"] if pushes else []
    note = day_off_note(store, to)
    return Answer(tuple(parts), op.id, (note,) if note else ())


def win_deal(store: Store, deal: Deal, amount: Money | None, *, on: date) -> Answer:
    """Close a deal as won on a day, at another amount when one is given; what it is worth is pinned at that day's rate."""
    with store.operation("won") as op:
        before = store.deals.get(deal.id)
        stage = store.stages.closing(before.stage.pipeline_id, "won")
        after = before.move_to(stage, on=on)
        if amount:
            after = after._replace(amount=amount, currency=amount.currency)
        booked = book(store, after.amount, on)
        after = after._replace(rate=booked.rate, book_amount=booked.book_amount)
        after = store.deals.save(before, after, on=on, op=op.id)
        _fit_lines(store, after, op)
        op.touch(after.ref, *_customer_ref(after))
        left = _left_planned(store, after)
    notes = [note for note in (rate_note(after.amount, booked), _unknown_amount(after), left) if note]
    was: list[Part] = [("was", before.amount)] if before.amount and before.amount != after.amount else []
    return Answer((after.ref, "won", _money(after), *was, after.label, format_day(on)), op.id, tuple(notes))


def lose_deal(store: Store, deal: Deal, reason: str, note: str | None, *, on: date, new_reason: bool) -> Answer:
    """Close a deal as lost on a day for one of the book's reasons; new_reason adds the reason first."""
    with store.operation("lost") as op:
        before = store.deals.get(deal.id)
        stage = store.stages.closing(before.stage.pipeline_id, "lost")
        key = store.stages.add_reason(reason, op=op.id) if new_reason else store.stages.reason(reason)
        text = "\n".join(part for part in (before.note, note) if part) or None
        after = before.move_to(stage, on=on)._replace(reason_id=key, note=text)
        booked = book(store, after.amount, on)
        after = after._replace(rate=booked.rate, book_amount=booked.book_amount)
        after = store.deals.save(before, after, on=on, op=op.id)
        _fit_lines(store, after, op)
        op.touch(after.ref, *_customer_ref(after))
        left = _left_planned(store, after)
    parts = (after.ref, "lost", _money(after), after.label, after.reason or reason, format_day(on))
    return Answer(parts, op.id, (left,) if left else ())


def reopen_deal(store: Store, deal: Deal, *, on: date) -> Answer:
    """Open a closed deal again in the stage it was closed from; its booking is taken out."""
    with store.operation("reopened") as op:
        before = store.deals.get(deal.id)
        if before.closed_on and on < before.closed_on:
            raise RuleError(f"{before.ref} was closed on {format_day(before.closed_on)}, after {format_day(on)}")
        stage_id = store.deals.last_open_stage(before.id)
        stage = store.stages.get(stage_id) if stage_id else store.stages.first(before.stage.pipeline_id)
        after = store.deals.save(before, before.reopen(stage, on=on), on=on, op=op.id)
        _fit_lines(store, after, op)
        op.touch(after.ref, *_customer_ref(after))
    return Answer((after.ref, "reopened", _money(after), after.label, f"in {stage.name}"), op.id)


def edit_deal(store: Store, deal: Deal, changes: dict[str, Any], *, on: date, correct: bool) -> Answer:
    """Change fields of a deal as of a day, or, to correct a typing error, from its start.

    changes holds fields of Deal by name. Raises RuleError when nothing would change.
    """
    with store.operation("corrected" if correct else "edited") as op:
        before = store.deals.get(deal.id)
        after = before._replace(**changes)
        if after == before and not correct:
            raise RuleError(f"{before.ref} has these values already")
        if not after.stage.is_open and after.amount != before.amount:
            booked = book(store, after.amount, after.closed_on)
            after = after._replace(rate=booked.rate, book_amount=booked.book_amount)
        save = (
            store.deals.correct(after, changes, op=op.id)
            if correct
            else store.deals.save(before, after, on=on, op=op.id)
        )
        if save is None:
            raise RuleError(f"{before.ref} had these values from the start")
        if "amount" in changes:
            _fit_lines(store, save, op)
        op.touch(save.ref, *_customer_ref(save))
    changed = [name for name in changes if name != "currency" and getattr(before, name) != getattr(save, name)]
    told: list[Part] = [(_label(name), _told(before, name), "->", _told(save, name)) for name in changed]
    told += ["from the start"] if correct else []
    note = _rebooked(before, save)
    return Answer((save.ref, save.label, *told), op.id, (note,) if note else ())


def _rebooked(before: Deal, after: Deal) -> str | None:
    """Return a remark when the amount of a deal that is won already changes, and with it the revenue of its month."""
    if after.status != "won" or before.amount == after.amount or not after.closed_on:
        return None
    was, now = (deal.amount.text() if deal.amount else "nothing" for deal in (before, after))
    return f"{after.ref} was won on {format_day(after.closed_on)}: that day's revenue is {now} now, not {was}"


def _fit_lines(store: Store, deal: Deal, op: Operation) -> None:
    """Make a deal's lines add up to its amount, and what they are worth to its worth in the book's currency."""
    if lines := store.deals.lines(deal.id):
        store.deals.put_lines(deal, lining.fitted(lines, deal.amount.minor if deal.amount else None), op=op.id)


def _label(name: str) -> str:
    return name.removesuffix("_id").removesuffix("_on").replace("_", " ")


def _told(deal: Deal, name: str) -> str | Money:
    value = getattr(deal, name.removesuffix("_id") if name in {"owner_id", "reason_id"} else name)
    if isinstance(value, Money):
        return value
    return "none" if value is None else format_day(value) if isinstance(value, date) else str(value)


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


def _pushes(store: Store, deal: Deal) -> tuple[int, int]:
    """Return how often the expected close moved to a later month, and by how many days in all."""
    dates = [version.expected_on for version in store.deals.versions(deal.id) if version.expected_on]
    moves = [(a, b) for a, b in pairwise(dates) if b > a and (a.year, a.month) != (b.year, b.month)]
    return len(moves), sum((b - a).days for a, b in moves)
