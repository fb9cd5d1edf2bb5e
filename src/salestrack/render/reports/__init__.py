"""Reports as documents: which columns they have, what they are called, and what a narrow terminal may leave out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from salestrack.render.document import Column, Document
from salestrack.render.reports.deals import (
    conversion_document,
    cycle_document,
    pipeline_document,
    slipping_document,
    winloss_document,
)
from salestrack.render.reports.doing import actions_document, activity_document
from salestrack.render.reports.money import quota_document, revenue_document
from salestrack.render.reports.recurring import recurring_document
from salestrack.render.reports.shared import compared_with, head_fields, schema
from salestrack.reports.actions import Actions
from salestrack.reports.activity import Activity
from salestrack.reports.conversion import Conversion
from salestrack.reports.cycle import Cycle
from salestrack.reports.explanation import Evidence, Explanation
from salestrack.reports.pipeline import Pipeline
from salestrack.reports.quota import QuotaReport
from salestrack.reports.recurring import RecurringReport
from salestrack.reports.revenue import RevenueReport
from salestrack.reports.slipping import Slipping
from salestrack.reports.summary import Summary
from salestrack.reports.winloss import WinLoss

MOST_IDS = 50
"""So many ids are drawn for people; data has all of them."""


def report_document(report: Any) -> Document:
    """Return any report as a document; TypeError for what is none."""
    make = _DOCUMENTS.get(type(report))
    if make is None:
        raise TypeError(f"no document for {type(report).__name__}")
    return make(report)


def summary_document(report: Summary) -> Document:
    """Return the summary: its sentences, its parts, and the next steps."""
    frame, parts = report.frame, report.parts
    shown = (
        parts.revenue and revenue_document(parts.revenue, brief=True),
        parts.recurring and recurring_document(parts.recurring, brief=True),
        parts.quota and quota_document(parts.quota),
        parts.winloss and winloss_document(parts.winloss, brief=True),
        parts.pipeline and pipeline_document(parts.pipeline),
        parts.conversion and conversion_document(parts.conversion, brief=True),
        parts.activity and activity_document(parts.activity, brief=True),
        parts.slipping and slipping_document(parts.slipping),
    )
    running = " so far" if frame.shown != frame.period else ""
    return Document(
        schema=schema("summary"),
        **head_fields(report.head),
        title=f"The {frame.period.unit}{running}" if frame.period.unit else "Summary",
        notes=report.head.notes,
        parts=tuple(part for part in shown if part),
        extra={"actions": actions_document(report.actions), "vs": compared_with(frame)},
    )


def explained(document: Document, explanation: Explanation) -> Document:
    """Return a report's document with how it came about: lines for people, all ids and statements in data."""
    lines = [f"formula: {formula}" for formula in explanation.formulas]
    for one in explanation.evidence:
        lines += _evidence(one)
    data = {
        "definition": explanation.definition,
        "formulas": list(explanation.formulas),
        "facts": [
            {"name": one.name, "ids": list(one.ids), "sql": one.sql, "params": dict(one.params)}
            for one in explanation.evidence
        ],
    }
    return replace(document, notes=(*document.notes, *lines), extra={**document.extra, "explain": data})


def ids_document(explanation: Explanation) -> Document:
    """Return the ids of all records behind a report's numbers, each once."""
    ids = dict.fromkeys(key for one in explanation.evidence for key in one.ids)
    return Document(
        schema="salestrack/ids@1", columns=(Column(name="id", title="Id", kind="ref"),), rows=[(key,) for key in ids]
    )


def _evidence(one: Evidence) -> list[str]:
    more = len(one.ids) - MOST_IDS
    lines = []
    if one.ids:
        rest = f" and {more:,} more" if more > 0 else ""
        lines.append(f"{one.name}, {len(one.ids):,} records: {' '.join(one.ids[:MOST_IDS])}{rest}")
    lines += [f"{one.name}, SQL:", *(f"    {line}" for line in one.sql.strip().splitlines())]
    used = ", ".join(f"{name} = {value!r}" for name, value in one.params.items() if f":{name}" in one.sql)
    return [*lines, f"    with {used}"] if used else lines


_DOCUMENTS: dict[type, Callable[[Any], Document]] = {
    WinLoss: winloss_document,
    RevenueReport: revenue_document,
    RecurringReport: recurring_document,
    Pipeline: pipeline_document,
    QuotaReport: quota_document,
    Conversion: conversion_document,
    Cycle: cycle_document,
    Activity: activity_document,
    Slipping: slipping_document,
    Actions: actions_document,
    Summary: summary_document,
}

__all__ = ["actions_document", "explained", "ids_document", "report_document", "summary_document"]
