"""Working days as this book has them."""

from datetime import date

from salestrack.domain.dates import format_day
from salestrack.domain.workdays import WorkCalendar
from salestrack.store import Store


def calendar_of(store: Store) -> WorkCalendar:
    """Return the working days of the book: its weekdays less the days off."""
    return WorkCalendar(weekdays=store.settings.book.working_days, off=store.settings.days_off())


def day_off_note(store: Store, on: date) -> str | None:
    """Return a remark when a day is not a working day, with the next one that is."""
    calendar = calendar_of(store)
    if calendar.is_working(on):
        return None
    return f"{format_day(on)} is not a working day; the next one is {format_day(calendar.next_working(on))}"
