"""What repeats: begun with a sale or a deal, and changed by edits; past months keep what they were."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from salestrack.domain.dates import format_day
from salestrack.domain.lines import fitted
from salestrack.domain.money import Money, parse_amount
from salestrack.domain.recurring import Every, nth
from salestrack.domain.refs import Ref
from salestrack.domain.schedules import Schedule
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Part
from salestrack.services.edits import Note
from salestrack.store import Operation, Store

RECORDS = {"s": "sale", "d": "deal"}


class Repeating(NamedTuple):
    """What `--every month --until DATE` says of a new sale or deal; worth is a deal's value where it says another one."""

    every: Every
    until: date | None = None
    worth: Money | None = None


def begin_sale(store: Store, key: int, on: date, repeating: Repeating, *, op: Operation) -> None:
    """Make a sale repeat from its date on; RuleError for an end before it."""
    if repeating.until and repeating.until < on:
        raise RuleError(f"it would end on {format_day(repeating.until)}, before its first day {format_day(on)}")
    store.schedules.add(Schedule(repeating.every, sale_id=key, until=repeating.until), op=op.id)


def begin_deal(store: Store, key: int, each: Money, repeating: Repeating, *, op: Operation) -> None:
    """Make a deal repeat, once it is won."""
    store.schedules.add(Schedule(repeating.every, deal_id=key, until=repeating.until, amount=each.minor), op=op.id)


def win(
    store: Store, schedule: Schedule, each: Money | None, *, on: date, op: Operation
) -> tuple[Schedule, Money | None]:
    """Return the schedule of a deal that is won on a day, at another price of each time where one is given.

    With it comes what the deal is worth by that price; None without one. RuleError for an end before that day.
    """
    if schedule.until and schedule.until < on:
        raise RuleError(
            f"{schedule.ref} ends on {format_day(schedule.until)}, before {format_day(on)}",
            hint="--until - takes the end away",
        )
    if each is None:
        return schedule, None
    after = store.schedules.save(schedule, schedule._replace(amount=each.minor), op=op.id)
    return after, Money(after.year(on), each.currency)


def value(repeating: Repeating, each: Money, start: date) -> Money:
    """Return what a repeating deal counts in the pipeline: its first year, or less when it ends before."""
    plan = Schedule(repeating.every, until=repeating.until, amount=each.minor)
    return repeating.worth or Money(plan.year(start), each.currency)


def told(schedule: Schedule | Repeating) -> str:
    """Return how something repeats, for answers: `every month until Thu 2026-12-31`."""
    until = f" until {format_day(schedule.until)}" if schedule.until else ""
    return f"{schedule.every.text()}{until}"


def standing(schedule: Schedule, currency: str, on: date) -> tuple[Money | None, str]:
    """Return the price of what repeats and how it stands on a day: `every month, next due Sun 2026-04-05`."""
    said, price = told(schedule), schedule.price(on)
    if schedule.start is None:
        return Money(schedule.amount or 0, currency), f"{said}, once it is won"
    if schedule.until and schedule.until < on:
        return None, f"{schedule.every.text()}, ended {format_day(schedule.until)}"
    following = next((day for day, _ in schedule.due(on + timedelta(days=4000)) if day > on), None)
    soon = f", next due {format_day(following)}" if following else ""
    if price is None:
        return None, f"{said}, paused{soon}"
    pause = next((one.from_on for one in schedule.prices if one.from_on > on and one.amount is None), None)
    if pause and (following is None or following >= pause):
        return Money(price, currency), f"{said}, paused from {format_day(pause)}"
    return Money(price, currency), f"{said}{soon}"


def coming(schedule: Schedule, currency: str, on: date) -> list[tuple[Money | None, str]]:
    """Return what changes after a day: another price, a pause (no price), going on after one; with the day in words."""
    found: list[tuple[Money | None, str]] = []
    before = schedule.price(on)
    for price in schedule.prices:
        if price.from_on > on and price.amount != before and not (schedule.until and price.from_on > schedule.until):
            since = f"from {format_day(price.from_on)}"
            if price.amount is None:
                found.append((None, f"paused {since}"))
            else:
                found.append((Money(price.amount, currency), f"again {since}" if before is None else since))
        if price.from_on > on:
            before = price.amount
    return found


