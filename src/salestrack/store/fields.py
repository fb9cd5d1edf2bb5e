"""Definitions of custom fields, and their values in the `fields` column of records."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from salestrack.domain.fields import RECORDS, Field, Type, Value, a, loaded, stored
from salestrack.domain.names import climb, first_of, fold, similar
from salestrack.errors import AmbiguousError, NotFoundError, RuleError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import day, iso

TABLES = {record: f"{record.removesuffix('y')}ies" if record[-1] == "y" else f"{record}s" for record in RECORDS}
# What a JSON function returns would go into the journal as an object, and not as the text that the column holds.
_TEXT = "{} || ''"


class Fields:
    """The custom_fields table, and what records have in their fields."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self, record: str | None = None, *, removed: bool = False) -> tuple[Field, ...]:
        """Return the fields of a kind of record, or of all, in the order in which they were added."""
        rows = self._engine.query("SELECT id, record, name, type, choices, removed_on FROM custom_fields ORDER BY id")
        found = (_field(row) for row in rows)
        return tuple(
            sorted(
                (one for one in found if record in (None, one.record) and (removed or not one.removed_on)),
                key=lambda one: RECORDS.index(one.record),
            )
        )

    def resolve(self, record: str, text: str, *, hint: str | None = None) -> Field:
        """Return the field of a kind of record that text names, as names resolve; hint is for one that is not there.

        Raises NotFoundError with the likeliest ones, or AmbiguousError with the candidates.
        """
        known = self.all(record)
        name = text.removeprefix(f"{record}.")
        found = climb(name, [(one.name, one) for one in known])
        if len(found) == 1:
            return found[0]
        if found:
            fitting = ", ".join(one.name for one in found)
            raise AmbiguousError(f"'{text}' could be {fitting}", hint="type more of the name")
        if others := [one for one in self.all() if fold(one.name) == fold(name)]:
            whose = " and ".join(TABLES[one.record] for one in others)
            raise NotFoundError(
                f"{a(record)} has no field '{name}'; it is a field of {whose}",
                hint=hint or f"salestrack field add {record} {others[0].name} {others[0].type} adds it here",
            )
        adding = f"salestrack field add {record} {name.replace(' ', '-') or 'NAME'} text"
        raise unknown(text, known, hint=hint or adding)

    def exact(self, record: str, name: str) -> Field | None:
        """Return the field with this name, whatever its case, retired or not; None when there is none."""
        return next((one for one in self.all(record, removed=True) if fold(one.name) == fold(name)), None)

    def add(self, record: str, name: str, kind: Type, choices: tuple[str, ...], *, op: int) -> Field:
        """Define a field and return it."""
        packed = json.dumps(choices, ensure_ascii=False)
        row: Row = {"record": record, "name": name, "type": kind, "choices": packed, "created_op": op}
        return Field(self._engine.insert("custom_fields", row), record, name, kind, choices)

    def save(self, before: Field, after: Field) -> Field:
        """Store what changed of a definition; a new name takes the values along."""
        packed = json.dumps(after.choices, ensure_ascii=False)
        row = {"name": after.name, "type": after.type, "choices": packed, "removed_on": iso(after.removed_on)}
        self._engine.update("custom_fields", after.id, row)
        if before.name != after.name:
            self._move(before, after.name)
        return after

    def of(self, record: str, key: int) -> dict[str, Value]:
        """Return the values of a record by the names of its fields, without those that have none or are retired."""
        kept = self.kept(record, key)
        known = self.all(record) if kept else ()
        return {one.name: loaded(one, kept[one.name]) for one in known if one.name in kept}

    def kept(self, record: str, key: int) -> dict[str, str]:
        """Return what a record has in its fields, as it is kept; RuleError when there is no such record."""
        text = self._engine.value(f"SELECT fields FROM {TABLES[record]} WHERE id = ?", (key,))
        if text is None:
            raise RuleError(f"there is no {record} {key}")
        kept: dict[str, str] = json.loads(text)
        return kept

    def put(self, record: str, key: int, changes: Mapping[str, Value | None]) -> None:
        """Set fields of a record by name; None empties one."""
        kept = self.kept(record, key)
        after = kept | {name: stored(value) for name, value in changes.items() if value is not None}
        for name in [name for name, value in changes.items() if value is None]:
            after.pop(name, None)
        if after != kept:
            self._engine.update(TABLES[record], key, {"fields": packed(after)})

    def values(self, field: Field) -> Iterator[tuple[int, str]]:
        """Yield the records that have a value of a field, and the value, in the order of their ids."""
        sql = (
            f"SELECT id, json_extract(fields, ?) FROM {TABLES[field.record]} WHERE json_extract(fields, ?) IS NOT NULL"
        )
        return self._engine.stream(f"{sql} ORDER BY id", (path(field.name), path(field.name)))

    def count(self, field: Field, value: str) -> int:
        """Return how many records have a value of a field."""
        sql = f"SELECT count(*) FROM {TABLES[field.record]} WHERE json_extract(fields, ?) = ?"
        return int(self._engine.value(sql, (path(field.name), value)))

    def counts(self, record: str, names: tuple[str, ...]) -> tuple[int, ...]:
        """Return how many records have a value of each of some fields, in one pass."""
        if not names:
            return ()
        sums = ", ".join(f"count(json_extract(fields, :p{at})) AS n{at}" for at in range(len(names)))
        params = {f"p{at}": path(name) for at, name in enumerate(names)}
        row = self._engine.query(f"SELECT {sums} FROM {TABLES[record]}", params)[0]
        return tuple(row.values())

    def replace(self, field: Field, old: str, new: str) -> int:
        """Give every record that has one value of a field another one, and return how many that were."""
        sql = (
            f"UPDATE {TABLES[field.record]} SET fields = {_TEXT.format('json_set(fields, :path, :new)')} "
            "WHERE json_extract(fields, :path) = :old"
        )
        return self._engine.execute(sql, {"path": path(field.name), "old": old, "new": new})

    def _move(self, field: Field, name: str) -> None:
        """Take the values of a field along to another name."""
        moved = "json_set(json_remove(fields, :old), :new, json_extract(fields, :old))"
        sql = (
            f"UPDATE {TABLES[field.record]} SET fields = {_TEXT.format(moved)} "
            "WHERE json_extract(fields, :old) IS NOT NULL"
        )
        self._engine.execute(sql, {"old": path(field.name), "new": path(name)})


def path(name: str) -> str:
    """Return where in a record's fields a value stands, for json_extract."""
    return f'$."{name}"'


def packed(values: Mapping[str, Any]) -> str:
    """Return values as they are kept in a record."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def unknown(text: str, known: tuple[Field, ...], *, hint: str) -> NotFoundError:
    """Return the error that a field does not exist, with the likeliest name or all there are."""
    names = list(dict.fromkeys(one.name for one in known))
    if near := similar(text.rpartition(".")[2], names, most=1):
        return NotFoundError(f"there is no field '{text}'", hint=f"did you mean {near[0]}? otherwise: {hint}")
    listed = f"; known: {first_of(names)}" if names else ""
    return NotFoundError(f"there is no field '{text}'{listed}", hint=hint)


def _field(row: Row) -> Field:
    row["choices"] = tuple(json.loads(row["choices"]))
    return Field(**{**row, "removed_on": day(row["removed_on"])})
