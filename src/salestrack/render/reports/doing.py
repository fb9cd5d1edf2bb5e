"""Documents about what is done and what is left to do: activity, and the next steps."""

from datetime import date, timedelta
from typing import Any

from salestrack.domain.dates import MONTHS, format_day
from salestrack.domain.money import Money
from salestrack.render.document import Column, Document
from salestrack.render.reports.shared import (
    before_column,
    compared_with,
    head_fields,
    key_column,
    schema,
    title_by,
)
from salestrack.reports.actions import Action, Actions, Month
from salestrack.reports.activity import Activity, ActivityRow
from salestrack.reports.frames import Frame


def activity_document(report: Activity, *, brief: bool = False) -> Document:
    """Return what was done as a document: a single row is drawn one field a line, a brief one on fewer lines."""
    frame = report.frame
    return Document(
        schema=schema("activity"),
        **head_fields(report.head),
        title=title_by("Activity", frame),
        columns=_activity_columns(frame, brief=brief),
        rows=[_activity(row) for row in report.rows],
        totals=_activity(report.totals),
        notes=report.head.notes,
        extra={"vs": compared_with(frame)},
        upright=frame.by is None,
    )


def actions_document(report: Actions) -> Document:
    """Return the next steps as a list, each with the command to paste; two lines each on a terminal."""
    scored = any(one.score is not None for one in report.rows)
    return Document(
        schema="salestrack/actions@1",
        title=_day(report) if report.month else "Next steps",
        headline=_headline(report),
        as_of=report.head.as_of,
        columns=(
            Column(name="ref", title="", kind="ref"),
            Column(name="what", title="What", shrink=True),
            Column(name="amount", title="Amount", kind="money"),
            Column(name="reason", title="Why", tones={}),
            Column(name="reach", title="Reach"),
            Column(name="score", title="Score", kind="int", only_json=not scored),
            Column(name="note", title="Last note", shrink=True),
            Column(name="command", title="Command"),
            *(Column(name=name, title="", only_json=True) for name in _DATA),
        ),
        rows=[_action(one) for one in report.rows],
        stacked=(("ref", "what", "reach", "score", "amount"), ("reason", "note", "command")),
        notes=(f"{report.more:,} more (salestrack today --all)",) if report.more > 0 else (),
        extra=_extra(report),
    )


def _extra(report: Actions) -> dict[str, Any]:
    """Return what programs get besides the rows; people read the ranking in the help, not every morning."""
    said = {"as_of": report.head.as_of, "definition": report.head.definition}
    return said | ({"more": report.more, "month": _month(report.month)} if report.month else {})


_DATA = ("urgency", "customer", "deal", "contact", "phone")


def _action(one: Action) -> dict[str, Any]:
    reach = " ".join(part for part in (one.contact, one.phone) if part) or None
    note = " ".join(one.note.split()) if one.note else None
    fields = ("ref", "what", "amount", "reason", "score", "command", *_DATA)
    return {**{name: getattr(one, name) for name in fields}, "reach": reach, "note": note}


def _day(report: Actions) -> str:
    return f"{format_day(report.head.as_of)}{'' if report.works else ', not a working day'}"


def _headline(report: Actions) -> tuple[Any, ...]:
    """Say how the month stands: its target and pace, or its revenue so far."""
    month = report.month
    if month is None:
        return ()
    period = _period(month, report.head.as_of)
    if month.target is None:
        return (f"{period}:", month.actual, "revenue so far")
    what = "" if month.metric == "revenue" else f" {month.metric}"
    reached = f" ({month.attainment:.0%})".replace("%", " %") if month.attainment is not None else ""
    said = f"{what}{reached}, {month.status}".strip()
    missing = month.required_per_day
    if month.status in {"ahead", "no target"} or not (missing.minor if isinstance(missing, Money) else missing):
        return (f"{period}:", month.actual, "of", month.target, said)
    return (f"{period}:", month.actual, "of", month.target, f"{said};", month.required_per_day, "a day to go")


def _period(month: Month, today: date) -> str:
    """Return the month by its name, other periods by their ends."""
    first, after = month.start, month.end + timedelta(days=1)
    if first.day == 1 and after.day == 1 and (after.year * 12 + after.month) - (first.year * 12 + first.month) == 1:
        name = MONTHS[first.month - 1].title()
        return name if first.year == today.year else f"{name} {first.year}"
    return f"{month.start}..{month.end}"


def _month(month: Month) -> dict[str, Any]:
    return {name: getattr(month, name) for name in Month.__slots__}


def _activity(row: ActivityRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "count": row.count,
        "calls": row.calls,
        "call_minutes": row.call_minutes,
        "connect_rate": row.connect_rate,
        "emails": row.emails,
        "reply_rate": row.reply_rate,
        "meetings": row.meetings,
        "demos": row.demos,
        "count_before": row.count_before,
        "calls_before": row.calls_before,
        "emails_before": row.emails_before,
        "meetings_before": row.meetings_before,
        "demos_before": row.demos_before,
    }


def _activity_columns(frame: Frame, *, brief: bool) -> tuple[Column, ...]:
    split = frame.by is not None
    return (
        key_column(frame),
        Column(name="count", title="All", kind="int"),
        before_column("count_before", "All", "int", frame),
        Column(name="calls", title="Calls", kind="int"),
        Column(name="call_minutes", title="Call minutes", kind="int"),
        Column(name="connect_rate", title="Connected", kind="rate"),
        Column(name="emails", title="Mails", kind="int"),
        Column(name="reply_rate", title="Replied", kind="rate"),
        Column(name="meetings", title="Meetings", kind="int"),
        Column(name="demos", title="Demos", kind="int"),
        before_column("calls_before", "Calls", "int", frame, wide=split, hidden=brief),
        before_column("emails_before", "Mails", "int", frame, wide=split, hidden=brief),
        before_column("meetings_before", "Meetings", "int", frame, wide=split, hidden=brief),
        before_column("demos_before", "Demos", "int", frame, wide=split, hidden=brief),
    )
