"""Free SQL that cannot change anything: SQLite's own authorizer refuses whatever is not reading."""

import sqlite3
from pathlib import Path
from typing import Any

from salestrack.errors import SalestrackError, UsageError
from salestrack.store.explaining import explain
from salestrack.store.opening import connect
from salestrack.store.sqlite import filled

_READING = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
_REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "writefile", "edit", "readfile"})
_LOOKING = frozenset(
    {
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "foreign_key_list",
        "user_version",
        "data_version",  # asked by the search index
    }
)
_SIGNS = ("prohibited", "may not be modified")
_TABLES = "salestrack sql \"SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')\" shows what there is"


def ask(path: str, query: str, *, wait: float) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and rows of one SELECT; UsageError for anything else or a mistake in it."""
    engine = connect(Path(path).expanduser(), mode="read", wait=wait)
    connection = engine.connection
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.set_authorizer(_allow)
    try:
        cursor = connection.execute(filled(query))
        if cursor.description is None:
            raise UsageError("that is no question: only SELECT is answered here", hint=_TABLES)
        return [column[0] for column in cursor.description], cursor.fetchall()
    except sqlite3.Warning as error:  # two statements in one
        raise UsageError("only one statement is answered at a time", hint=_TABLES) from error
    except UnicodeEncodeError as error:
        raise UsageError("SQL: the question is not valid UTF-8") from error
    except sqlite3.Error as error:
        raise _plainly(error, path) from error
    finally:
        connection.set_authorizer(None)
        engine.close()


def _allow(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        allowed = first in _LOOKING and (second is None or first != "user_version")
    elif action == sqlite3.SQLITE_FUNCTION:
        allowed = (second or "").lower() not in _REFUSED_FUNCTIONS
    elif action == sqlite3.SQLITE_UPDATE:
        # So SQLite names the reading of a virtual table's shape; a real change of that table it refuses anyway.
        allowed = first == "sqlite_master"
    else:
        allowed = action in _READING
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _plainly(error: sqlite3.Error, path: str) -> SalestrackError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in {sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY} or any(sign in str(error) for sign in _SIGNS):
        return UsageError("only reading is allowed here", hint=_TABLES)
    if code in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_TOOBIG}:
        return UsageError(f"SQL: {' '.join(str(error).split())}", hint=_TABLES)
    return explain(error, Path(path))
