"""What deals of the book were before, from a file with a row for each change: it becomes their history.

The present of a deal is what the deal itself says; a history tells how it came there. What an import had inferred of
the past gives way to it, what a person recorded stays. Days after a deal's closing count as that day.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from salestrack.domain.history import Version
from salestrack.importers.cells import Parsed, parse_percent
from salestrack.services.imports.columns import Currencies
from salestrack.services.imports.links import Deals
from salestrack.services.imports.naming.names import FoundOrAdded, Stages
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.engine import Row
from salestrack.store.imports import Imports, save_versions
from salestrack.store.staging import CHANGED

COLUMNS = (
    "deal_id", "on_date", "clock", "stage_id", "amount", "currency", "probability", "expected_on", "owner_id", "since_on",
)  # fmt: skip
_TOLD = ("stage_id", "amount", "currency", "probability", "expected_on", "owner_id")
_EMPTIED = {"amount": "amount", "probability": "probability", "expected_on": "expected", "owner_id": "owner"}
"""What a version may lack: of our own exports a blank cell says so."""


class HistoryRows:
    """Turns batches of raw cells into columns of staged changes."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        days = reading.dates
        self._currencies = Currencies(reading)
        self._deals = Deals(reading, spare_removed=True)
        self.readers: dict[str, Any] = {
            "deal": self._deals,
            "on": Parsed(
                days.read, reading.values_of("on"), required=None if reading.is_own else "a change needs its day"
            ),
            "clock": Parsed(days.time),
            "stage": Stages(reading),
            "amount": reading.amounts("amount", signed=False),
            "currency": self._currencies.reader,
            "probability": Parsed(parse_percent, reading.values_of("probability")),
            "expected": Parsed(days.read, reading.values_of("expected")),
            "since": Parsed(days.read, reading.values_of("since")),
            "owner": FoundOrAdded(reading, "owner", "owners"),
        }

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        read = self.readers
        currencies = self._currencies.of(batch, [("amount", read["amount"])])
        return {
            "deal_id": self._known_deals(batch),
            "on_date": batch.read("on", read["on"]),
            "clock": read["clock"].read(batch.column("on")),
            "stage_id": self._stages(batch),
            "amount": batch.amount("amount", read["amount"], currencies),
            "currency": currencies or batch.none,
            "probability": batch.read("probability", read["probability"]),
            "expected_on": batch.read("expected", read["expected"]),
            "owner_id": batch.read("owner", read["owner"]),
            "since_on": batch.read("since", read["since"]),
        }

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Nothing hangs on a change."""

    def _known_deals(self, batch: Batch) -> list[int | None]:
        deals = self._deals.of(batch, batch.none)
        for place, (deal, cell) in enumerate(zip(deals, batch.column("deal"), strict=True)):
            if deal is None and (None, cell) in self._deals.removed:
                batch.drop(place, "of a deal that was removed by hand")
            elif deal is None and not cell.strip():
                batch.fault(place, "deal", "is blank; a change needs its deal")
        return deals

    def _stages(self, batch: Batch) -> list[int | None]:
        if not batch.has("stage"):
            return batch.none
        reader, cells = self.readers["stage"], batch.column("stage")
        filled = [cell for cell in cells if cell.strip()]
        found = dict(zip(filled, reader.read(filled), strict=True))
        for place, cell in enumerate(cells):
            if cell in reader.bad:
                batch.fault(place, "stage", reader.bad[cell])
        batch.values["stage"] = values = [found.get(cell) for cell in cells]
        return values


class Told(NamedTuple):
    """What a row tells: from a day on, the columns that it knows; of an own export since when it was in its stage too."""

    on: date | None
    values: Mapping[str, Any]
    since: date | None = None
    knows_since: bool = False


class Point(NamedTuple):
    """Where a history changes: the version that stands there already, if one does, and all its columns."""

    on: date | None
    values: dict[str, Any]
    version: Version | None = None
    since: date | None = None
    knows_since: bool = False


class Past:
    """Writes staged changes into the histories of their deals."""

    def __init__(self, reading: Reading, imports: Imports, op: int) -> None:
        self._reading = reading
        self._imports = imports
        self._op = op

    def write(self, states: Sequence[int]) -> None:
        """Retell the history of every deal that some staged row is about."""
        store = self._reading.store
        for rows in self._reading.staged.told_of_deals(states):
            deals = {key: list(mine) for key, mine in groupby(rows, key=lambda row: row["deal_id"])}
            inferred = self._imports.inferred_versions(list(deals))
            for key, mine in deals.items():
                old = store.deals.versions(key)
                row = self._imports.record("deals", key)
                over = None if self._reading.is_own else row["closed_on"]  # the book may know of later changes
                closed = date.fromisoformat(over) if over else None
                told = [self._told(each, old[-1]) for each in mine]
                new = retold(old, told, closed=closed, inferred=inferred)
                self._save(key, old, new)
                for each in mine:
                    if each["state"] == CHANGED:
                        self._imports.renew(each, "history", changed=False)

    def _told(self, row: Row, now: Version) -> Told:
        values = {name: self._imports.real(name, row[name]) for name in _TOLD if row[name] is not None}
        mapping = self._reading.mapping
        if self._reading.is_own:
            values |= {name: None for name, field in _EMPTIED.items() if row[name] is None and mapping.has(field)}
        if values.get("amount") is not None:
            values.setdefault("currency", self._reading.currency)
        if values.get("expected_on"):
            values["expected_on"] = date.fromisoformat(values["expected_on"])
        stage = None if self._reading.is_own else values.get("stage_id")
        if stage and not self._reading.store.stages.get(stage).is_open:  # nothing is expected of what is over
            values |= {"expected_on": now.expected_on, "probability": now.probability}
        on, since = (date.fromisoformat(row[name]) if row[name] else None for name in ("on_date", "since_on"))
        return Told(on, values, since, self._reading.is_own and mapping.has("since"))

    def _save(self, key: int, old: Sequence[Version], new: Sequence[Version]) -> None:
        engine = self._reading.store.engine
        kept = {version.id for version in new}
        for version in old:
            if version.id not in kept:
                engine.delete("deal_history", version.id)
        save_versions(engine, key, old, new, op=self._op)
        since = new[-1].stage_since
        if since != old[-1].stage_since:
            engine.update("deals", key, {"stage_since": since.isoformat() if since else None})


def retold(
    old: Sequence[Version], told: Sequence[Told], *, closed: date | None, inferred: frozenset[int]
) -> tuple[Version, ...]:
    """Return a deal's history with what is told of it, in the order of the days; the last version stays what it is.

    `inferred` are the ids of versions that only an import had put there, which the told ones replace.
    """
    now = old[-1]
    known = [_point(version) for version in old[:-1] if version.id not in inferred]
    news = [
        Point(
            min(each.on, closed) if closed and each.on else each.on,
            dict(each.values),
            since=each.since,
            knows_since=each.knows_since,
        )
        for each in told
    ]
    points = sorted([*known, *news], key=lambda point: point.on or date.min)
    filled = _filled(points, now)
    last = filled[-1]
    current = _point(now)
    if last.values == current.values:
        filled[-1] = last if last.version else last._replace(version=now)
    else:
        day = max(filter(None, (now.from_on, last.on)), default=None)
        filled.append(current._replace(on=day))
    return _versions(filled, old[0])


def _point(version: Version) -> Point:
    return Point(version.from_on, {name: getattr(version, name) for name in _TOLD}, version)


def _filled(points: Sequence[Point], now: Version) -> list[Point]:
    """Return points with all their columns, those left out that say nothing new.

    What no row tells was always what it is now; what some row tells was unknown before the first that does.
    """
    told = {name for point in points for name, value in point.values.items() if value is not None}
    values: dict[str, Any] = {name: None if name in told else getattr(now, name) for name in _TOLD}
    values |= {"stage_id": now.stage_id, "currency": now.currency}
    found: list[Point] = []
    for point in points:
        values = values | point.values
        if not found or values != found[-1].values:
            found.append(point._replace(values=values))
    return found


def _versions(points: Sequence[Point], first: Version) -> tuple[Version, ...]:
    versions: list[Version] = []
    for place, point in enumerate(points):
        before = versions[-1] if versions else None
        since = point.since if point.knows_since else point.on
        if before and before.stage_id == point.values["stage_id"]:
            since = before.stage_since
        elif before is None and point.on is None and not point.knows_since:
            since = first.stage_since
        versions.append(
            Version(
                id=point.version.id if point.version else 0,
                seq=before.seq + 1 if before and before.from_on == point.on else 1,
                from_on=point.on,
                to_on=points[place + 1].on if place + 1 < len(points) else None,
                stage_since=since,
                **point.values,
            )
        )
    return tuple(versions)
