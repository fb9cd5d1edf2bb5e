"""Stages and the pipelines they form."""

from typing import Literal, NamedTuple

StageKind = Literal["open", "won", "lost"]

# The pipeline of a new book: name, probability in percent, kind.
DEFAULT_STAGES: tuple[tuple[str, int, StageKind], ...] = (
    ("Lead", 10, "open"),
    ("Qualified", 25, "open"),
    ("Proposal", 50, "open"),
    ("Negotiation", 75, "open"),
    ("Won", 100, "won"),
    ("Lost", 0, "lost"),
)


class Stage(NamedTuple):
    """One step of a pipeline; probability is the percentage of deals in it that are expected to be won."""

    id: int
    pipeline_id: int
    pipeline: str
    name: str
    position: int
    kind: StageKind
    probability: int
    stale_days: int | None = None
    removed_on: str | None = None

    @property
    def is_open(self) -> bool:
        """Say whether deals in this stage are still open."""
        return self.kind == "open"
