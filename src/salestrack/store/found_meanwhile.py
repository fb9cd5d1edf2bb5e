"""What others brought into the book while a file was read, and the file brings too: read again, its rows would find it.

A customer is found by a name, an address or a number, a contact by name or address, a product by its article number.
"""

from collections.abc import Collection, Iterator

from salestrack.store.engine import Engine

_NAME = "substr({0}.key, instr({0}.key, char(31)) + 1)"
# What new names of a kind, or rows of it, are found by: the table, its column, that of a new name, and that of a row.
_FOUND_BY: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "customers": (
        ("customers", "key", _NAME, "name_key"),
        ("customer_aliases", "key", _NAME, "name_key"),
        ("customers", "email_key", "{0}.email_key", "email_key"),
        ("contacts", "email_key", "{0}.email_key", "email_key"),
        ("customers", "phone_key", "{0}.phone_key", "phone_key"),
    ),
    "contacts": (
        ("contacts", "key", _NAME, "name_key"),
        ("contacts", "email_key", "{0}.email_key", "email_key"),
        ("customers", "email_key", "{0}.email_key", "email_key"),
    ),
    "products": (("products", "key", "{0}.key", "name_key"), ("products", "sku", "{0}.sku", "sku")),
}
_SINCE = (
    "(b.id > coalesce((SELECT id FROM {table} WHERE created_op <= :before ORDER BY id DESC LIMIT 1), 0) OR b.id IN "
    "(SELECT row_id FROM journal WHERE tbl = '{table}' AND op > :before AND op <> :op)) AND b.created_op <> :op"
)


def found_meanwhile(engine: Engine, kind: str, columns: Collection[str], *, before: int, op: int) -> str | None:
    """Return what others wrote between two operations that a staged file of a kind would double; None for nothing."""
    params = {"before": before, "op": op}
    for table, column, mine in (*_of_names(), *_of_rows(kind, columns)):
        since = _SINCE.format(table=table)
        if engine.value(f"SELECT 1 FROM {table} b WHERE {since} LIMIT 1", params) is None:
            continue
        sql = f"SELECT b.{_shown(column)} FROM {mine} = b.{column} AND b.{column} IS NOT NULL AND {since} LIMIT 1"
        if (found := engine.value(sql, params)) is not None:
            return f"{found} ({table.replace('_', ' ')})"
    return None


def _of_names() -> Iterator[tuple[str, str, str]]:
    """Yield table and column of what new names are found by, and what the table is joined with and compared to."""
    for kind, ways in _FOUND_BY.items():
        for table, column, mine, _ in ways:
            yield table, column, f"staging.fresh f CROSS JOIN {table} b ON f.kind = '{kind}' AND {mine.format('f')}"
    yield "stages", "name", "staging.fresh f CROSS JOIN stages b ON f.kind = 'stages' AND b.name"


def _of_rows(kind: str, columns: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the same of what rows are found by."""
    for table, column, _, mine in _FOUND_BY.get(kind, ()):
        if mine in columns:
            yield table, column, f"staging.rows r CROSS JOIN {table} b ON r.state = 0 AND r.{mine}"
    if kind == "quotas":  # there are few
        yield "quotas", "metric", "staging.rows r CROSS JOIN quotas b ON r.metric"


def _shown(column: str) -> str:
    return "name" if column == "key" else column


__all__ = ["found_meanwhile"]
