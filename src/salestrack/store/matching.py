"""Names and addresses that a file mentions, looked up many at a time and only exactly: no prefixes, nothing fuzzy."""

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from salestrack.store.engine import Engine, Row
from salestrack.store.staged_orders import BESIDE
from salestrack.store.staging import in_parts


class Known(NamedTuple):
    """What an import key stands for: the record, the fingerprint of its row, and whether the record is still there."""

    record_id: int
    print: int
    exists: bool


class Match(NamedTuple):
    """A record that goes by a name, and its name as the book writes it; customer_id is set for contacts."""

    id: int
    name: str
    customer_id: int | None = None


Matches = dict[str, list[Match]]
_TABLES = {"history": "deals"}
"""The tables of what keys stand for, where they are not called like the kind."""
_FORMER = (
    "SELECT j.row_id AS id, j.before ->> '{field}' AS former FROM journal j JOIN operations o ON o.id = j.op "
    "WHERE j.tbl = 'customers' AND o.kind IN ('do', 'import') AND o.undone_by IS NULL "
    "AND j.before ->> '{field}' IS NOT NULL AND j.row_id IN "
)


class Matching:
    """Look-ups for sets of keys, each through an index."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def has_keys(self, source: str, kind: str) -> bool:
        """Say whether anything of this kind ever came from this source."""
        sql = "SELECT 1 FROM import_keys WHERE source = ? AND kind = ? LIMIT 1"
        return self._engine.value(sql, (source, kind)) is not None

    def keys(self, source: str, kind: str, keys: Iterable[str]) -> dict[str, Known]:
        """Return what keys of a source stand for. `kind` is the name of their table."""
        sql = (
            f"SELECT k.key, k.record_id, k.print, t.id IS NOT NULL AS found FROM import_keys k "
            f"LEFT JOIN {_TABLES.get(kind, kind)} t ON t.id = k.record_id WHERE k.source = ? AND k.kind = ? AND k.key IN "
        )
        found: dict[str, Known] = {}
        for part in in_parts(list(keys)):  # by the million where a file comes again: no dictionary for each of them
            rows = self._engine.stream(f"{sql}({', '.join('?' * len(part))})", (source, kind, *part))
            found |= {key: Known(record, print_, bool(there)) for key, record, print_, there in rows}
        return found

    def gone(self, source: str, kind: str, most: int) -> tuple[int, list[int]]:
        """Return how many records of a source no noted key stands for, and the first of their ids; of histories, changes.

        What was removed by hand is not among them, nor a refund that stands beside its order.
        """
        away = (
            "SELECT k.record_id AS id FROM import_keys k WHERE k.source = :source AND k.kind = :kind "
            f"AND EXISTS (SELECT 1 FROM {_TABLES.get(kind, kind)} t WHERE t.id = k.record_id) "
            "AND instr(k.key, :beside) = 0 AND NOT EXISTS (SELECT 1 FROM staging.present p "
            "WHERE p.source = :source AND p.kind = :kind AND p.key = k.key)"
        )
        if kind != "history":  # after a merge several keys stand for one record
            away += (
                " AND NOT EXISTS (SELECT 1 FROM import_keys o JOIN staging.present p ON p.key = o.key AND p.kind = o.kind "
                "AND p.source = o.source WHERE o.record_id = k.record_id AND o.kind = :kind AND o.source = :source)"
            )
        params = {"source": source, "kind": kind, "beside": BESIDE, "most": most}
        counted = "count(*)" if kind == "history" else "count(DISTINCT id)"
        number = int(self._engine.value(f"SELECT {counted} FROM ({away})", params))
        first = (
            self._engine.query(f"SELECT DISTINCT id FROM ({away}) ORDER BY id LIMIT :most", params) if number else []
        )
        return number, [row["id"] for row in first]

    def claimed(self, source: str, kind: str, ids: Iterable[int]) -> set[int]:
        """Return those of some records that have a key of this source already."""
        sql = "SELECT record_id FROM import_keys WHERE source = ? AND kind = ? AND record_id IN "
        return {row["record_id"] for row in self._rows(sql, ids, source, kind)}

    def customers(self, keys: Collection[str]) -> Matches:
        """Return the customers that go by folded names, their aliases included."""
        found = self._grouped("SELECT key, id, name FROM customers WHERE merged_into IS NULL AND key IN ", keys)
        for key, matches in self.aliased(keys).items():
            known = found.setdefault(key, [])
            known += [match for match in matches if match not in known]
        return found

    def people(self, column: str, keys: Collection[str]) -> Matches:
        """Return who has an address (email_key) or number (phone_key): customers, and contacts with their customer."""
        customers = (
            f"SELECT DISTINCT c.{column} AS key, coalesce(k.id, c.id) AS id, coalesce(k.name, c.name) AS name "
            f"FROM customers c LEFT JOIN customers k ON k.id = c.merged_into WHERE c.{column} IN "
        )
        contacts = f"SELECT {column} AS key, id, name, coalesce(customer_id, 0) AS customer_id FROM contacts WHERE {column} IN "
        found = self._grouped(customers, keys)
        for key, matches in self._grouped(contacts, keys).items():
            found.setdefault(key, []).extend(matches)
        return found

    def aliased(self, keys: Collection[str]) -> Matches:
        """Return the customers of whom folded names are aliases."""
        sql = (
            "SELECT a.key, c.id, c.name FROM customer_aliases a JOIN customers c ON c.id = a.customer_id "
            "WHERE c.merged_into IS NULL AND a.key IN "
        )
        return self._grouped(sql, keys)

    def addresses(self, customers: Collection[int]) -> dict[int, set[str]]:
        """Return the e-mail addresses of customers: their own, their contacts', those of whoever they were merged with.

        Those that they had before somebody changed these are among them.
        """
        found: dict[int, set[str]] = {}
        for sql in (
            "SELECT id, email_key FROM customers WHERE email_key IS NOT NULL AND id IN ",
            "SELECT merged_into AS id, email_key FROM customers WHERE email_key IS NOT NULL AND merged_into IN ",
            "SELECT customer_id AS id, email_key FROM contacts WHERE email_key IS NOT NULL AND customer_id IN ",
        ):
            for row in self._rows(sql, customers):
                found.setdefault(row["id"], set()).add(row["email_key"])
        for row in self._rows(_FORMER.format(field="email_key"), customers):
            found.setdefault(row["id"], set()).add(row["former"])
        return found

    def customer_names(self, customers: Collection[int]) -> dict[int, set[str]]:
        """Return the folded names of customers: present and former ones, aliases, those of whoever they were merged with."""
        found: dict[int, set[str]] = {}
        for sql in (
            "SELECT id, key AS former FROM customers WHERE id IN ",
            "SELECT merged_into AS id, key AS former FROM customers WHERE merged_into IN ",
            "SELECT customer_id AS id, key AS former FROM customer_aliases WHERE customer_id IN ",
            _FORMER.format(field="key"),
        ):
            for row in self._rows(sql, customers):
                found.setdefault(row["id"], set()).add(row["former"])
        return found

    def removed(self, kind: str, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """Return what records were when people removed them, by id."""
        sql = (
            "SELECT j.row_id AS id, j.before FROM journal j JOIN operations o ON o.id = j.op WHERE j.tbl = ? "
            "AND o.kind = 'do' AND o.undone_by IS NULL AND j.after IS NULL AND j.row_id IN "
        )
        return {row["id"]: json.loads(row["before"]) for row in self._rows(sql, ids, kind)}

    def linked(self, kind: str, records: Collection[int]) -> dict[int, int]:
        """Return the customers of sales, activities or deals, by id."""
        sql = f"SELECT id, customer_id FROM {kind} WHERE customer_id IS NOT NULL AND id IN "
        return {row["id"]: row["customer_id"] for row in self._rows(sql, records)}

    def contact_addresses(self, contacts: Collection[int]) -> dict[int, str]:
        """Return the e-mail addresses of contacts that have one."""
        sql = "SELECT id, email_key FROM contacts WHERE email_key IS NOT NULL AND id IN "
        return {row["id"]: row["email_key"] for row in self._rows(sql, contacts)}

    def contacts(self, keys: Collection[str]) -> Matches:
        """Return the contacts that go by folded names."""
        sql = "SELECT key, id, name, coalesce(customer_id, 0) AS customer_id FROM contacts WHERE key IN "
        return self._grouped(sql, keys)

    def products(self, column: str, keys: Collection[str]) -> Matches:
        """Return the products with folded names (key) or article numbers (sku)."""
        sql = f"SELECT {column} AS key, id, name FROM products WHERE removed_on IS NULL AND {column} IN "
        return self._grouped(sql, keys)

    def ids(self, table: str, ids: Iterable[int], name: str = "name") -> dict[int, str]:
        """Return the names of records by id; those that are gone are left out."""
        extra = " merged_into IS NULL AND" if table == "customers" else ""
        return {
            row["id"]: row["name"]
            for row in self._rows(f"SELECT id, {name} AS name FROM {table} WHERE{extra} id IN ", ids)
        }

    def keepers(self, ids: Iterable[int]) -> dict[int, int]:
        """Return what each of some customers that were merged has become."""
        sql = "SELECT id, merged_into FROM customers WHERE merged_into IS NOT NULL AND id IN "
        found = {row["id"]: row["merged_into"] for row in self._rows(sql, ids)}
        if found:
            further = self.keepers(set(found.values()))
            found = {key: further.get(into, into) for key, into in found.items()}
        return found

    def deals_of(self, customers: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
        """Return the ids and titles of customers' deals."""
        found: dict[int, list[tuple[int, str]]] = {}
        for row in self._rows("SELECT id, title, customer_id FROM deals WHERE customer_id IN ", customers):
            found.setdefault(row["customer_id"], []).append((row["id"], row["title"]))
        return found

    def titled(self, keys: Collection[str]) -> dict[str, list[int]]:
        """Return the deals that have just these titles."""
        found: dict[str, list[int]] = {}
        for row in self._rows("SELECT title, id FROM deals WHERE title IN ", keys):
            found.setdefault(row["title"], []).append(row["id"])
        return found

    def customers_of(self, table: str, ids: Iterable[int]) -> dict[int, int | None]:
        """Return whose deals or sales some records are."""
        return {
            row["id"]: row["customer_id"]
            for row in self._rows(f"SELECT id, customer_id FROM {table} WHERE id IN ", ids)
        }

    def quotas(self) -> dict[tuple[Any, ...], int]:
        """Return every quota's id by owner, channel, metric and period: they are few."""
        rows = self._engine.query("SELECT id, owner_id, channel, metric, start_on, end_on FROM quotas")
        return {(r["owner_id"], r["channel"], r["metric"], r["start_on"], r["end_on"]): r["id"] for r in rows}

    def custom_fields(self, record: str) -> set[str]:
        """Return the names of the custom fields of a kind of record."""
        return {row["name"] for row in self._engine.query("SELECT name FROM custom_fields WHERE record = ?", (record,))}

    def named(self, table: str) -> list[tuple[str, int]]:
        """Return all names and ids of a small table: owners, tags, lost_reasons."""
        return [(row["name"], row["id"]) for row in self._engine.query(f"SELECT name, id FROM {table} ORDER BY id")]

    def last_operation(self) -> int:
        """Return the id of the last operation, to notice whether somebody wrote meanwhile."""
        return int(self._engine.value("SELECT coalesce(max(id), 0) FROM operations"))

    def _grouped(self, sql: str, keys: Collection[Any]) -> Matches:
        found: Matches = {}
        for row in self._rows(sql, keys):
            found.setdefault(row.pop("key"), []).append(Match(**row))
        return found

    def _rows(self, sql: str, keys: Iterable[Any], *params: Any) -> list[Row]:
        rows: list[Row] = []
        for part in in_parts(list(keys)):
            marks = ", ".join("?" * len(part))
            rows += self._engine.query(f"{sql}({marks})", (*params, *part))
        return rows
