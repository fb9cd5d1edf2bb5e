"""The rules of a book as documents: what follows by itself, and what gives points."""

from collections.abc import Sequence
from datetime import date

from salestrack.domain.follow_ups import FollowUp
from salestrack.domain.scores import ScoreRule
from salestrack.render.document import Column, Document


def follow_ups_document(rules: Sequence[FollowUp], *, as_of: date) -> Document:
    """Return the follow-up rules, one a row."""
    return Document(
        schema="salestrack/follow-ups@1",
        title=_counted(len(rules), "follow-up rule"),
        as_of=as_of,
        columns=(
            Column(name="number", title="No.", kind="int"),
            Column(name="trigger", title="When"),
            Column(name="kind", title="Then"),
            Column(name="wait", title="How much later"),
            Column(name="note", title="Note", shrink=True),
            Column(name="retired", title="Retired", only_json=not any(rule.retired for rule in rules)),
            Column(name="after_kind", title="", only_json=True),
            Column(name="stage", title="", only_json=True),
            Column(name="days", title="", kind="int", only_json=True),
            Column(name="working_days", title="", kind="bool", only_json=True),
        ),
        rows=[
            (
                rule.id,
                rule.trigger,
                rule.kind,
                rule.wait.text(),
                rule.note,
                rule.retired,
                rule.after_kind,
                rule.stage,
                *rule.wait,
            )
            for rule in rules
        ],
    )


def scores_document(rules: Sequence[ScoreRule], *, as_of: date) -> Document:
    """Return the score rules, one a row."""
    return Document(
        schema="salestrack/scores@1",
        title=_counted(len(rules), "score rule"),
        as_of=as_of,
        columns=(
            Column(name="number", title="No.", kind="int"),
            Column(name="for", title="For"),
            Column(name="points", title="Points", kind="int"),
            Column(name="half_life", title="Half after days", kind="int"),
            Column(name="what", title="", only_json=True),
            Column(name="name", title="", only_json=True),
            Column(name="value", title="", only_json=True),
        ),
        rows=[
            (rule.id, rule.text if rule.what == "fit" else f"each {rule.name}", rule.points, rule.half_life, *rule[:3])
            for rule in rules
        ],
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
