"""Activities of a file as staged rows: what happened, and what is planned."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from salestrack.domain.names import first_of, fold
from salestrack.domain.quoting import quoted
from salestrack.importers.cells import (
    Column,
    Parsed,
    parse_direction,
    parse_plain_seconds,
    parse_seconds,
    parse_yes_no,
    says_seconds,
)
from salestrack.importers.dates import read_time
from salestrack.importers.typed import adding, value_option
from salestrack.services.imports.columns import custom_fields
from salestrack.services.imports.deals import stage_tags
from salestrack.services.imports.joining import Joining, Wanted
from salestrack.services.imports.links import Deals
from salestrack.services.imports.lone_persons import alone
from salestrack.services.imports.naming.alone import Persons, of_record
from salestrack.services.imports.naming.linked import linked
from salestrack.services.imports.naming.names import FoundOrAdded, Tags
from salestrack.services.imports.naming.people import People
from salestrack.services.imports.reading import Batch, Reading
from salestrack.services.imports.repeating import Repeats

COLUMNS = (
    "kind", "customer_id", "contact_id", "deal_id", "owner_id", "done", "due_on", "due_time", "happened_on",
    "happened_time", "seconds", "direction", "outcome", "note", "fields", "snoozed_until",
)  # fmt: skip


class Kinds(Column[str]):
    """The kind of an activity by its name in the book."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.values_of("kind"))
        self._names = [kind.name for kind in reading.store.kinds.listed(retired=True)]
        self._ids = {fold(name).replace(" ", ""): name for name in self._names}

    def learn(self, cells: Collection[str]) -> None:
        """Look kinds up."""
        for cell in cells:
            text = self.meant(cell)
            found = self._ids.get(fold(text).replace(" ", "")) if text else None
            self.known[cell] = found
            if not found:
                self.refuse(cell, self._why(cell.strip(), text))

    def _why(self, cell: str, text: str) -> str:
        known = f"known: {first_of(self._names)}"
        if not text:
            return f"the kind is blank; {known}"
        why = "no kind of activity is called that"
        said = [why if text == cell else f"means {quoted(text)}, and {why}", known]
        option = value_option("kind", cell, self._names[0])
        said += [f"if {self._names[0]} is meant: {option}"] if option else []
        return "; ".join([*said, adding("kind", text)])


def _seconds(reading: Reading) -> Callable[[str], int]:
    """Return what reads durations: a bare number is minutes, unless the header says seconds."""
    header = reading.mapping.title("duration") if reading.mapping.has("duration") else ""
    return parse_plain_seconds if says_seconds(header) else parse_seconds


