"""Bringing a mailbox or a calendar into the book: read without a lock, then written at once or not at all."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import IO, Any

from salestrack.domain.addresses import Person
from salestrack.domain.imports import MOST_SHOWN, Counts, Fault, Imported
from salestrack.domain.mails import Brought, Stranger
from salestrack.domain.quoting import quoted
from salestrack.services.correspondence.asked import Asked, checked
from salestrack.services.correspondence.intake import Desk, Intake
from salestrack.services.correspondence.opening import Opened, opened
from salestrack.services.correspondence.recognising import Found
from salestrack.services.correspondence.writing import Writing
from salestrack.services.imports.overtaking import read_again
from salestrack.services.imports.writing import Written
from salestrack.store import Store
from salestrack.store.correspondence import STAGED, Correspondence
from salestrack.store.engine import Row
from salestrack.store.matching import Matching
from salestrack.store.staged import Staged
from salestrack.store.staging import Staging, open_staging
from salestrack.store.threads import Threads

Progress = Callable[[int, int], None]
_NOUNS = {"mail": "message", "calendar": "event"}


def bring(store: Store, asked: Asked, found: Found, *, stdin: IO[bytes], progress: Progress | None = None) -> Brought:
    """Import mail or calendars as asked and return what came of it; what is damaged is skipped and named.

    Raises UsageError for what cannot be understood of the request, SalestrackError for what cannot be read.
    """
    checked(asked)
    if asked.file == "-":  # read once is read
        return _bring(store, asked, found, stdin, progress)
    return read_again(store, lambda: _bring(store, asked, found, stdin, progress))


def _bring(store: Store, asked: Asked, found: Found, stdin: IO[bytes], progress: Progress | None) -> Brought:
    with opened(asked, found, stdin, store.actor.now().replace(tzinfo=None)) as source:
        brought = _Run(store, asked, source).run(progress)
    strict = asked.since is not None or asked.until is not None
    days = tuple(day.isoformat() for day in asked.window)
    window = (days[0], days[1]) if asked.kind == "calendar" and (source.series or strict) else None
    return brought._replace(window=window, notes=(*found.notes, *source.notes, *brought.notes))


class _Run:
    """One import on its way."""

    def __init__(self, store: Store, asked: Asked, source: Opened) -> None:
        self._store = store
        self._asked = asked
        self._source = source

    def run(self, progress: Progress | None) -> Brought:
        """Read, match, write, and say what came of it."""
        with ExitStack() as stack:
            staging = stack.enter_context(open_staging(self._store.engine, STAGED))
            desk = self._desk(staging)
            before = desk.matching.last_operation()
            intake = Intake(desk, self._source.text if self._asked.bodies and self._asked.kind == "mail" else None)
            if self._asked.reads_names:
                intake.call(self._source.told(None))
            intake.run(self._source.told(progress), self._source.series)
            rejected = desk.staged.rejected()
            writing = Writing(desk, before=before, rejected=rejected)
            left_out = {reason: count for reason, count in intake.left_out.items() if count}
            written = writing.run({**self._source.row(), "read_rows": intake.read}, left_out)
            rows, count = desk.book.strangers(MOST_SHOWN)
            return Brought(
                imported=self._imported(desk, written, read=intake.read, rejected=rejected),
                noun=_NOUNS[self._asked.kind],
                strangers=tuple(_stranger(each) for each in rows),
                stranger_count=count,
                cancelled=writing.cancelled,
                several=intake.several,
                threaded=writing.threaded,
                notes=_of_nobody(intake),
            )

    def _desk(self, staging: Staging) -> Desk:
        engine = self._store.engine
        book = Correspondence(engine)
        threads = Threads(engine)
        book.prepare()
        threads.prepare()
        return Desk(
            store=self._store,
            staging=staging,
            staged=Staged(engine),
            matching=Matching(engine),
            book=book,
            threads=threads,
            asked=self._asked,
        )

    def _imported(self, desk: Desk, written: Written, *, read: int, rejected: int) -> Imported:
        reasons = written.left_out
        counts = Counts(read, written.new, written.changed, written.same, rejected, sum(reasons.values()))
        faults: dict[str, Any] = {
            "faults": tuple(Fault(**row) for row in desk.staged.faults(MOST_SHOWN)) if rejected else (),
            "fault_count": rejected,
            "unnamed": desk.staged.unnamed(MOST_SHOWN) if rejected else 0,
        }
        return Imported(
            kind="activities",
            source=self._asked.source,
            file=self._source.name,
            counts=counts,
            id=written.id,
            op=written.op,
            dry_run=self._asked.dry_run,
            adopted=written.adopted,
            created=tuple(written.created),
            kept=tuple(written.kept),
            kept_count=written.kept_count,
            left_out=reasons,
            what_changed=written.what_changed,
            **faults,
        )


def _of_nobody(intake: Intake) -> tuple[str, ...]:
    """Return a remark on what names nobody, which the list of people does not hold."""
    count = intake.nobody_count
    if not count:
        return ()
    named = ", ".join(f"{quoted(subject)} on {day}" for subject, day in intake.nobodys.items())
    more = f" and {count - len(intake.nobodys):,} more" if count > len(intake.nobodys) else ""
    return (f"{count:,} {'names' if count == 1 else 'name'} nobody at all: {named}{more}",)


def _stranger(row: Row) -> Stranger:
    return Stranger(Person(row["address"], row["name"] or ""), row["times"], row["customer"])
