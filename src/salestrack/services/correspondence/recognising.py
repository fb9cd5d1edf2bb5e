"""Whether a file is a mailbox or a calendar: a look at its name and its first bytes, before anything heavy is loaded."""

from pathlib import Path
from typing import IO

from salestrack.importers.mailboxes import mail_kind

_START = 512
_CALENDARS = (".ics", ".ical", ".icalendar")


def correspondence_in(file: str) -> str | None:
    """Return mail or calendar for a file or folder that is one, None for everything else."""
    path = Path(file)
    try:
        if path.is_file():
            with path.open("rb") as handle:
                if path.suffix.lower() in _CALENDARS or _begins_calendar(handle.read(_START)):
                    return "calendar"
        return "mail" if path.exists() and mail_kind(file) else None
    except (OSError, ValueError):
        return None  # who reads it says why


def correspondence_on(stream: IO[bytes]) -> str:
    """Return mail or calendar for what comes on standard input, of which nothing is used up."""
    peek = getattr(stream, "peek", None)
    if peek is not None:
        start = bytes(peek(_START))
    else:
        start = stream.read(_START)
        stream.seek(0)
    return "calendar" if _begins_calendar(start) else "mail"


def _begins_calendar(start: bytes) -> bool:
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return text[:15].upper() == b"BEGIN:VCALENDAR"
