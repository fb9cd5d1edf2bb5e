"""Records that leave the book: what goes with them, and what hangs on them."""

from collections.abc import Collection, Iterable, Iterator

from salestrack.domain.removal import Records
from salestrack.store.engine import Engine, Row
from salestrack.store.refusals import LETTERS, find_row

_PART = 500
# A person is taken out of what belongs to their customer; that stays.
_LOOSE = "contact_id"
# What is sold stays on what it was sold by.
_SOLD = ("deal_lines", "sale_lines")


class Removal:
    """Finds what refers to records, by the references of the tables themselves, and removes both."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, table: str, key: int) -> Row | None:
        """Return a record as it is stored, or None."""
        return find_row(self._engine, table, key)

    def hanging(self, table: str, keys: Collection[int]) -> Records:
        """Return the records that belong to some others and would be left without them, by table."""
        found: Records = {}
        for child, column in self._engine.references(table):
            if child in LETTERS and column != _LOOSE:
                rows = self._ids(child, column, keys) - (set(keys) if child == table else set())
                found.setdefault(child, set()).update(rows)
        return {child: rows for child, rows in found.items() if rows}

    def closure(self, chosen: Records) -> Records:
        """Return some records with everything that hangs on them, and on that."""
        found = {table: set(keys) for table, keys in chosen.items()}
        grown = found
        while grown:
            more: Records = {}
            for table, keys in grown.items():
                for child, rows in self.hanging(table, keys).items():
                    more.setdefault(child, set()).update(rows - found.get(child, set()))
            grown = {table: rows for table, rows in more.items() if rows}
            for table, rows in grown.items():
                found[table] = found.get(table, set()) | rows
        return found

    def named_in(self, contacts: Collection[int], but: Records) -> Records:
        """Return the deals and activities in which people are named, without some records, by table."""
        found = {table: self._ids(table, _LOOSE, contacts) - but.get(table, set()) for table in ("deals", "activities")}
        return {table: rows for table, rows in found.items() if rows}

    def sold(self, products: Collection[int]) -> set[int]:
        """Return those of some products that stand on a deal or a sale."""
        found: set[int] = set()
        for part in _parts(products):
            for table in _SOLD:
                sql = f"SELECT DISTINCT product_id FROM {table} WHERE product_id IN ({part})"
                found |= {row["product_id"] for row in self._engine.query(sql)}
        return found

    def retire(self, product: int, on: str) -> None:
        """Take a product off the list as of a day."""
        self._engine.update("products", product, {"removed_on": on})

    def remove(self, records: Records) -> None:
        """Remove records with all that is theirs alone; people are taken out of what stays."""
        self._engine.defer_references()
        for part in _parts(records.get("contacts", ())):
            for table in ("deals", "activities"):
                self._engine.execute(f"UPDATE {table} SET contact_id = NULL WHERE contact_id IN ({part})")
        parts = [
            (child, self._ids(child, column, keys))
            for table, keys in records.items()
            for child, column in self._engine.references(table)
            if child not in LETTERS
        ]
        for table, keys in (*records.items(), *parts):
            self._remove(table, keys)

    def imported_by(self, key: int) -> int | None:
        """Return the operation of an import; None when there is no such import."""
        found = self._engine.value("SELECT created_op FROM imports WHERE id = ?", (key,))
        return None if found is None else int(found)

    def _remove(self, table: str, keys: Iterable[int]) -> None:
        for part in _parts(keys):
            self._engine.execute(f"DELETE FROM {table} WHERE id IN ({part})")

    def _ids(self, table: str, column: str, keys: Collection[int]) -> set[int]:
        return {
            row["id"]
            for part in _parts(keys)
            for row in self._engine.query(f"SELECT id FROM {table} WHERE {column} IN ({part})")
        }


def _parts(keys: Iterable[int]) -> Iterator[str]:
    """Yield ids some hundred at a time, as a statement lists them."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), _PART):
        yield ", ".join(map(str, ordered[start : start + _PART]))
