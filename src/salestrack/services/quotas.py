"""Setting and removing targets."""

from collections.abc import Sequence
from typing import NamedTuple

from salestrack.domain.dates import Unit, Words
from salestrack.domain.money import Money, parse_amount
from salestrack.domain.periods import Period, parse_period, split
from salestrack.domain.quotas import Metric, Quota
from salestrack.errors import UsageError
from salestrack.services.answers import Answer, Part
from salestrack.store import Store

UNITS: tuple[Unit, ...] = ("month", "quarter", "year")


class Target(NamedTuple):
    """What the command says about a target; amount as it was typed."""

    metric: Metric
    amount: str
    decimal: str
    owner_id: int | None = None
    channel: str | None = None


def periods_of(text: str, per: str | None, words: Words) -> Sequence[Period]:
    """Return the periods that get the target: the one named, or each unit within it."""
    if per is None:
        return [parse_period(text, words)]
    unit = next((unit for unit in UNITS if unit == per), None)
    if unit is None:
        raise UsageError(f"--per '{per}' is not a unit", hint=f"one of: {', '.join(UNITS)}")
    return split(parse_period(text, words), unit, words)


def set_quotas(store: Store, target: Target, periods: Sequence[Period]) -> Answer:
    """Set the same target for each period; UsageError for a period without an end or a target that is no count."""
    worth, currency = _worth(store, target)
    was: list[Quota] = []
    if standing := _standing(store, target, periods, worth, currency):
        return standing
    with store.operation("set") as op:
        for period in periods:
            quota = _quota(target, period, worth, currency)
            before = store.quotas.find(quota)
            was += [before] if before and (before.target, before.currency) != (worth, currency) else []
            op.touch(store.quotas.put(quota, op=op.id).ref)
    first, last = periods[0], periods[-1]
    one = len(periods) == 1
    span = (
        f"{first.label} ({first.start}..{first.end})" if one else f"{len(periods)} periods ({first.start}..{last.end})"
    )
    told: list[Part] = [("was", _shown(was[0])) if one else f"{len(was)} of them replaced"] if was else []
    refs = op.refs[0] if one else f"{op.refs[0]}-{op.refs[-1]}"
    shown = Money(worth, currency) if currency else str(worth)
    return Answer((refs, (target.metric, shown), *_whose(store, target), *told, span), op.id)


def _quota(target: Target, period: Period, worth: int, currency: str | None) -> Quota:
    if not (period.start and period.end):
        raise UsageError(f"a quota needs an end, and '{period.label}' has none", hint="month, 2026Q1, 2026")
    return Quota(
        metric=target.metric,
        start_on=period.start,
        end_on=period.end,
        target=worth,
        currency=currency,
        owner_id=target.owner_id,
        channel=target.channel,
    )


def _standing(
    store: Store, target: Target, periods: Sequence[Period], worth: int, currency: str | None
) -> Answer | None:
    """Return the answer when all of it was set so already: then nothing is done, and nothing to be undone."""
    found = [store.quotas.find(_quota(target, period, worth, currency)) for period in periods]
    if not all(quota and (quota.target, quota.currency) == (worth, currency) for quota in found):
        return None
    refs = "-".join(dict.fromkeys(quota.ref for quota in (found[0], found[-1]) if quota))
    shown = Money(worth, currency) if currency else str(worth)
    return Answer((refs, (target.metric, shown), *_whose(store, target), "set already"), None)


def _whose(store: Store, what: Target | Quota) -> list[Part]:
    """Return whose target it is, and through which channel, as far as it is not that of the whole book."""
    names = {key: name for name, key in store.owners.all()} if what.owner_id else {}
    return [name for name in (names.get(what.owner_id or 0), what.channel) if name]


def _worth(store: Store, target: Target) -> tuple[int, str | None]:
    """Return a target in minor units with its currency, or as a count."""
    if target.metric == "revenue":
        currency = store.settings.book.currency
        money = parse_amount(target.amount, currency=currency, decimal=target.decimal, what="target")
        return money.minor, money.currency
    if not (target.amount.isdecimal() and target.amount.isascii() and len(target.amount) < 10):
        raise UsageError(f"'{target.amount}' is not a count of {target.metric}", hint="write a whole number, like 20")
    return int(target.amount), None


def _shown(quota: Quota) -> str | Money:
    return Money(quota.target, quota.currency) if quota.currency else str(quota.target)


def remove_quota(store: Store, key: int) -> Answer:
    """Remove one target; NotFoundError when there is none."""
    with store.operation("removed") as op:
        quota = store.quotas.get(key)
        store.quotas.remove(key)
        op.touch(quota.ref)
    parts = (f"removed {quota.ref}", (quota.metric, _shown(quota)), *_whose(store, quota))
    return Answer((*parts, f"{quota.start_on}..{quota.end_on}"), op.id)
