"""Bringing a file into the book: read and checked without a lock, then written at once or not at all."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import IO, Any

from salestrack.domain.imports import MOST_SHOWN, Counts, Fault, Imported
from salestrack.domain.money import check_currency
from salestrack.importers.dates import DateReader
from salestrack.importers.identity import Identity
from salestrack.importers.kinds import kind_of
from salestrack.importers.mapping import map_columns, read_values
from salestrack.importers.rejects import check_free, write_rejects
from salestrack.importers.source import Progress, Source, open_source
from salestrack.importers.table import Table
from salestrack.services.imports import activities, deals, records, sales
from salestrack.services.imports.custom import custom_names, readers
from salestrack.services.imports.intake import Intake, Rows
from salestrack.services.imports.preview import ahead, mapped_columns, money_totals, span_of, undated
from salestrack.services.imports.reading import Reading
from salestrack.services.imports.request import Request
from salestrack.services.imports.writing import Writing, Written
from salestrack.store import Store
from salestrack.store.matching import Matching
from salestrack.store.staged import Staged
from salestrack.store.staging import open_staging

_KINDS: dict[str, tuple[Callable[[Reading], Rows], tuple[str, ...]]] = {
    "deals": (deals.DealRows, deals.COLUMNS),
    "sales": (sales.SaleRows, sales.COLUMNS),
    "activities": (activities.ActivityRows, activities.COLUMNS),
    "customers": (records.CustomerRows, records.CUSTOMER_COLUMNS),
    "products": (records.ProductRows, records.PRODUCT_COLUMNS),
    "quotas": (records.QuotaRows, records.QUOTA_COLUMNS),
}


def import_file(store: Store, request: Request, *, stdin: IO[bytes], progress: Progress | None = None) -> Imported:
    """Import a file as its request says and return what came of it.

    Rows that cannot be read are in the result's faults: without `rejects` nothing is written then. Raises UsageError for
    what cannot be understood of the request, SalestrackError for what cannot be read, or would be written over.
    """
    if request.rejects:
        check_free(request.rejects, request.file)
    kind = kind_of(request.kind)
    values = read_values(kind, request.values)
    dates = DateReader(request.date_format)
    currency = check_currency(request.currency) if request.currency else store.settings.book.currency
    with ExitStack() as stack:
        source = stack.enter_context(open_source(request.file, stdin, encoding=request.encoding))
        table = Table(source, request.delimiter)
        make, columns = _KINDS[kind.name]
        mapping = map_columns(kind, table.header, request.maps, custom_names(store, kind))
        staging = stack.enter_context(open_staging(store.engine, columns))
        reading = Reading(
            store=store,
            staging=staging,
            staged=Staged(store.engine),
            matching=Matching(store.engine),
            request=request,
            kind=kind,
            mapping=mapping,
            values=values,
            currency=currency,
            dates=dates,
            custom=readers(store, kind, mapping, request, values=values, currency=currency),
        )
        return _Run(reading, source, table, make(reading)).run(progress)


class _Run:
    """One import on its way."""

    def __init__(self, reading: Reading, source: Source, table: Table, rows: Rows) -> None:
        self._reading = reading
        self._source = source
        self._table = table
        self._rows = rows
        names = [mapped.field.name for mapped in reading.mapping.fields]
        identity = Identity(reading.kind, names, reading_signature(reading))
        self._intake = Intake(reading, rows, identity, samples=reading.request.dry_run)

    def run(self, progress: Progress | None) -> Imported:
        """Read, check, write, and say what came of it."""
        reading, request = self._reading, self._reading.request
        before = reading.matching.last_operation()
        self._intake.run(self._table, progress)
        rejected = reading.staged.rejected()
        if rejected and not request.rejects:
            return self._result(Written(), rejected)
        if rejected and request.rejects and not request.dry_run:
            # Before the book is written: what cannot be set aside is not left out of it either.
            write_rejects(self._table, reading.staged.reasons(), request.rejects)
        writing = Writing(reading, self._source, before=before, rejected=rejected)
        written = writing.run(self._intake.read, {"blank": self._intake.blank})
        return self._result(written, rejected)

    def _result(self, written: Written, rejected: int) -> Imported:
        reading, request = self._reading, self._reading.request
        refused = bool(rejected and not request.rejects) or bool(written.conflicts)
        return Imported(
            kind=reading.kind.name,
            source=request.source,
            file=self._source.name,
            counts=self._counts(written, rejected, refused=refused),
            refused=refused,
            id=written.id,
            op=written.op,
            dry_run=request.dry_run,
            encoding=self._source.encoding,
            delimiter=self._table.delimiter_name,
            columns=mapped_columns(reading, self._intake.samples or {}),
            unused=reading.mapping.unused,
            totals=money_totals(reading) if request.dry_run else (),
            created=tuple(written.created),
            adopted=written.adopted,
            kept=tuple(written.kept),
            kept_count=written.kept_count,
            kept_records=written.kept_records,
            left_out=written.left_out,
            rejects=str(request.rejects) if request.rejects and rejected and not request.dry_run else None,
            notes=self._notes(written),
            **self._dates(),
            **self._wrong(written, rejected),
        )

    def _dates(self) -> dict[str, Any]:
        """Return what is worth knowing of the days in the file."""
        reading = self._reading
        first, last = span_of(reading) if reading.request.dry_run else (None, None)
        found = {"first_on": first, "last_on": last, "undated": undated(reading), "ahead": ahead(reading)}
        return found | {name: getattr(self._rows, name, 0) for name in ("expected_from_closed", "planned")}

    def _wrong(self, written: Written, rejected: int) -> dict[str, Any]:
        """Return the first faults, how many rows have some, and how many have none of the first."""
        if conflicts := written.conflicts:
            return {
                "faults": tuple(conflicts[:MOST_SHOWN]),
                "fault_count": len(conflicts),
                "unnamed": len(conflicts[MOST_SHOWN:]),
            }
        staged = self._reading.staged
        faults = tuple(Fault(**row) for row in staged.faults(MOST_SHOWN))
        return {"faults": faults, "fault_count": rejected, "unnamed": staged.unnamed(MOST_SHOWN) if rejected else 0}

    def _counts(self, written: Written, rejected: int, *, refused: bool) -> Counts:
        read = self._intake.read
        if refused:  # the good rows are left out because of the bad ones
            bad = len(written.conflicts) or rejected
            return Counts(read, rejected=bad, left_out=read - bad)
        left_out = sum(written.left_out.values())
        return Counts(read, written.new, written.changed, written.same, rejected, left_out)

    def _notes(self, written: Written) -> tuple[str, ...]:
        notes = []
        used = {field: reader.used for field, reader in {**self._rows.readers, **self._reading.custom}.items()}
        some_unread = written.same or written.left_out  # rows that are passed over are not looked into
        for field, values in () if some_unread else self._reading.values.items():
            unused = [cell for cell in values if cell not in used.get(field, values)]
            notes += [f"--value {field}:{cell}: no cell of the file says that" for cell in unused]
        return tuple(notes)


def reading_signature(reading: Reading) -> str:
    """Return how the file is read, as far as it decides what its cells mean: part of every fingerprint."""
    request, names = reading.request, sorted(mapped.field.name for mapped in reading.mapping.fields)
    values = sorted((field, old, new) for field, each in reading.values.items() for old, new in each.items())
    return repr((names, values, request.date_format, request.decimal, reading.currency))


__all__ = ["Request", "import_file"]
