"""A real book under the command line, read back in the words of the model."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.conftest import Result, run_line

from salestrack.store.triggers import JOURNALLED

Dump = dict[str, list[tuple[Any, ...]]]
Records = dict[int, dict[str, Any]]

_LINES = "LEFT JOIN v_lines l ON l.record_id = r.id AND l.record ="
_RECORDS = {
    "sales": f"""
SELECT r.id, r.on_date AS date, r.customer, l.product, l.quantity, r.amount_minor AS amount, r.ref, r.channel, r.note
FROM v_sales r {_LINES} 'sale'""",
    "activities": """
SELECT id, on_date AS date, at_time AS time, kind, customer, note, outcome, owner FROM v_activities""",
    "deals": f"""
SELECT r.id, r.title, r.customer, l.product, r.created_on AS created, r.stage, r.amount_minor AS amount, r.note, r.owner
FROM v_deals r {_LINES} 'deal'""",
}


class Ledger:
    """One book file, and the command line on it."""

    def __init__(self, path: Path, said: list[str]) -> None:
        self.path = path
        self._said = said
        self.run("init", "--currency", "USD", "-y")

    def run(self, *words: str, codes: Iterable[int] = (0,)) -> Result:
        """Run a command line that has to end with one of these exit codes; it is noted for who looks into a failure."""
        result = run_line(["--db", str(self.path), *words])
        self._said.append(f"{' '.join(words)}  # {result.exit_code}")
        assert result.exit_code in codes, f"{words}\n{result.stdout}{result.stderr}"
        return result

    def answers(self, *words: str, codes: Iterable[int] = (0,)) -> dict[str, Any]:
        """Run a command line, and return its answer or its refusal as JSON."""
        result = self.run(*words, "-f", "json", codes=codes)
        answer: dict[str, Any] = json.loads(result.stdout or result.stderr)
        return answer | {"exit_code": result.exit_code}

    def query(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, parameters)]

    def records(self, kind: str) -> Records:
        """Return what every record of a kind holds, without what is unknown."""
        rows = self.query(_RECORDS[kind])
        found = {row.pop("id"): {name: value for name, value in row.items() if value is not None} for row in rows}
        assert len(found) == len(rows), "every record has one line at most"
        return found

    def keys(self, kind: str, source: str) -> dict[str, int]:
        """Return which record the book knows by which id of a source."""
        sql = "SELECT key, record_id FROM import_keys WHERE kind = ? AND source = ?"
        return {row["key"]: row["record_id"] for row in self.query(sql, kind, source)}

    def last_operation(self) -> int:
        return int(self.query("SELECT max(id) AS id FROM operations")[0]["id"])

    def dump(self, *, without: Iterable[str] = ()) -> Dump:
        """Return every row that makes this the same book."""
        found: Dump = {}
        with closing(sqlite3.connect(self.path)) as connection:
            for table in JOURNALLED:
                names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in without]
                found[table] = connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id").fetchall()
        return found

    def move(self, folder: Path) -> "Ledger":
        """Export everything, and return a new book that was made of it."""
        self.run("export", "all", "-o", str(folder))
        other = Ledger(folder.with_suffix(".db"), self._said)
        other.run("import", str(folder))
        assert_same(other.dump(without=["created_op", "op"]), self.dump(without=["created_op", "op"]))
        return other


def assert_same(book: Dump, expected: Dump) -> None:
    """Compare two books table by table, so that a difference is readable."""
    for table in JOURNALLED:
        assert book[table] == expected[table], table
