"""Targets for a period."""

from datetime import date
from typing import Literal, NamedTuple

Metric = Literal["revenue", "won", "calls", "meetings"]
METRICS: tuple[Metric, ...] = ("revenue", "won", "calls", "meetings")


class Quota(NamedTuple):
    """A target for a period, both ends inclusive: minor units for revenue, a count otherwise; owner None is the whole book."""

    metric: Metric
    start_on: date
    end_on: date
    target: int
    id: int = 0
    currency: str | None = None
    owner_id: int | None = None
    owner: str | None = None
    channel: str | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like q12."""
        return f"q{self.id}"
