"""Which profile a file's headers call for, and which of its columns the profile means."""

import re
from collections.abc import Iterable, Sequence

from salestrack.domain.names import fold
from salestrack.errors import UsageError
from salestrack.importers.kinds import ENTERED
from salestrack.importers.profiles.model import Profile


def recognised(profiles: Iterable[Profile], header: Sequence[str], kind: str | None = None) -> Profile | None:
    """Return the profile whose headers a file has, None where no profile fits; of several the most specific one.

    `kind` is what the user says the file holds: then only profiles of that kind count. UsageError where two profiles
    are equally specific.
    """
    found = [profile for profile in profiles if kind in (None, profile.kind) and fits(profile.match, header)]
    most = max((len(profile.match) for profile in found), default=0)
    best = [profile for profile in found if len(profile.match) == most]
    own = [profile for profile in best if profile.origin != "shipped"]
    best = own or best  # what a person wrote for their own files knows better
    if len(best) > 1:
        names = " and ".join(profile.name for profile in best)
        raise UsageError(
            f"the headers fit the profiles {names} equally well",
            hint=f"say which: {' or '.join(f'--profile {profile.name}' for profile in best)}, or --profile none",
        )
    return best[0] if best else None


def fits(match: Sequence[Sequence[str]], header: Sequence[str]) -> bool:
    """Say whether a file has all headers of a profile, of which each is one of several."""
    return bool(match) and not lacking(match, header)


def lacking(match: Sequence[Sequence[str]], header: Sequence[str]) -> list[Sequence[str]]:
    """Return those headers of a profile that a file does not have."""
    titles = {fold(name) for name in header}
    return [names for names in match if not any(fold(name) in titles for name in names)]


def stage_columns(profile: Profile, header: Sequence[str]) -> dict[str, list[str]]:
    """Return the columns of days on which a stage was entered: `entered:STAGE` -> headers, one for each pipeline."""
    found: dict[str, list[str]] = {}
    for name in header:
        for pattern in profile.stage_dates:
            shape = re.escape(pattern).replace(r"\{stage\}", "(?P<stage>.+?)").replace(r"\{pipeline\}", "[^()]+")
            if (fits := re.fullmatch(shape, name.strip(), re.IGNORECASE)) and fits["stage"].strip():
                found.setdefault(ENTERED + fits["stage"].strip(), []).append(name.strip())
                break
    return found
