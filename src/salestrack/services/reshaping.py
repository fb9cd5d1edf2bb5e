"""One deal becomes two, or two become one: value, age and history stay right on every past day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from salestrack.domain import reshaping
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.domain.lines import fitted
from salestrack.domain.money import Money
from salestrack.domain.names import clean
from salestrack.domain.pipelines import StageKind
from salestrack.domain.sentences import Sentence
from salestrack.errors import RuleError
from salestrack.services.answers import Answer, Part
from salestrack.services.removal import tally
from salestrack.store import Operation, Store


def split_deal(store: Store, deal: Deal, part: Money, title: str) -> Answer:
    """Take a part of an open deal out as a deal of its own, with its age, stages, tags, people, source and owner.

    Every past version is divided in proportion. Raises RuleError when the amount is unknown or not larger than the part.
    """
    name = clean(title, "title")
    with store.operation("split") as op:
        before = store.deals.get(deal.id)
        _refuse_closed(before)
        _refuse_repeating(store, before, "split")
        whole = _whole(before, part)
        versions = store.deals.versions(before.id)
        rest, taken = reshaping.split(versions, part.minor, whole.minor)
        lines, new_lines = reshaping.split_lines(store.deals.lines(before.id), part.minor)
        kept = store.deals.rewrite(before._replace(amount=whole - part), rest, op=op.id)
        new = before._replace(id=0, title=name, amount=part, note=None)
        new = store.deals.add(new, on=taken[0].from_on, op=op.id)
        first = store.deals.versions(new.id)[0]
        new = store.deals.rewrite(new, (taken[0]._replace(id=first.id), *taken[1:]), op=op.id)
        store.merging.copy_links(kept.id, new.id, op=op.id)
        store.deals.put_lines(kept, fitted(lines, (whole - part).minor), op=op.id)
        store.deals.put_lines(new, new_lines, op=op.id)
        op.touch(kept.ref, new.ref, *((f"c{kept.customer_id}",) if kept.customer_id else ()))
    was: tuple[str | Money, ...] = (f"out of {kept.ref} {kept.title}", whole, "->", whole - part)
    notes = (f"{new.ref} has no next step yet (salestrack plan call {new.ref} mon)",)
    return Answer((new.ref, part, new.label, new.stage.name, was), op.id, notes)


def merge_deals(store: Store, deal: Deal, other: Deal) -> Answer:
    """Make two open deals of one customer one: amounts add up on every past day, the rest is the first deal's.

    Raises RuleError for deals that are closed, repeat, or differ in customer, pipeline or currency.
    """
    with store.operation("merged") as op:
        mine, theirs = store.deals.get(deal.id), store.deals.get(other.id)
        _refuse_unlike(store, mine, theirs)
        histories = store.deals.versions(mine.id), store.deals.versions(theirs.id)
        _refuse_undated((mine, histories[0][0].from_on), (theirs, histories[1][0].from_on))
        versions = reshaping.merged(*histories, _kinds(store))
        lines = _merged_lines(store, mine, theirs)
        moved = {table: set(range(count)) for table, count in store.merging.belongings("deals", theirs.id).items()}
        differing = _take_in(store, mine, theirs, op)
        amount = None if versions[-1].amount is None else Money(versions[-1].amount, versions[-1].currency)
        created = min((d for d in (mine.created_on, theirs.created_on) if d), default=None)
        after = store.deals.get(mine.id)._replace(amount=amount, created_on=created)
        after = store.deals.rewrite(after, versions, op=op.id)
        store.deals.put_lines(after, fitted(lines, amount.minor if amount else None), op=op.id)
        op.touch(after.ref, theirs.ref, *((f"c{after.customer_id}",) if after.customer_id else ()))
        notes = _notes(store, mine, theirs, after, differing)
    took: list[str | Money] = [f"took in {theirs.ref} {theirs.title}", *([theirs.amount] if theirs.amount else [])]
    parts: list[Part] = [after.ref, after.amount or "amount not known", after.label, tuple(took)]
    parts += [tally(moved)] if moved else []
    return Answer(tuple(parts), op.id, tuple(notes))


def _take_in(store: Store, mine: Deal, theirs: Deal, op: Operation) -> dict[str, tuple[Any, Any]]:
    """Move everything of one deal to another and remove it; return what both say differently."""
    differing = store.merging.fill("deals", mine.id, theirs.id)
    store.merging.relink("deals", mine.id, theirs.id)
    if "contact_id" in differing:
        store.merging.join_contact(mine.id, differing["contact_id"][1], op=op.id)
    store.engine.delete("deals", theirs.id)
    return differing


def _merged_lines(store: Store, mine: Deal, theirs: Deal) -> Any:
    amounts = (deal.amount.minor if deal.amount else None for deal in (mine, theirs))
    lines = (store.deals.lines(deal.id) for deal in (mine, theirs))
    first, second = zip(lines, amounts, strict=True)
    return reshaping.merged_lines(first, second, theirs.title)


def _kinds(store: Store) -> reshaping.KindOf:
    def kind(stage_id: int) -> StageKind:
        return store.stages.get(stage_id).kind

    return kind


def _whole(deal: Deal, part: Money) -> Money:
    """Return the amount of a deal of which a part can be taken."""
    if deal.amount is None:
        raise RuleError(f"{deal.ref} has no amount to split", hint=f"salestrack deal edit {deal.ref} --amount 1200")
    if part.currency != deal.currency:
        raise RuleError(f"{deal.ref} is in {deal.currency}, not in {part.currency}")
    if not 0 < part.minor < deal.amount.minor:
        raise RuleError(Sentence(part, f" is no part of {deal.ref}, which is ", deal.amount))
    return deal.amount


def _refuse_unlike(store: Store, mine: Deal, theirs: Deal) -> None:
    if mine.id == theirs.id:
        raise RuleError(
            f"that is one and the same: {mine.ref} {mine.title}", hint="name the one to keep, then the other"
        )
    for deal in (mine, theirs):
        _refuse_closed(deal)
        _refuse_repeating(store, deal, "merged")
    if None not in (mine.customer_id, theirs.customer_id) and mine.customer_id != theirs.customer_id:
        raise RuleError(
            f"{mine.ref} is a deal with {mine.customer}, and {theirs.ref} with {theirs.customer}",
            hint=f"if they are one customer: salestrack customer merge c{mine.customer_id} c{theirs.customer_id}",
        )
    if mine.stage.pipeline_id != theirs.stage.pipeline_id:
        raise RuleError(f"{mine.ref} is in {mine.stage.pipeline}, and {theirs.ref} in {theirs.stage.pipeline}")
    if mine.amount and theirs.amount and mine.currency != theirs.currency:
        raise RuleError(f"{mine.ref} is in {mine.currency}, and {theirs.ref} in {theirs.currency}")


def _refuse_undated(*begun: tuple[Deal, date | None]) -> None:
    """Refuse two deals of which one began nobody knows when: on past days it counts apart, the other in the totals."""
    known = [(deal, on) for deal, on in begun if on]
    if len(known) == 1:
        unknown = next(deal for deal, on in begun if not on)
        deal, on = known[0]
        raise RuleError(
            f"{deal.ref} began on {on}, and nobody knows when {unknown.ref} did: the totals of past days would change",
            hint=f"first say when: salestrack deal edit {unknown.ref} --created {on}",
        )


def _refuse_closed(deal: Deal) -> None:
    if not deal.stage.is_open:
        raise RuleError(f"{deal.ref} is already {deal.stage.name}", hint=f"salestrack reopen {deal.ref}")


def _refuse_repeating(store: Store, deal: Deal, verb: str) -> None:
    if store.merging.repeats(deal.id):
        raise RuleError(f"{deal.ref} repeats, and a repeating deal cannot be {verb}", hint="add a deal of its own")


def _notes(store: Store, mine: Deal, theirs: Deal, after: Deal, differing: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """Return remarks on when the merged deal began, and on what it has not from the other one."""
    notes = []
    if after.created_on and after.created_on != mine.created_on:
        notes.append(f"{after.ref} counts from {format_day(after.created_on)} now, when the first of the two began")
    told = [(deal.stage.name, deal.expected_on and format_day(deal.expected_on), deal.owner) for deal in (mine, theirs)]
    for what, kept, other in zip(("stage", "expected close", "owner"), *told, strict=True):
        if other and kept != other:
            notes.append(f"{after.ref} keeps its {what} {kept or '(none)'}, not {other}")
    for column, pair in differing.items():
        kept, other = store.names.labels([f"n{key}" for key in pair]) if column == "contact_id" else pair
        notes.append(f"{after.ref} keeps its {column.removesuffix('_id').replace('_', ' ')} {kept}, not {other}")
    return notes
