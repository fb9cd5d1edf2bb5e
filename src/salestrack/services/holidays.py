"""Public holidays by country, from the `holidays` package: heavy, and imported here alone."""

import re
from datetime import date
from typing import NamedTuple

from salestrack.domain.names import similar
from salestrack.domain.quoting import quoted
from salestrack.errors import NotFoundError, UsageError

MOST_YEARS = 10


class Holiday(NamedTuple):
    """A public holiday and what it is called there."""

    day: date
    name: str


class Place(NamedTuple):
    """A country by its two letters, and a part of it where one is meant."""

    country: str
    part: str | None

    @property
    def code(self) -> str:
        """How it is typed: DE or DE-BY."""
        return f"{self.country}-{self.part}" if self.part else self.country


def find_place(text: str) -> Place:
    """Return the country, or the part of it, that `DE`, `DE-BY`, `Germany` or `DE-Bayern` names.

    NotFoundError, with what may be meant, for one that is unknown.
    """
    from holidays.registry import COUNTRIES

    named: dict[str, str] = {}
    for module, (_, code, *others) in COUNTRIES.items():
        named |= {word.lower(): code for word in (module.replace("_", " "), code, *others)}
    tidy = " ".join(text.split())
    country = named.get(tidy.lower().replace("_", " "))
    if country:
        return Place(country, None)
    head, dash, tail = tidy.partition("-")
    country = named.get(head.lower())
    if country is None or not dash:
        near = similar(head, [name.title() for name in named if len(name) > 3], most=2)
        hint = f"did you mean {' or '.join(f'{name} ({named[name.lower()]})' for name in near)}?" if near else None
        raise NotFoundError(
            f"no holidays are known of {quoted(text)}", hint=hint or "write its code: DE, US-CA, GB-SCT"
        )
    return Place(country, _part(country, tail.strip()))


def _part(country: str, text: str) -> str:
    import holidays

    known = holidays.country_holidays(country)
    parts = {part.lower(): part for part in known.subdivisions}
    aliases = {alias.lower(): part for alias, part in getattr(known, "subdivisions_aliases", {}).items()}
    found = parts.get(text.lower()) or aliases.get(text.lower())
    if found:
        return str(found)
    near = similar(text, [*known.subdivisions, *getattr(known, "subdivisions_aliases", {})], most=1)
    listed = ", ".join(known.subdivisions[:20]) or "none"
    hint = f"did you mean {country}-{near[0]}?" if near else f"its parts: {listed}"
    raise NotFoundError(f"{country} has no part {quoted(text)}", hint=hint)


def parse_years(text: str | None, today: date) -> tuple[int, ...]:
    """Return the years of `2027` or `2026..2028`; without a text this year and the next."""
    if text is None:
        return (today.year, today.year + 1)
    found = re.fullmatch(r"(\d{4})(?:\.\.(\d{4}))?", text.strip(), re.ASCII)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1900 <= first <= last <= 2100 or last - first >= MOST_YEARS:
        raise UsageError(f"{quoted(text)} is no year or years", hint=f"write 2027 or 2026..2028, {MOST_YEARS} at most")
    return tuple(range(first, last + 1))


def holidays_of(place: Place, years: tuple[int, ...]) -> list[Holiday]:
    """Return the public holidays of some years by the names they have there; NotFoundError when none are known."""
    import holidays

    language = holidays.country_holidays(place.country).default_language
    found = holidays.country_holidays(place.country, subdiv=place.part, years=years, language=language)
    if not found:
        raise NotFoundError(f"no holidays are known of {place.code} in {', '.join(map(str, years))}")
    return [Holiday(day, " ".join(name.split())) for day, name in sorted(found.items())]
