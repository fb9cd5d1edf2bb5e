"""On which days something repeats, between two days: rules, further days and days without, in the event's own zone."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from dateutil.rrule import rrulestr

from salestrack.importers.correspondence.messages import local_time

MOST_STEPS = 50_000  # of a rule that began long ago
Slot = date | datetime


class Series(NamedTuple):
    """When something repeats: its first time, rules as they stand in the file, further times, and those left out."""

    start: Slot | None
    rules: tuple[str, ...]
    more: tuple[Slot, ...]
    without: frozenset[Slot]


def occurrences(series: Series, since: date, until: date) -> list[tuple[Slot, str, bool]]:
    """Return (time, key, whether it is left out) of each one between two days; ValueError for a rule that cannot be.

    The key is the day that the rule gives it, so that it stays the same when the whole series moves to another hour.
    """
    found: dict[Slot, None] = {}
    times = [series.start] if series.start is not None else []
    for rule in series.rules if series.start is not None else ():
        times = []  # the rule has the first one too, if it is one
        for slot in _ruled(rule, series.start, until):  # type: ignore[arg-type]  # there is a start
            found.setdefault(slot)
    for slot in (*times, *series.more):
        found.setdefault(slot)
    seen: dict[str, int] = {}
    told: list[tuple[Slot, str, bool]] = []
    without = {moment_of(in_series(other, series.start)) for other in series.without}
    for slot in sorted(found, key=_sortable):
        key = day_of(slot)
        seen[key] = seen.get(key, 0) + 1
        if since <= local_day(slot) <= until:
            excluded = moment_of(slot) in without or moment_of(_bare(slot)) in without
            told.append((slot, key if seen[key] == 1 else f"{key}:{seen[key]}", excluded))
    return told


def in_series(given: Slot, start: Slot | None) -> Slot:
    """Return a time on the clock of what repeats; one without a zone is meant on that clock already.

    Of something that lasts whole days it is the day, though some programs write its midnight.
    """
    if not isinstance(given, datetime) or start is None:
        return given
    if not isinstance(start, datetime):
        return given.date() if given.tzinfo is None or given.time() == time() else local_time(given).date()
    if given.tzinfo is None:
        return given.replace(tzinfo=start.tzinfo)
    return given.astimezone(start.tzinfo) if start.tzinfo else local_time(given)


def moment_of(slot: Slot) -> object:
    """Return what is equal for times that are the same, whatever their zones; a day is none of its times."""
    if not isinstance(slot, datetime):
        return slot.toordinal(), None
    return slot.timestamp() if slot.tzinfo else slot.isoformat()


def day_of(slot: Slot) -> str:
    """Return the day of a time in its own zone, as keys have it."""
    return slot.strftime("%Y%m%d")


def _ruled(rule: str, start: Slot, until: date) -> Iterator[Slot]:
    """Yield the times that a rule gives, up to a day."""
    parts = dict(part.upper().partition("=")[::2] for part in rule.strip().split(";") if "=" in part)
    if parts.get("FREQ") in {"SECONDLY", "MINUTELY"} or not parts.get("FREQ"):
        raise ValueError(f"repeats in a way that no meeting does: {rule[:80]}")
    if not parts.get("INTERVAL", "1").isdigit() or int(parts.get("INTERVAL", "1")) < 1:
        raise ValueError(f"repeats in a way that cannot be: {rule[:80]}")
    if start.year < 1900 or start.year > 2200:
        raise ValueError("is in a year that cannot be")
    zone = start.tzinfo if isinstance(start, datetime) else None
    wall = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time())
    last = min(_end(parts.pop("UNTIL", ""), start), datetime.combine(until + timedelta(days=1), time.max))
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    stop = f";UNTIL={last:%Y%m%dT%H%M%S}" if "COUNT" not in parts else ""
    for step, each in enumerate(rrulestr(text + stop, dtstart=wall)):
        if each > last:
            return
        if step >= MOST_STEPS:
            raise ValueError(f"repeats too often to be read: {rule[:80]}")
        yield each.replace(tzinfo=zone) if isinstance(start, datetime) else each.date()


def _end(text: str, start: Slot) -> datetime:
    """Return the last time of a rule on the clock of its zone; a bare day counts until its end."""
    if not text:
        return datetime.combine(date.max, time.max)
    found = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", text)
    if not found:
        raise ValueError(f"repeats until no day: {text[:40]}")
    day, clock, utc = found.groups()
    if not clock:
        return datetime.combine(datetime.strptime(day, "%Y%m%d"), time.max)
    moment = datetime.strptime(day + clock, "%Y%m%d%H%M%S")
    if not utc or not isinstance(start, datetime):
        return moment
    found_in = in_series(moment.replace(tzinfo=UTC), start)
    return found_in.replace(tzinfo=None) if isinstance(found_in, datetime) else moment


def local_day(slot: Slot) -> date:
    """Return the day of a time on the clock of this machine."""
    if not isinstance(slot, datetime):
        return slot
    return (local_time(slot) if slot.tzinfo else slot).date()


def _bare(slot: Slot) -> date:
    return slot.date() if isinstance(slot, datetime) else slot


def _sortable(slot: Slot) -> datetime:
    if not isinstance(slot, datetime):
        return datetime.combine(slot, time())
    return local_time(slot) if slot.tzinfo else slot
