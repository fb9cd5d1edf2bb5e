"""Mails and meetings on their way into the book: people by their domains, threads, and what was logged by hand."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from salestrack.domain.addresses import Person
from salestrack.store.engine import Engine, Row
from salestrack.store.only_deals import only_deal
from salestrack.store.staging import in_parts

COLUMNS = (
    "kind", "customer_id", "contact_id", "owner_id", "done", "due_on", "due_time", "happened_on", "happened_time", "seconds",
    "direction", "thread", "subject", "note",
)  # fmt: skip
"""Columns of activities that a mail or a meeting fills."""
STAGED = (*COLUMNS, "parent", "base", "number", "first", "links")
"""What is staged of each: `first` is the line of the first activity where a message is several, `links` counts the
further contacts that an activity did not have."""
BESIDE = " "
"""Stands in keys between the id of a message and an address; no id has a blank."""
_TABLES = (
    "CREATE TABLE staging.guests (line INTEGER, contact_id INTEGER)",
    "CREATE TABLE staging.strangers (address TEXT PRIMARY KEY, customer_id INTEGER, times INTEGER) WITHOUT ROWID",
    "CREATE TABLE staging.called (address TEXT, name TEXT, times INTEGER, PRIMARY KEY (address, name)) WITHOUT ROWID",
)
# What somebody is called best: by a full name rather than by one word, then as most often, then at most length.
_CALLED = (
    "SELECT name FROM staging.called c WHERE c.address = {0} "
    "ORDER BY instr(name, ' ') > 0 DESC, times DESC, length(name) DESC, name LIMIT 1"
)
_CUSTOMER = "iif(r.customer_id < 0, :customers - r.customer_id, r.customer_id)"
_CONTACT = "iif({0}.contact_id < 0, :contacts - {0}.contact_id, {0}.contact_id)"
_IDS = {"customer_id": _CUSTOMER, "contact_id": _CONTACT.format("r")}
_INSERT = f"""
INSERT INTO activities (id, {", ".join(COLUMNS)}, deal_id, logged_at, created_op)
SELECT :activities + r.no, {", ".join(_IDS.get(name, f"r.{name}") for name in COLUMNS)},
    {only_deal("r.customer_id", "coalesce(r.happened_on, r.due_on)")}, :now, :op
