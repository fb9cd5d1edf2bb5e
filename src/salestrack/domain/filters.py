"""Which records a list, an export or a report is about."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

Sign = Literal["=", "!=", "<", ">", "<=", ">="]


class FieldTest(NamedTuple):
    """What a custom field must be: `of` holds each kind of record that has one of that name, its type and the value.

    Values are as they are kept; an empty one means that the record has none. `=` twice on one name are alternatives.
    """

    name: str
    sign: Sign
    of: tuple[tuple[str, str, str], ...]


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
    fields: tuple[FieldTest, ...] = ()
    statuses: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
