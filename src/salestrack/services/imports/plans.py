"""A profile turned into what the user could have said: options on the command line win over it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from salestrack.domain.imports import OWN_SOURCE
from salestrack.domain.money import check_currency
from salestrack.domain.names import fold
from salestrack.errors import UsageError
from salestrack.importers.dates import DateReader
from salestrack.importers.kinds import Kind, kind_of
from salestrack.importers.mapping import Given, fields_of, read_constants, read_values
from salestrack.importers.profiles import Profile, Shelf, recognised
from salestrack.importers.profiles.recognising import stage_columns
from salestrack.services.imports.nearest import refuse_unknown
from salestrack.services.imports.needed import check_needed, note
from salestrack.services.imports.request import Request
from salestrack.store import Store

NONE = "none"
PAYOUT = ("worth", "worth_currency")
FIRST_STAGE = "*first"
DEFAULT_SOURCE = "csv"


class Plan(NamedTuple):
    """How a file is to be read: the request with all that a profile adds to it."""

    request: Request
    kind: Kind
    given: Given
    values: Mapping[str, Mapping[str, str]]
    profile: Profile | None
    notes: tuple[str, ...] = ()
    """What is worth telling of how it was planned."""


def check_words(request: Request) -> None:
    """Refuse words that no file could make right, before one is opened; UsageError."""
    if request.kind:
        kind = kind_of(request.kind)
        read_values(kind, request.values)
        read_constants(kind, request.constants)
    if request.currency:
        check_currency(request.currency)
    DateReader(request.date_format)


def named(request: Request) -> Profile | None:
    """Return the profile that the user names, None where its choice is left to the headers, or switched off."""
    if request.profile is None or request.profile.lower() == NONE:
        return None
    return Shelf(request.profiles).get(request.profile)


def opened_with(request: Request, profile: Profile | None) -> tuple[str | None, str | None]:
    """Return encoding and delimiter by which a file is opened, before any header is known."""
    if profile is None:
        return request.encoding, request.delimiter
    return request.encoding or profile.encoding, request.delimiter or profile.delimiter


def planned(store: Store, request: Request, header: Sequence[str], profile: Profile | None) -> Plan:
    """Return how a file with these headers is read; `profile` is the one that the user names.

    UsageError for what cannot be understood of the request, or where the headers fit two profiles equally well.
    """
    notes: tuple[str, ...] = ()
    if profile is None and (request.profile or "").lower() != NONE:
        shelf = Shelf(request.profiles)
        notes = shelf.passed_over(header)
        profile = recognised(shelf.all(), header, request.kind)
    elif profile and request.kind not in (None, profile.kind):
        why = f"the profile {profile.name} is for {profile.kind}, and --as says {request.kind}"
        raise UsageError(why, hint=f"leave --as out, or read the file without a profile: --profile {NONE}")
    if not (profile or request.kind):
        refuse_unknown(request, header)
    kind = kind_of(request.kind or (profile.kind if profile else None))
    said = read_constants(kind, request.constants)
    values = read_values(kind, request.values)
    if profile is None:
        return Plan(_usual(request), kind, Given(constants=said), values, None, notes)
    for field, names in profile.values.items():
        values[field] = _unknown_only(store, field, names) | values.get(field, {})
    given_fields = {*fields_of(request.maps), *said, *profile.constants, *(("currency",) if request.currency else ())}
    check_needed(profile, header, given_fields)
    known, unread = _with_known_fees(profile, header, {*fields_of(request.maps), *said})
    columns, notes = (
        {**known, **_entered(profile, header, values)},
        (*notes, *unread, *note(profile, header, given_fields)),
    )
    fixed = {field: _meant(store, field, text) for field, text in profile.constants.items() if field not in columns}
    constants = fixed | said
    given = Given(columns, constants, profile.only_these)
    return Plan(_filled(request, profile), kind, given, values, profile, notes)


def _with_known_fees(
    profile: Profile, header: Sequence[str], said: Collection[str]
) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    """Return a profile's columns, and why the fee is not among them.

    A provider takes its fee in the currency that it pays out. Where the file does not say that, the fee is unknown: in the
    currency of the sale it would be another amount of money. `said` are the fields that the user gives.
    """
    columns, there = profile.columns, {fold(name) for name in header}

    def has(field: str) -> bool:
        return any(fold(name) in there for name in columns[field])

    lacks = [f"'{columns[name][0]}'" for name in PAYOUT if name in columns and not (has(name) or name in said)]
    if not lacks or "fee" not in columns or "fee" in said:
        return columns, ()
    fee = columns["fee"][0]
    why = f"{fee} is not read: it is in the currency of the payout, and the file has no column {' or '.join(lacks)}"
    return {name: titles for name, titles in columns.items() if name != "fee"}, (why,) if has("fee") else ()


def _meant(store: Store, field: str, text: str) -> str:
    """Return a constant of a profile in the book's words: `*first` is the first stage, whatever it is called."""
    if field == "stage" and text == FIRST_STAGE:
        return next((stage.name for stage in store.stages.all() if stage.is_open), text)
    return text


def _usual(request: Request) -> Request:
    return replace(
        request,
        decimal=request.decimal or request.usual_decimal,
        decimal_chosen=bool(request.decimal),
        source=request.source or DEFAULT_SOURCE,
    )


def _filled(request: Request, profile: Profile) -> Request:
    return replace(
        request,
        kind=profile.kind,
        new=request.new | frozenset(profile.new),
        date_format=request.date_format or profile.date,
        decimal_chosen=bool(request.decimal or profile.decimal),
        decimal=request.decimal or profile.decimal or (request.usual_decimal if profile.source != OWN_SOURCE else ""),
        currency=request.currency or profile.currency,
        source=request.source or profile.source,
        cents=request.cents or profile.cents,
    )


def with_decimal(plan: Plan, mark: Callable[[], str]) -> Plan:
    """Return a plan with the decimal mark that the program's own exports have, where nobody says which."""
    if plan.request.decimal:
        return plan
    return plan._replace(request=replace(plan.request, decimal=mark(), decimal_chosen=True))


def _entered(
    profile: Profile, header: Sequence[str], values: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, ...]]:
    """Return the columns of stage dates, the stages by the names that the book has for them."""
    names = values.get("stage", {})
    found: dict[str, tuple[str, ...]] = {}
    for field, titles in stage_columns(profile, header).items():
        prefix, _, stage = field.partition(":")
        name = f"{prefix}:{names.get(stage, stage)}"
        found[name] = (*found.get(name, ()), *titles)
    return found


def _unknown_only(store: Store, field: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return what a profile says about cells that mean nothing by themselves: a stage of that very name is itself."""
    if field == "stage":
        known = {fold(stage.name) for stage in store.stages.all()}
    elif field == "pipeline":
        known = {fold(stage.pipeline) for stage in store.stages.all()}
    elif field == "kind":
        known = {fold(kind.name) for kind in store.kinds.listed(retired=True)}
    else:
        known = set()
    return {cell: name for cell, name in names.items() if fold(cell) not in known}
