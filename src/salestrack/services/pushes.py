"""Expecting a deal to close on another day, and what became of deals that were pushed as often."""

from datetime import date, datetime
from itertools import pairwise

from salestrack.domain.activities import Activity
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.errors import RuleError
from salestrack.services.answers import Answer
from salestrack.services.calendar import day_off_note
from salestrack.store import Store
from salestrack.store.pushes import LEARNT_FROM, ended

FEWEST = 5
"""Below so many deals a win rate says nothing."""


def push_deal(store: Store, deal: Deal, to: date, why: str | None, *, on: date, now: datetime) -> Answer:
    """Expect a deal to close on another day, and note why.

    Says how often and how far it was pushed in all, and how deals pushed that often ended.
    """
    with store.operation("pushed") as op:
        before = store.deals.get(deal.id)
        if not before.stage.is_open:
            raise RuleError(f"{before.ref} is already {before.stage.name}", hint=f"salestrack reopen {before.ref}")
        if before.expected_on == to:
            raise RuleError(f"{before.ref} is expected on {format_day(to)} already")
        after = store.deals.save(before, before._replace(expected_on=to), on=on, op=op.id)
        if before.expected_on is None or to < before.expected_on:
            op.verb = "set the close of" if before.expected_on is None else "pulled in"
        elif _month(to) == _month(before.expected_on):
            op.verb = "put off within the month"
        op.touch(after.ref, *((f"c{after.customer_id}",) if after.customer_id else ()))
        if why:
            store.activities.add(_remark(after, why, on=on, now=now), op=op.id)
        times, slip = _pushes(store, after)
    was = format_day(before.expected_on) if before.expected_on else "no date"
    parts = [after.ref, after.label, f"{was} -> {format_day(to)}"]
    is_push = before.expected_on is not None and _month(to) > _month(before.expected_on)
    if is_push:
        parts.append(f"push {times}, {_days(slip)} in all")
    elif before.expected_on and to > before.expected_on:
        parts.append("later within the month")
    notes = (day_off_note(store, to), _others(store, after, times) if is_push else None)
    return Answer(tuple(parts), op.id, tuple(note for note in notes if note))


def _pushes(store: Store, deal: Deal) -> tuple[int, int]:
    """Return how often the expected close moved to a later month, and by how many days in all."""
    dates = [version.expected_on for version in store.deals.versions(deal.id) if version.expected_on]
    moves = [(a, b) for a, b in pairwise(dates) if _month(b) > _month(a)]
    return len(moves), sum((b - a).days for a, b in moves)


def _others(store: Store, deal: Deal, times: int) -> str | None:
    """Return how the deals ended that were pushed at least as often, None when none has ended yet."""
    found = ended(store.engine, least=times, but=deal.id)
    which = f"deals pushed {'once or more' if times == 1 else f'{times}+ times'} here"
    if found.closed >= LEARNT_FROM:
        which += f" (of the last {LEARNT_FROM:,} closed)"
    n = found.won + found.lost
    if not n:
        return None
    if n < FEWEST:
        return f"{which}: {n} closed, too few to tell"
    return f"{which}: {found.won} won, {found.lost} lost, win rate {found.won / n:.2f} (n {n})"


def _remark(deal: Deal, why: str, *, on: date, now: datetime) -> Activity:
    return Activity(
        kind="note",
        customer_id=deal.customer_id,
        deal_id=deal.id,
        owner_id=deal.owner_id,
        done=True,
        happened_on=on,
        logged_at=now.isoformat(timespec="seconds"),
        note=why,
    )


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