class ActivityRows:
    """Turns batches of raw cells into columns of staged activities.

    A row is planned when it has a due date and no date, when its `done` says no, or when it says nothing and is dated
    after today, which `planned` counts; a row without any date is done on an unknown day.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        dates = reading.dates
        self._joining = Joining(reading.store)
        self.planned = 0
        self.readers: dict[str, Any] = {
            "date": Parsed(dates.read, reading.values_of("date")),
            "due": Parsed(dates.read, reading.values_of("due")),
            "snoozed": Parsed(dates.read, reading.values_of("snoozed")),
            "time": Parsed(read_time, reading.values_of("time")),
            "clock": Parsed(dates.time),
            "kind": Kinds(reading),
            "customer": People(reading, "customer"),
            "contact": Persons(reading, "contact"),
            "deal": Deals(reading),
            "owner": FoundOrAdded(reading, "owner", "owners"),
            "duration": Parsed(_seconds(reading), reading.values_of("duration")),
            "direction": Parsed(parse_direction, reading.values_of("direction")),
            "done": Parsed(parse_yes_no, reading.values_of("done")),
            "tags": Tags(reading),
            "every": Repeats(reading),
        }

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        read = self.readers
        columns: dict[str, Sequence[Any]] = {
            "kind": batch.read("kind", read["kind"]),
            "owner_id": batch.read("owner", read["owner"]),
            "seconds": batch.read("duration", read["duration"]),
            "direction": batch.read("direction", read["direction"]),
            "outcome": self._outcomes(batch),
            "note": batch.note(),
            "snoozed_until": batch.read("snoozed", read["snoozed"]),
        }
        columns |= self._linked(batch) | self._timed(batch)
        batch.read("tags", self.readers["tags"])
        if fields := custom_fields(batch):
            columns["fields"] = fields
        read["every"].of(batch, {})
        return columns

    def _outcomes(self, batch: Batch) -> list[str | None]:
        """Return the outcomes, those that reports count by in their one spelling."""
        texts = batch.line("outcome")
        if texts is batch.none:
            return texts
        spelt = {text: self._reading.store.outcomes.spelt(text) for text in set(texts) if text}
        batch.values["outcome"] = values = [spelt[text] if text else None for text in texts]
        return values

    def _linked(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return customer, contact and deal: each may bring the others along."""
        read = self.readers
        mine = linked(self._reading, batch, read["customer"])
        field = next((name for name in ("customer", "email", "phone") if batch.has(name)), "customer")
        who = list(zip(batch.column("customer"), batch.column("email"), batch.column("phone"), mine, strict=True))
        persons = alone(batch, mine, read["deal"])
        who = [("", "", "", None) if name else key for key, name in zip(who, persons, strict=True)]
        people = [
            pair or (None, None) for pair in batch.read_as(field, read["customer"], who, beside=("email", "phone"))
        ]
        customers, contacts = [pair[0] for pair in people], [pair[1] for pair in people]
        if any(persons):
            keys = list(zip(batch.none, persons, of_record(self._reading, batch, customers), strict=True))
            found = [pair or (None, None) for pair in batch.read_as("contact", read["contact"], keys)]
            contacts = [pair[0] or contact for pair, contact in zip(found, contacts, strict=True)]
            customers = [customer or pair[1] for pair, customer in zip(found, customers, strict=True)]
        batch.values["customer"] = customers
        deals = read["deal"].of(batch, customers, after=field)
        customers = read["deal"].with_customers(customers, deals)
        if batch.has("contact"):
            names = ["" if name else cell for name, cell in zip(persons, batch.column("contact"), strict=True)]
            keys = list(zip(customers, names, batch.none, strict=True))
            found = [pair or (None, None) for pair in batch.read_as("contact", read["contact"], keys, after=field)]
            contacts = [pair[0] or contact for pair, contact in zip(found, contacts, strict=True)]
            customers = [customer or pair[1] for pair, customer in zip(found, customers, strict=True)]
        return {"customer_id": customers, "contact_id": contacts, "deal_id": deals}

    def _timed(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return what is done and what is planned, with days and times of day."""
        read = self.readers
        dates, dues = batch.read("date", read["date"]), batch.read("due", read["due"])
        given = batch.read("done", read["done"])
        given_times = batch.read("time", read["time"])
        times = [time or clock for time, clock in zip(given_times, self._clock(batch, "date"), strict=True)]
        due_times = [time or clock for time, clock in zip(given_times, self._clock(batch, "due"), strict=True)]
        today = self._reading.request.today.isoformat()
        done = [
            flag if flag is not None else int(day <= today if day else due is None)
            for flag, day, due in zip(given, dates, dues, strict=True)
        ]
        self._count_planned(batch, given, dates)
        over, planned = [bool(flag) for flag in done], [not flag for flag in done]
        return {
            "done": done,
            "happened_on": [day if was else None for day, was in zip(dates, over, strict=True)],
            "happened_time": [time if was and day else None for time, was, day in zip(times, over, dates, strict=True)],
            "due_on": [due or (day if ahead else None) for due, day, ahead in zip(dues, dates, planned, strict=True)],
            "due_time": [
                (due_time if due else time) if ahead else None
                for due_time, time, due, ahead in zip(due_times, times, dues, planned, strict=True)
            ],
        }

    def _count_planned(self, batch: Batch, given: Sequence[int | None], dates: Sequence[str | None]) -> None:
        """Count the rows that are planned only because their day is still to come."""
        today = self._reading.request.today.isoformat()
        if self._reading.dates.latest > today:
            pairs = enumerate(zip(given, dates, strict=True))
            ahead = {place for place, (flag, day) in pairs if flag is None and day and day > today}
            self.planned += len(ahead - batch.bad)

    def _clock(self, batch: Batch, field: str) -> list[Any]:
        """Return the time of day that stands behind a date."""
        return self.readers["clock"].read(batch.column(field)) if batch.has(field) else batch.none

    @property
    def known(self) -> Callable[[dict[str, Sequence[Any]]], list[int | None]] | None:
        """What finds the activities that were logged by hand and are the same; None in a book where none was."""
        return self._logged if self._joining.possible else None

    def _logged(self, columns: dict[str, Sequence[Any]]) -> list[int | None]:
        names = ("kind", "customer_id", "contact_id", "done", "happened_on", "happened_time", "direction")
        rows = zip(*(columns[name] for name in names), columns["due_on"], columns["due_time"], strict=True)
        return self._joining.find(
            [
                Wanted(kind, customer, contact, bool(done), on if done else due, time if done else at, direction)
                for kind, customer, contact, done, on, time, direction, due, at in rows
            ]
        )

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage what hangs on the rows that are kept."""
        stage_tags(self._reading, batch, self.readers["tags"], kept)
        self.readers["every"].stage(batch, kept)
