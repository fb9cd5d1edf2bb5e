"""Bringing a mailbox or a calendar into the book: read without a lock, then written at once or not at all."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from salestrack.domain.addresses import Person
from salestrack.domain.imports import MOST_SHOWN, Counts, Fault, Imported
from salestrack.domain.mails import Brought, Event, Stranger
from salestrack.errors import SalestrackError
from salestrack.importers.calendars import Calendar, Reader
from salestrack.importers.mailboxes import BLOCK, Box, Place, open_box
from salestrack.importers.messages import read_body, read_message
from salestrack.services.correspondence.asked import Asked, checked
from salestrack.services.correspondence.intake import Desk, Intake, Told
from salestrack.services.correspondence.writing import Writing
from salestrack.services.imports.writing import Written
from salestrack.store import Store
from salestrack.store.correspondence import STAGED, Correspondence
from salestrack.store.engine import Row
from salestrack.store.matching import Matching
from salestrack.store.staged import Staged
from salestrack.store.staging import Staging, open_staging

Progress = Callable[[int, int], None]
_NOUNS = {"mail": "message", "calendar": "event"}


def bring(store: Store, asked: Asked, *, stdin: IO[bytes], progress: Progress | None = None) -> Brought:
    """Import a mailbox or calendar as asked and return what came of it; what is damaged in it is skipped and named.

    Raises UsageError for what cannot be understood of the request, SalestrackError for what cannot be read.
    """
    checked(asked)
    if asked.kind == "mail":
        with open_box(asked.file, stdin) as box:
            return _bring_mail(store, asked, box, progress)
    with _opened(asked.file, stdin) as (raw, name):
        return _bring_calendar(store, asked, (raw, name), progress)


def _bring_mail(store: Store, asked: Asked, box: Box, progress: Progress | None) -> Brought:
    def told() -> Iterator[Told]:
        now, mine = store.actor.now().replace(tzinfo=None), asked.mine
        for raw in box.messages(progress):
            yield read_message(raw, mine, now)

    def text(event: Event) -> str | None:
        return read_body(box.text(Place(*event.place))) if event.place else None

    def row() -> Row:
        return {"file": box.name, "sha256": box.sha256}

    return _Run(store, asked, box.name).run(told(), row, text=text if asked.bodies else None)


def _bring_calendar(store: Store, asked: Asked, file: tuple[IO[bytes], str], progress: Progress | None) -> Brought:
    raw, name = file
    size, digest = 0, sha256()
    while block := raw.read(BLOCK):
        size += len(block)
        digest.update(block)
    raw.seek(0)
    since, until = asked.window
    now: datetime = store.actor.now().replace(tzinfo=None)
    strict = asked.since is not None or asked.until is not None
    reader = Reader(Calendar(raw, size, since, until, now=now, mine=asked.mine, bodies=asked.bodies, strict=strict))

    def row() -> Row:
        return {"file": name, "sha256": digest.hexdigest()}

    brought = _Run(store, asked, name).run(reader.events(progress), row, series=reader.series)
    window = (since.isoformat(), until.isoformat()) if reader.series or strict else None
    return brought._replace(window=window, notes=tuple(reader.notes))


class _Run:
    """One import on its way."""

    def __init__(self, store: Store, asked: Asked, name: str) -> None:
        self._store = store
        self._asked = asked
        self._name = name

    def run(
        self,
        told: Iterator[Told],
        row: Callable[[], Row],
        *,
        text: Callable[[Event], str | None] | None = None,
        series: Collection[str] = (),
    ) -> Brought:
        """Read, match, write, and say what came of it."""
        with ExitStack() as stack:
            staging = stack.enter_context(open_staging(self._store.engine, STAGED))
            desk = self._desk(staging)
            before = desk.matching.last_operation()
            intake = Intake(desk, text)
            intake.run(told, series)
            rejected = desk.staged.rejected()
            writing = Writing(desk, before=before, rejected=rejected)
            left_out = {reason: count for reason, count in intake.left_out.items() if count}
            written = writing.run({**row(), "read_rows": intake.read}, left_out)
            rows, count = desk.book.strangers(MOST_SHOWN)
            return Brought(
                imported=self._imported(desk, written, read=intake.read, rejected=rejected),
                noun=_NOUNS[self._asked.kind],
                strangers=tuple(_stranger(each) for each in rows),
                stranger_count=count,
                cancelled=writing.cancelled,
            )

    def _desk(self, staging: Staging) -> Desk:
        engine = self._store.engine
        book = Correspondence(engine)
        book.prepare()
        return Desk(
            store=self._store,
            staging=staging,
            staged=Staged(engine),
            matching=Matching(engine),
            book=book,
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
            file=self._name,
            counts=counts,
            id=written.id,
            op=written.op,
            dry_run=self._asked.dry_run,
            adopted=written.adopted,
            created=tuple(written.created),
            kept=tuple(written.kept),
            kept_count=written.kept_count,
            left_out=reasons,
            **faults,
        )


@contextmanager
def _opened(file: str, stdin: IO[bytes]) -> Iterator[tuple[IO[bytes], str]]:
    """Open a calendar; standard input for `-` is copied to a nameless temporary file first."""
    if file == "-":
        with tempfile.TemporaryFile() as spooled:
            shutil.copyfileobj(stdin, spooled, BLOCK)
            spooled.seek(0)
            yield spooled, "standard input"
        return
    try:
        handle = Path(file).open("rb")  # noqa: SIM115 - closed by the with below, whose body these errors are not for
    except FileNotFoundError:
        raise SalestrackError(f"there is no file {file}") from None
    except (OSError, ValueError) as error:
        raise SalestrackError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from error
    with handle:
        yield handle, Path(file).name


def _stranger(row: Row) -> Stranger:
    return Stranger(Person(row["address"], row["name"]), row["times"], row["customer"])
