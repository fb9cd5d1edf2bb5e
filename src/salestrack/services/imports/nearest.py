"""A file that no profile knows: which one nearly does, and what it lacks for it."""

from collections.abc import Sequence
from fractions import Fraction

from salestrack.domain.imports import OWN_SOURCE
from salestrack.errors import UsageError
from salestrack.importers.kinds import kind_of
from salestrack.importers.mapping import Given, fields_of, map_columns, read_constants
from salestrack.importers.profiles import Profile, Shelf
from salestrack.importers.profiles.recognising import lacking
from salestrack.services.imports import needed
from salestrack.services.imports.finding import title_of
from salestrack.services.imports.request import Request

FEWEST = 3
MOST_LACKING = Fraction(1, 3)


def refuse_unknown(request: Request, header: Sequence[str]) -> None:
    """Raise UsageError for a file of which nothing says what it holds, naming the profile that it nearly fits."""
    try:
        kind_of(None)
    except UsageError as error:
        if near := nearest(Shelf(request.profiles).all(), header):
            file = "" if request.file == "-" else f"{title_of(request.file)}: "
            lacks = [f"'{names[0]}'" for names in lacking(near.match, header)]
            error.message = f"{file}no profile knows its columns; {near.name} would, but for {' and '.join(lacks)}"
            said = {*fields_of(request.maps), *read_constants(kind_of(near.kind), request.constants), *near.constants}
            said |= {"currency"} if request.currency else set()
            if found := needed.lacks(near, header, said):
                error.hint = needed.hint(near, found, header)
            elif _reads(near, header, request):
                error.hint = f"--profile {near.name} reads it without {'them' if lacks[1:] else 'that column'}"
        raise


def nearest(profiles: Sequence[Profile], header: Sequence[str]) -> Profile | None:
    """Return the profile of whose headers a file lacks the least, None where it lacks more than a few of each.

    Not one of our own exports: read as one, the ids of a file are the book's.
    """
    found: list[tuple[Fraction, int, Profile]] = []
    for profile in (profile for profile in profiles if profile.source != OWN_SOURCE):
        size, missing = len(profile.match), len(lacking(profile.match, header))
        if size - missing >= FEWEST and Fraction(missing, size) <= MOST_LACKING:
            found.append((Fraction(missing, size), -size, profile))
    return min(found, key=lambda entry: entry[:2])[2] if found else None


def _reads(profile: Profile, header: Sequence[str], request: Request) -> bool:
    """Say whether a profile reads a file that lacks some of its headers."""
    given = Given(profile.columns, profile.constants, profile.only_these)
    try:
        map_columns(kind_of(profile.kind), header, request.maps, given=given)
    except UsageError:
        return False
    return True


def named(request: Request, said: str) -> str:
    """Return a sentence on a file with its name in front, where it has one and the sentence does not tell it."""
    title = title_of(request.file)
    return said if request.file == "-" or title in said else f"{title}: {said}"


__all__ = ["named", "nearest", "refuse_unknown"]
