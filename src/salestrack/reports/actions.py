"""What to do next: one ranked list of steps, each with its reason and the command to paste."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from salestrack.domain.dates import DAYS
from salestrack.domain.facts import Candidate
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.frames import Head

DEFINITION = (
    "steps that are due come first, then open deals that should have closed, that were left alone for too long, and "
    "that have no next step; within each, the most amount x probability first"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do: the record it is about, what that is, why now, and the command that gets it moving."""

    ref: str
    what: str
    reason: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """The list, the most pressing first."""

    head: Head
    rows: tuple[Action, ...]


def actions(
    steps: Sequence[Candidate],
    deals: Sequence[Candidate],
    *,
    today: date,
    calendar: WorkCalendar,
    most: int | None = None,
) -> Actions:
    """Return what to do, each deal once: planned steps that are due, then deals by what is wrong with them."""
    promised = {step.deal_id for step in steps if step.deal_id is not None}
    left = [deal for deal in deals if deal.deal_id not in promised]
    soon = _day_word(calendar.next_working(today + timedelta(days=1)), today)
    rows = [_step(step, today) for step in steps] + [_deal(deal, today, soon) for deal in left]
    return Actions(head=Head(as_of=today, definition=DEFINITION), rows=tuple(rows[:most]))


def _step(step: Candidate, today: date) -> Action:
    late = _days_since(step.due_on, today)
    reasons = [f"{step.kind} {_late(late)}" if late else f"{step.kind} due today"]
    if slipped := _days_since(step.expected_on, today):
        reasons.append(f"close {_late(slipped)}")
    return Action(ref=step.ref, what=_what(step), reason="; ".join(reasons), command=f"salestrack done {step.ref}")


def _deal(deal: Candidate, today: date, soon: str) -> Action:
    command = f"salestrack plan call {deal.ref} {soon}"
    reason = "no next step"
    if deal.kind == "overdue":
        reason = f"close {_late(_days_since(deal.expected_on, today))}{'' if deal.next_on else '; no next step'}"
        command = f"salestrack push {deal.ref} +2w"
    elif deal.kind == "stale":
        reason = f"quiet for {_days_since(deal.quiet_since, today)} days (limit {deal.limit})"
    return Action(ref=deal.ref, what=_what(deal), reason=reason, command=command)


def _what(one: Candidate) -> str:
    """Return the customer and what it is about, without saying a name twice."""
    if not one.customer or one.customer in one.title:
        return one.title
    return f"{one.customer}: {one.title}" if one.title else one.customer


def _days_since(day: str | None, today: date) -> int:
    """Return how many days have passed since a day; 0 for one to come, or none."""
    return max(0, (today - date.fromisoformat(day)).days) if day else 0


def _late(days: int) -> str:
    return "1 day late" if days == 1 else f"{days} days late"


def _day_word(day: date, today: date) -> str:
    """Return a coming day as one types it: tomorrow, mon, or its date."""
    ahead = (day - today).days
    if ahead == 1:
        return "tomorrow"
    return DAYS[day.weekday()][:3] if ahead < 7 else day.isoformat()
