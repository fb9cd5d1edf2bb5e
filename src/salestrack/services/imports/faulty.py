"""Rows that cannot go in still count for the others: a second row with the same id, a refund of their sale."""

from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.services.imports.reading import Batch, Reading


def note_faulty(reading: Reading, batch: Batch, keys: Sequence[str], shaped: Mapping[str, Sequence[Any]]) -> None:
    """Stage what the bad rows of a batch are known by, and what they refer to."""
    refs, refunds = (shaped.get(name, batch.none) for name in ("ref", "refund_ref"))
    names = batch.column("name")
    told = [None if (at, "refund_of") in batch.wrong else refund for at, refund in enumerate(refunds)]
    # A bad id is none: nothing else is compared with it.
    known = ["" if {(at, "id"), (at, "sku")} & batch.wrong else key for at, key in enumerate(keys)]
    rows = [(batch.lines[at], known[at], names[at].strip() or None, refs[at], told[at]) for at in sorted(batch.bad)]
    if rows:
        reading.staging.add("faulty", ("line", "key", "name", "ref", "refund_ref"), rows)
