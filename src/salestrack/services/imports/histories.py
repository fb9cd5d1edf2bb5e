"""From the dates of a file to the versions of a deal: what is known, placed on its day; nothing invented.

- The history begins on the day of creation, or on the first day a stage was entered, whichever is earlier.
- Being in a pipeline means having entered its first stage: a deal created before it entered the stage we know of, or
  closed without any stage date, stood in the first open stage until then.
- A closed deal gets its last version on the day it closed; without that day, on the last day we know.
- An open deal without the date of its stage stands in it since its last known day, with `stage_since` unknown, unless
  it is still in the first stage.
- Where a deal was won or lost and is in another stage now, it was reopened: that visit is told like any other.
- Dates after the closing day count as that day, so that no version ends before it begins; a deal closed before its
  creation keeps both dates on its row, and its history begins on the earlier one.

Deals without any stage dates have at most two versions; those are made by the statements in the store, for a million
rows at once, by the same rules (the tests compare both).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from salestrack.domain.pipelines import Stage


class Past(NamedTuple):
    """A version that is over: the stage, and from when (None: nobody knows) until when."""

    stage_id: int
    from_on: str | None
    to_on: str | None
    seq: int
    stage_since: str | None


class Current(NamedTuple):
    """The last version: from when it holds, which of that day's versions it is, and since when it is in its stage."""

    from_on: str | None
    seq: int
    stage_since: str | None


class Histories:
    """Makes histories for the stages of a book. All days are ISO texts, which compare like days."""

    def __init__(self, stages: Mapping[int, Stage]) -> None:
        self._stages = stages
        self._first: dict[int, int | None] = {}

    def known(
        self, stage_id: int, created: str | None, closed: str | None, entered: Sequence[tuple[str, int]]
    ) -> tuple[list[Past], Current]:
        """Return the history of a deal that entered stages on known days: (day, stage id) in any order."""
        stage, first = self._stages[stage_id], self.first(stage_id)
        end = None if stage.is_open else closed
        visits = self._visits(stage_id, created, end, entered)
        if not stage.is_open:
            last = visits[-1].on if visits else None
            current = Visit(end or last, stage_id, end)
        elif not visits:
            current = Visit(created, stage_id, created if stage_id == first else None)
        elif visits[-1].stage_id == stage_id:
            current = visits.pop()
        else:
            current = Visit(visits[-1].on, stage_id, None)
        return _versions([*visits, current])

    def first(self, stage_id: int) -> int | None:
        """Return the first open stage of a stage's pipeline, None where it has none."""
        pipeline = self._stages[stage_id].pipeline_id
        if pipeline not in self._first:
            stages = [s for s in self._stages.values() if s.pipeline_id == pipeline and s.is_open and not s.removed_on]
            known = [stage for stage in stages if stage.id > 0] or stages
            self._first[pipeline] = min(known, key=lambda stage: stage.position).id if known else None
        return self._first[pipeline]

    def _visits(
        self, current: int, created: str | None, end: str | None, entered: Sequence[tuple[str, int]]
    ) -> list["Visit"]:
        """Return the stages that a deal was in, in the order of time, the one before the first known day included.

        Won and lost are among them: of a deal that was reopened, or lost after it had been won.
        """
        past = [(day, key) for day, key in entered if self._stages[key].is_open or key != current]
        days = [(min(day, end) if end else day, key) for day, key in past]
        days.sort(key=lambda visit: (visit[0], visit[1] == current, self._stages[visit[1]].position))
        visits = [Visit(day, key, day) for day, key in days]
        born = min(created, end) if created and end else created
        first = self.first(current)
        if first is None:
            return visits
        if visits:
            if born and born < days[0][0]:
                visits[: days[0][1] == first] = [Visit(born, first, born)]
        elif not self._stages[current].is_open and (born or end):
            visits = [Visit(born, first, born)]
        return visits


class Visit(NamedTuple):
    """A stage that a deal was in from a day on; `since` is that day where it is known to be the day of entering."""

    on: str | None
    stage_id: int
    since: str | None


def _versions(visits: Sequence[Visit]) -> tuple[list[Past], Current]:
    """Turn the stages of a deal into versions: each is over when the next begins; those of one day are numbered."""
    days = [visit.on for visit in visits]
    seqs = [1 if day is None else days[: place + 1].count(day) for place, day in enumerate(days)]
    past = [
        Past(visit.stage_id, visit.on, days[place + 1], seqs[place], visit.since)
        for place, visit in enumerate(visits[:-1])
    ]
    return past, Current(days[-1], seqs[-1], visits[-1].since)
