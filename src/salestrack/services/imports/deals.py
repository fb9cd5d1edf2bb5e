"""Deals of a file as staged rows, with the history that their dates tell."""

import re
from collections.abc import Mapping, Sequence
from itertools import compress, repeat
from typing import Any

from salestrack.domain.names import first_of
from salestrack.domain.quoting import titled
from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.cells import Parsed, pairs, parse_percent
from salestrack.importers.dates import DateReader
from salestrack.importers.kinds import ENTERED
from salestrack.importers.mapping import Mapped
from salestrack.importers.rewriting import list_of
from salestrack.importers.typed import as_word
from salestrack.services.imports.columns import Currencies, Rates, custom_fields
from salestrack.services.imports.histories import Histories
from salestrack.services.imports.naming.alone import Persons, of_record
from salestrack.services.imports.naming.linked import linked
from salestrack.services.imports.naming.names import FoundOrAdded, Pipelines, Products, Stages, Tags
from salestrack.services.imports.naming.people import Customers
from salestrack.services.imports.nearest import named
from salestrack.services.imports.own.lines import OwnLines
from salestrack.services.imports.reading import Batch, Reading
from salestrack.services.imports.repeating import Repeats

# Those that most files fill come first: what stands behind the last one that is asked for is not looked at.
COLUMNS = (
    "title", "customer_id", "product_id", "stage_id", "amount", "created_on", "expected_on", "closed_on", "owner_id",
    "currency", "probability", "reason_id", "source", "campaign", "note", "fields", "contact_id", "quantity", "untitled",
    "timed", "from_on", "stage_since", "seq", "rate", "book_amount", "snoozed_until",
)  # fmt: skip
MOST_LEFT_OUT = 5
_PAST, _AHEAD = ("created", "closed", "stage_since"), ("expected", "snoozed")