def told_won(schedule: Schedule, worth: Money, on: date) -> Part:
    """Return what a repeating deal was won for."""
    return told_value(Money(schedule.amount or 0, worth.currency), schedule, worth, on)


def told_value(each: Money, repeating: Repeating | Schedule, worth: Money | None, start: date) -> Part:
    """Return what a repeating deal is worth: `500.00 USD every month, 6,000.00 USD in the first year`."""
    return (
        (each, told(repeating))
        if worth is None
        else (each, f"{told(repeating)},", *_in_the_year(repeating, worth, start))
    )


def _in_the_year(repeating: Repeating | Schedule, worth: Money, start: date) -> tuple[Money, str]:
    """Return what a deal counts, and whether that is all of it."""
    year = nth(Every(months=12), start, 1)
    return worth, "in all" if repeating.until and year and repeating.until < year else "in the first year"


class EveryChange(NamedTuple):
    """--every: makes a record repeat, or changes how often; None takes it away while nothing more was booked."""

    every: Every | None
    option: str = "--every"
    letters: str = "sd"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write it; RuleError where times after the first have fallen due already."""
        before = store.schedules.of(RECORDS[ref.letter], ref.id)
        if before is None:
            return _begun(store, ref, self.every, op=op, on=on) if self.every else ()
        if before.every == self.every:
            return ()
        booked = [day for day, _ in before.due(on)]
        if len(booked) > 1:
            raise RuleError(
                f"{ref} fell due {len(booked)} times by {format_day(on)}, and past months keep theirs",
                hint=f"end it with --until {booked[-1]}, and record the new one",
            )
        if self.every is None:
            store.schedules.remove(before)
            return (("no more", before.every.text()),)
        after = store.schedules.save(before, before._replace(every=self.every), op=op.id)
        told = (before.every.text(), "->", self.every.text())
        return (told, *_revalued(store, ref, op=op, on=on), *_past(store, ref, before, after, on))


class UntilChange(NamedTuple):
    """--until: the last day on which it falls due; None takes the end away."""

    until: date | None
    option: str = "--until"
    letters: str = "sd"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write it; RuleError for a day before it begins."""
        before = _schedule(store, ref, self.option)
        after = before.ended(self.until)
        if after == before:
            return ()
        store.schedules.save(before, after, op=op.id)
        was = format_day(before.until) if before.until else "no end"
        now = format_day(self.until) if self.until else "no end"
        return ((f"until {was} ->", now), *_revalued(store, ref, op=op, on=on), *_past(store, ref, before, after, on))


class PriceChange(NamedTuple):
    """--price: what each time is worth from a day on (the day of the edit by default); past months keep theirs."""

    text: str
    decimal: str
    since: date | None = None
    option: str = "--price"
    letters: str = "sd"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write it; RuleError while it is paused, or in another currency than the record's."""
        before = _schedule(store, ref, self.option)
        currency = _currency(store, ref)
        new = parse_amount(self.text, currency=currency, decimal=self.decimal, what="price")
        if new.currency != currency:
            raise RuleError(f"{ref} is in {currency}, and the price in {new.currency}")
        day = self.since or on
        was = before.price(day) if before.start else before.amount
        after = before.repriced(new.minor, day) if before.start else before._replace(amount=new.minor)
        if after == before:
            return ()
        store.schedules.save(before, after, op=op.id)
        since = (f"from {format_day(day)}",) if before.start else ()
        told_was = Money(was, currency) if was is not None else "no price"
        told = (told_was, "->", new, before.every.text(), *since)
        return (told, *_revalued(store, ref, op=op, on=on), *_past(store, ref, before, after, on))


