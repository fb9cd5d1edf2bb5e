"""Profiles as documents: a list of them, and one in words."""

from collections.abc import Sequence
from typing import Any

from salestrack.render.document import Column, Document

_LIST = (
    Column(name="name", title="Name"),
    Column(name="kind", title="Kind"),
    Column(name="source", title="Source"),
    Column(name="origin", title="Kept", shrink=True),
    Column(name="about", title="About", shrink=True),
)
_SAID = (
    Column(name="part", title="Part"),
    Column(name="about", title="About"),
    Column(name="says", title="Says", shrink=True),
)


def profiles_document(profiles: Sequence[Any], broken: Sequence[str] = ()) -> Document:
    """Return the profiles as a list, with a remark on each that cannot be read."""
    rows = [{column.name: getattr(profile, column.name) for column in _LIST} for profile in profiles]
    notes = tuple(f"cannot be read: {each}" for each in broken)
    return Document(schema="salestrack/profiles@1", columns=_LIST, rows=rows, notes=notes)


def profile_document(name: str, said: Sequence[Any]) -> Document:
    """Return what a profile says."""
    rows = [{"part": each.part, "about": each.about, "says": each.says} for each in said]
    return Document(schema="salestrack/profile@1", columns=_SAID, rows=rows, title=f"Profile {name}")
