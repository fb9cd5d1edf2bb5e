"""What the doctor found, as a document."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Protocol

from salestrack.render.document import Column, Document

MOST_SHOWN = 5


class Line(Protocol):
    """One finding as it is shown."""

    @property
    def check(self) -> str:
        """What was looked at."""

    @property
    def ref(self) -> str | None:
        """The record it is about."""

    @property
    def finding(self) -> str:
        """What is wrong, in a sentence."""

    @property
    def command(self) -> str | None:
        """The command that mends it."""

    @property
    def fixed(self) -> bool:
        """Whether it was mended."""


def doctor_document(findings: Sequence[Line], *, as_of: date, whole: bool) -> Document:
    """Return findings as a list; without whole, a few of each kind, and how many more there are."""
    columns = (
        Column(name="check", title="Check", tones={"file": "bad", "references": "bad"}),
        Column(name="finding", title="Finding"),
        Column(name="command", title="What mends it"),
        Column(name="ref", title="Ref", kind="ref", only_json=True),
        Column(name="fixed", title="Fixed", kind="bool", only_json=not any(line.fixed for line in findings)),
    )
    kinds = [(check, list(lines)) for check, lines in groupby(findings, key=lambda line: line.check)]
    shown = [line for _, lines in kinds for line in (lines if whole else lines[:MOST_SHOWN])]
    left = {check: len(lines) - MOST_SHOWN for check, lines in kinds if len(lines) > MOST_SHOWN and not whole}
    more = [f"{count:,} more of: {check} (--all shows them)" for check, count in left.items()]
    open_ones = sum(not line.fixed for line in findings)
    title = f"{open_ones:,} finding{'' if open_ones == 1 else 's'}" if findings else "nothing found: the book is well"
    return Document(
        schema="salestrack/doctor@1",
        title=title,
        as_of=as_of,
        columns=columns if findings or whole else (),
        rows=[(line.check, line.finding, line.command, line.ref, line.fixed) for line in shown],
        notes=tuple(more),
    )
