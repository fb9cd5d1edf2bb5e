"""The lead score: points that a book gives for what a customer is and for what was done, which fade."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

ATTRIBUTES = ("segment", "country", "source", "kind", "tag")
"""What a customer can be given points for, beside its custom fields (`field:size`)."""


class ScoreRule(NamedTuple):
    """Points for a fit (`segment` is `agency`), or for each done activity of a kind, halved after every half-life."""

    what: str
    name: str
    value: str | None
    points: int
    half_life: int | None = None
    id: int = 0

    @property
    def text(self) -> str:
        """Return what the points are for, as it was typed."""
        return f"{self.name}={self.value}" if self.what == "fit" else self.name


class Score(NamedTuple):
    """The points of a customer, and what they are made up of: they add up."""

    points: int
    reasons: tuple[tuple[str, int], ...]


class Done(NamedTuple):
    """So many activities of a kind on a day."""

    kind: str
    on: date
    number: int


def score(rules: Iterable[ScoreRule], traits: Mapping[str, Sequence[str]], done: Sequence[Done], *, on: date) -> Score:
    """Return the points of a customer on a day; every rule's points are rounded half-even, and then added up.

    traits are its values by name (`segment`, `tag`, `field:size`); names and values are compared without case.
    Activities after the day do not count.
    """
    found = [_reason(rule, traits, done, on) for rule in rules]
    reasons = tuple(reason for reason in found if reason)
    return Score(sum(points for _, points in reasons), reasons)


def faded(points: int, half_life: int | None, days: int) -> float:
    """Return what points are worth some days later: half after every half-life, all of it without one."""
    return float(points) if half_life is None else points * 0.5 ** (days / half_life)


def _reason(
    rule: ScoreRule, traits: Mapping[str, Sequence[str]], done: Sequence[Done], on: date
) -> tuple[str, int] | None:
    if rule.what == "fit":
        values = {value.casefold() for value in traits.get(rule.name.casefold(), ())}
        return (rule.text, rule.points) if (rule.value or "").casefold() in values else None
    own = [one for one in done if one.kind == rule.name and one.on <= on]
    if not own:
        return None
    # round() is half-even; the points of one rule are rounded once, whatever the number of activities.
    points = round(sum(one.number * faded(rule.points, rule.half_life, (on - one.on).days) for one in own))
    number = sum(one.number for one in own)
    return f"{number} x {rule.name}", points
