"""Editing targets."""

from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.domain.money import Money
from salestrack.domain.periods import parse_period
from salestrack.domain.quotas import Quota
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Part
from salestrack.services.edits.fields import Act, Field, Given, Kind, Value, owner_field, text_field
from salestrack.store import Store


def _target(_: Store, quota: Quota) -> Value:
    return Money(quota.target, quota.currency) if quota.currency else str(quota.target)


def _aimed(given: Given, quota: Quota, text: str) -> Mapping[str, Any]:
    if quota.currency:
        money = given.money(text, quota.currency, "target")
        return {"target": money.minor, "currency": money.currency}
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError(f"'{text}' is not a count of {quota.metric}", hint="write a whole number, like 20")
    return {"target": int(text)}


def _period(given: Given, _: Quota, text: str) -> Mapping[str, Any]:
    period = parse_period(text, given.words)
    if not (period.start and period.end):
        raise UsageError(f"a quota needs an end, and '{period.label}' has none", hint="month, 2026Q1, 2026")
    return {"start_on": period.start, "end_on": period.end}


_FIELDS = (
    Field("target", _target, _aimed, None),
    owner_field(),
    text_field("channel"),
    Field("period", lambda _, quota: f"{quota.start_on}..{quota.end_on}", _period, None),
)


def _save(store: Store, before: Quota, after: Quota, _: Act) -> Sequence[Part]:
    if after == before:
        return ()
    other = store.quotas.find(after)
    if other and other.id != after.id:
        raise RuleError(
            f"{other.ref} is the {other.metric} target for that owner, channel and period already",
            hint=f"salestrack quota edit {other.ref} --target ..., or salestrack quota rm {other.ref}",
        )
    store.quotas.save(after)
    return ()


def _label(_: Store, quota: Quota) -> str:
    whose = f" · {quota.owner}" if quota.owner else ""
    return f"{quota.metric} {quota.start_on}..{quota.end_on}{whose}"


KIND = Kind(
    letter="q",
    noun="quota",
    fields=_FIELDS,
    get=lambda store, key: store.quotas.get(key),
    label=_label,
    save=_save,
    touched=lambda _: (),
)
