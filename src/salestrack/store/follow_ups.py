"""What follows by itself: the rules of a book."""

from salestrack.domain.follow_ups import FollowUp, Wait
from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine, Row

_SELECT = (
    "SELECT f.id, f.after_kind, f.stage_id, s.name AS stage, f.kind, f.days, f.working_days, f.note, coalesce("
    "(SELECT name FROM activity_kinds WHERE name IN (f.after_kind, f.kind) AND removed_on IS NOT NULL LIMIT 1), "
    "CASE WHEN s.removed_on IS NOT NULL THEN s.name END) AS retired "
    "FROM follow_ups f LEFT JOIN stages s ON s.id = f.stage_id "
)


class FollowUps:
    """The follow_ups table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[FollowUp]:
        """Return every rule, in the order in which they were added."""
        return [_loaded(row) for row in self._engine.query(f"{_SELECT} ORDER BY f.id")]

    def get(self, key: int) -> FollowUp:
        """Return one rule by its number; NotFoundError when there is none."""
        for row in self._engine.query(f"{_SELECT} WHERE f.id = ?", (key,)):
            return _loaded(row)
        raise NotFoundError(f"there is no follow-up rule {key}", hint="salestrack follow-up list shows their numbers")

    def on(self, *, after_kind: str | None, stage_id: int | None) -> list[FollowUp]:
        """Return the rules that an activity of a kind sets off, or a deal that enters a stage."""
        rows = self._engine.query(
            f"{_SELECT} WHERE f.after_kind = ? OR f.stage_id = ? ORDER BY f.id", (after_kind, stage_id)
        )
        return [_loaded(row) for row in rows]

    def add(self, rule: FollowUp, *, op: int) -> FollowUp:
        """Store a new rule and return it with its number."""
        return rule._replace(id=self._engine.insert("follow_ups", {**_dumped(rule), "created_op": op}))

    def save(self, rule: FollowUp) -> None:
        """Store the new state of a rule."""
        self._engine.update("follow_ups", rule.id, _dumped(rule))

    def remove(self, key: int) -> None:
        """Take a rule away."""
        self._engine.delete("follow_ups", key)


def _loaded(row: Row) -> FollowUp:
    wait = Wait(row.pop("days"), bool(row.pop("working_days")))
    return FollowUp(**row, wait=wait)


def _dumped(rule: FollowUp) -> Row:
    row = {name: getattr(rule, name) for name in ("after_kind", "stage_id", "kind", "note")}
    return row | {"days": rule.wait.days, "working_days": int(rule.wait.working)}
