"""Bringing a file into the book: read and checked without a lock, then written at once or not at all."""

from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any

from salestrack.domain.imports import LETTERS, MOST_SHOWN, Counts, Fault, Imported
from salestrack.domain.money import check_currency
from salestrack.importers.dates import DateReader
from salestrack.importers.identity import Identity
from salestrack.importers.mapping import map_columns, read_values
from salestrack.importers.profiles import Shelf
from salestrack.importers.rejects import check_free, check_other, rejects_written
from salestrack.importers.source import Progress, Source
from salestrack.importers.table import Table
from salestrack.services.imports import activities, contacts, deals, past, records
from salestrack.services.imports.custom import custom_names, readers
from salestrack.services.imports.examples import with_examples
from salestrack.services.imports.intake import Intake, Rows
from salestrack.services.imports.opening import opened, plan_of
from salestrack.services.imports.orders import rows as orders
from salestrack.services.imports.orders.choosing import sale_rows
from salestrack.services.imports.overtaking import read_again
from salestrack.services.imports.own.rows import is_own, written_here
from salestrack.services.imports.plans import Plan, check_words
from salestrack.services.imports.preview import ahead, mapped_columns, money_totals, span_of, undated
from salestrack.services.imports.reading import Reading
from salestrack.services.imports.request import Request
from salestrack.services.imports.saving import check_new, profile_text
from salestrack.services.imports.writing import MOST_NAMES, Writing, Written
from salestrack.store import Operation, Store
from salestrack.store.matching import Matching
from salestrack.store.staged import Staged
from salestrack.store.staging import open_staging

_KINDS: dict[str, tuple[Callable[[Reading], Rows], tuple[str, ...]]] = {
    "deals": (deals.DealRows, deals.COLUMNS),
    "sales": (sale_rows, orders.COLUMNS),
    "activities": (activities.ActivityRows, activities.COLUMNS),
    "customers": (records.CustomerRows, records.CUSTOMER_COLUMNS),
    "contacts": (contacts.ContactRows, contacts.COLUMNS),
    "history": (past.HistoryRows, past.COLUMNS),
    "products": (records.ProductRows, records.PRODUCT_COLUMNS),
    "quotas": (records.QuotaRows, records.QUOTA_COLUMNS),
}


def import_file(store: Store, request: Request, *, stdin: IO[bytes], progress: Progress | None = None) -> Imported:
    """Import a file as its request says and return what came of it.

    Rows that cannot be read are in the result's faults: without `rejects` nothing is written then. Raises UsageError for
    what cannot be understood of the request, SalestrackError for what cannot be read, or would be written over.
    """
    if request.rejects:
        check_other(request.rejects, request.file)
    check_words(request)
    with opened(request, stdin) as (source, table, profile):

        def once() -> Imported:
            return bring(store, plan_of(store, request, table, profile), source, table, progress=progress)

        return read_again(store, once)


def bring(
    store: Store,
    plan: Plan,
    source: Source,
    table: Table,
    *,
    progress: Progress | None = None,
    within: Operation | None = None,
) -> Imported:
    """Bring one opened file in as planned; `within` is the operation in which several files come in together."""
    request, kind = plan.request, plan.kind
    currency = check_currency(request.currency) if request.currency else store.settings.book.currency
    make, columns = _KINDS[kind.name]
    mapping = map_columns(kind, table.header, request.maps, custom_names(store, kind), given=with_examples(store, plan))
    table.footers = plan.profile is not None and any(rule.how == "footer" for rule in plan.profile.leave_out)
    text = profile_text(request, kind.name, mapping, table.header, plan.profile) if request.save_as else ""
    if request.save_as:
        check_new(request, text)
    with open_staging(store.engine, columns) as staging:
        reading = Reading(
            store=store,
            staging=staging,
            staged=Staged(store.engine),
            matching=Matching(store.engine),
            request=request,
            kind=kind,
            mapping=mapping,
            values=plan.values,
            currency=currency,
            dates=DateReader(request.date_format),
            custom=readers(store, kind, mapping, request, values=plan.values, currency=currency),
            profile=plan.profile,
            within=within,
            written_here=written_here(store, plan, mapping, table) if is_own(plan) else None,
        )
        result = _Run(reading, source, table, make(reading)).run(progress)
    if request.save_as and not (result.refused or request.dry_run):
        path = Shelf(request.profiles).save(request.save_as, text)
        result = replace(result, notes=(*result.notes, f"saved as the profile {path.stem}: {path}"))
    return replace(result, notes=(*result.notes, *plan.notes))


