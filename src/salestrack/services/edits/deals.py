"""Editing deals: as of a day, or from the start, and the days on which they were created and closed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from salestrack.domain import history
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.domain.money import Money
from salestrack.domain.refs import Ref
from salestrack.domain.schedules import Schedule
from salestrack.domain.sentences import Sentence
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Part
from salestrack.services.booking import Booked, book, rate_note
from salestrack.services.edits import Note
from salestrack.services.edits.fields import (
    MOST_NAMED,
    Act,
    Field,
    Given,
    Kind,
    Value,
    name_field,
    owner_field,
    percent,
    text_field,
)
from salestrack.services.edits.people import contact_field, customer_field
from salestrack.services.edits.visits import refuse_crossing
from salestrack.services.items import fit_lines
from salestrack.store import Operation, Store


def _pipeline(given: Given, deal: Deal, text: str) -> Mapping[str, Any]:
    stages = given.store.stages
    key = stages.pipeline_id(text)
    if key == deal.stage.pipeline_id:
        return {}
    namesakes = [stage for stage in stages.all() if stage.pipeline_id == key and stage.name == deal.stage.name]
    return {"stage": namesakes[0] if namesakes else stages.first(key)}


def _stage(given: Given, deal: Deal, text: str) -> Mapping[str, Any]:
    return {"stage": given.store.stages.resolve(text, pipeline_id=deal.stage.pipeline_id)}


def _stages(store: Store, deal: Deal) -> str:
    stages = [stage for stage in store.stages.all() if stage.pipeline_id == deal.stage.pipeline_id and stage.is_open]
    return ", ".join(stage.name for stage in stages)


def _amount(given: Given, deal: Deal, text: str) -> Mapping[str, Any]:
    money = given.money(text, deal.currency, "amount")
    return {"amount": money, "currency": money.currency}


def _probability(_: Store, deal: Deal) -> Value:
    return None if deal.probability is None else f"{deal.probability} %"


def _closed(given: Given, deal: Deal, text: str) -> Mapping[str, Any]:
    if deal.stage.is_open:
        raise RuleError(f"{deal.ref} is open", hint=f"salestrack won {deal.ref}, or salestrack lost {deal.ref} REASON")
    return {"closed_on": given.past(text, "closing date")}


def _reason(given: Given, deal: Deal, text: str) -> Mapping[str, Any]:
    if deal.status != "lost":
        raise RuleError(f"{deal.ref} is {deal.status}, not lost", hint=f"salestrack lost {deal.ref} REASON")
    return {"reason_id": given.store.reasons.find(text).id}


_FIELDS = (
    name_field("title", "title"),
    customer_field(),
    contact_field(),
    Field("pipeline", lambda _, deal: deal.stage.pipeline, _pipeline, None),
    Field("stage", lambda _, deal: deal.stage.name, _stage, None, _stages),
    Field("amount", lambda _, deal: deal.amount, _amount, {"amount": None}, "net of tax"),
    Field(
        "close",
        lambda _, deal: deal.expected_on,
        lambda given, _, text: {"expected_on": given.future(text, "close date")},
        {"expected_on": None},
        "expected close",
    ),
    Field(
        "probability",
        _probability,
        lambda _, __, text: {"probability": percent(text)},
        {"probability": None},
        "empty follows the stage",
    ),
    owner_field(),
    text_field("source"),
    text_field("campaign"),
    Field(
        "created",
        lambda _, deal: deal.created_on,
        lambda given, _, text: {"created_on": given.past(text, "day of creation")},
        {"created_on": None},
    ),
    Field("closed", lambda _, deal: deal.closed_on, _closed, None, applies=lambda deal: not deal.stage.is_open),
    Field(
        "reason",
        lambda _, deal: deal.reason,
        _reason,
        {"reason_id": None},
        lambda store, _: ", ".join(one.name for one in store.reasons.listed()[:MOST_NAMED]),
        lambda deal: deal.status == "lost",
    ),
    text_field("note", one_line=False),
)


def _save(store: Store, before: Deal, after: Deal, act: Act) -> Sequence[Part]:
    if after == before and not act.correct:
        return ()
    _refuse_other_currency(store, before, after)
    if after.amount != before.amount and (schedule := store.schedules.of("deal", before.id)):
        _refuse_worth(before, after, schedule)
    if before.reason_id and not after.reason_id and store.settings.book.reason_required:
        raise RuleError("this book wants a reason for every lost deal", hint="salestrack reason list")
    return save_deal(store, before, after, act)


def save_deal(store: Store, before: Deal, after: Deal, act: Act) -> Sequence[Part]:
    """Store a deal with what changed, its history with it; return what that brought along, and remarks."""
    deal = _redated(store, before, after, act)
    wanted = after._replace(stage_since=deal.stage_since)
    if after.stage.id != before.stage.id:
        wanted = _in_stage(store, deal, wanted, act)
    wanted = _booked(store, before, wanted)
    if act.correct:
        staged = {"stage_id"} if after.stage.id != before.stage.id else set()
        saved = store.deals.correct(wanted, act.columns | staged, op=act.op.id)
    else:
        saved = store.deals.save(deal, wanted, on=act.on, op=act.op.id)
    if saved is None:
        return ()
    if (saved.amount, saved.book_amount) != (before.amount, before.book_amount):
        fit_lines(store, saved, act.op)
    start: tuple[Part, ...] = ("from the start",) if act.correct else ()
    return (*start, *_along(store, before, saved), *_remarks(store, before, saved))


class WorthChange(NamedTuple):
    """--worth: what a deal that repeats counts in the pipeline and as won; what falls due is not touched."""

    text: str
    given: Given
    option: str = "--worth"
    letters: str = "d"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write it; UsageError for a deal that does not repeat, RuleError for another currency."""
        before = store.deals.get(ref.id)
        if store.schedules.of("deal", ref.id) is None:
            raise UsageError(
                f"{ref} does not repeat, so there is no --worth", hint=f"salestrack edit {ref} --amount {self.text}"
            )
        worth = self.given.money(self.text, before.currency, "worth")
        if worth.currency != before.currency:
            raise RuleError(f"{ref} is in {before.currency}, and the worth in {worth.currency}")
        if worth == before.amount:
            return ()
        after = before._replace(amount=worth)
        extras = save_deal(store, before, after, Act(op, on, frozenset({"amount"})))
        return (("worth", before.amount or "none", "->", worth), *extras)


