"""Free SQL that cannot change anything: SQLite's own authorizer refuses whatever is not reading."""

import sqlite3
from pathlib import Path
from typing import Any

from salestrack.errors import UsageError
from salestrack.store.sqlite import connect, explain

_READING = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
_REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "writefile", "edit", "readfile"})
_LOOKING = frozenset({"table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list", "user_version"})


def ask(path: str, query: str, *, wait: float) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and rows of one SELECT; UsageError for anything else or a mistake in it."""
    engine = connect(Path(path).expanduser(), mode="read", wait=wait)
    connection = engine.connection
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.set_authorizer(_allow)
    try:
        cursor = connection.execute(query)
        if cursor.description is None:
            raise UsageError("that is no question: only SELECT is answered here")
        return [column[0] for column in cursor.description], cursor.fetchall()
    except sqlite3.Warning as error:  # two statements in one
        raise UsageError(f"only one statement is answered: {error}") from error
    except sqlite3.Error as error:
        raise _plainly(error, path) from error
    finally:
        connection.set_authorizer(None)
        engine.close()


def _allow(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first in _LOOKING and (second is None or first != "user_version") else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _plainly(error: sqlite3.Error, path: str) -> Exception:
    text = str(error)
    if "not authorized" in text or "prohibited" in text:
        return UsageError("only reading is allowed here", hint="one SELECT; the tables are described in docs/storage.md")
    if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError) and "locked" not in text and "disk" not in text:
        return UsageError(f"SQL: {text}", hint="salestrack sql \"SELECT name FROM sqlite_master WHERE type IN ('table', 'view')\"")
    return explain(error, Path(path))
