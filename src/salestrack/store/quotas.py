"""Targets for periods."""

from salestrack.domain.quotas import Quota
from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso

_SELECT = """
SELECT q.id, q.metric, q.start_on, q.end_on, q.target, q.currency, q.owner_id, o.name AS owner, q.channel
FROM quotas q LEFT JOIN owners o ON o.id = q.owner_id
"""


class Quotas:
    """The quotas table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: int) -> Quota:
        """Return one quota; NotFoundError when there is none."""
        for row in self._engine.query(_SELECT + "WHERE q.id = ?", (key,)):
            return _loaded(row)
        raise NotFoundError(f"there is no quota q{key}", hint="salestrack quota list shows the ids")

    def put(self, quota: Quota, *, op: int) -> Quota:
        """Set a target; the one for just the same owner, channel, metric and period is replaced."""
        row = quota._asdict() | {"start_on": iso(quota.start_on), "end_on": iso(quota.end_on)}
        del row["id"], row["owner"]
        found = self._engine.value(
            "SELECT id FROM quotas WHERE metric = :metric AND start_on = :start_on AND end_on = :end_on "
            "AND owner_id IS :owner_id AND channel IS :channel",
            row,
        )
        if found:
            self._engine.update("quotas", found, {"target": quota.target, "currency": quota.currency})
        return quota._replace(id=found or self._engine.insert("quotas", {**row, "created_op": op}))

    def remove(self, key: int) -> None:
        """Remove one target."""
        self._engine.delete("quotas", key)


def _loaded(row: Row) -> Quota:
    return Quota(**{**row, "start_on": day(row["start_on"]), "end_on": day(row["end_on"])})
