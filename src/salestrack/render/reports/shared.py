"""What the documents of several reports have in common: key columns, bars, currencies left out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from salestrack.domain.fields import RECORDS
from salestrack.domain.money import Money
from salestrack.domain.sentences import Sentence
from salestrack.render.document import Column, Kind
from salestrack.reports.exchange import Unconverted
from salestrack.reports.frames import Frame, Head


def schema(name: str) -> str:
    """Return the schema of a report's data."""
    return f"salestrack/report.{name}@1"


def head_fields(head: Head) -> dict[str, Any]:
    """Return what a document takes over from the head of a report."""
    return {"as_of": head.as_of, "period": head.period, "definition": head.definition}


def title_by(title: str, frame: Frame) -> str:
    """Return a title with what the rows are split by."""
    return f"{title} by {_dimension(frame)}" if frame.by else title


def key_column(frame: Frame) -> Column:
    """Return the column of the keys, which is not drawn where the report has a single row."""
    heading = _dimension(frame).capitalize() if frame.by else ""
    return Column(name="key", title=heading, shrink=not frame.by_time, only_json=frame.by is None)


def before_column(
    name: str, title: str, kind: Kind, frame: Frame, *, wide: bool = False, hidden: bool = False
) -> Column:
    """Return a column of the period compared with, named after that and drawn only where there is one."""
    title = f"{title} {frame.before_label or 'before'}".strip()
    return Column(name=name, title=title, kind=kind, only_json=frame.before is None or hidden, wide=wide)


def bar_column(name: str = "bar") -> Column:
    """Return the column of a picture."""
    return Column(name=name, title="", kind="bar")


def bars(amounts: Sequence[Money | int]) -> list[float | None]:
    """Return for each amount the part of the largest that it comes to; nothing for amounts below zero."""
    sizes = [amount.minor if isinstance(amount, Money) else amount for amount in amounts]
    largest = max(sizes, default=0)
    return [size / largest if largest > 0 and size > 0 else None for size in sizes]


def compared_with(frame: Frame) -> dict[str, Any] | None:
    """Return the period compared with, as data."""
    if frame.before is None:
        return None
    return {"start": frame.before.start, "end": frame.before.end, "label": frame.before_label}


def unconverted(found: Iterable[Unconverted]) -> list[dict[str, Any]]:
    """Return as data what is in no sum for want of a rate."""
    return [{"currency": one.currency, "amount": one.amount, "count": one.count} for one in found]


def left_out(found: Iterable[Unconverted]) -> tuple[str, ...]:
    """Return a line for each currency that is in no sum for want of a rate."""
    return tuple(Sentence(one.amount, f" ({one.count:,}) has no rate and is in no sum") for one in found)


def days_label(start: date, end: date) -> str:
    """Return whole months by their numbers, other days by their dates."""
    if start.day != 1 or (end + timedelta(days=1)).day != 1:
        return f"{start}..{end}"
    first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
    return first if first == last else f"{first}..{last}"


def _dimension(frame: Frame) -> str:
    """Return what the rows are split by, in words; a field of the customers is called by its own name."""
    by = (frame.by or "").removeprefix("field:")
    record, _, name = by.partition(".")
    return name if name and by != frame.by and record in RECORDS else by