def _refuse_worth(before: Deal, after: Deal, schedule: Schedule) -> None:
    """Refuse an amount that could be meant for each time, or for all of them."""
    was = Sentence(", and counts ", before.amount) if before.amount else ""
    each = Money(schedule.amount or 0, before.currency)
    new = after.amount.plain() if after.amount else "AMOUNT"
    raise RuleError(
        Sentence(f"{before.ref} repeats: ", each, f" {schedule.every.text()}", was),
        hint=f"--price {new} is what each time costs, --worth {new} what the deal counts for",
    )


def _refuse_other_currency(store: Store, before: Deal, after: Deal) -> None:
    if after.currency == before.currency or not (sales := store.deals.sales(before.id)):
        return
    raise RuleError(
        f"{before.ref} is billed in {before.currency} by s{sales[0]}, so its amount stays in {before.currency}",
        hint=f"salestrack sale edit s{sales[0]} --deal - takes the sale out of the deal",
    )


def _redated(store: Store, before: Deal, after: Deal, act: Act) -> Deal:
    """Move the days on which a deal was created and closed, its history with them."""
    deal = before
    if after.created_on != before.created_on:
        if after.created_on and after.closed_on and after.closed_on < after.created_on:
            raise RuleError(f"{deal.ref} was closed on {format_day(after.closed_on)}, before {after.created_on}")
        versions = history.begun(store.deals.versions(deal.id), after.created_on)
        deal = store.deals.rewrite(deal._replace(created_on=after.created_on), versions, op=act.op.id)
    if after.closed_on and after.closed_on != before.closed_on:
        deal = close_on(store, deal, after.closed_on, act)
    return deal


