"""Settings, and what is wrong with a config file, as documents."""

from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.render.document import Column, Document

Row = Mapping[str, Any]

_SETTINGS = (
    Column(name="name", title="Setting"),
    Column(name="value", title="Value", shrink=True),
    Column(name="source", title="From"),
    Column(name="home", title="Stands in", wide=True),
    Column(name="meaning", title="What it says"),
    Column(name="variable", title="Variable", wide=True),
)
_PROBLEMS = (
    Column(name="where", title="Where", shrink=True),
    Column(name="line", title="Line", kind="int"),
    Column(name="problem", title="Problem", shrink=True, tones={}),
    Column(name="hint", title="What to do", shrink=True),
)


def settings_document(rows: Sequence[Row], notes: Sequence[str] = ()) -> Document:
    """Return settings as a list: name, value, where it comes from, where it stands, what it says, its variable."""
    return Document(
        schema="salestrack/settings@1", columns=_SETTINGS, rows=rows, title=f"{len(rows)} settings", notes=tuple(notes)
    )


def problems_document(rows: Sequence[Row], notes: Sequence[str] = ()) -> Document:
    """Return what is wrong with a config file and the environment as a list: where, line, problem, hint."""
    count = f"{len(rows)} problem{'' if len(rows) == 1 else 's'}"
    return Document(
        schema="salestrack/config.problems@1", columns=_PROBLEMS, rows=rows, title=count, notes=tuple(notes)
    )