class _Run:
    """One import on its way."""

    def __init__(self, reading: Reading, source: Source, table: Table, rows: Rows) -> None:
        self._reading = reading
        self._source = source
        self._table = table
        self._rows = rows
        names = [mapped.field.name for mapped in reading.mapping.fields]
        identity = Identity(reading.kind, names, reading_signature(reading))
        self._intake = Intake(reading, rows, identity, table.header, samples=reading.request.dry_run)

    def run(self, progress: Progress | None) -> Imported:
        """Read, check, write, and say what came of it."""
        reading, request = self._reading, self._reading.request
        before = reading.matching.last_operation()
        self._intake.run(self._table, progress)
        rejected = reading.staged.rejected()
        if rejected and not request.rejects and (reading.within or not request.dry_run):
            return self._result(Written(), rejected)
        writing = Writing(reading, self._source, before=before, rejected=rejected)
        if rejected and request.rejects:
            check_free(request.rejects)  # in a rehearsal too
        if not rejected or not request.rejects or request.dry_run:
            written = writing.run(self._intake.read, self._intake.left_out)
            if rejected and not request.rejects:  # which comes first, and is no matter of what the book has
                written.conflicts.clear()
            return self._result(written, rejected)
        # Before the book is written: what cannot be set aside is not left out of it either.
        with rejects_written(self._table, reading.staged.reasons(), request.rejects) as drop:
            written = writing.run(self._intake.read, self._intake.left_out)
            if written.conflicts:
                drop()
        return self._result(written, rejected)

    def _result(self, written: Written, rejected: int) -> Imported:
        reading, request = self._reading, self._reading.request
        refused = bool(rejected and not request.rejects) or bool(written.conflicts)
        return Imported(
            kind=reading.kind.name,
            profile=reading.profile.name if reading.profile else None,
            source=request.source,
            file=self._source.name,
            counts=self._counts(written, rejected, refused=refused),
            refused=refused,
            id=written.id,
            op=written.op,
            dry_run=request.dry_run,
            encoding=self._source.encoding,
            delimiter=self._table.delimiter_name,
            unit=self._table.unit,
            columns=mapped_columns(reading, self._intake.samples or {}),
            **self._unread(),
            totals=money_totals(reading) if request.dry_run else (),
            created=tuple(written.created),
            adopted=written.adopted - self._intake.given_ids,
            kept=tuple(written.kept),
            kept_count=written.kept_count,
            kept_records=written.kept_records,
            left_out=written.left_out,
            rejects=str(request.rejects) if request.rejects and rejected and not request.dry_run else None,
            what_changed=written.what_changed,
            notes=self._notes(written),
            conflicting=bool(written.conflicts),
            frozen=written.frozen,
            **self._gone(refused=refused),
            made=written.made if hasattr(self._rows, "grouping") else None,
            **self._dates(),
            **self._wrong(written, rejected),
        )

    def _unread(self) -> dict[str, Any]:
        """Return the columns that feed no field: those that are not read, and those that decide what is left out."""
        profile, unused = self._reading.profile, self._reading.mapping.unused
        deciding, grouping = (profile.deciding(unused), profile.grouping(unused)) if profile else ((), ())
        unread = tuple(title for title in unused if title not in (*deciding, *grouping))
        return {"unused": unread, "deciding": deciding}

    def _gone(self, *, refused: bool) -> dict[str, Any]:
        """Return which records of the source the file lacks, where it is said to be whole."""
        reading, request = self._reading, self._reading.request
        if refused or not request.full or request.goes_on:
            return {}
        count, ids = self._intake.gone(MOST_NAMES)
        return {"gone": count, "gone_refs": tuple(f"{LETTERS[reading.kind.name]}{key}" for key in ids)}

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
        rehearsed = self._reading.request.dry_run and not (written.conflicts or self._reading.within)
        if refused and not rehearsed:  # the good rows are left out because of the bad ones
            bad = len(written.conflicts) or rejected
            return Counts(read, rejected=bad, left_out=read - bad)
        left_out = sum(written.left_out.values())
        return Counts(read, written.new, written.changed, written.same, rejected, left_out)

    def _notes(self, written: Written) -> tuple[str, ...]:
        notes = []
        used = {field: reader.used for field, reader in {**self._rows.readers, **self._reading.custom}.items()}
        some_unread = written.same or written.left_out  # rows that are passed over are not looked into
        asked = read_values(self._reading.kind, self._reading.request.values)  # a profile knows more than one file
        for field, values in () if some_unread else asked.items():
            unused = [cell for cell in values if cell not in used.get(field, values)]
            notes += [f"--value {field}:{cell}: no cell of the file says that" for cell in unused]
        notes += self._intake.remarks()
        remarks = getattr(self._rows, "remarks", None)
        return (*notes, *(remarks() if remarks else ()), *written.notes)


def reading_signature(reading: Reading) -> str:
    """Return how the file is read, as far as it decides what its cells mean: part of every fingerprint."""
    request, names = reading.request, sorted(mapped.field.name for mapped in reading.mapping.fields)
    values = sorted((field, old, new) for field, each in reading.values.items() for old, new in each.items())
    said = (names, values, request.date_format, request.decimal, reading.currency)
    if reading.profile is None and not request.cents and not reading.mapping.constants:
        return repr(said)
    constants = sorted(reading.mapping.constants.items())
    cells = sorted(reading.profile.cells.items()) if reading.profile else []
    group = sorted(reading.profile.group.items()) if reading.profile else []
    return repr((*said, request.cents, constants, cells, *([group] if group else [])))


__all__ = ["Request", "import_file"]
