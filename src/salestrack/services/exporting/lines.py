"""Deals and sales with their lines in them, where a format can hold such a thing."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from salestrack.domain.money import Money
from salestrack.services.exporting.kinds import Exported, Row
from salestrack.store import Store
from salestrack.store.export_lines import lines_of

NOUNS = {"deals": "deal", "sales": "sale"}
TOGETHER = 500


def with_lines(store: Store, exported: Exported) -> Exported:
    """Return the rows of deals or sales with a column of their lines; of any other kind as they are."""
    if exported.kind not in NOUNS:
        return exported
    return exported._replace(columns=(*exported.columns, "lines"), rows=_nested(store, exported))


def _nested(store: Store, exported: Exported) -> Iterator[Row]:
    key, currency = (exported.columns.index(name) for name in ("id", "currency"))
    while batch := list(islice(exported.rows, TOGETHER)):
        lines = lines_of(store.engine, NOUNS[exported.kind], [int(row[key][1:]) for row in batch])
        for row in batch:
            yield (*row, [_line(line, row[currency]) for line in lines.get(int(row[key][1:]), ())])


def _line(line: dict[str, Any], currency: str) -> dict[str, Any]:
    money = {name: line[name] for name in ("price", "amount", "tax")}
    return line | {name: None if minor is None else _money(Money(minor, currency)) for name, minor in money.items()}


def _money(value: Money) -> dict[str, Any]:
    return {"amount": value.plain(), "minor": value.minor, "currency": value.currency}
