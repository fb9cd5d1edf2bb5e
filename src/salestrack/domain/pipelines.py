"""Stages and the pipelines they form."""

from typing import Literal, NamedTuple

from salestrack.domain.names import clean, fold
from salestrack.errors import ParseError

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


def parse_stages(text: str) -> tuple[tuple[str, int, StageKind], ...]:
    """Read `Prospecting 10, Engaging 40` as the open stages of a pipeline, and add Won and Lost.

    Raises ParseError for a stage without a probability from 0 to 100, or a name that stands twice.
    """
    stages: list[tuple[str, int, StageKind]] = []
    for part in text.split(","):
        name, _, percent = part.strip().rpartition(" ")
        digits = percent.removesuffix("%")
        if not name or not (digits.isascii() and digits.isdecimal()) or len(digits) > 3 or int(digits) > 100:
            raise ParseError(f"'{part.strip()}' is not a stage", hint="write --stages 'Prospecting 10, Engaging 40'")
        stages.append((clean(name, "stage's name"), int(digits), "open"))
    stages += [(name, percent, kind) for name, percent, kind in DEFAULT_STAGES if kind != "open"]
    if len({fold(name) for name, _, _ in stages}) < len(stages):
        raise ParseError(f"'{text}' names a stage twice", hint="each stage once; Won and Lost are added")
    return tuple(stages)


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
