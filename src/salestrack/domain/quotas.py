"""Targets for a period."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Metric = Literal["revenue", "won", "calls", "meetings"]
METRICS: tuple[Metric, ...] = ("revenue", "won", "calls", "meetings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A target for a period, both ends inclusive: minor units for revenue, a count otherwise; owner None is the whole book."""

    id: int = 0
    metric: Metric
    start_on: date
    end_on: date
    target: int
    currency: str | None = None
    owner_id: int | None = None
    owner: str | None = None
    channel: str | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like q12."""
        return f"q{self.id}"