class DealRows:
    """Turns batches of raw cells into columns of staged deals.

    The stage decides whether a deal is open, won or lost, so every row needs one. A closing date beside an open stage
    is what CRMs write for the expected one: it is taken as that, and counted in `expected_from_closed`.
    """

    def __init__(self, reading: Reading) -> None:
        if reading.mapping.has("every") and not reading.is_own:
            raise UsageError("repeating deals cannot be imported yet", hint="leave the column out: --map every=")
        self._reading = reading
        self.stages = Stages(reading)
        self._entered = _entered_stages(reading, self.stages)
        # A reader of its own: the other one notes whether any day of what is over lies ahead.
        ahead = DateReader(reading.request.date_format)
        days = {reading.dates: (*_PAST, *self._entered), ahead: _AHEAD}
        dates = {n: Parsed(reader.read, reading.values_of(n)) for reader, names in days.items() for n in names}
        self.readers: dict[str, Any] = {
            **dates,
            "clock": Parsed(reading.dates.time),
            "customer": Customers(reading, "customer"),
            "contact": Persons(reading, "contact"),
            "product": Products(reading, "product"),
            "owner": FoundOrAdded(reading, "owner", "owners"),
            "lost_reason": FoundOrAdded(reading, "lost_reason", "lost_reasons"),
            "pipeline": Pipelines(reading, "pipeline"),
            "stage": self.stages,
            "tags": Tags(reading),
            "amount": reading.amounts("amount", signed=False),
            "probability": Parsed(parse_percent, reading.values_of("probability")),
            "quantity": reading.quantities(),
            "every": Repeats(reading),
        }
        self.readers["lines"] = OwnLines(reading, self.readers["product"])
        self._currencies = Currencies(reading)
        self.readers["currency"] = self._currencies.reader
        self._rates = Rates(reading)
        self._titles: dict[tuple[str, str], str] = {}
        self.expected_from_closed = 0

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        read = self.readers
        columns: dict[str, Sequence[Any]] = {
            "product_id": batch.read("product", read["product"]),
            "quantity": batch.read("quantity", read["quantity"]),
            "owner_id": batch.read("owner", read["owner"]),
            "reason_id": batch.read("lost_reason", read["lost_reason"]),
            "probability": batch.read("probability", read["probability"]),
            "source": batch.line("source"),
            "campaign": batch.line("campaign"),
            "note": batch.note(),
            "snoozed_until": batch.read("snoozed", read["snoozed"]),
        }
        batch.read("tags", read["tags"])
        columns["customer_id"], columns["contact_id"] = self._people(batch)
        columns |= self._titled(batch) | self._dated(batch) | self._valued(batch)
        columns |= self._book(columns)
        if ":" in "".join(batch.column("created")):  # the book keeps the day alone
            times = self.readers["clock"].read(batch.column("created"))
            columns["timed"] = [None if time in {None, "00:00"} else 1 for time in times]
        if fields := custom_fields(batch):
            columns["fields"] = fields
        read["every"].of(batch, columns)
        read["lines"].of(batch, columns)
        return columns

    def _people(self, batch: Batch) -> tuple[list[Any], list[Any]]:
        mine = linked(self._reading, batch, self.readers["customer"])
        cells, known = batch.column("customer"), mine is not batch.none
        asked = ["" if one else cell for one, cell in zip(mine, cells, strict=True)] if known else cells
        customers = batch.read_as("customer", self.readers["customer"], asked) if batch.has("customer") else batch.none
        customers = [one or other for one, other in zip(mine, customers, strict=True)] if known else customers
        batch.values["customer"] = customers
        if not batch.has("contact"):
            return customers, batch.none
        keys = list(zip(customers, batch.column("contact"), of_record(self._reading, batch, customers), strict=True))
        found = [
            pair or (None, None) for pair in batch.read_as("contact", self.readers["contact"], keys, after="customer")
        ]
        batch.extra["people"] = self._further_people(batch, [customer for _, customer in found])
        return [customer for _, customer in found], [contact for contact, _ in found]

    def _further_people(self, batch: Batch, customers: Sequence[int | None]) -> list[tuple[Any, ...]]:
        """Return (line, contact) of those after the first, where a profile takes the first of several in a cell."""
        keys = [
            (place, (customer, name))
            for place, (customer, cell) in enumerate(zip(customers, batch.raw.get("contact", ()), strict=False))
            for name in list_of(cell)[1:]
        ]
        reader = self.readers["contact"]
        people = reader.read([key for _, key in keys])
        for place, key in keys:
            if key in reader.bad:
                batch.fault(place, "contact", reader.bad[key])
        return [
            (batch.lines[place], pair[0]) for (place, _), pair in zip(keys, people, strict=True) if pair and pair[0]
        ]

    def _titled(self, batch: Batch) -> dict[str, Sequence[Any]]:
        given = batch.line("title", tidy=True)  # a deal's title is one line
        if batch.has("title") and None not in given:
            return {"title": given}
        names = map(self._named, batch.column("product"), batch.column("customer"), batch.column("id"))
        titles = [title or name for title, name in zip(given, names, strict=True)]
        return {"title": titles, "untitled": [int(not title) for title in given]}

    def _named(self, product: str, customer: str, key_cell: str) -> str:
        """Return what a deal without a title is called: its product and customer, else its id."""
        key = (product, customer)
        if key not in self._titles:
            if len(self._titles) > 10_000:
                self._titles.clear()
            texts = (self.readers["product"].meant(product), self.readers["customer"].meant(customer))
            self._titles[key] = ", ".join(" ".join(text.split()) for text in texts if text)
        return self._titles[key] or f"deal {key_cell.strip()}".strip()

    def _valued(self, batch: Batch) -> dict[str, Sequence[Any]]:
        readers = self.readers["amount"]
        currencies = self._currencies.of(batch, [("amount", readers)])
        amounts = batch.amount("amount", readers, currencies)
        return {"amount": amounts, "currency": currencies or batch.none}

    def _dated(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return stage, dates and history: what hangs on each other."""
        keys: Sequence[Any] = batch.column("stage")
        if batch.has("pipeline"):
            keys = pairs(batch.read("pipeline", self.readers["pipeline"]), keys)
        stages = batch.read_as("stage", self.stages, keys)
        fallback = next(iter(self.stages.stages)) if None in stages else 0  # of rows that are rejected already
        stages = [stage or fallback for stage in stages] if fallback else stages
        created, closed, expected = (batch.read(name, self.readers[name]) for name in ("created", "closed", "expected"))
        entered = {key: batch.read(name, self.readers[name]) for name, key in self._entered.items()}
        closed = self._closing_days(stages, closed, entered)
        closed, expected = self._unclosed(batch, stages, closed, expected)
        shared: dict[str, Sequence[Any]] = {
            "stage_id": stages,
            "created_on": created,
            "closed_on": closed,
            "expected_on": expected,
        }
        since = batch.read("stage_since", self.readers["stage_since"])
        if entered or batch.has("stage_since"):
            shared |= self._visited(batch, Histories(self.stages.stages), shared, entered, since)
        return shared

    def _closing_days(
        self, stages: Sequence[int], closed: list[str | None], entered: Mapping[int, Sequence[str | None]]
    ) -> list[str | None]:
        """Take the day a deal entered its won or lost stage as the day it closed, where no other is given."""
        closing = {key: days for key, days in entered.items() if not self.stages.stages[key].is_open}
        if not closing:
            return closed
        none: Sequence[str | None] = [None] * len(stages)
        return [
            day or closing.get(stage, none)[place]
            for place, (stage, day) in enumerate(zip(stages, closed, strict=True))
        ]

    def _unclosed(
        self, batch: Batch, stages: Sequence[int], closed: list[str | None], expected: list[str | None]
    ) -> tuple[list[str | None], list[str | None]]:
        """Take the closing day of an open deal as the day it is expected to close."""
        is_open = {key: stage.is_open for key, stage in self.stages.stages.items()}
        if not any(is_open[stage] for stage in set(compress(stages, closed))):
            return closed, expected
        expected = list(expected)
        for place, (stage, day) in enumerate(zip(stages, closed, strict=True)):
            if day and is_open[stage]:
                if expected[place] is None:
                    self.expected_from_closed += place not in batch.bad
                    expected[place] = day
                closed[place] = None
        return closed, expected

    def _visited(
        self,
        batch: Batch,
        histories: Histories,
        dated: Mapping[str, Sequence[Any]],
        entered: Mapping[int, Sequence[str | None]],
        since: Sequence[str | None],
    ) -> dict[str, Sequence[Any]]:
        """Return the current versions of deals with stage dates; the versions that are over are staged apart."""
        current, over = [], []
        keys, days = list(entered), zip(*entered.values(), strict=True) if entered else repeat(())
        rows = zip(batch.lines, dated["stage_id"], dated["created_on"], dated["closed_on"], since, strict=True)
        for (line, stage, created, closed, moved), row in zip(rows, days):  # noqa: B905 - of no columns days have no end
            visits = [(day, key) for day, key in zip(row, keys, strict=True) if day]
            if moved and self.stages.stages[stage].is_open and stage not in {key for _, key in visits}:
                visits.append((moved, stage))
            past, now = histories.known(stage, created, closed, visits)
            back = moved and now.stage_since and now.stage_since < moved and (moved, stage) in visits
            current.append(now._replace(stage_since=moved) if back else now)  # it came back to the first stage
            over += [(line, v.seq, v.from_on, v.to_on, v.stage_id, v.stage_since) for v in past]
        batch.extra["versions"] = over
        from_on, seq, since = zip(*current, strict=True)
        return {"from_on": from_on, "seq": seq, "stage_since": since}

    def _book(self, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        """Return what closed deals in foreign money are worth on their closing day."""
        default = self._reading.currency
        if set(columns["currency"]) == {None} and default == self._reading.book_currency:
            return {}
        rows = zip(columns["amount"], columns["currency"], columns["closed_on"], strict=True)
        rates, amounts = zip(
            *(self._rates.book(amount, code or default, day) for amount, code, day in rows), strict=True
        )
        return {"rate": rates, "book_amount": amounts}

    def finish(self) -> None:
        """Stage what the stages of the file are, for the statements that make histories."""
        histories = Histories(self.stages.stages)
        rows = [(key, s.pipeline_id, s.kind, histories.first(key)) for key, s in self.stages.stages.items()]
        self._reading.staging.add("stages", ("id", "pipeline_id", "kind", "first_id"), rows)

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage what hangs on the rows that are kept."""
        stage_tags(self._reading, batch, self.readers["tags"], kept)
        self.readers["every"].stage(batch, kept)
        self.readers["lines"].stage(batch, kept)
        if people := batch.extra.get("people"):
            good = {line for line, keep in zip(batch.lines, kept, strict=True) if keep}
            self._reading.staging.add("people", ("line", "contact_id"), [row for row in people if row[0] in good])
        if over := batch.extra.get("versions"):
            lines = {line for line, good in zip(batch.lines, kept, strict=True) if good}
            names = ("line", "seq", "from_on", "to_on", "stage_id", "stage_since")
            self._reading.staging.add("versions", names, [row for row in over if row[0] in lines])


def stage_tags(reading: Reading, batch: Batch, reader: Tags, kept: Sequence[bool]) -> None:
    """Stage the tags of the rows that are kept."""
    if not batch.has("tags"):
        return
    values = batch.values.get("tags") or reader.read(batch.column("tags"))
    found = zip(batch.lines, values, kept, strict=True)
    rows = [pair for line, tags, good in found if good for pair in zip(repeat(line), tags or ())]
    if rows:
        reading.staging.add("tags", ("line", "tag"), rows)


def _entered_stages(reading: Reading, stages: Stages) -> dict[str, int]:
    """Return the stages of `entered:STAGE` columns; UsageError for one that does not exist."""
    found, wrong = {}, list[tuple[Mapped, str]]()
    for mapped in reading.mapping.fields:
        name = mapped.field.name
        if name.startswith(ENTERED):
            try:
                found[name] = stages.find(name.removeprefix(ENTERED))
            except SalestrackError as error:
                if any(text.startswith(name) for text in reading.request.maps):
                    raise UsageError(f"--map {name}: {error.message}") from error
                wrong.append((mapped, error.message))
    if wrong:
        raise _of_unknown_stages(reading, wrong)
    return found


def _of_unknown_stages(reading: Reading, wrong: Sequence[tuple[Mapped, str]]) -> SalestrackError:
    """Return the error for columns of stages that do not exist: all of them, with why the first one does not."""
    columns = [titled(mapped.title) for mapped, _ in wrong]
    why, known, *_, hint = wrong[0][1].split("; ")
    if near := re.search(r"; did you mean (.+?)\?", wrong[0][1]):
        meant = as_word(f"{ENTERED}{near[1]}={wrong[0][0].title}")
        hint = f"did you mean {near[1]}? --map {meant}; {hint}"
    told = f"column {columns[0]}: {why}; {known}"
    told += f"; nor is there one for {first_of(columns[1:])}" if len(columns) > 1 else ""
    out = " ".join(f"--map {as_word(f'{mapped.field.name}=')}" for mapped, _ in wrong[:MOST_LEFT_OUT])
    which = "that column" if len(wrong) == 1 else "these columns" if len(wrong) <= MOST_LEFT_OUT else "some of them"
    return SalestrackError(named(reading.request, told), hint=f"{hint}; to leave {which} out: {out}")
