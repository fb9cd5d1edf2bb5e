"""The stays of a deal in its stages, and where one may begin."""

from collections.abc import Sequence
from datetime import date

from salestrack.domain import history
from salestrack.domain.dates import format_day
from salestrack.domain.history import Version
from salestrack.errors import RuleError
from salestrack.store import Store


def refuse_crossing(store: Store, versions: Sequence[Version], at: int, on: date) -> None:
    """Raise RuleError, naming the other move, where a visit would begin before the one before it, or after the next."""
    stays = history.visits(versions)
    number = next(i for i, stay in enumerate(stays) if stay.at == at)
    before, after = stays[number - 1], stays[number + 1] if number + 1 < len(stays) else None
    if before.since and on < before.since:
        name = store.stages.get(before.stage_id).name
        verb = "came to" if number > 1 else "began in"
        hint = None if number > 1 else "--created DATE mends the day on which it began"
        raise RuleError(f"it {verb} {name} on {format_day(before.since)}, after {format_day(on)}", hint=hint)
    if after and after.since and on > after.since:
        name = store.stages.get(after.stage_id).name
        raise RuleError(f"it came to {name} on {format_day(after.since)}, before {format_day(on)}")
