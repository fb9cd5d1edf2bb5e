"""Orders that came from two sources, like a shop and its payment provider: said aloud, never dropped."""

from salestrack.services.imports.reading import Reading
from salestrack.store.same_orders import same_orders

MOST_NAMED = 5


def likely_doubles(reading: Reading, op: int) -> list[str]:
    """Return a remark on the new sales that may be orders which another source brought already; none where none are."""
    if reading.kind.name != "sales":
        return []
    rows = same_orders(reading.store.engine, reading.request.source, op)
    if not rows:
        return []
    pairs = [f"{row['ref']} ({row['source']}) and {row['other']} ({row['other_source']})" for row in rows[:MOST_NAMED]]
    more = f" and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
    orders = "1 order may be" if len(rows) == 1 else f"{len(rows)} orders may be"
    first = rows[0]["other"]
    return [
        f"{orders} in the book twice: {', '.join(pairs)}{more}; salestrack rm {first} takes one out, doctor lists all"
    ]
