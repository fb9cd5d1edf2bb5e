"""Activity: calls, mails, meetings and demos that happened, by the day they happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from salestrack.domain.facts import ActivityCount, Replies
from salestrack.domain.measures import Rate
from salestrack.reports.frames import Frame, Head
from salestrack.reports.groups import Group, groups, whole
from salestrack.reports.statistics import share

DEFINITION = (
    "done activities by the day they happened; connect rate = calls with the outcome connected / calls with an "
    "outcome; reply rate = people who replied within 14 days / people mailed; a no-show is not held"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFacts:
    """Counts and replies by key, and both for everything at once."""

    rows: Sequence[ActivityCount]
    whole: Sequence[ActivityCount]
    replies: Sequence[Replies]
    whole_replies: Sequence[Replies]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """What was done for one key; the last fields are the same in the period compared with."""

    key: str | None
    count: int
    calls: int
    call_minutes: int
    connect_rate: Rate
    emails: int
    reply_rate: Rate
    meetings: int
    demos: int
    count_before: int | None
    calls_before: int | None
    emails_before: int | None
    meetings_before: int | None
    demos_before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The report: rows by key, and everything together."""

    head: Head
    frame: Frame
    rows: tuple[ActivityRow, ...]
    totals: ActivityRow


def activity(facts: ActivityFacts, frame: Frame) -> Activity:
    """Return what was done by key, as METRICS defines activity and reply rate."""
    replies = {group.id: group.own for group in groups(facts.replies, frame)}
    rows = tuple(_row(group, replies.get(group.id, ())) for group in groups(facts.rows, frame))
    everything = whole(facts.whole, frame)
    totals = _row(everything, whole(facts.whole_replies, frame).own)
    silent = totals.calls - totals.connect_rate.n
    notes = (_silent(silent, totals.calls),) if silent else ()
    head = Head(as_of=frame.today, period=frame.period, definition=DEFINITION, formulas=_formulas(totals), notes=notes)
    return Activity(head=head, frame=frame, rows=rows, totals=totals)


def _row(group: Group[ActivityCount], replies: Sequence[Replies]) -> ActivityRow:
    own, before = group.own, group.before
    return ActivityRow(
        key=group.key,
        count=_sum(own, "activities"),
        calls=_sum(own, "calls"),
        call_minutes=round(_sum(own, "call_seconds") / 60),
        connect_rate=share(_sum(own, "connected"), _sum(own, "outcomes")),
        emails=_sum(own, "emails"),
        reply_rate=share(sum(one.replied for one in replies), sum(one.mailed for one in replies)),
        meetings=_sum(own, "meetings"),
        demos=_sum(own, "demos"),
        count_before=None if before is None else _sum(before, "activities"),
        calls_before=None if before is None else _sum(before, "calls"),
        emails_before=None if before is None else _sum(before, "emails"),
        meetings_before=None if before is None else _sum(before, "meetings"),
        demos_before=None if before is None else _sum(before, "demos"),
    )


def _sum(facts: Sequence[ActivityCount], field: str) -> int:
    return sum(getattr(fact, field) for fact in facts)


def _formulas(totals: ActivityRow) -> tuple[str, ...]:
    found = []
    for name, rate in (("connect rate", totals.connect_rate), ("reply rate", totals.reply_rate)):
        if rate.value is not None:
            found.append(f"{name} = {round(rate.value * rate.n)} / {rate.n} = {rate.value:.4f}")
    return tuple(found)


def _silent(silent: int, calls: int) -> str:
    if calls == 1:
        return "the only call has no outcome and is not in the connect rate"
    has = "has no outcome and is" if silent == 1 else "have no outcome and are"
    return f"{silent:,} of {calls:,} calls {has} not in the connect rate"
