"""Ids on their way from a copy of the book into the book itself: others may have written there, so new ones go up."""

from collections.abc import Mapping
from dataclasses import dataclass

from salestrack.store.engine import Engine
from salestrack.store.triggers import JOURNALLED

TABLES = ("operations", *JOURNALLED)
_KEYED = ("customers", "contacts", "products", "quotas", "deals", "activities", "sales")
"""What import keys stand for, by the names of their tables; histories are of deals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """By how much the new ids of each table go up, and the last id that there was in the copy before."""

    after: Mapping[str, int]
    by: Mapping[str, int]

    def any(self) -> bool:
        """Say whether any id changes."""
        return any(self.by.values())

    def id(self, table: str, key: int) -> int:
        """Return what an id of the copy is in the book."""
        return key + self.by.get(table, 0) if key > self.after.get(table, 0) else key

    def sql(self, value: str, table: str) -> str:
        """Return the same for a value in SQL."""
        by = self.by.get(table, 0)
        return f"iif({value} > {self.after.get(table, 0)}, {value} + {by}, {value})" if by else value

    def key_sql(self, value: str, kind: str) -> str:
        """Return the same for the record of an import key, whose kind decides the table."""
        if not any(self.by.get(table) for table in _KEYED):
            return value
        cases = [f"WHEN '{table}' THEN {self.sql(value, table)}" for table in _KEYED]
        cases.append(f"WHEN 'history' THEN {self.sql(value, 'deals')}")
        return f"CASE {kind} {' '.join(cases)} ELSE {value} END"


def references(engine: Engine, table: str) -> dict[str, str]:
    """Return the columns of a table that hold ids, each with the table whose ids they are."""
    own = {"id": table, "created_op": "operations"} if table in JOURNALLED else {"id": table}
    return own | dict(engine.parents(table))


def moved_columns(engine: Engine, table: str, moved: Moved) -> dict[str, str]:
    """Return each column of a table, and in SQL what a row `t` of the copy has there in the book."""
    known = references(engine, table)
    found = {
        name: moved.sql(f"t.{name}", known[name]) if name in known else f"t.{name}" for name in engine.columns(table)
    }
    if table == "import_keys":
        found["record_id"] = moved.key_sql("t.record_id", "t.kind")
    return found


def moved_image(engine: Engine, table: str, side: str, moved: Moved) -> str:
    """Return in SQL what a row image of the journal `j` says in the book: before or after, with the ids in it."""

    def value(name: str) -> str:
        return f"j.{side} ->> '{name}'"

    known = references(engine, table).items()
    found = {name: moved.sql(value(name), parent) for name, parent in known}
    if table == "import_keys":
        found["record_id"] = moved.key_sql(value("record_id"), value("kind"))
    changes = [f"'$.{name}', {sql}" for name, sql in found.items() if sql != value(name)]
    return f"iif(j.{side} IS NULL, NULL, json_set(j.{side}, {', '.join(changes)}))" if changes else f"j.{side}"
