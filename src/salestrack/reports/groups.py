"""Facts sorted into the rows of a report: one group a key or a stretch of time, with what it is compared with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from salestrack.domain.facts import Key
from salestrack.domain.periods import Period
from salestrack.reports.frames import Frame

OVERLAPPING = frozenset({"product", "tag"})
"""Dimensions in several of whose rows one record can stand."""
OVERLAP = "overlap: a record can stand in several rows; the total counts it once"


class Spanned(Protocol):
    """A row of an answer that knows its span and its key."""

    @property
    def span(self) -> int:
        """The number of the span in the question."""

    @property
    def key(self) -> Key:
        """What the row is about."""

    def _replace(self, *, span: int, key: Key) -> Self:
        """Return the row with another span and key."""


T = TypeVar("T", bound=Spanned)


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """The facts of one row: those of the period, and those of what it is compared with (None without)."""

    id: Key | int
    """What tells the groups of one report apart: the key, or the number of the stretch of time."""
    key: str | None
    period: Period
    own: tuple[T, ...]
    before: tuple[T, ...] | None


def groups(facts: Sequence[T], frame: Frame) -> list[Group[T]]:
    """Return the groups of a report: every stretch of time in order, or every key that occurs, "no value" last."""
    if frame.by_time:
        return [_bucket(facts, frame, at) for at in range(len(frame.buckets))]
    if frame.by is None:
        return [whole(facts, frame)]
    found: dict[Key, tuple[list[T], list[T]]] = {}
    for fact in facts:
        found.setdefault(fact.key, ([], []))[0 if fact.span == 0 else 1].append(fact)
    ordered = sorted(found, key=lambda key: (key.name is None, *_place(key.name or "", frame), key.id or 0))
    return [
        Group(key, key.name, frame.shown, tuple(found[key][0]), tuple(found[key][1]) if frame.before else None)
        for key in ordered
    ]


def _place(name: str, frame: Frame) -> tuple[float, str]:
    """Return where a key stands: in the order of names, but numbers of a custom field by their size."""
    number = re.match(r"-?\d+(\.\d+)?(?=$| [A-Z]{3}$)", name) if (frame.by or "").startswith("field:") else None
    return (float(number[0]), "") if number else (float("inf"), name)


def merged(facts: Sequence[T], frame: Frame) -> tuple[T, ...]:
    """Return facts that were split by what no record stands twice in, as if they had not been split."""
    own = len(frame.own)
    return tuple(fact._replace(span=0 if fact.span < own else 1, key=Key(None)) for fact in facts)


def whole(facts: Sequence[T], frame: Frame) -> Group[T]:
    """Return all facts of a question that was not split, as one group."""
    own = tuple(fact for fact in facts if fact.span == 0)
    before = tuple(fact for fact in facts if fact.span == 1) if frame.before else None
    return Group(Key(None), None, frame.shown, own, before)


def _bucket(facts: Sequence[T], frame: Frame, at: int) -> Group[T]:
    own = tuple(fact for fact in facts if fact.span == at)
    if not frame.before:
        return Group(at, frame.buckets[at].label, frame.buckets[at], own, None)
    other = at + len(frame.buckets) if at < len(frame.before_buckets) else None
    before = tuple(fact for fact in facts if fact.span == other)
    return Group(at, frame.buckets[at].label, frame.buckets[at], own, before)
