"""What a shell offers while a word is typed: a few names and ids, each by an index, from a book that is never waited for."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from salestrack.domain.names import fold
from salestrack.store.sqlite_file import SCHEMA_VERSION, check_book, raw_connection

MOST = 50
RECENT = 2000  # rows that are looked through for the words in use
_LAST = "\U0010ffff"
_LONGEST_ID = 12
Pair = tuple[str, str]  # a word to offer, and what it is
_CUSTOMER_OF = {"d": "deals", "s": "sales", "a": "activities"}


class Shelf:
    """Live words of one book. Every question reads a bounded number of rows, however many there are."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def people(self, typed: str) -> list[Pair]:
        """Return customers and contacts whose name begins with what was typed, else those with a word that does."""
        key = fold(typed)
        if not key:
            return self._recent()
        bounds = (key, key + _LAST, MOST)
        return self._named("key BETWEEN ? AND ?", bounds) or self._by_word(key)

    def customers(self, typed: str) -> list[Pair]:
        """Return customers only."""
        return [pair for pair in self.people(typed) if pair[1].startswith("c")]

    def contacts(self, typed: str) -> list[Pair]:
        """Return contacts only."""
        key = fold(typed)
        return self._pairs(
            "SELECT n.name, 'n' || n.id || coalesce(' at ' || c.name, '') FROM contacts n "
            "LEFT JOIN customers c ON c.id = n.customer_id WHERE n.key BETWEEN ? AND ? LIMIT ?",
            (key, key + _LAST, MOST),
        )

    def with_open_deals(self, typed: str) -> list[Pair]:
        """Return customers that have an open deal, among the first whose name begins with what was typed."""
        key = fold(typed)
        return self._pairs(
            "SELECT name, 'c' || id FROM (SELECT id, name FROM customers WHERE key BETWEEN ? AND ? "
            "AND merged_into IS NULL LIMIT ?) c "
            "WHERE EXISTS (SELECT 1 FROM deals d WHERE d.customer_id = c.id AND d.status = 'open') LIMIT ?",
            (key, key + _LAST, RECENT // 4, MOST),
        )

    def ids(self, letter: str, digits: str) -> list[Pair]:
        """Return records of a kind whose id begins with some digits, the latest where none were typed."""
        table, text = _TEXTS[letter]
        sql = f"SELECT '{letter}' || r.id, {text} FROM {table} WHERE "
        if not digits:
            return self._pairs(f"{sql} 1 = 1 ORDER BY r.id DESC LIMIT ?", (MOST,))
        found: list[Pair] = []
        for first, last in _spans(digits):
            found += self._pairs(f"{sql} r.id BETWEEN ? AND ? ORDER BY r.id LIMIT ?", (first, last, MOST - len(found)))
        return found

    def open_deals(self, digits: str) -> list[Pair]:
        """Return open deals whose id begins with some digits, the latest first."""
        # The plus keeps the table from being read backwards: few of a million deals are open.
        return self._pairs(
            "SELECT 'd' || d.id, d.title || coalesce(' · ' || c.name, '') FROM (SELECT id FROM deals WHERE status = 'open' "
            "AND CAST(id AS TEXT) LIKE ? ORDER BY +id DESC LIMIT ?) x JOIN deals d ON d.id = x.id "
            "LEFT JOIN customers c ON c.id = d.customer_id",
            (f"{digits}%", MOST),
        )

    def closed_deals(self, digits: str) -> list[Pair]:
        """Return the deals that closed last, whose id begins with some digits."""
        return self._pairs(
            "SELECT 'd' || id, title || ' · ' || status FROM (SELECT id, title, status FROM deals "
            "WHERE closed_on IS NOT NULL ORDER BY closed_on DESC LIMIT ?) WHERE CAST(id AS TEXT) LIKE ? LIMIT ?",
            (RECENT, f"{digits}%", MOST),
        )

    def planned(self, digits: str) -> list[Pair]:
        """Return planned steps whose id begins with some digits, the most urgent first."""
        return self._pairs(
            "SELECT 'a' || a.id, a.kind || coalesce(' ' || c.name, '') || coalesce(' · ' || a.due_on, '') FROM "
            "(SELECT id FROM activities WHERE done = 0 AND CAST(id AS TEXT) LIKE ? ORDER BY due_on NULLS LAST LIMIT ?) x "
            "JOIN activities a ON a.id = x.id LEFT JOIN customers c ON c.id = a.customer_id",
            (f"{digits}%", MOST),
        )

    def operations(self) -> list[Pair]:
        """Return what was done last, for undo."""
        return self._pairs(
            "SELECT 'o' || id, verb || ' ' || refs FROM operations WHERE kind IN ('do', 'import') ORDER BY id DESC LIMIT ?",
            (MOST,),
        )

    def pipeline_of(self, deal: int) -> str | None:
        """Return the name of the pipeline that a deal is in, None when there is no such deal."""
        sql = (
            "SELECT p.name FROM deals d JOIN stages s ON s.id = d.stage_id JOIN pipelines p ON p.id = s.pipeline_id "
            "WHERE d.id = ?"
        )
        row = self._connection.execute(sql, (deal,)).fetchone()
        return row[0] if row else None

    def products(self, typed: str) -> list[Pair]:
        """Return products by the beginning of their name."""
        key = fold(typed)
        return self._pairs(
            "SELECT name, coalesce(sku, '') FROM products WHERE key BETWEEN ? AND ? AND removed_on IS NULL LIMIT ?",
            (key, key + _LAST, MOST),
        )

    def listed(self, what: str) -> list[Pair]:
        """Return a short list that the book keeps: stages, reasons, kinds, outcomes, tags, owners, pipelines, fields."""
        return self._pairs(f"{_LISTED[what]} LIMIT ?", (MOST * 4,))

    def in_use(self, column: str) -> list[Pair]:
        """Return the words that stand in a column (deals.source, customers.segment, sales.channel ...) lately."""
        table, _, name = column.partition(".")
        return self._pairs(
            f"SELECT DISTINCT {name}, '' FROM (SELECT {name} FROM {table} ORDER BY id DESC LIMIT ?) "
            f"WHERE {name} IS NOT NULL ORDER BY 1 LIMIT ?",
            (RECENT, MOST),
        )

    def _named(self, condition: str, params: tuple[Any, ...]) -> list[Pair]:
        customers = self._pairs(
            f"SELECT name, 'c' || id FROM customers WHERE merged_into IS NULL AND {condition} ORDER BY key LIMIT ?",
            params,
        )
        aliases = self._pairs(
            f"SELECT name, 'c' || customer_id FROM customer_aliases WHERE {condition} ORDER BY key LIMIT ?", params
        )
        contacts = self._pairs(f"SELECT name, 'n' || id FROM contacts WHERE {condition} ORDER BY key LIMIT ?", params)
        found = dict(contacts + aliases + customers)  # a customer comes before others of the same name
        return sorted(found.items(), key=lambda pair: fold(pair[0]))[:MOST]

    def _by_word(self, key: str) -> list[Pair]:
        if len(key) < 3:  # a shorter beginning stands in too many names
            return []
        phrase = '" ' + key.replace('"', '""') + '"'
        rows = self._connection.execute(
            "SELECT rowid FROM name_search WHERE name_search MATCH ? LIMIT ?", (phrase, MOST)
        )
        return [pair for (place,) in rows.fetchall() for pair in self._indexed(place)]

    def _indexed(self, place: int) -> list[Pair]:
        """Return the record that a row of the index of names stands for."""
        key, kind = divmod(place, 4)
        if kind == 0:
            return self._pairs("SELECT name, 'c' || id FROM customers WHERE id = ? AND merged_into IS NULL", (key,))
        if kind == 1:
            return self._pairs("SELECT name, 'c' || customer_id FROM customer_aliases WHERE id = ?", (key,))
        return self._pairs("SELECT name, 'n' || id FROM contacts WHERE id = ?", (key,)) if kind == 2 else []

    def _recent(self) -> list[Pair]:
        """Return the customers that the last operations were about, then the first of the alphabet."""
        rows = self._connection.execute("SELECT refs FROM operations ORDER BY id DESC LIMIT ?", (MOST,)).fetchall()
        found: dict[str, str] = {}
        for ref in dict.fromkeys(ref for (refs,) in rows for ref in refs.split()[:5]):
            table = _CUSTOMER_OF.get(ref[0])
            of = f"id = (SELECT customer_id FROM {table} WHERE id = ?)" if table else "id = ?"
            if (table or ref[0] == "c") and ref[1:].isdecimal():
                sql = f"SELECT name, 'c' || id FROM customers WHERE {of} AND merged_into IS NULL"
                found |= self._pairs(sql, (int(ref[1:]),))
        first = self._named("key >= ?", ("", MOST))
        return list((found | {name: what for name, what in first if name not in found}).items())[:MOST]

    def _pairs(self, sql: str, params: tuple[Any, ...] = ()) -> list[Pair]:
        return [(f"{value}", what or "") for value, what in self._connection.execute(sql, params).fetchall()]


_TEXTS = {
    "c": ("customers r", "r.name"),
    "n": ("contacts r", "r.name"),
    "d": ("deals r", "r.title"),
    "s": ("sales r", "coalesce(r.on_date, '') || coalesce(' ' || r.title, '')"),
    "a": ("activities r", "r.kind || coalesce(' ' || r.happened_on, '')"),
    "p": ("products r", "r.name"),
    "q": ("quotas r", "r.metric || ' ' || r.start_on"),
    "i": ("imports r", "r.file"),
}
_LISTED = {
    "stages": "SELECT s.name, p.name FROM stages s JOIN pipelines p ON p.id = s.pipeline_id WHERE s.removed_on IS NULL "
    "ORDER BY p.position, s.position",
    "pipelines": "SELECT name, '' FROM pipelines WHERE removed_on IS NULL ORDER BY position",
    "reasons": "SELECT name, '' FROM lost_reasons WHERE removed_on IS NULL ORDER BY name",
    "kinds": "SELECT name, coalesce(letter, '') FROM activity_kinds WHERE removed_on IS NULL ORDER BY position",
    "outcomes": "SELECT name, coalesce(counts_as, '') FROM outcomes WHERE removed_on IS NULL ORDER BY name",
    "owners": "SELECT name, '' FROM owners WHERE removed_on IS NULL ORDER BY name",
    "tags": "SELECT name, '' FROM tags ORDER BY name",
    "fields": "SELECT DISTINCT name, record || ', ' || type FROM custom_fields WHERE removed_on IS NULL ORDER BY name",
}


def _spans(digits: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of numbers that begin with some digits: 1, 10-19, 100-199 ..."""
    for more in range(_LONGEST_ID - len(digits)):
        first = int(digits) * 10**more
        yield first, first + 10**more - 1


@contextmanager
def open_shelf(path: Path) -> Iterator[Shelf | None]:
    """Open a book to complete words from; None where there is none, or it is of another version, damaged or locked."""
    shelf, connection = None, None
    try:
        connection = raw_connection(path, "ro", 0)
        if check_book(connection, path) == SCHEMA_VERSION:
            shelf = Shelf(connection)
        yield shelf
    finally:
        if connection:
            connection.close()


__all__ = ["Pair", "Shelf", "open_shelf"]