def close_on(store: Store, deal: Deal, on: date, act: Act) -> Deal:
    """Let a deal that is closed have been closed on another day, its last move with it."""
    versions = store.deals.versions(deal.id)
    last = history.visits(versions)[-1]
    if last.at:
        refuse_crossing(store, versions, last.at, on)
        versions = history.restaged(versions, last.at, on, whole=True)
    elif deal.created_on and on < deal.created_on:
        raise RuleError(f"{deal.ref} was created on {format_day(deal.created_on)}, after {format_day(on)}")
    return store.deals.rewrite(deal._replace(closed_on=on), versions, op=act.op.id)


def _in_stage(store: Store, deal: Deal, wanted: Deal, act: Act) -> Deal:
    """Return the deal in another open stage, since the day of the edit or from its start."""
    stage = wanted.stage
    if not deal.stage.is_open:
        raise RuleError(f"{deal.ref} is already {deal.stage.name}", hint=f"salestrack reopen {deal.ref}")
    if not stage.is_open:
        how = f"won {deal.ref}" if stage.kind == "won" else f"lost {deal.ref} REASON"
        raise RuleError(f"an edit does not close a deal, and {stage.name} would", hint=f"salestrack {how}")
    if not act.correct:
        return wanted._replace(stage_since=act.on)
    versions = store.deals.versions(deal.id)
    if len(stays := history.visits(versions)) > 1:
        names = ", ".join(store.stages.get(stay.stage_id).name for stay in stays)
        raise RuleError(
            f"{deal.ref} went through {names}; a correction from the start would wipe that out",
            hint="--moved STAGE=DATE mends the day of one move",
        )
    return wanted._replace(stage_since=versions[0].stage_since)


def _booked(store: Store, before: Deal, after: Deal) -> Deal:
    """Return a closed deal with what it is worth in the book's currency pinned anew, where amount or day changed."""
    if after.stage.is_open or (after.amount, after.closed_on) == (before.amount, before.closed_on):
        return after
    booked = book(store, after.amount, after.closed_on)
    return after._replace(rate=booked.rate, book_amount=booked.book_amount)


def _along(store: Store, before: Deal, after: Deal) -> tuple[Part, ...]:
    """Take the deal's activities and sales to its new customer."""
    if after.customer_id in (before.customer_id, None):
        return ()
    counts = store.deals.bring_along(before, after)
    told = [f"{n} {one if n == 1 else many}" for n, (one, many) in zip(counts, _ALONG, strict=True) if n]
    return (f"with {' and '.join(told)}",) if told else ()


_ALONG = (("activity", "activities"), ("sale", "sales"))


def _remarks(store: Store, before: Deal, after: Deal) -> list[Note]:
    """Return remarks on the revenue of a deal that is won already, and on a rate that is not known."""
    notes = []
    repeats = store.schedules.of("deal", after.id) is not None  # then revenue is what falls due, each time on its day
    if after.status == "won" and before.amount != after.amount and after.closed_on and not repeats:
        was, now = (deal.amount or "nothing" for deal in (before, after))
        start = f"{after.ref} was won on {format_day(after.closed_on)}: that day's revenue is "
        notes.append(Note(start, now, " now, not ", was))
    if after.status == "won" and before.closed_on and after.closed_on and before.closed_on != after.closed_on:
        days = f" of revenue went from {format_day(before.closed_on)} to {format_day(after.closed_on)}"
        moved = Note(after.amount or "nothing", days)
        notes.append(Note(f"{after.ref} repeats from {format_day(after.closed_on)} on now") if repeats else moved)
    if not after.stage.is_open and (unrated := rate_note(after.amount, Booked(after.rate, after.book_amount))):
        notes.append(Note(unrated))
    return notes


def _touched(deal: Deal) -> tuple[str, ...]:
    return (f"c{deal.customer_id}",) if deal.customer_id else ()


KIND = Kind(
    letter="d",
    noun="deal",
    fields=_FIELDS,
    get=lambda store, key: store.deals.get(key),
    label=lambda _, deal: deal.label,
    save=_save,
    touched=_touched,
)
