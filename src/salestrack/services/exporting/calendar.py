"""Planned steps as a calendar file, which other programs subscribe to or read again and again."""

from collections.abc import Iterator

from salestrack.domain.filters import Filter
from salestrack.store import Store
from salestrack.store.export_outside import Outside


def calendar(store: Store, chosen: Filter) -> Iterator[str]:
    """Yield an iCalendar file of the planned steps that a filter lets through.

    A step keeps its id for good: read again, it is changed and not doubled. Times are the book's own local ones.
    """
    from salestrack.render.export_ics import Step, calendar_pieces  # brings icalendar, which nothing else needs

    steps = (Step(*row) for row in Outside(store.engine).steps(chosen))
    return calendar_pieces(steps, uid=store.settings.book.uid)


def left_out(store: Store, chosen: Filter) -> tuple[str, ...]:
    """Return a remark on the open steps that have no day, and so no place in a calendar."""
    count = Outside(store.engine).undated_steps(chosen)
    return (
        (f"{count:,} step{'s' * (count != 1)} without a date {'is' if count == 1 else 'are'} left out",)
        if count
        else ()
    )
