"""Lead scores: the rules that give points, and the points of customers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from salestrack.domain.names import clean, pick, similar
from salestrack.domain.scores import ATTRIBUTES, Score, ScoreRule, score
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store

LARGEST = 1000


def scored(store: Store, customers: Sequence[int], *, on: date) -> dict[int, Score]:
    """Return the score of each customer on a day, with its reasons; nothing where the book has no rules."""
    rules = store.scores.rules()
    keys = list(dict.fromkeys(customers))
    if not rules or not keys:
        return {}
    traits = store.scores.traits(keys, rules)
    done = store.scores.done(keys, [rule.name for rule in rules if rule.what == "activity"])
    return {key: score(rules, traits[key], done.get(key, ()), on=on) for key in keys}


def with_scores(
    store: Store, kind: str, rows: Sequence[Mapping[str, Any]], *, on: date, sort: str | None = None
) -> list[dict[str, Any]]:
    """Return the rows of a list of deals or customers with their scores, by `score` or `-score` in that order.

    Where the book gives no points the rows stay as they are; UsageError when they are to be sorted by them.
    """
    if not store.scores.rules():
        if sort:
            raise UsageError("there is no score to sort by yet", hint="salestrack score add segment=agency 20")
        return [dict(row) for row in rows]
    column = "id" if kind == "customers" else "customer_id"
    scores = scored(store, [row[column] for row in rows if row[column]], on=on)
    told = [{**row, "score": scores[row[column]].points if row[column] in scores else None} for row in rows]
    if sort:
        told.sort(key=lambda row: _order(row["score"], down=sort.startswith("-")))
    return told


def add_rule(store: Store, what: str, points: int, *, half_life: int | None) -> Answer:
    """Give points for `segment=agency`, `field:size=large`, or for each activity of a kind; same again changes it."""
    if not points or abs(points) > LARGEST:
        raise UsageError(f"{points} points: give 1 to {LARGEST}, or as many minus points")
    rule = _read(store, what)._replace(points=points, half_life=half_life)
    if rule.what == "fit" and half_life:
        raise UsageError("a fit does not fade; --half-life is for activities")
    with store.operation("scored") as op:
        for known in store.scores.rules():
            if known.text.casefold() == rule.text.casefold():
                if (known.points, known.half_life) == (points, half_life):
                    raise RuleError(f"{rule.text} gives {_worth(rule)} already")
                store.scores.save(known._replace(points=points, half_life=half_life))
                return Answer((f"score rule {known.id}", known.text, f"{_worth(known)} -> {_worth(rule)}"), op.id)
        saved = store.scores.add(rule, op=op.id)
    return Answer((f"score rule {saved.id}", saved.text, _worth(saved)), op.id)


def remove_rule(store: Store, text: str) -> Answer:
    """Take a rule away, named by its number or by what it gives points for."""
    with store.operation("took away a score rule") as op:
        rule = _named(store, text)
        store.scores.remove(rule.id)
    return Answer((f"score rule {rule.id}", rule.text, "removed"), op.id)


def _named(store: Store, text: str) -> ScoreRule:
    if text.isascii() and text.isdecimal():
        return store.scores.get(int(text))
    rules = store.scores.rules()
    return pick(text, [(rule.text, rule) for rule in rules], "score rule", hint="salestrack score list shows them")


def _read(store: Store, text: str) -> ScoreRule:
    """Read `segment=agency`, `field:size=large` or a kind of activity; UsageError naming what there is."""
    name, equals, value = text.partition("=")
    if not equals:
        return ScoreRule("activity", store.activities.kind(text), None, 0)
    tidy = clean(value, "value")
    head = name.strip().casefold()
    if head.startswith("field:"):
        fields = store.scores.customer_fields()
        wanted = pick(name.strip()[len("field:") :], [(one, one) for one in fields], "field of customers")
        return ScoreRule("fit", f"field:{wanted}", tidy, 0)
    if head not in ATTRIBUTES:
        near = similar(head, ATTRIBUTES, most=1)
        known = ", ".join((*ATTRIBUTES, "field:NAME"))
        hint = f"did you mean {near[0]}?" if near else f"one of: {known}; or a kind of activity alone"
        raise UsageError(f"customers have no '{name}' to give points for", hint=hint)
    return ScoreRule("fit", head, tidy, 0)


def _worth(rule: ScoreRule) -> str:
    points = f"{rule.points} point{'' if abs(rule.points) == 1 else 's'}"
    if rule.what == "fit":
        return points
    fading = f", half after every {rule.half_life} days" if rule.half_life else ", without end"
    return f"{points} each{fading}"


def _order(points: int | None, *, down: bool) -> tuple[bool, int]:
    return points is None, -(points or 0) if down else points or 0
