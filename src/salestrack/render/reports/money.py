"""Documents of the reports about money: revenue, and quotas with their pace."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from salestrack.domain.dates import DAYS
from salestrack.render.document import Column, Document, Tone
from salestrack.render.reports.shared import (
    bar_column,
    bars,
    before_column,
    compared_with,
    days_label,
    head_fields,
    key_column,
    left_out,
    schema,
    title_by,
    unconverted,
)
from salestrack.reports.frames import Frame
from salestrack.reports.quota import QuotaReport, QuotaRow
from salestrack.reports.revenue import RevenueReport, RevenueRow, ToBill

STATUS_TONES: dict[str, Tone] = {"ahead": "good", "on track": "good", "at risk": "due", "behind": "bad"}


def revenue_document(report: RevenueReport, *, brief: bool = False) -> Document:
    """Return revenue as a document: a single row is drawn one field a line, a brief one fits a narrow terminal."""
    frame = report.frame
    pictures = bars([row.amount for row in report.rows]) if frame.by else [None]
    return Document(
        schema=schema("revenue"),
        **head_fields(report.head),
        title=title_by("Revenue", frame),
        columns=_revenue_columns(frame, brief=brief),
        rows=[
            _revenue(row) | {"weekday": _weekday(row, frame), "bar": bar}
            for row, bar in zip(report.rows, pictures, strict=True)
        ],
        totals=_revenue(report.totals),
        notes=report.head.notes + left_out(report.unconverted),
        extra={
            "unconverted": unconverted(report.unconverted),
            "vs": compared_with(frame),
            "to_bill": _to_bill(report.to_bill) if report.to_bill else [],
        },
        upright=frame.by is None,
    )


def quota_document(report: QuotaReport) -> Document:
    """Return attainment and pace as a document; columns that say the same in every row are not drawn."""
    rows = report.rows
    return Document(
        schema=schema("quota"),
        **head_fields(report.head),
        title="Quota",
        columns=_quota_columns(rows),
        rows=[_quota(row) for row in rows],
        totals=_quota(report.totals) if report.totals else {},
        notes=report.head.notes + left_out(report.unconverted),
        extra={"unconverted": unconverted(report.unconverted)},
    )


def _weekday(row: RevenueRow, frame: Frame) -> str | None:
    start = row.period.start
    return DAYS[start.weekday()][:3].title() if frame.by == "day" and start else None


def _revenue(row: RevenueRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "start": row.period.start,
        "end": row.period.end,
        "amount": row.amount,
        "sales": row.sales,
        "refunds": row.refunds,
        "before": row.before,
        "change": row.change,
    }


def _to_bill(found: tuple[ToBill, ...]) -> Document:
    return Document(
        schema="salestrack/to_bill@1",
        title="To bill",
        columns=(
            Column(name="deal", title="Deal", kind="ref"),
            Column(name="customer", title="Customer", shrink=True),
            Column(name="title", title="Title", shrink=True),
            Column(name="amount", title="Won amount", kind="money"),
            Column(name="billed", title="Billed", kind="money"),
            Column(name="to_bill", title="To bill", kind="money"),
        ),
        rows=[(one.ref, one.customer, one.title, one.amount, one.billed, one.rest) for one in found],
    )


def _quota(row: QuotaRow) -> dict[str, Any]:
    return {
        "owner": row.owner,
        "channel": row.channel,
        "metric": row.metric,
        "period": days_label(row.start, row.end),
        "start": row.start,
        "end": row.end,
        "target": row.target,
        "actual": row.actual,
        "attainment": row.attainment,
        "bar": row.attainment,
        "status": row.status,
        "expected": row.expected,
        "gap": row.gap,
        "required_per_day": row.required_per_day,
        "contracted": row.contracted,
        "projected": row.projected,
        "elapsed_days": row.elapsed_days,
        "working_days": row.working_days,
    }


def _revenue_columns(frame: Frame, *, brief: bool) -> tuple[Column, ...]:
    daily = frame.by == "day"
    return (
        replace(key_column(frame), only_json=frame.by is None or (brief and daily)),
        Column(name="weekday", title="Day" if brief else "", only_json=not daily),
        Column(name="start", title="From", kind="date", only_json=True),
        Column(name="end", title="To", kind="date", only_json=True),
        Column(name="amount", title="Revenue", kind="money"),
        bar_column(),
        Column(name="sales", title="Sales", kind="int", wide=brief),
        Column(name="refunds", title="Refunds", kind="int", wide=brief),
        before_column("before", "", "money", frame),
        Column(name="change", title="Change", kind="share", only_json=frame.before is None),
    )


def _quota_columns(rows: Sequence[QuotaRow]) -> tuple[Column, ...]:
    measured = {row.metric for row in rows}
    return (
        Column(name="owner", title="Owner", shrink=True, only_json=not any(row.owner for row in rows)),
        Column(name="channel", title="Channel", only_json=not any(row.channel for row in rows)),
        Column(name="metric", title="Metric", only_json=measured <= {"revenue"}),
        Column(name="period", title="Period"),
        Column(name="start", title="From", kind="date", only_json=True),
        Column(name="end", title="To", kind="date", only_json=True),
        Column(name="target", title="Target", kind="money"),
        Column(name="actual", title="Actual", kind="money"),
        Column(name="attainment", title="Attained", kind="share"),
        bar_column(),
        Column(name="status", title="Status", tones=STATUS_TONES),
        Column(name="expected", title="Expected by now", kind="money", wide=True),
        Column(name="gap", title="Gap", kind="money", wide=True),
        Column(name="required_per_day", title="Needed a day", kind="money", wide=True),
        Column(
            name="contracted",
            title="Contracted",
            kind="money",
            wide=True,
            only_json=not any(row.contracted for row in rows),
        ),
        Column(name="projected", title="Projected", kind="money", wide=True),
        Column(name="elapsed_days", title="Days so far", kind="int", only_json=True),
        Column(name="working_days", title="Working days", kind="int", only_json=True),
    )
