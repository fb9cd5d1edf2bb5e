"""What follows by itself: rules of the book that plan a next step after an activity, or when a deal enters a stage."""

from datetime import date, datetime

from salestrack.domain.activities import Activity
from salestrack.domain.dates import format_day
from salestrack.domain.follow_ups import FollowUp, due_day, parse_wait
from salestrack.domain.names import climb, fold
from salestrack.domain.pipelines import Stage
from salestrack.errors import AmbiguousError, RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Operation, Store


def follow(
    store: Store,
    op: Operation,
    *,
    after_kind: str | None = None,
    stage_id: int | None = None,
    deal_id: int | None,
    customer_id: int | None,
    contact_id: int | None,
    owner_id: int | None,
    on: date,
    now: datetime,
) -> list[str]:
    """Plan what the book's rules say, and return it in words for the answer; nothing where no rule is meant.

    A step that would lie before today is left out, and one of the kind that is planned already is not doubled.
    """
    if deal_id is None and customer_id is None:
        return []
    told: list[str] = []
    for rule in store.follow_ups.on(after_kind=after_kind, stage_id=stage_id):
        # Fetched here: most of what is recorded sets off nothing.
        from salestrack.services.calendar import calendar_of

        day, meant = due_day(rule.wait, on, calendar_of(store))
        if day < now.date():
            continue
        if known := store.activities.next_of(rule.kind, customer_id=customer_id, deal_id=deal_id):
            told.append(f"planned already: {rule.kind} {_day(known)} ({known.ref})")
            continue
        step = Activity(
            kind=rule.kind,
            customer_id=customer_id,
            contact_id=contact_id,
            deal_id=deal_id,
            owner_id=owner_id,
            done=False,
            due_on=day,
            logged_at=now.isoformat(timespec="seconds"),
            note=rule.note,
        )
        saved = store.activities.add(step, op=op.id)
        op.touch(saved.ref)
        moved = f", as {format_day(meant)} is not worked" if meant != day else ""
        told.append(f"follows: {rule.kind} {format_day(day)} ({saved.ref}{moved})")
    return told


def add_rule(
    store: Store, after: str, kind: str, wait: str, note: str | None, *, pipeline: str | None = None
) -> Answer:
    """Plan a step of a kind some days after an activity, or after a deal enters a stage; the same again changes it."""
    step, later = store.activities.kind(kind), parse_wait(wait)
    with store.operation("set a follow-up rule") as op:
        rule = _trigger(store, after, pipeline)._replace(kind=step, wait=later, note=note)
        if rule.after_kind == step and not later.days:
            raise RuleError(f"a {step} that is followed by a {step} on the same day would never end")
        for known in store.follow_ups.all():
            if (known.after_kind, known.stage_id, known.kind) == (rule.after_kind, rule.stage_id, rule.kind):
                if known._replace(id=0, stage=rule.stage) == rule:
                    raise RuleError(f"that rule is there already: {known.text}")
                store.follow_ups.save(rule._replace(id=known.id))
                was = (f"was {known.wait.text()}",) if known.wait != later else ()
                said = (note,) if note else ("without its note",) if known.note else ()
                return Answer((f"follow-up rule {known.id}", rule.text, *was, *said), op.id)
        saved = store.follow_ups.add(rule, op=op.id)
    return Answer((f"follow-up rule {saved.id}", saved.text, *((note,) if note else ())), op.id)


def remove_rule(store: Store, number: int) -> Answer:
    """Take a rule away by its number; steps that it planned stay."""
    with store.operation("took away a follow-up rule") as op:
        rule = store.follow_ups.get(number)
        store.follow_ups.remove(rule.id)
    return Answer((f"follow-up rule {rule.id}", rule.text, "removed; the steps it planned stay"), op.id)


def _trigger(store: Store, text: str, pipeline: str | None) -> FollowUp:
    """Return an empty rule with what sets it off: a kind of activity, or a stage; `stage:NAME` where it could be both."""
    head, colon, name = text.partition(":")
    if colon and head.casefold() not in {"stage", "kind"}:
        raise UsageError(f"'{text}' is neither a kind of activity nor a stage", hint="write stage:NAME or kind:NAME")
    wanted = name if colon else text
    kind = _kind(store, wanted) if head.casefold() != "stage" or not colon else None
    within = store.stages.pipeline_id(pipeline) if pipeline else None
    stages = [stage for stage in store.stages.all() if within in {None, stage.pipeline_id}]
    found = climb(wanted, [(stage.name, stage) for stage in stages]) if head.casefold() != "kind" or not colon else []
    same = [stage for stage in found if fold(stage.name) == fold(wanted)]
    if kind and same:
        hint = f"write kind:{kind} or stage:{same[0].name}"
        raise AmbiguousError(f"'{text}' is a kind of activity, and also the stage {same[0].name}", hint=hint)
    empty = parse_wait("0d")
    if kind:
        return FollowUp("", empty, after_kind=kind)
    stage = _one(text, found)
    if stage is None:
        kinds = ", ".join(name for name, _ in store.activities.kinds())
        names = ", ".join(dict.fromkeys(stage.name for stage in stages))
        raise UsageError(f"'{text}' is neither a kind of activity nor a stage", hint=f"kinds: {kinds}; stages: {names}")
    return FollowUp("", empty, stage_id=stage.id, stage=stage.name)


def _kind(store: Store, text: str) -> str | None:
    """Return the kind that goes by exactly this name or letter, in any case."""
    wanted = text.casefold()
    return next((name for name, letter in store.activities.kinds() if wanted in {name.casefold(), letter}), None)


def _one(text: str, found: list[Stage]) -> Stage | None:
    if len(found) > 1:
        names = ", ".join(f"{stage.name} ({stage.pipeline})" for stage in found)
        raise AmbiguousError(f"'{text}' could be {names}", hint="type more of the name, or add --pipeline")
    return found[0] if found else None


def _day(step: Activity) -> str:
    return format_day(step.due_on) if step.due_on else "without a day"
