"""What stands in an event or a to-do of a calendar: its times in their zones, its texts, and what is wrong with it."""

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from salestrack.domain.mails import one_line
from salestrack.importers.correspondence.changed_days import Change
from salestrack.importers.correspondence.components import Block
from salestrack.importers.correspondence.recurrences import Slot, moment_of

LONGEST_MEETING = 24 * 3600  # seconds; what lasts longer is no talk, and its length says nothing
_MATTERING = {"DTSTART", "DTEND", "DURATION", "DUE", "COMPLETED", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}


class Entry(NamedTuple):
    """A parsed event or to-do, and the zone of times that name none."""

    number: int
    name: str
    item: Any
    zone: ZoneInfo | None
    uid: str


def parsed(kind: Any, block: Block) -> Any:
    """Return a component; a text says why it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            item = kind.from_ical(block.text)
    except Exception as error:  # the library fails in many ways on odd lines
        return reason_of(error)
    for name, why in getattr(item, "errors", ()):
        known = str(name or why.partition(": '")[2]).upper()
        if any(known.startswith(each) for each in _MATTERING):
            given = re.search(rf"(?im)^{re.escape(known.split(':')[0].split(';')[0])}.*$", block.text)
            return f"has a line that cannot be read: {one_line(given.group() if given else str(why), 80)}"
    return item


def learn_zone(block: Block) -> None:
    """Let the events after it use a time zone that the calendar defines."""
    import icalendar

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            icalendar.Timezone.from_ical(block.text)  # the library keeps it for the events that name it
    except Exception:  # an event that needs it says so
        return


def zone_of(name: str) -> ZoneInfo | None:
    """Return the time zone of a name, None for one that nobody knows."""
    tidy = name.strip("/ ").replace(" ", "_")
    if tidy.rpartition("/")[2].casefold() in {"utc", "z"}:  # as Outlook and others write it
        tidy = "UTC"
    try:
        return ZoneInfo(tidy)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return None


def slot_if(entry: Entry, name: str) -> Slot | None:
    """Return a day or a time of an event, None where it has none; ValueError as `slot_at`."""
    return slot_at(entry, name) if name in entry.item else None


def slot_at(entry: Entry, name: str) -> Slot:
    """Return a day or a time of an event; ValueError for what is none, or is in a time zone that nobody knows."""
    return next(iter(slots_at(entry, name)))


def slots_at(entry: Entry, name: str) -> Iterator[Slot]:
    """Yield the days or times of a property that may have several; ValueError as `slot_at`."""
    for value in values_of(entry, name):
        for each in getattr(value, "dts", None) or [value]:
            params = {**getattr(value, "params", {}), **getattr(each, "params", {})}
            yield _placed(each.dt, params, entry)


def _placed(found: Any, params: Any, entry: Entry) -> Slot:
    if isinstance(found, tuple):  # a period begins with its start
        found = found[0]
    if not isinstance(found, date):
        raise ValueError("names a time of day without its day")  # noqa: TRY004 - of the file, not of the program
    if isinstance(found, datetime) and found.tzinfo is None:
        if named := str(params.get("TZID", "")).strip():
            zone = zone_of(named)
            if zone is None:
                raise ValueError(f"is in the time zone {one_line(named, 60)}, which nobody knows")
            return found.replace(tzinfo=zone)
        return found.replace(tzinfo=entry.zone) if entry.zone else found
    return found


def change_in(entry: Entry) -> Change:
    """Return the change that a day of something that repeats is; ValueError for one that cannot be read."""
    given = slot_at(entry, "RECURRENCE-ID")
    params = getattr(values_of(entry, "RECURRENCE-ID")[0], "params", {})
    following = str(params.get("RANGE", "")).upper() == "THISANDFUTURE"
    return Change(entry, given, slot_if(entry, "DTSTART") or given, following)


def seconds_by_time(entry: Entry) -> dict[object, int]:
    """Return how many seconds the further times of an event take that say it themselves."""
    found: dict[object, int] = {}
    for value in values_of(entry, "RDATE"):
        for each in getattr(value, "dts", None) or [value]:
            if isinstance(each.dt, tuple) and isinstance(each.dt[0], datetime):
                start, end = each.dt
                seconds = int((end if isinstance(end, timedelta) else end - start).total_seconds())
                slot = _placed(each.dt, {**getattr(value, "params", {}), **getattr(each, "params", {})}, entry)
                found |= {moment_of(slot): seconds} if 0 < seconds <= LONGEST_MEETING else {}
    return found


def sure(found: Slot | None) -> Slot:
    """Return the start of an event; ValueError where it has none."""
    if found is None:
        raise ValueError("has no start")
    return found


def values_of(entry: Entry, name: str) -> list[Any]:
    """Return what stands in a property that may come several times."""
    found = entry.item.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def rule_text(rule: Any) -> str:
    """Return a rule, or a moment, as it stands in the file."""
    return rule.to_ical().decode() if hasattr(rule, "to_ical") else str(rule)


def seconds_of(entry: Entry) -> int | None:
    """Return how many seconds a meeting takes; None where nobody says, or where it is longer than a day."""
    start, end = slot_if(entry, "DTSTART"), slot_if(entry, "DTEND")
    if end is not None and isinstance(start, datetime) and isinstance(end, datetime):
        if (start.tzinfo is None) != (end.tzinfo is None):
            return None
        seconds = int((end - start).total_seconds())
    elif "DURATION" in entry.item and isinstance(getattr(entry.item["DURATION"], "dt", None), timedelta):
        seconds = int(entry.item["DURATION"].dt.total_seconds())
    else:
        return None
    return seconds if 0 < seconds <= LONGEST_MEETING else None


def age_of(entry: Entry) -> tuple[int, str]:
    """Return what is greater for a later version of the same event."""
    sequence = text_of(entry.item, "SEQUENCE")
    stamp = entry.item.get("LAST-MODIFIED")
    return int(sequence) if sequence.isdigit() else 0, rule_text(stamp) if stamp is not None else ""


def text_of(item: Any, name: str) -> str:
    """Return a text of an event, the first where there are several; empty without one."""
    found = item.get(name)
    first = found[0] if isinstance(found, list) and found else found
    return "" if first is None or isinstance(first, list) else str(first)


def subject_of(entry: Entry) -> str:
    """Return what an event is called; empty where it has no name."""
    return one_line(text_of(entry.item, "SUMMARY"))


def rough_subject(block: Block) -> str:
    """Return what an event is called that cannot be read."""
    found = re.search(r"(?im)^SUMMARY[^:\r\n]*:(.*)$", block.text)
    return one_line(found.group(1)) if found else ""


def reason_of(error: Exception) -> str:
    """Return what is wrong as one line; what the library says of it where it says something."""
    text = one_line(str(error), 160)
    plain = isinstance(error, ValueError) and text and type(error) is ValueError
    if plain and text.startswith(("is ", "has ", "names ", "repeats ")):
        return text
    return f"cannot be read: {text}" if text else f"cannot be read ({type(error).__name__})"


def is_cancelled(entry: Entry) -> bool:
    """Say whether an event was called off."""
    return text_of(entry.item, "STATUS").upper() == "CANCELLED"
