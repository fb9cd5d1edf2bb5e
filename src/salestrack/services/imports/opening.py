"""A file opened as the table that it is, and what follows from that for how it is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import IO

from salestrack.errors import UsageError
from salestrack.importers.json_lines import JsonTable, open_table
from salestrack.importers.mapping import MOST_NAMED
from salestrack.importers.profiles import Profile
from salestrack.importers.source import Source, open_source
from salestrack.importers.table import Table
from salestrack.services.exporting.kinds import header_of
from salestrack.services.imports.own.marks import mark_of
from salestrack.services.imports.plans import Plan, named, opened_with, planned, with_decimal
from salestrack.services.imports.request import Request
from salestrack.store import Store


@contextmanager
def opened(request: Request, stdin: IO[bytes]) -> Iterator[tuple[Source, Table, Profile | None]]:
    """Open a file as a table, by the profile that the request names."""
    profile = named(request)
    encoding, delimiter = opened_with(request, profile)
    with open_source(request.file, stdin, encoding=encoding) as source:
        header = request.header is not False and (profile is None or profile.header)
        table = open_table(source, delimiter, header=header)
        if isinstance(table, JsonTable) and (request.delimiter or request.header is False):
            option = "--delimiter" if request.delimiter else "--no-header"
            raise UsageError(f"{option} is for CSV, and {source.name} is {table.delimiter_name}", hint="leave it out")
        yield source, table, profile


def plan_of(store: Store, request: Request, table: Table, profile: Profile | None) -> Plan:
    """Return how an opened table is read.

    Numbers of JSON have a dot before their decimals wherever it was written: the person's own mark is not asked there.
    """
    _refuse_lines(table)
    if not isinstance(table, JsonTable):
        _refuse_data_as_header(table)
        return with_decimal(planned(store, request, table.header, profile), partial(mark_of, table))
    return with_decimal(planned(store, replace(request, usual_decimal="."), table.header, profile), lambda: ".")


def _refuse_lines(table: Table) -> None:
    """Refuse an export of lines, whose rows are parts of records; taken for these they would come in once more."""
    if set(header_of("lines")) <= set(table.header):
        raise UsageError(
            f"{table.source.name} is an export of lines, which is for reading",
            hint="what salestrack export sales, deals or all writes can be brought in",
        )


def _refuse_data_as_header(table: Table) -> None:
    """Refuse to lose a first row: headers have letters, and this one has only numbers."""
    cells = "".join(table.header)
    if table.has_header and not any(map(str.isalpha, cells)) and any(map(str.isdigit, cells)):
        raise UsageError(
            f"the first row of {table.source.name} is no header: {', '.join(table.header[:MOST_NAMED])}",
            hint="--no-header reads it as data; columns are #1, #2 ... then",
        )


__all__ = ["opened", "plan_of"]
