"""Books and CSV files of made-up deals: python -m benchmarks.generate FOLDER (book|csv) DEALS SEED TODAY.

What was made once is kept in the folder, under a name that says what it holds and how it was made.
"""

import csv
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from benchmarks import rows, sample
from benchmarks.sample import Life
from salestrack.domain.names import fold
from salestrack.store.triggers import SEARCHED, index_texts

BATCH = 10_000


def book(folder: Path, deals: int, seed: int, today: date) -> Path:
    """Return a book of so many deals, made now unless one like it is there."""
    draft = folder / f".book.{os.getpid()}.draft"
    draft.unlink(missing_ok=True)
    try:
        words = ["--db", str(draft), "--today", f"{today}", "--no-input", "init", "--currency", sample.CURRENCY]
        subprocess.run([sys.executable, "-m", "salestrack", "--quiet", *words], check=True, stdin=subprocess.DEVNULL)
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            schema = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master ORDER BY name")]
            made = folder / f"book-{deals}-{seed}-{today}-{_mark(*map(str, schema))}.db"
            if made.exists():
                return made
            _Filling(connection, today).fill(deals, seed)
        _replace(draft, made, f"book-{deals}-*.db")
    finally:
        draft.unlink(missing_ok=True)
    return made


def csv_file(folder: Path, deals: int, seed: int, today: date) -> Path:
    """Return a CSV file of so many deals, written now unless one like it is there."""
    made = folder / f"deals-{deals}-{seed}-{today}-{_mark()}.csv"
    if made.exists():
        return made
    draft = folder / f".csv.{os.getpid()}.draft"
    try:
        calendar = sample.Calendar(today)
        with draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows.CSV_HEADER)
            writer.writerows(rows.csv_row(life, calendar) for life in sample.lives(deals, seed))
        _replace(draft, made, f"deals-{deals}-*.csv")
    finally:
        draft.unlink(missing_ok=True)
    return made


class _Filling:
    """Writes a sample straight into the tables of a fresh book."""

    def __init__(self, connection: sqlite3.Connection, today: date) -> None:
        self._connection = connection
        self._today = today

    def fill(self, deals: int, seed: int) -> None:
        """Write so many deals and all that belongs to them."""
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA journal_mode = MEMORY")
        self._connection.execute("PRAGMA cache_size = -200000")
        self._connection.execute("BEGIN")
        op = self._operation(deals)
        self._people(deals, op)
        # Indexes are built and triggers are set once the rows are there: the same book in a third of the time.
        later = self._set_aside()
        self._records(deals, seed, op)
        for sql in later:
            self._connection.execute(sql)
        index_texts(self._connection, [table for table in SEARCHED if table in rows.COLUMNS])
        self._connection.execute(
            "INSERT INTO deal_state SELECT deal_id, max(happened_on) FILTER (WHERE done = 1), "
            "min(due_on) FILTER (WHERE done = 0) FROM activities WHERE deal_id IS NOT NULL GROUP BY deal_id"
        )
        self._connection.execute("COMMIT")

    def _operation(self, deals: int) -> int:
        op = self._connection.execute(
            "INSERT INTO operations (at, who, terminal, kind, verb, refs) "
            "VALUES (?, 'benchmarks', 0, 'import', 'imported', 'i1') RETURNING id",
            (f"{self._today}T06:00:00",),
        ).fetchone()[0]
        self._connection.execute(
            "INSERT INTO imports (source, kind, file, imported_at, read_rows, new_rows, changed_rows, same_rows, "
            "rejected_rows, left_out_rows, created_op) VALUES ('csv', 'deals', 'deals.csv', ?, ?, ?, 0, 0, 0, 0, ?)",
            (f"{self._today}T06:00:00", deals, deals, op),
        )
        return int(op)

    def _people(self, deals: int, op: int) -> None:
        first = (self._today - timedelta(days=sample.DAYS)).isoformat()
        run = self._connection.executemany
        run("INSERT INTO owners (name, created_op) VALUES (?, ?)", ((name, op) for name in sample.OWNERS))
        run(
            "INSERT INTO products (name, key, price, currency, created_op) VALUES (?, ?, ?, ?, ?)",
            ((name, fold(name), price, sample.CURRENCY, op) for name, price in sample.PRODUCTS),
        )
        names = ((i, sample.customer_name(i)) for i in range(1, sample.customers(deals) + 1))
        run(
            "INSERT INTO customers (name, key, segment, owner_id, created_on, created_op) VALUES (?, ?, ?, ?, ?, ?)",
            ((name, fold(name), f"segment {i % 6}", 1 + i % 8, first, op) for i, name in names),
        )
        run(
            "INSERT INTO quotas (owner_id, metric, start_on, end_on, target, currency, created_op) "
            "VALUES (?, 'revenue', ?, ?, ?, ?, ?)",
            self._quotas(deals, op),
        )

    def _quotas(self, deals: int, op: int) -> Iterator[tuple[int | None, str, str, int, str, int]]:
        """Yield a year of monthly targets for the team and for each owner."""
        team = deals * 1_500_000 // (12 * sample.YEARS)
        for month in range(1, 13):
            start = date(self._today.year, month, 1)
            end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            for owner in (None, *range(1, len(sample.OWNERS) + 1)):
                target = team // len(sample.OWNERS) if owner else team
                yield owner, start.isoformat(), end.isoformat(), target, sample.CURRENCY, op

    def _set_aside(self) -> list[str]:
        """Drop the indexes and triggers of the large tables; return the statements that make them again."""
        marks = ", ".join("?" * len(rows.COLUMNS))
        found = self._connection.execute(
            f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({marks}) AND type IN ('index', 'trigger') "
            "AND sql IS NOT NULL ORDER BY type, rowid",
            tuple(rows.COLUMNS),
        ).fetchall()
        for kind, name, _ in found:
            self._connection.execute(f"DROP {kind} {name}")
        return [sql for _, _, sql in found]

    def _records(self, deals: int, seed: int, op: int) -> None:
        pipeline = self._connection.execute("SELECT min(id) FROM pipelines").fetchone()[0]
        stages = self._connection.execute("SELECT id FROM stages ORDER BY position, id").fetchall()
        ids = rows.Ids(pipeline, tuple(key for (key,) in stages), op)
        writer = rows.Rows(sample.Calendar(self._today), ids, seed)
        lives = sample.lives(deals, seed)
        while batch := list[Life](islice(lives, BATCH)):
            for table, values in writer.batch(batch).items():
                names = rows.COLUMNS[table].split()
                marks = ", ".join("?" * len(names))
                self._connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", values)


def _mark(*texts: str) -> str:
    """Return a short mark of how a file is made: it changes with the code here and with the given texts."""
    digest = hashlib.sha256()
    for name in ("generate.py", "rows.py", "sample.py"):
        digest.update((Path(__file__).parent / name).read_bytes())
    for text in texts:
        digest.update(text.encode())
    return digest.hexdigest()[:8]


def _replace(draft: Path, made: Path, old: str) -> None:
    for path in made.parent.glob(old):
        path.unlink()
    draft.replace(made)


def main() -> None:
    """Make what the command line asks for and print its path."""
    folder, what, deals, seed, today = sys.argv[1:]
    make = {"book": book, "csv": csv_file}[what]
    print(make(Path(folder), int(deals), int(seed), date.fromisoformat(today)))


if __name__ == "__main__":
    main()