class PauseChange(NamedTuple):
    """--pause: nothing falls due from a day on, until it is resumed."""

    since: date
    option: str = "--pause"
    letters: str = "sd"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write it; RuleError outside the days on which it repeats."""
        before = _started(store, ref, self.option)
        after = before.paused(self.since)
        if after == before:
            return ()
        store.schedules.save(before, after, op=op.id)
        last = [day for day, _ in after.due(self.since)]
        until = (f"last due {format_day(last[-1])}",) if last else ()
        return (f"paused from {format_day(self.since)}", *until, *_past(store, ref, before, after, on))


class ResumeChange(NamedTuple):
    """--resume: it falls due again from a day on, at the price it had."""

    since: date
    option: str = "--resume"
    letters: str = "sd"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write it; RuleError where it is not paused on that day."""
        before = _started(store, ref, self.option)
        after = before.resumed(self.since)
        store.schedules.save(before, after, op=op.id)
        last = after.until or self.since + timedelta(days=4000)
        following = next((day for day, _ in after.due(last) if day >= self.since), None)
        return (
            f"resumed from {format_day(self.since)}",
            *((f"next due {format_day(following)}",) if following else ()),
            *_past(store, ref, before, after, on),
        )


def _past(store: Store, ref: Ref, before: Schedule, after: Schedule, on: date) -> list[Note]:
    """Return a remark where what fell due by today is not what it was: revenue that is past has changed."""
    was, now = dict(before.due(on)), dict(after.due(on))
    changed = [day for day in sorted(was.keys() | now.keys()) if was.get(day) != now.get(day)]
    if not changed:
        return []
    currency = _currency(store, ref)
    old, new = (Money(sum(due[day] for day in due if day >= changed[0]), currency) for due in (was, now))
    return [Note(f"the revenue of {ref} since {format_day(changed[0])} is ", new, " now, not ", old)]


def _begun(store: Store, ref: Ref, every: Every, *, op: Operation, on: date) -> Sequence[Part]:
    """Make a record repeat that did not: a sale from its date, a deal with its amount as that of each time."""
    if ref.letter == "s":
        sale = store.sales.get(ref.id)
        if sale.kind == "refund":
            raise RuleError(f"{ref} is a refund, and does not repeat")
        if sale.deal_id:
            raise RuleError(
                f"{ref} is an invoice of d{sale.deal_id}",
                hint=f"the deal repeats: salestrack edit d{sale.deal_id} --every month",
            )
        if sale.on_date is None:
            raise RuleError(f"{ref} has no date, so it cannot repeat")
        begin_sale(store, ref.id, sale.on_date, Repeating(every), op=op)
        once = Schedule(every, sale_id=ref.id, start=sale.on_date, until=sale.on_date, amount=sale.amount.minor)
        return (every.text(), *_past(store, ref, once, once.ended(None), on))
    deal = store.deals.get(ref.id)
    if deal.amount is None:
        raise RuleError(f"{ref} has no amount", hint="--amount 500 --every month")
    if not deal.stage.is_open:
        raise RuleError(f"{ref} is {deal.status} already, at its whole amount", hint=f"salestrack reopen {ref}")
    store.schedules.add(Schedule(every, deal_id=ref.id, amount=deal.amount.minor), op=op.id)
    return ((deal.amount, every.text()), *_revalued(store, ref, op=op, on=on))


def _revalued(store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
    """Give an open deal the value of its first year as it repeats now."""
    if ref.letter != "d":
        return ()
    deal, schedule = store.deals.get(ref.id), store.schedules.of("deal", ref.id)
    if not deal.stage.is_open or schedule is None or schedule.amount is None:
        return ()
    worth = Money(schedule.year(deal.expected_on or on), deal.currency)
    if worth == deal.amount:
        return ()
    saved = store.deals.save(deal, deal._replace(amount=worth), on=on, op=op.id)
    if lines := store.deals.lines(deal.id):
        store.deals.put_lines(saved, fitted(lines, worth.minor), op=op.id)
    return (_in_the_year(schedule, worth, deal.expected_on or on),)


def _schedule(store: Store, ref: Ref, option: str) -> Schedule:
    found = store.schedules.of(RECORDS[ref.letter], ref.id)
    if found is None:
        raise UsageError(f"{ref} does not repeat, so there is no {option}", hint=f"salestrack edit {ref} --every month")
    return found


def _started(store: Store, ref: Ref, option: str) -> Schedule:
    found = _schedule(store, ref, option)
    if found.start is None:
        raise RuleError(f"{ref} is not won, so nothing falls due yet")
    return found


def _currency(store: Store, ref: Ref) -> str:
    return store.sales.get(ref.id).amount.currency if ref.letter == "s" else store.deals.get(ref.id).currency
