"""The one way in which records are edited: all or nothing, shown before where they are many, undone at once."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain.refs import KINDS, Ref
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer, Ask
from salestrack.services.edits import Change, Note, telling
from salestrack.services.edits.kinds import kind_of
from salestrack.services.edits.telling import Changed
from salestrack.services.edits.values import grouped
from salestrack.store import Operation, Store

MANY = 3  # so many records are shown before they are changed


class Plan(NamedTuple):
    """What is to change on which record; check, when given, is asked within the operation before anything is written."""

    steps: Sequence[tuple[Ref, Sequence[Change]]]
    on: date
    correct: bool = False
    check: Callable[[], None] | None = None


class Outcome(NamedTuple):
    """What an edit comes to: the records that change, those that were so already, and remarks."""

    op: int
    changed: tuple[Changed, ...]
    same: tuple[Ref, ...]
    notes: tuple[str, ...]


def edit(
    store: Store, refs: Sequence[Ref], changes: Sequence[Change], *, on: date, ask: Ask | None, yes: bool,
    correct: bool = False,
) -> Answer:  # fmt: skip
    """Make the same changes on every record, in one operation; three or more are shown and asked about first.

    Raises UsageError for a change that does not fit a record, or where many would have to be asked about and nobody is
    there; RuleError when all was so already.
    """
    if not changes:
        raise UsageError("nothing to change", hint="for example --owner ana, --note 'call after six'")
    for ref in refs:
        _refuse_unfit(ref, changes)
    if correct and (other := next((ref for ref in refs if ref.letter != "d"), None)):
        raise UsageError(f"--correct rewrites the history of deals, and {other} is {_article(other)}")
    return carry_out(store, Plan([(ref, changes) for ref in refs], on, correct), ask=ask, yes=yes)


def carry_out(store: Store, plan: Plan, *, ask: Ask | None, yes: bool) -> Answer:
    """Write what a plan says, in one operation; raises what `edit` raises."""
    wanted = _agreed(store, plan, ask) if len(plan.steps) >= MANY and not yes else None
    with store.operation("corrected" if plan.correct else "edited") as op:
        outcome = _applied(store, plan, op)
        if wanted and outcome.changed != wanted.changed:
            raise RuleError(
                "somebody changed these records meanwhile; nothing was changed", hint="look again, and repeat"
            )
    return _answer(outcome)


def _agreed(store: Store, plan: Plan, ask: Ask | None) -> Outcome:
    """Show what would change and ask, where that is many; return it."""
    wanted = _previewed(store, plan)
    counted = telling.counted([changed.ref for changed in wanted.changed])
    if len(wanted.changed) < MANY:
        return wanted
    if ask is None:
        raise UsageError(f"this changes {counted}", hint="add -y to change so many without being asked")
    if not ask.confirm(f"{telling.preview(wanted.changed)}\nChange {counted}?"):
        raise RuleError("nothing was changed")
    return wanted


class _Shown(Exception):  # noqa: N818 - no error: it ends a look
    """Ends an operation that only shows what would change, so that nothing of it stays."""


def _previewed(store: Store, plan: Plan) -> Outcome:
    outcome: Outcome | None = None
    try:
        with store.operation("edited") as op:
            outcome = _applied(store, plan, op)
            raise _Shown
    except _Shown:
        assert outcome
    return outcome


def _applied(store: Store, plan: Plan, op: Operation) -> Outcome:
    if plan.check:
        plan.check()
    changed: list[Changed] = []
    same: list[Ref] = []
    notes: list[str] = []
    for ref, changes in plan.steps:
        kind = kind_of(ref)
        before = kind.touched(kind.get(store, ref.id))
        parts = [
            part
            for change in grouped(changes, correct=plan.correct)
            for part in change.apply(store, ref, op=op, on=plan.on)
        ]
        notes += [part for part in parts if isinstance(part, Note)]
        if written := tuple(part for part in parts if not isinstance(part, Note)):
            record = kind.get(store, ref.id)
            changed.append(Changed(ref, kind.label(store, record), written))
            op.touch(str(ref))
            op.touch(*before, *kind.touched(record))
        else:
            same.append(ref)
    if not changed:
        raise RuleError(_all_same(same))
    return Outcome(op.id, tuple(changed), tuple(same), tuple(dict.fromkeys(notes)))


def _answer(outcome: Outcome) -> Answer:
    changed = outcome.changed
    parts = telling.of_one(changed[0]) if len(changed) == 1 else telling.of_many(changed)
    same = (f"{telling.compact(outcome.same)} {_were(outcome.same)} so already",) if outcome.same else ()
    return Answer(parts, outcome.op, (*same, *outcome.notes))


def _all_same(refs: Sequence[Ref]) -> str:
    return f"nothing to change: {telling.compact(refs)} {_were(refs)} so already"


def _were(refs: Sequence[Ref]) -> str:
    return "was" if len(refs) == 1 else "were"


def _refuse_unfit(ref: Ref, changes: Sequence[Change]) -> None:
    kind_of(ref)
    for change in changes:
        if ref.letter not in change.letters:
            kinds = " and ".join(telling.plural(KINDS[letter]) for letter in change.letters)
            kinds = "deals, sales and activities" if change.option == "--date" else kinds
            raise UsageError(f"{change.option} does not fit {ref}, which is {_article(ref)}", hint=f"it is for {kinds}")


def _article(ref: Ref) -> str:
    return f"{'an' if ref.kind[0] in 'aeiou' else 'a'} {ref.kind}"
