"""log, plan, done: what happened and what comes next."""

from typing import Annotated

import typer

from salestrack.cli.context import Context, joined, run_of
from salestrack.cli.fielding import field_values
from salestrack.cli.options import (
    NO_STEP,
    ByOption,
    DateOption,
    DealOption,
    FieldOption,
    NewOption,
    NextOption,
    NoFollowUpOption,
    NoteArgument,
    TagOption,
    WhoArgument,
)
from salestrack.cli.repeating import EveryOption, UntilOption
from salestrack.domain.dates import parse_future, parse_moment
from salestrack.domain.durations import parse_duration
from salestrack.domain.refs import AT, parse_ref
from salestrack.errors import UsageError
from salestrack.services.activities import Happening, Step, find_target, finish
from salestrack.services.activities import log as record
from salestrack.services.activities import plan as record_plan

KindArgument = Annotated[
    str, typer.Argument(metavar="KIND", help="call, email, meeting ... or its letter.", show_default=False)
]
ForOption = Annotated[str | None, typer.Option("--for", metavar="DUR", help="How long it took: 15m, 1h30.")]
OutcomeOption = Annotated[str | None, typer.Option("--outcome", metavar="O", help="connected, no answer, no-show ...")]
NextKindOption = Annotated[str | None, typer.Option("--next-kind", metavar="KIND", help="The kind of the next step.")]
NextNoteOption = Annotated[str | None, typer.Option("--next-note", metavar="TEXT", help="What to do next.")]


def log(
    ctx: typer.Context,
    kind: KindArgument,
    who: WhoArgument,
    note: NoteArgument = None,
    *,
    date: DateOption = None,
    length: ForOption = None,
    deal: DealOption = None,
    outcome: OutcomeOption = None,
    inward: Annotated[bool, typer.Option("--in", help="They came to us.")] = False,
    outward: Annotated[bool, typer.Option("--out", help="We went to them.")] = False,
    next_on: NextOption = None,
    next_kind: NextKindOption = None,
    next_note: NextNoteOption = None,
    alone: NoFollowUpOption = False,
    owner: ByOption = None,
    tag: TagOption = None,
    field: FieldOption = None,
    new: NewOption = False,
) -> None:
    """Record a call, mail, meeting, visit, demo, quote, note or task that happened.

    It joins the customer's only open deal, and becomes the planned step of its kind that was due.
    """
    run = run_of(ctx)
    store = run.store
    chosen = store.activities.kind(kind)
    on, at = parse_moment("today" if date is None else date, run.words, run.time)
    if inward and outward:
        raise UsageError("--in and --out exclude each other")
    what = Happening(
        kind=chosen,
        on=on,
        at=at,
        minutes=parse_duration(length) if length is not None else None,
        direction="in" if inward else "out" if outward else None,
        outcome=_outcome(run, outcome),
        note=joined(note),
        tags=tuple(tag or ()),
        fields=field_values(run, field),
        next=_step(run, next_on, next_kind or kind, next_note, explicit=next_kind is not None),
        follow=not alone and next_on != NO_STEP,
        owner_id=store.owners.resolve(owner) if owner is not None else None,
    )
    target = find_target(store, who, following=(note or [""])[0], deal=deal, new=new, ask=run.ask)
    run.say(record(store, target, what, now=run.now, owner_id=run.owner_id))


def plan(
    ctx: typer.Context,
    kind: KindArgument,
    who: WhoArgument,
    date: Annotated[
        str, typer.Argument(metavar="DATE", help="When it is due: fri, +2d, 2026-03-20.", show_default=False)
    ],
    note: NoteArgument = None,
    *,
    deal: DealOption = None,
    every: EveryOption = None,
    until: UntilOption = None,
    owner: ByOption = None,
    field: FieldOption = None,
    new: NewOption = False,
) -> None:
    """Record a next step, without anything having happened yet; with --every the next one follows when it is done."""
    run = run_of(ctx)
    step = Step(run.store.activities.kind(kind), parse_future(date, run.words), None, joined(note))
    step = _repeating(run, step._replace(fields=field_values(run, field)), every, until)
    owner_id = run.owned_by(owner)
    target = find_target(run.store, who, following="", deal=deal, new=new, ask=run.ask)
    run.say(record_plan(run.store, target, step, now=run.now, owner_id=owner_id))


def done(
    ctx: typer.Context,
    activity: Annotated[
        str,
        typer.Argument(metavar="ACTIVITY", help="The id of a planned step, like a12.", show_default=False),
    ],
    note: NoteArgument = None,
    *,
    date: DateOption = None,
    length: ForOption = None,
    outcome: OutcomeOption = None,
    next_on: NextOption = None,
    next_kind: NextKindOption = None,
    next_note: NextNoteOption = None,
    alone: NoFollowUpOption = False,
    last: Annotated[bool, typer.Option("--last", "--stop", help="It repeats no more.")] = False,
) -> None:
    """Mark a planned step as done; of one that repeats, the next one is planned."""
    run = run_of(ctx)
    on, at = parse_moment("today" if date is None else date, run.words, run.time)
    what = Happening(
        kind="",
        on=on,
        at=at,
        minutes=parse_duration(length) if length is not None else None,
        outcome=_outcome(run, outcome),
        note=joined(note),
        next=_step(run, next_on, next_kind, next_note, explicit=next_kind is not None),
        follow=not alone and next_on != NO_STEP,
        last=last,
    )
    run.say(finish(run.store, _activity(run, activity), what, now=run.now))


def _outcome(run: Context, text: str | None) -> str | None:
    return None if text is None else run.store.outcomes.resolve(text)


def _activity(run: Context, text: str) -> int:
    if text == AT:
        text = run.store.journal.last_ref("a") or text
    ref = parse_ref(text, "a")
    if ref is None or ref.letter != "a" or not ref.id:
        raise UsageError(f"'{text}' is not the id of an activity", hint="salestrack activity list shows them, like a12")
    return ref.id


def _repeating(run: Context, step: Step, every: str | None, until: str | None) -> Step:
    if every is None:
        if until is not None:
            raise UsageError("--until is about what repeats", hint="add --every week")
        return step
    # Fetched here: most steps are planned once.
    from salestrack.domain.recurring import parse_every

    # A step on a day that is not worked moves to the next one that is, so every day is every working day.
    often = parse_every("day" if every.strip().lower() in {"weekday", "workday"} else every)
    return step._replace(every=often, until=parse_future(until, run.words, "end") if until is not None else None)


def _step(run: Context, on: str | None, kind: str | None, note: str | None, *, explicit: bool = False) -> Step | None:
    if on is None or on == NO_STEP:
        if note or explicit:
            raise UsageError("a next step needs its day", hint="add --next +2d")
        return None
    chosen = run.store.activities.kind(kind) if kind else ""
    return Step(chosen, parse_future(on, run.words, "next step"), None, note)
