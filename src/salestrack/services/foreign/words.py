"""The words of a foreign book - owners, stages, kinds, fields - as those of this one; what is missing here is added."""

import json
from datetime import date
from typing import Any

from salestrack.domain.imports import Created
from salestrack.domain.names import fold
from salestrack.store import Store
from salestrack.store.engine import Row
from salestrack.store.export_merge import Foreign

MOST_NAMED = 5
_NAMED = ("owners", "lost_reasons", "outcomes", "tags")


def _stem(name: str) -> str:
    """Return the name of a field without the number that sets it apart from one of another type."""
    stem, dash, number = name.rpartition("-")
    return stem if dash and number.isdecimal() and stem else name


class Words:
    """Maps every word of theirs to one of ours: the same name, whatever its case, is the same word."""

    def __init__(self, store: Store, foreign: Foreign, *, op: int, today: date) -> None:
        self._store = store
        self._engine = store.engine
        self._foreign = foreign
        self._op = op
        self._today = today
        self._added: dict[str, list[str]] = {}
        self.kinds: dict[str, str] = {}
        self.fields: dict[str, dict[str, str]] = {}

    def bring(self, *, same_currency: bool) -> tuple[Created, ...]:
        """Map all words, and return those that were added."""
        self._fields()
        for table in _NAMED:
            self._named(table)
        self._kinds()
        self._pipelines()
        self._stages()
        if same_currency:
            self._rates()
        return tuple(
            Created(table.replace("_", " "), len(names), tuple(names[:MOST_NAMED]))
            for table, names in self._added.items()
        )

    def _named(self, table: str) -> None:
        ours = {fold(row["name"]): row["id"] for row in self._ours(table)}
        for row in self._foreign.all(table):
            key = ours.get(fold(row["name"]))
            if key is None:
                if table == "owners":
                    row["fields"] = self.renamed("owner", row["fields"])
                key = self._add(table, row)
                ours[fold(row["name"])] = key
            self._foreign.map(table, row["id"], key)

    def _kinds(self) -> None:
        ours = {fold(row["name"]): row for row in self._ours("activity_kinds")}
        letters = {row["letter"] for row in ours.values()}
        last = max((row["position"] for row in ours.values()), default=-1)
        for row in self._foreign.all("activity_kinds"):
            if fold(row["name"]) not in ours:
                last += 1
                letter = None if row["letter"] in letters else row["letter"]
                self._add("activity_kinds", row | {"letter": letter, "position": last})
                letters.add(letter)
                ours[fold(row["name"])] = row
            self.kinds[row["name"]] = ours[fold(row["name"])]["name"]

    def _fields(self) -> None:
        theirs = self._foreign.all("custom_fields")
        self._taken: dict[str, set[str]] = {}
        later = [row for row in theirs if not self._same_field(row, row["name"])]
        for row in later:
            # What got a number there because its name was taken by another type may have the plain name here, or the
            # other way round: else each of two books would add one more at every exchange.
            others = [one["name"] for one in theirs if one["record"] == row["record"] and one["type"] != row["type"]]
            stem = _stem(row["name"])
            near = [stem, *(f"{stem[:36]}-{number}" for number in (2, 3))]
            known = stem in (others if row["name"] != stem else near)
            if not (known and any(self._same_field(row, name) for name in near)):
                self._map_field(row, self._new_field(row))

    def _same_field(self, row: Row, name: str) -> bool:
        """Say whether there is a field of this name and type that stands for no other of theirs; it is this one then."""
        record = row["record"]
        known = self._store.fields.exact(record, name)
        if known is None or known.type != row["type"] or known.name in self._taken.get(record, ()):
            return False
        more = tuple(choice for choice in json.loads(row["choices"]) if choice not in known.choices)
        if more:
            self._store.fields.save(known, known._replace(choices=(*known.choices, *more)))
        self._map_field(row, known.name)
        return True

    def _map_field(self, row: Row, name: str) -> None:
        self._taken.setdefault(row["record"], set()).add(name)
        self.fields.setdefault(row["record"], {})[row["name"]] = name

    def _new_field(self, row: Row) -> str:
        """Add a field of theirs; where its name means one of another type here, under a name of its own."""
        name, number = str(row["name"]), 1
        while self._store.fields.exact(row["record"], name):
            number += 1
            name = f"{_stem(row['name'])[:36]}-{number}"
        self._add("custom_fields", row | {"name": name})
        return name

    def renamed(self, record: str, fields: str) -> str:
        """Return the fields of a record under the names that they have here."""
        names = self.fields.get(record, {})
        values = {names.get(name, name): value for name, value in json.loads(fields).items()}
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    def _pipelines(self) -> None:
        ours = {fold(row["name"]): row["id"] for row in self._ours("pipelines")}
        self._new_pipelines: set[int] = set()
        for row in self._foreign.all("pipelines"):
            key = ours.get(fold(row["name"]))
            if key is None:
                key = self._add("pipelines", row | {"position": self._store.pipelines.next_position()})
                self._new_pipelines.add(row["id"])
            self._foreign.map("pipelines", row["id"], key)

    def _stages(self) -> None:
        history = self._foreign.all("stage_history")
        for row in self._foreign.all("stages", "position, id"):
            pipeline = self._foreign.ours("pipelines", row["pipeline_id"]) or 0
            if row["pipeline_id"] in self._new_pipelines:
                key = self._add("stages", row | {"pipeline_id": pipeline}, told=False)
                for past in (one for one in history if one["stage_id"] == row["id"]):
                    self._add("stage_history", past | {"stage_id": key}, told=False)
            else:
                key = self._stage(row, pipeline)
            self._foreign.map("stages", row["id"], key)
        self._store.stages.refresh()

    def _stage(self, row: Row, pipeline: int) -> int:
        """Return the stage of a pipeline of ours: of the same name, or the one in which deals are won or lost."""
        stages = self._store.stages
        if row["kind"] != "open":
            return stages.closing(pipeline, row["kind"]).id
        name = row["name"]
        while (known := stages.named(name, pipeline)) and not known.is_open:
            name += " 2"
        if known:
            return known.id
        place = stages.closing(pipeline, "won")
        stage = stages.add(name, probability=row["probability"], before=place, on=self._today, op=self._op)
        if row["removed_on"]:
            self._engine.update("stages", stage.id, {"removed_on": row["removed_on"]})
            stages.refresh()
        self._added.setdefault("stages", []).append(name)
        return stage.id

    def _rates(self) -> None:
        known = {(row["currency"], row["on_date"]) for row in self._ours("rates")}
        for row in self._foreign.all("rates"):
            if (row["currency"], row["on_date"]) not in known:
                self._add("rates", row)

    def _ours(self, table: str) -> list[Row]:
        return self._foreign.ours_all(table)

    def _add(self, table: str, row: dict[str, Any], *, told: bool = True) -> int:
        kept = {name: value for name, value in row.items() if name != "id"}
        if told:
            self._added.setdefault(table, []).append(str(row.get("name") or row.get("currency")))
        return self._engine.insert(table, kept | {"created_op": self._op})
