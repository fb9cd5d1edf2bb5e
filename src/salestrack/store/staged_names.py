"""Names that records went by before people renamed or removed them: what rows of a file may still call them."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from salestrack.store.engine import Engine
from salestrack.store.staged_again import Shape

# Columns of records and product lines that name somebody or something, and the tables of these.
NAMED = {"customer_id": "customers", "contact_id": "contacts", "product_id": "products"}
_FORMER = """
SELECT j.row_id, j.before, j.after FROM (SELECT id FROM journal INDEXED BY journal_row WHERE tbl = ?) i
CROSS JOIN journal j ON j.id = i.id JOIN operations o ON o.id = j.op WHERE o.undone_by IS NULL AND o.kind IN ('do', 'import')
ORDER BY j.id
"""
_BEARERS = {
    "customers": "SELECT id, NULL AS customer_id FROM customers WHERE key = :key AND merged_into IS NULL "
    "UNION SELECT customer_id, NULL FROM customer_aliases WHERE key = :key",
    "contacts": "SELECT id, customer_id FROM contacts WHERE key = :key",
    "products": "SELECT id, NULL AS customer_id FROM products WHERE key = :key AND removed_on IS NULL",
}
# A new name of the file may have something before it that tells it from others.
_NEW = "SELECT -no, parent, substr(key, instr(key, char(31)) + 1) FROM staging.fresh WHERE kind = ?"


class _Name(NamedTuple):
    """A folded name, and of a contact the customer."""

    key: str
    customer_id: int | None


class FormerNames:
    """Who goes, or went, by the same name: ids of one table that mean one, new ones of the file below zero among them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.one: dict[str, dict[int, int]] = {}
        """By column: the id that stands for all that mean the same, for each of these."""
        for column, table in NAMED.items():
            self.one[column] = self._joined(table, self._former(table))

    def __bool__(self) -> bool:
        """Say whether any name may mean another record than the one that goes by it."""
        return any(self.one.values())

    def _former(self, table: str) -> dict[str, list[tuple[int, _Name]]]:
        """Return who was renamed or removed, by the folded names that they had."""
        found: dict[str, list[tuple[int, _Name]]] = {}
        for row_id, before, after in self._engine.stream(_FORMER, (table,)):
            old = json.loads(before)
            if after is None or json.loads(after)["key"] != old["key"]:
                name = _Name(old["key"], old["customer_id"] if table == "contacts" else None)
                found.setdefault(name.key, []).append((row_id, name))
        return found

    def _joined(self, table: str, former: dict[str, list[tuple[int, _Name]]]) -> dict[int, int]:
        bearers: list[tuple[int, _Name]] = []
        for key in former:
            rows = self._engine.query(_BEARERS[table], {"key": key})
            bearers += [(row["id"], _Name(key, row["customer_id"])) for row in rows]
        if former:
            new = self._engine.stream(_NEW, (table,))
            bearers += [(key, _Name(name, parent)) for key, parent, name in new if name in former]
        return self._together((other, name, former[name.key]) for other, name in bearers)

    def _together(self, bearers: Iterable[tuple[int, _Name, list[tuple[int, _Name]]]]) -> dict[int, int]:
        customers, one = self.one.get("customer_id", {}), dict[int, int]()
        for other, name, olds in bearers:
            for old, its in olds:
                ours, theirs = (customers.get(key or 0, key) for key in (name.customer_id, its.customer_id))
                if other != old and ours == theirs:
                    first, second = one.get(old, old), one.get(other, other)
                    one |= {key: first for key, value in [*one.items(), (other, second)] if value == second}
                    one[old] = one[other] = first
        return one

    def settle(self, kind: str, shape: Shape) -> None:
        """Let rows that were found by a former name say of it what their records say."""
        for column, ids in self.one.items():
            if not ids:
                continue
            among = f"({', '.join(map(str, ids))})"
            if column in shape.columns:
                self._engine.execute(
                    f"UPDATE staging.rows SET {column} = coalesce(t.{column}, iif(rows.{column} > 0, rows.{column}, NULL)) "
                    f"FROM staging.paired m JOIN {kind} t ON t.id = m.record_id "
                    f"WHERE m.line = rows.line AND rows.{column} IN {among}"
                )
            if column == "product_id" and shape.lines:
                table, line = (
                    ("lines", "staging.lines.line") if shape.lines == "sale_lines" else ("rows", "staging.rows.line")
                )
                place = "l.position = staging.lines.position" if table == "lines" else "l.position = 0"
                its = (
                    f"SELECT l.product_id FROM staging.paired m JOIN {shape.lines} l ON l.{shape.owner} = m.record_id "
                    f"WHERE m.line = {line} AND {place} AND l.product_id IS NOT NULL"
                )
                self._engine.execute(
                    f"UPDATE staging.{table} SET product_id = ({its}) WHERE product_id IN {among} AND EXISTS ({its})"
                )


def named_lines(lines: str | None, one: dict[int, int]) -> str | None:
    """Return product lines (`3x1,4x2`) with what a product stands for in its place."""
    if not lines or not one:
        return lines
    parts = (part.split("x", 1) for part in lines.split(","))
    return ",".join(f"{one.get(int(product), int(product))}x{quantity}" for product, quantity in parts)


__all__ = ["NAMED", "FormerNames", "named_lines"]
