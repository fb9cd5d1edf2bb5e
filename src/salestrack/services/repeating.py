"""Next steps that repeat: when one is done, the next one is planned."""

from datetime import date, datetime

from salestrack.domain.activities import Activity
from salestrack.domain.dates import format_day
from salestrack.domain.recurring import Every, following
from salestrack.domain.schedules import Schedule
from salestrack.errors import RuleError
from salestrack.services.calendar import calendar_of
from salestrack.store import Operation, Store


def begin(store: Store, step: Activity, every: Every, until: date | None, *, op: Operation) -> str:
    """Make a planned step repeat from its day on, and return how in words; RuleError for an end before it."""
    if step.due_on is None:
        raise RuleError(f"{step.ref} has no day, so it cannot repeat")
    if until and until < step.due_on:
        raise RuleError(f"it would end on {format_day(until)}, before its first day {format_day(step.due_on)}")
    store.schedules.add(Schedule(every, activity_id=step.id, until=until), from_on=step.due_on, op=op.id)
    return _often(every) + (f" until {format_day(until)}" if until else "")


def plan_next(
    store: Store, planned: Activity, done: Activity, *, op: Operation, now: datetime, last: bool = False
) -> list[str]:
    """Plan the next occurrence after a planned step that is done, and return it in words; nothing where none repeats.

    It is counted from the first day, so a step done late does not shift the others; what lies before today is passed
    over. With `last`, or after its end, it repeats no more.
    """
    schedule = store.schedules.of("activity", planned.id)
    if schedule is None or schedule.start is None:
        return [f"{planned.ref} did not repeat"] if last else []
    after = max(day for day in (now.date(), planned.due_on, done.happened_on) if day)
    meant = None if last else following(schedule.every, schedule.start, after, schedule.until)
    if meant is None:
        store.schedules.remove(schedule)
        return [f"{_often(schedule.every)} no more"]
    day = calendar_of(store).next_working(meant)
    step = planned._replace(id=0, due_on=day, logged_at=now.isoformat(timespec="seconds"))
    saved = store.activities.add(step, op=op.id)
    store.schedules.pass_on(schedule.id, saved.id)
    op.touch(saved.ref)
    moved = f", as {format_day(meant)} is not worked" if day != meant else ""
    return [f"{_often(schedule.every)}: next {saved.kind} {format_day(day)} ({saved.ref}{moved})"]


def _often(every: Every) -> str:
    """Return how often in words: a step on a day that is not worked moves, so every day is every working day."""
    return "every working day" if every.days == 1 else every.text()
