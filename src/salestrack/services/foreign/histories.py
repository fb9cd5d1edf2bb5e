"""The history of a deal of which one side is taken from this book, and the other from a foreign one."""

from collections.abc import Collection, Sequence
from itertools import pairwise

from salestrack.domain.history import FIELDS
from salestrack.store.engine import Row


def woven(ours: Sequence[Row], theirs: Sequence[Row], kept: Collection[str]) -> list[Row]:
    """Return the versions of a deal: the `kept` fields as they were here, all others as they were there.

    Each side says what is true from the start of one of its versions to that of its next one; what was before its first
    version nobody knows, so that one counts from the beginning.
    """
    if not ours or not theirs:
        return list(theirs or ours)
    mine = {column for field in kept for column in FIELDS[field]}
    events = sorted(
        [(row["from_on"] or "", 0, row["seq"], row) for row in ours]
        + [(row["from_on"] or "", 1, row["seq"], row) for row in theirs],
        key=lambda event: event[:3],
    )
    first = [min(side, key=lambda row: row["seq"]) for side in (ours, theirs)]
    state = {name: first[0 if name in mine else 1][name] for names in FIELDS.values() for name in names}
    found: list[Row] = []
    for _, side, _, row in events:
        before = dict(state)
        state |= {name: row[name] for name in state if (name in mine) == (side == 0)}
        if not found or state != before:
            found.append({"deal_id": row["deal_id"], "from_on": row["from_on"], **state})
    for number, version in enumerate(found, 1):
        version |= {"seq": number, "to_on": None}
    for version, after in pairwise(found):
        version["to_on"] = after["from_on"]
    return found
