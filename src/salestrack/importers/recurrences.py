"""On which days something repeats, between two days: rules, further days and days without, in the event's own zone."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dateutil.rrule import rrulestr

from salestrack.importers.messages import local_time

MOST_STEPS = 50_000  # of a rule that began long ago
Slot = date | datetime


class Series(NamedTuple):
    """When something repeats: its first time, rules as they stand in the file, further times, and those left out."""

    start: Slot | None
    rules: tuple[str, ...]
    more: tuple[Slot, ...]
    without: frozenset[Slot]


def occurrences(series: Series, since: date, until: date) -> Iterator[tuple[Slot, str, bool]]:
    """Yield (time, key, whether it is left out) of each one between two days; ValueError for a rule that cannot be.

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
    for slot in sorted(found, key=_sortable):
        key = day_of(slot)
        seen[key] = seen.get(key, 0) + 1
        if since <= _local_day(slot) <= until:
            yield slot, key if seen[key] == 1 else f"{key}:{seen[key]}", _is_without(slot, series.without)


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
    last = min(_end(parts.pop("UNTIL", ""), zone), datetime.combine(until + timedelta(days=1), time.max))
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    stop = f";UNTIL={last:%Y%m%dT%H%M%S}" if "COUNT" not in parts else ""
    for step, each in enumerate(rrulestr(text + stop, dtstart=wall)):
        if each > last:
            return
        if step >= MOST_STEPS:
            raise ValueError(f"repeats too often to be read: {rule[:80]}")
        yield each.replace(tzinfo=zone) if isinstance(start, datetime) else each.date()


def _end(text: str, zone: object) -> datetime:
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
    if utc and zone is not None:
        return datetime.fromisoformat(f"{moment.isoformat()}+00:00").astimezone(zone).replace(tzinfo=None)  # type: ignore[arg-type]
    return moment


def _local_day(slot: Slot) -> date:
    if not isinstance(slot, datetime):
        return slot
    return (local_time(slot) if slot.tzinfo else slot).date()


def _sortable(slot: Slot) -> datetime:
    if not isinstance(slot, datetime):
        return datetime.combine(slot, time())
    return local_time(slot) if slot.tzinfo else slot


def _is_without(slot: Slot, without: frozenset[Slot]) -> bool:
    """Say whether a time is among those left out: by its moment, or by its day where only that is given."""
    if not without:
        return False
    bare = slot.date() if isinstance(slot, datetime) else slot
    return any(
        (other == bare)
        if not isinstance(other, datetime)
        else isinstance(slot, datetime) and _sortable(other) == _sortable(slot)
        for other in without
    )
