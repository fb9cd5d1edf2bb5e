"""Making a new book."""

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from salestrack.domain.activities import DEFAULT_KINDS
from salestrack.domain.pipelines import DEFAULT_STAGES, StageKind
from salestrack.store import Actor, Store
from salestrack.store.engine import Engine
from salestrack.store.migrations import make_book

DEFAULT_REASONS = ("price", "competitor", "timing", "no budget", "no need", "no answer")


class Answers(NamedTuple):
    """What a new book must know; weekdays count from 0 for Monday, the fiscal year begins in a month from 1 to 12."""

    currency: str
    week_start: int = 0
    fiscal_start: int = 1
    working_days: frozenset[int] = frozenset(range(5))
    owner: str | None = None
    stages: tuple[tuple[str, int, StageKind], ...] = DEFAULT_STAGES


def new_book(path: Path, answers: Answers, actor: Actor) -> None:
    """Create a book at path with a first pipeline, kinds of activity and reasons for losing; whole or not at all."""

    def fill(engine: Engine) -> None:
        store = Store(engine, actor)
        with store.operation("made this book", kind="make") as op:
            owner = store.owners.ensure(answers.owner, op=op.id)[0] if answers.owner else ""
            for key, value in _settings(answers, str(owner)):
                store.settings.put(key, value, op=op.id)
            store.stages.add_pipeline("sales", answers.stages, op=op.id)
            for name in DEFAULT_REASONS:
                store.reasons.put(name, op=op.id)
            for position, (name, letter) in enumerate(DEFAULT_KINDS):
                row = {"name": name, "letter": letter, "position": position, "created_op": op.id}
                engine.insert("activity_kinds", row)

    make_book(path, fill)


def _settings(answers: Answers, owner: str) -> Iterable[tuple[str, str]]:
    yield "uid", secrets.token_hex(16)
    yield "currency", answers.currency
    yield "week_start", str(answers.week_start)
    yield "fiscal_start", str(answers.fiscal_start)
    yield "working_days", ",".join(str(day) for day in sorted(answers.working_days))
    yield "owner", owner
