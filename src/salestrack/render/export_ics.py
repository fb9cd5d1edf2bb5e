"""Planned steps as iCalendar (RFC 5545): floating local times, no alarms, the same bytes for the same book."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from icalendar import Calendar, Event

PRODID = "-//salestrack//planned steps//EN"
USUAL = timedelta(minutes=30)


class Step(NamedTuple):
    """A planned step: when it is due, with whom, how often it was changed and when it was changed last."""

    id: int
    kind: str
    customer: str | None
    contact: str | None
    phone: str | None
    email: str | None
    customer_phone: str | None
    deal_id: int | None
    deal: str | None
    due_on: str
    due_time: str | None
    seconds: int | None
    subject: str | None
    note: str | None
    logged_at: str
    changes: int
    changed_at: str | None


def calendar_pieces(steps: Iterable[Step], *, uid: str) -> Iterator[str]:
    """Yield the text of a calendar, an event at a time; `uid` is the book's."""
    frame = Calendar()
    frame.add("prodid", PRODID)
    frame.add("version", "2.0")
    frame.add("x-wr-calname", "salestrack")
    head, end = _text(frame).split("END:VCALENDAR")
    yield head
    for step in steps:
        yield _text(_event(step, uid))
    yield f"END:VCALENDAR{end}"


def _event(step: Step, uid: str) -> Event:
    event = Event()
    event.add("uid", f"a{step.id}@{uid}.salestrack")
    event.add("dtstamp", _moment(step.changed_at or step.logged_at))
    event.add("sequence", step.changes)
    event.add("summary", _summary(step))
    _when(event, step)
    if text := _description(step):
        event.add("description", text)
    event.add("status", "CONFIRMED")
    return event


def _when(event: Event, step: Step) -> None:
    day = date.fromisoformat(step.due_on)
    if step.due_time is None:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # something to do that day, not a day that is taken
        return
    start = datetime.combine(day, time.fromisoformat(step.due_time))
    event.add("dtstart", start)
    event.add("dtend", start + (timedelta(seconds=step.seconds) if step.seconds else USUAL))


def _summary(step: Step) -> str:
    who = step.customer or step.contact or step.deal or ""
    kind = step.kind[:1].upper() + step.kind[1:]
    about = step.subject or (step.note or "").strip().partition("\n")[0]
    return _clean(": ".join(part for part in (f"{kind} {who}".strip(), about) if part))


def _description(step: Step) -> str:
    lines = [step.note or ""]
    reached = ", ".join(part for part in (step.contact, step.phone or step.customer_phone, step.email) if part)
    lines += [reached, f"d{step.deal_id} {step.deal}" if step.deal_id else ""]
    return _clean("\n".join(line for line in lines if line))


def _moment(text: str) -> datetime:
    # Which zone the book's clock was in is not known; the stamp only has to grow with every change.
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _clean(text: str) -> str:
    """Return a text without control characters, which no calendar takes, but for line ends."""
    return "".join(
        c
        for c in text.replace("\r\n", "\n").replace("\r", "\n")
        if c == "\n" or c == "\t" or (c >= " " and c != "\x7f")
    )


def _text(component: Calendar | Event) -> str:
    return str(component.to_ical(), "utf-8")
