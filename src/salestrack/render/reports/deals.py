"""Documents of the reports about deals: won and lost, the sales cycle, conversion, the pipeline, what slips."""

from dataclasses import fields, replace
from typing import Any

from salestrack.render.document import Column, Document
from salestrack.render.reports.shared import (
    bar_column,
    bars,
    before_column,
    compared_with,
    head_fields,
    key_column,
    left_out,
    schema,
    title_by,
    unconverted,
)
from salestrack.reports.conversion import Conversion
from salestrack.reports.cycle import Cycle
from salestrack.reports.frames import Frame
from salestrack.reports.pipeline import Pipeline
from salestrack.reports.slipping import Slipping
from salestrack.reports.winloss import WinLoss


def winloss_document(report: WinLoss, *, brief: bool = False) -> Document:
    """Return wins and losses as a document: a single row is drawn one field a line, a brief one on fewer lines."""
    frame = report.frame
    of_lost = frame.by == "reason"
    pictures = bars([row.lost_amount if of_lost else row.won_amount for row in report.rows]) if frame.by else [None]
    return Document(
        schema=schema("winloss"),
        **head_fields(report.head),
        title=title_by("Lost deals" if of_lost else "Won and lost", frame),
        columns=_lost_columns(frame) if of_lost else _winloss_columns(frame, brief=brief),
        rows=[_flat(row) | {"bar": bar} for row, bar in zip(report.rows, pictures, strict=True)],
        totals=_flat(report.totals),
        notes=report.head.notes + left_out(report.unconverted),
        extra={"unconverted": unconverted(report.unconverted), "vs": compared_with(frame)},
        upright=frame.by is None,
    )


def cycle_document(report: Cycle) -> Document:
    """Return the sales cycle as a document."""
    return Document(
        schema=schema("cycle"),
        **head_fields(report.head),
        title=title_by("Days from creation to close", report.frame),
        columns=(
            key_column(report.frame),
            Column(name="won", title="Won", kind="spread"),
            Column(name="lost", title="Lost", kind="spread"),
        ),
        rows=[_flat(row) for row in report.rows],
        totals=_flat(report.totals),
        notes=report.head.notes,
        upright=report.frame.by is None,
    )


def conversion_document(report: Conversion, *, brief: bool = False) -> Document:
    """Return the flow through the stages as a document; a brief one fits a narrow terminal."""
    timed = any(row.days for row in report.rows)
    several = len({row.pipeline for row in report.rows}) > 1
    columns = (
        Column(name="pipeline", title="Pipeline", only_json=not several),
        Column(name="stage", title="Stage", shrink=True),
        Column(name="entered", title="Entered", kind="int"),
        Column(name="advanced", title="Advanced", kind="int"),
        Column(name="back", title="Back", kind="int", wide=True),
        Column(name="lost", title="Lost", kind="int"),
        Column(name="open", title="Open", kind="int"),
        Column(name="rate", title="Rate", kind="rate"),
        Column(name="resolved_rate", title="Of resolved", kind="rate", wide=brief),
        Column(name="days", title="Days in stage", kind="spread", wide=True, only_json=not timed),
        Column(name="waiting", title="Still there", kind="spread", wide=True, only_json=not timed),
    )
    return Document(
        schema=schema("conversion"),
        **head_fields(report.head),
        title="Conversion",
        columns=columns,
        rows=[_flat(row) for row in report.rows],
        totals={"entered": report.entered, "won": report.won, "overall": report.overall},
        notes=report.head.notes,
    )


def pipeline_document(report: Pipeline) -> Document:
    """Return the open deals by stage as a document."""
    several = len({row.pipeline for row in report.rows}) > 1
    lacking = {
        "overdue": report.overdue,
        "undated": report.undated,
        "without_next_step": report.without_next_step,
    }
    return Document(
        schema=schema("pipeline"),
        **head_fields(report.head),
        title="Pipeline",
        columns=_pipeline_columns(several=several),
        rows=[
            _flat(row) | {"bar": bar}
            for row, bar in zip(report.rows, bars([row.amount for row in report.rows]), strict=True)
        ],
        totals=_flat(report.totals) | lacking,
        notes=report.head.notes + left_out(report.unconverted),
        extra={"unconverted": unconverted(report.unconverted)},
    )


def slipping_document(report: Slipping) -> Document:
    """Return the open deals that slip as a document."""
    return Document(
        schema=schema("slipping"),
        **head_fields(report.head),
        title="Slipping",
        columns=(
            Column(name="reason", title="Open deals", tones={"overdue": "bad", "stale": "due"}),
            Column(name="deals", title="Deals", kind="int"),
            Column(name="amount", title="Amount", kind="money"),
            Column(name="longest_days", title="Quiet (days)", kind="int"),
        ),
        rows=[_flat(row) for row in report.rows],
        totals={"reason": None, "deals": report.deals, "amount": report.amount, "longest_days": None},
        notes=report.head.notes + left_out(report.unconverted),
        extra={"unconverted": unconverted(report.unconverted)},
    )


def _flat(row: Any) -> dict[str, Any]:
    """Return the fields of a frozen row by name, their values as they are."""
    return {one.name: getattr(row, one.name) for one in fields(row)}


def _winloss_columns(frame: Frame, *, brief: bool) -> tuple[Column, ...]:
    split = frame.by is not None
    return (
        key_column(frame),
        Column(name="won", title="Won", kind="int"),
        before_column("won_before", "Won", "int", frame, wide=split),
        Column(name="lost", title="Lost", kind="int"),
        before_column("lost_before", "Lost", "int", frame, wide=split),
        Column(name="win_rate", title="Win rate", kind="rate"),
        before_column("win_rate_before", "Win rate", "rate", frame, wide=split, hidden=brief),
        Column(name="won_amount", title="Won amount", kind="money"),
        bar_column(),
        before_column("won_amount_before", "Won amount", "money", frame, hidden=brief),
        Column(name="lost_amount", title="Lost amount", kind="money", wide=split, only_json=brief),
        Column(name="average_deal", title="Average deal", kind="money", wide=split, only_json=brief),
        Column(name="median_deal", title="Median deal", kind="money", wide=split, only_json=brief),
    )


def _lost_columns(frame: Frame) -> tuple[Column, ...]:
    """Return the columns where nothing is won: what is about wins stays for programs."""
    drawn = (
        key_column(frame),
        Column(name="lost", title="Lost", kind="int"),
        before_column("lost_before", "Lost", "int", frame),
        Column(name="lost_amount", title="Lost amount", kind="money"),
        bar_column(),
    )
    named = {column.name for column in drawn}
    rest = (column for column in _winloss_columns(frame, brief=False) if column.name not in named)
    return (*drawn, *(replace(column, only_json=True) for column in rest))


def _pipeline_columns(*, several: bool) -> tuple[Column, ...]:
    return (
        Column(name="pipeline", title="Pipeline", only_json=not several),
        Column(name="stage", title="Stage", shrink=True),
        Column(name="probability", title="Prob.", kind="percent"),
        Column(name="deals", title="Deals", kind="int"),
        Column(name="amount", title="Amount", kind="money"),
        bar_column(),
        Column(name="weighted", title="Weighted", kind="money"),
        Column(name="median_age_days", title="Median age", kind="days"),
    )
