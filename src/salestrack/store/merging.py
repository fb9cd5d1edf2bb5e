"""Several entries of one record made one: what refers to the others refers to the one that stays."""

from typing import Any

from salestrack.domain.merging import combined
from salestrack.store.engine import Engine, Row

# Rows that join two records, of which there is one for each pair, and the column of the other record.
_PAIRS = {
    ("customer_tags", "customer_id"): "tag_id",
    ("deal_tags", "deal_id"): "tag_id",
    ("deal_contacts", "deal_id"): "contact_id",
    ("deal_contacts", "contact_id"): "deal_id",
    ("activity_contacts", "contact_id"): "activity_id",
}
# What the record that stays has a new version of.
_GIVEN_UP = {"deals": ("deal_history", "deal_lines")}
# What a record of its own is, in the order in which it is told.
_TOLD = ("contacts", "deals", "sales", "activities")
# What the record that stays has of its own, so that nothing of the others is filled in.
_OWN = {
    "customers": ("id", "name", "key", "email_key", "phone_key", "merged_into", "created_op", "snoozed_until"),
    "contacts": ("id", "name", "key", "email_key", "phone_key", "created_op"),
    "deals": (
        "id", "title", "pipeline_id", "stage_id", "stage_since", "status", "amount", "currency", "probability",
        "expected_on", "owner_id", "created_on", "closed_on", "rate", "book_amount", "snoozed_until", "created_op",
    ),
}  # fmt: skip
# Columns by which a record is looked up follow these.
_KEYED = {"email": "email_key", "phone": "phone_key"}


class Merging:
    """Moves what hangs on one record to another of its kind; the kind is the name of the table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def row(self, table: str, key: int) -> Row:
        """Return a record as it is stored."""
        return self._engine.query(f"SELECT * FROM {table} WHERE id = ?", (key,))[0]

    def belongings(self, table: str, key: int) -> dict[str, int]:
        """Return how many records of each kind refer to one: contacts, deals, sales, activities."""
        columns = {child: column for child, column in self._engine.references(table) if child in _TOLD}
        found = {
            child: int(self._engine.value(f"SELECT count(*) FROM {child} WHERE {columns[child]} = ?", (key,)))
            for child in _TOLD
            if child in columns
        }
        return {child: count for child, count in found.items() if count}

    def came_since(self, customer: int, op: int) -> list[str]:
        """Return the ids of the deals, sales and activities of a customer that were recorded after an operation."""
        sql = "SELECT id FROM {} WHERE customer_id = ? AND created_op > ? ORDER BY id"
        return [
            f"{letter}{row['id']}"
            for letter, table in (("d", "deals"), ("s", "sales"), ("a", "activities"))
            for row in self._engine.query(sql.format(table), (customer, op))
        ]

    def relink(self, table: str, keep: int, other: int) -> None:
        """Let everything that refers to one record refer to another, and the imports' keys as well."""
        params = {"keep": keep, "other": other, "kind": table}
        for child in _GIVEN_UP.get(table, ()):
            self._engine.execute(f"DELETE FROM {child} WHERE {table.removesuffix('s')}_id = :other", params)
        for child, column in self._engine.references(table):
            if pair := _PAIRS.get((child, column)):
                self._engine.execute(
                    f"DELETE FROM {child} WHERE {column} = :other "
                    f"AND {pair} IN (SELECT {pair} FROM {child} WHERE {column} = :keep)",
                    params,
                )
            self._engine.execute(f"UPDATE {child} SET {column} = :keep WHERE {column} = :other", params)
        self._engine.execute(
            "UPDATE import_keys SET record_id = :keep WHERE record_id = :other AND kind = :kind", params
        )

    def fill(self, table: str, keep: int, other: int) -> dict[str, tuple[Any, Any]]:
        """Fill what is empty in a record from another; return the columns in which both say something different.

        Notes are joined, and of two days of creation the earlier stays.
        """
        mine, theirs = self.row(table, keep), self.row(table, other)
        columns = [column for column in mine if column not in _OWN[table]]
        changes, differing = combined(mine, theirs, columns)
        for column, key in _KEYED.items():
            if column in changes:
                changes[key] = theirs[key]
        self._engine.update(table, keep, changes)
        same = {column for column, key in _KEYED.items() if key in mine and mine[key] == theirs[key] is not None}
        return {column: pair for column, pair in differing.items() if column not in same}

    def retire(self, other: int, keep: int) -> None:
        """Put a customer out of sight for good: from now on its id means the one that stays."""
        self._engine.update("customers", other, {"merged_into": keep})

    def join_contact(self, deal: int, contact: int, *, op: int) -> None:
        """Let a person be one of those of a deal."""
        row = {"deal": deal, "contact": contact, "op": op}
        self._engine.execute(
            "INSERT INTO deal_contacts (deal_id, contact_id, created_op) SELECT :deal, :contact, :op "
            "WHERE NOT EXISTS (SELECT 1 FROM deal_contacts WHERE deal_id = :deal AND contact_id = :contact)",
            row,
        )

    def copy_links(self, deal: int, to: int, *, op: int) -> None:
        """Put the tags, contacts and custom fields of a deal on another one as well."""
        row = self.row("deals", deal)
        self._engine.update("deals", to, {column: row[column] for column in ("fields", "snoozed_until")})
        for table, columns in (("deal_tags", "tag_id"), ("deal_contacts", "contact_id, role")):
            self._engine.execute(
                f"INSERT INTO {table} (deal_id, {columns}, created_op) "
                f"SELECT :to, {columns}, :op FROM {table} WHERE deal_id = :deal ORDER BY id",
                {"deal": deal, "to": to, "op": op},
            )

    def repeats(self, deal: int) -> bool:
        """Say whether a deal repeats."""
        return self._engine.value("SELECT 1 FROM schedules WHERE deal_id = ?", (deal,)) is not None
