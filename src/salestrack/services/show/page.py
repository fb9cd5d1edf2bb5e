"""What a page about a record holds, and how days and amounts are said on it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from salestrack.domain.activities import Activity
from salestrack.domain.dates import Words, format_day
from salestrack.domain.fields import said as said_field
from salestrack.domain.lines import Line
from salestrack.domain.money import Money, NumberStyle
from salestrack.domain.schedules import Schedule
from salestrack.store import Store

LATEST = 10  # activities, sales and deals on a page


class Section(NamedTuple):
    """Rows that hang on a record: what the data formats have of them, and which columns people see."""

    name: str
    rows: Sequence[Mapping[str, Any]]
    hidden: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    flowing: bool = False


class Page(NamedTuple):
    """A record: its kind and ref, its title, its fields for programs, its lines for people, and what hangs on it."""

    kind: str
    ref: str
    title: str
    headline: tuple[str, ...]
    fields: dict[str, Any]
    lines: tuple[tuple[str, Any], ...]
    sections: tuple[Section, ...] = ()


class Asker(NamedTuple):
    """The book, today, and how the person writes amounts."""

    store: Store
    words: Words
    style: NumberStyle

    @property
    def today(self) -> date:
        """Return the day on which the page is read."""
        return self.words.today

    @property
    def currency(self) -> str:
        """Return the book's currency."""
        return self.store.settings.book.currency

    def money(self, amount: Money | None) -> str | None:
        """Return an amount as the person writes it."""
        return None if amount is None else amount.text(self.style)

    def number(self, value: float) -> str:
        """Return a number with one decimal as the person writes it."""
        return f"{value:.1f}".replace(".", self.style.decimal)

    def day(self, day: date | None) -> str | None:
        """Return a day with how far away it is: Tue 2026-03-31, in 13 days."""
        return None if day is None else f"{format_day(day)}, {away((day - self.today).days)}"

    def repeats(self, schedule: Schedule | None, currency: str) -> str | None:
        """Return how a sale or deal repeats, and when it falls due next; None when it does not."""
        if schedule is None:
            return None
        # Fetched here: most records happen once.
        from salestrack.services.recurring import coming, standing

        price, said = standing(schedule, currency, self.today)
        now = f"{self.money(price)} {said}" if price else said
        if schedule.start is None:
            return now
        then = (
            f"{self.money(each)} {since}" if each else since for each, since in coming(schedule, currency, self.today)
        )
        return ", ".join([now, *(one for one in then if one not in now)])

    def owner(self, name: str | None) -> str | None:
        """Return who looks after a record; a book with one owner does not mention it."""
        return name if name and len(self.store.owners.all()) > 1 else None

    def owner_name(self, key: int | None) -> str | None:
        """Return the name of an owner by its id."""
        return self.store.chronicle.name("owner_id", key) if key else None

    def tags(self, record: str, key: int) -> tuple[str, ...] | None:
        """Return the tags of a record, None when it has none."""
        return tuple(self.store.tags.of(record, key)) or None

    def custom(self, record: str, key: int) -> dict[str, Any]:
        """Return a record's own fields by name."""
        return dict(self.store.fields.of(record, key))

    def custom_lines(self, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Return custom fields as lines."""
        return tuple((name, said_field(value, self.style)) for name, value in values.items())


def away(days: int) -> str:
    """Return how far away a day is, in words."""
    if days == 0:
        return "today"
    if abs(days) == 1:
        return "tomorrow" if days == 1 else "yesterday"
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: 1 deal, 2 deals."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def joined(*pieces: str | None) -> str | None:
    """Return what there is of some texts, separated by commas; None when there is nothing."""
    return ", ".join(piece for piece in pieces if piece) or None


def activity_row(activity: Activity) -> dict[str, Any]:
    """Return an activity as a row of a page."""
    time = activity.happened_time or activity.due_time
    return {
        "id": activity.ref,
        "kind": activity.kind,
        "state": "done" if activity.done else "planned",
        "date": activity.happened_on if activity.done else activity.due_on,
        "time": time.isoformat("minutes") if time else None,
        "outcome": activity.outcome,
        "note": activity.note or activity.subject,
    }


def activities(found: Sequence[Activity], among: int, command: str = "") -> Section:
    """Return the activities of a record, with how many more there are and the command that lists them."""
    rows = [activity_row(activity) for activity in found]
    more = among - len(rows)
    notes = (f"{more:,} more{f': {command}' if command else ''}",) if more > 0 else ()
    hidden = {name for name in ("time", "outcome", "note") if not any(row[name] for row in rows)}
    return Section("activities", rows, frozenset(hidden), notes)


def lines(found: Sequence[Line], currency: str) -> Section:
    """Return the lines of a deal or a sale."""
    rows = [
        {
            "what": line.product or line.name or line.kind,
            "quantity": str(line.quantity),
            "price": Money(line.price, currency) if line.price is not None else None,
            "amount": Money(line.amount, currency) if line.amount is not None else None,
        }
        for line in found
    ]
    return Section("lines", rows)


def sold(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sale as a row of a page."""
    on = date.fromisoformat(row["on_date"]) if row["on_date"] else None
    amount = Money(row["amount"], row["currency"])
    return {"id": f"s{row['id']}", "date": on, "kind": row["kind"], "amount": amount, "title": row["title"]}


def next_step(found: Sequence[Activity], asker: Asker) -> str | None:
    """Return the first planned step among activities, the planned ones of which come first."""
    step = next((one for one in found if not one.done), None)
    if step is None:
        return None
    note = f": {step.note}" if step.note else ""
    return f"{step.ref} {step.kind} {asker.day(step.due_on)}{note}"
