"""What happened and what is planned."""

from datetime import date, time
from typing import Any

from salestrack.domain.activities import Activity
from salestrack.domain.texts import plain_row
from salestrack.errors import NotFoundError, UsageError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso

_COLUMNS = (
    "a.id, a.kind, a.customer_id, c.name AS customer, a.contact_id, a.deal_id, a.owner_id, a.done, a.due_on, a.due_time, "
    "a.happened_on, a.happened_time, a.logged_at, a.seconds, a.direction, a.outcome, a.subject, a.note"
)
_FROM = "FROM activities a LEFT JOIN customers c ON c.id = a.customer_id"


class Activities:
    """The activities table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: int) -> Activity:
        """Return one activity; NotFoundError when there is none."""
        for row in self._engine.query(f"SELECT {_COLUMNS} {_FROM} WHERE a.id = ?", (key,)):
            return _loaded(row)
        raise NotFoundError(f"there is no activity a{key}", hint="salestrack activity list shows the ids")

    def add(self, activity: Activity, *, op: int) -> Activity:
        """Store a new activity and return it with its id."""
        return activity._replace(id=self._engine.insert("activities", {**_dumped(activity), "created_op": op}))

    def save(self, activity: Activity) -> Activity:
        """Store the new state of an activity."""
        before = self._engine.query("SELECT * FROM activities WHERE id = ?", (activity.id,))[0]
        changes = {column: value for column, value in _dumped(activity).items() if before[column] != value}
        self._engine.update("activities", activity.id, changes)
        return activity

    def planned(self, kind: str, *, customer_id: int | None, deal_id: int | None, until: date) -> Activity | None:
        """Return the oldest planned step of a kind that was due by a day, with the deal or else the customer."""
        if deal_id is None and customer_id is None:
            return None
        rows = self._engine.query(
            f"SELECT {_COLUMNS} {_FROM} WHERE a.done = 0 AND a.kind = :kind AND a.due_on <= :until "
            "AND a.customer_id IS :customer AND (a.deal_id IS NULL OR :deal IS NULL OR a.deal_id = :deal) "
            "ORDER BY a.due_on, a.id LIMIT 1",
            {"kind": kind, "until": iso(until), "customer": customer_id, "deal": deal_id},
        )
        return _loaded(rows[0]) if rows else None

    def next_of(self, kind: str, *, customer_id: int | None, deal_id: int | None) -> Activity | None:
        """Return the first planned step of a kind with a deal, or with a customer aside from any deal."""
        about = "a.deal_id = ?" if deal_id else "a.customer_id = ? AND a.deal_id IS NULL"
        rows = self._engine.query(
            f"SELECT {_COLUMNS} {_FROM} WHERE {about} AND a.done = 0 AND a.kind = ? ORDER BY a.due_on, a.id LIMIT 1",
            (deal_id or customer_id, kind),
        )
        return _loaded(rows[0]) if rows else None

    def of_deal(self, key: int, *, limit: int) -> list[Activity]:
        """Return the activities of a deal: planned ones first, then the latest done ones."""
        return self._of("a.deal_id", key, limit)

    def of_customer(self, key: int, *, limit: int) -> list[Activity]:
        """Return the activities of a customer: planned ones first, then the latest done ones."""
        return self._of("a.customer_id", key, limit)

    def kinds(self) -> list[tuple[str, str | None]]:
        """Return the kinds of activity this book knows, with their letters."""
        rows = self._engine.query(
            "SELECT name, letter FROM activity_kinds WHERE removed_on IS NULL ORDER BY position, id"
        )
        return [(row["name"], row["letter"]) for row in rows]

    def kind(self, text: str) -> str:
        """Return the kind that a name, its letter or its beginning stands for; UsageError naming the known ones."""
        kinds = self.kinds()
        wanted = text.lower()
        for name, letter in kinds:
            if wanted in (name.lower(), letter):
                return name
        known = ", ".join(f"{name} ({letter})" if letter else name for name, letter in kinds)
        raise UsageError(f"'{text}' is not a kind of activity", hint=f"one of: {known}")

    def _of(self, column: str, key: int, limit: int) -> list[Activity]:
        rows = self._engine.query(
            f"SELECT {_COLUMNS} {_FROM} WHERE {column} = ? ORDER BY a.done, CASE WHEN a.done = 0 THEN a.due_on END, "
            "a.happened_on DESC, a.happened_time DESC, a.id DESC LIMIT ?",
            (key, limit),
        )
        return [_loaded(row) for row in rows]


def _loaded(row: Row) -> Activity:
    for column in ("due_on", "happened_on"):
        row[column] = day(row[column])
    for column in ("due_time", "happened_time"):
        row[column] = time.fromisoformat(row[column]) if row[column] else None
    return Activity(**{**row, "done": bool(row["done"])})


def _dumped(activity: Activity) -> Row:
    row: dict[str, Any] = {name: getattr(activity, name) for name in _KEPT}
    row |= {"done": int(activity.done), "due_on": iso(activity.due_on), "happened_on": iso(activity.happened_on)}
    for column in ("due_time", "happened_time"):
        moment = getattr(activity, column)
        row[column] = moment.isoformat("minutes") if moment else None
    return plain_row(row)


_KEPT = (
    "kind", "customer_id", "contact_id", "deal_id", "owner_id", "logged_at", "seconds", "direction", "outcome", "subject",
    "note",
)  # fmt: skip
