"""Documents about what is done and what is left to do: activity, and the next steps."""

from typing import Any

from salestrack.render.document import Column, Document
from salestrack.render.reports.shared import (
    before_column,
    compared_with,
    head_fields,
    key_column,
    schema,
    title_by,
)
from salestrack.reports.actions import Actions
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
    """Return the next steps as a list, each with the command to paste."""
    return Document(
        schema="salestrack/actions@1",
        title="Next steps",
        as_of=report.head.as_of,
        columns=(
            Column(name="ref", title="", kind="ref"),
            Column(name="what", title="What", shrink=True),
            Column(name="reason", title="Why", shrink=True),
            Column(name="command", title="Command"),
        ),
        rows=[(one.ref, one.what, one.reason, one.command) for one in report.rows],
    )


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
