"""What a profile cannot do without: the columns of the money and the day, and those that tell which rows are no records."""

from collections.abc import Collection, Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from salestrack.domain.imports import OWN_SOURCE
from salestrack.domain.names import fold
from salestrack.domain.quoting import quoted
from salestrack.errors import UsageError
from salestrack.importers.kinds import KINDS
from salestrack.importers.profiles import Profile
from salestrack.importers.profiles.recognising import lacking

_MONEY = {"sales": ("amount", "gross", "tax")}
_OF_PRICES = ("price", "quantity")
# Of what a profile is recognised by: an export without it is another one.
_IF_MATCHED = {"sales": ("currency", "refunded", "refunded_all"), "deals": ("amount", "currency", "closed")}
_INSTEAD = {
    "tax": "tax=0 in its place where there is none",
    "currency": "currency=EUR in its place where all are in that",
}


class Lack(NamedTuple):
    """Headers of a profile of which a file has none: the field that they feed, or the reasons for leaving rows out."""

    headers: tuple[str, ...]
    field: str = ""
    whys: tuple[str, ...] = ()


def needed_fields(profile: Profile) -> tuple[str, ...]:
    """Return the fields with columns that carry the money and the day of what a profile reads."""
    named = [name for name, headers in profile.columns.items() if headers]
    money = [name for name in _MONEY.get(profile.kind, ()) if name in named]
    if profile.kind == "sales" and not {"amount", "gross"} & set(money):
        money += [name for name in _OF_PRICES if name in named]
    match = {fold(name) for names in profile.match for name in names}
    matched = [
        name for name in _IF_MATCHED.get(profile.kind, ()) if match & set(map(fold, profile.columns.get(name, ())))
    ]
    days = [name for name in KINDS[profile.kind].days if name in named]
    return (*money, *days[:1], *matched)


def deciding(profile: Profile) -> tuple[str, ...]:
    """Return the columns that say which rows are no records, of those that a profile is recognised by."""
    match = {fold(name) for names in profile.match for name in names}
    columns = (rule.columns for rule in profile.leave_out if any(fold(name) in match for name in rule.columns))
    return tuple(dict.fromkeys(names[0] for names in columns))


def lacks(profile: Profile, header: Sequence[str], said: Collection[str]) -> list[Lack]:
    """Return what a file has not and a profile needs; `said` are the fields that the user gives."""
    if profile.source == OWN_SOURCE:
        return []
    missing = {fold(name) for names in lacking(profile.match, header) for name in names}
    titles = {fold(name) for name in header}
    found, days = [], KINDS[profile.kind].days
    for name in needed_fields(profile):
        alike = days if name in days else (name,)
        there = any(_in(text, titles) for each in alike for text in profile.columns.get(each, ()))
        if not there and not set(alike) & set(said):
            found.append(Lack(profile.columns[name], name))
    return [*found, *_undecided(profile, missing, titles)]


def _undecided(profile: Profile, missing: Collection[str], titles: Collection[str]) -> Iterator[Lack]:
    """Return the columns by which rows would be left out, of those that the profile is recognised by."""
    whys: dict[tuple[str, ...], list[str]] = {}
    for rule in profile.leave_out:
        names = [fold(name) for name in rule.columns]
        if names and not any(name in titles for name in names) and any(name in missing for name in names):
            whys.setdefault(rule.columns, []).append(rule.why)
    return (Lack(columns, whys=tuple(reasons)) for columns, reasons in whys.items())


def check_needed(profile: Profile, header: Sequence[str], said: Collection[str]) -> None:
    """Refuse to read a file by a profile without what it needs; UsageError with what to say instead."""
    if found := lacks(profile, header, said):
        which = " and ".join(quoted(lack.headers[0]) for lack in found)
        raise UsageError(
            f"{profile.name} needs {which}, and the file has no such column", hint=hint(profile, found, header)
        )


def hint(profile: Profile, found: Sequence[Lack], header: Sequence[str]) -> str:
    """Return what to say on the command line for the columns that a file lacks, or why nothing would do."""
    undecided = [lack for lack in found if lack.whys]
    if undecided:
        told = "; ".join(
            f"without {quoted(lack.headers[0])} nobody knows what to leave out ({'; '.join(lack.whys)})"
            for lack in undecided
        )
        renamed = [(lack, title) for lack in undecided for title in _candidates(profile, lack, header)[:1]]
        ways = "".join(f"; if it is {quoted(title)} now, name it so again" for _, title in renamed)
        source = f" by {profile.about}" if profile.about else ""
        return f"{told}; export it once more{source}{ways}"
    words = [f"--profile {profile.name}"]
    for lack in found:
        titles = _candidates(profile, lack, header)
        column = quote(titles[0]) if len(titles) == 1 else "COLUMN"
        words.append(f"--map {lack.field}={column}")
    instead = [f"--set {_INSTEAD[lack.field]}" for lack in found if lack.field in _INSTEAD]
    return " ".join(words) + "".join(f", or {way}" for way in instead)


def note(profile: Profile, header: Sequence[str], said: Collection[str]) -> tuple[str, ...]:
    """Return what a file lacks of the columns that a profile is recognised by, though it is read without them."""
    found = []
    for names in lacking(profile.match, header):
        mine = {fold(name) for name in names}
        fields = [field for field, texts in profile.columns.items() if mine & {fold(text) for text in texts}]
        if not set(fields) & set(said):
            found.append(f"{quoted(names[0])} ({', '.join(fields)})" if fields else quoted(names[0]))
    return (f"the file lacks {', '.join(found)}, which {profile.name} would read",) if found else ()


def _candidates(profile: Profile, lack: Lack, header: Sequence[str]) -> list[str]:
    """Return the headers of a file that hold all words of a missing one, and that the profile does not know."""
    known = {fold(text) for texts in profile.columns.values() for text in texts}
    known |= {fold(name) for names in profile.match for name in names}
    wanted = [set(fold(name).split()) for name in lack.headers]
    titles = [title.strip() for title in header if title.strip() and fold(title) not in known]
    return [title for title in titles if any(words <= set(fold(title).split()) for words in wanted)]


def _in(text: str, titles: Collection[str]) -> bool:
    return fold(text) in titles or all(fold(part) in titles for part in text.split(" + "))


__all__ = ["Lack", "check_needed", "deciding", "hint", "lacks", "needed_fields", "note"]
