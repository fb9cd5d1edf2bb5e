"""What the repositories ask of a database: one protocol, an engine per kind of server."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = dict[str, Any]
Params = Mapping[str, Any] | Sequence[Any]


class Engine(Protocol):
    """A place where the book is kept; everything that crosses it is str, int or None."""

    url: str

    def query(self, sql: str, params: Params = ()) -> list[Row]:
        """Return all rows of a statement by column name."""

    def stream(self, sql: str, params: Params = ()) -> Iterator[tuple[Any, ...]]:
        """Return the rows of a statement one by one."""

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return the first column of the first row, or None."""

    def execute(self, sql: str, params: Params = ()) -> int:
        """Run a statement and return how many rows it changed."""

    def executemany(self, sql: str, rows: Iterable[Params]) -> None:
        """Run a statement once for each row."""

    def insert(self, table: str, row: Row) -> int:
        """Add a row and return its id."""

    def update(self, table: str, key: int, changes: Row) -> None:
        """Change columns of one row."""

    def delete(self, table: str, key: int) -> None:
        """Remove one row."""

    def transaction(self, *, lock: bool = True) -> AbstractContextManager[None]:
        """Hold the write lock, commit at the end, roll back on any error; without the lock, temporary tables are written."""

    @property
    def in_transaction(self) -> bool:
        """Say whether a transaction is running."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Within a running transaction, take back what the block did on any error; all else stays."""

    def names_of(self, sql: str, params: Params = ()) -> list[str]:
        """Return the names of the columns that a statement gives."""

    def defer_references(self) -> None:
        """Check references between records only when the running transaction ends."""

    def references(self, table: str) -> list[tuple[str, str]]:
        """Return the (table, column) pairs that refer to a table's id."""

    def parents(self, table: str) -> list[tuple[str, str]]:
        """Return the (column, table) pairs by which a table refers to others."""

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns in order."""

    def close(self) -> None:
        """Let go of the book."""


def expand_macros(sql: str, macros: Mapping[str, Callable[..., str]]) -> str:
    """Replace each `name(a, b)` that an engine fills in, with arguments that may hold brackets themselves."""
    for name, fill in macros.items():
        pattern = re.compile(rf"\b{name}\(")
        while found := pattern.search(sql):
            arguments, end = _arguments(sql, found.end())
            sql = sql[: found.start()] + fill(*arguments) + sql[end:]
    return sql


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    depth, begin, found = 0, start, []
    for position in range(start, len(sql)):
        character = sql[position]
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif character in ",)" and not depth:
            found.append(sql[begin:position].strip())
            begin = position + 1
            if character == ")":
                return found, begin
    raise ValueError(f"unbalanced brackets in a statement near {sql[start : start + 40]!r}")
