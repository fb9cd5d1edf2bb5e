"""Customers that came with an import, beside those that go by the same name or nearly so."""

from collections.abc import Collection, Mapping

from salestrack.store.engine import Engine, Row
from salestrack.store.staging import in_parts


class Twins:
    """Look-ups by the index of names; nothing here reads every customer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def new(self, after: int, most: int) -> list[Row]:
        """Return id, name, key and email_key of customers above an id, none where there are more than some."""
        sql = "SELECT id, name, key, email_key FROM customers WHERE id > ? AND merged_into IS NULL ORDER BY id LIMIT ?"
        rows = self._engine.query(sql, (after, most + 1))
        return rows if len(rows) <= most else []

    def namesakes(self, after: int) -> list[Row]:
        """Return pairs of a new customer and the first older one with the same name: id, name, other."""
        return self._engine.query(
            "SELECT n.id, n.name, min(o.id) AS other, o.name AS other_name FROM customers n "
            "JOIN customers o ON o.key = n.key AND o.id < n.id AND o.merged_into IS NULL "
            "WHERE n.id > ? GROUP BY n.id ORDER BY n.id",
            (after,),
        )

    def called(self, keys: Collection[str]) -> Mapping[str, Row]:
        """Return the first customer of each folded name."""
        found: dict[str, Row] = {}
        for part in in_parts(list(keys)):
            marks = ", ".join("?" * len(part))
            sql = f"SELECT id, name, key FROM customers WHERE merged_into IS NULL AND key IN ({marks}) ORDER BY id"
            for row in self._engine.query(sql, part):
                found.setdefault(row["key"], row)
        return found
