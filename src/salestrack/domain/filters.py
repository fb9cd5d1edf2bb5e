"""Which records a list, an export or a report is about."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions that all must hold; several values of one condition are alternatives. Empty means everything.

    Names are resolved to ids before; minimum and maximum are minor units; start and end are inclusive.
    """

    start: date | None = None
    end: date | None = None
    owners: tuple[int, ...] = ()
    customers: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    products: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    stages: tuple[int, ...] = ()
    pipelines: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[int, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    statuses: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
