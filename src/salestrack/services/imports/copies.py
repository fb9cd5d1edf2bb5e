"""Exports of one thing that were made at different times, in one command: of each record the newest file counts.

An older file of the same profile says of an id what was true then. Applied one after the other, two weeks would take
turns at every run. So the ids of all but the oldest file are noted before the first row goes in, and a row that a newer
file says something else about is left out. Which file is newer its time says: of the file, or what the archive has.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import IO

from salestrack.errors import SalestrackError
from salestrack.importers.ages import written_at
from salestrack.importers.grouping import Group, grouped, read_grouping
from salestrack.importers.identity import Identity
from salestrack.importers.mapping import FileMapping, map_columns
from salestrack.importers.table import Table
from salestrack.services.imports.custom import custom_names
from salestrack.services.imports.examples import with_examples
from salestrack.services.imports.finding import title_of
from salestrack.services.imports.opening import opened, plan_of
from salestrack.services.imports.plans import Plan
from salestrack.services.imports.request import Family, Request
from salestrack.services.imports.sieve import Sieve
from salestrack.store import Store
from salestrack.store.staged_copies import Copy, StagedCopies

# What a row is about: an older copy has at least one of these cells in common with the newer one.
_ABOUT: dict[str, tuple[str, ...]] = {
    "deals": ("title", "customer", "created"),
    "sales": ("customer", "email", "date"),
    "activities": ("date", "customer", "note"),
    "customers": ("name", "email", "phone"),
    "contacts": ("name", "email", "phone"),
    "products": ("name", "sku"),
}
Cells = Mapping[str, Sequence[str]]


@contextmanager
def with_copies(store: Store, found: Sequence[Request], stdin: IO[bytes]) -> Iterator[Sequence[Request]]:
    """Give requests that know which files are newer, where several say the same kind of thing by the same ids."""
    families: dict[tuple[object, ...], list[int]] = {}
    if any(request.goes_on for request in found):
        for place, request in enumerate(found):
            if key := _family_of(store, request, stdin):
                families.setdefault(key, []).append(place)
    several = [places for places in families.values() if len(places) > 1]
    requests = list(found)
    copies = StagedCopies(store.engine)
    if several:
        copies.make()
    for number, places in enumerate(several):
        times = {place: written_at(found[place].file) for place in places}
        files = tuple((title_of(each.file), times.get(place, 0.0)) for place, each in enumerate(found))
        newest = sorted(places, key=lambda place: times[place], reverse=True)
        for place in newest[:-1]:
            with opened(found[place], stdin) as (_, table, profile):
                copies.note(number, place, _rows_of(store, plan_of(store, found[place], table, profile), table))
        for place in newest[1:]:
            requests[place] = replace(found[place], family=Family(number, place, files))
    yield requests


def _family_of(store: Store, request: Request, stdin: IO[bytes]) -> tuple[object, ...] | None:
    """Return what files have in common whose rows may be copies of each other; None for one whose rows are none."""
    with suppress(SalestrackError), opened(request, stdin) as (_, table, profile):  # who reads it says what is wrong
        plan = plan_of(store, request, table, profile)
        mapping = _mapping_of(store, plan, table)
        names = [mapped.field.name for mapped in mapping.fields]
        tills = bool(plan.profile and plan.profile.group.get("refund_rows"))
        if tills or plan.kind.name in {"history", "quotas"} or Identity(plan.kind, names, "").numbered:
            return None
        look = plan.profile.name if plan.profile else tuple(sorted(names))
        return plan.kind.name, plan.request.source, look
    return None


def _rows_of(store: Store, plan: Plan, table: Table) -> Iterator[Copy]:
    """Yield the rows of a file as copies: those that are no records too, since the file says so."""
    mapping = _mapping_of(store, plan, table)
    sieve = Sieve(plan.profile, table.header, mapping)
    identity = Identity(plan.kind, [mapped.field.name for mapped in mapping.fields], "")
    grouping = read_grouping(plan.profile.group if plan.profile else {})
    places = grouping.places(table.header)
    for chunk in grouped(table.chunks(), places) if places else table.chunks():
        if chunk.rows:
            columns = sieve.blanked(list(zip(*chunk.rows, strict=True)))
            cells = {mapped.field.name: mapped.cells(columns) for mapped in mapping.fields}
            yield from copies_of(plan.kind.name, mapping, (identity, cells), chunk.groups)


def copies_of(
    kind: str, mapping: FileMapping, given: tuple[Identity, Cells], groups: Sequence[Group] | None
) -> list[Copy]:
    """Return rows with what tells a copy: key, fingerprint, and what they are about."""
    identity, cells = given
    if groups is None:
        prints = list(identity.prints(cells))
    else:
        columns = list(zip(*(row for group in groups for row in group.rows), strict=True))
        each = iter(identity.prints({mapped.field.name: mapped.cells(columns) for mapped in mapping.fields}))
        prints = [identity.together([next(each) for _ in group.rows]) for group in groups]
    keys = identity.keys(cells)
    blank = [""] * len(keys)
    names = (*_ABOUT[kind], "", "")[:3]
    about = zip(*(cells.get(name, blank) for name in names), strict=True)
    return [(key, number, *told) for key, number, told in zip(keys, prints, about, strict=True)]


def _mapping_of(store: Store, plan: Plan, table: Table) -> FileMapping:
    names = custom_names(store, plan.kind)
    return map_columns(plan.kind, table.header, plan.request.maps, names, given=with_examples(store, plan))
