"""Mending the day of one stage move: `--moved proposal=2026-03-02`."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain import history
from salestrack.domain.dates import format_day
from salestrack.domain.deals import Deal
from salestrack.domain.history import Version, Visit
from salestrack.domain.names import pick
from salestrack.domain.pipelines import Stage
from salestrack.domain.refs import Ref
from salestrack.errors import AmbiguousError, RuleError, UsageError
from salestrack.services.answers import Part
from salestrack.services.edits.deals import KIND
from salestrack.services.edits.fields import Act, Given
from salestrack.services.edits.visits import refuse_crossing
from salestrack.store import Operation, Store


class MoveChange(NamedTuple):
    """The day on which a deal came to a stage was another one; text is `STAGE=DATE`, or `STAGE@DAY=DATE`."""

    text: str
    given: Given

    @property
    def option(self) -> str:
        """Return the option by which it was asked for."""
        return "--moved"

    @property
    def letters(self) -> str:
        """Return the kind of record that moves."""
        return "d"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Let the visit of the stage begin on its new day; RuleError where another move lies between."""
        name, day, to = _parts(self.text)
        deal = store.deals.get(ref.id)
        versions = store.deals.versions(deal.id)
        was = self.given.past(day, "day of the move") if day else None
        moved_on = self.given.past(to, "day of the move")
        stage, visit = _visit(store, deal, versions, name, was, moved_on)
        if visit.since == moved_on:
            return []
        refuse_crossing(store, versions, visit.at, moved_on)
        extras: Sequence[Part] = ()
        if not stage.is_open and visit.at == history.visits(versions)[-1].at:
            extras = KIND.save(store, deal, deal._replace(closed_on=moved_on), Act(op, on))
        else:
            store.deals.rewrite(deal, history.restaged(versions, visit.at, moved_on), op=op.id)
        old = format_day(visit.since) if visit.since else "no day"
        return [(f"{stage.name} since", old, "->", format_day(moved_on)), *extras]


def _parts(text: str) -> tuple[str, str | None, str]:
    stage, equals, to = text.rpartition("=")
    name, at, day = stage.partition("@")
    if not (equals and name.strip() and to.strip()) or (at and not day.strip()):
        raise UsageError(f"--moved '{text}' is not STAGE=DATE", hint="for example --moved proposal=2026-03-02")
    return name.strip(), day.strip() or None, to.strip()


def _visit(
    store: Store, deal: Deal, versions: Sequence[Version], name: str, since: date | None, to: date
) -> tuple[Stage, Visit]:
    """Return the stage and the visit to it that is meant; of two on one day only one can go where it is to go."""
    stays = history.visits(versions)
    seen = {store.stages.get(stay.stage_id).name: stay.stage_id for stay in stays}
    stage = store.stages.get(pick(name, list(seen.items()), f"stage of {deal.ref}"))
    found = [stay for stay in stays if stay.stage_id == stage.id and (since is None or stay.since == since)]
    if not found:
        days = ", ".join(str(stay.since) for stay in stays if stay.stage_id == stage.id)
        raise RuleError(f"{deal.ref} came to {stage.name} on {days}, not on {since}")
    if since and len(found) > 1:
        found = found[:1] if to < since else found[-1:]
    if len(found) > 1:
        days = " and ".join(format_day(stay.since) for stay in found if stay.since)
        raise AmbiguousError(
            f"{deal.ref} came to {stage.name} on {days}", hint=f"say which: --moved {stage.name}@{found[0].since}=DATE"
        )
    if not found[0].at:
        raise RuleError(f"{deal.ref} began in {stage.name}", hint="--created DATE mends the day on which it began")
    return stage, found[0]