FROM staging.rows r WHERE r.state = 0 ORDER BY r.line
"""
_GUESTS = f"""
INSERT INTO activity_contacts (activity_id, contact_id, created_op)
SELECT DISTINCT coalesce(r.record_id, :activities + r.no), {_CONTACT.format("g")}, :op
FROM staging.guests g JOIN staging.rows r ON r.line = g.line WHERE r.state IN (0, 2, 4)
ON CONFLICT (activity_id, contact_id) DO NOTHING
"""
_KEYS = """
INSERT INTO import_keys (source, kind, key, record_id, print, created_op)
SELECT :source, 'activities', r.key, coalesce(r.record_id, :activities + r.no), r.print, :op
FROM staging.rows r WHERE r.state IN (0, 4) ORDER BY r.key
"""
_BY_HAND = (
    "SELECT a.id, a.kind, a.customer_id, a.contact_id, a.done, a.direction, iif(a.done, a.happened_on, a.due_on) AS on_day, "
    "iif(a.done, a.happened_time, a.due_time) AS time FROM activities a JOIN operations o ON o.id = a.created_op "
    "WHERE o.kind = 'do' AND NOT EXISTS (SELECT 1 FROM import_keys k WHERE k.record_id = a.id AND k.kind = 'activities')"
)


# What the book has of messages: under their own ids, and under those with an address behind them.
_HELD = """
SELECT m.value AS message, k.key, k.record_id, k.print, a.id IS NOT NULL AS found, a.customer_id, a.contact_id
FROM json_each(:keys) m CROSS JOIN import_keys k ON {0} AND k.kind = 'activities' AND k.source = :source
LEFT JOIN activities a ON a.id = k.record_id
"""
_HELD_ALL = f"{_HELD.format('k.key = m.value')} UNION ALL " + _HELD.format(
    "k.key > m.value || ' ' AND k.key < m.value || '!'"
)


class Held(NamedTuple):
    """An activity that the book has of a message, or had: its key, fingerprint, customer and contact."""

    key: str
    record_id: int
    print: int
    exists: bool
    customer_id: int | None = None
    contact_id: int | None = None


class Correspondence:
    """The questions and statements of mail and calendar imports."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def prepare(self) -> None:
        """Make the temporary tables that only mails and meetings need."""
        for statement in _TABLES:
            self._engine.execute(statement)

    def domains(self) -> Iterator[tuple[str, int]]:
        """Yield each domain of an address in the book with the customer whose address it is, or whose contact's."""
        ends = "substr({0}.email_key, instr({0}.email_key, '@') + 1)"
        for row in self._engine.stream(
            f"SELECT {ends.format('c')}, coalesce(c.merged_into, c.id) FROM customers c WHERE c.email_key LIKE '%@%' UNION "
            f"SELECT {ends.format('n')}, n.customer_id FROM contacts n WHERE n.email_key LIKE '%@%' AND n.customer_id IS NOT NULL"
        ):
            yield str(row[0]), int(row[1])

    def held(self, source: str, keys: Iterable[str]) -> dict[str, list[Held]]:
        """Return all that the book has of messages, by their ids."""
        found: dict[str, list[Held]] = {}
        for row in self._engine.query(_HELD_ALL, {"keys": json.dumps(list(keys)), "source": source}):
            message = row.pop("message")
            found.setdefault(message, []).append(Held(exists=bool(row.pop("found")), **row))
        return found

    def linked(self, records: Iterable[int]) -> dict[int, set[int]]:
        """Return the further contacts of activities."""
        found: dict[int, set[int]] = {}
        for part in in_parts(list(records), 500):
            marks = ", ".join("?" * len(part))
            sql = f"SELECT activity_id, contact_id FROM activity_contacts WHERE activity_id IN ({marks})"
            for row in self._engine.query(sql, part):
                found.setdefault(row["activity_id"], set()).add(row["contact_id"])
        return found

    def has_by_hand(self) -> bool:
        """Say whether anybody ever logged an activity by hand that no import knows of."""
        return self._engine.value(f"{_BY_HAND} LIMIT 1") is not None

    def by_hand(self, customers: Iterable[int], first: str, last: str) -> list[Row]:
        """Return what was logged or planned by hand with customers between two days, and no import knows of."""
        found: list[Row] = []
        for part in in_parts(sorted(customers), 500):
            sql = f"{_BY_HAND} AND a.customer_id IN ({', '.join('?' * len(part))}) AND on_day BETWEEN ? AND ? ORDER BY a.id"
            found += self._engine.query(sql, (*part, first, last))
        return found

    def call(self, people: Iterable[Person]) -> None:
        """Count what people are called beside their addresses, which is all that a box says of who they are."""
        sql = (
            "INSERT INTO staging.called (address, name, times) VALUES (?, ?, 1) "
            "ON CONFLICT (address, name) DO UPDATE SET times = times + 1"
        )
        self._aside(sql, [(person.address, person.name) for person in people if person.name and "@" not in person.name])

    def called(self, address: str) -> str:
        """Return what somebody is called best; empty where only the address is known."""
        return str(self._engine.value(_CALLED.format("?"), (address,)) or "")

    def meet(self, people: Sequence[tuple[str, int | None]]) -> None:
        """Count people whom the book does not know: address, and the customer of the domain."""
        sql = (
            "INSERT INTO staging.strangers (address, customer_id, times) VALUES (?, ?, 1) ON CONFLICT (address) "
            "DO UPDATE SET times = times + 1"
        )
        self._aside(sql, people)

    def _aside(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._engine.execute("BEGIN")  # deferred and of the temporary tables alone: the book is not locked
        try:
            self._engine.executemany(sql, rows)
        finally:
            self._engine.execute("COMMIT")

    def strangers(self, most: int) -> tuple[list[Row], int]:
        """Return the people whom the book does not know, those first with whom there was most, and how many there are."""
        rows = self._engine.query(
            f"SELECT s.address, ({_CALLED.format('s.address')}) AS name, s.times, k.name AS customer "
            "FROM staging.strangers s "
            "LEFT JOIN customers k ON k.id = s.customer_id ORDER BY s.times DESC, s.address LIMIT ?",
            (most,),
        )
        return rows, int(self._engine.value("SELECT count(*) FROM staging.strangers"))

    def dropped(self, source: str, series: str, first: str, last: str) -> list[Row]:
        """Return the planned days of something that repeats which it no longer has: key and record_id."""
        return self._engine.query(
            "SELECT k.key, k.record_id FROM import_keys k JOIN activities a ON a.id = k.record_id "
            "WHERE k.source = :source AND k.kind = 'activities' AND k.key >= :series || '/' AND k.key < :series || '0' "
            "AND a.done = 0 AND a.due_on BETWEEN :first AND :last AND k.key NOT IN (SELECT key FROM staging.rows)",
            {"source": source, "series": series, "first": first, "last": last},
        )

    def states(self) -> dict[int, int]:
        """Return how many messages that are one activity are in each state."""
        sql = "SELECT state, count(*) AS n FROM staging.rows WHERE first IS NULL GROUP BY state"
        return {row["state"]: row["n"] for row in self._engine.query(sql)}

    def several(self) -> Iterator[tuple[int, int, int]]:
        """Yield (first, line, state) of the activities of messages that are several, those of one together."""
        sql = "SELECT first, line, state FROM staging.rows WHERE first IS NOT NULL ORDER BY first, line"
        for row in self._engine.stream(sql):
            yield int(row[0]), int(row[1]), int(row[2])

    def insert(self, params: Row) -> None:
        """Make activities of all new rows, with their people and keys."""
        for statement in (_INSERT, _GUESTS, _KEYS):
            self._engine.execute(statement, params)

    def change(self, key: int, changes: Row) -> None:
        """Change columns of an activity."""
        self._engine.update("activities", key, changes)

    def forget(self, source: str, key: str) -> None:
        """Forget what a key of a source stands for, so that it can come again."""
        rows: list[Any] = self._engine.query(
            "SELECT id FROM import_keys WHERE source = ? AND kind = 'activities' AND key = ?", (source, key)
        )
        for row in rows:
            self._engine.delete("import_keys", row["id"])
