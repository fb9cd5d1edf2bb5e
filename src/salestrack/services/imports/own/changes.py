"""What a row of an own export says otherwise than the record that it stands for: only that is staged.

A row and the record are read the same way, side by side. A field has changed when its two values differ, however they
are written. What the file leaves as it was is not staged at all, but for the columns that go together with one that
changed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from salestrack.domain.names import fold
from salestrack.importers.kinds import CUSTOM
from salestrack.services.imports.own.agreeing import LOOKED_UP, Record
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.own_records import OwnRecords
from salestrack.store.staging import CHANGED

Row = tuple[Record, set[str]]
_CLOCK = ("done", "happened_on", "happened_time", "due_on", "due_time")
_WORTH = ("amount", "currency", "kind", "rate", "book_amount")
_STAGE = ("stage_id", "closed_on", "stage_since")
_ITEM = ("product_id", "quantity")
# The staged columns that a field feeds, where it is not one of its name.
_FEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "": {
        "customer": ("customer_id",), "contact": ("contact_id",), "owner": ("owner_id",), "deal": ("deal_id",),
        "title": ("title", "untitled"), "name": ("name", "name_key"), "tags": (), "alias": (),
    },
    "deals": {
        "product": _ITEM, "quantity": _ITEM, "stage": _STAGE, "pipeline": _STAGE, "created": ("created_on",),
        "expected": ("expected_on",), "closed": ("closed_on", "expected_on"), "lost_reason": ("reason_id",),
        "amount": ("amount", "currency"), "currency": ("amount", "currency"),
    },
    "sales": {
        **dict.fromkeys(("product", "quantity", "price", "discount", "amount", "gross", "currency"), _WORTH),
        "date": ("on_date", "rate", "book_amount"), "refund_of": ("refund_ref",),
    },
    "activities": {**dict.fromkeys(("date", "time", "due", "done"), _CLOCK), "duration": ("seconds",)},
    "customers": {"email": ("email", "email_key"), "phone": ("phone", "phone_key")},
    "contacts": {"email": ("email", "email_key"), "phone": ("phone", "phone_key")},
    "products": {"price": ("price", "currency"), "currency": ("price", "currency")},
    "quotas": {"target": ("target", "currency"), "currency": ("target", "currency")},
}  # fmt: skip
# What a staged row has to say even where nothing of it changed.
_ALWAYS = {"deals": ("stage_id",), "sales": _WORTH}
_LINES = ("product", "quantity", "price", "discount", "amount", "gross", "currency")
_MONEY = frozenset({*_LINES, "tax", "refund_of"})
_COUNTERS = ("expected_from_closed", "planned")


class OwnChanges:
    """Finds and stages what rows of one file say otherwise than their records."""

    def __init__(self, reading: Reading, rows: Any) -> None:
        self._reading = reading
        self._rows = rows
        self._kind = reading.kind.name
        self._records = OwnRecords(reading.store.engine)

    def found(self, batch: Batch, places: Sequence[int], differing: Mapping[int, Row]) -> dict[int, set[str]]:
        """Return, by place, the fields whose values differ; a cell that cannot be read says something else too."""
        records = [differing[place][0] for place in places]
        wanted = [differing[place][1] for place in places]
        theirs = self._batch(batch, places, records, wanted)
        ours = self._batch(batch, places, records, [set() for _ in places])
        with self._uncounted():
            self._rows.shape(theirs)
            self._rows.shape(ours)
        return {
            place: {
                field for field in wanted[at] if (at, field) in theirs.wrong or self._differs(theirs, ours, field, at)
            }
            for at, place in enumerate(places)
        }

    def stage(self, batch: Batch, keys: Sequence[str], updated: Mapping[int, Row], ids: Mapping[int, int]) -> None:
        """Stage what the file changes in records; cells that cannot be read reject their rows."""
        places = list(updated)
        fields = [updated[place][1] for place in places]
        fresh = self._batch(batch, places, [updated[place][0] for place in places], fields, strict=True)
        with self._uncounted():
            shaped = self._rows.shape(fresh)
        stored = self._records.stored(self._kind, ids.values())
        kept = [at not in fresh.bad for at in range(len(places))]
        columns: dict[str, list[Any]] = {
            "line": list(fresh.lines),
            "key": [keys[place] for place in places],
            "state": [CHANGED] * len(places),
            "record_id": [ids[place] for place in places],
            "own": [1] * len(places),
        }
        rows = [stored[ids[place]] for place in places]
        if self._kind == "deals":
            shaped["closed_on"] = self._closing_days(shaped, rows)
        for name, values in shaped.items():
            columns[name] = [self._column(name, value, fields[at], rows[at]) for at, value in enumerate(values)]
        names = tuple(columns)
        good = [row for row, keep in zip(zip(*columns.values(), strict=True), kept, strict=True) if keep]
        if fresh.faults:
            self._reading.staging.add("faults", ("line", "title", "cell", "reason"), [f[:4] for f in fresh.faults])
        if good:
            self._reading.staging.add("rows", names, good)
            self._children(fresh, fields, kept)

    def _batch(
        self,
        batch: Batch,
        places: Sequence[int],
        records: Sequence[Record],
        fields: Sequence[set[str]],
        *,
        strict: bool = False,
    ) -> "_Side":
        """Return rows that say what the records say, but for some fields of which the file's cells count."""
        names = [name for name in batch.cells if name != "id"]
        further = [field.name for field in self._reading.kind.fields if field.name not in {"id", "every", *batch.cells}]
        cells = {
            name: [
                batch.cells[name][place] if name in fields[at] else record.cells.get(name, "")
                for at, (place, record) in enumerate(zip(places, records, strict=True))
            ]
            for name in names
        }
        cells |= {name: [record.cells.get(name, "") for record in records] for name in further}
        for at, changed in enumerate(fields):
            for name in self._out_of_step(changed):
                cells[name][at] = ""
        lines = [batch.lines[place] for place in places]
        raw = {name: [column[place] for place in places] for name, column in batch.raw.items()}
        return _Side(self._reading, lines, cells, raw, changed=fields if strict else None)

    def _out_of_step(self, changed: set[str]) -> tuple[str, ...]:
        """Return the fields that no longer hold once some others have changed: the file left them as they were."""
        found: set[str] = set()
        if {"customer", "contact"} & changed:
            found |= set(LOOKED_UP.get(self._kind, ()))
        if self._kind == "sales":
            if "amount" in changed:
                found |= {"product", "quantity", "price", "discount", "gross"}
            elif "gross" in changed:
                found |= {"product", "quantity", "price", "discount", "amount"}
            elif {"price", "discount"} & changed:
                found |= {"amount", "gross"}
            elif "quantity" in changed:
                found |= {"price", "discount"}
        return tuple(found - changed)

    def _column(self, name: str, value: Any, fields: set[str], stored: Mapping[str, Any]) -> Any:
        """Return what is staged in a column of a row: what changed, what has to stand there, or nothing."""
        if name == "fields":
            own = {field.removeprefix(CUSTOM) for field in fields if field.startswith(CUSTOM)}
            kept = {key: text for key, text in json.loads(value or "{}").items() if key in own}
            return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else None
        feeds = _FEEDS[""] | _FEEDS.get(self._kind, {})
        fed = {column for field in fields for column in feeds.get(field, (field,))}
        if self._kind == "sales" and fields & {"amount", "currency"} and name == "kind":
            return value
        if name in fed:
            return stored["amount"] if name == "amount" and value is None else value
        return stored[name] if name in _ALWAYS.get(self._kind, ()) else None

    def _closing_days(self, shaped: Mapping[str, Sequence[Any]], stored: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return the days on which deals closed: today for those that the file closes without a day."""
        stages, today = self._reading.store.stages, self._reading.request.today.isoformat()
        return [
            today if day is None and stage > 0 and row["status"] == "open" and not stages.get(stage).is_open else day
            for stage, day, row in zip(shaped["stage_id"], shaped["closed_on"], stored, strict=True)
        ]

    def _children(self, batch: "_Side", fields: Sequence[set[str]], kept: Sequence[bool]) -> None:
        """Stage tags, names and lines of the rows in which these changed."""
        for name in ("tags", "alias"):
            if name in batch.cells:
                cells = batch.cells[name]
                batch.cells[name] = [
                    cell if name in changed else "" for cell, changed in zip(cells, fields, strict=True)
                ]
        priced = {line for line, changed in zip(batch.lines, fields, strict=True) if changed & set(_LINES)}
        moved = {line for line, changed in zip(batch.lines, fields, strict=True) if changed & {"stage", "pipeline"}}
        for name, lines in (("lines", priced), ("versions", moved), ("people", set())):
            batch.extra[name] = [row for row in batch.extra.get(name, ()) if row[0] in lines]
        self._rows.children(batch, kept)

    def _differs(self, theirs: "_Side", ours: "_Side", field: str, at: int) -> bool:
        """Say whether a cell of the file means something else than the book's; further names only come in addition."""
        mine, other = self._value(ours, field, at), self._value(theirs, field, at)
        return not other <= mine if field == "alias" else other != mine

    def _value(self, batch: "_Side", field: str, at: int) -> Any:
        """Return what a cell means, to compare it."""
        if field in {"tags", "alias"}:
            read = self._rows.readers[field].read([batch.cells[field][at]])[0]
            return frozenset(map(fold, read or ()) if field == "alias" else read or ())
        if field == "closed":  # of an open deal it is taken as the expected day while the row is read
            return self._rows.readers[field].read([batch.cells[field][at]])[0]
        if field == "discount" and self._kind == "sales":
            found = batch.values.get(field)
            return found[at] if found else None
        if field not in batch.values:
            return batch.cells[field][at]
        value = batch.values[field][at]
        if field == "contact":
            return value[0] if value else None
        return value

    @contextmanager
    def _uncounted(self) -> Iterator[None]:
        """Let rows that are read for comparison not count among those that are read for good."""
        before = {name: getattr(self._rows, name) for name in _COUNTERS if hasattr(self._rows, name)}
        yield
        for name, count in before.items():
            setattr(self._rows, name, count)


class _Side(Batch):
    """Rows that are read for comparison: what is wrong with a cell rejects no row, unless that cell is to go in."""

    def __init__(self, *given: Any, changed: Sequence[set[str]] | None) -> None:
        super().__init__(*given)
        self.cells: dict[str, Sequence[str]] = dict(self.cells)
        self.wrong: set[tuple[int, str]] = set()
        self._changed = changed

    def fault(self, place: int, field: str, reason: str) -> None:
        """Reject a row for a cell that changed."""
        self.wrong.add((place, field))
        if self._changed is None:
            return
        changed = self._changed[place]
        if field in changed or (field in _MONEY and changed & _MONEY) or (field == "deal" and "customer" in changed):
            super().fault(place, field, reason)


__all__ = ["OwnChanges"]
