"""Dates with the name of a month, as programs write them in English, German, French, Spanish, Italian, Dutch, Portuguese."""

import re
from typing import NamedTuple

from salestrack.domain.names import fold

_NAMES = (
    "january jan januar jänner jän januari janvier janv enero ene gennaio gen janeiro",
    "february feb februar feber februari février févr fév febrero febbraio fevereiro fev",
    "march mar märz mrz mär mars marzo maart mrt março",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag mei maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août aou agosto ago augustus",
    "september sep sept septembre septiembre set settembre setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro",
)
_WEEKDAYS = (
    "monday mon montag mo lundi lun lunes lunedì tuesday tue dienstag di mardi mar martes martedì wednesday wed mittwoch mi "
    "mercredi mer miércoles mié mercoledì thursday thu donnerstag do jeudi jeu jueves jue giovedì gio friday fri freitag fr "
    "vendredi ven viernes vie venerdì saturday sat samstag sa samedi sam sábado sáb sabato sab sunday sun sonntag so dimanche "
    "dim domingo dom domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
)
_MONTHS = {fold(name): number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_DAYS = {fold(name) for name in _WEEKDAYS.split()}
_CLOCK = r"(?:,?[T ]+(?:at |um |à |a las |alle |om )?(?P<clock>\d.*))?"
_WEEKDAY = r"(?:(?P<weekday>[^\W\d_]{2,12})\.?,? )?"
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?[ -]?(?:de |of )?"
    rf"(?P<month>[^\W\d_]{{3,12}})\.?,?[ -](?:de |del )?(?P<year>\d{{4}}|\d\d){_CLOCK}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<month>[^\W\d_]{{3,12}})\.?[ -](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ -](?P<year>\d{{4}}){_CLOCK}",
    re.IGNORECASE,
)


class Day(NamedTuple):
    """A day of the calendar, not yet known to exist, and the text of the time behind it."""

    year: int
    month: int
    day: int
    clock: str | None = None


def named_day(text: str) -> Day | None:
    """Return what a text like `12. März 2026` or `Mar 12, 2026 9:05 PM` says; None for any other text."""
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        found = pattern.fullmatch(text)
        month = _MONTHS.get(fold(found["month"])) if found else None
        if found and month and (not found["weekday"] or fold(found["weekday"]) in _DAYS):
            return Day(century(found["year"]), month, int(found["day"]), found["clock"])
    return None


def century(year: str) -> int:
    """Return a year of four digits, or of two in this century."""
    return int(year) + (2000 if len(year) == 2 else 0)


__all__ = ["Day", "century", "named_day"]
