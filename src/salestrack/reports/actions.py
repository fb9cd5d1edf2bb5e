"""What to do next: one ranked list, each line with its reasons and the command to paste."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from salestrack.domain.dates import DAYS, format_day
from salestrack.domain.facts import Todo
from salestrack.domain.money import Money
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.frames import Head

LEAD_DAYS = 30
"""For so many days somebody new is a lead that ought to be called; afterwards silence is an answer."""
BILL_DAYS = 90
"""For so many days a won deal that was not billed in full comes back every morning."""
URGENCIES = ("due", "overdue", "closing", "lead", "unbilled", "stale", "no next step")
LEAD = URGENCIES.index("lead")
DEFINITION = (
    "steps that are due come first (before days off those that fall on them too), then open deals that should have "
    f"closed, that close this week, leads of the last {LEAD_DAYS} days that nobody called, deals won in the last "
    f"{BILL_DAYS} days and not billed, deals left alone for too long, and deals without a next step; within each the most "
    "amount x probability first (leads by their score), then the higher score; what is snoozed waits for its day"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do: the record it is about, who and what that is, why now, and the command that gets it moving."""

    ref: str
    urgency: str
    what: str
    reason: str
    command: str
    customer: str | None = None
    deal: str | None = None
    amount: Money | None = None
    contact: str | None = None
    phone: str | None = None
    note: str | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """How the running target stands, or without one the revenue of the month so far (then `target` is None)."""

    start: date
    end: date
    metric: str
    actual: Money | int | float
    target: Money | int | float | None = None
    attainment: float | None = None
    status: str | None = None
    expected: Money | int | float | None = None
    required_per_day: Money | int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """The list, the most pressing first, and how many more there are."""

    head: Head
    rows: tuple[Action, ...]
    more: int = 0
    month: Month | None = None
    works: bool = True
    """Whether today is a working day."""


def actions(
    found: Sequence[Todo],
    *,
    today: date,
    calendar: WorkCalendar,
    scores: Mapping[int, int] | None = None,
    most: int | None = None,
) -> Actions:
    """Return what to do, each deal and customer once; scores are the points of customers, where there are any."""
    points = scores or {}
    ranked = sorted(found, key=lambda one: _rank(one, points.get(one.customer_id or 0, 0)))
    shown = ranked[:most]
    soon = _day_word(calendar.next_working(today + timedelta(days=1)), today)
    return Actions(
        head=Head(as_of=today, definition=DEFINITION),
        rows=tuple(_action(one, today, soon, points.get(one.customer_id or 0) if scores else None) for one in shown),
        more=(found[0].everything if found else 0) - len(shown),
        works=calendar.is_working(today),
    )


def _rank(one: Todo, score: int) -> tuple[object, ...]:
    """Return by what a row is put in order: its class, money before score, but a lead's score before its money."""
    worth = -(one.value if one.value is not None else -1.0)
    ends = (one.since or "9", one.deal_id or 0, one.customer_id or 0, one.step_id or 0)
    middle = (-score, worth) if one.urgency == LEAD else (worth, -score)
    return (one.urgency, *middle, *ends)


def _action(one: Todo, today: date, soon: str, score: int | None) -> Action:
    about = f"d{one.deal_id}" if one.deal_id else f"c{one.customer_id}"
    minor = one.amount if one.unbilled is None or one.step_id else one.unbilled
    amount = Money(minor, one.currency) if minor is not None and one.currency else None
    return Action(
        ref=f"a{one.step_id}" if one.step_id else about,
        urgency=URGENCIES[one.urgency],
        what=_what(one),
        reason="; ".join(_reasons(one, today)),
        command=f"salestrack {_command(one, about, soon)}",
        customer=one.customer,
        deal=f"d{one.deal_id}" if one.deal_id else None,
        amount=amount,
        contact=one.contact,
        phone=one.phone,
        note=one.deal_note or one.customer_note,
        score=score,
    )


def _reasons(one: Todo, today: date) -> list[str]:
    """Return everything that is the matter, the most pressing first."""
    said = [_step(one, today)] if one.step_id else []
    if one.expected_on:
        late = _days_since(one.expected_on, today)
        said.append(f"close {_late(late)}" if late else f"closes {_word(one.expected_on, today)}")
    if one.lead_on:
        said.append(f"not called yet, new {_ago(_days_since(one.lead_on, today))}")
    if one.unbilled is not None:
        billed = "not billed" if one.unbilled == one.amount else "billed in part"
        said.append(billed if one.step_id else f"won {_ago(_days_since(one.since, today))}, {billed}")
    elif one.stale_since:
        said.append(f"quiet for {_days_since(one.stale_since, today)} days (limit {one.limit})")
    elif one.deal_id and not one.next_on and not one.lead_on and one.unbilled is None:
        said.append("no next step")
    if one.next_on and not one.step_id:
        said.append(f"next step {_word(one.next_on, today)}")
    return said


def _step(one: Todo, today: date) -> str:
    late = _days_since(one.due_on, today)
    said = f"{one.kind} {_late(late)}" if late else f"{one.kind} due {_word(one.due_on or '', today)}"
    note = f": {' '.join(one.step_note.split())}" if one.step_note else ""
    more = f" (and {one.steps - 1} more due)" if one.steps and one.steps > 1 else ""
    return f"{said}{note}{more}"


def _command(one: Todo, about: str, soon: str) -> str:
    match URGENCIES[one.urgency]:
        case "due":
            return f"done a{one.step_id}"
        case "overdue":
            return f"push {about} +2w"
        case "lead":
            return f"log call {about}"
        case "unbilled":
            return f"sell {_typed(Money(one.unbilled or 0, one.currency or ''))} {about}"
        case _:
            return f"show {about}" if one.next_on else f"plan call {about} {soon}"


def _typed(money: Money) -> str:
    """Return an amount as it is typed, without cents where there are none."""
    text = money.plain()
    return text.partition(".")[0] if not text.partition(".")[2].strip("0") else text


def _what(one: Todo) -> str:
    """Return the customer and what it is about, without saying a name twice."""
    title, customer = one.title or "", one.customer or ""
    if not customer or customer in title:
        return title or customer or one.kind or ""
    return f"{customer}: {title}" if title else customer


def _days_since(day: str | None, today: date) -> int:
    """Return how many days have passed since a day; 0 for one to come, or none."""
    return max(0, (today - date.fromisoformat(day)).days) if day else 0


def _late(days: int) -> str:
    return "1 day late" if days == 1 else f"{days} days late"


def _ago(days: int) -> str:
    return ("today", "yesterday")[days] if days < 2 else f"{days} days ago"


def _word(text: str, today: date) -> str:
    """Return a day that is near as one says it."""
    day = date.fromisoformat(text)
    ahead = (day - today).days
    if 0 <= ahead < 2:
        return ("today", "tomorrow")[ahead]
    return format_day(day)[:3] if 0 < ahead < 7 else format_day(day)


def _day_word(day: date, today: date) -> str:
    """Return a coming day as one types it: tomorrow, mon, or its date."""
    ahead = (day - today).days
    if ahead == 1:
        return "tomorrow"
    return DAYS[day.weekday()][:3] if ahead < 7 else day.isoformat()
