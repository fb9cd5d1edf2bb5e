"""Free SQL: every question is answered, and there is no way to change anything or to reach another file."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salestrack.errors import BookError, LockedError, SalestrackError, UsageError
from salestrack.store.opening import connect
from salestrack.store.readonly import ask

Run = Callable[..., Any]


def answer(book: Path, query: str) -> list[tuple[Any, ...]]:
    return ask(str(book), query, wait=0.05)[1]


QUESTIONS = [
    "SELECT name FROM stages ORDER BY position LIMIT 1",
    "  select 1 -- and a remark",
    "SELECT 1;",
    "VALUES (1), (2)",
    "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT sum(i) FROM n",
    "SELECT group_concat(name, ', ') OVER (ORDER BY position) FROM stages",
    "SELECT count(*) FILTER (WHERE kind = 'open') FROM stages",
    "SELECT json_extract(fields, '$.x') FROM products",
    "SELECT * FROM revenue",
    "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')",
    "SELECT name FROM pragma_table_info('deals')",
    "SELECT rowid FROM name_search WHERE name_search MATCH 'lead'",
    "SELECT value FROM json_each('[1, 2]')",
    "PRAGMA table_info(deals)",
    "PRAGMA user_version",
    "EXPLAIN QUERY PLAN SELECT * FROM deals",
    "SELECT x'00ff', 1.5, NULL, 'ünï', zeroblob(2)",
    "SELECT 1 UNION SELECT 2 EXCEPT SELECT 1",
]

WRITES = [
    "INSERT INTO tags (name, created_op) VALUES ('x', 1)",
    "UPDATE settings SET value = 'EUR'",
    "DELETE FROM settings",
    "REPLACE INTO tags (id, name, created_op) VALUES (1, 'x', 1)",
    "WITH a AS (SELECT 1) INSERT INTO tags (name, created_op) SELECT 'x', 1 FROM a",
    "WITH a AS (SELECT 1) UPDATE settings SET value = 'EUR' WHERE 1 IN a",
    "WITH a AS (SELECT 1) DELETE FROM settings",
    "UPDATE settings SET value = 'EUR' RETURNING id",
    "DELETE FROM settings RETURNING *",
    "EXPLAIN DELETE FROM settings",
    "CREATE TABLE x (y)",
    "CREATE TEMP TABLE x (y)",
    "CREATE VIEW x AS SELECT 1",
    "CREATE TRIGGER x AFTER INSERT ON tags BEGIN SELECT 1; END",
    "CREATE INDEX x ON tags (name)",
    "CREATE VIRTUAL TABLE temp.x USING fts5(y)",
    "DROP TABLE tags",
    "DROP VIEW revenue",
    "ALTER TABLE tags RENAME TO x",
    "INSERT INTO name_search (name_search) VALUES ('rebuild')",
    "UPDATE sqlite_master SET sql = ''",
    "DELETE FROM sqlite_master",
    "ATTACH DATABASE 'other.db' AS other",
    "ATTACH DATABASE ':memory:' AS other",
    "DETACH DATABASE main",
    "VACUUM",
    "VACUUM INTO 'copy.db'",
    "REINDEX",
    "ANALYZE",
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT x",
    "RELEASE x",
    "PRAGMA journal_mode = WAL",
    "PRAGMA journal_mode",
    "PRAGMA user_version = 7",
    "PRAGMA application_id = 7",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA wal_checkpoint",
    "PRAGMA optimize",
    "PRAGMA incremental_vacuum",
    "PRAGMA temp_store_directory = '/tmp'",
    "SELECT load_extension('x')",
    "SELECT fts3_tokenizer('x')",
]


@pytest.mark.parametrize("query", QUESTIONS)
def test_questions_are_answered(book: Path, query: str) -> None:
    columns, rows = ask(str(book), query, wait=0.05)
    assert columns
    assert all(len(row) == len(columns) for row in rows)


@pytest.mark.parametrize("query", WRITES)
def test_what_is_no_question_is_refused_and_changes_nothing(
    book: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book.parent)
    before = hashlib.sha256(book.read_bytes()).hexdigest()
    with pytest.raises(UsageError) as caught:
        answer(book, query)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    assert hashlib.sha256(book.read_bytes()).hexdigest() == before
    assert [path.name for path in book.parent.iterdir()] == ["sales.db"]


@pytest.mark.parametrize(
    "query", [query for query in WRITES if query.split()[0] in {"UPDATE", "ATTACH", "VACUUM", "PRAGMA"}]
)
def test_a_refused_write_says_that_only_reading_is_allowed(run: Run, query: str) -> None:
    result = run(["sql", query])
    assert result.exit_code == 2
    assert result.stderr.startswith("salestrack: only reading is allowed here\n")


@pytest.mark.parametrize("query", ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE deals", "SELECT 1;;SELECT 2"])
def test_one_statement_at_a_time(book: Path, query: str) -> None:
    with pytest.raises(UsageError, match="one statement"):
        answer(book, query)


@pytest.mark.parametrize("query", ["", "   ", ";", "-- nothing", "/* nothing */"])
def test_an_empty_question_is_none(book: Path, query: str) -> None:
    with pytest.raises(UsageError, match="that is no question"):
        answer(book, query)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELEC 1", 'near "SELEC": syntax error'),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("SELECT locked FROM deals", "no such column: locked"),
        ("SELECT disk FROM deals", "no such column: disk"),
        ("SELECT ?", "Incorrect number of bindings"),
        ("SELECT abs(-9223372036854775807 - 1)", "integer overflow"),
        ("SELECT CAST(x'ff' AS TEXT)", "Could not decode to UTF-8"),
        ("SELECT '\udcff'", "not valid UTF-8"),
    ],
)
def test_a_mistake_in_the_question_is_told_in_its_own_words(book: Path, query: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        answer(book, query)
    assert caught.value.message.startswith("SQL: ")
    assert problem in caught.value.message


def test_the_book_itself_may_be_missing_busy_or_damaged(book: Path, tmp_path: Path) -> None:
    with pytest.raises(BookError):
        answer(tmp_path / "none.db", "SELECT 1")
    other = connect(book, mode="write")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LockedError):
        answer(book, "SELECT * FROM deals")
    other.execute("ROLLBACK")
    other.close()
    content = bytearray(book.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    book.write_bytes(content)
    with pytest.raises(SalestrackError) as caught:
        answer(book, "SELECT * FROM deals, stages, operations, settings")
    assert caught.value.exit_code == 6


def test_a_question_leaves_the_next_one_free(run: Run) -> None:
    run(["sql", "SELECT count(*) FROM stages"], ok=True)
    run("customer add Acme", ok=True)
    assert run(["sql", "SELECT name FROM customers", "-f", "csv"], ok=True).stdout.splitlines()[-1] == "Acme"


@pytest.mark.parametrize("fmt", ["table", "plain", "csv", "json", "jsonl", "md", "html"])
def test_every_kind_of_value_can_be_shown(run: Run, fmt: str) -> None:
    shown = run(
        ["sql", "SELECT x'00ff' AS a, 1.5 AS b, NULL AS c, 'ü' AS d, 9223372036854775807 AS e", "-f", fmt], ok=True
    )
    assert "1.5" in shown.stdout
    assert "9223372036854775807" in shown.stdout
