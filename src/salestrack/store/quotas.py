"""Targets for periods."""

from salestrack.domain.quotas import Quota
from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso

_SELECT = """
SELECT q.id, q.metric, q.start_on, q.end_on, q.target, q.currency, q.owner_id, o.name AS owner, q.channel
FROM quotas q LEFT JOIN owners o ON o.id = q.owner_id
"""
_SAME = (
    "WHERE q.metric = :metric AND q.start_on = :start_on AND q.end_on = :end_on "
    "AND q.owner_id IS :owner_id AND q.channel IS :channel"
)


class Quotas:
    """The quotas table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: int) -> Quota:
        """Return one quota; NotFoundError when there is none."""
        for row in self._engine.query(_SELECT + "WHERE q.id = ?", (key,)):
            return _loaded(row)
        raise NotFoundError(f"there is no quota q{key}", hint="salestrack quota list shows the ids")

    def find(self, quota: Quota) -> Quota | None:
        """Return the target set so far for just the same owner, channel, metric and period, if any."""
        same = quota._asdict() | {"start_on": iso(quota.start_on), "end_on": iso(quota.end_on)}
        for row in self._engine.query(_SELECT + _SAME, same):
            return _loaded(row)
        return None

    def put(self, quota: Quota, *, op: int) -> Quota:
        """Set a target; the one for just the same owner, channel, metric and period is replaced."""
        if found := self.find(quota):
            self._engine.update("quotas", found.id, {"target": quota.target, "currency": quota.currency})
            return quota._replace(id=found.id)
        row = quota._asdict() | {"start_on": iso(quota.start_on), "end_on": iso(quota.end_on), "created_op": op}
        del row["id"], row["owner"]
        return quota._replace(id=self._engine.insert("quotas", row))

    def save(self, quota: Quota) -> Quota:
        """Store what changed in a target and return it as it stands now."""
        row: Row = {"target": quota.target, "currency": quota.currency, "channel": quota.channel}
        row |= {"owner_id": quota.owner_id, "start_on": iso(quota.start_on), "end_on": iso(quota.end_on)}
        before = self._engine.query("SELECT * FROM quotas WHERE id = ?", (quota.id,))[0]
        self._engine.update("quotas", quota.id, {c: v for c, v in row.items() if before[c] != v})
        return self.get(quota.id)

    def remove(self, key: int) -> None:
        """Remove one target."""
        self._engine.delete("quotas", key)


def _loaded(row: Row) -> Quota:
    return Quota(**{**row, "start_on": day(row["start_on"]), "end_on": day(row["end_on"])})
