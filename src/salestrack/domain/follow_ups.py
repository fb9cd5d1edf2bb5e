"""What follows by itself: after an activity of a kind, or when a deal enters a stage, a next step some days later."""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError

if TYPE_CHECKING:
    from salestrack.domain.workdays import WorkCalendar

MOST_DAYS = 3660


class Wait(NamedTuple):
    """How long after: so many days, or so many working days."""

    days: int
    working: bool = False

    def text(self) -> str:
        """Return it for people: `2 days later`, `3 working days later`, `the same day`."""
        if not self.days:
            return "the same day"
        if not self.working and self.days % 7 == 0:
            weeks = self.days // 7
            return f"{weeks} week{'' if weeks == 1 else 's'} later"
        return f"{self.days} {'working ' if self.working else ''}day{'' if self.days == 1 else 's'} later"


class FollowUp(NamedTuple):
    """One rule: after a kind of activity or on entering a stage, a step of a kind, some days later."""

    kind: str
    wait: Wait
    after_kind: str | None = None
    stage_id: int | None = None
    stage: str | None = None
    note: str | None = None
    id: int = 0
    retired: str | None = None
    """What of it is retired: a kind of activity, or the stage."""

    @property
    def trigger(self) -> str:
        """Return what it follows on: `after demo`, `enters Proposal`."""
        return f"after {self.after_kind}" if self.after_kind else f"enters {self.stage}"

    @property
    def text(self) -> str:
        """Return the rule in words: `after demo: call 2 days later`."""
        return f"{self.trigger}: {self.kind} {self.wait.text()}"


def parse_wait(text: str) -> Wait:
    """Read `2d`, `+2d`, `1w`, or `3wd` for working days; ParseError for anything else."""
    found = re.fullmatch(r"\+?(\d{1,4}) ?(d|w|wd)", text.strip().lower()) if text.isascii() else None
    if found is None:
        raise ParseError(f"{quoted(text)} does not say how much later", hint="write +2d, +1w, or +3wd for working days")
    days = int(found[1]) * (7 if found[2] == "w" else 1)
    if days > MOST_DAYS:
        raise ParseError(f"{quoted(text)} is too far ahead", hint="ten years are the most")
    return Wait(days, found[2] == "wd")


def due_day(wait: Wait, on: date, calendar: "WorkCalendar") -> tuple[date, date]:
    """Return the day on which a step falls, a working one, and the day it would have been.

    Working days are counted from the day after; any other day that is not worked moves to the next one that is.
    """
    meant = on
    if wait.working:
        for _ in range(wait.days):
            meant = calendar.next_working(meant + timedelta(days=1))
    else:
        meant = on + timedelta(days=wait.days)
    return calendar.next_working(meant), meant
