"""How a report came about: its definition, the formulas with their numbers, and what the database was asked."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One question to the database: the ids of the records behind its answer, its statement and parameters."""

    name: str
    ids: tuple[str, ...]
    sql: str
    params: Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What `--explain` shows about a report."""

    definition: str
    formulas: tuple[str, ...]
    evidence: tuple[Evidence, ...]
